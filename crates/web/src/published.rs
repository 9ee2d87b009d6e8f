//! What is answered from memory: bytes prepared once, for everybody.

use crate::lang::Lang;
use crate::pages::parts::LineOrder;
use crate::pages::{Assets, Chrome};
use crate::{keys::Keys, pages::home};
use booking::Campaign;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::http;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::sync::Arc;
use waiting_room::{GateDocument, Phase};

/// How long others may keep a copy. The only way to set `Cache-Control` on a prepared answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cache {
    /// Its address names its content.
    Immutable,
    /// Re-made every second.
    Second,
    /// Re-made when the service starts.
    Minutes,
    /// Personal, or decided anew each time.
    NoStore,
}

impl Cache {
    pub fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.words())
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Second => "public, max-age=1, stale-while-revalidate=5, stale-if-error=60",
            Self::Minutes => "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400",
            Self::NoStore => "no-store",
        }
    }
}

/// One prepared answer, plain and compressed, with its tag.
#[derive(Debug, Clone)]
pub struct Prepared {
    plain: Bytes,
    /// Only where it is smaller.
    gzip: Option<Bytes>,
    headers: HeaderMap,
    tag: HeaderValue,
}

impl Prepared {
    pub fn new(body: impl Into<Bytes>, content_type: &'static str, cache: Cache) -> Self {
        let plain: Bytes = body.into();
        let digest = Sha256::digest(&plain);
        let tag = format!("\"{}\"", hex(&digest[..12]));
        let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits are a header value");
        let gzip = Some(gzip(&plain)).filter(|packed| packed.len() + 64 < plain.len());
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, cache.header());
        headers.insert(ETAG, tag.clone());
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        add_safety(&mut headers, content_type.starts_with("text/html"));
        Self { plain, gzip, headers, tag }
    }

    pub fn len(&self) -> usize {
        self.plain.len()
    }

    /// As it goes to whoever takes gzip.
    pub fn packed_len(&self) -> usize {
        self.gzip.as_ref().unwrap_or(&self.plain).len()
    }

    pub fn is_empty(&self) -> bool {
        self.plain.is_empty()
    }

    pub fn text(&self) -> &[u8] {
        &self.plain
    }

    /// As [`Prepared::respond`], written as it goes over the wire.
    pub(crate) fn write(&self, asked: &Asked, ending: &Ending<'_>, answer: &mut Vec<u8>) {
        let is_known = asked.known_tag == self.tag.as_bytes();
        let packed = self.gzip.as_ref().filter(|_| asked.takes_gzip && !is_known);
        let body: &[u8] = if is_known { &[] } else { packed.unwrap_or(&self.plain) };
        let status: &[u8] = if is_known { b"HTTP/1.1 304 Not Modified\r\n" } else { b"HTTP/1.1 200 OK\r\n" };
        answer.extend_from_slice(status);
        for (name, value) in &self.headers {
            header(answer, name.as_str(), value.as_bytes());
        }
        if packed.is_some() {
            header(answer, CONTENT_ENCODING.as_str(), b"gzip");
        }
        end_head(answer, (!is_known).then_some(body.len()), ending);
        answer.extend_from_slice(body);
    }

    /// 304 for a copy that is still good, compressed for whoever asks for it.
    pub fn respond(&self, asked: &HeaderMap) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::default());
        *response.headers_mut() = self.headers.clone();
        if asked.get(IF_NONE_MATCH).is_some_and(|known| *known == self.tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        let takes_gzip = || {
            asked
                .get(ACCEPT_ENCODING)
                .and_then(|value| value.to_str().ok())
                .is_some_and(|value| value.contains("gzip"))
        };
        *response.body_mut() = match &self.gzip {
            Some(packed) if takes_gzip() => {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                Full::new(packed.clone())
            }
            _ => Full::new(self.plain.clone()),
        };
        response
    }
}

/// What a request says about the copies it can use.
#[derive(Debug, Default)]
pub struct Asked {
    /// `If-None-Match`; empty when there was none.
    pub known_tag: Vec<u8>,
    pub takes_gzip: bool,
}

/// A year, for this host alone: whoever was here once over TLS comes back over TLS.
pub(crate) const HSTS: &str = "max-age=31536000";

