//! Whether as many were let in as the service was told to let in: never more, and hardly fewer while people waited.

use super::{Claim, Findings};
use serde::Serialize;

/// How much of the rate is used is asked from so long after the first who came in: until then the service learns how
/// many come of those whom it calls.
const WARM_UP_US: u64 = 60_000_000;
/// So many seconds' worth of people may come in at once: a second that was saved up at the door, and answers that the
/// crowd's own machine hears late, all together.
const SECONDS_AT_ONCE: f64 = 2.0;
const US: f64 = 1_000_000.0;

/// Who was let in, at the rate of [`super::Terms`].
#[derive(Clone, Debug, Default, Serialize)]
pub struct LetIn {
    pub people: u64,
    pub rate: Option<u32>,
    /// The most that were let in within any span above what the rate gives for it, in thousandths of a second of it.
    pub excess_ms: u64,
    /// Of the rate, while somebody waited to be called; None where that was not for long enough to say.
    pub used_permille: Option<u64>,
}

/// `let_in_us`: when each of them heard it. `all_called_us`: when the last one was called.
pub(super) fn judge(
    mut let_in_us: Vec<u64>,
    all_called_us: Option<u64>,
    rate: Option<u32>,
    found: &mut Findings,
) {
    let_in_us.sort_unstable();
    found.let_in = LetIn { people: let_in_us.len() as u64, rate, ..LetIn::default() };
    let (Some(rate), Some(first)) = (rate, let_in_us.first().copied()) else { return };
    let per_us = f64::from(rate) / US;
    let (mut above, mut most, mut before) = (0.0_f64, 0.0_f64, first);
    for at in &let_in_us {
        above = (above - (at - before) as f64 * per_us).max(0.0) + 1.0;
        most = most.max(above);
        before = *at;
    }
    found.let_in.excess_ms = (most * 1_000.0 / f64::from(rate)) as u64;
    let (from, until) = (first + WARM_UP_US, all_called_us.unwrap_or(0));
    if until > from + WARM_UP_US {
        let within = let_in_us.iter().filter(|at| (from..until).contains(at)).count();
        let due = (until - from) as f64 * per_us;
        found.let_in.used_permille = Some((within as f64 * 1_000.0 / due) as u64);
    }
    if most > f64::from(rate) * SECONDS_AT_ONCE + 1.0 {
        found.offend(Claim::RateExceeded, None, Some(found.let_in.excess_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many a second for five minutes.
    fn at_a_rate_of(people: u64) -> Vec<u64> {
        (0..people * 300).map(|person| person * 1_000_000 / people).collect()
    }

    fn judged(let_in_us: Vec<u64>, rate: u32) -> Findings {
        let mut found = Findings::default();
        judge(let_in_us, Some(300_000_000), Some(rate), &mut found);
        found
    }

    #[test]
    fn the_rate_is_kept_and_used_or_it_is_said() {
        let found = judged(at_a_rate_of(50), 50);
        assert!(found.holds() && found.let_in.excess_ms <= 20, "{found:?}");
        assert_eq!((found.let_in.people, found.let_in.used_permille), (15_000, Some(1_000)));
        let found = judged(at_a_rate_of(45), 50);
        assert!(found.holds() && found.let_in.used_permille == Some(900), "{found:?}");
        let found = judged(at_a_rate_of(51), 50);
        assert_eq!(found.offences.keys().collect::<Vec<_>>(), [&Claim::RateExceeded], "six seconds' worth");
        let all_at_once = vec![5; 101];
        assert!(judged(all_at_once.clone(), 50).holds() && !judged(all_at_once, 49).holds());
        let mut found = Findings::default();
        judge(vec![1, 2], None, None, &mut found);
        assert!(found.holds() && found.let_in.people == 2 && found.let_in.used_permille.is_none());
    }
}
