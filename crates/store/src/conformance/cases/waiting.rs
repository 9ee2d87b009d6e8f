//! Waiting for a place, and what staff put right about people. C1 has one place a band; answers are due in two hours of
//! the day, and at 20:00 there is one left before the night.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "a place that comes back goes to the first who waits, one by one, and to nobody else",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        son enter -> admitted
        eve enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        lee wait in C1 days 26 26 -> PlacesFree C1/26/09:30
        a enter -> admitted
        b enter -> admitted
        a hold C1 26 09:30 -> held
        a confirm -> booked
        b hold C1 26 10:00 -> held
        b confirm -> booked
        lee wait in C1 days 26 26 key a -> waiting
        lee wait in C1 days 26 26 key a -> waiting
        son wait in C1 days 26 26 -> waiting
        lee wait in C2 -> WaitingBefore 07-12T20:00:00
        kim wait in C1 days 26 26 -> AlreadyBooked 1
        see waits son -> C1 after 1
        lee accept -> OfferUnknown
        kim cancel -> cancelled
        eve hold C1 26 09:00 -> SlotFull
        see C1 26 09:00 -> free 0 held 1 booked 0
        see waits lee -> C1 after 0 offered C1/26/09:00 until 07-13T09:00:00
        see waits son -> C1 after 1
        restart
        lee decline -> declined
        lee decline -> OfferUnknown
        eve hold C1 26 09:00 -> SlotFull
        see waits son -> C1 after 1 offered C1/26/09:00 until 07-13T09:00:00
        son accept key a -> booked 1
        son accept key a -> booked 1
        see son -> booked
        see waits son -> none
        see waits lee -> C1 after 0
        see C1 26 09:00 -> free 0 held 0 booked 1
    ",
    ),
    (
        "an offer that nobody answers goes on, and three of them end the waiting",
        "
        at 07-12 20:00
        service open -> opened
        a enter -> admitted
        b enter -> admitted
        c enter -> admitted
        lee enter -> admitted
        a hold C1 26 09:00 -> held
        a confirm -> booked
        b hold C1 26 09:30 -> held
        b confirm -> booked
        c hold C1 26 10:00 -> held
        c confirm -> booked
        lee wait in C1 days 26 26 -> waiting
        service sent -> sent
        a cancel -> cancelled
        service expire 5 -> expired 0
        see messages -> 2
        at 07-13 09:00
        lee accept -> OfferUnknown
        see messages -> 3
        see waits lee -> C1 after 0
        see C1 26 09:00 -> free 1 held 0 booked 0
        b cancel -> cancelled
        service expire 1 -> expired
        at 07-13 11:00
        service expire 1 -> expired
        see waits lee -> C1 after 0
        c cancel -> cancelled
        service expire 1 -> expired
        see waits lee -> C1 after 0 offered C1/26/10:00 until 07-13T13:00:00
        restart
        at 07-13 13:00
        service expire 1 -> expired
        see waits lee -> none
        lee wait in C1 days 26 26 -> PassExpired
    ",
    ),
    (
        "nobody waits where there is nothing, for days that are over, or for somebody whom they may not help",
        "
        at 07-12 20:00
        lee wait in C1 -> TooEarly
        service open -> opened
        lee wait in C1 -> PassNeeded
        lee enter -> admitted
        lee wait in C99 -> WaitScopeUnknown
        lee wait in 1100000000 -> WaitScopeUnknown
        lee wait in C1 days 1 2 -> WaitScopeUnknown
        lee wait for kim in C1 -> RecipientUnknown
        lee leave -> WaitUnknown
        lee accept -> WaitUnknown
        lee decline -> WaitUnknown
        lee wait in 1111000000 -> PlacesFree C1/26/09:00 C2/26/09:00 C1/27/09:00
    ",
    ),
    (
        "whoever books otherwise waits no more, and neither does who leaves",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        a enter -> admitted
        b enter -> admitted
        kim enter -> admitted
        lee enter -> admitted
        a hold C5 26 09:00 -> held
        a confirm -> booked
        b hold C5 27 09:00 -> held
        b confirm -> booked
        kim wait in 2611000000 -> waiting
        lee wait in C5 -> waiting
        kim hold C1 26 09:00 -> held
        kim confirm -> booked
        see waits kim -> none
        a cancel -> cancelled
        service expire 1 -> expired
        see waits lee -> C5 after 0 offered C5/26/09:00 until 07-13T09:00:00
        kim accept of lee -> WaitUnknown
        lee leave -> left
        see waits lee -> none
        service expire 1 -> expired
        see C5 26 09:00 -> free 1 held 0 booked 0
        see doses 2600000000 -> 1
    ",
    ),
    (
        "doses that come where there were none are for those who wait, in their order, and then for everybody",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        son enter -> admitted
        eve enter -> admitted
        lee wait in 2611000000 -> PlacesFree C5/26/09:00 C6/26/09:00 C5/27/09:00
        office supply west 0 -> supplied
        lee wait in C5 -> waiting
        kim wait in C6 days 27 27 -> waiting
        son wait in 2611000000 -> waiting
        eve hold C5 26 09:00 -> SupplyExhausted 2600000000
        office supply west 2 key a -> supplied
        see waits lee -> C5 after 0 offered C5/26/09:00 until 07-13T09:00:00
        see waits kim -> C6 after 0 offered C6/27/09:00 until 07-13T09:00:00
        office supply west 2 key a -> supplied
        see waits son -> 2611000000 after 0
        see C5 26 09:00 -> free 0 held 1 booked 0
        eve hold C5 26 09:30 -> SupplyExhausted 2600000000
        restart
        lee accept -> booked 1
        kim decline -> declined
        service expire 1 -> expired
        see waits son -> 2611000000 after 0 offered C6/27/09:00 until 07-13T09:00:00
        office supply west 5 -> supplied
        see waits kim -> C6 after 0 offered C6/27/09:30 until 07-13T09:00:00
        eve hold C5 26 09:30 -> held
    ",
    ),
    (
        "a helper waits for those whom they help, and answers for them",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        a enter -> admitted
        b enter -> admitted
        a hold C5 26 09:00 -> held
        a confirm -> booked
        b hold C5 27 09:00 -> held
        b confirm -> booked
        son delegate kim -> delegated
        son enter born 1990 -> admitted
        son wait in C5 -> NotEligible
        son wait for kim in C5 -> waiting
        b cancel -> cancelled
        service expire 1 -> expired
        see waits kim -> C5 after 0 offered C5/27/09:00 until 07-13T09:00:00
        see waits son -> C5 after 0 offered C5/27/09:00 until 07-13T09:00:00
        service sent -> sent
        son accept -> booked 2
        see messages -> 2
        see places kim -> C5/27/09:00 C5/8-17/09:00
    ",
    ),
    (
        "an offer is answered in time or not at all",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        a enter -> admitted
        b enter -> admitted
        lee enter -> admitted
        a hold C5 26 09:00 -> held
        a confirm -> booked
        b hold C5 27 09:00 -> held
        b confirm -> booked
        lee wait in C5 -> waiting
        a cancel -> cancelled
        service expire 1 -> expired
        at 07-13 08:59
        see waits lee -> C5 after 0 offered C5/26/09:00 until 07-13T09:00:00
        at 07-13 09:00
        service expire 1 -> expired
        see waits lee -> C5 after 0
        lee accept -> OfferUnknown
        see C5 26 09:00 -> free 1 held 0 booked 0
        lee enter -> admitted
        lee hold C5 26 09:00 -> held
        lee confirm -> booked
    ",
    ),
    (
        "offers that end together go on a few at a time; an answer that comes late is told so",
        "
        at 07-12 20:00
        service open -> opened
        a enter -> admitted
        b enter -> admitted
        c enter -> admitted
        kim enter -> admitted
        lee enter -> admitted
        son enter -> admitted
        a hold C1 26 09:00 -> held
        a confirm -> booked
        b hold C1 26 09:30 -> held
        b confirm -> booked
        c hold C1 26 10:00 -> held
        c confirm -> booked
        kim wait in C1 days 26 26 -> waiting
        lee wait in C1 days 26 26 -> waiting
        son wait in C1 days 26 26 -> waiting
        a cancel -> cancelled
        b cancel -> cancelled
        c cancel -> cancelled
        service expire 3 -> expired
        see waits son -> C1 after 2 offered C1/26/10:00 until 07-13T09:00:00
        at 07-13 09:00
        son accept -> OfferExpired 07-13T09:00:00
    ",
    ),
    (
        "one person is put right at once, in both directions",
        "
        at 07-12 20:00
        service open -> opened
        kim enter born 1990 -> NotEligible
        desk corrects kim in silently -> ReasonNeeded
        desk corrects kim in -> corrected
        kim enter born 1990 -> admitted
        kim hold C1 26 09:00 -> held
        desk corrects kim out -> corrected
        kim confirm -> booked
        lee enter -> admitted
        lee hold C1 26 09:30 -> held
        desk corrects lee out -> corrected
        lee hold C1 26 10:00 -> held
        desk corrects lee out admitted -> corrected
        see hold lee -> none
        lee hold C1 26 10:00 -> NotEligible
        lee enter -> NotEligible
        restart
        desk corrects new out -> corrected
        new enter -> NotEligible
        son delegate new -> NotEligible
        son delegate young born 1990 -> NotEligible
        desk corrects young in -> corrected
        son delegate young born 1990 -> delegated
        son enter born 1990 -> admitted
        desk corrects young out admitted -> corrected
        son hold C2 26 09:00 for young -> NotEligible
        see audit 2 -> 8 staff eligible-true young, 9 staff eligible-false young
    ",
    ),
    (
        "a pass that is revoked ends with what it held, and its ticket is spent",
        "
        at 07-12 20:00
        service open -> opened
        desk revokes kim -> AdmissionUnknown
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        desk revokes kim silently -> ReasonNeeded
        desk revokes kim -> revoked
        see hold kim -> none
        see pass kim -> none
        see C1 26 09:00 -> free 1 held 0 booked 0
        see messages -> 1
        kim hold C1 26 09:00 -> PassNeeded
        kim enter -> AdmissionRevoked 07-12T20:00:00
        restart
        kim enter -> AdmissionRevoked 07-12T20:00:00
        kim enter with another -> admitted
        see audit 3 -> 1 staff revoked kim refused 651, 2 staff revoked kim refused 648, 3 staff revoked kim
    ",
    ),
    (
        "two names of one person become one: everything of both is found under either",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        kim hold C1 26 09:00 -> held
        gim draft clinics -> saved
        gim delegate mother -> delegated
        kim wait in C99 -> WaitScopeUnknown
        desk merges gim kim silently -> ReasonNeeded
        desk merges gim nobody -> PersonUnknown
        desk merges gim kim -> merged 0
        desk merges gim kim -> SamePerson
        see hold gim -> until 07-12T20:05:00
        see pass gim -> until 07-12T21:00:00
        gim confirm of kim -> booked
        see kim -> booked
        see gim -> booked
        see draft kim -> clinics
        restart
        kim enter -> admitted
        kim hold C2 26 09:00 -> AlreadyBooked
        kim hold C2 26 09:00 for mother -> held
        gim register -> registered
        see gim -> booked
        see desk -> none
    ",
    ),
    (
        "two appointments that turn out to be one person's stay both until one is given up",
        "
        campaign 2
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        gim enter -> admitted
        kim hold C1 26 09:00 -> held
        kim confirm -> booked 2
        gim hold C2 27 09:00 -> held
        +1s
        gim confirm -> booked 2
        desk merges kim gim -> merged 2
        see desk -> kim dose 1: 1 3, kim dose 2: 2 4
        see kim -> booked booked booked booked
        kim hold C2 26 09:00 change -> TwoAppointments 3
        restart
        see desk -> kim dose 1: 1 3, kim dose 2: 2 4
        kim cancel -> cancelled
        see desk -> none
        see kim -> cancelled cancelled booked booked
        kim hold C2 26 09:00 change -> held
        kim confirm -> moved
    ",
    ),
];
