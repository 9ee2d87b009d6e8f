//! A clinic has one place, and somebody has it. Two people wait for it; it comes back; the first, who cannot come then,
//! lets it go on, and the second has it.
use super::browser::Browser;
use super::page::Page;
use super::people::{GIVING_BACK, Person, WAITING};
use super::rival::Rival;
use super::screen::Engine;
use super::service::Service;
use super::turn::{self, INSIDE};
use super::{country, screens_dir};
use crate::clock;
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::try_join;

/// In 강남구, the first of the bundled list.
const CLINIC: &str = "C00001";
const NAME: &str = "하나뿐인의원 (가상)";
const AREA: &str = "1168000000";
const OFFERED_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(500);

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    write_a_clinic_of_one_place(&dir)?;
    let service = Service::start_opening_in(&dir, "3s", &[])?;
    let (phone, plain) = (Browser::open(engine.phone()).await?, Browser::open(engine.plain_phone()).await?);
    let page = |browser, name: &str| -> Result<Page<'_>> {
        Ok(Page::new(browser, &service.base(), &screens_dir(&format!("{}-{name}", engine.name()))?))
    };
    let (first, second) = (page(&phone, "wait-list")?, page(&plain, "wait-list-plain")?);
    let had_it = Rival::enter(service.port(), GIVING_BACK).await?;
    let number = had_it.book(&had_it.first_slot(CLINIC)?)?;
    try_join!(async { first.finish(go_inside(&first, WAITING[0]).await).await }, async {
        second.finish(go_inside(&second, WAITING[1]).await).await
    },)?;
    first.finish(wait(&first, "맨 앞입니다").await).await?;
    second.finish(wait_at_last(&second).await).await?;
    had_it.cancel(&number)?;
    first.finish(let_it_go(&first).await).await?;
    second.finish(have_it(&second).await).await?;
    first.finish(leave(&first).await).await?;
    phone.close().await?;
    plain.close().await
}

/// One day of visits, half an hour of one place.
fn write_a_clinic_of_one_place(dir: &Path) -> Result<()> {
    country::write_campaign(dir, |campaign| {
        campaign.insert("first_visit_days".to_owned(), 1.into());
        Ok(())
    })?;
    country::write_clinics(dir, |clinic| {
        if clinic.is(CLINIC) {
            for (column, value) in [
                ("name", NAME),
                ("opens", "09:00"),
                ("closes", "09:30"),
                ("lunch_starts", ""),
                ("lunch_ends", ""),
                ("saturday_closes", ""),
                ("capacity", "1"),
            ] {
                clinic.set(column, value);
            }
        }
    })
}

async fn go_inside(page: &Page<'_>, person: Person) -> Result<()> {
    turn::come(page, person).await?;
    page.press("입장하기").await?;
    page.see(INSIDE).await?;
    page.press_row("서울특별시").await?;
    page.see("서울특별시의 시·군·구를 고르십시오").await?;
    page.press_row("강남구").await?;
    page.see_heading("강남구 의료기관").await?;
    page.press_row(NAME).await?;
    page.see("이 의료기관은 모두 마감되었습니다").await
}

async fn wait(page: &Page<'_>, place: &str) -> Result<()> {
    page.look("full").await?;
    page.press("자리가 나면 알림 받기").await?;
    page.arrive("자리가 나면 알려 드릴까요?", "form").await?;
    page.see(NAME).await?;
    page.press("대기 예약하기").await?;
    page.see("대기 예약").await?;
    page.see(NAME).await?;
    page.see(place).await?;
    page.look("waiting").await
}

/// For the whole district at first, where there is room elsewhere: the page says so.
async fn wait_at_last(page: &Page<'_>) -> Result<()> {
    page.visit(&format!("/book/waitlist?place={AREA}")).await?;
    page.see("강남구").await?;
    page.press("대기 예약하기").await?;
    page.see("지금 예약할 수 있는 자리가 있습니다").await?;
    page.look("free-elsewhere").await?;
    page.visit(&format!("/book/waitlist?place={CLINIC}")).await?;
    wait_here(page).await
}

async fn wait_here(page: &Page<'_>) -> Result<()> {
    page.see(NAME).await?;
    page.press("대기 예약하기").await?;
    page.see("앞에 1명이 기다립니다").await?;
    page.look("waiting-second").await
}

/// Looks at one's bookings until the place is offered.
async fn see_offer(page: &Page<'_>) -> Result<()> {
    let start = clock::now();
    loop {
        page.visit("/my").await?;
        if page.text("main").await?.contains("자리가 났습니다") {
            return page.see(NAME).await;
        }
        ensure!(clock::now() - start < OFFERED_WITHIN, "nothing was offered within {OFFERED_WITHIN:?}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn let_it_go(page: &Page<'_>) -> Result<()> {
    see_offer(page).await?;
    page.look("offered").await?;
    page.press("받지 않고 계속 기다리기").await?;
    page.see("맨 앞입니다").await?;
    page.look("declined").await
}

async fn have_it(page: &Page<'_>) -> Result<()> {
    see_offer(page).await?;
    page.look("offered").await?;
    page.press("이 자리로 예약하기").await?;
    page.arrive("예약되었습니다", "booked").await?;
    page.see(NAME).await?;
    page.visit("/my").await?;
    let shown = page.text("main").await?;
    ensure!(!shown.contains("기다립니다") && !shown.contains("맨 앞"), "they still wait: “{shown}”");
    Ok(())
}

async fn leave(page: &Page<'_>) -> Result<()> {
    page.visit("/my").await?;
    page.press(&format!("{}님의 대기 예약 그만두기", WAITING[0].name)).await?;
    page.press("그만두기").await?;
    page.see("그만두었습니다").await?;
    let shown = page.text("main").await?;
    ensure!(!shown.contains("맨 앞입니다"), "they still wait: “{shown}”");
    page.look("left").await
}
