//! Two more people, who come when it is open: one reads English, one is not in the group.
use super::browser::Browser;
use super::identity;
use super::page::Page;
use super::people;
use super::screen::Engine;
use super::screens_dir;
use super::service::Service;
use anyhow::Result;
use std::path::PathBuf;
use tokio::try_join;

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let service = Service::start_opening_in(&dir, "3s", &[])?;
    let (desk, phone) = (Browser::open(engine.desk()).await?, Browser::open(engine.phone()).await?);
    let english = Page::new(&desk, &service.base(), &screens_dir(&format!("{}-english", engine.name()))?);
    let too_young =
        Page::new(&phone, &service.base(), &screens_dir(&format!("{}-not-eligible", engine.name()))?);
    try_join!(async { english.finish(in_english(&english).await).await }, async {
        too_young.finish(too_young_to_book(&too_young).await).await
    },)?;
    desk.close().await?;
    phone.close().await
}

async fn in_english(page: &Page<'_>) -> Result<()> {
    page.visit("/en").await?;
    page.arrive("Vaccination for ages 55–59", "home").await?;
    page.press("Take a ticket").await?;
    page.see_in_time("It is your turn").await?;
    page.arrive("It is your turn", "your-turn").await?;
    page.press("Check my identity").await?;
    page.arrive("Identity check", "identity").await?;
    identity::prove(page, people::ENGLISH, &identity::ENGLISH).await?;
    page.arrive("It is your turn", "identified").await?;
    page.press("Enter").await?;
    page.arrive("Choose a clinic", "regions").await?;
    page.press_row("제주특별자치도").await?;
    page.arrive("Choose a district of 제주특별자치도", "districts").await?;
    page.press_row("서귀포시").await?;
    page.arrive("clinics in 서귀포시", "clinics").await?;
    page.press_row("Available").await?;
    page.arrive("Choose a day", "days").await?;
    page.press_row("Available").await?;
    page.arrive("Choose a time", "times").await?;
    page.choose_first_time().await?;
    page.press("Hold this time").await?;
    page.arrive("Check and finish your booking", "hold").await?;
    page.press("Agree and book").await?;
    page.arrive("You are booked", "booked").await?;
    page.stays(&[".hero", "dl.facts"]).await
}

async fn too_young_to_book(page: &Page<'_>) -> Result<()> {
    page.visit("/wait").await?;
    page.arrive("아직 대기표가 없습니다", "no-ticket").await?;
    page.press("대기표 받기").await?;
    page.see_in_time("차례가 되었습니다").await?;
    page.press("본인확인 하기").await?;
    page.see("번호 종류").await?;
    identity::prove(page, people::TOO_YOUNG, &identity::KOREAN).await?;
    page.see("이번 예약 대상이 아닙니다").await?;
    page.look("told-at-once").await?;
    page.visit("/wait").await?;
    page.see("차례가 되었습니다").await?;
    page.press("입장하기").await?;
    page.arrive("이번 예약 대상이 아닙니다", "not-eligible").await?;
    page.see("1966년 12월 31일까지 태어난 분").await
}
