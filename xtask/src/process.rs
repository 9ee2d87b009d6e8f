//! Helpers to run other programs: each has a guard, and its guard ends it by its process id.
use crate::clock;
use anyhow::{Context, Result, bail};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

const ENDING_SECONDS_MAX: u64 = 5;
/// Below the range the system takes outgoing ports from, so that a load test cannot sit on a listener's port.
const PORTS: std::ops::Range<u32> = 20_000..32_000;

/// A running program; dropped, it and its children are ended.
pub(crate) struct Guard {
    child: Child,
    name: String,
    leads_group: bool,
}

impl Guard {
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        Self::start(command, false)
    }

    /// In a process group of its own, all of which ends with it: also whoever outlives its parent.
    pub(crate) fn spawn_group(command: &mut Command) -> Result<Self> {
        Self::start(command.process_group(0), true)
    }

    fn start(command: &mut Command, leads_group: bool) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Self { child, name, leads_group })
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Ends it as a crash would: without a word to it.
    pub(crate) fn crash(&mut self) -> Result<()> {
        self.child.kill().with_context(|| format!("killing {}", self.name))?;
        self.child.wait().with_context(|| format!("waiting for the end of {}", self.name))?;
        Ok(())
    }

    /// The program and everything it has started, as process ids.
    pub(crate) fn family(&self) -> Vec<u32> {
        family_of(self.child.id())
    }

    /// Asks `is_ready` until it says yes, the program has ended, or time is up.
    pub(crate) fn wait_until(&mut self, seconds_max: u64, mut is_ready: impl FnMut() -> bool) -> Result<()> {
        let deadline = clock::now() + Duration::from_secs(seconds_max);
        while clock::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended before it was ready: {status}", self.name);
            }
            if is_ready() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("{} was not ready after {seconds_max} s", self.name)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut family = self.family();
        signal("-TERM", &family[..1]);
        wait_at_most_ending_time(|| !matches!(self.child.try_wait(), Ok(None)));
        if self.leads_group {
            family.extend(group_of(self.child.id()));
        }
        let left: Vec<u32> = family.into_iter().filter(|id| is_running(*id)).collect();
        signal("-KILL", &left);
        // Nothing is left to do for a child that cannot be waited for.
        drop(self.child.wait());
        wait_at_most_ending_time(|| !left.iter().any(|id| is_running(*id)));
    }
}

fn wait_at_most_ending_time(mut is_over: impl FnMut() -> bool) {
    let deadline = clock::now() + Duration::from_secs(ENDING_SECONDS_MAX);
    while clock::now() < deadline && !is_over() {
        thread::sleep(Duration::from_millis(10));
    }
}

fn signal(signal: &str, ids: &[u32]) {
    if ids.is_empty() {
        return;
    }
    let ids = ids.iter().map(u32::to_string);
    let sent = Command::new("kill").arg(signal).args(ids).stderr(Stdio::null()).status();
    if let Err(error) = sent {
        eprintln!("xtask: kill {signal}: {error}");
    }
}

fn is_running(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The state stands behind the name in brackets; Z is a program that has ended already.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// Whoever runs in the process group of that number.
fn group_of(group: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| group_number(*id) == Some(group)).collect()
}

/// The third word behind the name in brackets, after the state and the parent.
fn group_number(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(2)?.parse().ok()
}

fn family_of(id: u32) -> Vec<u32> {
    let mut family = vec![id];
    let mut at = 0;
    while at < family.len() {
        let id = family[at];
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        family.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
        at += 1;
    }
    family
}

/// A port nobody listens on, another one on each call.
pub(crate) fn free_port() -> Result<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let count = PORTS.end - PORTS.start;
    for _ in 0..count {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = (PORTS.start + (std::process::id() * 7 + step) % count) as u16;
        if TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port between {} and {}", PORTS.start, PORTS.end)
}

/// A new folder; removed when dropped.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub(crate) fn new() -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("charye-xtask-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).with_context(|| format!("creating {}", path.display()))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("xtask: {} is left behind: {error}", self.0.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_guard_ends_the_program_and_its_children() {
        let mut guard = Guard::spawn(Command::new("sh").args(["-c", "sleep 60 & wait"])).unwrap();
        let id = guard.child().id();
        guard.wait_until(5, || family_of(id).len() == 2).unwrap();
        let family = guard.family();
        drop(guard);
        assert!(family.into_iter().all(|id| !is_running(id)));
    }

    #[test]
    fn a_dropped_group_ends_whoever_has_lost_their_parent() {
        let orphaning = "sh -c 'sleep 60 & sleep 60 &'; sleep 60";
        let mut guard = Guard::spawn_group(Command::new("sh").args(["-c", orphaning])).unwrap();
        let id = guard.child().id();
        let strangers = || group_of(id).into_iter().filter(|member| !family_of(id).contains(member)).count();
        guard.wait_until(5, || strangers() == 2 && family_of(id).len() == 2).unwrap();
        drop(guard);
        assert_eq!(group_of(id).into_iter().filter(|id| is_running(*id)).count(), 0);
    }

    #[test]
    fn a_program_that_ends_early_is_not_waited_for() {
        let mut guard = Guard::spawn(&mut Command::new("false")).unwrap();
        let error = guard.wait_until(5, || false).unwrap_err().to_string();
        assert!(error.starts_with("false ended before it was ready"), "{error}");
    }
}
