//! An agent's morning, on an old PC: the account is made ready, somebody calls for the first time and is booked, calls
//! again, is found by name, has the number read back and gives the appointment up.
use super::browser::Browser;
use super::page::Page;
use super::people;
use super::screen::Engine;
use super::screens_dir;
use super::service::Service;
use crate::process::free_port;
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

const NAME: &str = "hong.gd";
const PASSWORD: &str = "four words in a row";
/// The browser knows the arithmetic of an authenticator app (RFC 6238).
const CODE: &str = include_str!("agent/code.js");

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let port = free_port()?;
    let _service = Service::start_opening_in(&dir, "1s", &["--staff-port", &port.to_string()])?;
    let code = add_account(&dir)?;
    let browser = Browser::open(engine.office()).await?;
    let base = format!("http://127.0.0.1:{port}");
    let page = Page::new(&browser, &base, &screens_dir(&format!("{}-agent", engine.name()))?);
    page.finish(morning(&page, &code).await).await?;
    browser.close().await
}

/// The code that the command line shows, once.
fn add_account(dir: &Path) -> Result<String> {
    let mut command = Command::new(workspace::release_dir()?.join("charye"));
    let output = command.args(["staff", "add", NAME, "--role", "agent", "--data"]).arg(dir).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout)?;
    let line = said.lines().find(|line| line.contains("set-up code")).context("no set-up code was shown")?;
    Ok(line.split_whitespace().last().unwrap_or_default().to_owned())
}

async fn morning(page: &Page<'_>, setup: &str) -> Result<()> {
    begin(page, setup).await?;
    first_call(page).await?;
    second_call(page).await?;
    page.visit("/desk/codes?number=311").await?;
    page.arrive("안내 번호 찾기", "codes").await?;
    page.press("나가기").await?;
    page.see_heading("직원 확인").await?;
    page.visit("/desk").await?;
    page.see_heading("직원 확인").await
}

async fn begin(page: &Page<'_>, setup: &str) -> Result<()> {
    page.visit("/desk").await?;
    page.arrive("직원 확인", "sign-in").await?;
    page.press("처음이신가요? 설정 번호로 계정 준비하기").await?;
    page.arrive("계정 준비", "setup").await?;
    page.fill("login", NAME).await?;
    page.fill("setup", setup).await?;
    page.fill("new_password", "short").await?;
    page.press("다음").await?;
    page.see("12자 이상").await?;
    page.shows_error_at("new_password").await?;
    page.fill("new_password", PASSWORD).await?;
    page.press("다음").await?;
    page.arrive("인증 앱 연결", "setup-code").await?;
    let secret = page.text("figcaption b").await?;
    page.fill("code", &code(page, &secret, 0).await?).await?;
    page.press("마치기").await?;
    page.see_heading("직원 확인").await?;
    page.fill("login", NAME).await?;
    page.fill("password", PASSWORD).await?;
    // The present one is spent; the next is good already.
    page.fill("code", &code(page, &secret, 1).await?).await?;
    page.press("들어가기").await?;
    page.arrive("어느 분이신가요?", "home").await
}

async fn code(page: &Page<'_>, secret: &str, steps_ahead: u32) -> Result<String> {
    let letters: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
    let script = format!("return ({CODE})(\"{letters}\", {steps_ahead});");
    let code = page.browser.execute(&script).await?;
    Ok(code.as_str().context("the browser made no code")?.to_owned())
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
