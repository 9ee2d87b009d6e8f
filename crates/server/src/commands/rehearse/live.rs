//! The rehearsal while it runs: a picture in a terminal, a line now and then elsewhere.

use crate::report::{span, thousands};
use rehearsal::crowd::CrowdProgress;
use std::cell::Cell;
use std::io::{IsTerminal as _, Write as _, stdout};

const SAY_EVERY_S: u64 = 10;
const BAR: u64 = 40;

pub(super) struct Live {
    scenario: String,
    people: u64,
    is_terminal: bool,
    /// Whether there is a picture to draw over.
    has_drawn: Cell<bool>,
    requests: Cell<u64>,
}

impl Live {
    pub(super) fn new(scenario: &str, people: u32) -> Self {
        Self {
            scenario: scenario.to_owned(),
            people: u64::from(people),
            is_terminal: stdout().is_terminal(),
            has_drawn: Cell::new(false),
            requests: Cell::new(0),
        }
    }

    pub(super) fn show(&self, progress: &CrowdProgress) {
        let lines = self.lines(progress);
        self.requests.set(progress.journal.requests);
        if self.is_terminal {
            let drawn = lines.len();
            let up = if self.has_drawn.replace(true) { format!("\x1b[{drawn}A") } else { String::new() };
            let picture = lines.join("\n\x1b[2K");
            // A terminal that is gone is no reason to end a rehearsal.
            let _shown = writeln!(stdout(), "{up}\x1b[2K{picture}");
        } else if progress.elapsed.as_secs().is_multiple_of(SAY_EVERY_S) {
            println!("{}", lines[1..].join(" | "));
        }
    }

    fn lines(&self, progress: &CrowdProgress) -> Vec<String> {
        let journal = &progress.journal;
        let done = journal.ended() + journal.turned_away_sum() + journal.errors_at_gate;
        let a_second = journal.requests.saturating_sub(self.requests.get());
        let filled = done * BAR / self.people.max(1);
        let bar: String = (0..BAR).map(|at| if at < filled { '#' } else { '.' }).collect();
        let mut lines = vec![
            format!("차례 연습 / rehearsal: {}", self.scenario),
            format!("{} [{bar}] {:?}", span(progress.elapsed.as_secs()), progress.phase),
            format!(
                "온 사람 / arrived {} / {}   줄 / in line {}",
                thousands(journal.arrived),
                thousands(self.people),
                thousands(progress.waiting as u64)
            ),
            format!(
                "불린 번호 / serving {}   입장 / admitted {}",
                thousands(progress.serving_number),
                thousands(journal.admitted)
            ),
            format!(
                "예약 / booked {}   거절 / refused {}   모름 / unknown {}",
                thousands(journal.booked),
                thousands(journal.refused_sum()),
                thousands(journal.unknown)
            ),
            format!(
                "요청 / requests {} ({}/s)   혼잡 / busy {}   무응답 / no answer {}",
                thousands(journal.requests),
                thousands(a_second),
                thousands(journal.busy),
                thousands(journal.faults)
            ),
            format!(
                "밀림 / behind the plan {} ms (최대 / at most {} ms)",
                progress.behind.as_millis(),
                progress.behind_max.as_millis()
            ),
        ];
        lines.extend(progress.calls.as_ref().map(|calls| {
            format!(
                "전화 / calls {}   기다림 / holding {}   통화 / talking {}   포기 / gave up {}   예약 / booked {}",
                thousands(calls.journal.offered),
                thousands(calls.holding as u64),
                thousands(calls.talking as u64),
                thousands(calls.journal.gave_up),
                thousands(calls.journal.booked)
            )
        }));
        lines
    }
}
