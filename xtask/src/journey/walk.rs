//! The way itself, on one site: people on as many screens, from the first page to a booking and its end.
//!
//! They do the same side by side: everything before the opening; then the service is killed and started again; then
//! everything after it.
mod after;
mod before;
mod choose;

use super::browser::Browser;
use super::page::Page;
use super::people::{CHOI, KIM, LEE, PARK, Person, RIVALS};
use super::screen::Screen;
use super::service::Service;
use super::{Way, screens_dir, side_by_side, sound};
use anyhow::{Result, ensure};
use std::path::PathBuf;

/// Time to see the waiting page once more before it changes.
const OPENS_IN_SECONDS: u64 = 8;

const PEOPLE: [Person; 4] = [KIM, LEE, PARK, CHOI];
/// Name and code of a 시·군·구 in 서울특별시, another one for each.
const PLACES: [(&str, &str); 4] =
    [("강남구", "1168000000"), ("강동구", "1174000000"), ("관악구", "1162000000"), ("노원구", "1135000000")];

/// Somebody at a screen, and where they would go.
struct Walker<'a> {
    page: Page<'a>,
    port: u16,
    person: Person,
    rival: Person,
    sigungu: (&'static str, &'static str),
}

pub(super) async fn walk(screens: Vec<Screen>, dir: PathBuf) -> Result<()> {
    ensure!(screens.len() <= PEOPLE.len(), "more screens than people");
    let mut service = Service::start(&dir)?;
    sound::check_weight(service.port())?;
    let browsers =
        side_by_side(screens.into_iter().map(|screen| Box::pin(Browser::open(screen)) as _).collect());
    let browsers = browsers.await?;
    let walkers: Result<Vec<Walker>> =
        browsers.iter().enumerate().map(|(at, browser)| walker(&service, browser, at)).collect();
    let walkers = walkers?;

    let numbers = side_by_side(walkers.iter().map(begin).collect()).await?;
    service.crash_and_open_in(OPENS_IN_SECONDS)?;
    side_by_side(walkers.iter().zip(numbers).map(go_on).collect()).await?;
    drop(walkers);
    for browser in browsers {
        browser.close().await?;
    }
    Ok(())
}

fn walker<'a>(service: &Service, browser: &'a Browser, at: usize) -> Result<Walker<'a>> {
    let page = Page::new(browser, &service.base(), &screens_dir(&browser.screen.to_string())?);
    Ok(Walker { page, port: service.port(), person: PEOPLE[at], rival: RIVALS[at], sigungu: PLACES[at] })
}

fn begin<'a>(walker: &'a Walker<'a>) -> Way<'a, u64> {
    Box::pin(async move { walker.page.finish(before::walk(walker).await).await })
}

fn go_on<'a>((walker, number): (&'a Walker<'a>, u64)) -> Way<'a> {
    Box::pin(async move { walker.page.finish(after::walk(walker, number).await).await })
}
