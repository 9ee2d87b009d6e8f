//! Region, clinic, day, time; a place held, lost to somebody faster, found again nearby.
use super::Walker;
use crate::journey::rival::Rival;
use anyhow::{Result, ensure};

const CONFIRM: &str = "내용을 확인하고 예약을 마쳐 주십시오";
const TIMES: &str = "시간을 고르십시오";

/// From the regions to a held place, once longer; then given up again.
pub(super) async fn hold_and_let_go(walker: &Walker<'_>) -> Result<()> {
    let page = &walker.page;
    page.stays(&[".rows"]).await?;
    page.press_row("서울특별시").await?;
    page.arrive("서울특별시의 시·군·구를 고르십시오", "districts").await?;
    page.stays(&[".rows"]).await?;
    page.press_row(walker.sigungu.0).await?;
    page.arrive(&format!("{} 의료기관", walker.sigungu.0), "clinics").await?;
    page.stays(&[".rows .name"]).await?;
    page.press_row("예약 가능").await?;
    page.arrive("날짜를 고르십시오", "days").await?;
    page.stays(&[".box", ".rows .name"]).await?;
    page.press_row("예약 가능").await?;
    page.arrive(TIMES, "times").await?;
    page.stays(&[".lead"]).await?;
    page.choose_first_time().await?;
    page.press("이 시간 잡아 두기").await?;
    page.arrive(CONFIRM, "hold").await?;
    page.stays(&[".hero .mid", "#kept b", "dl.facts"]).await?;

    let until = page.text("#kept b").await?;
    let left = page.text("#kept").await?;
    ensure!(left.contains("분 남았습니다"), "the time that is left is said as “{left}”");
    page.press("시간 늘리기(한 번)").await?;
    page.see("더 늘릴 수는 없습니다").await?;
    page.arrive(CONFIRM, "hold-extended").await?;
    ensure!(page.text("#kept b").await? != until, "the place is not held longer");
    ensure!(page.press("시간 늘리기(한 번)").await.is_err(), "a place can be held longer twice");
    page.stays(&["#kept b"]).await?;
    page.press("이 자리 놓고 다시 고르기").await?;
    page.see("시·도를 고르십시오").await
}

/// Somebody takes the last place between the page and the press.
pub(super) async fn be_beaten_and_hold_nearby(walker: &Walker<'_>) -> Result<()> {
    let page = &walker.page;
    let rival = Rival::enter(walker.port, walker.rival).await?;
    let slot = rival.scarce_slot(walker.sigungu.1)?;
    page.visit(&format!("/book/clinics/{}/{}", slot.clinic, slot.date)).await?;
    page.see(TIMES).await?;
    page.choose("time", &slot.time).await?;
    rival.take(&slot)?;
    page.press("이 시간 잡아 두기").await?;
    page.see("방금 다른 분이 예약하여 이 시간이 마감되었습니다").await?;
    page.see("가까운 빈자리").await?;
    page.look("slot-filled").await?;
    page.press("이 자리 잡기").await?;
    page.arrive(CONFIRM, "hold-nearby").await?;
    page.stays(&[".hero .mid", "#kept b"]).await
}

pub(super) async fn second_booking_is_refused(walker: &Walker<'_>, appointment: &str) -> Result<()> {
    let page = &walker.page;
    page.visit(&format!("/book/regions/{}", walker.sigungu.1)).await?;
    page.press_row("예약 가능").await?;
    page.see("날짜를 고르십시오").await?;
    page.press_row("예약 가능").await?;
    page.see(TIMES).await?;
    page.choose_first_time().await?;
    page.press("이 시간 잡아 두기").await?;
    page.arrive("이미 예약이 있습니다", "second-booking-refused").await?;
    page.see(appointment).await?;
    page.press("예약 조회").await?;
    page.see("내 예약").await
}
