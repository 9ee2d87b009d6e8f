//! What nginx says when every process of the service has gone: looked at as the pages of the service are.
use super::browser::Browser;
use super::page::Page;
use super::screen::{Colours, Engine, Scripts, Width};
use super::screens_dir;
use anyhow::{Result, ensure};

const HEADING: &str = "지금은 처리할 수 없습니다";

/// On a phone and at a desk.
pub(super) async fn walk(engine: Engine, port: u16) -> Result<()> {
    let dir = screens_dir("apology")?;
    for (width, colours, name) in
        [(Width::Phone, Colours::Light, "phone"), (Width::Desk, Colours::Light, "desk")]
    {
        let browser = Browser::open(engine.screen(Scripts::On, width, colours)).await?;
        let page = Page::new(&browser, &format!("http://127.0.0.1:{port}"), &dir);
        let looked = async {
            page.visit("/book").await?;
            page.see_heading(HEADING).await?;
            // That it is a 503 is the point of it.
            let mut complaints = browser.complaints().await?;
            complaints.retain(|said| !said.contains("status of 503"));
            ensure!(complaints.is_empty(), "the browser complains about {complaints:?}");
            page.look(&format!("all-killed-{name}")).await
        };
        page.finish(looked.await).await?;
        browser.close().await?;
    }
    Ok(())
}
