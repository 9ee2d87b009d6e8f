//! Firefox: a profile of its own, and its chrome context, in which geckodriver runs scripts as the browser itself.
use super::super::screen::{Colours, Screen};
use super::Browser;
use anyhow::{Context, Result, anyhow};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The window may be as narrow as a phone's; the bars of the browser would forbid it.
const NARROW: &str = ":root, :root * { min-width: 0 !important }";
const DARK: u8 = 0;
const LIGHT: u8 = 1;

const COMPLAINTS: &str = "const WARNING = 1;
const storage = Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage);
const of_scripts = Services.console.getMessageArray().filter((message) => message instanceof Ci.nsIScriptError)
  .filter((error) => !(error.flags & WARNING) && error.sourceName.startsWith('http'))
  .map((error) => `${error.sourceName}: ${error.errorMessage}`);
const said = storage.getEvents()
  .filter((event) => event.level === 'error' && event.filename.startsWith('http'))
  .map((event) => `${event.filename}: ${event.arguments.join(' ')}`);
Services.console.reset();
storage.clearEvents();
return of_scripts.concat(said);";

pub(super) fn driver(geckodriver: &Path, port: u16, screen: Screen) -> Command {
    let mut command = Command::new(geckodriver);
    command.args(["--port", &port.to_string(), "--websocket-port", "0", "--allow-system-access"]);
    command.env("MOZ_HEADLESS_WIDTH", screen.width.pixels().to_string());
    command.env("MOZ_HEADLESS_HEIGHT", screen.width.height().to_string());
    command
}

pub(super) fn capabilities(screen: Screen, profile: &Path) -> Result<Map<String, Value>> {
    let chrome = profile.join("chrome");
    fs::create_dir(&chrome).context("the profile's chrome folder")?;
    fs::write(chrome.join("userChrome.css"), NARROW).context("the profile's style")?;
    let scheme = if screen.colours == Colours::Dark { DARK } else { LIGHT };
    let options = json!({
        "binary": "/usr/bin/firefox-esr",
        "args": ["-headless", "-profile", profile.display().to_string()],
        "prefs": {
            "toolkit.legacyUserProfileCustomizations.stylesheets": true,
            "intl.accept_languages": "ko-KR,ko",
            "javascript.enabled": screen.scripts.are_on(),
            "layout.css.prefers-color-scheme.content-override": scheme,
        },
    });
    let mut capabilities = Map::new();
    capabilities.insert("browserName".to_owned(), "firefox".into());
    capabilities.insert("moz:firefoxOptions".to_owned(), options);
    Ok(capabilities)
}

pub(super) async fn complaints(browser: &Browser) -> Result<Vec<String>> {
    let complaints = as_the_browser(browser, COMPLAINTS).await?;
    serde_json::from_value(complaints).context("the browser's log")
}

pub(super) async fn show_on_paper(browser: &Browser, yes: bool) -> Result<()> {
    let medium = if yes { "'print'" } else { "null" };
    let script = format!("gBrowser.selectedBrowser.browsingContext.mediumOverride = {medium}");
    as_the_browser(browser, &script).await.map(drop)
}

/// Lets our own scripts finish what they wait for, in a page whose scripts stay as they are: not run.
pub(super) async fn let_promises_be_kept(browser: &Browser, yes: bool) -> Result<()> {
    let script = format!("Services.prefs.setBoolPref('javascript.enabled', {yes})");
    as_the_browser(browser, &script).await.map(drop)
}

pub(super) async fn picture(browser: &Browser) -> Result<Value> {
    browser.look("moz/screenshot/full").await
}

async fn as_the_browser(browser: &Browser, script: &str) -> Result<Value> {
    let context = |name: &str| json!({ "context": name });
    browser.ask("moz/context", &context("chrome")).await?;
    let done = browser.ask("execute/sync", &json!({ "script": script, "args": [] })).await;
    browser.ask("moz/context", &context("content")).await?;
    done.map_err(|error| anyhow!("as the browser: {error:#}"))
}
