//! The wait told against the wait had.

use serde::Serialize;
use waiting_room::WaitRange;

use super::line::{Copy, LineWatch, Standing};

/// Times are seen through copies of the gate document, which are up to so old.
const SEEN_WITHIN_S: u64 = 3;
const SAMPLES_MAX: u64 = 2_000;

#[derive(Clone, Debug, Default, Serialize)]
pub struct Told {
    /// Who was told a range, and was called later.
    pub people: u64,
    /// Who waited longer than its upper end.
    pub too_short: u64,
    /// Of some of them: the range and the wait that came of it, in seconds.
    pub samples: Vec<(u64, u64, u64)>,
}

/// The page tells the range that `waiting-room` makes of the places ahead and the measured pace.
pub(super) fn score(line: &LineWatch) -> Told {
    let mut told = Told::default();
    let every = (line.people() / SAMPLES_MAX).max(1);
    let mut numbers: Vec<(u64, &Standing)> = line.placed().collect();
    numbers.sort_unstable_by_key(|(number, _)| *number);
    for (number, standing) in numbers {
        let Some((range, told_us)) = told_to(line, number, standing) else { continue };
        let called = line.copies.partition_point(|copy| copy.serving_number <= number);
        let Some(called_us) = line.copies.get(called).map(|copy| copy.heard_us) else { continue };
        let had_s = called_us.saturating_sub(told_us) / 1_000_000;
        let (low_s, high_s) = (u64::from(range.low_min) * 60, u64::from(range.high_min) * 60);
        told.people += 1;
        told.too_short += u64::from(had_s > high_s + SEEN_WITHIN_S);
        if number.is_multiple_of(every) {
            told.samples.push((low_s, high_s, had_s));
        }
    }
    told
}

/// The first range they could see, and when: with their number, or as soon as a pace was measured.
fn told_to(line: &LineWatch, number: u64, standing: &Standing) -> Option<(WaitRange, u64)> {
    let known = line.copies.partition_point(|copy| copy.heard_us <= standing.placed_us);
    let copies = line.copies.get(known.saturating_sub(1)..)?.iter();
    let mut waiting = copies.take_while(|copy| copy.serving_number <= number);
    let range = |copy: &Copy| {
        let told_us = copy.heard_us.max(standing.placed_us);
        let ahead = number.saturating_sub(copy.serving_number);
        Some((WaitRange::of(ahead, copy.admissions_per_minute?)?, told_us))
    };
    waiting.find_map(range)
}
