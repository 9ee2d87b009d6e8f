//! What an operator must not overlook. Facts in, alarms out; the words are on the page.

use super::console::{DiskSpace, History, Moment};
use crate::gate::standing::{Standing, Works};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use waiting_room::Phase;

/// A console that has noted nothing for so long says so.
const OLD_AFTER: Duration = Duration::from_secs(5);
/// The slowest hundredth of the answers takes longer: people press twice.
const SLOW_FROM_US: u64 = 500_000;
/// Broken answers a second: one now and then is in the log, not here.
const FAILED_FROM: f64 = 0.5;
const COMMANDS_FROM: u64 = 2_000;
const VIEWS_BEHIND: SignedDuration = SignedDuration::from_mins(1);
const FREE_BYTES_MIN: u64 = 2 << 30;
/// One part in so many of the disk.
const FREE_PART_MIN: u64 = 10;

#[derive(Debug, Clone, PartialEq)]
pub enum Alarm {
    /// Nothing was noted since.
    FiguresOld(Option<Timestamp>),
    /// No step of the line becomes durable.
    LineStands(Timestamp),
    /// The ledger takes no bookings.
    LedgerAway(Timestamp),
    /// People wait, the line is open, and nobody was called.
    NobodyCalled,
    Failing {
        per_second: f64,
    },
    /// One in a hundred waits for longer, in milliseconds.
    Slow {
        ms: u64,
    },
    TurnedAway {
        per_second: f64,
    },
    LedgerBehind {
        commands: u64,
    },
    ViewsBehind {
        rows: u64,
    },
    DiskLow(DiskSpace),
    NodesGone {
        most: usize,
        now: usize,
    },
    /// A member of staff had the numbers of many people shown.
    ManyUnmasked {
        login: String,
        at: Timestamp,
    },
}

/// What is judged, besides the history.
pub(super) struct Now {
    /// By the running time of this process.
    pub(super) elapsed: Duration,
    pub(super) phase: Phase,
    pub(super) standing: Standing,
    pub(super) unmasked: Vec<(String, Timestamp)>,
}

/// The gravest first.
pub(super) fn alarms(now: Now, history: &History) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    let last = history.last();
    if last.is_none_or(|last| now.elapsed.saturating_sub(last.elapsed) > OLD_AFTER) {
        alarms.push(Alarm::FiguresOld(last.map(|last| last.at)));
    }
    if now.standing.line.is == Works::No {
        alarms.push(Alarm::LineStands(now.standing.line.at));
    }
    if now.standing.ledger.is == Works::No {
        alarms.push(Alarm::LedgerAway(now.standing.ledger.at));
    }
    alarms.extend(of_the_window(now.phase, history));
    if let Some(last) = last {
        alarms.extend(of_the_machine(last, history.nodes_max()));
    }
    alarms.extend(now.unmasked.into_iter().map(|(login, at)| Alarm::ManyUnmasked { login, at }));
    alarms
}

fn of_the_window(phase: Phase, history: &History) -> Vec<Alarm> {
    let Some(span) = history.now() else { return Vec::new() };
    let mut alarms = Vec::new();
    let (first, last) = (span.first, span.last);
    let is_whole = last.elapsed.saturating_sub(first.elapsed) >= super::console::WINDOW;
    if phase == Phase::Open && is_whole && last.called == first.called && first.tickets > first.called {
        alarms.push(Alarm::NobodyCalled);
    }
    let per_second = span.per_second(|moment| moment.counted.failed);
    if per_second >= FAILED_FROM {
        alarms.push(Alarm::Failing { per_second });
    }
    if let Some(us) = span.answered_within(990).filter(|us| *us > SLOW_FROM_US) {
        let beyond = *store::BOUNDS_US.last().expect("there are bounds");
        alarms.push(Alarm::Slow { ms: us.min(beyond) / 1_000 });
    }
    let per_second = span.per_second(|moment| moment.shed);
    if per_second > 0.0 {
        alarms.push(Alarm::TurnedAway { per_second });
    }
    alarms
}

fn of_the_machine(last: &Moment, nodes_max: usize) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    if last.commands_waiting >= COMMANDS_FROM {
        alarms.push(Alarm::LedgerBehind { commands: last.commands_waiting });
    }
    if let Some((rows, Some(since))) = last.views_lag
        && last.at.duration_since(since) > VIEWS_BEHIND
    {
        alarms.push(Alarm::ViewsBehind { rows });
    }
    if let Some(disk) = last.disk
        && (disk.free_bytes < FREE_BYTES_MIN || disk.free_bytes < disk.total_bytes / FREE_PART_MIN)
    {
        alarms.push(Alarm::DiskLow(disk));
    }
    if let Some(nodes) = last.nodes.filter(|nodes| *nodes < nodes_max) {
        alarms.push(Alarm::NodesGone { most: nodes_max, now: nodes });
    }
    alarms
}

