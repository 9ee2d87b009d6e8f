//! HTTP/2, from a client with manners and from clients without.

use crate::raw::seconds_until_alone;
use crate::site::{SLUG, Site};
use crate::tls::{shake_hands, site};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::http;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use web::front::limits::SocketLimits;

async fn polite(site: &Site) -> SendRequest<Full<Bytes>> {
    let stream = shake_hands(site, &[b"h2", b"http/1.1"]).await;
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn ask(client: &mut SendRequest<Full<Bytes>>, request: Request<Full<Bytes>>) -> (Response<()>, String) {
    let (head, body) = client.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (Response::from_parts(head, ()), String::from_utf8_lossy(&body).into_owned())
}

fn request(method: &str, path: &str) -> Request<Full<Bytes>> {
    let uri = format!("https://charye.test{path}");
    Request::builder().method(method).uri(uri).body(Full::default()).unwrap()
}

#[tokio::test]
async fn everything_is_said_over_http_2_as_over_http_1() {
    let site = site(SocketLimits::default());
    let mut client = polite(&site).await;
    let (home, body) = ask(&mut client, request("GET", "/")).await;
    assert_eq!(home.status(), StatusCode::OK);
    assert!(home.headers().contains_key("strict-transport-security") && body.contains("<html lang=\"ko\">"));
    let (joined, body) = ask(&mut client, request("POST", &format!("/gate/{SLUG}/tickets"))).await;
    assert_eq!((joined.status(), body.contains("\"state\":\"issued\"")), (StatusCode::CREATED, true));
    assert_eq!(ask(&mut client, request("GET", "/my")).await.0.status(), StatusCode::SEE_OTHER);
    assert_eq!(ask(&mut client, request("GET", "/nowhere")).await.0.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_answered_in_words() {
    let site = site(SocketLimits::default());
    let mut client = polite(&site).await;
    let mut large = request("GET", "/");
    large.headers_mut().insert("cookie", "a".repeat(20_000).parse().unwrap());
    let (refused, body) = ask(&mut client, large).await;
    assert_eq!(refused.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert!(body.contains("첫 화면에서 시작"), "{body}");
    assert_eq!(ask(&mut client, request("GET", "/")).await.0.status(), StatusCode::OK);
}

#[tokio::test]
async fn above_the_ceiling_the_page_comes_over_http_2_too() {
    let socket = SocketLimits { connections_max: 1, ..SocketLimits::default() };
    let site = site(socket);
    let _place = shake_hands(&site, &[b"h2"]).await;
    let mut client = polite(&site).await;
    let (busy, body) = ask(&mut client, request("GET", "/")).await;
    assert_eq!(busy.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(busy.headers().contains_key("retry-after") && body.contains("저절로 다시 시도"), "{body}");
}

/// Frames by hand: what no library would send.
struct Rude(TlsStream<TcpStream>);

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;
const ENHANCE_YOUR_CALM: u32 = 11;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// `GET https://a` of a path, by the static table of HPACK.
fn get(stream: u32, path: &str) -> Vec<u8> {
    let length = u8::try_from(path.len()).unwrap();
    let block = [&[0x82, 0x87, 0x41, 1, b'a', 0x04, length], path.as_bytes()].concat();
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &block)
}

impl Rude {
    /// `window`: how much of an answer may be sent before it is asked for more.
    async fn to(site: &Site, window: u32) -> Self {
        let mut stream = shake_hands(site, &[b"h2"]).await;
        let settings = [&[0, 4][..], &window.to_be_bytes()].concat();
        stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        stream.write_all(&frame(SETTINGS, 0, 0, &settings)).await.unwrap();
        stream.flush().await.unwrap();
        Self(stream)
    }

    /// The code with which the other side ends the connection; None when it only closes.
    async fn farewell(&mut self, bytes: &[u8]) -> Option<u32> {
        // The other side may have had enough before the end.
        let _cut_short = self.0.write_all(bytes).await;
        let _cut_short = self.0.flush().await;
        let mut head = [0; 9];
        while self.0.read_exact(&mut head).await.is_ok() {
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            let mut payload = vec![0; length];
            self.0.read_exact(&mut payload).await.ok()?;
            if head[3] == GOAWAY {
                return Some(u32::from_be_bytes(payload[4..8].try_into().unwrap()));
            }
        }
        None
    }

    /// Answers every ping and nothing else, for ever.
    async fn stay(mut self) {
        let mut head = [0; 9];
        while self.0.read_exact(&mut head).await.is_ok() {
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            let mut payload = vec![0; length];
            let whole = self.0.read_exact(&mut payload).await.is_ok();
            if whole && head[3] == PING && head[4] & ACK == 0 {
                let _gone = self.0.write_all(&frame(PING, ACK, 0, &payload)).await;
                let _gone = self.0.flush().await;
            }
        }
    }
}

/// Stream numbers of a client.
fn streams(count: u32) -> impl Iterator<Item = u32> {
    (0..count).map(|number| 2 * number + 1)
}

fn rapid_reset(count: u32) -> Vec<u8> {
    let reset =
        |stream| [get(stream, "/regions"), frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat();
    streams(count).flat_map(reset).collect()
}

/// Makes the server reset its own streams: a window that grows beyond its bounds is an error of the stream.
fn made_you_reset(count: u32) -> Vec<u8> {
    let reset = |stream| {
        [get(stream, "/regions"), frame(WINDOW_UPDATE, 0, stream, &0x7fff_ffff_u32.to_be_bytes())].concat()
    };
    streams(count).flat_map(reset).collect()
}

fn continuation_flood() -> Vec<u8> {
    let begin = frame(HEADERS, END_STREAM, 1, &[0x82]);
    // Literal fields without an index, `a: bbb…`.
    let field = [&[0, 1, b'a', 100][..], &[b'b'; 100]].concat();
    let more = frame(CONTINUATION, 0, 1, &field.repeat(10));
    [begin, more.repeat(5_000)].concat()
}

#[tokio::test]
async fn floods_of_frames_end_the_connection_and_nothing_else() {
    let site = site(SocketLimits::default());
    for (name, bytes) in [
        ("rapid reset", rapid_reset(2_000)),
        ("MadeYouReset", made_you_reset(2_000)),
        ("CONTINUATION", continuation_flood()),
    ] {
        let farewell = Rude::to(&site, 65_535).await.farewell(&bytes).await;
        assert!(farewell.is_none_or(|code| code == ENHANCE_YOUR_CALM), "{name}: {farewell:?}");
        let mut client = polite(&site).await;
        assert_eq!(ask(&mut client, request("GET", "/")).await.0.status(), StatusCode::OK, "after {name}");
    }
    // A few of the same, as a browser sends them whose user clicks around, end nothing.
    for bytes in [rapid_reset(5), made_you_reset(5)] {
        let mut rude = Rude::to(&site, 65_535).await;
        let stays = tokio::time::timeout(Duration::from_millis(200), rude.farewell(&bytes)).await;
        assert!(stays.is_err(), "{stays:?}");
    }
}

/// No timer of HTTP/1.1 sees these: the connection is never idle for the kernel, every ping is answered.
#[tokio::test(start_paused = true)]
async fn whoever_holds_a_connection_and_asks_or_reads_nothing_is_let_go() {
    let never = Duration::from_hours(480);
    let limits = SocketLimits::default();
    let without = SocketLimits { head_wait: never, write_wait: never, ..limits.clone() };
    for (limits, ends) in [(limits, true), (without, false)] {
        // Nothing asked; much asked and no window to answer into.
        for (window, asks) in [(65_535, 0), (0, 60)] {
            let seconds_max = (2 * limits.head_wait + limits.write_wait).as_secs().min(200);
            let site = site(limits.clone());
            let mut rude = Rude::to(&site, window).await;
            let asking: Vec<u8> = streams(asks).flat_map(|stream| get(stream, "/regions")).collect();
            rude.0.write_all(&asking).await.unwrap();
            rude.0.flush().await.unwrap();
            let client = tokio::spawn(rude.stay());
            tokio::time::sleep(Duration::from_millis(10)).await;
            let seconds = seconds_until_alone(&site, seconds_max as u32).await;
            assert_eq!(seconds.is_some(), ends, "window {window}: {seconds:?}");
            client.abort();
        }
    }
}
