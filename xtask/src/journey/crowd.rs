//! A crowd is there first: the line is long, and is seen to move.
use super::browser::Browser;
use super::identity;
use super::page::Page;
use super::people::CROWDED;
use super::screen::Engine;
use super::service::Service;
use super::{rival, screens_dir};
use crate::clock;
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::time::Duration;

const OPENS_IN: &str = "12s";
const CROWD: [&str; 4] = ["--crowd", "300", "--admissions-per-second", "4"];
/// Tickets that are out before our person takes one.
const AHEAD_MIN: u64 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKING_SECONDS_MAX: u64 = 60;
/// How often the number of places ahead must be seen to have become smaller.
const STEPS_SEEN: u32 = 2;

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let service = Service::start_opening_in(&dir, OPENS_IN, &CROWD)?;
    let phone = Browser::open(engine.phone()).await?;
    let page = Page::new(&phone, &service.base(), &screens_dir(&format!("{}-crowd", engine.name()))?);
    page.finish(walk_page(&page, service.port()).await).await?;
    phone.close().await
}

async fn walk_page(page: &Page<'_>, port: u16) -> Result<()> {
    until("the crowd stands in line", async || {
        let issued = rival::gate_document(port)?["tickets_issued"].as_u64();
        Ok(issued.context("no tickets_issued")? >= AHEAD_MIN)
    })
    .await?;
    page.visit("/wait").await?;
    page.press("대기표 받기").await?;
    page.see("대기 번호").await?;
    let first = page.number("#ahead").await?;
    ensure!(first > 0, "nobody is ahead");
    page.look("line").await?;
    for step in 1..=STEPS_SEEN {
        let before = page.number("#ahead").await?;
        until("fewer are ahead", async || {
            let ahead = page.number("#ahead").await?;
            ensure!(ahead <= before, "{before} were ahead, now {ahead} are");
            Ok(ahead < before)
        })
        .await?;
        page.look(&format!("moves-{step}")).await?;
    }
    page.press("본인확인 하기").await?;
    page.see("번호 종류").await?;
    identity::prove(page, CROWDED, &identity::KOREAN).await?;
    page.see_in_time("차례가 되었습니다").await?;
    page.look("your-turn").await
}

pub(super) async fn until(what: &str, is_so: impl AsyncFn() -> Result<bool>) -> Result<()> {
    let deadline = clock::now() + Duration::from_secs(LOOKING_SECONDS_MAX);
    while !is_so().await? {
        ensure!(clock::now() < deadline, "not within {LOOKING_SECONDS_MAX} s: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}
