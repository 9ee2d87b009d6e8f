//! What the system says of this process.

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Process {
    pub(super) resident_bytes: u64,
    pub(super) open_files: u64,
}

impl Process {
    /// Zero where the system does not tell.
    pub(super) fn read() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = resident.and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        let open_files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count) as u64;
        Self { resident_bytes: kilobytes.unwrap_or(0) * 1_024, open_files }
    }
}
