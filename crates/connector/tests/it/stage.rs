//! A line that signs, a site that says what it saw, and a connector between them, with a clock that stands still.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use connector::{Page, Pages, Settings, serve};
use ed25519_dalek::{Signer as _, SigningKey};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper::header::{COOKIE, HOST, HeaderValue, LOCATION, SET_COOKIE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use waiting_room::Handover;

/// Longer than a gate document is good for.
pub(crate) const LINE_CLOSED_FOR: SignedDuration = SignedDuration::from_secs(11);
const SITE: &str = "http://site.test";
const BEGAN_S: i64 = 1_626_015_600;

/// What the line says, and what the site saw.
#[derive(Default)]
struct Shared {
    second: AtomicI64,
    sequence: AtomicU64,
    epoch: AtomicU32,
    is_silent: AtomicBool,
    site_requests: AtomicU32,
    /// Gate documents that were asked for.
    looks: AtomicU64,
}

impl Shared {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(BEGAN_S + self.second.load(Ordering::SeqCst)).unwrap()
    }
}

pub(crate) struct Stage {
    shared: Arc<Shared>,
    connector: SocketAddr,
}

fn page(said: &'static str) -> Page {
    Page { ko: said.into(), en: "in English".into() }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}

impl Stage {
    pub(crate) async fn start() -> Self {
        Self::with(true).await
    }

    pub(crate) async fn without_a_site() -> Self {
        Self::with(false).await
    }

    async fn with(has_site: bool) -> Self {
        let shared = Arc::new(Shared { epoch: AtomicU32::new(1), ..Shared::default() });
        let line = listen(Arc::clone(&shared), line_says).await;
        let site = if has_site { listen(Arc::clone(&shared), site_says).await } else { nobody().await };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let connector = listener.local_addr().unwrap();
        let told_apart = Mutex::new(0_u8);
        let clock = Arc::clone(&shared);
        let settings = Settings {
            line: "http://line.test".to_owned(),
            campaign: "c55".to_owned(),
            gate_key: key().verifying_key().to_bytes(),
            site: SITE.to_owned(),
            upstream: Some(format!("http://{site}").parse().unwrap()),
            authorities: "/nowhere".into(),
            secret: [4; 32],
            idle: SignedDuration::from_mins(15),
            trusted_hops: 0,
            connections_max: 64,
            upstream_wait: Duration::from_secs(5),
            pages: Pages {
                line_silent: page("line silent"),
                site_silent: page("site silent"),
                begin_again: page("begin again"),
                style: Bytes::new(),
            },
            news_from: Some(format!("http://{line}").parse().unwrap()),
            clock: Arc::new(move || clock.now()),
            random: Arc::new(move |bytes| {
                let mut number = told_apart.lock().unwrap();
                *number += 1;
                bytes.fill(*number);
            }),
        };
        tokio::spawn(serve(listener, settings, std::future::pending()));
        let stage = Self { shared, connector };
        stage.news_arrive().await;
        stage
    }

