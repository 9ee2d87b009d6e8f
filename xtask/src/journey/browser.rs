//! A browser through its WebDriver: an empty profile, a screen of a given size, scripts on or off.
//!
//! What WebDriver has no word for is told to each engine in its own way: [`chromium`], [`firefox`], [`webkit`].
mod chromium;
mod firefox;
mod webkit;

use super::screen::{Engine, Screen};
use super::tools;
use crate::http;
use crate::process::{Guard, TempDir, free_port};
use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::process::{Command, Stdio};
use std::time::Duration;

const READY_SECONDS_MAX: u64 = 20;
const PAGE_LOAD_MS_MAX: u32 = 20_000;

const BEGINNING_TO_GO: Duration = Duration::from_millis(200);
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
const TRIES_MAX: u32 = 3;

/// A page as wide as the screen, as all of ours are.
const EMPTY: &str = "data:text/html,<!doctype html><meta name=viewport content=width=device-width>";
const WINDOW: &str =
    "return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches ? 'Dark' : 'Light']";

/// One browser with an empty profile and a driver of its own; all go with it.
pub(crate) struct Browser {
    pub(crate) client: Client,
    pub(crate) screen: Screen,
    driver_port: u16,
    session_id: String,
    _under: Under,
}

/// What ends with the browser, in this order.
struct Under {
    _driver: Guard,
    _display: Option<Guard>,
    _profile: TempDir,
}

impl Browser {
    pub(crate) async fn open(screen: Screen) -> Result<Self> {
        Self::start(screen).await.with_context(|| format!("opening the browser for `{screen}`"))
    }

    async fn start(screen: Screen) -> Result<Self> {
        let (profile, port) = (TempDir::new()?, free_port()?);
        let mut display = None;
        let (mut command, capabilities) = match screen.engine {
            Engine::Chromium => (chromium::driver(port), chromium::capabilities(screen, profile.path())),
            Engine::Firefox => {
                let geckodriver = tools::geckodriver().map_err(|why| anyhow!(why))?;
                let command = firefox::driver(&geckodriver, port, screen);
                (command, firefox::capabilities(screen, profile.path())?)
            }
            Engine::WebKit => {
                let (guard, name) = webkit::display()?;
                display = Some(guard);
                (webkit::driver(port, &name, profile.path())?, webkit::capabilities(screen))
            }
        };
        let driver = start_driver(&mut command, port).await?;
        let client = connect(port, capabilities).await?;
        let session_id = client.session_id().await?.context("the browser has no session")?;
        let under = Under { _driver: driver, _display: display, _profile: profile };
        let browser = Self { client, screen, driver_port: port, session_id, _under: under };
        browser.is_as_wanted().await?;
        Ok(browser)
    }

    /// An engine that does not know an option says nothing about it.
    async fn is_as_wanted(&self) -> Result<()> {
        if self.screen.engine == Engine::WebKit {
            webkit::resize(self, u64::from(self.screen.width.height())).await?;
        }
        self.client.goto(EMPTY).await?;
        let window = self.execute(WINDOW).await?;
        let wanted = json!([self.screen.width.pixels(), format!("{:?}", self.screen.colours)]);
        ensure!(window == wanted, "the window is {window}, not {wanted}");
        Ok(())
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.client.close().await.context("closing the browser")
    }

    /// What the browser complained about since the last time, as far as [`Engine::cannot`] says that it tells.
    pub(crate) async fn complaints(&self) -> Result<Vec<String>> {
        match self.screen.engine {
            Engine::Chromium => chromium::complaints(self).await,
            Engine::Firefox => firefox::complaints(self).await,
            Engine::WebKit => Ok(Vec::new()),
        }
    }

    /// Shows the page as on paper, or again as on a screen. Whether the engine can.
    pub(crate) async fn show_on_paper(&self, yes: bool) -> Result<bool> {
        match self.screen.engine {
            Engine::Chromium => chromium::show_on_paper(self, yes).await.map(|()| true),
            Engine::Firefox => firefox::show_on_paper(self, yes).await.map(|()| true),
            Engine::WebKit => Ok(false),
        }
    }

