//! Chromium: preferences, a phone's screen, the words of chromedriver that WebDriver does not have.
use super::super::screen::{Colours, Screen};
use super::Browser;
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::Command;

/// Chromium's windows are not narrower; a narrower screen is emulated as a phone's.
const WINDOW_WIDTH_MIN: u32 = 500;
const BLOCKED: u8 = 2;
const ARGUMENTS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];
const DARK: &str = "--blink-settings=preferredColorScheme=0";

pub(super) fn driver(port: u16) -> Command {
    let mut command = Command::new("chromedriver");
    command.arg(format!("--port={port}"));
    command
}

pub(super) fn capabilities(screen: Screen, profile: &Path) -> Map<String, Value> {
    let (width, height) = (screen.width.pixels(), screen.width.height());
    let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).to_vec();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments.push(format!("--window-size={width},{height}"));
    if screen.colours == Colours::Dark {
        arguments.push(DARK.to_owned());
    }
    let mut options = json!({
        "binary": "/usr/bin/chromium",
        "args": arguments,
        "prefs": { "intl.accept_languages": "ko-KR,ko" },
    });
    if !screen.scripts.are_on() {
        options["prefs"]["profile.managed_default_content_settings.javascript"] = BLOCKED.into();
    }
    if width < WINDOW_WIDTH_MIN {
        let metrics = json!({ "width": width, "height": height, "pixelRatio": 1.0 });
        options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    let mut capabilities = Map::new();
    capabilities.insert("browserName".to_owned(), "chrome".into());
    capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    capabilities
}

/// Errors of scripts, what the page's policy forbade. That a page answered with "no" is no complaint.
pub(super) async fn complaints(browser: &Browser) -> Result<Vec<String>> {
    let log = browser.ask("se/log", &json!({ "type": "browser" })).await?;
    let entries = log.as_array().context("the browser's log is no list")?;
    let is_bad = |entry: &&Value| {
        let said = entry["message"].as_str().unwrap_or_default();
        entry["level"] == "SEVERE" && !(entry["source"] == "network" && said.contains("a status of 4"))
    };
    Ok(entries.iter().filter(is_bad).map(|entry| entry["message"].to_string()).collect())
}

pub(super) async fn show_on_paper(browser: &Browser, yes: bool) -> Result<()> {
    let media = if yes { "print" } else { "" };
    let command = json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "media": media } });
    browser.ask("goog/cdp/execute", &command).await.map(drop)
}

pub(super) async fn picture(browser: &Browser) -> Result<Value> {
    browser.look("screenshot/full").await
}