    /// Until the connector has asked for, and taken, a document that was made after now.
    async fn news_arrive(&self) {
        let before = self.shared.looks.load(Ordering::SeqCst);
        while self.shared.looks.load(Ordering::SeqCst) < before + 2 {
            self.ask(Asked::get("/.charye/healthz")).await;
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn minutes_pass(&self, minutes: i64) {
        self.shared.second.fetch_add(minutes * 60, Ordering::SeqCst);
        self.news_arrive().await;
    }

    pub(crate) async fn new_epoch(&self, epoch: u32) {
        self.shared.epoch.store(epoch, Ordering::SeqCst);
        self.news_arrive().await;
    }

    pub(crate) async fn line_falls_silent(&self, time: SignedDuration) {
        self.shared.is_silent.store(true, Ordering::SeqCst);
        self.news_arrive().await;
        self.shared.second.fetch_add(time.as_secs(), Ordering::SeqCst);
    }

    pub(crate) fn site_requests(&self) -> u32 {
        self.shared.site_requests.load(Ordering::SeqCst)
    }

    /// As the line hands somebody over.
    pub(crate) fn enter_path(&self, mark: &str, visitor: u8) -> String {
        let now = self.shared.now();
        let handover = Handover {
            epoch: self.shared.epoch.load(Ordering::SeqCst),
            visitor: [visitor; 16],
            browser: URL_SAFE_NO_PAD.decode(mark).unwrap().try_into().unwrap(),
            good_until: now + waiting_room::HANDOVER_GOOD_FOR,
            ends_at: now + SignedDuration::from_hours(1),
        };
        let token = handover.seal("c55", SITE, |bytes| key().sign(bytes).to_bytes());
        format!("/.charye/enter?turn={token}")
    }

    /// The cookie of a visit.
    pub(crate) async fn come_in(&self) -> String {
        let turned = self.ask(Asked::page("/")).await;
        let path = self.enter_path(&turned.mark(), 1);
        self.ask(Asked::page(&path).with_cookie(&turned.cookie("way"))).await.cookie("visit")
    }

    pub(crate) async fn ask(&self, asked: Asked) -> Answer {
        let stream = TcpStream::connect(self.connector).await.unwrap();
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let (head, body) = sender.send_request(asked.request()).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: head.status, headers: head.headers, body }
    }

    pub(crate) async fn say_through_an_upgrade(&self, visit: &str, said: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.connector).await.unwrap();
        let head = format!(
            "GET /talk HTTP/1.1\r\nhost: site.test\r\nconnection: upgrade\r\nupgrade: echo\r\ncookie: {visit}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answered = Vec::new();
        while !answered.ends_with(b"\r\n\r\n") {
            answered.push(stream.read_u8().await.unwrap());
        }
        let answered = String::from_utf8(answered).unwrap();
        assert!(answered.starts_with("HTTP/1.1 101 ") && answered.contains("upgrade: echo"), "{answered}");
        stream.write_all(said).await.unwrap();
        let mut heard = vec![0; said.len()];
        stream.read_exact(&mut heard).await.unwrap();
        heard
    }
}

/// An address where nobody listens.
async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

type Saying = Pin<Box<dyn Future<Output = Response<Full<Bytes>>> + Send>>;
type Says = fn(&Shared, Request<Incoming>) -> Saying;

async fn listen(shared: Arc<Shared>, says: Says) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let shared = Arc::clone(&shared);
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let shared = Arc::clone(&shared);
                    async move { Ok::<_, Infallible>(says(&shared, request).await) }
                });
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                let _ended = connection.with_upgrades().await;
            });
        }
    });
    address
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn line_says(shared: &Shared, request: Request<Incoming>) -> Saying {
    let (head, _body) = request.into_parts();
    assert_eq!(head.uri.path(), "/gate/c55.json");
    shared.looks.fetch_add(1, Ordering::SeqCst);
    if shared.is_silent.load(Ordering::SeqCst) {
        let mut silent = Response::new(Full::default());
        *silent.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        return Box::pin(std::future::ready(silent));
    }
    let part = format!(
        r#"{{"campaign":"c55","sequence":{},"valid_until":"{}","pass_epoch":{}"#,
        shared.sequence.fetch_add(1, Ordering::SeqCst),
        shared.now() + SignedDuration::from_secs(10),
        shared.epoch.load(Ordering::SeqCst),
    );
    let signature = hex(&key().sign(part.as_bytes()).to_bytes());
    let file = format!("{part},\"signature\":\"{signature}\"}}");
    Box::pin(std::future::ready(Response::new(Full::new(file.into()))))
}

fn site_says(shared: &Shared, mut request: Request<Incoming>) -> Saying {
    shared.site_requests.fetch_add(1, Ordering::SeqCst);
    Box::pin(async move {
        let path = request.uri().path_and_query().unwrap().as_str().to_owned();
        match path.as_str() {
            "/back" => {
                let body = request.into_body().collect().await.unwrap().to_bytes();
                Response::new(Full::new(body))
            }
            "/sets-cookies" => {
                let mut answer = Response::new(Full::default());
                let forged = "charye-site-visit=forged; Path=/";
                for cookie in ["session=1; Path=/", forged] {
                    answer.headers_mut().append(SET_COOKIE, HeaderValue::from_static(cookie));
                }
                answer
            }
            "/talk" => {
                let upgraded = hyper::upgrade::on(&mut request);
                tokio::spawn(async move {
                    let mut stream = TokioIo::new(upgraded.await.unwrap());
                    let mut heard = [0; 5];
                    stream.read_exact(&mut heard).await.unwrap();
                    stream.write_all(&heard).await.unwrap();
                });
                let mut answer = Response::new(Full::default());
                *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
                answer.headers_mut().insert("connection", HeaderValue::from_static("upgrade"));
                answer.headers_mut().insert("upgrade", HeaderValue::from_static("echo"));
                answer
            }
            _ => {
                let headers: BTreeMap<&str, &str> = request
                    .headers()
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
                    .collect();
                Response::new(Full::new(json!({ "path": path, "headers": headers }).to_string().into()))
            }
        }
    })
}

/// A request to the connector.
pub(crate) struct Asked {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Asked {
    pub(crate) fn get(path: &str) -> Self {
        Self { method: "GET", path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// As a browser asks for a page.
    pub(crate) fn page(path: &str) -> Self {
        Self::get(path).with("accept", "text/html,*/*")
    }

    pub(crate) fn post(path: &str, body: Vec<u8>) -> Self {
        Self { method: "POST", body, ..Self::get(path) }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn with_cookie(self, cookie: &str) -> Self {
        self.with(COOKIE.as_str().to_owned().leak(), cookie)
    }

    fn request(self) -> Request<Full<Bytes>> {
        let mut request = Request::builder().method(self.method).uri(self.path).header(HOST, "site.test");
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request.body(Full::new(self.body.into())).unwrap()
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    }

    pub(crate) fn location(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    /// What the line is told of the browser.
    pub(crate) fn mark(&self) -> String {
        self.location().rsplit_once("?for=").expect("on the way to the line").1.to_owned()
    }

    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect()
    }

    /// As the browser sends it back.
    pub(crate) fn cookie(&self, name: &str) -> String {
        let begins = format!("charye-site-{name}=");
        let set = self.cookies().into_iter().find(|cookie| cookie.starts_with(&begins));
        set.unwrap_or_else(|| panic!("no cookie {name} in {self:?}")).split(';').next().unwrap().to_owned()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}
