//! What every page must be, whatever it shows.
use super::browser::{Browser, Scripts};
use super::rival;
use crate::http;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// HTML, style and scripts of the waiting page, not compressed.
const WAIT_PAGE_BYTES_MAX: usize = 30_000;

const FACTS: &str = "const root = document.scrollingElement;
return {
  headings: document.querySelectorAll('h1').length,
  lang: document.documentElement.lang,
  wide: root.scrollWidth,
  window: window.innerWidth,
  unlabelled: Array.from(document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    .filter((field) => field.labels.length === 0).map((field) => field.name).join(' '),
  repeated: Array.from(document.querySelectorAll('[id]')).map((element) => element.id)
    .filter((id, at, ids) => ids.indexOf(id) !== at).join(' '),
};";

#[derive(Deserialize)]
struct Facts {
    headings: u32,
    lang: String,
    wide: u32,
    window: u32,
    unlabelled: String,
    repeated: String,
}

/// One heading of the first order, its language told, nothing wider than the screen, every field labelled, no
/// complaint of the browser.
pub(crate) async fn check(browser: &Browser) -> Result<()> {
    let facts = browser.client.execute(FACTS, Vec::new()).await.context("looking at the page")?;
    let facts: Facts = serde_json::from_value(facts).context("the facts of a page")?;
    let path = browser.client.current_url().await?.path().to_owned();
    let lang = if path == "/en" || path.starts_with("/en/") { "en" } else { "ko" };
    ensure!(facts.headings == 1, "{path} has {} headings of the first order", facts.headings);
    ensure!(facts.lang == lang, "{path} says its language is “{}”", facts.lang);
    ensure!(facts.wide <= facts.window, "{path} is {} wide in a window of {}", facts.wide, facts.window);
    ensure!(facts.unlabelled.is_empty(), "{path} has fields without a label: {}", facts.unlabelled);
    ensure!(facts.repeated.is_empty(), "{path} repeats ids: {}", facts.repeated);
    if browser.screen.scripts == Scripts::On {
        let complaints = browser.complaints()?;
        ensure!(complaints.is_empty(), "{path}: the browser complains: {}", complaints.join("; "));
    }
    Ok(())
}

/// What somebody in line loads for the first time.
pub(crate) fn check_weight(port: u16) -> Result<()> {
    let cookie = format!("charye-ticket={}", rival::new_ticket(port)?);
    let page = http::get_with(port, "/wait", &[("cookie", &cookie)])?;
    let html = String::from_utf8(page.body).context("a page that is not UTF-8")?;
    let is_loaded = |part: &&str| part.starts_with("/static/") && !part.contains("favicon");
    let files = html.split('"').filter(is_loaded);
    let mut bytes = html.len();
    for file in files {
        bytes += http::get(port, file)?.body.len();
    }
    ensure!(bytes < WAIT_PAGE_BYTES_MAX, "the waiting page weighs {bytes} bytes");
    println!("journey: the waiting page weighs {bytes} bytes");
    Ok(())
}