/// What a head says at its end, whatever it is about.
pub(crate) struct Ending<'a> {
    pub(crate) date: &'a str,
    pub(crate) close: bool,
    pub(crate) over_tls: bool,
}

pub(crate) fn header(answer: &mut Vec<u8>, name: &str, value: &[u8]) {
    answer.extend_from_slice(name.as_bytes());
    answer.extend_from_slice(b": ");
    answer.extend_from_slice(value);
    answer.extend_from_slice(b"\r\n");
}

/// A 304 has no length of its own.
pub(crate) fn end_head(answer: &mut Vec<u8>, length: Option<usize>, ending: &Ending<'_>) {
    if ending.over_tls {
        header(answer, STRICT_TRANSPORT_SECURITY.as_str(), HSTS.as_bytes());
    }
    if ending.close {
        header(answer, "connection", b"close");
    }
    if let Some(length) = length {
        write!(answer, "content-length: {length}\r\n").expect("writing to memory cannot fail");
    }
    header(answer, "date", ending.date.as_bytes());
    answer.extend_from_slice(b"\r\n");
}

/// What every answer carries: nothing is guessed, framed, or run that did not come from here.
pub fn add_safety(headers: &mut HeaderMap, is_page: bool) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_page {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    }
}

const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn gzip(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::new(6));
    encoder.write_all(plain).expect("writing to memory cannot fail");
    encoder.finish().expect("writing to memory cannot fail").into()
}

pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The public state of a campaign, re-made about once a second.
pub struct Published {
    pub phase: Phase,
    pub facts: Option<Facts>,
    pub gate_document: Prepared,
    /// `Date` of the answers that are written from here, at most a tick old (RFC 9110, section 5.6.7).
    pub date: String,
    home_ko: Prepared,
    home_en: Prepared,
}

/// What the pages say about the line.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Korean, English.
    pub campaign_name: (String, String),
    pub document: GateDocument,
    pub order: LineOrder,
    pub lobby_opens_at: Timestamp,
}

impl Published {
    /// Before the first tick; never served, since a gate publishes before it is handed out.
    pub(crate) fn nothing_yet() -> Self {
        let empty = || Prepared::new("", "text/plain", Cache::NoStore);
        Self {
            phase: Phase::Before,
            facts: None,
            gate_document: empty(),
            date: String::new(),
            home_ko: empty(),
            home_en: empty(),
        }
    }

    pub fn home(&self, lang: Lang) -> &Prepared {
        match lang {
            Lang::Ko => &self.home_ko,
            Lang::En => &self.home_en,
        }
    }

    pub fn facts(&self) -> &Facts {
        self.facts.as_ref().expect("a gate publishes before it is handed out")
    }
}

/// Makes the public state: signs the document, renders the first page in both languages.
pub struct Publisher {
    pub campaign_name: (String, String),
    pub order: LineOrder,
    pub keys: Arc<Keys>,
    pub assets: Assets,
    pub demo: bool,
}

impl Publisher {
    /// The document as it is given to everybody, by every node.
    pub fn sign(&self, document: &GateDocument) -> String {
        let signed_part = document.signed_part();
        GateDocument::file(&signed_part, &self.keys.sign_gate_document(&signed_part))
    }

    /// `file` is the signed form of `document`.
    pub fn publish(
        &self,
        campaign: &Campaign,
        document: GateDocument,
        file: Vec<u8>,
        lobby_opens_at: Timestamp,
    ) -> Published {
        let facts =
            Facts { campaign_name: self.campaign_name.clone(), document, order: self.order, lobby_opens_at };
        let home = |lang| {
            let now = facts.document.as_of;
            let chrome = Chrome::for_everybody(lang, "/".to_owned(), self.demo, self.assets, now);
            Prepared::new(home::render(campaign, &facts, chrome), "text/html; charset=utf-8", Cache::Second)
        };
        Published {
            phase: facts.document.phase,
            gate_document: Prepared::new(file, "application/json", Cache::Second),
            date: facts.document.as_of.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            home_ko: home(Lang::Ko),
            home_en: home(Lang::En),
            facts: Some(facts),
        }
    }
}
