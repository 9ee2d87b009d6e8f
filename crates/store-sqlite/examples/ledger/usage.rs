//! Memory and processor time of this program.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

const MILLISECONDS_PER_TICK: u64 = 10;

/// Processor time by thread; a thread is known by its name.
#[derive(Default)]
pub(crate) struct Usage(BTreeMap<String, Duration>);

impl Usage {
    pub(crate) fn now() -> Self {
        let tasks = fs::read_dir("/proc/self/task").expect("Linux tells");
        Self(tasks.filter_map(|task| of_thread(&task.ok()?.path())).collect())
    }

    pub(crate) fn add_since(&mut self, before: &Self) {
        for (name, used) in Self::now().0 {
            let earlier = before.0.get(&name).copied().unwrap_or_default();
            *self.0.entry(name).or_default() += used.saturating_sub(earlier);
        }
    }

    pub(crate) fn say(&self, pairs: u64) {
        for (name, used) in &self.0 {
            crate::say(&format!("microseconds_of_{name}"), used.as_secs_f64() * 1e6 / pairs as f64);
        }
    }
}

fn of_thread(task: &Path) -> Option<(String, Duration)> {
    let name = fs::read_to_string(task.join("comm")).ok()?.trim().to_owned();
    // The first thread has the name of the program, whatever that is.
    let is_first = task.file_name()?.to_str()? == std::process::id().to_string();
    Some((if is_first { "crowd".to_owned() } else { name }, used(task)?))
}

/// Of all threads that there are or were: the two numbers after the eleventh, in ticks.
pub(crate) fn of_the_process() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux tells");
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|one| one.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * MILLISECONDS_PER_TICK)
}

/// Of the thread that asks.
pub(crate) fn of_this_thread() -> Duration {
    used(Path::new("/proc/thread-self")).expect("Linux tells")
}

/// The first number is the time on a processor, in nanoseconds.
fn used(task: &Path) -> Option<Duration> {
    let schedule = fs::read_to_string(task.join("schedstat")).ok()?;
    Some(Duration::from_nanos(schedule.split_whitespace().next()?.parse().ok()?))
}

pub(crate) fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: Option<u64> = status.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or_default() * 4_096
}
