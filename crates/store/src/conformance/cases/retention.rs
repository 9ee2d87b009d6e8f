//! People who leave. The closing is on 24 July, visits until 28 July.

use super::Case;

pub(super) const REFUSALS: [&str; 1] = ["StillExpected"];

pub(super) const CASES: &[Case] = &[
    (
        "whoever holds a place or has a visit to come is not removed, whoever has neither is, once",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim draft favourites -> saved
        kim hold C1 26 09:00 -> held
        office remove of kim -> StillExpected
        kim confirm -> booked
        office remove of kim -> StillExpected
        see messages -> 1
        kim cancel -> cancelled
        office remove of kim -> removed 1
        see known kim -> nobody
        see draft kim -> none
        see messages -> 0
        see keys -> 1
        office remove of kim -> PersonUnknown
        kim draft favourites -> IdentityNeeded
        restart
        see known kim -> nobody
        see keys -> 1
        see C1 26 09:00 -> free 1 held 0 booked 0
        office destroy -> destroyed 1
        see keys -> 0
        office destroy -> destroyed 0
        restart
        see keys -> 0
    ",
    ),
    (
        "somebody who comes back is somebody new",
        "
        kim register with passport -> registered
        see known kim -> person 1
        office remove of kim -> removed 1
        see known passport -> nobody
        kim register -> registered
        see known kim -> person 2
        see known passport -> nobody
        kim register with passport -> registered
        see known passport -> person 2
        office remove of kim -> removed 1
        restart
        see known kim -> nobody
    ",
    ),
    (
        "the period begins with the end of the campaign, or of the last visit",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        lee register -> registered
        at 08-03 17:59
        office sweep 10 -> removed 0
        at 08-03 18:00
        office sweep 10 -> removed 1
        see known lee -> nobody
        see known kim -> person 1
        at 08-05 09:29
        office sweep 10 -> removed 0
        at 08-05 09:30
        office sweep 10 -> removed 1
        see keys -> 2
        see C1 26 09:00 -> free 0 held 0 booked 1
        restart
        office destroy -> destroyed 2
        office sweep 10 -> removed 0
    ",
    ),
    (
        "nobody helps, or is helped by, somebody who was removed",
        "
        son delegate mother -> delegated
        see messages -> 1
        mother register -> registered
        office remove of mother -> removed 1
        see helped son
        see messages -> 0
        son delegate mother -> delegated
        office remove of son -> removed 1
        mother register -> registered
        see helpers mother
        restart
        see helpers mother
    ",
    ),
    (
        "whoever had two names loses what was known under either, and waits for nothing",
        "
        kim register -> registered
        gim register -> registered
        desk merges kim gim -> merged
        office remove of gim -> removed 1
        see known kim -> nobody
        see known gim -> nobody
        see keys -> 2
        restart
        office destroy -> destroyed 2
        gim register -> registered
        see known kim -> nobody
        see known gim -> person 3
    ",
    ),
    (
        "where the key is gone nothing is left to keep, also of somebody who is expected",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        office remove of kim lost -> removed 1
        see known kim -> nobody
        see C1 26 09:00 -> free 0 held 0 booked 1
        restart
        see keys -> 1
    ",
    ),
    (
        "under another key people are named anew, and nobody is named twice",
        "
        kim register with passport -> registered
        lee register -> registered
        office rename of kim with token -> renamed
        see known kim -> nobody
        see known token -> person 1
        see known passport -> person 1
        office rename of lee with token -> renamed
        see known lee -> nobody
        see known token -> person 1
        restart
        see known token -> person 1
        see known kim -> nobody
    ",
    ),
];
