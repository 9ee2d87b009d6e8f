//! The line before a site that is not ours: who has a pass comes in, everybody else is shown to the line.
//!
//! A connector stands with the other site, not with us. It has nothing secret of ours: it follows the gate document,
//! which is signed, and believes handovers ([`waiting_room::Handover`]), which are signed with the same key. It either
//! answers nginx's `auth_request` (or any proxy's question of that kind) or forwards the requests itself.
//!
//! What this crate is not: it knows no booking, no person and no store, and says no word of its own: the few pages it
//! shows come with its [`Settings`].
//!
//! When it cannot know (no news of the line for ten seconds, a forged or an older copy of it) it lets nobody in.

mod browser;
mod fetch;
mod forward;
mod news;
mod serve;
mod visit;

pub use news::{News, NewsFault};
pub use serve::serve;

pub use hyper::Uri;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::ACCEPT_LANGUAGE;
use jiff::{SignedDuration, Timestamp};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
pub type Randomness = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

pub struct Settings {
    /// Where people stand in line: scheme and host, without a slash at the end.
    pub line: String,
    /// Where the gate document is asked for, if not there: a cache nearby, an address within the house.
    pub news_from: Option<Uri>,
    /// The gate document's campaign, e.g. `c55`.
    pub campaign: String,
    /// The key that signs the gate document (ed25519).
    pub gate_key: [u8; 32],
    /// Where people reach the site that is protected: scheme and host, without a slash at the end.
    pub site: String,
    /// Where requests go that are let through. None: a proxy in front of us forwards them.
    pub upstream: Option<Uri>,
    /// Roots for TLS to the line and to the upstream, PEM.
    pub authorities: PathBuf,
    /// Seals visits; all connectors of a site share it.
    pub secret: [u8; 32],
    /// How long a visit lives without a request.
    pub idle: SignedDuration,
    /// Proxies before us whose word on the client's address is believed.
    pub trusted_hops: usize,
    pub connections_max: usize,
    /// How long the upstream may think before its answer begins.
    pub upstream_wait: Duration,
    pub pages: Pages,
    pub clock: Clock,
    pub random: Randomness,
}

/// What people see when neither the site nor the line can be shown.
pub struct Pages {
    /// Nothing is known of the line just now.
    pub line_silent: Page,
    /// The site behind us does not answer.
    pub site_silent: Page,
    /// The browser kept no cookie, or the way through the line took too long.
    pub begin_again: Page,
    pub style: Bytes,
}

/// A whole HTML page in both languages.
pub struct Page {
    pub ko: Bytes,
    pub en: Bytes,
}

impl Page {
    /// Korean, unless the browser names languages and none of them is.
    fn for_reader(&self, headers: &HeaderMap) -> Bytes {
        let named = headers.get(ACCEPT_LANGUAGE).and_then(|named| named.to_str().ok()).unwrap_or("ko");
        let reads_korean = named.split(',').any(|lang| lang.trim().to_ascii_lowercase().starts_with("ko"));
        if reads_korean { self.ko.clone() } else { self.en.clone() }
    }
}

/// The client of a request, by the word of so many proxies.
fn client(peer: IpAddr, headers: &HeaderMap, trusted_hops: usize) -> IpAddr {
    let said = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let said: Vec<&str> = said.flat_map(|line| line.split(',')).map(str::trim).collect();
    let said = trusted_hops.checked_sub(1).and_then(|hops| said.iter().rev().nth(hops));
    said.and_then(|address| address.parse().ok()).unwrap_or(peer)
}
