//! More people are called than the entrance lets in at once: who presses is held back for a moment, and comes in without
//! pressing again.
use super::browser::Browser;
use super::page::Page;
use super::people::{HELD_BACK, RIVALS};
use super::rival::Called;
use super::screen::Engine;
use super::screens_dir;
use super::service::Service;
use super::turn;
use anyhow::Result;
use std::path::PathBuf;
use tokio::try_join;

const ONE_A_SECOND: [&str; 2] = ["--admissions-per-second", "1"];
const HELD_BACK_FOR_A_MOMENT: &str = "곧 들어갑니다";

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let service = Service::start_opening_in(&dir, "1s", &ONE_A_SECOND)?;
    let (phone, plain) = (Browser::open(engine.phone()).await?, Browser::open(engine.plain_phone()).await?);
    let page = Page::new(&phone, &service.base(), &screens_dir(&format!("{}-entrance", engine.name()))?);
    let plain_page =
        Page::new(&plain, &service.base(), &screens_dir(&format!("{}-entrance-plain", engine.name()))?);
    let [first, second] = HELD_BACK;
    let mut rivals = Vec::new();
    for person in RIVALS {
        rivals.push(Called::wait(service.port(), person).await?);
    }
    try_join!(turn::come(&page, first), turn::come(&plain_page, second))?;
    let [one, two, three, four] = <[Called; 4]>::try_from(rivals).ok().expect("as many as there are rivals");
    try_join!(
        one.enter(),
        two.enter(),
        three.enter(),
        four.enter(),
        async { page.finish(come_in(&page).await).await },
        async { plain_page.finish(come_in_without_scripts(&plain_page).await).await },
    )?;
    phone.close().await?;
    plain.close().await
}

/// Whoever is lucky is let in at once; the others see why not, and then come in by themselves.
async fn come_in(page: &Page<'_>) -> Result<()> {
    page.press("입장하기").await?;
    if page.text("h1").await?.contains(HELD_BACK_FOR_A_MOMENT) {
        page.look("held-back").await?;
    }
    page.see_in_time("시·도를 고르십시오").await?;
    page.look("inside").await
}

/// Without scripts the page goes back to the line, where the button is.
async fn come_in_without_scripts(page: &Page<'_>) -> Result<()> {
    page.press("입장하기").await?;
    while page.text("h1").await?.contains(HELD_BACK_FOR_A_MOMENT) {
        page.look("held-back").await?;
        page.see_in_time("서두르지 않으셔도").await?;
        page.press("입장하기").await?;
    }
    page.see_in_time("시·도를 고르십시오").await
}
