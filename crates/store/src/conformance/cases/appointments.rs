//! Places confirmed and cancelled, and requests that come twice.

use super::Case;

pub(super) const CASES: &[Case] = &[
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
        kim hold C2 26 09:00 dose 2 -> PlacesInvalid
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
        "a helper books for two, all or nothing",
        "
        at 07-12 20:00
        service open -> opened
        son enter -> admitted
        son hold C2 26 09:00 for kim,lee -> RecipientUnknown
        son delegate kim -> delegated
        son delegate lee -> delegated
        see messages -> 2
        other enter -> admitted
        other hold C1 26 09:30 -> held
        son hold C1 26 09:00 for kim,lee -> SlotFull C1/27/09:00 C1/28/09:00 C2/26/09:00
        see C1 26 09:00 -> free 1 held 0 booked 0
        son hold C1 27 09:00 for kim,lee -> held
        see C1 27 09:00 -> free 0 held 1 booked 0
        see C1 27 09:30 -> free 0 held 1 booked 0
        son hold C2 26 09:00 for kim,lee -> held
        son confirm -> booked 2
        see kim -> booked
        see lee -> booked
        see son -> booked booked
        see messages -> 6
        kim cancel of son -> cancelled
        see kim -> cancelled
        see lee -> booked
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
