//! How much memory programs have.
use std::fs;

/// What is resident of all of them together, in bytes.
pub(crate) fn resident_bytes(ids: &[u32]) -> u64 {
    let kilobytes =
        ids.iter().filter_map(|id| parse(&fs::read_to_string(format!("/proc/{id}/status")).ok()?));
    kilobytes.sum::<u64>() * 1024
}

fn parse(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_resident_is_read_from_the_status() {
        assert_eq!(parse("Name:\tx\nVmRSS:\t  1234 kB\nThreads:\t1\n"), Some(1234));
        assert_eq!(parse("Name:\tx\n"), None);
    }
}
