//! An agent's morning, on an old PC: the account is made ready, somebody calls for the first time and is booked, calls
//! again, is found by name, has the number read back and gives the appointment up.
use super::browser::Browser;
use super::office;
use super::page::Page;
use super::people;
use super::screen::Engine;
use super::screens_dir;
use super::service::Service;
use crate::process::free_port;
use anyhow::Result;
use std::path::PathBuf;

const NAME: &str = "hong.gd";

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let port = free_port()?;
    let _service = Service::start_opening_in(&dir, "1s", &["--staff-port", &port.to_string()])?;
    let code = office::add_account(&dir, NAME, "agent")?;
    let browser = Browser::open(engine.office()).await?;
    let base = format!("http://127.0.0.1:{port}");
    let page = Page::new(&browser, &base, &screens_dir(&format!("{}-agent", engine.name()))?);
    page.finish(morning(&page, &code).await).await?;
    browser.close().await
}

async fn morning(page: &Page<'_>, setup: &str) -> Result<()> {
    office::begin(page, NAME, setup).await?;
    page.arrive("어느 분이신가요?", "home").await?;
    first_call(page).await?;
    second_call(page).await?;
    page.visit("/desk/codes?number=311").await?;
    page.arrive("안내 번호 찾기", "codes").await?;
    page.press("나가기").await?;
    page.see_heading("직원 확인").await?;
    page.visit("/desk").await?;
    page.see_heading("직원 확인").await
}

async fn first_call(page: &Page<'_>) -> Result<()> {
    let person = people::PHONING;
    page.press("처음 전화하신 분 등록하기").await?;
    page.arrive("처음 전화하신 분", "new-person").await?;
    page.fill("name", person.name).await?;
    page.fill("number", person.number).await?;
    page.fill("phone", person.phone).await?;
    page.press("이 분의 화면 열기").await?;
    page.arrive(person.name, "person").await?;
    page.press("자리 찾아 예약하기").await?;
    find_a_time(page).await?;
    page.look("held").await?;
    page.press("예약 확정").await?;
    page.see("예약됨").await?;
    page.look("booked").await
}

/// What is folded away.
async fn open(page: &Page<'_>, summary: &str) -> Result<()> {
    let script = format!("document.querySelector('{summary}').click()");
    page.browser.execute(&script).await.map(drop)
}

/// From the search to the place that is held.
async fn find_a_time(page: &Page<'_>) -> Result<()> {
    page.see_heading("의료기관 찾기").await?;
    page.fill("q", "강남구").await?;
    page.press("찾기").await?;
    page.see("가까운 순서로").await?;
    page.look("clinics").await?;
    page.press_row("예약 가능").await?;
    page.see("자리").await?;
    page.look("days").await?;
    page.press_row("예약 가능").await?;
    page.see("이 시간 잡아 두기").await?;
    page.look("times").await?;
    page.choose_first_time().await?;
    page.press("이 시간 잡아 두기").await?;
    page.see("자리를 잡아 두었습니다").await
}

async fn second_call(page: &Page<'_>) -> Result<()> {
    let person = people::PHONING;
    page.press("다음 분").await?;
    page.see_heading("어느 분이신가요?").await?;
    page.fill("name", person.name).await?;
    page.fill("birth_date", "19640111").await?;
    page.press("찾기").await?;
    page.see_heading(person.name).await?;
    open(page, ".facts + details summary").await?;
    page.fill("why", "본인이 번호를 확인해 달라고 함").await?;
    page.press("사유를 남기고 보기").await?;
    page.see("사유와 함께 기록되었습니다").await?;
    page.look("unmasked").await?;
    open(page, "article details summary").await?;
    page.press("예, 취소합니다").await?;
    page.see("취소됨").await?;
    page.look("cancelled").await
}
