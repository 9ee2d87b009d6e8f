//! Somebody changes the time and place, keeps the number, loses it, and finds it again.
use super::browser::Browser;
use super::page::Page;
use super::people::CHANGING;
use super::screen::Engine;
use super::service::Service;
use super::turn::{self, CONFIRM};
use super::{identity, screens_dir};
use anyhow::{Result, ensure};
use std::path::PathBuf;

const BANNER: &str = "예약을 바꾸는 중입니다";

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let service = Service::start_opening_in(&dir, "3s", &[])?;
    let phone = Browser::open(engine.phone()).await?;
    let page = Page::new(&phone, &service.base(), &screens_dir(&format!("{}-changing", engine.name()))?);
    page.finish(walk_page(&page, service.port()).await).await?;
    phone.close().await
}

async fn walk_page(page: &Page<'_>, port: u16) -> Result<()> {
    turn::come(page, CHANGING).await?;
    page.press("입장하기").await?;
    turn::go_to_times(page, "서울특별시", "강남구").await?;
    page.choose_first_time().await?;
    page.press("이 시간 잡아 두기").await?;
    page.see(CONFIRM).await?;
    page.press("동의하고 예약하기").await?;
    page.see("예약되었습니다").await?;
    let (number, when) = (page.text(".hero .num").await?, page.text(".hero .mid").await?);
    change(page, &number).await?;
    find_again(page, &number, &when).await?;
    let calendar = turn::calendar_file(page, port).await?;
    ensure!(calendar.contains(&number), "the calendar file is “{calendar}”");
    Ok(())
}

async fn change(page: &Page<'_>, number: &str) -> Result<()> {
    page.visit("/my").await?;
    page.press("시간·장소 바꾸기").await?;
    page.see(BANNER).await?;
    page.look("banner").await?;
    page.visit("/my").await?;
    page.see(number).await?;
    page.see(BANNER).await?;
    page.look("my-while-changing").await?;
    page.press("이어서 바꾸기").await?;
    turn::go_to_times(page, "부산광역시", "해운대구").await?;
    page.see(BANNER).await?;
    page.look("times").await?;
    page.choose_first_time().await?;
    page.press("이 시간 잡아 두기").await?;
    page.arrive("이 시간으로 바꾸시겠습니까?", "hold").await?;
    page.see(&format!("{number} 그대로입니다")).await?;
    let shown = page.text("main").await?;
    ensure!(!shown.contains("아직 고르지 않음"), "while changing, it asks for whom: “{shown}”");
    let (old, new) = (shown.find("지금"), shown.find("새 예약"));
    ensure!(old.is_some() && old < new, "the old time does not stand before the new: “{shown}”");
    page.press("이 시간으로 바꾸기").await?;
    page.arrive("예약을 바꾸었습니다", "changed").await?;
    let shown = page.text(".hero .num").await?;
    ensure!(shown == number, "the number was {number} and is {shown}");
    Ok(())
}

/// Whoever forgot the number proves who they are.
async fn find_again(page: &Page<'_>, number: &str, when_before: &str) -> Result<()> {
    page.visit("/my").await?;
    page.press("본인확인 끝내기").await?;
    page.see("대기표 받기").await?;
    page.visit("/my").await?;
    page.see("번호 종류").await?;
    identity::prove(page, CHANGING, &identity::KOREAN).await?;
    page.arrive("내 예약", "found-again").await?;
    page.see(number).await?;
    page.see("해운대구").await?;
    let shown = page.text("main").await?;
    ensure!(!shown.contains("강남구"), "the old place ({when_before}) is still shown: “{shown}”");
    Ok(())
}
