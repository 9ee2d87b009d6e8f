//! What somebody reads whom the front cannot serve: there is no place at the socket, or what came is not a request.
//! Hyper would close, or send a blank page; nobody sees either.

use crate::app::App;
use crate::error::Problem;
use crate::lang::Lang;
use crate::pages::Chrome;
use crate::pages::trouble::{BadRequestPage, TroublePage};
use crate::published::{Cache, Ending, add_safety, end_head, header};
use crate::wording;
use askama::Template as _;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::http;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::time::timeout;

/// Whoever is told to come again is not told to come at the same moment as everybody else.
const RETRY_SECONDS: [u32; 8] = [6, 15, 9, 20, 12, 7, 17, 10];
/// How long somebody who is turned away is waited for, listened to and spoken to.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// What is still read of somebody after the last word to them, so that the kernel does not answer it with a reset,
/// which would take the page out of their hands.
const LINGER_BYTES_MAX: usize = 1024 * 1024;
/// Of the head of somebody who is turned away: enough to know which kind of answer they expect.
const HEAD_BYTES_MAX: usize = 2048;

/// Prepared at the start; making a page costs more than an overload leaves.
pub(super) struct Apologies {
    busy: Vec<Busy>,
    turn: AtomicUsize,
    unreadable: Words,
    head_too_large: Words,
    body_too_large: Words,
    too_slow: Words,
}

struct Busy {
    ko: Words,
    en: Words,
    json: Words,
}

/// An answer without its date.
struct Words {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Apologies {
    pub(super) fn new(app: &App) -> Self {
        Self {
            busy: RETRY_SECONDS.iter().map(|seconds| Busy::new(*seconds, app)).collect(),
            turn: AtomicUsize::new(0),
            unreadable: refusal(&Problem::Unreadable, app),
            head_too_large: refusal(&Problem::HeadTooLarge, app),
            body_too_large: refusal(&Problem::TooLarge, app),
            too_slow: refusal(&Problem::TooSlow, app),
        }
    }

    /// In place of a refusal of hyper's.
    pub(super) async fn in_words<S>(&self, status: u16, stream: &mut S, app: &App)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let words = if matches!(status, 414 | 431) { &self.head_too_large } else { &self.unreadable };
        last_words(stream, &words.to(app)).await;
    }

    /// For a head that began and did not end.
    pub(super) async fn too_slow<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut S, app: &App) {
        last_words(stream, &self.too_slow.to(app)).await;
    }

    /// There is no place. Whoever says nothing is not answered.
    pub(super) async fn turn_away<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut S, app: &App) {
        let mut head = [0; HEAD_BYTES_MAX];
        let length = timeout(PATIENCE, read_head(stream, &mut head)).await.unwrap_or(0);
        if length == 0 {
            return;
        }
        let target = head[..length].splitn(3, |byte| *byte == b' ').nth(1).unwrap_or(b"/");
        let words = self.next_busy().to_whom(target);
        last_words(stream, &words.to(app)).await;
    }

    /// For a request on a connection that may go on.
    pub(super) fn busy(&self, target: &str) -> Response<Full<Bytes>> {
        self.next_busy().to_whom(target.as_bytes()).respond()
    }

    pub(super) fn head_too_large(&self) -> Response<Full<Bytes>> {
        self.head_too_large.respond()
    }

    pub(super) fn body_too_large(&self) -> Response<Full<Bytes>> {
        self.body_too_large.respond()
    }

    pub(super) fn body_too_slow(&self) -> Response<Full<Bytes>> {
        self.too_slow.respond()
    }

    fn next_busy(&self) -> &Busy {
        &self.busy[self.turn.fetch_add(1, Ordering::Relaxed) % self.busy.len()]
    }
}

impl Busy {
    fn new(retry_seconds: u32, app: &App) -> Self {
        let page = |lang: Lang| {
            let page = TroublePage {
                chrome: chrome(lang, app),
                retry_seconds,
                retry_href: lang.href("/wait"),
                support_code: Problem::Busy.support_code(0),
            };
            let html = page.render().expect("templates write to memory only");
            Words::new(&Problem::Busy, HTML, html, Some(retry_seconds))
        };
        let json = Problem::Busy.text(app);
        let json = Words::new(&Problem::Busy, "application/problem+json", json, Some(retry_seconds));
        Self { ko: page(Lang::Ko), en: page(Lang::En), json }
    }

