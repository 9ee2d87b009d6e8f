//! Who is who, who acts for whom, and what people prepared.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "a second number names the same person, and names nobody else",
        "
        kim register -> registered
        kim register with passport -> registered
        at 07-12 20:00
        service open -> opened
        passport enter -> admitted
        passport hold C1 26 09:00 -> held
        passport confirm -> booked
        see kim -> booked
        lee register -> registered
        lee register with passport -> registered
        see lee -> none
        restart
        see passport -> booked
    ",
    ),
    (
        "a helper names four people, and no fifth before one is dropped",
        "
        son delegate son -> RecipientIsBooker
        son delegate a -> delegated
        son delegate a -> delegated
        son delegate b -> delegated
        son delegate c -> delegated
        son delegate d -> delegated
        son delegate e -> RecipientsFull 4
        son drop b -> undelegated
        son drop b -> RecipientUnknown
        son delegate e -> delegated
        see helped son -> live given-up live live live
        son delegate f born 1990 -> RecipientsFull 4
        restart
        see helped son -> live given-up live live live
        daughter delegate a -> delegated
        daughter delegate f born 1990 -> NotEligible 1963-01-01 1972-12-31
        see helpers a -> live live
    ",
    ),
    (
        "where the recipient agrees by a code there is no leave without it, and none twice by the same one",
        "
        campaign 3
        son delegate mother -> RecipientCodeNeeded
        son delegate mother born 1990 -> RecipientCodeNeeded
        son delegate mother code +10m -> RecipientCodeNeeded
        see messages -> 0
        son delegate mother code +9m -> delegated
        son delegate mother code +9m -> delegated
        see helped son -> proved
        see messages -> 1
        restart
        see helped son -> proved
        +1m
        son drop mother -> undelegated
        son delegate mother code +2m -> RecipientCodeNeeded
        +1m
        son delegate mother code +0m -> delegated
        mother revoke son -> undelegated
        son delegate mother -> RecipientCodeNeeded
        son delegate mother code +0m -> DelegationRevoked
        mother allow son -> allowed
        see helpers mother -> proved
        campaign 1
        son delegate mother -> delegated
        see helpers mother -> proved live
    ",
    ),
    (
        "a recipient is told, revokes, and takes that back",
        "
        at 07-12 20:00
        service open -> opened
        son delegate mother key a -> delegated
        son delegate mother key a -> delegated
        see messages -> 1
        service sent -> sent
        son enter born 1990 -> admitted
        son hold C1 26 09:00 -> NotEligible
        son hold C1 26 09:00 for mother -> held
        mother revoke son -> undelegated
        see hold son -> none
        see messages -> 1
        son hold C1 26 09:00 for mother -> RecipientUnknown
        son delegate mother -> DelegationRevoked 07-12T20:00:00
        son allow mother -> RecipientUnknown
        see helpers mother -> revoked
        restart
        mother allow son -> allowed
        mother allow son -> RecipientUnknown
        son hold C1 26 09:00 for mother -> held
    ",
    ),
    (
        "what was booked stays when the helper's leave is gone, and is no longer theirs to see or cancel",
        "
        at 07-12 20:00
        service open -> opened
        son delegate mother -> delegated
        son enter born 1990 -> admitted
        son hold C1 26 09:00 for mother -> held
        son confirm -> booked 1
        see son -> booked
        mother revoke son -> undelegated
        see mother -> booked
        see son -> none
        son cancel -> AppointmentUnknown
        mother cancel of son -> cancelled
    ",
    ),
    (
        "nobody comes in for others who has nobody to help",
        "
        at 07-12 20:00
        service open -> opened
        son enter born 1990 -> NotEligible
        son delegate mother -> delegated
        son drop mother -> undelegated
        son enter born 1990 -> NotEligible
        son delegate mother -> delegated
        son enter born 1990 -> admitted
    ",
    ),
    (
        "a draft is kept until it is thrown away",
        "
        see draft kim -> none
        kim draft clinics -> saved
        kim draft others -> saved
        see draft kim -> others
        see draft lee -> none
        restart
        see draft kim -> others
        kim draft -> saved
        see draft kim -> none
        restart
        see draft kim -> none
    ",
    ),
    (
        "whoever holds and gives up again and again waits",
        "
        at 07-12 20:00
        service open -> opened
        kim enter -> admitted
        lee enter -> admitted
        kim hold C1 26 09:00 -> held
        kim hold C1 26 09:30 -> held
        kim hold C1 26 10:00 -> held
        kim release -> released
        kim hold C1 26 09:00 -> held
        kim release -> released
        kim hold C1 26 09:00 -> held
        +5m
        kim hold C1 26 09:00 -> held
        kim release -> released
        kim hold C1 26 09:00 -> HoldTooSoon 07-12T20:05:30
        lee hold C1 26 09:00 -> held
        restart
        kim hold C1 26 09:30 -> HoldTooSoon 07-12T20:05:30
        +30s
        kim hold C1 26 09:30 -> held
        kim release -> released
        kim hold C1 26 09:30 -> HoldTooSoon 07-12T20:06:30
        +1m
        kim hold C1 26 09:30 -> held
        kim confirm -> booked
        kim cancel -> cancelled
        kim hold C1 26 09:30 -> held
    ",
    ),
];
