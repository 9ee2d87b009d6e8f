//! Places held, extended, given back, run out.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "a full slot offers no day that is over",
        "
        at 07-24 17:00
        service open -> opened
        kim enter -> admitted
        kim delegate lee -> delegated
        kim hold C1 28 09:00 -> held
        kim confirm -> booked
        at 07-24 18:00
        service close -> closed
        kim enter -> admitted
        kim delegate park -> CampaignClosed 07-24T18:00:00
        at 07-27 08:00
        kim enter -> admitted
        kim hold C1 28 09:00 for lee -> SlotFull C1/28/09:30 C1/28/10:00 C2/28/09:00
    ",
    ),
    (
        "a hold ends by itself, at the second",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        kim hold C1 26 09:00 -> held until 07-12T20:05:00
        +299s
        lee hold C1 26 09:00 -> SlotFull
        see hold kim -> until 07-12T20:05:00
        +1s
        service expire 10 -> expired 0
        see hold kim -> none
        lee hold C1 26 09:00 -> held
        kim confirm -> HoldExpired 07-12T20:05:00
        lee confirm of kim -> HoldUnknown
        restart
        kim confirm -> HoldExpired 07-12T20:05:00
    ",
    ),
    (
        "holds that are over go back a few at a time",
        "
        at 07-12 20:00
        service open -> opened
        a enter -> admitted
        b enter -> admitted
        c enter -> admitted
        d enter -> admitted
        e enter -> admitted
        f enter -> admitted
        a hold C2 26 09:00 -> held
        b hold C2 26 09:00 -> held
        c hold C2 26 09:30 -> held
        d hold C2 26 09:30 -> held
        e hold C4 26 09:30 -> held
        f hold C4 26 09:30 -> held
        +5m
        service expire 1 -> expired 1
        service expire 9 -> expired 0
        see doses 1100000000 -> 40
    ",
    ),
    (
        "a hold is extended once",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim extend -> HoldUnknown
        kim hold C1 26 09:00 -> held until 07-12T20:05:00
        +1m
        kim extend key a -> extended until 07-12T20:10:00
        kim extend -> ExtendedBefore 07-12T20:10:00
        restart
        kim extend key a -> extended until 07-12T20:10:00
        kim extend -> ExtendedBefore 07-12T20:10:00
        +9m
        kim extend -> HoldExpired 07-12T20:10:00
        kim release -> HoldExpired 07-12T20:10:00
    ",
    ),
    (
        "a place is given back once",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim release -> HoldUnknown
        kim hold C1 26 09:00 -> held
        lee release of kim -> HoldUnknown
        kim release key a -> released
        kim release -> HoldUnknown
        restart
        kim release key a -> released
        see C1 26 09:00 -> free 1 held 0 booked 0
        see doses 1100000000 -> 40
    ",
    ),
    (
        "a second hold takes the place of the first, or changes nothing",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        lee hold C1 26 09:30 -> held
        kim hold C1 26 09:00 -> held
        kim hold C1 26 09:30 -> SlotFull
        see C1 26 09:00 -> free 0 held 1 booked 0
        +1m
        kim hold C1 26 09:00 -> held until 07-12T20:06:00
        kim hold C2 27 09:00 -> held
        see C1 26 09:00 -> free 1 held 0 booked 0
        see C2 27 09:00 -> free 1 held 1 booked 0
        kim confirm -> booked
        see C2 27 09:00 -> free 1 held 0 booked 1
    ",
    ),
    (
        "the place of a hold that ran out is remembered until something is booked or given up",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        see choice kim -> none
        kim hold C1 26 09:00 -> held
        see choice kim -> C1/26/09:00
        +6m
        see choice kim -> C1/26/09:00
        service expire 10 -> expired 0
        see choice kim -> C1/26/09:00
        restart
        see choice kim -> C1/26/09:00
        kim hold C2 27 09:00 -> held
        see choice kim -> C2/27/09:00
        kim release -> released
        see choice kim -> none
        kim hold C1 26 09:00 -> held
        +6m
        kim hold C2 27 09:00 -> held
        kim confirm -> booked
        see choice kim -> none
    ",
    ),
    (
        "nobody confirms for somebody else, or learns that they are booked",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        son enter -> admitted
        eve enter -> admitted
        son delegate kim -> delegated
        son hold C1 26 09:00 for kim -> held
        eve confirm of son -> HoldUnknown
        kim hold C2 26 09:00 -> held
        kim confirm -> booked
        eve confirm of son -> HoldUnknown
        son confirm -> AlreadyBooked 1
        see C1 26 09:00 -> free 0 held 1 booked 0
        son release -> released
    ",
    ),
    (
        "a hold for nobody, for one twice or of a dose that is not given is invalid",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C2 26 09:00 for nobody -> PlacesInvalid
        kim hold C2 26 09:00 for kim,kim -> PlacesInvalid
        kim hold C2 26 09:00 dose 3 -> PlacesInvalid
        kim hold C2 26 09:00 dose 0 -> PlacesInvalid
        kim hold C2 26 09:00 dose 2 -> PlacesInvalid
    ",
    ),
    (
        "there are no places at other clinics, days and times",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C7 26 09:00 -> SlotUnknown
        kim hold C1 29 09:00 -> SlotUnknown
        kim hold C1 26 09:15 -> SlotUnknown
        kim hold C1 26 10:30 -> SlotUnknown
    ",
    ),
    (
        "today and yesterday are past",
        "
        at 07-24 17:00
        service open -> opened
        kim enter -> admitted
        at 07-25 23:59
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        +1m
        kim hold C1 26 09:30 -> SlotPast
        kim hold C1 27 09:00 -> held
    ",
    ),
    (
        "whoever reads the days that changed is told each once, as it stands now, at most three at a time",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        see days since 0 -> 0:
        kim hold C1 26 09:00 -> held
        see days since 0 -> 1: C1/26 1+0
        see days since 1 -> 1:
        kim confirm -> booked
        see days since 1 -> 3: C1/26 1+0
        lee delegate son -> delegated
        lee hold C2 27 09:00 for lee,son -> held
        eve enter -> admitted
        eve hold C4 28 10:00 -> held
        see days since 3 -> 6: C2/27 2+0 C4/28 1+0
        kim cancel -> cancelled
        see days since 0 -> 7: C2/27 2+0 C4/28 1+0 C1/26 0+0
        see days since 6 -> 7: C1/26 0+0
        lee release -> released
        eve release -> released
        see days since 7 -> 10: C2/27 0+0 C4/28 0+0
        kim hold C6 26 09:00 -> held
        see days since 0 -> 10: C1/26 0+0 C2/27 0+0 C4/28 0+0
        see days since 10 -> 11: C6/26 1+0
        see days since 11 -> 11:
        see days since 99 -> 10: C1/26 0+0 C2/27 0+0 C4/28 0+0
    ",
    ),
    (
        "the doses of a region run out before its places",
        "
        at 07-12 20:00
        service open -> opened
        a enter -> admitted
        b enter -> admitted
        a delegate p -> delegated
        a delegate q -> delegated
        a delegate r -> delegated
        b delegate s -> delegated
        a hold C6 26 09:00 for a,p,q,r -> held
        b hold C6 27 09:00 for b,s -> SupplyExhausted 2600000000
        b hold C6 27 09:00 -> held
        see doses 2600000000 -> 0
        b hold C5 28 09:00 -> held
        a release -> released
        see doses 2600000000 -> 4
    ",
    ),
];
