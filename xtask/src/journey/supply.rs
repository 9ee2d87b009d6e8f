//! The last dose of a 시·도 goes to somebody else between the page and the press: what happened is said, and a place in
//! the next 시·도 is booked with what was entered before.
use super::browser::Browser;
use super::page::Page;
use super::people::{EMPTY_HANDED, SUPPLIED};
use super::rival::{Rival, Slot};
use super::screen::Engine;
use super::service::Service;
use super::turn::{self, CONFIRM};
use super::{country, screens_dir};
use anyhow::{Context, Result};
use std::path::PathBuf;
use tokio::try_join;

/// 서울특별시, which has one dose for all who come.
const SCARCE: &str = "1100000000";
const OTHER_SIGUNGU: &str = "1171000000";

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    country::write_campaign(&dir, |campaign| {
        let supply = campaign.get_mut("supply").and_then(|supply| supply.as_table_mut());
        supply.context("no supply")?.insert(SCARCE.to_owned(), 1.into());
        Ok(())
    })?;
    let service = Service::start_opening_in(&dir, "3s", &[])?;
    let (phone, plain) = (Browser::open(engine.phone()).await?, Browser::open(engine.plain_phone()).await?);
    let page = |browser, name: &str| -> Result<Page<'_>> {
        Ok(Page::new(browser, &service.base(), &screens_dir(&format!("{}-{name}", engine.name()))?))
    };
    let (scripted, plain_page) = (page(&phone, "supply")?, page(&plain, "supply-plain")?);
    try_join!(
        async { scripted.finish(go_to_times(&scripted, EMPTY_HANDED[0], "강남구").await).await },
        async { plain_page.finish(go_to_times(&plain_page, EMPTY_HANDED[1], "관악구").await).await },
    )?;
    take_the_last_dose(service.port()).await?;
    try_join!(async { scripted.finish(be_told_and_go_elsewhere(&scripted).await).await }, async {
        plain_page.finish(be_told_and_go_elsewhere(&plain_page).await).await
    },)?;
    phone.close().await?;
    plain.close().await
}

async fn go_to_times(page: &Page<'_>, person: super::people::Person, sigungu: &str) -> Result<()> {
    turn::come(page, person).await?;
    page.press("입장하기").await?;
    turn::go_to_times(page, "서울특별시", sigungu).await?;
    page.choose_first_time().await
}

async fn take_the_last_dose(port: u16) -> Result<()> {
    let rival = Rival::enter(port, SUPPLIED).await?;
    let slot: Slot = rival.scarce_slot(OTHER_SIGUNGU)?;
    rival.take(&slot).map(drop)
}

async fn be_told_and_go_elsewhere(page: &Page<'_>) -> Result<()> {
    page.press("이 시간 잡아 두기").await?;
    page.see("서울특별시의 백신이 모두 예약되었습니다").await?;
    page.see("다른 시·도의 의료기관을 선택해 주십시오").await?;
    page.see("405").await?;
    page.look("supply-gone").await?;
    page.press("의료기관 선택으로").await?;
    page.see(turn::INSIDE).await?;
    page.see("백신 모두 예약됨").await?;
    page.look("regions-after").await?;
    turn::go_to_times(page, "인천광역시", "남동구").await?;
    page.choose_first_time().await?;
    page.press("이 시간 잡아 두기").await?;
    page.see(CONFIRM).await?;
    page.press("동의하고 예약하기").await?;
    page.arrive("예약되었습니다", "booked-elsewhere").await?;
    page.see("인천광역시").await
}
