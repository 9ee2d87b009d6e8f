//! The tricks of July 2021 in a real browser: direct links before the opening and while others wait, pressing early and
//! often, calls from the console, forged tokens, the client's clock, airplane mode for three seconds, many tabs, another
//! browser. Each is judged by what the server answers, never by what a page shows; and the place must come through all of
//! them. At one's turn the same tries get in, so it is seen that they could.
use super::air::Air;
use super::browser::Browser;
use super::crowd::until;
use super::page::Page;
use super::people::TRICKY;
use super::screen::Engine;
use super::service::Service;
use super::{identity, rival, screens_dir};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

/// Browsers start and somebody proves who they are before the opening.
const OPENS_IN: &str = "45s";
const CROWD: [&str; 4] = ["--crowd", "400", "--admissions-per-second", "4"];
/// Tickets that are out before our person takes one.
const AHEAD_MIN: u64 = 250;
/// The trick of the summer: the script that holds the line asks into nothing, and lets in.
const IN_THE_AIR: Duration = Duration::from_secs(3);
const CLOCK_SETTLES: Duration = Duration::from_secs(2);
const TABS: usize = 4;
const TOO_OFTEN: u64 = 429;
const A_MOMENT: Duration = Duration::from_secs(4);
const PATIENCE: u32 = 15;

/// Everything that somebody can ask for from the console; answers `[what, status, where it led]` of each. The token of
/// the forms is the page's own, as whoever tricks has it.
const TRY_ALL: &str = r#"
const form = async (path, fields) => {
  const page = await (await fetch('/wait/code')).text();
  const csrf = new DOMParser().parseFromString(page, 'text/html').querySelector("input[name='csrf']");
  const body = new URLSearchParams({...fields, csrf: csrf ? csrf.value : '', key: String(Math.random()).slice(2)});
  return fetch(path, {method: 'POST', body});
};
const forged = 'A'.repeat(43);
const api = (method, path, body) => fetch(path, {method, body: body && JSON.stringify(body), headers: {
  'content-type': 'application/json', 'idempotency-key': String(Math.random()).slice(2),
  'charye-ticket': forged, 'charye-session': forged, 'charye-pass': forged}});
const slot = {clinic: 'C00001', date: '2027-07-26', time: '09:00'};
const ways = {
  'a link to the regions': () => fetch('/book'),
  'a link in English': () => fetch('/en/book'),
  'a link to the search': () => fetch('/book/find?name=a'),
  'a link to a district': () => fetch('/book/regions/1168000000'),
  'a link to a clinic': () => fetch('/book/clinics/C00001'),
  'a link to a held place': () => fetch('/book/hold'),
  'a link to the wait list': () => fetch('/book/waitlist?clinic=C00001'),
  'the form of the entrance': () => form('/enter', {}),
  'the form of the entrance, again': () => form('/enter', {}),
  'the form of the entrance, once more': () => form('/enter', {}),
  'the form of a place': () => form('/book/hold', slot),
  'the form of the booking': () => form('/book/confirm', {hold: '1'}),
  'a pass for a forged ticket': () => api('POST', '/api/v1/campaigns/c55/passes', {}),
  'the times of a clinic with a forged pass': () => api('GET', '/api/v1/campaigns/c55/clinics/C00001/slots'),
  'a place with a forged pass': () => api('POST', '/api/v1/holds', {campaign: 'c55', ...slot}),
  'a booking with a forged pass': () => api('POST', '/api/v1/appointments', {hold: '1'}),
};
return (async () => {
  const answers = [];
  for (const [what, ask] of Object.entries(ways)) {
    try {
      const answer = await ask();
      answers.push([what, answer.status, new URL(answer.url).pathname]);
    } catch (error) { answers.push([what, 0, 'nowhere']); }
  }
  return answers;
})();"#;
const CLOCK_TWO_HOURS_ON: &str = "const Real = Date;
window.Date = class extends Real {
  constructor(...words) { words.length ? super(...words) : super(Real.now() + 7200000); }
  static now() { return Real.now() + 7200000; }
};
document.cookie = 'pass=AAAA'; document.cookie = 'called=1';
document.querySelectorAll('[hidden], [disabled]').forEach((one) => { one.hidden = false; one.disabled = false; });
return window.Date.now() - Real.now();";

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let service = Service::start_opening_in(&dir, OPENS_IN, &CROWD)?;
    let air = Air::open(service.port()).await?;
    let (phone, other) = (Browser::open(engine.phone()).await?, Browser::open(engine.desk()).await?);
    let screens = |name: &str| screens_dir(&format!("{}-{name}", engine.name()));
    let page = Page::new(&phone, &air.base(), &screens("tricks")?);
    let elsewhere = Page::new(&other, &service.base(), &screens("tricks-elsewhere")?);
    let tries = page.finish(try_everything(&page, &elsewhere, (&air, service.port())).await).await?;
    println!("C4: {tries} tries in a real browser ({}), 0 got in", engine.name());
    phone.close().await?;
    other.close().await
}

