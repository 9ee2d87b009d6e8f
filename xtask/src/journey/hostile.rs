//! The country's data wants to be script, markup, an address or a template: a real browser shows it as text on every
//! page from the first look to the printed booking, runs none of it, and nothing breaks out of a narrow screen.
use super::browser::Browser;
use super::page::Page;
use super::people::{CAREFUL, Person};
use super::screen::Engine;
use super::service::Service;
use super::turn::{self, CONFIRM};
use super::{country, identity, screens_dir};
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use tokio::try_join;

/// Each would set `window.attacked` if it were anything but text; the last has no place to break.
const HOSTILE: [&str; 6] = [
    "\"><img src=x onerror=\"window.attacked=1\">의원",
    "</script><script>window.attacked=1</script>의원",
    "' autofocus onfocus='window.attacked=1' tabindex='1 의원",
    "</title></textarea><svg/onload=window.attacked=1>의원",
    "javascript:window.attacked=1 {{7*7}} ${7*7} {% 7 %}\u{202e}원의",
    "가나다라마바사아자차카타파하가나다라마바사아자차카타파하AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA😀",
];
const UNTOUCHED: &str = "return window.attacked === undefined
  && document.querySelector('img[src=\"x\"], svg[onload], [onfocus], [onerror]') === null
  && Array.from(document.querySelectorAll('a[href]')).every((link) => !link.getAttribute('href').startsWith('javascript'));";

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    write_country(&dir)?;
    let service = Service::start_opening_in(&dir, "3s", &[])?;
    let (phone, desk) = (Browser::open(engine.phone()).await?, Browser::open(engine.desk()).await?);
    let page = |browser, name: &str| -> Result<Page<'_>> {
        Ok(Page::new(browser, &service.base(), &screens_dir(&format!("{}-{name}", engine.name()))?))
    };
    let (small, large) = (page(&phone, "hostile")?, page(&desk, "hostile-desk")?);
    try_join!(async { small.finish(book(&small, CAREFUL[0]).await).await }, async {
        large.finish(book(&large, CAREFUL[1]).await).await
    })?;
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
    country::write_clinics(dir, |name, address| {
        *name = format!("{rows} {}", HOSTILE[rows % HOSTILE.len()]);
        *address = format!("서울 {}", HOSTILE[(rows + 1) % HOSTILE.len()]);
        rows += 1;
    })
}

async fn book(page: &Page<'_>, person: Person) -> Result<()> {
    page.visit("/").await?;
    page.see("대기표 받기").await?;
    is_inert(page, "home").await?;
    for (path, words, picture) in [
        ("/regions/1168000000", "강남구 의료기관", "clinics"),
        ("/find?region=1168000000", "찾은 의료기관", "found"),
        ("/find?q=%3Cscript%3E", "찾은 의료기관", "looked-for"),
    ] {
        page.visit(path).await?;
        page.see(words).await?;
        is_inert(page, picture).await?;
    }
    page.visit("/wait").await?;
    page.press("대기표 받기").await?;
    page.see_in_time("차례가 되었습니다").await?;
    is_inert(page, "your-turn").await?;
    page.press("본인확인 하기").await?;
    page.see("번호 종류").await?;
    identity::prove(page, person, &identity::KOREAN).await?;
    page.see("입장하기").await?;
    page.press("입장하기").await?;
    turn::go_to_times(page, "서울특별시", "강남구").await?;
    is_inert(page, "times").await?;
    page.choose_first_time().await?;
    page.press("이 시간 잡아 두기").await?;
    page.see(CONFIRM).await?;
    is_inert(page, "hold").await?;
    page.press("동의하고 예약하기").await?;
    page.see("예약되었습니다").await?;
    is_inert(page, "booked").await?;
    for (path, words, picture) in [("/my", "내 예약", "my"), ("/outbox", "예약", "outbox")] {
        page.visit(path).await?;
        page.see(words).await?;
        is_inert(page, picture).await?;
    }
    Ok(())
}

/// As every page must be, and nothing of the data acted.
async fn is_inert(page: &Page<'_>, picture: &str) -> Result<()> {
    let untouched = page.browser.execute(UNTOUCHED).await?;
    ensure!(untouched == true, "something of the country's data acts on `{picture}`");
    page.look(picture).await
}
