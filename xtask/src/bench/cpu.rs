//! How much processor time programs have used.
use std::fs;

/// The unit of /proc/PID/stat: a hundredth of a second on every Linux.
const MICROS_PER_TICK: u64 = 10_000;

/// User and system time of all of them together, in microseconds.
pub(crate) fn micros_of(ids: &[u32]) -> u64 {
    ids.iter().map(|id| ticks_of(*id)).sum::<u64>() * MICROS_PER_TICK
}

fn ticks_of(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    parse(&stat).unwrap_or_default()
}

/// Fields 14 and 15; the second field is a name in brackets that may hold anything.
fn parse(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_are_added() {
        assert_eq!(parse("7 (a) b) S 1 2 3 4 5 6 7 8 9 10 100 23 0"), Some(123));
        assert_eq!(parse(""), None);
    }
}
