//! Memory and processor time of this program.

use std::collections::BTreeMap;
use std::fs;

const TICKS_PER_SECOND: f64 = 100.0;

/// Processor time by thread, in seconds; a thread is known by its name.
#[derive(Default)]
pub(crate) struct Usage(BTreeMap<String, f64>);

impl Usage {
    pub(crate) fn now() -> Self {
        let tasks = fs::read_dir("/proc/self/task").expect("Linux tells");
        let of = |task: std::io::Result<fs::DirEntry>| Some((task.ok()?.path(), ()));
        Self(
            tasks
                .filter_map(of)
                .filter_map(|(path, ())| parse(&fs::read_to_string(path.join("stat")).ok()?))
                .collect(),
        )
    }

    pub(crate) fn add_since(&mut self, before: &Self) {
        for (name, seconds) in Self::now().0 {
            let earlier = before.0.get(&name).copied().unwrap_or_default();
            *self.0.entry(name).or_default() += seconds - earlier;
        }
    }

    pub(crate) fn say(&self, pairs: u64) {
        for (name, seconds) in &self.0 {
            crate::say(&format!("microseconds_of_{name}"), seconds * 1e6 / pairs as f64);
        }
    }
}

fn parse(stat: &str) -> Option<(String, f64)> {
    let (before, rest) = stat.rsplit_once(')')?;
    let (id, name) = before.split_once(" (")?;
    // The first thread has the name of the program, whatever that is.
    let name = if id == std::process::id().to_string() { "crowd" } else { name };
    let ticks: f64 =
        rest.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    Some((name.to_owned(), ticks / TICKS_PER_SECOND))
}

pub(crate) fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: Option<u64> = status.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or_default() * 4_096
}
