//! What a person does with a page: goes there, reads, fills in, presses, reloads. Each says what it missed.
//!
//! Pressing and ticking go by the keyboard, which every page must work with; besides, chromedriver's click
//! waits for a timer of the page, and without scripts pages have none.
use super::browser::Browser;
use anyhow::{Context, Result, ensure};
use fantoccini::Locator;
use fantoccini::elements::Element;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a page may take to show what is expected of it.
const SEEING_SECONDS_MAX: u64 = 10;

// The keys' code points in WebDriver.
const ENTER: &str = "\u{e007}";
const SPACE: &str = "\u{e00d}";

pub(crate) struct Page<'a> {
    browser: &'a Browser,
    base: String,
    screens_dir: PathBuf,
}

impl<'a> Page<'a> {
    pub(crate) fn new(browser: &'a Browser, base: &str, screens_dir: &Path) -> Self {
        Self { browser, base: base.to_owned(), screens_dir: screens_dir.to_path_buf() }
    }

    pub(crate) async fn visit(&self, path: &str) -> Result<()> {
        let address = format!("{}{path}", self.base);
        self.browser.client.goto(&address).await.with_context(|| format!("visiting {path}"))
    }

    /// The path of the page that is shown.
    pub(crate) async fn path(&self) -> Result<String> {
        Ok(self.browser.client.current_url().await?.path().to_owned())
    }

    /// The visible text of the first element that matches a CSS selector.
    pub(crate) async fn text(&self, selector: &str) -> Result<String> {
        let element = self.browser.client.find(Locator::Css(selector)).await;
        Ok(element.with_context(|| format!("nothing on the page is `{selector}`"))?.text().await?)
    }

    /// Waits until the page shows `words`: pages of the line renew themselves.
    pub(crate) async fn see(&self, words: &str) -> Result<()> {
        let path = visible_text_path(words);
        let wait = self.browser.client.wait().at_most(Duration::from_secs(SEEING_SECONDS_MAX));
        wait.for_element(Locator::XPath(&path))
            .await
            .with_context(|| format!("the page does not show “{words}”"))?;
        Ok(())
    }

    /// Types into the field of that name, in place of what stands there; in a list, chooses by label.
    pub(crate) async fn fill(&self, name: &str, value: &str) -> Result<()> {
        let field = self.field(&format!("[name='{name}']")).await?;
        let filled = if field.tag_name().await? == "select" {
            field.select_by_label(value).await
        } else {
            field.clear().await?;
            field.send_keys(value).await
        };
        filled.with_context(|| format!("filling `{name}`"))
    }

    /// Ticks the box or radio button of that name and value.
    pub(crate) async fn choose(&self, name: &str, value: &str) -> Result<()> {
        let field = self.field(&format!("[name='{name}'][value='{value}']")).await?;
        if !field.is_selected().await? {
            field.send_keys(SPACE).await.with_context(|| format!("choosing `{value}` for `{name}`"))?;
        }
        Ok(())
    }

    async fn field(&self, selector: &str) -> Result<Element> {
        let found = self.browser.client.find(Locator::Css(selector)).await;
        found.with_context(|| format!("no field of the page is `{selector}`"))
    }

    /// Presses the button or link with that visible text.
    pub(crate) async fn press(&self, words: &str) -> Result<()> {
        let button = self.browser.client.find(Locator::XPath(&button_path(words))).await;
        let button = button.with_context(|| format!("the page has no button or link “{words}”"))?;
        button.send_keys(ENTER).await.with_context(|| format!("pressing “{words}”"))
    }

    /// Reloads; what the selector shows must not have changed.
    pub(crate) async fn reload_is_same(&self, selector: &str) -> Result<()> {
        let before = self.text(selector).await?;
        self.browser.client.refresh().await.context("reloading")?;
        let after = self.text(selector).await?;
        ensure!(before == after, "`{selector}` said “{before}” and after a reload “{after}”");
        Ok(())
    }

    /// Keeps a picture of the whole page as `NAME.png`.
    pub(crate) fn keep_picture(&self, name: &str) -> Result<()> {
        let path = self.screens_dir.join(format!("{name}.png"));
        fs::write(&path, self.browser.picture()?).with_context(|| format!("writing {}", path.display()))
    }

    /// Hands on how the walk ended; after a failure, with a picture and the place where it ended.
    pub(crate) async fn finish(&self, walked: Result<()>, name: &str) -> Result<()> {
        let Err(error) = walked else {
            return Ok(());
        };
        let place = self.path().await.unwrap_or_else(|_| "no page".to_owned());
        let picture = format!("{name}-failed");
        let kept = match self.keep_picture(&picture) {
            Ok(()) => format!("screens/{picture}.png"),
            Err(error) => format!("no picture: {error:#}"),
        };
        Err(error.context(format!("the walk ended at {place} ({kept})")))
    }
}

fn button_path(words: &str) -> String {
    let words = xpath_text(words);
    let by_text = ["button", "a", "summary"].map(|tag| format!("//{tag}[normalize-space(.)={words}]"));
    format!("{} | //input[@type='submit' and normalize-space(@value)={words}]", by_text.join(" | "))
}

fn visible_text_path(words: &str) -> String {
    format!("//body//*[contains(normalize-space(.), {})]", xpath_text(words))
}

/// XPath has no escapes: text with an apostrophe stands in double quotes.
fn xpath_text(words: &str) -> String {
    if words.contains('\'') { format!("\"{words}\"") } else { format!("'{words}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_is_found_by_its_words() {
        let path = button_path("예약");
        assert!(path.starts_with("//button[normalize-space(.)='예약'] | //a["), "{path}");
        assert!(path.ends_with("//input[@type='submit' and normalize-space(@value)='예약']"), "{path}");
        assert!(button_path("I'm here").contains("=\"I'm here\""));
    }
}
