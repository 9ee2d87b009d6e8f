//! After the crash and the opening: one's turn, a place, a booking, and taking it back.
use super::before::same_number;
use super::{Walker, choose};
use anyhow::{Result, ensure};

pub(super) async fn walk(walker: &Walker<'_>, number: u64) -> Result<()> {
    let page = &walker.page;
    // While the service was away the page could not reach it, and said so.
    page.browser.complaints().await?;
    page.visit("/wait").await?;
    page.arrive("차례를 기다리고 있습니다", "after-a-crash").await?;
    same_number(walker, number).await?;
    page.see("본인확인을 마쳤습니다").await?;

    page.see_in_time("차례가 되었습니다").await?;
    page.arrive("차례가 되었습니다", "your-turn").await?;
    page.stays(&[".hero"]).await?;
    page.press("입장하기").await?;
    page.arrive("의료기관을 고르십시오", "regions").await?;
    choose::hold_and_let_go(walker).await?;
    choose::be_beaten_and_hold_nearby(walker).await?;

    page.press("동의하고 예약하기").await?;
    page.arrive("예약되었습니다", "booked").await?;
    let appointment = page.text(".hero .num").await?;
    page.stays(&[".hero", "dl.facts"]).await?;
    on_paper(walker, &appointment).await?;
    choose::second_booking_is_refused(walker, &appointment).await?;
    cancel(walker, &appointment).await?;
    sign_out(walker).await
}

async fn on_paper(walker: &Walker<'_>, appointment: &str) -> Result<()> {
    let page = &walker.page;
    if page.browser.show_on_paper(true).await? {
        page.look("booked-on-paper").await?;
        page.see(appointment).await?;
        page.browser.show_on_paper(false).await?;
    }
    Ok(())
}

async fn cancel(walker: &Walker<'_>, appointment: &str) -> Result<()> {
    let page = &walker.page;
    page.visit("/my").await?;
    page.arrive("내 예약", "my").await?;
    page.see(appointment).await?;
    page.stays(&["article"]).await?;
    page.press("취소").await?;
    page.arrive("이 예약을 취소하시겠습니까?", "cancel").await?;
    page.press("취소하지 않고 돌아가기").await?;
    page.see("내 예약").await?;
    page.press("취소").await?;
    page.see("이 예약을 취소하시겠습니까?").await?;
    page.press("예약 취소하기").await?;
    page.see(&format!("예약번호 {appointment} 예약을 취소했습니다.")).await?;
    page.arrive("내 예약", "cancelled").await?;
    page.visit("/my").await?;
    page.stays(&["article"]).await?;
    let shown = page.text("article").await?;
    ensure!(shown.contains("취소됨"), "after cancelling, the page says “{shown}”");
    page.see("예약하러 가기").await
}

/// Whoever comes next to this screen sees nothing of it.
async fn sign_out(walker: &Walker<'_>) -> Result<()> {
    let page = &walker.page;
    page.press("본인확인 끝내기").await?;
    page.see("대기표 받기").await?;
    page.visit("/my").await?;
    page.arrive("본인확인", "signed-out").await
}