#[cfg(test)]
mod tests {
    use super::super::console::tests::moment;
    use super::*;
    use crate::gate::standing::{Bookings, Since};
    use crate::watching::Counted;

    fn now(phase: Phase) -> Now {
        let at = moment(0).at;
        let works = Since { is: Works::Yes, at };
        let bookings = Since { is: Bookings::Possible, at };
        let standing = Standing { line: works, ledger: works, bookings, measured_from: at, measured_at: at };
        Now { elapsed: Duration::from_secs(20), phase, standing, unmasked: Vec::new() }
    }

    /// Twenty calm seconds, and what became of the last moment.
    fn after_calm(last: Moment) -> History {
        let calm = |second| Moment { tickets: 500, called: second, ..moment(second) };
        let last = Moment { tickets: 500, called: last.called.max(20), ..last };
        History::of((0..20).map(calm).chain([last]).collect())
    }

    #[test]
    fn a_calm_minute_has_no_alarm() {
        assert_eq!(alarms(now(Phase::Open), &after_calm(moment(20))), []);
    }

    #[test]
    fn each_thing_that_goes_wrong_has_its_alarm_and_no_other() {
        let calm = moment(20);
        let mut slow = Counted::default().answers;
        slow[8..].fill(10);
        let (gib, full) = (1 << 30, DiskSpace { free_bytes: 5 << 30, total_bytes: 100 << 30 });
        let since = Some(moment(0).at - SignedDuration::from_secs(90));
        let cases = [
            (
                Moment { counted: Counted { failed: 5, ..calm.counted }, ..calm },
                Alarm::Failing { per_second: 0.5 },
            ),
            (
                Moment { counted: Counted { answers: slow, ..calm.counted }, ..calm },
                Alarm::Slow { ms: 2_500 },
            ),
            (Moment { shed: 10, ..calm }, Alarm::TurnedAway { per_second: 1.0 }),
            (Moment { commands_waiting: 2_000, ..calm }, Alarm::LedgerBehind { commands: 2_000 }),
            (Moment { views_lag: Some((7, since)), ..calm }, Alarm::ViewsBehind { rows: 7 }),
            (Moment { disk: Some(full), ..calm }, Alarm::DiskLow(full)),
            (Moment { nodes: Some(1), ..calm }, Alarm::NodesGone { most: 2, now: 1 }),
        ];
        for (last, expected) in cases {
            assert_eq!(alarms(now(Phase::Open), &after_calm(last)), [expected]);
        }
        let (rows, roomy) = ((7, Some(calm.at)), DiskSpace { free_bytes: 50 * gib, total_bytes: 100 * gib });
        let busy = Moment { views_lag: Some(rows), disk: Some(roomy), commands_waiting: 1_999, ..calm };
        assert_eq!(alarms(now(Phase::Open), &after_calm(busy)), [], "busy, and well");
    }

    #[test]
    fn a_line_that_stands_still_is_an_alarm_while_it_is_open_and_somebody_waits() {
        let still = |tickets| {
            History::of((0..21).map(|second| Moment { tickets, called: 9, ..moment(second) }).collect())
        };
        assert_eq!(alarms(now(Phase::Open), &still(10)), [Alarm::NobodyCalled]);
        assert_eq!(alarms(now(Phase::Open), &still(9)), [], "nobody waits");
        assert_eq!(alarms(now(Phase::Paused), &still(10)), [], "as it was ordered");
    }

    #[test]
    fn what_is_not_measured_any_more_is_said_to_be_old() {
        let at = moment(20).at;
        let late = Now { elapsed: Duration::from_secs(26), ..now(Phase::Open) };
        assert_eq!(alarms(late, &after_calm(moment(20))), [Alarm::FiguresOld(Some(at))]);
        assert_eq!(alarms(now(Phase::Open), &History::default()), [Alarm::FiguresOld(None)]);
        let mut away = now(Phase::Trouble);
        away.standing.ledger = Since { is: Works::No, at };
        away.unmasked = vec![("hong".to_owned(), at)];
        let unmasked = Alarm::ManyUnmasked { login: "hong".to_owned(), at };
        assert_eq!(alarms(away, &after_calm(moment(20))), [Alarm::LedgerAway(at), unmasked]);
    }
}
