//! The country's data wants to be script, markup, an address or a template: a real browser shows it as text on every
//! page from the first look to the printed booking, runs none of it, and nothing breaks out of a narrow screen. A name of
//! somebody that is no name is refused, and shown as text where it was typed.
use super::browser::Browser;
use super::page::Page;
use super::people::{CAREFUL, Person};
use super::screen::{Colours, Engine, Scripts, Width};
use super::service::Service;
use super::turn::{self, CONFIRM};
use super::{country, identity, screens_dir};
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use tokio::try_join;

/// Each would set `window.attacked` if it were anything but text, has no place to break, or turns the line around.
const HOSTILE: [&str; 8] = [
    "\"><img src=x onerror=\"window.attacked=1\">의원",
    "</script><script>window.attacked=1</script>의원",
    "' autofocus onfocus='window.attacked=1' tabindex='1 의원",
    "</title></textarea><svg/onload=window.attacked=1>의원",
    "javascript:window.attacked=1 {{7*7}} ${7*7} {% 7 %}\u{202e}원의",
    "가나다라마바사아자차카타파하가나다라마바사아자차카타파하AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA😀",
    "가-나-다-라-마-바-사-아-자-차-카-타-파-하-가-나-다-라-마-바-사-아-자-차-카-타-파-하-가-나-다-라-마-바-사-아-자-차",
    "\u{feff}\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}의원 👩‍⚕️🏥\u{200b}\u{200f}\u{2067}%00&#0;&lt;",
];
/// As long as a name may be, without a place to break.
const LONG_NAME: &str = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";
/// Of a length that a name may have.
const NO_NAME: &str = "\"><img src=x onerror=\"attacked=1\">";
const UNTOUCHED: &str = "return window.attacked === undefined
  && document.querySelector('img[src=\"x\"], svg[onload], [onfocus], [onerror]') === null
  && Array.from(document.querySelectorAll('a[href]')).every((link) => !link.getAttribute('href').startsWith('javascript'));";

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    write_country(&dir)?;
    let service = Service::start_opening_in(&dir, "3s", &[])?;
    let plain = engine.screen(Scripts::Off, Width::Desk, Colours::Dark);
    let (phone, desk) = (Browser::open(engine.phone()).await?, Browser::open(plain).await?);
    let page = |browser, name: &str| -> Result<Page<'_>> {
        Ok(Page::new(browser, &service.base(), &screens_dir(&format!("{}-{name}", engine.name()))?))
    };
    let (small, large) = (page(&phone, "hostile")?, page(&desk, "hostile-plain")?);
    let long = Person { name: LONG_NAME, ..CAREFUL[0] };
    let port = service.port();
    try_join!(
        async { small.finish(book(&small, port, long, ("강남구", "1168000000")).await).await },
        async { large.finish(book(&large, port, CAREFUL[1], ("강동구", "1174000000")).await).await }
    )?;
    phone.close().await?;
    desk.close().await
}

fn write_country(dir: &std::path::Path) -> Result<()> {
    country::write_campaign(dir, |campaign| {
        for (key, text) in [("name", HOSTILE[1]), ("vaccine", HOSTILE[0])] {
            let words = campaign.get_mut(key).and_then(|words| words.as_table_mut());
            let words = words.with_context(|| format!("no {key}"))?;
            words.iter_mut().for_each(|(_, word)| *word = text.into());
        }
        Ok(())
    })?;
    let mut rows = 0;
    country::write_clinics(dir, |clinic| {
        clinic.set("name", format!("{rows} {}", HOSTILE[rows % HOSTILE.len()]));
        clinic.set("address", format!("서울 {}", HOSTILE[(rows + 1) % HOSTILE.len()]));
        rows += 1;
    })
}

async fn book(page: &Page<'_>, port: u16, person: Person, (sigungu, code): (&str, &str)) -> Result<()> {
    page.visit("/").await?;
    page.see("대기표 받기").await?;
    is_inert(page, "home").await?;
    for (path, words, picture) in [
        (format!("/regions/{code}"), "의료기관", "clinics"),
        (format!("/find?region={code}&free=1"), "찾은 의료기관", "found"),
        ("/find?q=%3Cscript%3E".to_owned(), "찾은 의료기관", "looked-for"),
    ] {
        page.visit(&path).await?;
        page.see(words).await?;
        is_inert(page, picture).await?;
    }
    turn::be_called(page).await?;
    is_inert(page, "your-turn").await?;
    page.press("본인확인 하기").await?;
    page.see("번호 종류").await?;
    is_refused_as_a_name(page, person, "인증번호 받기").await?;
    identity::prove(page, person, &identity::KOREAN).await?;
    page.see("입장하기").await?;
    page.press("입장하기").await?;
    turn::go_to_times(page, "서울특별시", sigungu).await?;
    is_inert(page, "times").await?;
    page.choose_first_time().await?;
    page.press("이 시간 잡아 두기").await?;
    page.see(CONFIRM).await?;
    page.see(person.name).await?;
    is_inert(page, "hold").await?;
    page.press("동의하고 예약하기").await?;
    page.see("예약되었습니다").await?;
    is_inert(page, "booked").await?;
    look_back(page, port, person).await?;
    would_be_noticed(page).await
}

/// What one takes along, and the pages of one's own.
async fn look_back(page: &Page<'_>, port: u16, person: Person) -> Result<()> {
    let calendar = turn::calendar_file(page, port).await?;
    let visits = calendar.matches("\r\nBEGIN:VEVENT\r\n").count();
    ensure!(visits == 2, "{visits} visits in the calendar “{calendar}”");
    if page.browser.show_on_paper(true).await? {
        is_inert(page, "booked-on-paper").await?;
        page.browser.show_on_paper(false).await?;
    }
    for (path, words, picture) in [
        ("/my", "내 예약", "my"),
        ("/outbox", "예약되었습니다", "outbox"),
        ("/people", "누구의 예약", "people"),
    ] {
        page.visit(path).await?;
        page.see(words).await?;
        is_inert(page, picture).await?;
    }
    page.visit("/people/add").await?;
    is_refused_as_a_name(page, person, "추가하기").await
}

/// Sends the form that is shown with a name that is markup; it comes back with it, as text.
async fn is_refused_as_a_name(page: &Page<'_>, person: Person, button: &str) -> Result<()> {
    identity::fill(page, Person { name: NO_NAME, ..person }).await?;
    page.press(button).await?;
    page.see("입력하신 내용을 확인해 주십시오").await?;
    page.shows_error_at("name").await?;
    let kept = page.typed("name").await?;
    ensure!(kept == NO_NAME, "`name` held “{NO_NAME}” and now “{kept}”");
    is_inert(page, "no-name").await
}

/// A look that finds nothing proves nothing until it finds something.
async fn would_be_noticed(page: &Page<'_>) -> Result<()> {
    page.browser.execute(&format!("document.body.insertAdjacentHTML('beforeend', {NO_NAME:?})")).await?;
    let untouched = page.browser.execute(UNTOUCHED).await?;
    ensure!(untouched == false, "markup in the page is not noticed");
    page.browser.complaints().await.map(drop)
}

/// As every page must be, and nothing of the data acted.
async fn is_inert(page: &Page<'_>, picture: &str) -> Result<()> {
    let untouched = page.browser.execute(UNTOUCHED).await?;
    ensure!(untouched == true, "something of the country's data acts on `{picture}`");
    page.look(picture).await
}
