//! A child, too young to book for herself, books for mother and father together; then the mother turns her away.
use super::browser::Browser;
use super::page::Page;
use super::people::{CHILD, FATHER, MOTHER, Person};
use super::screen::Engine;
use super::service::Service;
use super::turn::{self, CONFIRM};
use super::{identity, screens_dir};
use anyhow::{Result, ensure};
use std::path::PathBuf;

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let service = Service::start_opening_in(&dir, "3s", &[])?;
    let (phone, plain) = (Browser::open(engine.phone()).await?, Browser::open(engine.plain_phone()).await?);
    let child = Page::new(&phone, &service.base(), &screens_dir(&format!("{}-child", engine.name()))?);
    let mother = Page::new(&plain, &service.base(), &screens_dir(&format!("{}-mother", engine.name()))?);
    let appointment = child.finish(book_for_both(&child).await).await?;
    mother.finish(turn_away(&mother, &appointment).await).await?;
    child.finish(be_refused(&child).await).await?;
    mother.finish(is_still_booked(&mother, &appointment).await).await?;
    phone.close().await?;
    plain.close().await
}

/// The number of the mother's appointment.
async fn book_for_both(page: &Page<'_>) -> Result<String> {
    turn::be_called(page).await?;
    page.press("본인확인 하기").await?;
    page.see("번호 종류").await?;
    identity::prove(page, CHILD, &identity::KOREAN).await?;
    page.see("이번 예약 대상이 아닙니다").await?;
    page.look("not-eligible").await?;
    page.visit("/people").await?;
    page.arrive("누구의 예약입니까?", "people-alone").await?;
    add(page, MOTHER, true).await?;
    add(page, FATHER, false).await?;
    page.choose_labelled(MOTHER.name).await?;
    page.choose_labelled(FATHER.name).await?;
    page.look("people").await?;
    page.press("이 분들로 예약하기").await?;
    page.see("입장하기").await?;
    page.look("your-turn").await?;
    page.press("입장하기").await?;
    turn::go_to_times(page, "서울특별시", "강남구").await?;
    page.see("2명이 같은 시간이나 바로 이어진 시간에").await?;
    page.look("times-for-two").await?;
    page.choose_first_time().await?;
    page.press("이 시간 잡아 두기").await?;
    page.arrive(CONFIRM, "hold").await?;
    page.see("2명이 함께 예약합니다").await?;
    page.see("2차 접종").await?;
    page.stays(&["#person1", "#person2", "#kept b"]).await?;
    page.press("동의하고 예약하기").await?;
    page.arrive("예약되었습니다", "booked").await?;
    for words in [MOTHER.name, FATHER.name, "2차 접종"] {
        page.see(words).await?;
    }
    let appointment = page.text("article:has(#person1) dd.num").await?;
    page.press("내 예약 보기").await?;
    page.arrive("내 예약", "my-of-the-child").await?;
    for person in [MOTHER, FATHER] {
        page.see(&format!("{}님의 예약", person.name)).await?;
    }
    page.see(&appointment).await?;
    let doses = page.browser.client.find_all(fantoccini::Locator::Css("main article dl.facts")).await?.len();
    ensure!(doses == 4, "{doses} appointments are shown of two people with two doses each");
    Ok(appointment)
}

/// Once without saying what the person is to one, and without consent.
async fn add(page: &Page<'_>, person: Person, forgets: bool) -> Result<()> {
    page.press("예약할 사람 추가").await?;
    page.arrive("예약할 사람 추가", "people-add").await?;
    page.fill("name", person.name).await?;
    page.fill("number", person.number).await?;
    page.fill("phone", person.phone).await?;
    if forgets {
        page.press("추가하기").await?;
        page.see("입력하신 내용을 확인해 주십시오").await?;
        page.look("people-add-mistakes").await?;
        page.shows_error_at("consent").await?;
        ensure!(page.typed("name").await? == person.name, "the name was forgotten");
    }
    page.choose("relation", "parent").await?;
    page.choose("consent", "1").await?;
    page.press("추가하기").await?;
    page.see("대신 예약하는 분").await?;
    page.see(person.name).await
}

async fn turn_away(page: &Page<'_>, appointment: &str) -> Result<()> {
    page.visit("/my").await?;
    page.see("번호 종류").await?;
    identity::prove(page, MOTHER, &identity::KOREAN).await?;
    page.arrive("내 예약", "my-with-helper").await?;
    page.see(appointment).await?;
    page.see("나를 대신해 예약할 수 있는 사람").await?;
    page.press("거절").await?;
    page.arrive("대리 예약을 거절하시겠습니까?", "revoke").await?;
    page.press("거절하지 않고 돌아가기").await?;
    page.see("내 예약").await?;
    page.press("거절").await?;
    page.see("대리 예약을 거절하시겠습니까?").await?;
    page.press("거절하기").await?;
    page.see("거절함").await?;
    page.arrive("내 예약", "my-revoked").await
}

/// She no longer sees her mother, and naming her again is refused.
async fn be_refused(page: &Page<'_>) -> Result<()> {
    page.visit("/my").await?;
    page.see(FATHER.name).await?;
    let shown = page.text("main").await?;
    ensure!(!shown.contains(MOTHER.name), "the mother is still shown: “{shown}”");
    page.visit("/people/add").await?;
    page.fill("name", MOTHER.name).await?;
    page.fill("number", MOTHER.number).await?;
    page.choose("relation", "parent").await?;
    page.choose("consent", "1").await?;
    page.press("추가하기").await?;
    page.see("대리 예약을 거절하셨습니다").await?;
    page.look("refused-by-the-mother").await
}

async fn is_still_booked(page: &Page<'_>, appointment: &str) -> Result<()> {
    page.visit("/my").await?;
    page.see(appointment).await?;
    page.see("예약됨").await
}
