//! A person's way through the pages in a real browser, on the released binary in demo mode.
//!
//! [`walk`] is the way; [`browser`] and [`page`] are what a person can do; [`site`] is a site of three pages to
//! try the harness on (`cargo xtask journey --harness`). Screenshots are kept in `test-output/screens/`.
mod browser;
mod page;
mod site;
mod walk;

use crate::demo::{Demo, Options};
use crate::process::TempDir;
use crate::workspace;
use anyhow::{Context, Result, bail};
use browser::{Browser, Driver};
use page::Page;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Long enough before the opening to see the lobby, short enough to wait for it.
const OPENS_IN: &str = "20s";
const WALK_TIME_MAX: Duration = Duration::from_mins(5);

pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        [] => within_limit(walk_demo(TempDir::new()?.path())),
        ["--keep-dir", dir] => {
            fs::create_dir_all(dir).with_context(|| format!("creating {dir}"))?;
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

async fn walk_demo(dir: &Path) -> Result<()> {
    let demo = Demo::start(&Options { dir, opens_in: OPENS_IN, listen: Ipv4Addr::LOCALHOST, core: None })?;
    let driver = Driver::start()?;
    for (name, screen) in walk::SCREENS {
        let browser = Browser::open(&driver, screen).await?;
        let page = Page::new(&browser, &format!("http://127.0.0.1:{}", demo.port), &screens_dir()?);
        let walked = walk::walk(&page, name).await;
        page.finish(walked, name).await.with_context(|| format!("on the screen `{name}`"))?;
        browser.close().await?;
    }
    Ok(())
}

fn screens_dir() -> Result<PathBuf> {
    let dir = workspace::root().join("test-output").join("screens");
    fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
    Ok(dir)
}
