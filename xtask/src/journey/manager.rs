//! A campaign manager's opening night, on an old PC: who may book when, an announcement that everybody reads, and one
//! person whose eligibility is put right.
use super::browser::Browser;
use super::office::{self, App};
use super::page::Page;
use super::people;
use super::screen::Engine;
use super::screens_dir;
use super::service::Service;
use crate::process::free_port;
use anyhow::Result;
use std::path::PathBuf;

const NAME: &str = "choi.manager";

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let port = free_port()?;
    let service = Service::start_opening_in(&dir, "1s", &["--staff-port", &port.to_string()])?;
    let setup = office::add_account(&dir, NAME, "manager")?;
    let browser = Browser::open(engine.office()).await?;
    let base = format!("http://127.0.0.1:{port}");
    let screens = screens_dir(&format!("{}-manager", engine.name()))?;
    let desk = Page::new(&browser, &base, &screens);
    desk.finish(opening_night(&desk, &setup).await).await?;
    let public =
        Page::new(&browser, &service.base(), &screens_dir(&format!("{}-manager-public", engine.name()))?);
    public.finish(everybody_reads(&public).await).await?;
    browser.close().await
}

async fn opening_night(page: &Page<'_>, setup: &str) -> Result<()> {
    let mut app = office::begin(page, NAME, setup).await?;
    page.arrive("직원 화면", "home").await?;
    page.press("접종 사업").await?;
    page.see("그때는 누가 예약할 수 있나요?").await?;
    page.look("campaign").await?;
    page.fill("date", "2021-07-19").await?;
    page.fill("time", "25:00").await?;
    page.press("보기").await?;
    page.see("입력하신 내용을 확인해").await?;
    page.shows_error_at("time").await?;
    page.fill("time", "20:00").await?;
    page.fill("birth_date", "19640315").await?;
    page.press("보기").await?;
    page.see("시계대로라면 그렇습니다").await?;
    page.look("preview").await?;
    page.press("안내말 걸기").await?;
    page.arrive("안내말 걸기", "notice").await?;
    page.fill("ko", "백신이 하루 늦게 옵니다").await?;
    page.fill("en", "The vaccine comes a day late").await?;
    confirm(page, &mut app, "걸기").await?;
    page.see("그때는 누가 예약할 수 있나요?").await?;
    page.press("한 분의 대상 여부 바로잡기").await?;
    page.arrive("한 분의 대상 여부 바로잡기", "eligibility").await?;
    page.fill("name", people::PHONING.name).await?;
    page.fill("number", people::PHONING.number).await?;
    page.choose("eligible", "yes").await?;
    confirm(page, &mut app, "바로잡기").await?;
    page.see("바로잡았습니다").await?;
    page.look("corrected").await
}

async fn everybody_reads(page: &Page<'_>) -> Result<()> {
    page.visit("/help").await?;
    page.see("백신이 하루 늦게 옵니다").await?;
    page.look("help").await?;
    page.visit("/en/status").await?;
    page.see("The vaccine comes a day late").await
}

async fn confirm(page: &Page<'_>, app: &mut App, button: &str) -> Result<()> {
    page.fill("why", "제조사가 알려 옴").await?;
    page.fill("code", &app.fresh_code(page).await?).await?;
    page.press(button).await
}
