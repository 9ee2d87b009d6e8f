//! What every page must be, whatever it shows.
use super::browser::Browser;
use super::{axe, rival};
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
  repeated: Array.from(document.querySelectorAll('[id]')).map((element) => element.id)
    .filter((id, at, ids) => ids.indexOf(id) !== at).join(' '),
};";

#[derive(Deserialize)]
struct Facts {
    headings: u32,
    lang: String,
    wide: u32,
    repeated: String,
}

/// As [`findings`], and no complaint of the browser.
pub(crate) async fn check(browser: &Browser) -> Result<()> {
    let path = browser.client.current_url().await?.path().to_owned();
    let lang = if path == "/en" || path.starts_with("/en/") { "en" } else { "ko" };
    let mut findings = findings(browser, lang).await?;
    if browser.screen.scripts.are_on() {
        findings.extend(
            browser.complaints().await?.into_iter().map(|said| format!("the browser complains: {said}")),
        );
    }
    ensure!(findings.is_empty(), "{path}:\n  {}", findings.join("\n  "));
    Ok(())
}

/// One heading of the first order, its language told, nothing wider than the screen, nothing that axe finds.
pub(crate) async fn findings(browser: &Browser, lang: &str) -> Result<Vec<String>> {
    let facts = browser.execute(FACTS).await.context("looking at the page")?;
    let facts: Facts = serde_json::from_value(facts).context("the facts of a page")?;
    let mut findings = axe::findings(browser).await?;
    let mut find = |is_found: bool, what: String| findings.extend(is_found.then_some(what));
    find(facts.headings != 1, format!("{} headings of the first order", facts.headings));
    find(facts.lang != lang, format!("its language is said to be “{}”, not “{lang}”", facts.lang));
    // Chromium's window on a phone grows with the page: what counts is the screen.
    let screen = browser.screen.width.pixels();
    find(facts.wide > screen, format!("{} wide on a screen of {screen}", facts.wide));
    find(!facts.repeated.is_empty(), format!("ids are repeated: {}", facts.repeated));
    Ok(findings)
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
