//! The service under the walk: a demo in a folder, whose opening the walk moves to when it is ready for it.
use crate::clock;
use crate::demo::{Demo, Options};
use anyhow::{Context, Result};
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

/// Far enough not to come by itself.
const LATER: &str = "1h";
const OPEN_FOR_SECONDS: u64 = 12 * 86_400;
/// Where a demo remembers its doors; it reads them at each start.
const DOORS: &str = "demo.toml";

pub(crate) struct Service {
    demo: Demo,
    dir: PathBuf,
}

impl Service {
    /// Its booking opens later.
    pub(crate) fn start(dir: &Path) -> Result<Self> {
        let demo = Demo::start(&options(dir, LATER, None, &[]))?;
        Ok(Self { demo, dir: dir.to_path_buf() })
    }

    pub(crate) fn start_opening_in(dir: &Path, opens_in: &str, more: &[&str]) -> Result<Self> {
        let demo = Demo::start(&options(dir, opens_in, None, more))?;
        Ok(Self { demo, dir: dir.to_path_buf() })
    }

    pub(crate) fn port(&self) -> u16 {
        self.demo.port
    }

    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.demo.port)
    }

    /// Ends the process as a crash would and starts it again in the same folder, to open so many seconds later.
    pub(crate) fn crash_and_open_in(&mut self, seconds: u64) -> Result<()> {
        self.demo.guard.crash()?;
        self.start_again(seconds)
    }

    /// As after a crash that left the ledger's file damaged.
    pub(crate) fn damage_and_open_in(&mut self, seconds: u64) -> Result<()> {
        self.demo.guard.crash()?;
        damage(&self.dir.join("journal.db"))?;
        self.start_again(seconds)
    }

    fn start_again(&mut self, seconds: u64) -> Result<()> {
        let opens_at_s = clock::unix_seconds() + seconds;
        let doors = format!("opens_at_s = {opens_at_s}\ncloses_at_s = {}\n", opens_at_s + OPEN_FOR_SECONDS);
        fs::write(self.dir.join(DOORS), doors).context("moving the opening")?;
        self.demo = Demo::start(&options(&self.dir, LATER, Some(self.demo.port), &[]))?;
        Ok(())
    }
}

fn options<'a>(dir: &'a Path, opens_in: &'a str, port: Option<u16>, more: &'a [&'a str]) -> Options<'a> {
    Options { dir, opens_in, listen: Ipv4Addr::LOCALHOST, core: None, port, more }
}

/// The first bytes of the file, and what a write-ahead log could mend them with.
fn damage(file: &Path) -> Result<()> {
    let mut bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let damaged = bytes.len().min(100);
    bytes[..damaged].fill(b'X');
    fs::write(file, bytes).with_context(|| format!("damaging {}", file.display()))?;
    let log = file.with_extension("db-wal");
    if log.is_file() {
        fs::remove_file(&log).with_context(|| format!("removing {}", log.display()))
    } else {
        Ok(())
    }
}
