//! Chromium through its WebDriver: an empty profile, a screen of a given size, scripts on or off.
use crate::http;
use crate::process::{Guard, TempDir, free_port};
use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::{Command, Stdio};

const READY_SECONDS_MAX: u64 = 20;
const PAGE_LOAD_MS_MAX: u32 = 20_000;
const CHROMIUM: &str = "/usr/bin/chromium";
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

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    On,
    Off,
}

#[derive(Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) name: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) scripts: Scripts,
}

/// The running chromedriver; its browsers end with it.
pub(crate) struct Driver {
    port: u16,
    _guard: Guard,
}

impl Driver {
    pub(crate) fn start() -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdout(Stdio::null());
        let mut guard = Guard::spawn(&mut command).context("Debian package chromium-driver")?;
        guard.wait_until(READY_SECONDS_MAX, || http::get(port, "/status").is_ok())?;
        Ok(Self { port, _guard: guard })
    }
}

/// One browser with an empty profile, which goes with it.
pub(crate) struct Browser {
    pub(crate) client: Client,
    pub(crate) screen: Screen,
    driver_port: u16,
    session_id: String,
    _profile: TempDir,
}

impl Browser {
    pub(crate) async fn open(driver: &Driver, screen: Screen) -> Result<Self> {
        let profile = TempDir::new()?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(screen, profile.path()));
        let address = format!("http://127.0.0.1:{}", driver.port);
        let client = builder.connect(&address).await.context("opening a browser")?;
        let session_id = client.session_id().await?.context("the browser has no session")?;
        Ok(Self { client, screen, driver_port: driver.port, session_id, _profile: profile })
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.client.close().await.context("closing the browser")
    }

    /// What the browser complained about since the last time: errors of scripts, what the page's policy forbade. That
    /// a page answered with "no" is no complaint.
    pub(crate) fn complaints(&self) -> Result<Vec<String>> {
        let log = self.ask("se/log", &json!({ "type": "browser" }))?;
        let entries = log.as_array().context("the browser's log is no list")?;
        let is_bad = |entry: &&Value| {
            let said = entry["message"].as_str().unwrap_or_default();
            entry["level"] == "SEVERE" && !(entry["source"] == "network" && said.contains("a status of 4"))
        };
        Ok(entries.iter().filter(is_bad).map(|entry| entry["message"].to_string()).collect())
    }

    /// Shows the page as on paper, or again as on a screen.
    pub(crate) fn show_on_paper(&self, yes: bool) -> Result<()> {
        let media = if yes { "print" } else { "" };
        let command = json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "media": media } });
        self.ask("goog/cdp/execute", &command).map(drop)
    }

    /// Words of chromedriver that WebDriver does not have.
    fn ask(&self, word: &str, body: &Value) -> Result<Value> {
        let path = format!("/session/{}/{word}", self.session_id);
        let answer = http::post(self.driver_port, &path, &[], &body.to_string())?;
        ensure!(answer.status == 200, "chromedriver refused {word} with {}", answer.status);
        let mut answer: Value = serde_json::from_slice(&answer.body).context("chromedriver's JSON")?;
        Ok(answer["value"].take())
    }

    /// The whole page as PNG, also what is below the window. WebDriver has no word for it, chromedriver has.
    pub(crate) fn picture(&self) -> Result<Vec<u8>> {
        let answer = http::get(self.driver_port, &format!("/session/{}/screenshot/full", self.session_id))?;
        ensure!(answer.status == 200, "a screenshot was refused with {}", answer.status);
        let answer: Value = serde_json::from_slice(&answer.body).context("the screenshot's JSON")?;
        let encoded = answer["value"].as_str().context("the answer holds no screenshot")?;
        STANDARD.decode(encoded).context("the screenshot's base64")
    }
}

fn capabilities(screen: Screen, profile: &Path) -> Map<String, Value> {
    let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).to_vec();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments.push(format!("--window-size={},{}", screen.width, screen.height));
    let mut options = json!({
        "binary": CHROMIUM,
        "args": arguments,
        "prefs": { "intl.accept_languages": "ko-KR,ko" },
    });
    if screen.scripts == Scripts::Off {
        options["prefs"]["profile.managed_default_content_settings.javascript"] = BLOCKED.into();
    }
    if screen.width < WINDOW_WIDTH_MIN {
        let metrics = json!({ "width": screen.width, "height": screen.height, "pixelRatio": 1.0 });
        options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    let mut capabilities = Map::new();
    capabilities.insert("browserName".to_owned(), "chrome".into());
    capabilities.insert("timeouts".to_owned(), json!({ "pageLoad": PAGE_LOAD_MS_MAX }));
    capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    capabilities
}
