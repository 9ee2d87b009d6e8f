//! A person's way through the pages in a real browser, on the released binary in demo mode.
//!
//! [`walk`] is the way; [`visitors`], [`crowd`], [`entrance`] and [`trouble`] are what else can happen on it. [`browser`] and [`page`]
//! are what a person can do, [`sound`] what every page must be, [`service`] the service under it. [`site`] is a site of
//! three pages to try the harness on (`cargo xtask journey --harness`). Screenshots are kept in `test-output/screens/`.
mod browser;
mod crowd;
mod entrance;
mod identity;
mod page;
mod people;
mod rival;
mod service;
mod site;
mod sound;
mod trouble;
mod visitors;
mod walk;

use crate::process::TempDir;
use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use browser::Driver;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::try_join;

const WALK_TIME_MAX: Duration = Duration::from_mins(5);

pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        [] => within_limit(walk_demo(TempDir::new()?.path())),
        ["--keep-dir", dir] => {
            // The walk begins before the opening: a demo that has opened is of no use to it.
            ensure!(!Path::new(dir).join("main").exists(), "{dir} holds an earlier walk");
            within_limit(walk_demo(Path::new(dir)))
        }
        ["--harness"] => within_limit(site::try_harness()),
        _ => bail!("`journey` takes --keep-dir DIR and nothing else"),
    }
}

/// A browser that hangs is a failed walk; the guards end it.
fn within_limit(walk: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let limited = async { tokio::time::timeout(WALK_TIME_MAX, walk).await };
    runtime.block_on(limited).with_context(|| format!("the walk took longer than {WALK_TIME_MAX:?}"))?
}

/// Five sites side by side, each in a folder of its own.
async fn walk_demo(dir: &Path) -> Result<()> {
    let driver = Driver::start()?;
    let [main, visitors, crowd, entrance, trouble] =
        ["main", "visitors", "crowd", "entrance", "trouble"].map(|name| dir.join(name));
    try_join!(
        async { walk::walk(&driver, &main).await },
        async { visitors::walk(&driver, &visitors).await.context("the visitors") },
        async { crowd::walk(&driver, &crowd).await.context("in a crowd") },
        async { entrance::walk(&driver, &entrance).await.context("at the entrance") },
        async { trouble::walk(&driver, &trouble).await.context("in trouble") },
    )?;
    Ok(())
}

/// An empty folder for the pictures of one walk.
fn screens_dir(name: &str) -> Result<PathBuf> {
    let dir = workspace::root().join("test-output").join("screens").join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| format!("emptying {}", dir.display()))?;
    }
    fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
    Ok(dir)
}
