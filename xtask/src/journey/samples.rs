//! Every sample of every page, in both languages, as `web` writes them beside their style: states that no walk reaches.
use super::browser::Browser;
use super::screen::{Colours, Engine, Screen, Scripts, Width};
use super::{Way, side_by_side, sound};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The test of `web` that writes them.
const WRITER: &str = "samples_are_written_for_looking_at";

const IN_PAIRS: [(Width, Colours); 2] = [(Width::Phone, Colours::Light), (Width::Desk, Colours::Dark)];
const THE_OTHERS: [(Width, Colours); 2] = [(Width::Phone, Colours::Dark), (Width::Desk, Colours::Light)];

pub(super) async fn walk(engine: Engine, is_long: bool) -> Result<()> {
    let samples = write_samples()?;
    let others: &[(Width, Colours)] = if is_long { &THE_OTHERS } else { &[] };
    let screens = IN_PAIRS.iter().chain(others);
    let screens = screens.map(|(width, colours)| engine.screen(Scripts::On, *width, *colours));
    let looks: Vec<Way<Vec<String>>> =
        screens.map(|screen| Box::pin(look_at_all(screen, &samples)) as Way<_>).collect();
    let findings = side_by_side(looks).await?.concat();
    ensure!(findings.is_empty(), "samples of pages:\n  {}", findings.join("\n  "));
    println!("journey: {} samples of pages are sound", samples.len());
    Ok(())
}

/// Written anew, so that no page which is no more stands among them.
fn write_samples() -> Result<Vec<PathBuf>> {
    let dir = workspace::target_dir()?.join("samples");
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| format!("emptying {}", dir.display()))?;
    }
    let mut command = Command::new(env!("CARGO"));
    command.args(["test", "--quiet", "--package", "web", "--lib", WRITER]).current_dir(workspace::root());
    let output = command.output().context("cargo test")?;
    ensure!(output.status.success(), "`cargo test {WRITER}`: {}", String::from_utf8_lossy(&output.stderr));
    let entries = fs::read_dir(&dir).with_context(|| format!("no samples in {}", dir.display()))?;
    let files: Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut pages = files?;
    pages.retain(|path| path.extension().is_some_and(|end| end == "html"));
    pages.sort();
    ensure!(!pages.is_empty(), "no samples in {}", dir.display());
    Ok(pages)
}

async fn look_at_all(screen: Screen, samples: &[PathBuf]) -> Result<Vec<String>> {
    let browser = Browser::open(screen).await?;
    let mut all = Vec::new();
    for sample in samples {
        let name = sample.file_stem().unwrap_or_default().to_string_lossy();
        let found = look_at(&browser, sample).await.with_context(|| name.to_string())?;
        all.extend(found.into_iter().map(|finding| format!("{name} on `{screen}`: {finding}")));
    }
    browser.close().await?;
    Ok(all)
}

async fn look_at(browser: &Browser, sample: &Path) -> Result<Vec<String>> {
    browser.client.goto(&format!("file://{}", sample.display())).await?;
    let lang = if sample.to_string_lossy().ends_with(".en.html") { "en" } else { "ko" };
    sound::findings(browser, lang).await
}
