//! The order of the lobby is drawn. Two people take part, one of them without scripts; both are told that they do, wait
//! for the draw, find their number, and one computes the draw again in their own browser.
use super::browser::Browser;
use super::page::Page;
use super::people::{DRAWN, Person};
use super::screen::{Engine, Scripts};
use super::service::Service;
use super::turn::INSIDE;
use super::{identity, screens_dir};
use crate::{http, workspace};
use anyhow::{Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::try_join;

/// Room for two identity checks; the draw takes a quarter of a minute more.
const OPENS_IN: &str = "60s";

pub(super) async fn walk(engine: Engine, dir: PathBuf) -> Result<()> {
    let service = Service::start_opening_in(&dir, OPENS_IN, &["--draw"])?;
    let (phone, plain) = (Browser::open(engine.phone()).await?, Browser::open(engine.plain_phone()).await?);
    let page = |browser, name: &str| -> Result<Page<'_>> {
        Ok(Page::new(browser, &service.base(), &screens_dir(&format!("{}-{name}", engine.name()))?))
    };
    let (scripted, unscripted) = (page(&phone, "drawn")?, page(&plain, "drawn-plain")?);
    let (one, other) =
        try_join!(async { scripted.finish(be_drawn(&scripted, DRAWN[0]).await).await }, async {
            unscripted.finish(be_drawn(&unscripted, DRAWN[1]).await).await
        },)?;
    ensure!(
        one.abs_diff(other) == 1 && one + other == 3,
        "the two of them have the numbers {one} and {other}"
    );
    scripted.finish(compute_again(&scripted, one).await).await?;
    verify_files(service.port(), &dir, &scripted.text("#receipt").await?, one)?;
    scripted.finish(enter(&scripted).await).await?;
    unscripted.finish(enter(&unscripted).await).await?;
    phone.close().await?;
    plain.close().await
}

/// Returns the number in line.
async fn be_drawn(page: &Page<'_>, person: Person) -> Result<u64> {
    page.visit("/wait").await?;
    page.press("대기표 받기").await?;
    page.see("아직 추첨에 들어가지 않았습니다").await?;
    page.look("not-in-yet").await?;
    page.press("본인확인 하기").await?;
    page.see("번호 종류").await?;
    identity::prove(page, person, &identity::KOREAN).await?;
    page.see("추첨에 들어갔습니다").await?;
    page.look("in").await?;
    page.press("추첨 방법과 내 접수 번호").await?;
    page.arrive("순서를 정하는 추첨", "receipt").await?;
    let receipt = page.text("#receipt").await?;
    page.visit("/wait").await?;
    // A page with scripts looks twice a minute until there is something to see, and may miss it.
    if page.browser.screen.scripts == Scripts::Off {
        page.see_in_time("추첨으로 순서를 정하고 있습니다").await?;
        page.look("drawing").await?;
    }
    page.see_in_time("차례가 되었습니다").await?;
    page.visit("/draw").await?;
    page.arrive("순서를 정하는 추첨", "drawn").await?;
    let kept = page.text("#receipt").await?;
    ensure!(kept == receipt, "the receipt was {receipt} and is {kept}");
    page.number("#drawn-number").await
}

async fn compute_again(page: &Page<'_>, number: u64) -> Result<()> {
    page.press("계산하기").await?;
    page.see("명단이 맞습니다: 2명").await?;
    page.see("순서가 맞습니다").await?;
    page.see(&format!("대기 번호는 {number}번입니다")).await?;
    page.look("computed").await
}

/// Whoever takes the files and the receipt home finds the same with the program, and not after somebody changed them.
fn verify_files(port: u16, dir: &Path, receipt: &str, number: u64) -> Result<()> {
    let folder = dir.join("taken-home");
    fs::create_dir(&folder)?;
    for name in ["rules.json", "root.json", "list.csv", "value.json", "places.csv"] {
        let file = http::get(port, &format!("/draw/files/{name}"))?;
        ensure!(file.status == 200, "{name} answered {}", file.status);
        fs::write(folder.join(name), file.body)?;
    }
    let verified = || -> Result<(bool, String)> {
        let mut command = Command::new(workspace::release_dir()?.join("charye"));
        let done = command.args(["verify", "draw"]).arg(&folder).args(["--receipt", receipt]).output()?;
        Ok((done.status.success(), String::from_utf8(done.stdout)?))
    };
    let (is_right, said) = verified()?;
    ensure!(is_right && said.contains(&format!("순번 / place       {number}\n")), "it says “{said}”");
    let places = fs::read_to_string(folder.join("places.csv"))?;
    let mut swapped: Vec<&str> = places.lines().collect();
    swapped.swap(1, 2);
    fs::write(folder.join("places.csv"), swapped.join("\n"))?;
    let (is_right, said) = verified()?;
    ensure!(!is_right && said.contains("places.csv"), "a changed order passes: “{said}”");
    Ok(())
}

async fn enter(page: &Page<'_>) -> Result<()> {
    page.visit("/wait").await?;
    page.press("입장하기").await?;
    page.see(INSIDE).await
}
