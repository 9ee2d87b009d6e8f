//! A foreigner, who looks for a clinic by its name; and somebody without a phone of their own, who is told where to go.
use super::browser::Browser;
use super::page::Page;
use super::people::{FOREIGNER, WITHOUT_PHONE};
use super::screen::Engine;
use super::service::Service;
use super::turn::{self, CONFIRM};
use super::{identity, screens_dir};
use anyhow::{Result, ensure};
use std::path::PathBuf;
use tokio::try_join;

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let service = Service::start_opening_in(&dir, "3s", &[])?;
    let (phone, plain) = (Browser::open(engine.phone()).await?, Browser::open(engine.plain_phone()).await?);
    let foreigner =
        Page::new(&phone, &service.base(), &screens_dir(&format!("{}-foreigner", engine.name()))?);
    let phoneless =
        Page::new(&plain, &service.base(), &screens_dir(&format!("{}-without-phone", engine.name()))?);
    try_join!(async { foreigner.finish(book_by_name(&foreigner).await).await }, async {
        phoneless.finish(be_told_where_to_go(&phoneless).await).await
    })?;
    phone.close().await?;
    plain.close().await
}

async fn book_by_name(page: &Page<'_>) -> Result<()> {
    page.visit("/regions/1168000000").await?;
    page.see("강남구 의료기관").await?;
    let name = page.text(".rows .name").await?;
    find(page, "/find", &name).await?;
    page.look("found-before-the-turn").await?;
    turn::come(page, FOREIGNER).await?;
    page.press("입장하기").await?;
    page.see(turn::INSIDE).await?;
    find(page, "/book/find", &name).await?;
    page.look("found").await?;
    page.press(&name).await?;
    page.see("날짜를 고르십시오").await?;
    page.see(&name).await?;
    page.press_row("예약 가능").await?;
    page.see("시간을 고르십시오").await?;
    page.choose_first_time().await?;
    page.press("이 시간 잡아 두기").await?;
    page.see(CONFIRM).await?;
    page.see(FOREIGNER.name).await?;
    page.press("동의하고 예약하기").await?;
    page.arrive("예약되었습니다", "booked").await?;
    page.see(FOREIGNER.name).await?;
    page.see(&name).await
}

async fn find(page: &Page<'_>, path: &str, name: &str) -> Result<()> {
    page.visit(path).await?;
    page.see("의료기관 이름").await?;
    page.fill("q", name).await?;
    page.fill("region", "서울특별시").await?;
    page.press("찾기").await?;
    page.see("찾은 의료기관").await?;
    let first = page.text(".rows.found h3").await?;
    ensure!(first.contains(name), "“{name}” was looked for and “{first}” found");
    Ok(())
}

async fn be_told_where_to_go(page: &Page<'_>) -> Result<()> {
    page.visit("/identity").await?;
    page.see("번호 종류").await?;
    identity::fill(page, WITHOUT_PHONE).await?;
    page.press("인증번호 받기").await?;
    page.arrive("본인 이름으로 된 휴대전화가 아니어서", "phone-not-own").await?;
    page.press("휴대전화가 본인 이름이 아닐 때").await?;
    // The page before has the same words on its link.
    page.see("이렇게 예약하실 수 있습니다").await?;
    ensure!(page.path().await? == "/help", "the link leads elsewhere");
    page.look("help").await
}
