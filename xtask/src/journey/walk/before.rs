//! Before the opening: a ticket that cannot be lost, and who one is.
use super::Walker;
use crate::journey::identity;
use anyhow::{Context, Result, ensure};

const LINE: &str = "차례를 기다리고 있습니다";

/// The number of the ticket.
pub(super) async fn walk(walker: &Walker<'_>) -> Result<u64> {
    let page = &walker.page;
    page.visit("/").await?;
    page.arrive("55–59세 접종 사업", "home").await?;
    page.stays(&[".lead", ".hero .mid"]).await?;

    page.visit("/book").await?;
    page.arrive("차례가 되면 들어올 수 있습니다", "too-early-without-ticket").await?;
    page.see("주소를 바로 열어도 먼저 들어올 수 없습니다").await?;
    page.stays(&[".lead"]).await?;

    page.visit("/").await?;
    page.press("대기표 받기").await?;
    page.arrive(LINE, "ticket").await?;
    page.see("대기 번호").await?;
    page.look("number").await?;
    let number = page.number("#number").await?;
    let ahead = page.number("#ahead").await?;
    ensure!(number == ahead + 1, "number {number} with {ahead} ahead, before anybody was called");
    keeps_the_place(walker, number).await?;
    if !page.browser.screen.scripts.are_on() {
        page.press("저절로 새로 고치지 않기").await?;
        page.see("이 화면은 저절로 새로 고쳐지지 않습니다").await?;
        page.look("still").await?;
        page.press("다시 저절로 새로 고치기").await?;
        page.see("저절로 새로 고쳐집니다").await?;
    }

    page.visit("/book").await?;
    page.arrive("차례가 되면 들어올 수 있습니다", "too-early").await?;
    page.see("순서는 그대로입니다").await?;
    page.press("내 대기표 보기").await?;
    page.arrive(LINE, "line-again").await?;
    page.press("본인확인 하기").await?;
    identity::with_mistakes(page, walker.person).await?;
    page.arrive(LINE, "line-identified").await?;
    page.see("본인확인을 마쳤습니다").await?;
    page.stays(&["#number", "#ahead"]).await?;
    same_number(walker, number).await?;
    Ok(number)
}

/// Reload, a second tab, a closed tab, the back button: the place is the same.
async fn keeps_the_place(walker: &Walker<'_>, number: u64) -> Result<()> {
    let (page, client) = (&walker.page, &walker.page.browser.client);
    page.stays(&["#number", "#ahead"]).await?;
    let first = client.window().await?;
    let second = client.new_window(true).await.context("a second tab")?.handle;
    client.switch_to_window(second.clone()).await?;
    page.visit("/wait").await?;
    same_number(walker, number).await?;
    client.switch_to_window(first).await?;
    client.close_window().await.context("closing the first tab")?;
    client.switch_to_window(second).await?;
    page.visit("/wait").await?;
    same_number(walker, number).await?;

    page.visit("/").await?;
    page.press("대기표 받기").await?;
    page.see(LINE).await?;
    same_number(walker, number).await?;
    client.back().await.context("the back button")?;
    page.see("대기표 받기").await?;
    client.forward().await?;
    page.see(LINE).await?;
    same_number(walker, number).await
}

pub(super) async fn same_number(walker: &Walker<'_>, number: u64) -> Result<()> {
    let shown = walker.page.number("#number").await?;
    ensure!(shown == number, "the number was {number} and is {shown}");
    Ok(())
}
