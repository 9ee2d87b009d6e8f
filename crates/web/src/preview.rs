//! What people in line would see: the waiting page of every state, with the words that an operator is about to order.
//! Written as files to look at beforehand; the same templates as the living page, and no person behind any of them.

use crate::context::announced;
use crate::lang::Lang;
use crate::pages::parts::{LineOrder, Phase};
use crate::pages::wait::{WaitPage, WaitState};
use crate::pages::{Assets, Chrome};
use askama::Template as _;
use booking::Campaign;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Of nobody: the numbers are an example.
const QUEUE_NUMBER: u64 = 34_210;
const AHEAD: u64 = 11_204;
const WAIT_MIN: (u32, u32) = (12, 18);
const REFRESH_SECONDS: u32 = 20;
const VALID_FOR: SignedDuration = SignedDuration::from_secs(10);

pub struct Preview<'a> {
    pub campaign: &'a Campaign,
    /// Korean and English.
    pub campaign_name: (&'a str, &'a str),
    /// Korean and English; both empty for none.
    pub message: &'a (String, String),
    pub order: LineOrder,
    pub demo: bool,
    pub made_at: Timestamp,
}

impl Preview<'_> {
    /// Every state in both languages, `STATE-ko.html`, with the styles, scripts and pictures that they ask for.
    pub fn files(&self) -> BTreeMap<String, Bytes> {
        let (assets, known) = crate::assets::assets();
        // Opened from a folder, nothing stands at the root.
        let relative = |path: &str| path.trim_start_matches('/').to_owned();
        let paths: Vec<String> = known.keys().cloned().collect();
        let mut files: BTreeMap<String, Bytes> = known
            .into_iter()
            .map(|(path, file)| (relative(&path), Bytes::copy_from_slice(file.text())))
            .collect();
        for lang in [Lang::Ko, Lang::En] {
            for (name, state, phase) in states() {
                let html = self.page(lang, assets, state, phase).render();
                let html =
                    paths.iter().fold(still(&html.expect("templates write to memory only")), |html, path| {
                        html.replace(&format!("\"{path}\""), &format!("\"{}\"", relative(path)))
                    });
                files.insert(format!("{name}-{}.html", lang.code()), html.into());
            }
        }
        files
    }

    fn page(&self, lang: Lang, assets: Assets, state: WaitState, phase: Phase) -> WaitPage {
        let chrome = Chrome::for_everybody(lang, "/wait".to_owned(), self.demo, assets, self.made_at);
        let doses_left = if phase == Phase::Full { 0 } else { self.campaign.supply_total() };
        WaitPage {
            // Whoever looks at it looks for as long as they like.
            chrome: Chrome { renews: false, ..chrome },
            csrf: String::new(),
            key: String::new(),
            campaign_name: lang.t(self.campaign_name.0, self.campaign_name.1).to_owned(),
            state,
            phase,
            order: self.order,
            opens_at: self.campaign.opens_at,
            doses_left: Some(doses_left),
            short_supply: None,
            as_of: self.made_at,
            valid_until: self.made_at + VALID_FOR,
            refresh_seconds: REFRESH_SECONDS,
            identity_done: true,
            favourites: None,
            word: None,
            ticket_code: None,
            browser_in: None,
            gate_url: String::new(),
            ticket_url: String::new(),
            poll: Vec::new(),
            notice: announced(lang, self.message),
            site: None,
        }
    }
}

/// Without its scripts: they would ask a service that is not there, and say so.
fn still(html: &str) -> String {
    let mut parts = html.split("<script");
    let mut still = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        still.push_str(part.split_once("</script>").map_or(part, |(_, rest)| rest));
    }
    still
}

fn states() -> [(&'static str, WaitState, Phase); 11] {
    let waiting = |ahead, wait| WaitState::Waiting { queue_number: QUEUE_NUMBER, ahead, wait };
    let called = |can_enter| WaitState::Called { can_enter, needs_identity: false, identity_by: None };
    [
        ("lobby", WaitState::Issued, Phase::Lobby),
        ("waiting", waiting(AHEAD, Some(WAIT_MIN)), Phase::Open),
        ("next", waiting(3, Some((0, 1))), Phase::Open),
        ("called", called(true), Phase::Open),
        ("late", WaitState::Entering, Phase::Open),
        ("admitted", WaitState::Admitted, Phase::Open),
        ("paused", waiting(AHEAD, None), Phase::Paused),
        ("called-paused", called(false), Phase::Paused),
        ("full", waiting(AHEAD, None), Phase::Full),
        ("closed", WaitState::NoTicket, Phase::Closed),
        ("trouble", waiting(AHEAD, None), Phase::Trouble),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::conformance::world;

    #[test]
    fn every_state_is_written_in_both_languages_with_the_message_and_all_that_it_asks_for() {
        let country = world::country();
        let campaign = &country.campaigns()[0];
        let message = ("02시까지 <점검>".to_owned(), String::new());
        let made_at = campaign.opens_at;
        let names = ("시험 접종", "Test drive");
        let preview = Preview {
            campaign,
            campaign_name: names,
            message: &message,
            order: LineOrder::FirstCome,
            demo: true,
            made_at,
        };
        let files = preview.files();
        let pages: Vec<(&String, &str)> = files
            .iter()
            .filter(|(name, _)| !name.contains('/'))
            .map(|(name, page)| (name, std::str::from_utf8(page).unwrap()))
            .collect();
        assert_eq!(pages.len(), states().len() * 2);
        for (name, page) in pages {
            assert!(page.contains("02시까지 &#60;점검&#62;"), "{name}: rather than nothing");
            assert!(page.contains(if name.contains("-ko.") { names.0 } else { names.1 }), "{name}");
            let asked =
                page.split("<link").skip(1).filter_map(|tag| tag.split("href=\"").nth(1)?.split('"').next());
            let missing: Vec<&str> =
                asked.filter(|href| href.contains(".css") && !files.contains_key(*href)).collect();
            assert!(!page.contains("<script") && page.contains("</html>"), "{name}");
            assert!(missing.is_empty() && page.contains(".css"), "{name}: {missing:?}");
        }
        assert_ne!(files["full-ko.html"], files["paused-ko.html"]);
    }
}
