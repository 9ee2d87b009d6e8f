//! What the kernel knows of connections.
use anyhow::{Context as _, Result};
use std::fs;

/// Connections that a listener could not take since the machine began.
pub(super) fn listen_drops() -> Result<u64> {
    let text = fs::read_to_string("/proc/net/netstat")?;
    value(&text, "TcpExt:", "ListenDrops").context("ListenDrops in /proc/net/netstat")
}

/// Names in one line, numbers in the next.
fn value(text: &str, group: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(group));
    let (names, numbers) = (lines.next()?, lines.next()?);
    let mut pairs = names.split_whitespace().zip(numbers.split_whitespace());
    pairs.find(|(its, _)| *its == name)?.1.parse().ok()
}

/// Open files of all of them together.
pub(super) fn descriptors(ids: &[u32]) -> u64 {
    let of = |id: &u32| fs::read_dir(format!("/proc/{id}/fd")).map_or(0, |entries| entries.count() as u64);
    ids.iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_by_its_name() {
        let text = "TcpExt: A ListenDrops B\nTcpExt: 1 22 3\nIpExt: A\nIpExt: 4\n";
        assert_eq!(value(text, "TcpExt:", "ListenDrops"), Some(22));
        assert_eq!(value(text, "TcpExt:", "C"), None);
        assert!(listen_drops().is_ok());
    }
}
