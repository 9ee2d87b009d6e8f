//! The way itself, on one site: four people on four screens, from the first page to a booking and its end.
//!
//! They do the same side by side: everything before the opening; then the service is killed and started again; then
//! everything after it.
mod after;
mod before;
mod choose;

use super::browser::{Browser, Driver, Screen, Scripts};
use super::page::Page;
use super::people::{CHOI, KIM, LEE, PARK, Person, RIVALS};
use super::service::Service;
use super::{screens_dir, sound};
use anyhow::{Context, Result};
use std::path::Path;
use tokio::try_join;

/// Time to see the waiting page once more before it changes.
const OPENS_IN_SECONDS: u64 = 8;

pub(super) const PHONE: Screen = screen("phone", 360, 800, Scripts::On);
pub(super) const DESK: Screen = screen("desk", 1280, 900, Scripts::On);
pub(super) const PLAIN_PHONE: Screen = screen("phone-plain", 360, 800, Scripts::Off);
const PLAIN_DESK: Screen = screen("desk-plain", 1280, 900, Scripts::Off);

const fn screen(name: &'static str, width: u32, height: u32, scripts: Scripts) -> Screen {
    Screen { name, width, height, scripts }
}

/// Somebody at a screen, and where they would go.
struct Walker<'a> {
    page: Page<'a>,
    port: u16,
    person: Person,
    rival: Person,
    /// Name and code of a 시·군·구 in 서울특별시, another one for each.
    sigungu: (&'static str, &'static str),
}

pub(super) async fn walk(driver: &Driver, dir: &Path) -> Result<()> {
    let mut service = Service::start(dir)?;
    sound::check_weight(service.port())?;
    let (phone, desk) = (Browser::open(driver, PHONE).await?, Browser::open(driver, DESK).await?);
    let plain_phone = Browser::open(driver, PLAIN_PHONE).await?;
    let plain_desk = Browser::open(driver, PLAIN_DESK).await?;
    let [rival_a, rival_b, rival_c, rival_d] = RIVALS;
    let walker = |browser, person, rival, sigungu| walker(&service, browser, person, rival, sigungu);
    let first = walker(&phone, KIM, rival_a, ("강남구", "1168000000"))?;
    let second = walker(&desk, LEE, rival_b, ("강동구", "1174000000"))?;
    let third = walker(&plain_phone, PARK, rival_c, ("관악구", "1162000000"))?;
    let fourth = walker(&plain_desk, CHOI, rival_d, ("노원구", "1135000000"))?;

    let numbers = try_join!(
        first.tell(before::walk(&first)),
        second.tell(before::walk(&second)),
        third.tell(before::walk(&third)),
        fourth.tell(before::walk(&fourth)),
    )?;
    service.crash_and_open_in(OPENS_IN_SECONDS)?;
    try_join!(
        first.tell(after::walk(&first, numbers.0)),
        second.tell(after::walk(&second, numbers.1)),
        third.tell(after::walk(&third, numbers.2)),
        fourth.tell(after::walk(&fourth, numbers.3)),
    )?;
    for browser in [phone, desk, plain_phone, plain_desk] {
        browser.close().await?;
    }
    Ok(())
}

fn walker<'a>(
    service: &Service,
    browser: &'a Browser,
    person: Person,
    rival: Person,
    sigungu: (&'static str, &'static str),
) -> Result<Walker<'a>> {
    let page = Page::new(browser, &service.base(), &screens_dir(browser.screen.name)?);
    Ok(Walker { page, port: service.port(), person, rival, sigungu })
}

impl Walker<'_> {
    /// Goes one stretch of the way; a failure is told with its screen and a picture.
    async fn tell<T>(&self, stretch: impl Future<Output = Result<T>>) -> Result<T> {
        let screen = self.page.browser.screen.name;
        let walked = stretch.await;
        self.page.finish(walked).await.with_context(|| format!("on the screen `{screen}`"))
    }
}
