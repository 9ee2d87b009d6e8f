//! Opening and closing, people, sessions and passes.

use super::Case;

pub(super) const CASES: &[Case] = &[
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
];
