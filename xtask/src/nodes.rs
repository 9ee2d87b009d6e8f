//! The released binary as several nodes that book on one PostgreSQL: a person's way goes over all of them, and nodes are
//! killed, stopped and cut off from the database while people book; one of them has a clock that is an hour off.
mod across;
mod cable;
pub(crate) mod failover;
mod rehearsed;
mod site;
mod storm;

use anyhow::{Context as _, Result, bail};

pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        [] => check(false),
        ["--long"] => check(true),
        ["across"] => across::run(),
        ["storm"] => storm::run(false),
        ["failover"] => failover::check(false),
        ["failover", "--long"] => failover::check(true),
        ["failover", blows] => failover::rounds(blows.parse().context("how many blows")?),
        ["upgrade", before] => storm::upgrade(before.into()),
        ["rehearse"] => rehearsed::run(3_000, 100),
        ["rehearse", people, rate] => rehearsed::run(people.parse()?, rate.parse()?),
        _ => bail!(
            "`nodes` takes across, storm, upgrade OLD_PROGRAM, rehearse [PEOPLE RATE], failover [--long|BLOWS], --long"
        ),
    }
}

/// Why it cannot run here.
pub(crate) fn missing() -> Option<String> {
    let is_root = crate::check::install::is_root();
    let has_server = std::path::Path::new("/usr/lib/postgresql").is_dir();
    match (has_server, is_root) {
        (false, _) => Some("Debian's package postgresql is missing".to_owned()),
        (_, false) => Some("the server is started as its own user, which only root may do".to_owned()),
        (true, true) => None,
    }
}

pub(crate) fn check(is_long: bool) -> Result<()> {
    across::run()?;
    storm::run(is_long)
}
