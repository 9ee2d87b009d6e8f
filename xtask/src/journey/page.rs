//! What a person does with a page: goes there, reads, fills in, presses, reloads. Each says what it missed.
//!
//! Pressing and ticking go by the keyboard, which every page must work with; besides, chromedriver's click
//! waits for a timer of the page, and without scripts pages have none.
use super::browser::Browser;
use super::sound;
use crate::clock;
use anyhow::{Context, Result, bail, ensure};
use fantoccini::Locator;
use fantoccini::elements::Element;
use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a page may take to show what is expected of it.
const SEEING_SECONDS_MAX: u64 = 20;
/// How long a turn may take that is near.
const TURN_SECONDS_MAX: u64 = 90;
const LOOK_EVERY: Duration = Duration::from_millis(100);

// The keys' code points in WebDriver.
const ENTER: &str = "\u{e007}";
const SPACE: &str = "\u{e00d}";

pub(crate) struct Page<'a> {
    pub(crate) browser: &'a Browser,
    base: String,
    screens_dir: PathBuf,
    pictures: Cell<u32>,
}

impl<'a> Page<'a> {
    pub(crate) fn new(browser: &'a Browser, base: &str, screens_dir: &Path) -> Self {
        let (base, screens_dir) = (base.to_owned(), screens_dir.to_path_buf());
        Self { browser, base, screens_dir, pictures: Cell::new(0) }
    }

    pub(crate) async fn visit(&self, path: &str) -> Result<()> {
        let address = format!("{}{path}", self.base);
        self.browser.client.goto(&address).await.with_context(|| format!("visiting {path}"))
    }

    /// The path of the page that is shown.
    pub(crate) async fn path(&self) -> Result<String> {
        Ok(self.browser.client.current_url().await?.path().to_owned())
    }

    /// The visible text of the first element that matches a CSS selector, in one line.
    pub(crate) async fn text(&self, selector: &str) -> Result<String> {
        // A page that renews itself can take an element away between finding and reading it.
        match self.text_once(selector).await {
            Ok(text) => Ok(text),
            Err(_) => self.text_once(selector).await,
        }
    }

