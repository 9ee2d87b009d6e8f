//! Visits: who came, who did not, who was vaccinated. C1 is open from 09:00 to 10:30; the first visits are on 26 July.

use super::Case;

/// Every "no" about a visit, by its code.
pub(super) const REFUSALS: [&str; 8] = [
    "AlreadyFulfilled",
    "CheckedInBefore",
    "NoShowBefore",
    "CheckInNeeded",
    "VisitElsewhere",
    "VisitNotYet",
    "VisitOver",
    "VisitNotOver",
];

pub(super) const CASES: &[Case] = &[
    (
        "somebody comes, is numbered in the order of arrival, is vaccinated, and keeps the second dose",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        kim hold C2 26 09:00 -> held
        kim confirm -> booked
        lee hold C2 26 09:30 -> held
        lee confirm -> booked
        service sent -> sent
        clinic vaccinate of kim -> CheckInNeeded
        clinic checkin of kim -> VisitNotYet 2027-07-26
        at 07-26 08:50
        clinic checkin of lee elsewhere -> VisitElsewhere C2/26/09:30
        clinic checkin of lee key a -> checked-in 1
        clinic checkin of lee key a -> checked-in 1
        clinic checkin of lee -> CheckedInBefore 07-26T08:50:00 1
        clinic checkin of kim -> checked-in 2
        see kim -> checked-in booked
        see C2 26 09:00 -> free 1 held 0 booked 1
        see messages -> 0
        lee cancel -> CheckedInBefore 07-26T08:50:00 1
        restart
        see kim -> checked-in booked
        clinic vaccinate of kim key b -> vaccinated
        clinic vaccinate of kim key b -> vaccinated
        clinic vaccinate of kim -> AlreadyFulfilled 1 2027-07-26
        clinic checkin of kim -> AlreadyFulfilled 1 2027-07-26
        clinic missed of kim -> AlreadyFulfilled 1 2027-07-26
        see kim -> vaccinated booked
        see messages -> 1
        see C2 26 09:00 -> free 1 held 0 booked 1
        see vials C2 26 -> 2 doses 1 vials 8 over
        see sheet C2 26 -> kim@C2/26/09:00 lee@C2/26/09:30
        restart
        see kim -> vaccinated booked
        kim cancel -> AlreadyFulfilled 1 2027-07-26
        kim enter -> admitted
        kim hold C2 27 09:00 -> AlreadyFulfilled 1 2027-07-26
        kim hold C2 27 09:00 change -> AlreadyFulfilled 1 2027-07-26
        kim hold C2 8-31 09:00 dose 2 change -> DoseIntervalWrong 2027-08-16 2027-08-30
        kim hold C2 8-17 09:00 dose 2 change -> held
        kim confirm -> moved 1
        clinic vaccinate second of kim fixed -> VisitNotYet 2027-08-17
        at 08-17 09:00
        clinic checkin second of kim -> checked-in 1
        clinic vaccinate second of kim -> vaccinated
        see kim -> vaccinated vaccinated
        kim hold C2 8-18 09:00 dose 2 -> PassExpired
    ",
    ),
    (
        "whoever did not come is told, loses the second dose, and books again",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked 2
        service sent -> sent
        at 07-26 09:29
        clinic missed of kim -> VisitNotOver 07-26T09:30:00
        +1m
        clinic missed of kim elsewhere -> VisitElsewhere C1/26/09:00
        clinic missed of kim key a -> missed 2
        clinic missed of kim key a -> missed 2
        clinic missed of kim -> NoShowBefore 07-26T09:30:00
        clinic checkin of kim -> NoShowBefore 07-26T09:30:00
        clinic vaccinate of kim -> NoShowBefore 07-26T09:30:00
        see kim -> missed cancelled
        see C1 26 09:00 -> free 0 held 0 booked 1
        see C1 8-16 09:00 -> free 1 held 0 booked 0
        see doses 1100000000 -> 39
        see vials C1 26 -> 0 doses 0 vials 0 over
        see messages -> 1
        restart
        see kim -> missed cancelled
        kim cancel -> NoShowBefore
        kim enter -> admitted
        kim hold C1 8-17 09:00 dose 2 -> FirstDoseNeeded
        kim hold C1 27 09:00 change -> AppointmentUnknown
        kim hold C1 27 09:00 -> held
        kim confirm -> booked 2
        see kim -> missed cancelled booked booked
        see doses 1100000000 -> 38
    ",
    ),
    (
        "a dose can be recorded by correction, on its day or later, once",
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
        at 07-25 23:59
        clinic vaccinate of kim fixed -> VisitNotYet 2027-07-26
        at 07-26 10:00
        clinic missed of kim -> missed 2
        clinic checkin of lee -> checked-in 1
        at 07-27 09:00
        clinic checkin of kim -> NoShowBefore
        clinic vaccinate of lee -> VisitOver 2027-07-26
        clinic vaccinate second of lee fixed -> FirstDoseNeeded
        clinic vaccinate of lee fixed -> vaccinated
        clinic vaccinate of kim fixed -> vaccinated
        see kim -> vaccinated cancelled
        kim enter -> admitted
        kim hold C2 8-16 09:00 dose 2 -> held
        kim confirm -> booked 1
        see kim -> vaccinated cancelled booked
        restart
        see kim -> vaccinated cancelled booked
    ",
    ),
    (
        "whoever waits for another place and turns out to be vaccinated waits no more",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        a enter -> admitted
        b enter -> admitted
        c enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        a hold C1 27 09:00 -> held
        a confirm -> booked
        b hold C1 27 09:30 -> held
        b confirm -> booked
        c hold C1 27 10:00 -> held
        c confirm -> booked
        at 07-26 18:00
        clinic missed of kim -> missed 0
        kim enter -> admitted
        kim wait in C1 days 27 27 -> waiting
        see waits kim -> C1 after 0
        clinic vaccinate of kim fixed -> vaccinated
        see waits kim -> none
        ",
    ),
    (
        "nobody is vaccinated by correction who has booked again meanwhile",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        at 07-26 09:30
        clinic checkin of kim -> checked-in 1
        clinic missed of kim -> CheckedInBefore
        clinic missed of kim fixed -> missed 0
        see kim -> missed
        kim enter -> admitted
        son delegate kim -> delegated
        son enter -> admitted
        son hold C1 27 09:00 for kim -> held
        son confirm -> booked
        clinic vaccinate of kim fixed -> AlreadyBooked 2
        at 07-27 09:30
        clinic checkin of son -> checked-in 1
        service sent -> sent
        clinic vaccinate of son -> vaccinated
        see messages -> 2
        clinic vaccinate of kim fixed -> AlreadyBooked 2
        see kim -> missed vaccinated
        clinic checkin of nobody -> AppointmentUnknown
        clinic missed of nobody -> AppointmentUnknown
        clinic vaccinate of nobody -> AppointmentUnknown
    ",
    ),
    (
        "the day after, nobody checks in; a cancelled appointment is not visited",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        lee hold C1 28 09:30 -> held
        lee confirm -> booked
        lee cancel -> cancelled
        clinic checkin of lee -> CancelledBefore
        clinic missed of lee -> CancelledBefore
        clinic vaccinate of lee fixed -> CancelledBefore
        at 07-27 00:00
        clinic checkin of kim -> VisitOver 2027-07-26
        clinic missed of kim -> missed 0
    ",
    ),
    (
        "on an overfull day those who are there are not sent elsewhere",
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
        at 07-26 08:00
        clinic capacity C2 26 09:00 1 anyway -> set over 1
        see reoffer C2 -> lee@C2/26/09:00
        clinic checkin of lee -> checked-in 1
        see reoffer C2 -> kim@C2/26/09:00
        clinic vaccinate of lee -> vaccinated
        see reoffer C2 -> kim@C2/26/09:00
        clinic checkin of kim -> checked-in 2
        see reoffer C2 -> none
    ",
    ),
];
