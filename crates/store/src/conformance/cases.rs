//! What each use answers. Clinics C1 to C4 share 40 doses, C5 and C6 five; odd clinics have one place a band, even
//! ones two; visits are on 26, 27 and 28 July; the opening is on 12 July at 20:00, the closing on 24 July at 18:00.

use super::{Make, language};

/// Plays every case, each on a fresh subject.
pub fn run(make: Make<'_>) {
    for (title, text) in CASES {
        language::play(title, text, make);
    }
}

const CASES: &[(&str, &str)] = &[
    (
        "the doors open once, and not before their time",
        "
        service open -> TooEarly 07-12T20:00:00
        service open campaign 9 -> CampaignUnknown
        kim enter -> TooEarly
        kim hold C1 26 09:00 -> TooEarly
        +1h
        service open -> opened
        service open -> opened
        service close -> TooEarly 07-24T18:00:00
        service close campaign 9 -> CampaignUnknown
        at 07-24 18:00
        service close -> closed
        service close -> closed
        service open -> CampaignClosed 07-24T18:00:00
        restart
        service open -> CampaignClosed 07-24T18:00:00
    ",
    ),
    (
        "nobody closes what never opened",
        "
        at 07-24 18:00
        service close -> TooEarly 07-12T20:00:00
    ",
    ),
    (
        "a person is registered once",
        "
        kim register -> registered
        kim register key a -> registered
        kim register key a -> registered
        restart
        kim register key a -> registered
    ",
    ),
    (
        "a session that ended stays ended",
        "
        see session kim -> live
        kim logout -> ended
        kim logout -> ended
        see session kim -> ended
        restart
        see session kim -> ended
        see session lee -> live
    ",
    ),
    (
        "a pass is for those who are called and eligible",
        "
        at 07-12 20:00
        service open -> opened
        kim enter campaign 9 -> CampaignUnknown
        kim enter born 1962 -> NotEligible 1963-01-01 1972-12-31
        kim hold C1 26 09:00 -> PassNeeded
        kim enter -> admitted until 07-12T21:00:00
        lee enter with kim -> TicketUsed
        lee enter with lee -> admitted
        kim hold campaign 9 C1 26 09:00 -> CampaignUnknown
    ",
    ),
    (
        "a pass ends, and is given again without a new wait, whatever the ticket",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        +59m
        kim extend -> HoldExpired
        kim hold C1 26 09:00 -> held until 07-12T21:04:00
        +1m
        kim hold C1 26 09:30 -> PassExpired 07-12T21:00:00
        kim confirm -> PassExpired 07-12T21:00:00
        kim enter with another born 1900 -> admitted until 07-12T22:00:00
        kim confirm -> booked
        restart
        see pass kim -> until 07-12T22:00:00
        lee enter with kim -> TicketUsed
    ",
    ),
    (
        "after the closing only those who came in before it",
        "
        at 07-24 17:55
        service open -> opened
        kim enter -> admitted until 07-24T18:55:00
        kim hold C1 26 09:00 -> held
        +5m
        service close -> closed
        lee enter -> CampaignClosed 07-24T18:00:00
        lee hold C2 26 09:00 -> CampaignClosed
        kim confirm -> HoldExpired
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        kim enter -> admitted until 07-24T19:00:00
    ",
    ),
    (
        "a place is held, confirmed, and gone",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        kim hold C1 26 09:00 -> held until 07-12T20:05:00
        see C1 26 09:00 -> free 0 held 1 booked 0
        see doses 1100000000 -> 39
        lee hold C1 26 09:00 -> SlotFull C1/26/09:30 C1/26/10:00 C1/27/09:00 C1/28/09:00 C2/26/09:00
        kim confirm -> booked 1
        see C1 26 09:00 -> free 0 held 0 booked 1
        see kim -> booked
        see messages -> 1
        restart
        see C1 26 09:00 -> free 0 held 0 booked 1
        see kim -> booked
        see messages -> 1
        service sent -> sent
        see messages -> 0
        restart
        see messages -> 0
        kim hold C2 26 09:00 -> AlreadyBooked 1
        kim hold C2 26 09:00 dose 2 -> held
    ",
    ),
    (
        "a full slot offers no day that is over",
        "
        at 07-24 17:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 28 09:00 -> held
        kim confirm -> booked
        at 07-24 18:00
        service close -> closed
        kim enter -> admitted
        at 07-27 08:00
        kim enter -> admitted
        kim hold C1 28 09:00 dose 2 -> SlotFull C1/28/09:30 C1/28/10:00 C2/28/09:00
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
        kim extend key a -> extended until 07-12T20:06:00
        kim extend -> ExtendedBefore 07-12T20:06:00
        restart
        kim extend key a -> extended until 07-12T20:06:00
        kim extend -> ExtendedBefore 07-12T20:06:00
        +5m
        kim extend -> HoldExpired 07-12T20:06:00
        kim release -> HoldExpired 07-12T20:06:00
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
        "a hold is confirmed once, whatever the key",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C2 26 09:00 -> held
        kim confirm key a -> booked
        kim confirm key b -> HoldUnknown
        kim confirm key a -> booked
        kim confirm -> HoldUnknown
        see kim -> booked
        see messages -> 1
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
        "a helper books for two, all or nothing",
        "
        at 07-12 20:00
        service open -> opened
        son enter -> admitted
        son hold C1 26 09:00 for kim and C1 26 09:00 for lee -> SlotFull
        see C1 26 09:00 -> free 1 held 0 booked 0
        son hold C2 26 09:00 for kim and C2 26 09:00 for lee -> held
        son confirm -> booked 2
        see kim -> booked
        see lee -> booked
        see son -> booked booked
        see messages -> 2
        kim cancel of son -> cancelled
        see kim -> cancelled
        see lee -> booked
    ",
    ),
    (
        "a hold of nothing, of twins or of a dose that is not given is invalid",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold nothing -> PlacesInvalid
        kim hold C2 26 09:00 and C2 26 09:30 -> PlacesInvalid
        kim hold C2 26 09:00 dose 3 -> PlacesInvalid
        kim hold C2 26 09:00 dose 0 -> PlacesInvalid
        kim hold C2 26 09:00 and C2 27 09:00 dose 2 -> held
        kim confirm -> booked 2
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
        "the doses of a region run out before its places",
        "
        at 07-12 20:00
        service open -> opened
        a enter -> admitted
        b enter -> admitted
        a hold C6 26 09:00 for a and C6 26 09:00 for p and C6 26 09:30 for q and C6 26 09:30 for r -> held
        b hold C6 27 09:00 for b and C6 27 09:00 for s -> SupplyExhausted 2600000000
        b hold C6 27 09:00 -> held
        see doses 2600000000 -> 0
        b hold C5 28 09:00 -> held
        a release -> released
        see doses 2600000000 -> 4
    ",
    ),
    (
        "an appointment is cancelled until two days before",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 28 09:00 -> held
        kim cancel -> AppointmentUnknown
        kim confirm -> booked
        lee cancel of kim -> AppointmentUnknown
        at 07-26 23:59
        kim cancel key a -> cancelled
        kim cancel key a -> cancelled
        kim cancel -> CancelledBefore 07-26T23:59:00
        see kim -> cancelled
        see C1 28 09:00 -> free 1 held 0 booked 0
        see messages -> 2
        restart
        see kim -> cancelled
        kim cancel -> CancelledBefore
    ",
    ),
    (
        "later it is too late to cancel online",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 28 09:00 -> held
        kim confirm -> booked
        at 07-27 00:00
        kim cancel -> CancelTooLate 2027-07-26
        see kim -> booked
    ",
    ),
    (
        "who has cancelled books again",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 28 09:00 -> held
        kim confirm -> booked
        kim cancel -> cancelled
        kim hold C1 28 09:00 -> held
        kim confirm -> booked
        see kim -> cancelled booked
    ",
    ),
    (
        "the same request has one effect and the same answer, also after a restart",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C2 26 09:00 key a -> held until 07-12T20:05:00
        +1m
        kim hold C2 26 09:00 key a -> held until 07-12T20:05:00
        kim confirm key b -> booked
        restart
        kim hold C2 26 09:00 key a -> held until 07-12T20:05:00
        kim confirm key b -> booked
        see C2 26 09:00 -> free 1 held 0 booked 1
        kim hold C2 26 09:30 key a -> KeyReused
        kim cancel key b -> KeyReused
        lee enter -> admitted
        lee hold C2 26 09:00 key a -> held
    ",
    ),
    (
        "a refusal is not kept: when a place comes back, the same request succeeds",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        kim hold C1 26 09:00 -> held
        lee hold C1 26 09:00 key a -> SlotFull
        lee hold C1 26 09:00 key a -> SlotFull
        kim release -> released
        lee hold C1 26 09:00 key a -> held
        restart
        lee hold C1 26 09:00 key a -> held
    ",
    ),
];