    /// The whole page as PNG, also what is below the window.
    pub(crate) async fn picture(&self) -> Result<Vec<u8>> {
        let picture = match self.screen.engine {
            Engine::Chromium => chromium::picture(self).await?,
            Engine::Firefox => firefox::picture(self).await?,
            Engine::WebKit => webkit::picture(self).await?,
        };
        let encoded = picture.as_str().context("the answer holds no screenshot")?;
        STANDARD.decode(encoded).context("the screenshot's base64")
    }

    /// In a page whose own scripts are off, ours too would wait forever for a promise in some engines.
    pub(crate) async fn let_promises_be_kept(&self, yes: bool) -> Result<()> {
        let needs_word = self.screen.engine == Engine::Firefox && !self.screen.scripts.are_on();
        if needs_word { firefox::let_promises_be_kept(self, yes).await } else { Ok(()) }
    }

    /// `WebKitGTK` follows a link a moment after the key, and may never answer what is asked in that moment.
    pub(crate) async fn begin_to_go(&self) {
        if self.screen.engine == Engine::WebKit {
            tokio::time::sleep(BEGINNING_TO_GO).await;
        }
    }

    /// The visible text of the first element that matches a CSS selector.
    pub(crate) async fn text(&self, selector: &str) -> Result<Option<String>> {
        let script = format!(
            "const found = document.querySelector({selector:?}); return found && (found.getClientRects().length > 0 ? found.innerText : '')"
        );
        Ok(self.execute(&script).await?.as_str().map(str::to_owned))
    }

    /// Runs a script of ours and waits for what it returns. A page can go while it runs: then `WebKitGTK` may never
    /// answer, and it is run again in the next page.
    pub(crate) async fn execute(&self, script: &str) -> Result<Value> {
        let body = json!({ "script": script, "args": [] });
        if self.screen.engine == Engine::WebKit {
            for _ in 1..TRIES_MAX {
                let answer = tokio::time::timeout(ANSWER_TIME_MAX, self.ask("execute/sync", &body)).await;
                if let Ok(answer) = answer {
                    return answer;
                }
            }
        }
        self.ask("execute/sync", &body).await
    }

    /// A word of the driver that WebDriver does not have, with its JSON.
    async fn ask(&self, word: &str, body: &Value) -> Result<Value> {
        let (port, path, body) = (self.driver_port, self.path_of(word), body.to_string());
        answered(word, move || http::post(port, &path, &[], &body)).await
    }

    async fn look(&self, word: &str) -> Result<Value> {
        let (port, path) = (self.driver_port, self.path_of(word));
        answered(word, move || http::get(port, &path)).await
    }

    fn path_of(&self, word: &str) -> String {
        format!("/session/{}/{word}", self.session_id)
    }
}

async fn start_driver(command: &mut Command, port: u16) -> Result<Guard> {
    let guard = Guard::spawn_group(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
    let ready = move || {
        let mut guard = guard;
        guard.wait_until(READY_SECONDS_MAX, || http::get(port, "/status").is_ok()).map(|()| guard)
    };
    tokio::task::spawn_blocking(ready).await?
}

async fn connect(port: u16, mut capabilities: Map<String, Value>) -> Result<Client> {
    let timeouts = json!({ "pageLoad": PAGE_LOAD_MS_MAX });
    capabilities.insert("timeouts".to_owned(), timeouts);
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    builder.connect(&format!("http://127.0.0.1:{port}")).await.context("starting a session")
}

async fn answered(word: &str, ask: impl FnOnce() -> Result<http::Answer> + Send + 'static) -> Result<Value> {
    let answer = tokio::task::spawn_blocking(ask).await?.with_context(|| format!("asking for {word}"))?;
    let said = || String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
    ensure!(answer.status == 200, "the driver refused {word} with {}: {}", answer.status, said());
    let mut answer: Value = serde_json::from_slice(&answer.body).context("the driver's JSON")?;
    Ok(answer["value"].take())
}
