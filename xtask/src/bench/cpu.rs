//! How much processor time programs have used.
use std::fs;

/// The unit of /proc/PID/stat: a hundredth of a second on every Linux.
const MICROS_PER_TICK: u64 = 10_000;

/// User and system time of all of them together, in microseconds.
pub(crate) fn micros_of(ids: &[u32]) -> u64 {
    ids.iter().map(|id| ticks_of(*id, 2)).sum::<u64>() * MICROS_PER_TICK
}

/// User and system time of this program and of the children it has waited for, in microseconds.
pub(crate) fn own_micros() -> u64 {
    ticks_of(std::process::id(), 4) * MICROS_PER_TICK
}

fn ticks_of(id: u32, fields: usize) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    parse(&stat, fields).unwrap_or_default()
}

/// The sum of so many fields from the 14th on: user and system time, then those of ended children.
/// The second field is a name in brackets that may hold anything.
fn parse(stat: &str, fields: usize) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().skip(11).take(fields).map(|ticks| ticks.parse::<u64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_are_added() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 100 23 1000 4000 0";
        assert_eq!(parse(stat, 2), Some(123));
        assert_eq!(parse(stat, 4), Some(5123));
        assert_eq!(parse("", 2), None);
    }
}
