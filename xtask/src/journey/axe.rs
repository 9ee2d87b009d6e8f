//! axe-core's rules for WCAG 2.2, levels A and AA, on the page that is shown.
use super::browser::Browser;
use super::tools;
use crate::clock;
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use std::fs;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// In a page whose scripts are off, timers do not run; axe uses them only to let other work go first.
const NO_TIMERS: &str = "const setTimeout = (work, after, ...more) => { Promise.resolve().then(() => work(...more)); return 0; };";

/// A page may renew itself where it offers a link to stop that. Signs are held to the contrast of letters; what axe
/// is unsure about in a drawing is left to people, because it cannot tell what lies under a letter there.
const START: &str = "const tell = (found) => found.flatMap(({ id, help, nodes }) => nodes.map((node) => ({
  rule: id,
  help,
  place: node.target.join(' '),
  why: node.any.concat(node.all, node.none).map((check) => check.message).join('; '),
})));
const isDrawn = ({ place }) => document.querySelector(place)?.closest('svg');
window.charyeFound = null;
axe.run(document, {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'] },
  rules: { 'meta-refresh': { enabled: !document.querySelector(`main a[href$='?still']`) } },
  checks: { 'color-contrast': { options: { ignoreUnicode: false } } },
  preload: false,
}).then(({ passes, violations, incomplete }) => {
  window.charyeFound = { passed: passes.length, broken: tell(violations), unsure: tell(incomplete).filter((found) => !isDrawn(found)) };
}, (error) => { window.charyeFound = { error: String(error) }; });";

/// No word while axe is at work; `gone` in a page that it was never begun in.
const FOUND: &str = "return window.charyeFound === undefined ? 'gone' : window.charyeFound";
const LOOK_EVERY: Duration = Duration::from_millis(20);
const SECONDS_MAX: u64 = 20;

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Error { error: String },
    Found(Found),
}

#[derive(Deserialize)]
struct Found {
    passed: u32,
    broken: Vec<Finding>,
    /// What axe leaves to people to judge.
    unsure: Vec<Finding>,
}

#[derive(Deserialize)]
struct Finding {
    rule: String,
    help: String,
    /// A CSS selector.
    place: String,
    why: String,
}

static LOOKS: AtomicU32 = AtomicU32::new(0);

/// How many pages and states were looked at.
pub(crate) fn looks() -> u32 {
    LOOKS.load(Ordering::Relaxed)
}

/// What is wrong with the page, one line for each place. Nothing, where axe is not installed; that is said elsewhere.
pub(crate) async fn findings(browser: &Browser) -> Result<Vec<String>> {
    let Some(script) = script()? else { return Ok(Vec::new()) };
    browser.let_promises_be_kept(true).await?;
    let answer = answer(browser, script).await;
    browser.let_promises_be_kept(false).await?;
    let answer = answer.context("running axe")?;
    let found = match serde_json::from_value(answer).context("the answer of axe")? {
        Answer::Error { error } => bail!("axe: {error}"),
        Answer::Found(found) => found,
    };
    ensure!(found.passed > 0, "axe has looked at nothing");
    LOOKS.fetch_add(1, Ordering::Relaxed);
    let findings = found.broken.iter().chain(&found.unsure);
    Ok(findings
        .map(|Finding { rule, help, place, why }| format!("{rule} at `{place}`: {help} ({why})"))
        .collect())
}

/// A page can go while axe looks at it; then it looks at the next.
async fn answer(browser: &Browser, script: &str) -> Result<Value> {
    let deadline = clock::now() + Duration::from_secs(SECONDS_MAX);
    browser.execute(script).await?;
    loop {
        let found = browser.execute(FOUND).await?;
        if found == "gone" {
            browser.execute(script).await?;
        } else if !found.is_null() {
            return Ok(found);
        }
        ensure!(clock::now() < deadline, "nothing found after {SECONDS_MAX} s");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn script() -> Result<Option<&'static str>> {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    if let Some(script) = SCRIPT.get() {
        return Ok(Some(script));
    }
    let Ok(file) = tools::axe() else { return Ok(None) };
    let axe = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    Ok(Some(SCRIPT.get_or_init(|| format!("{NO_TIMERS}\n{axe}\n;{START}"))))
}
