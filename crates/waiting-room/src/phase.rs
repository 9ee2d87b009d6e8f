//! What the whole line is doing, in one word.

use jiff::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Too early even for a ticket.
    Before,
    /// Tickets are given, nobody enters.
    Lobby,
    /// The order of the lobby is being drawn.
    Drawing,
    Open,
    /// Held by the operator.
    Paused,
    /// Nothing left to book.
    Full,
    Closed,
    /// The booking plane is sick: nobody is called, every place is kept.
    Trouble,
}

#[expect(clippy::struct_excessive_bools, reason = "independent facts, each named where it is given")]
#[derive(Debug, Clone, Copy)]
pub struct PhaseFacts {
    pub now: Timestamp,
    pub lobby_opens_at: Timestamp,
    pub opens_at: Timestamp,
    /// The opening as the ledger committed it.
    pub opened: bool,
    /// Whether the order is known; it always is where nothing is drawn.
    pub ordered: bool,
    pub closed: bool,
    pub paused: bool,
    pub booking_is_well: bool,
    pub doses_left: u64,
}

impl Phase {
    pub const ALL: [Self; 8] = [
        Self::Before,
        Self::Lobby,
        Self::Drawing,
        Self::Open,
        Self::Paused,
        Self::Full,
        Self::Closed,
        Self::Trouble,
    ];

    pub fn of(facts: &PhaseFacts) -> Self {
        if facts.closed {
            return Self::Closed;
        }
        if !facts.opened && facts.now < facts.opens_at {
            return if facts.now < facts.lobby_opens_at { Self::Before } else { Self::Lobby };
        }
        if !facts.booking_is_well {
            return Self::Trouble;
        }
        if !facts.opened {
            return Self::Lobby;
        }
        if !facts.ordered {
            return Self::Drawing;
        }
        if facts.paused {
            return Self::Paused;
        }
        if facts.doses_left == 0 { Self::Full } else { Self::Open }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Lobby => "lobby",
            Self::Drawing => "drawing",
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Full => "full",
            Self::Closed => "closed",
            Self::Trouble => "trouble",
        }
    }

    /// Whether a new ticket is given. A sick booking plane is no reason to turn people away from the line.
    pub fn gives_tickets(self) -> bool {
        match self {
            Self::Lobby | Self::Drawing | Self::Open | Self::Paused | Self::Trouble | Self::Full => true,
            Self::Before | Self::Closed => false,
        }
    }

    /// Whether the serving number moves.
    pub fn calls(self) -> bool {
        match self {
            Self::Open => true,
            Self::Before
            | Self::Lobby
            | Self::Drawing
            | Self::Paused
            | Self::Full
            | Self::Closed
            | Self::Trouble => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> PhaseFacts {
        let at = |second| Timestamp::from_second(second).unwrap();
        PhaseFacts {
            now: at(150),
            lobby_opens_at: at(100),
            opens_at: at(200),
            opened: false,
            ordered: true,
            closed: false,
            paused: false,
            booking_is_well: true,
            doses_left: 10,
        }
    }

    #[test]
    fn the_phase_follows_the_facts() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let open = PhaseFacts { now: at(300), opened: true, ..facts() };
        let table = [
            (PhaseFacts { now: at(50), ..facts() }, Phase::Before),
            (facts(), Phase::Lobby),
            (PhaseFacts { booking_is_well: false, ..facts() }, Phase::Lobby),
            (PhaseFacts { now: at(300), ..facts() }, Phase::Lobby),
            (PhaseFacts { now: at(300), booking_is_well: false, ..facts() }, Phase::Trouble),
            (open, Phase::Open),
            (PhaseFacts { booking_is_well: false, ..open }, Phase::Trouble),
            (PhaseFacts { ordered: false, ..open }, Phase::Drawing),
            (PhaseFacts { ordered: false, paused: true, ..open }, Phase::Drawing),
            (PhaseFacts { ordered: false, ..facts() }, Phase::Lobby),
            (PhaseFacts { paused: true, ..open }, Phase::Paused),
            (PhaseFacts { doses_left: 0, ..open }, Phase::Full),
            (PhaseFacts { closed: true, booking_is_well: false, ..open }, Phase::Closed),
        ];
        for (facts, expected) in table {
            assert_eq!(Phase::of(&facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn a_clock_past_the_opening_opens_nothing_by_itself() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(!Phase::of(&PhaseFacts { now: at(10_000), ..facts() }).calls());
    }
}
