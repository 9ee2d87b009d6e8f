//! A person's way through the pages in real browsers, on the released binary in demo mode.
//!
//! [`walk`] is the way, on every screen that was chosen; [`WALKS`] are what else can happen on it. [`browser`] and
//! [`page`] are what a person can do, [`screen`] what they look through, [`sound`] what every page must be, [`service`]
//! the service under it. [`samples`] are the pages which no walk comes to. [`site`] is a site of three pages to try the
//! harness on (`--harness`). Screenshots are kept in `test-output/screens/`.
mod agent;
mod air;
mod apology;
mod axe;
mod browser;
mod changing;
mod country;
mod crowd;
mod drawn;
mod entrance;
mod family;
mod hostile;
mod identity;
mod manager;
mod office;
mod operator;
mod options;
mod others;
mod page;
mod people;
mod rival;
mod samples;
mod screen;
mod service;
mod site;
mod sound;
mod supply;
pub(crate) mod tools;
mod tricks;
mod trouble;
mod turn;
mod visitors;
mod wait_list;
mod walk;

use crate::process::TempDir;
use crate::{clock, workspace};
use anyhow::{Context, Result, bail, ensure};
pub(crate) use office::add_account;
pub(crate) use options::Options;
pub(crate) use screen::Engine;
use std::fs;
use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Each has a browser or two and a service of its own: with more of them a browser may not start in its time.
const WALKS_AT_ONCE: usize = 4;
const WALK_TIME_MAX: Duration = Duration::from_mins(10);

/// A walk under way.
type Way<'a, T = ()> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// Somebody's walk beside the main one, on a site of its own.
struct Walk {
    name: &'static str,
    /// The browser of the short check; the long one walks in each.
    engine: Engine,
    /// Begins in an empty folder.
    begin: fn(Engine, PathBuf) -> Way<'static>,
}

/// Each module and the engine of its walk in the short check.
macro_rules! walks {
    ($($module:ident in $engine:ident,)+) => {
        [$(Walk {
            name: stringify!($module),
            engine: Engine::$engine,
            begin: |engine, dir| Box::pin($module::walk(engine, dir)),
        }),+]
    };
}

/// To add one: a module, and its name here. Those of one engine are walked side by side, a few at a time.
const WALKS: [Walk; 15] = walks![
    agent in Chromium,
    operator in Chromium,
    manager in Chromium,
    crowd in Chromium,
    drawn in Firefox,
    trouble in Chromium,
    tricks in Chromium,
    visitors in Firefox,
    entrance in WebKit,
    family in Chromium,
    changing in Firefox,
    others in Chromium,
    supply in Firefox,
    hostile in Chromium,
    wait_list in Firefox,
];

const MAIN: &str = "main";
const SAMPLES: &str = "samples";

/// `cargo xtask journey WORDS`. What cannot run here is said to be skipped.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let options = Options::parse(words)?;
    tools::install();
    for note in notes() {
        println!("SKIPPED: {note}");
    }
    for engine in &options.engines {
        match engine.missing() {
            Some(why) => println!("SKIPPED: journey in {}: {why}", engine.name()),
            None if options.is_harness => within_limit(site::try_harness(*engine))?,
            None => walk_in(*engine, &options)?,
        }
    }
    if options.is_harness || !options.wants(SAMPLES) { Ok(()) } else { look_at_samples(options.is_long) }
}

/// What no walk checks here, and why not.
pub(crate) fn notes() -> Vec<String> {
    let of_engines = Engine::ALL.iter().filter(|engine| engine.missing().is_none());
    let of_engines = of_engines.flat_map(|engine| engine.cannot()).map(|what| (*what).to_owned());
    of_engines.chain(tools::axe().err().map(|why| format!("axe on the pages of the walks: {why}"))).collect()
}

