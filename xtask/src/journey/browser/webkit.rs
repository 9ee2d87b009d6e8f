//! `WebKitGTK`'s small browser, on a screen that is only memory.
use super::super::screen::{Colours, Screen};
use super::Browser;
use crate::process::Guard;
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// The window may be as narrow as a phone's; the bars of the browser would forbid it.
const NARROW: &str = "* { min-width: 0; margin: 0; padding: 0; border-width: 0 }";
const PICTURE_HEIGHT_MAX: u64 = 12_000;
const MINI_BROWSER: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/// An X server, and the name of its display.
pub(super) fn display() -> Result<(Guard, String)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]);
    let mut guard = Guard::spawn_group(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
    let output = guard.child().stdout.take().context("its output is piped")?;
    let mut number = String::new();
    BufReader::new(output).read_line(&mut number).context("the number of the display")?;
    Ok((guard, format!(":{}", number.trim())))
}

pub(super) fn driver(port: u16, display: &str, profile: &Path) -> Result<Command> {
    let style = profile.join("gtk-3.0");
    fs::create_dir(&style).context("the browser's style folder")?;
    fs::write(style.join("gtk.css"), NARROW).context("the browser's style")?;
    let mut command = Command::new("WebKitWebDriver");
    command.arg(format!("--port={port}")).env("DISPLAY", display).env("XDG_CONFIG_HOME", profile);
    Ok(command)
}

pub(super) fn capabilities(screen: Screen) -> Map<String, Value> {
    let mut arguments = vec!["--automation"];
    if !screen.scripts.are_on() {
        arguments.push("--enable-javascript=0");
    }
    if screen.colours == Colours::Dark {
        arguments.push("--dark-mode");
    }
    let mut capabilities = Map::new();
    capabilities.insert("browserName".to_owned(), "MiniBrowser".into());
    capabilities
        .insert("webkitgtk:browserOptions".to_owned(), json!({ "binary": MINI_BROWSER, "args": arguments }));
    capabilities
}

/// The driver's pictures end with the window: for a moment the window is as high as the page.
pub(super) async fn picture(browser: &Browser) -> Result<Value> {
    let height = browser.execute("return document.documentElement.scrollHeight").await?;
    let height = height.as_u64().context("a page without height")?;
    let usual = u64::from(browser.screen.width.height());
    resize(browser, height.clamp(usual, PICTURE_HEIGHT_MAX)).await?;
    let picture = browser.look("screenshot").await;
    resize(browser, usual).await?;
    picture
}

pub(super) async fn resize(browser: &Browser, height: u64) -> Result<()> {
    let size = json!({ "x": 0, "y": 0, "width": browser.screen.width.pixels(), "height": height });
    browser.ask("window/rect", &size).await.map(drop)
}
