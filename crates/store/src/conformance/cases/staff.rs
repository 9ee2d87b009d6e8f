//! What staff do, and what is on record of it.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "every change of an appointment is on record: who did it, and whose it was",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 28 09:00 -> held
        see audit 1 -> none
        kim confirm key a -> booked
        kim confirm key a -> booked
        see audit 5 -> 1 citizen booked kim
        kim hold C1 28 09:30 change -> held
        kim confirm -> moved
        restart
        son delegate kim -> delegated
        son cancel of kim -> cancelled
        kim cancel -> CancelledBefore
        see audit 2 -> 2 citizen moved kim, 3 helper cancelled kim
        kim hold C1 28 09:00 -> held
        kim confirm -> booked
        restart
        see audit 2 -> 3 helper cancelled kim, 4 citizen booked kim
    ",
    ),
    (
        "a second dose that goes with its first is on record of its own",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 28 09:00 -> held
        kim confirm -> booked 2
        kim cancel -> cancelled
        see audit 4 -> 1 citizen booked kim, 2 citizen booked kim, 3 citizen cancelled kim, 4 citizen cancelled kim
    ",
    ),
    (
        "what staff do in somebody's name, look at, or are refused is on record with them",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        desk does kim hold C1 28 09:00 -> held
        desk does kim confirm key a -> booked
        desk does kim confirm key a -> booked
        see audit 3 -> 1 staff hold kim, 2 citizen booked kim, 3 staff confirm kim
        desk looks kim -> looked
        desk does lee cancel of kim -> AppointmentUnknown
        see audit 2 -> 4 staff looked-up-Person kim, 5 staff cancel kim refused 601
        restart
        desk looks list -> looked
        son delegate kim -> delegated
        desk does kim revoke son -> undelegated
        see audit 2 -> 6 staff looked-up-DeskList, 7 staff end_delegation kim
    ",
    ),
];
