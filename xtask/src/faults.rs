//! What breaks from outside: power, disks. Each breaks a process that books, keeps what that process told, and compares
//! it with what is found afterwards; in the same run a saboteur must be caught.
//!
//! All of it is done in a mount namespace of its own, so that no mount and no loop device outlives it, however it ends.
//! To add a fault: a module with `missing` and `run`, and a line in [`Fault`].
mod booker;
mod fsync;
mod full;
mod power;
mod rig;

use crate::card;
use anyhow::{Context as _, Result, bail, ensure};
use std::path::Path;
use std::process::Command;

/// Set inside of the namespace.
const INSIDE: &str = "CHARYE_FAULTS_INSIDE";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    PowerCut,
    FailedFsync,
    FullDisk,
}

impl Fault {
    pub(crate) const ALL: [Self; 3] = [Self::PowerCut, Self::FailedFsync, Self::FullDisk];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::PowerCut => "powercut",
            Self::FailedFsync => "fsync",
            Self::FullDisk => "full-disk",
        }
    }

    pub(crate) fn step(self) -> &'static str {
        match self {
            Self::PowerCut => "power cuts while booking",
            Self::FailedFsync => "failed fsyncs while booking",
            Self::FullDisk => "a full disk while booking",
        }
    }

    /// Why it cannot be made here.
    pub(crate) fn missing(self) -> Option<String> {
        match self {
            Self::PowerCut => rig::missing(),
            Self::FailedFsync => fsync::missing(),
            Self::FullDisk => rig::missing_to_loop(),
        }
    }

    /// In a namespace of its own, so that it ends without a trace.
    pub(crate) fn run(self, is_long: bool) -> Result<()> {
        if std::env::var_os(INSIDE).is_some() {
            return self.run_inside(is_long);
        }
        if let Some(why) = self.missing() {
            println!("SKIPPED: {}: {why}", self.step());
            return Ok(());
        }
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private"]).arg(std::env::current_exe()?);
        command.arg(self.word()).args(is_long.then_some("--long"));
        card::pass_on(&mut command);
        let status = command.env(INSIDE, "1").status().context("unshare")?;
        ensure!(status.success(), "{} failed", self.step());
        Ok(())
    }

    fn run_inside(self, is_long: bool) -> Result<()> {
        let figures = match self {
            Self::PowerCut => power::run(is_long)?,
            Self::FailedFsync => fsync::run(is_long)?,
            Self::FullDisk => full::run(is_long)?,
        };
        figures.iter().try_for_each(card::Figure::tell)
    }
}

pub(crate) fn run(fault: Fault, words: &[&str]) -> Result<()> {
    match words {
        [] => fault.run(false),
        ["--long"] => fault.run(true),
        _ => bail!("`{}` takes --long and nothing else", fault.word()),
    }
}

/// Why nothing can be mounted here.
fn missing_to_mount() -> Option<String> {
    let mut try_it = Command::new("unshare");
    try_it.args(["--mount", "--propagation", "private", "true"]);
    let is_allowed = try_it.output().is_ok_and(|output| output.status.success());
    (!is_allowed).then(|| "only root may mount".to_owned())
}

fn missing_program(path: &str, package: &str) -> Option<String> {
    (!Path::new(path).exists()).then(|| format!("Debian packages are missing: {package}"))
}

/// Runs a program that has nothing to say.
fn sh(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program).args(arguments).output().with_context(|| program.to_owned())?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} {}: {}", arguments.join(" "), said.trim());
    Ok(())
}
