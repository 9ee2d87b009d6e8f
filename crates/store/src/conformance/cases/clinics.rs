//! What clinics say of their places, and the campaign's office of its doses.

use super::Case;

/// Every "no" to staff, by its code.
pub(super) const REFUSALS: [&str; 6] = [
    "PlacesNotFree",
    "PlacesNotBlocked",
    "CapacityBelowTaken",
    "RegionUnknown",
    "SupplyOverTotal",
    "SupplyBelowTaken",
];

pub(super) const CASES: &[Case] = &[
    (
        "a clinic blocks what is free and nothing else, and gives it back",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C2 26 09:00 -> held
        clinic block C2 26 09:00 2 -> PlacesNotFree 1
        clinic block C2 26 09:00 1 key a -> blocked 1
        clinic block C2 26 09:00 1 key a -> blocked 1
        clinic block C2 26 09:00 1 -> PlacesNotFree 0
        see C2 26 09:00 -> free 0 held 1 booked 0 blocked 1
        see days since 0 -> 2: C2/26 2+0
        lee enter -> admitted
        lee hold C2 26 09:00 -> SlotFull
        restart
        see C2 26 09:00 -> free 0 held 1 booked 0 blocked 1
        clinic unblock C2 26 09:00 2 -> PlacesNotBlocked 1
        clinic unblock C2 26 09:00 1 key b -> unblocked 0
        clinic unblock C2 26 09:00 1 key b -> unblocked 0
        clinic unblock C2 26 09:00 1 -> PlacesNotBlocked 0
        lee hold C2 26 09:00 -> held
        clinic block C2 26 09:15 1 -> SlotUnknown
        clinic block C9 26 09:00 1 -> SlotUnknown
        clinic unblock C2 29 09:00 1 -> SlotUnknown
        at 07-26 23:59
        clinic block C2 26 09:30 1 -> blocked 1
        at 07-27 00:00
        clinic block C2 26 10:00 1 -> SlotPast
        clinic unblock C2 26 09:30 1 -> SlotPast
        clinic capacity C2 26 09:30 5 -> SlotPast
    ",
    ),
    (
        "what a clinic says of a band or a day counts before the country's list, and can be taken back",
        "
        at 07-12 20:00
        service open -> opened
        a enter -> admitted
        b enter -> admitted
        see C1 26 09:00 -> free 1 held 0 booked 0
        clinic capacity C1 26 09:00 3 key a -> set over 0
        clinic capacity C1 26 09:00 3 key a -> set over 0
        see C1 26 09:00 -> free 3 held 0 booked 0
        see C1 26 09:30 -> free 1 held 0 booked 0
        see days since 0 -> 1: C1/26 0+0 of 5+0
        a delegate p -> delegated
        a hold C1 26 09:00 for a,p -> held
        see C1 26 09:00 -> free 1 held 2 booked 0
        clinic capacity C1 26 09:00 4 whole -> set over 0
        see C1 26 09:00 -> free 2 held 2 booked 0
        see C1 26 10:00 -> free 4 held 0 booked 0
        restart
        see C1 26 10:00 -> free 4 held 0 booked 0
        clinic capacity C1 26 10:00 0 -> set over 0
        b hold C1 26 10:00 -> SlotFull
        clinic capacity C1 26 10:00 -> set over 0
        b hold C1 26 10:00 -> held
        clinic capacity C1 26 09:00 whole -> CapacityBelowTaken 1
        a release -> released
        clinic capacity C1 26 09:00 whole -> set over 0
        see C1 26 10:00 -> free 0 held 1 booked 0
        see C1 26 09:00 -> free 1 held 0 booked 0
        clinic capacity C1 26 09:15 9 -> SlotUnknown
        clinic capacity C1 29 09:00 9 whole -> SlotUnknown
        clinic capacity C9 26 09:00 9 -> SlotUnknown
    ",
    ),
    (
        "whoever is booked beyond a lowered capacity keeps the place and is named, the latest booked first",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        kim hold C2 26 09:00 -> held
        kim confirm -> booked
        +1s
        lee hold C2 26 09:00 -> held
        lee confirm -> booked
        see reoffer C2 -> none
        clinic capacity C2 26 09:00 1 -> CapacityBelowTaken 1
        see C2 26 09:00 -> free 0 held 0 booked 2
        clinic capacity C2 26 09:00 1 anyway key a -> set over 1
        clinic capacity C2 26 09:00 1 anyway key a -> set over 1
        see C2 26 09:00 -> free 0 held 0 booked 2
        see reoffer C2 -> lee@C2/26/09:00
        see reoffer C1 -> none
        restart
        see reoffer C2 -> lee@C2/26/09:00
        see days afresh -> C2/26 2+0 of 6+0
        clinic capacity C2 26 09:00 0 anyway -> set over 2
        see reoffer C2 -> lee@C2/26/09:00 kim@C2/26/09:00
        lee hold C2 27 09:00 change -> held
        see reoffer C2 -> lee@C2/26/09:00 kim@C2/26/09:00
        lee confirm -> moved
        see reoffer C2 -> kim@C2/26/09:00
        park enter -> admitted
        park hold C2 26 09:00 -> SlotFull
        kim cancel -> cancelled
        see reoffer C2 -> none
        see C2 26 09:00 -> free 0 held 0 booked 0
        clinic capacity C2 26 09:00 2 -> set over 0
        park hold C2 26 09:00 -> held
    ",
    ),
    (
        "raising the capacity again shortens the list, and a place that was held meanwhile is not forgotten",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        kim hold C2 26 09:00 -> held
        kim confirm -> booked
        lee hold C2 26 09:00 -> held
        clinic capacity C2 26 09:00 0 anyway -> set over 2
        see reoffer C2 -> kim@C2/26/09:00
        lee confirm -> booked
        see reoffer C2 -> lee@C2/26/09:00 kim@C2/26/09:00
        clinic capacity C2 26 09:00 1 -> CapacityBelowTaken 1
        clinic capacity C2 26 09:00 1 anyway -> set over 1
        see reoffer C2 -> lee@C2/26/09:00
        clinic capacity C2 26 09:00 -> set over 0
        see reoffer C2 -> none
        see sheet C2 26 -> kim@C2/26/09:00 lee@C2/26/09:00
    ",
    ),
    (
        "doses are shared out anew in one step, never beyond the total",
        "
        at 07-12 20:00
        service open -> opened
        see supply -> total 45 east 40-0 west 5-0
        office supply east 41 -> SupplyOverTotal 45 46
        office supply east 30 west 15 key a -> supplied 45
        office supply east 30 west 15 key a -> supplied 45
        office supply total 44 -> SupplyOverTotal 44 45
        office supply total 60 -> supplied 60
        see supply -> total 60 east 30-0 west 15-0
        see doses 2600000000 -> 15
        office supply nowhere 1 -> RegionUnknown 0000000009
        office supply campaign 9 east 1 -> CampaignUnknown
        restart
        see supply -> total 60 east 30-0 west 15-0
    ",
    ),
    (
        "less supply than is taken is said twice, takes nothing from anybody, and gives nothing more",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        kim hold C6 26 09:00 -> held
        lee hold C6 26 09:00 -> held
        lee confirm -> booked
        office supply west 1 -> SupplyBelowTaken 2600000000 2
        office supply west 1 anyway -> supplied 45
        see supply -> total 45 east 40-0 west 1-2
        see doses 2600000000 -> 0
        restart
        see supply -> total 45 east 40-0 west 1-2
        kim confirm -> booked
        park enter -> admitted
        park hold C6 26 09:30 -> SupplyExhausted 2600000000
        kim cancel -> cancelled
        see doses 2600000000 -> 0
        lee cancel -> cancelled
        see doses 2600000000 -> 1
        park hold C6 26 09:30 -> held
    ",
    ),
    (
        "a clinic's day is told in vials",
        "
        at 07-12 20:00
        service open -> opened
        a enter -> admitted
        see vials C2 26 -> 0 doses 0 vials 0 over
        a delegate p -> delegated
        a hold C2 26 09:00 for a,p -> held
        see vials C2 26 -> 0 doses 0 vials 0 over
        a confirm -> booked
        see vials C2 26 -> 2 doses 1 vials 8 over
        see vials C2 27 -> 0 doses 0 vials 0 over
    ",
    ),
];