    async fn text_once(&self, selector: &str) -> Result<String> {
        let text = self.browser.text(selector).await?;
        let text = text.with_context(|| format!("nothing on the page is `{selector}`"))?;
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub(crate) async fn number(&self, selector: &str) -> Result<u64> {
        let text = self.text(selector).await?;
        text.replace(',', "").parse().with_context(|| format!("`{selector}` shows “{text}”, no number"))
    }

    /// Waits until the page shows `words`: pages of the line renew themselves.
    pub(crate) async fn see(&self, words: &str) -> Result<()> {
        self.see_in("body", words, SEEING_SECONDS_MAX).await
    }

    /// Waits for one's turn, or for what else the line brings in its time.
    pub(crate) async fn see_in_time(&self, words: &str) -> Result<()> {
        self.see_in("body", words, TURN_SECONDS_MAX).await
    }

    async fn see_in(&self, selector: &str, words: &str, seconds_max: u64) -> Result<()> {
        let deadline = clock::now() + Duration::from_secs(seconds_max);
        loop {
            let shown = self.text(selector).await;
            if shown.as_ref().is_ok_and(|shown| shown.contains(words)) {
                return Ok(());
            }
            let is_late = clock::now() > deadline;
            ensure!(!is_late, "the page does not show “{words}” but “{}”", shown.unwrap_or_default());
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits for the page with that heading.
    pub(crate) async fn see_heading(&self, heading: &str) -> Result<()> {
        self.see_in("h1", heading, SEEING_SECONDS_MAX).await
    }

    /// Waits for the page with that heading; it must be sound. Keeps a picture of it.
    pub(crate) async fn arrive(&self, heading: &str, picture: &str) -> Result<()> {
        self.see_heading(heading).await?;
        self.look(picture).await
    }

    /// Checks the page as it is now and keeps the next picture of the walk, `NN-PICTURE.png`.
    pub(crate) async fn look(&self, picture: &str) -> Result<()> {
        let number = self.pictures.get() + 1;
        self.pictures.set(number);
        self.keep_picture(&format!("{number:02}-{picture}")).await?;
        sound::check(self.browser).await
    }

    /// Reloads; the heading and what the selectors show must not have changed.
    pub(crate) async fn stays(&self, selectors: &[&str]) -> Result<()> {
        let selectors = [&["h1"], selectors].concat();
        let mut before = Vec::new();
        for selector in &selectors {
            before.push(self.text(selector).await?);
        }
        self.browser.client.refresh().await.context("reloading")?;
        for (selector, before) in selectors.iter().zip(before) {
            let after = self.text(selector).await?;
            ensure!(before == after, "`{selector}` said “{before}” and after a reload “{after}”");
        }
        Ok(())
    }

    /// What stands in the field of that name.
    pub(crate) async fn typed(&self, name: &str) -> Result<String> {
        let field = self.field(&format!("[name='{name}']")).await?;
        Ok(field.prop("value").await?.unwrap_or_default())
    }

    /// The page says what is wrong with a field: above, with a way to it, and at the field, which is tied to its words.
    pub(crate) async fn shows_error_at(&self, name: &str) -> Result<()> {
        let field = self.field(&format!("[name='{name}']")).await?;
        let invalid = field.attr("aria-invalid").await?;
        ensure!(invalid.as_deref() == Some("true"), "`{name}` is not marked as wrong");
        let described_by = field.attr("aria-describedby").await?.unwrap_or_default();
        let error = format!("{name}-error");
        ensure!(described_by.split(' ').any(|id| id == error), "`{name}` is described by “{described_by}”");
        let at_field = self.text(&format!("#{error}")).await?;
        let above = self.text(&format!("#errors a[href='#{name}']")).await?;
        ensure!(!at_field.is_empty() && at_field == above, "“{above}” above, “{at_field}” at the field");
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

    /// Ticks the first box or radio button whose label contains `words`.
    pub(crate) async fn choose_labelled(&self, words: &str) -> Result<()> {
        let label = format!("//label[contains(normalize-space(.),{})]/@for", xpath_text(words));
        let field = self.browser.client.find(Locator::XPath(&format!("//input[@id={label}]"))).await;
        let field = field.with_context(|| format!("nothing to choose is labelled “{words}”"))?;
        if !field.is_selected().await? {
            field.send_keys(SPACE).await.with_context(|| format!("choosing “{words}”"))?;
        }
        Ok(())
    }

    async fn field(&self, selector: &str) -> Result<Element> {
        let found = self.browser.client.find(Locator::Css(selector)).await;
        found.with_context(|| format!("no field of the page is `{selector}`"))
    }

    /// Presses the first button or link with that visible text.
    pub(crate) async fn press(&self, words: &str) -> Result<()> {
        let found = self.browser.client.find_all(Locator::XPath(&button_path(words))).await?;
        for button in found {
            if button.is_displayed().await? {
                button.send_keys(ENTER).await.with_context(|| format!("pressing “{words}”"))?;
                self.browser.begin_to_go().await;
                return Ok(());
            }
        }
        bail!("the page has no button or link “{words}”")
    }

    /// Where the first link with that visible text leads, as it is written in the page.
    pub(crate) async fn link(&self, words: &str) -> Result<String> {
        let path = format!("//a[normalize-space(.)={}]", xpath_text(words));
        let link = self.browser.client.find(Locator::XPath(&path)).await;
        let address = link.with_context(|| format!("no link says “{words}”"))?.attr("href").await?;
        address.with_context(|| format!("the link “{words}” leads nowhere"))
    }

    /// Goes on from a list: by the first line that leads anywhere and contains `words`.
    pub(crate) async fn press_row(&self, words: &str) -> Result<()> {
        let path = format!("//a[contains(@class,'row')][contains(normalize-space(.),{})]", xpath_text(words));
        let deadline = clock::now() + Duration::from_secs(SEEING_SECONDS_MAX);
        let row = loop {
            // A long list may still be coming in when its heading is there.
            match self.browser.client.find(Locator::XPath(&path)).await {
                Err(_) if clock::now() < deadline => tokio::time::sleep(LOOK_EVERY).await,
                found => break found,
            }
        };
        row.with_context(|| format!("no line of the list says “{words}”"))?.send_keys(ENTER).await?;
        self.browser.begin_to_go().await;
        Ok(())
    }

    /// Chooses the first of the times that are not full.
    pub(crate) async fn choose_first_time(&self) -> Result<()> {
        let time = self.field("[name='time']:not([disabled])").await?;
        time.send_keys(SPACE).await.context("choosing a time")
    }

    /// Keeps a picture of the whole page as `NAME.png`.
    pub(crate) async fn keep_picture(&self, name: &str) -> Result<()> {
        let path = self.screens_dir.join(format!("{name}.png"));
        fs::write(&path, self.browser.picture().await?).with_context(|| format!("writing {}", path.display()))
    }

    /// Hands on how the walk ended; after a failure, with a picture and the place where it ended.
    pub(crate) async fn finish<T>(&self, walked: Result<T>) -> Result<T> {
        let error = match walked {
            Ok(reached) => return Ok(reached),
            Err(error) => error,
        };
        let place = self.path().await.unwrap_or_else(|_| "no page".to_owned());
        let kept = match self.keep_picture("failed").await {
            Ok(()) => self.screens_dir.join("failed.png").display().to_string(),
            Err(error) => format!("no picture: {error:#}"),
        };
        let screen = self.browser.screen;
        Err(error.context(format!("the walk ended at {place} on the screen `{screen}` ({kept})")))
    }
}

fn button_path(words: &str) -> String {
    let words = xpath_text(words);
    let by_text = ["button", "a", "summary"].map(|tag| format!("//{tag}[normalize-space(.)={words}]"));
    format!("{} | //input[@type='submit' and normalize-space(@value)={words}]", by_text.join(" | "))
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
