//! Two doses, and changes of mind.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "the second dose is booked with the first, and supply counts the first only",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        see C1 8-16 09:00 -> free 0 held 1 booked 0
        see doses 1100000000 -> 39
        kim confirm -> booked 2
        see places kim -> C1/26/09:00 C1/8-16/09:00
        see messages -> 1
        see doses 1100000000 -> 39
        lee enter -> admitted
        lee hold C1 26 09:00 -> SlotFull
        lee hold C1 26 09:30 -> held
        lee hold C1 26 09:30 dose 2 -> FirstDoseNeeded
        kim hold C1 8-16 10:00 dose 2 -> AlreadyBooked 2
        restart
        see places kim -> C1/26/09:00 C1/8-16/09:00
        kim cancel -> cancelled
        see kim -> cancelled cancelled
        see C1 8-16 09:00 -> free 1 held 0 booked 0
        see doses 1100000000 -> 39
    ",
    ),
    (
        "the second dose follows when the first is moved too far, and stays when it still fits",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 27 09:00 -> held
        kim confirm -> booked 2
        see places kim -> C1/27/09:00 C1/8-17/09:00
        kim hold C1 26 09:30 -> AlreadyBooked 1
        kim hold C1 26 09:30 change -> held
        see C1 27 09:00 -> free 0 held 0 booked 1
        see C1 26 09:30 -> free 0 held 1 booked 0
        kim confirm key a -> moved 1
        kim confirm key a -> moved 1
        see places kim -> C1/26/09:30 C1/8-17/09:00
        see C1 27 09:00 -> free 1 held 0 booked 0
        kim hold C1 28 10:00 change -> held
        kim confirm -> moved 2
        see places kim -> C1/28/10:00 C1/8-18/10:00
        see doses 1100000000 -> 39
        restart
        see places kim -> C1/28/10:00 C1/8-18/10:00
        see messages -> 3
    ",
    ),
    (
        "a change into another region takes a dose there and gives one back here",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        kim hold C5 26 09:00 change -> held
        see doses 1100000000 -> 39
        see doses 2600000000 -> 1
        kim confirm -> moved 2
        see doses 1100000000 -> 40
        see doses 2600000000 -> 1
        see places kim -> C5/26/09:00 C5/8-16/09:00
        kim hold C1 26 09:00 change -> held
        kim release -> released
        see doses 1100000000 -> 40
        see places kim -> C5/26/09:00 C5/8-16/09:00
    ",
    ),
    (
        "a change is not confirmed when the appointment changed meanwhile",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        son delegate kim -> delegated
        son enter -> admitted
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        son hold C1 27 09:00 for kim change -> held
        kim hold C1 28 09:00 change -> held
        kim confirm -> moved 2
        son confirm -> AppointmentChanged 1
        son hold C1 27 09:00 for kim change -> held
        kim cancel -> cancelled
        son confirm -> AppointmentChanged 1
        son hold C1 27 09:30 for kim change -> AppointmentUnknown
        see C1 27 09:00 -> free 0 held 1 booked 0
        son release -> released
    ",
    ),
    (
        "the second dose alone is moved inside the interval, or cancelled and booked again",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        kim hold C1 8-31 09:00 dose 2 change -> DoseIntervalWrong 2027-08-16 2027-08-30
        kim hold C2 8-30 09:00 dose 2 change -> held
        kim confirm -> moved 1
        see places kim -> C1/26/09:00 C2/8-30/09:00
        kim cancel second -> cancelled
        see places kim -> C1/26/09:00
        kim hold C1 8-17 09:00 dose 2 -> held
        kim confirm -> booked 1
        see places kim -> C1/26/09:00 C1/8-17/09:00
    ",
    ),
    (
        "a second dose is not confirmed when its first was cancelled or moved meanwhile",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        son delegate kim -> delegated
        son enter -> admitted
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        kim cancel second -> cancelled
        son hold C2 8-16 09:00 for kim dose 2 -> held
        kim hold C1 28 09:00 change -> held
        kim confirm -> moved 1
        son confirm -> DoseIntervalWrong 2027-08-18 2027-09-01
        son hold C2 8-18 09:00 for kim dose 2 -> held
        kim cancel -> cancelled
        son confirm -> FirstDoseNeeded
        see kim -> cancelled cancelled
    ",
    ),
    (
        "a change ends two days before the visit",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        at 07-24 23:50
        kim enter -> admitted
        kim hold C1 28 09:00 change -> held
        +6m
        kim hold C1 28 09:00 change -> held
        +4m
        kim confirm -> CancelTooLate 2027-07-24
        kim hold C1 27 09:00 change -> CancelTooLate 2027-07-24
        kim hold C1 8-17 09:00 dose 2 change -> held
        kim confirm -> moved 1
    ",
    ),
    (
        "a household sits side by side for both doses, or not at all",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        son delegate mother -> delegated
        son delegate father -> delegated
        son enter born 1990 -> admitted
        son hold C1 26 10:00 for mother,father -> held
        see C1 26 10:00 -> free 0 held 1 booked 0
        see C1 26 09:30 -> free 0 held 1 booked 0
        son confirm -> booked 4
        see places mother -> C1/26/09:30 C1/8-16/09:30
        see places father -> C1/26/10:00 C1/8-16/10:00
        son hold C2 27 09:00 for mother,father change -> held
        son confirm -> moved 4
        see places mother -> C2/27/09:00 C2/8-17/09:00
        see places father -> C2/27/09:00 C2/8-17/09:00
    ",
    ),
    (
        "people are reminded once of a day",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        kim hold C2 26 09:00 -> held
        kim confirm -> booked
        lee hold C2 26 09:00 -> held
        lee confirm -> booked
        service sent -> sent
        service remind C1 26 09:00 1 -> reminded 1
        service remind C1 26 09:00 5 -> reminded 1
        service remind C1 26 09:00 5 -> reminded 0
        see messages -> 2
        restart
        service remind C1 26 09:00 5 -> reminded 0
        kim hold C2 27 09:00 change -> held
        kim confirm -> moved
        service remind C1 27 09:00 5 -> reminded 1
        lee cancel -> cancelled
        service remind C1 8-16 09:00 5 -> reminded 0
        service remind C1 8-17 09:00 5 -> reminded 1
    ",
    ),
];
