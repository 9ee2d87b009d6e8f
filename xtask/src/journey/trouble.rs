//! The ledger is broken when the opening comes: the line stands still and says why, and no place is lost.
use super::browser::Browser;
use super::identity;
use super::page::Page;
use super::people::TROUBLED;
use super::screen::Engine;
use super::screens_dir;
use super::service::Service;
use anyhow::{Result, ensure};
use std::path::PathBuf;

const OPENS_IN_SECONDS: u64 = 5;

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let mut service = Service::start(&dir)?;
    let phone = Browser::open(engine.phone()).await?;
    let page = Page::new(&phone, &service.base(), &screens_dir(&format!("{}-trouble", engine.name()))?);
    page.finish(walk_page(&page, &mut service).await).await?;
    phone.close().await
}

async fn walk_page(page: &Page<'_>, service: &mut Service) -> Result<()> {
    page.visit("/").await?;
    page.press("대기표 받기").await?;
    page.see("대기 번호").await?;
    let number = page.number("#number").await?;
    service.damage_and_open_in(OPENS_IN_SECONDS)?;
    page.browser.complaints().await?;

    page.visit("/wait").await?;
    page.see_in_time("예약 시스템에 문제가 생겨 입장을 멈췄습니다").await?;
    page.arrive("차례를 기다리고 있습니다", "waiting").await?;
    page.see("대기 순서는 그대로입니다").await?;
    page.stays(&["#number", "#ahead", "[data-phase-is=trouble]"]).await?;
    ensure!(page.number("#number").await? == number, "the place was lost");

    page.visit("/").await?;
    page.arrive("55–59세 접종 사업", "home").await?;
    page.see("예약 시스템에 문제가 생겨 입장을 멈췄습니다").await?;
    page.visit("/regions").await?;
    page.arrive("시·도를 고르십시오", "regions").await?;
    page.press_row("서울특별시").await?;
    page.see("강남구").await?;

    page.visit("/identity").await?;
    page.see("번호 종류").await?;
    identity::prove(page, TROUBLED, &identity::KOREAN).await?;
    page.see("지금은 처리할 수 없습니다").await?;
    page.browser.complaints().await?;
    page.look("nothing-can-be-done").await?;
    page.press("지금 다시 시도").await?;
    page.see("인증번호 입력").await
}
