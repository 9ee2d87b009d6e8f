//! An operator's bad minute, on an old PC: the screen that renews itself, a message for everybody who waits, a rate that
//! cannot be, a pause that the screen shows by itself, and the way back.
use super::browser::Browser;
use super::office::{self, App};
use super::page::Page;
use super::screen::Engine;
use super::screens_dir;
use super::service::Service;
use crate::process::free_port;
use anyhow::Result;
use std::path::PathBuf;

const NAME: &str = "park.operator";

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let port = free_port()?;
    let _service = Service::start_opening_in(&dir, "1s", &["--staff-port", &port.to_string()])?;
    let setup = office::add_account(&dir, NAME, "operator")?;
    let browser = Browser::open(engine.office()).await?;
    let base = format!("http://127.0.0.1:{port}");
    let page = Page::new(&browser, &base, &screens_dir(&format!("{}-operator", engine.name()))?);
    page.finish(bad_minute(&page, &setup).await).await?;
    browser.close().await
}

async fn bad_minute(page: &Page<'_>, setup: &str) -> Result<()> {
    let mut app = office::begin(page, NAME, setup).await?;
    page.arrive("직원 화면", "home").await?;
    page.press("운영 현황").await?;
    page.arrive("운영 현황", "screen").await?;
    page.see("남은 디스크").await?;
    page.press("줄에 지시하기").await?;
    page.arrive("줄에 지시하기", "orders").await?;
    page.fill("ko", "저장 장치를 점검합니다").await?;
    page.fill("en", "We are looking after a disk").await?;
    order(page, &mut app, "message").await?;
    page.see("저장 장치를 점검합니다").await?;
    page.fill("rate", "0").await?;
    order(page, &mut app, "rate").await?;
    page.see("사이로 적어 주십시오").await?;
    page.shows_error_at("rate").await?;
    page.look("rate-refused").await?;
    order(page, &mut app, "pause").await?;
    page.see("◐ 멈춤").await?;
    page.look("paused").await?;
    page.press("운영 현황").await?;
    page.see("입장 멈춤(지시)").await?;
    page.look("screen-paused").await?;
    stop_alone(page, &mut app).await
}

/// One person alone stops nothing, and takes it back.
async fn stop_alone(page: &Page<'_>, app: &mut App) -> Result<()> {
    page.visit("/desk/stop").await?;
    page.arrive("두 사람이 함께 멈추기", "stop").await?;
    page.choose("what", "close").await?;
    page.fill("why", "백신을 모두 회수함").await?;
    page.fill("code", &app.fresh_code(page).await?).await?;
    page.press("제안하기").await?;
    page.see("다른 담당자가 자신의 계정으로 동의해야 합니다").await?;
    page.look("stop-proposed").await?;
    page.press("되돌리기").await?;
    page.see("아무것도 바뀌지 않았습니다").await?;
    page.look("stop-withdrawn").await
}

/// With a code that was not used yet: the walk waits for it as the operator does.
async fn order(page: &Page<'_>, app: &mut App, what: &str) -> Result<()> {
    page.choose("what", what).await?;
    page.fill("why", "저장이 느려짐").await?;
    page.fill("code", &app.fresh_code(page).await?).await?;
    page.press("지시하기").await
}