/// The main walk and those beside it.
pub(crate) fn walk_in(engine: Engine, options: &Options) -> Result<()> {
    let dirs = TempDir::new()?;
    let parent = options.keep_dir.as_deref().unwrap_or(dirs.path()).join(engine.name());
    // A walk begins before the opening: a demo that has opened is of no use to it.
    ensure!(!parent.exists(), "{} holds an earlier walk", parent.display());
    let mut ways: Vec<Way> = Vec::new();
    let screens = options.screens(engine);
    if options.wants(MAIN) && !screens.is_empty() {
        ways.push(Box::pin(told(MAIN, Box::pin(walk::walk(screens, parent.join(MAIN))))));
    }
    for Walk { name, begin, .. } in WALKS.iter().filter(|walk| options.wants_in(walk, engine)) {
        ways.push(Box::pin(told(name, begin(engine, parent.join(name)))));
    }
    if ways.is_empty() {
        return Ok(());
    }
    let pages = axe::looks();
    while !ways.is_empty() {
        let wave = ways.drain(..ways.len().min(WALKS_AT_ONCE)).collect();
        within_limit(side_by_side(wave)).with_context(|| format!("in {}", engine.name()))?;
    }
    println!("journey: {} walked; axe looked {} times", engine.name(), axe::looks() - pages);
    Ok(())
}

/// Says how it ended and how long it took.
async fn told(name: &str, way: Way<'_>) -> Result<()> {
    let start = clock::now();
    way.await.with_context(|| format!("the walk `{name}`"))?;
    println!("journey: the walk `{name}` took {:.0} s", (clock::now() - start).as_secs_f64());
    Ok(())
}

/// Why [`look_at_samples`] cannot.
pub(crate) fn missing_for_samples() -> Option<String> {
    Engine::Chromium.missing().or_else(|| tools::axe().err())
}

pub(crate) fn look_at_samples(is_long: bool) -> Result<()> {
    match missing_for_samples() {
        Some(why) => println!("SKIPPED: samples of pages: {why}"),
        None => within_limit(samples::walk(Engine::Chromium, is_long))?,
    }
    Ok(())
}

/// The page of nginx at that port, when every process is dead.
pub(crate) fn look_at_apology(port: u16) -> Result<()> {
    match Engine::Chromium.missing() {
        Some(why) => println!("SKIPPED: a look at the apology: {why}"),
        None => within_limit(apology::walk(Engine::Chromium, port))?,
    }
    Ok(())
}

/// A browser that hangs is a failed walk. However it ends, also by Ctrl+C, the guards end what was started.
fn within_limit<T>(walk: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut asked_to_end = signal(SignalKind::terminate())?;
        tokio::select! {
            walked = walk => walked,
            () = tokio::time::sleep(WALK_TIME_MAX) => bail!("the walk took longer than {WALK_TIME_MAX:?}"),
            _ = tokio::signal::ctrl_c() => bail!("interrupted"),
            _ = asked_to_end.recv() => bail!("asked to end"),
        }
    })
}

/// Walks all of them; the first failure ends the others.
async fn side_by_side<T>(mut ways: Vec<Way<'_, T>>) -> Result<Vec<T>> {
    let mut reached: Vec<Option<T>> = ways.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (way, reached) in ways.iter_mut().zip(&mut reached).filter(|(_, reached)| reached.is_none()) {
            if let Poll::Ready(end) = way.as_mut().poll(context) {
                *reached = Some(end?);
            }
        }
        if reached.iter().all(Option::is_some) {
            Poll::Ready(Ok(reached.drain(..).flatten().collect()))
        } else {
            Poll::Pending
        }
    })
    .await
}

/// An empty folder for the pictures of one walk: those of the main walk are named by their screen alone.
fn screens_dir(name: &str) -> Result<PathBuf> {
    let dir = workspace::root().join("test-output").join("screens").join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| format!("emptying {}", dir.display()))?;
    }
    fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
    Ok(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_ends_all_walks_and_without_one_each_arrives() {
        let arrives = |at: u8| -> Way<'static, u8> { Box::pin(async move { Ok(at) }) };
        assert_eq!(within_limit(side_by_side(vec![arrives(1), arrives(2)])).unwrap(), [1, 2]);
        let fails: Way<u8> = Box::pin(async { bail!("lost the way") });
        let never: Way<u8> = Box::pin(std::future::pending());
        let error = within_limit(side_by_side(vec![arrives(1), never, fails])).unwrap_err();
        assert_eq!(error.to_string(), "lost the way");
    }

    #[test]
    fn every_engine_walks_beside_the_main_walk() {
        assert!(Engine::ALL.iter().all(|engine| WALKS.iter().any(|walk| walk.engine == *engine)));
    }
}
