//! What several walks have in common: one's turn, and a place at the first clinic that has one.
use super::identity;
use super::page::Page;
use super::people::Person;
use crate::http;
use anyhow::{Result, ensure};

pub(super) const INSIDE: &str = "의료기관을 고르십시오";
pub(super) const CONFIRM: &str = "내용을 확인하고 예약을 마쳐 주십시오";

/// Takes a ticket, is called, and proves who they are; still outside.
pub(super) async fn come(page: &Page<'_>, person: Person) -> Result<()> {
    be_called(page).await?;
    page.press("본인확인 하기").await?;
    page.see("번호 종류").await?;
    identity::prove(page, person, &identity::KOREAN).await?;
    page.see("입장하기").await
}

pub(super) async fn be_called(page: &Page<'_>) -> Result<()> {
    page.visit("/wait").await?;
    page.press("대기표 받기").await?;
    page.see_in_time("차례가 되었습니다").await
}

/// From inside, to the times of a day on which somebody can come.
pub(super) async fn go_to_times(page: &Page<'_>, sido: &str, sigungu: &str) -> Result<()> {
    page.see(INSIDE).await?;
    page.press_row(sido).await?;
    page.see(&format!("{sido}의 시·군·구를 고르십시오")).await?;
    page.press_row(sigungu).await?;
    // In the list before, the line of the district says nearly the same.
    page.see_heading(&format!("{sigungu} 의료기관")).await?;
    page.press_row("예약 가능").await?;
    page.see("날짜를 고르십시오").await?;
    page.press_row("예약 가능").await?;
    page.see("시간을 고르십시오").await
}

/// The file that the link of the page leads to, with what the browser knows.
pub(super) async fn calendar_file(page: &Page<'_>, port: u16) -> Result<String> {
    let cookies = page.browser.client.get_all_cookies().await?;
    let cookies: Vec<String> =
        cookies.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
    let link = page.link("휴대전화 달력에 넣기").await?;
    let file = http::get_with(port, &link, &[("cookie", &cookies.join("; "))])?;
    let text = String::from_utf8(file.body)?;
    ensure!(file.status == 200, "{link} answered {}: {text}", file.status);
    ensure!(file.content_type.starts_with("text/calendar"), "{link} is {}", file.content_type);
    let is_whole = text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n");
    ensure!(is_whole, "the calendar file is “{text}”");
    Ok(text)
}
