//! How the service stands, as the keeper of this process measures it with every tick, and since when: what `/status`
//! says. It is made from the line and from what the line was told, so it is there when the ledger is not.

use jiff::Timestamp;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use waiting_room::Phase;

/// What was measured longer ago is no longer said of now.
const GOOD_FOR: Duration = Duration::from_secs(10);

/// Something measured, and when it was first measured so without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since<T> {
    pub is: T,
    pub at: Timestamp,
}

impl<T: PartialEq> Since<T> {
    fn note(&mut self, is: T, at: Timestamp) {
        if self.is != is {
            *self = Self { is, at };
        }
    }
}

/// Whether a part does its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Works {
    Yes,
    No,
    /// Nobody could measure it.
    Unknown,
}

impl From<bool> for Works {
    fn from(works: bool) -> Self {
        if works { Self::Yes } else { Self::No }
    }
}

/// Whether somebody whose turn it is can book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bookings {
    NotYet,
    Possible,
    /// Nobody new is called; whoever is inside can book.
    Paused,
    /// The ledger is away.
    Interrupted,
    Full,
    Over,
    Unknown,
}

impl Bookings {
    fn of(phase: Phase, ledger: Works) -> Self {
        match phase {
            Phase::Before | Phase::Lobby | Phase::Drawing => Self::NotYet,
            Phase::Closed => Self::Over,
            Phase::Open | Phase::Paused | Phase::Full | Phase::Trouble if ledger != Works::Yes => {
                Self::Interrupted
            }
            Phase::Trouble => Self::Interrupted,
            Phase::Open => Self::Possible,
            Phase::Paused => Self::Paused,
            Phase::Full => Self::Full,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether each step of the line becomes durable.
    pub line: Since<Works>,
    /// Whether the ledger takes bookings, as the line was told.
    pub ledger: Since<Works>,
    pub bookings: Since<Bookings>,
    /// What was so before is not known here.
    pub measured_from: Timestamp,
    pub measured_at: Timestamp,
}

impl Standing {
    fn unknown(at: Timestamp) -> Self {
        let works = Since { is: Works::Unknown, at };
        let bookings = Since { is: Bookings::Unknown, at };
        Self { line: works, ledger: works, bookings, measured_from: at, measured_at: at }
    }
}

/// What the keeper writes with each tick and the page reads.
pub(super) struct Board(Mutex<Noted>);

struct Noted {
    standing: Standing,
    /// By the running time of this process.
    at: Duration,
}

impl Board {
    pub(super) fn new(now: Timestamp, elapsed: Duration) -> Self {
        Self(Mutex::new(Noted { standing: Standing::unknown(now), at: elapsed }))
    }

    pub(super) fn note(
        &self,
        (line, ledger): (Works, Works),
        phase: Phase,
        now: Timestamp,
        elapsed: Duration,
    ) {
        let mut noted = self.noted();
        noted.at = elapsed;
        let standing = &mut noted.standing;
        standing.line.note(line, now);
        standing.ledger.note(ledger, now);
        standing.bookings.note(Bookings::of(phase, ledger), now);
        standing.measured_at = now;
    }

    /// A keeper that hangs measures nothing: the line is then not at work, and the rest is not known.
    pub(super) fn read(&self, elapsed: Duration) -> Standing {
        let noted = self.noted();
        let standing = noted.standing;
        if elapsed.saturating_sub(noted.at) < GOOD_FOR {
            return standing;
        }
        let at = standing.measured_at;
        let mut line = standing.line;
        line.note(Works::No, at);
        Standing { line, measured_from: standing.measured_from, ..Standing::unknown(at) }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().expect("nothing panics while noting")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> (Timestamp, Duration) {
        (Timestamp::from_second(1_800_000_000 + second).unwrap(), Duration::from_secs(second as u64))
    }

    fn board() -> Board {
        let (now, elapsed) = second(0);
        Board::new(now, elapsed)
    }

    fn note(board: &Board, at: i64, works: (Works, Works), phase: Phase) {
        let (now, elapsed) = second(at);
        board.note(works, phase, now, elapsed);
    }

    const WELL: (Works, Works) = (Works::Yes, Works::Yes);

    #[test]
    fn what_stays_as_it_is_keeps_the_moment_at_which_it_began() {
        let board = board();
        note(&board, 1, WELL, Phase::Lobby);
        note(&board, 5, WELL, Phase::Open);
        note(&board, 9, WELL, Phase::Open);
        let standing = board.read(second(9).1);
        assert_eq!(standing.line, Since { is: Works::Yes, at: second(1).0 });
        assert_eq!(standing.bookings, Since { is: Bookings::Possible, at: second(5).0 });
        assert_eq!((standing.measured_from, standing.measured_at), (second(0).0, second(9).0));
    }

    #[test]
    fn a_ledger_that_is_away_interrupts_bookings_and_leaves_the_line_alone() {
        let board = board();
        note(&board, 1, WELL, Phase::Open);
        note(&board, 2, (Works::Yes, Works::No), Phase::Open);
        let standing = board.read(second(2).1);
        assert_eq!(standing.line.is, Works::Yes);
        assert_eq!(standing.ledger, Since { is: Works::No, at: second(2).0 });
        assert_eq!(standing.bookings, Since { is: Bookings::Interrupted, at: second(2).0 });
    }

    #[test]
    fn a_keeper_that_hangs_is_a_line_that_does_not_work_since_it_was_measured_last() {
        let board = board();
        note(&board, 3, WELL, Phase::Open);
        assert_eq!(board.read(second(12).1).line.is, Works::Yes);
        let standing = board.read(second(13).1);
        assert_eq!(standing.line, Since { is: Works::No, at: second(3).0 });
        assert_eq!(standing.ledger, Since { is: Works::Unknown, at: second(3).0 });
        assert_eq!(standing.bookings, Since { is: Bookings::Unknown, at: second(3).0 });
        assert_eq!(standing.measured_from, second(0).0);
    }

    #[test]
    fn before_the_opening_and_after_the_end_a_ledger_that_is_away_interrupts_nothing() {
        for phase in Phase::ALL {
            let (well, away) = (Bookings::of(phase, Works::Yes), Bookings::of(phase, Works::No));
            let is_open = matches!(phase, Phase::Open | Phase::Paused | Phase::Full);
            assert_eq!(well != away, is_open, "{phase:?}");
            assert_eq!(away == Bookings::Interrupted, is_open || phase == Phase::Trouble, "{phase:?}");
        }
    }
}