    /// By what was asked for.
    fn to_whom(&self, target: &[u8]) -> &Words {
        if target.starts_with(b"/api/") || target.starts_with(b"/gate/") {
            return &self.json;
        }
        let is_english = target == b"/en" || target.starts_with(b"/en/") || target.starts_with(b"/en?");
        if is_english { &self.en } else { &self.ko }
    }
}

const HTML: &str = "text/html; charset=utf-8";

fn chrome(lang: Lang, app: &App) -> Chrome {
    Chrome::for_everybody(lang, "/wait".to_owned(), app.is_demo(), app.assets, app.clock.now())
        .without_clock()
}

/// In Korean: whoever sent this did not say what they read.
fn refusal(problem: &Problem, app: &App) -> Words {
    let said = wording::problem(Lang::Ko, problem, app);
    let page = BadRequestPage {
        chrome: chrome(Lang::Ko, app),
        field: said.sentence,
        problem: said.next_step,
        back_href: "/".to_owned(),
    };
    let html = page.render().expect("templates write to memory only");
    Words::new(problem, HTML, html, None)
}

impl Words {
    fn new(problem: &Problem, content_type: &'static str, body: String, retry_after: Option<u32>) -> Self {
        let status = problem.status();
        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, Cache::NoStore.header());
        add_safety(&mut headers, content_type == HTML);
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        Self { status, headers, body: body.into() }
    }

    fn respond(&self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body.clone()));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }

    fn to(&self, app: &App) -> Vec<u8> {
        let reason = self.status.canonical_reason().unwrap_or("Refused");
        let mut answer = format!("HTTP/1.1 {} {reason}\r\n", self.status.as_u16()).into_bytes();
        for (name, value) in &self.headers {
            header(&mut answer, name.as_str(), value.as_bytes());
        }
        let published = app.gate.published();
        let ending = Ending { date: &published.date, close: true, over_tls: app.tls.is_some() };
        end_head(&mut answer, Some(self.body.len()), &ending);
        answer.extend_from_slice(&self.body);
        answer
    }
}

/// To the end of a head, or as far as the buffer goes, or the other side. Returns how far that was.
pub(super) async fn read_head<S: AsyncRead + Unpin>(stream: &mut S, head: &mut [u8]) -> usize {
    let mut filled = 0;
    while filled < head.len() && !head[..filled].windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut head[filled..]).await {
            Ok(0) | Err(_) => break,
            Ok(read) => filled += read,
        }
    }
    filled
}

/// Says it, says that nothing follows, and hears the other side out.
pub(super) async fn last_words<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, words: &[u8]) {
    let said = timeout(PATIENCE, async { stream.write_all(words).await.is_ok() });
    if said.await == Ok(true) {
        linger(stream).await;
    }
}

/// For an answer that ended a connection in the midst of what the other side was saying.
pub(super) async fn hear_out<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    let mut next = [0; 64];
    let more = poll_fn(|ctx| {
        let mut next = ReadBuf::new(&mut next);
        let more = Pin::new(&mut *stream).poll_read(ctx, &mut next);
        Poll::Ready(matches!(more, Poll::Ready(Ok(()))) && !next.filled().is_empty())
    });
    if more.await {
        linger(stream).await;
    }
}

/// Ends our side, and reads for a while what still comes.
async fn linger<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    let heard_out = async {
        stream.shutdown().await?;
        let mut rest = vec![0; 16 * 1024];
        let mut left = LINGER_BYTES_MAX;
        while left > 0 {
            match stream.read(&mut rest).await? {
                0 => break,
                read => left = left.saturating_sub(read),
            }
        }
        std::io::Result::Ok(())
    };
    let _gone_or_not = timeout(PATIENCE, heard_out).await;
}