/// How many tries were refused.
async fn try_everything(page: &Page<'_>, elsewhere: &Page<'_>, (air, port): (&Air, u16)) -> Result<usize> {
    page.visit("/wait").await?;
    let mut tries = nobody_gets_in(page, "without a ticket").await?;
    until("the crowd stands in line", async || {
        let issued = rival::gate_document(port)?["tickets_issued"].as_u64();
        Ok(issued.context("no tickets_issued")? >= AHEAD_MIN)
    })
    .await?;
    page.press("대기표 받기").await?;
    page.see("대기 번호").await?;
    page.press("본인확인 하기").await?;
    page.see("번호 종류").await?;
    identity::prove(page, TRICKY, &identity::KOREAN).await?;
    page.see("본인확인을 마쳤습니다").await?;
    let number = page.number("#number").await?;
    tries += nobody_gets_in(page, "before the opening").await?;
    tries += with_a_wrong_clock(page).await?;
    page.look("before").await?;

    until("the doors are open", async || Ok(rival::gate_document(port)?["phase"] == "open")).await?;
    tries += nobody_gets_in(page, "while others wait").await?;
    tries += with_a_wrong_clock(page).await?;
    tries += in_the_air(page, air).await?;
    keeps_its_place(page, number).await?;
    let tabs = in_many_tabs(page, number).await?;

    elsewhere.visit("/wait").await?;
    elsewhere.press("대기표 받기").await?;
    elsewhere.see("대기 번호").await?;
    tries += nobody_gets_in(elsewhere, "in another browser").await?;
    let later = elsewhere.number("#number").await?;
    ensure!(later > number, "another browser came later and got {later}, before {number}");
    keeps_its_place(page, number).await?;
    page.look("waits").await?;

    page.see_in_time("차례가 되었습니다").await?;
    // First by the entrance, which lets in so many a second; then the links lead somewhere, too. What is forged never does.
    until("they get in at their turn", async || {
        let got_in = got_in(page).await?.1;
        let forged = got_in.iter().find(|what| what.contains("forged"));
        ensure!(forged.is_none(), "{forged:?} counted");
        Ok(["the entrance", "a clinic"].iter().all(|way| got_in.iter().any(|what| what.contains(way))))
    })
    .await?;
    Ok(tries + tabs)
}

/// How many were tried, and which of them came to the pages behind the line. Whoever was told that they try too often was
/// not judged, and tries again later.
async fn got_in(page: &Page<'_>) -> Result<(usize, Vec<String>)> {
    for _ in 0..PATIENCE {
        let answers = page.browser.execute(TRY_ALL).await?;
        // The browser complains of each that was refused.
        page.browser.complaints().await?;
        let answers = answers.as_array().context("the tries have no answers")?;
        if answers.iter().all(|answer| answer[1] != TOO_OFTEN) {
            return Ok((answers.len(), who_got_in(answers)?));
        }
        tokio::time::sleep(A_MOMENT).await;
    }
    bail!("too often, {PATIENCE} times")
}

fn who_got_in(answers: &[Value]) -> Result<Vec<String>> {
    let mut got_in = Vec::new();
    for answer in answers {
        let (Some(what), Some(status), Some(path)) =
            (answer[0].as_str(), answer[1].as_u64(), answer[2].as_str())
        else {
            bail!("a try answered {answer}")
        };
        ensure!(status < 500, "{what} broke the service: {status} at {path}");
        let is_behind = ["/book", "/en/book", "/api/"].iter().any(|behind| path.starts_with(behind));
        if (200..300).contains(&status) && is_behind {
            got_in.push(format!("{what} ({status} at {path})"));
        }
    }
    Ok(got_in)
}

async fn nobody_gets_in(page: &Page<'_>, when: &str) -> Result<usize> {
    let (tries, got_in) = got_in(page).await?;
    ensure!(got_in.is_empty(), "{when}: {got_in:?}");
    Ok(tries)
}

/// The page may believe the client's clock, and a cookie that says so; the server does not.
async fn with_a_wrong_clock(page: &Page<'_>) -> Result<usize> {
    let moved = page.browser.execute(CLOCK_TWO_HOURS_ON).await?;
    ensure!(moved.as_u64().is_some_and(|ms| ms > 7_000_000), "the clock moved by {moved}");
    tokio::time::sleep(CLOCK_SETTLES).await;
    let tries = nobody_gets_in(page, "with the clock two hours on").await?;
    page.visit("/wait").await?;
    Ok(tries)
}

async fn in_the_air(page: &Page<'_>, air: &Air) -> Result<usize> {
    air.cut();
    let (tries, got_in) = got_in(page).await?;
    ensure!(got_in.is_empty(), "in airplane mode: {got_in:?}");
    tokio::time::sleep(IN_THE_AIR).await;
    air.mend();
    Ok(tries + nobody_gets_in(page, "after airplane mode").await?)
}

/// Each tab shows the one place; whoever presses in all of them has no more.
async fn in_many_tabs(page: &Page<'_>, number: u64) -> Result<usize> {
    let client = &page.browser.client;
    let here = client.window().await?;
    let mut tries = 0;
    for _ in 0..TABS {
        let tab = client.new_window(true).await?.handle;
        client.switch_to_window(tab).await?;
        keeps_its_place(page, number).await?;
        tries += nobody_gets_in(page, "in another tab").await?;
        client.close_window().await?;
        client.switch_to_window(here.clone()).await?;
    }
    Ok(tries)
}

async fn keeps_its_place(page: &Page<'_>, number: u64) -> Result<()> {
    page.visit("/wait").await?;
    let now = page.number("#number").await?;
    ensure!(now == number, "the number was {number} and is {now}");
    Ok(())
}
