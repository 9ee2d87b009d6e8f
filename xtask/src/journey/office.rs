//! What every walk of the staff begins with: an account, its first sign-in, and the codes of its app.
use super::page::Page;
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_millis(500);
const PASSWORD: &str = "four words in a row";
/// The browser knows the arithmetic of an authenticator app (RFC 6238).
const CODE: &str = include_str!("office/code.js");

/// The code that the command line shows, once.
pub(crate) fn add_account(dir: &Path, name: &str, role: &str) -> Result<String> {
    let mut command = Command::new(workspace::release_dir()?.join("charye"));
    let output = command.args(["staff", "add", name, "--role", role, "--data"]).arg(dir).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout)?;
    let line = said.lines().find(|line| line.contains("set-up code")).context("no set-up code was shown")?;
    Ok(line.split_whitespace().last().unwrap_or_default().to_owned())
}

/// From the set-up code to the first sign-in; answers the app with the codes.
pub(crate) async fn begin(page: &Page<'_>, name: &str, setup: &str) -> Result<App> {
    page.visit("/desk").await?;
    page.arrive("직원 확인", "sign-in").await?;
    page.press("처음이신가요? 설정 번호로 계정 준비하기").await?;
    page.arrive("계정 준비", "setup").await?;
    page.fill("login", name).await?;
    page.fill("setup", setup).await?;
    page.fill("new_password", "short").await?;
    page.press("다음").await?;
    page.see("12자 이상").await?;
    page.shows_error_at("new_password").await?;
    page.fill("new_password", PASSWORD).await?;
    page.press("다음").await?;
    page.arrive("인증 앱 연결", "setup-code").await?;
    let secret = page.text("figcaption b").await?;
    page.fill("code", &code(page, &secret, 0).await?).await?;
    page.press("마치기").await?;
    page.see_heading("직원 확인").await?;
    page.fill("login", name).await?;
    page.fill("password", PASSWORD).await?;
    // The present one is spent; the next is good already.
    let spent = code(page, &secret, 0).await?;
    let mut app = App { secret, spent };
    page.fill("code", &app.fresh_code(page).await?).await?;
    page.press("들어가기").await?;
    Ok(app)
}

/// An authenticator app.
pub(crate) struct App {
    secret: String,
    /// No code is good twice, nor one before it.
    spent: String,
}

impl App {
    /// Waits for it as people do: the next one is good already, so it comes within half a minute.
    pub(crate) async fn fresh_code(&mut self, page: &Page<'_>) -> Result<String> {
        loop {
            let next = code(page, &self.secret, 1).await?;
            if next != self.spent {
                self.spent.clone_from(&next);
                return Ok(next);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// The code of now, or some steps ahead.
async fn code(page: &Page<'_>, secret: &str, steps_ahead: u32) -> Result<String> {
    let letters: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
    let script = format!("return ({CODE})(\"{letters}\", {steps_ahead});");
    let code = page.browser.execute(&script).await?;
    Ok(code.as_str().context("the browser made no code")?.to_owned())
}
