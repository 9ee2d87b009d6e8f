//! The socket, and what is answered at it.

use crate::browser::{Cookie, Way};
use crate::fetch::{Fetcher, fetcher};
use crate::forward::{Passage, VISITOR, to_browser, to_site};
use crate::news::{Followed, NewsFault};
use crate::visit::Visit;
use crate::{Settings, client};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Either, Empty, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, SET_COOKIE};
use hyper::http::HeaderValue;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use waiting_room::{Handover, KeyId, KeyRing};

const NEWS_EVERY: Duration = Duration::from_secs(1);
const NEWS_WITHIN: Duration = Duration::from_secs(3);
const DOCUMENT_BYTES_MAX: usize = 64 * 1024;
const HEAD_WITHIN: Duration = Duration::from_secs(10);
const AFTER_A_FAILED_ACCEPT: Duration = Duration::from_millis(20);
/// Where nginx says what was asked for, when it sends somebody to `/.charye/begin`.
const ASKED_FOR: &str = "x-charye-path";

type Answer = Response<Either<Full<Bytes>, Incoming>>;

struct Connector {
    settings: Settings,
    followed: Followed,
    visits: KeyRing,
    secure: bool,
    line: Fetcher<Empty<Bytes>>,
    site: Fetcher<Incoming>,
}

/// Serves until `stop`.
///
/// # Errors
/// Settings that cannot be used: a key that is none, a file of authorities without one.
pub async fn serve(
    listener: TcpListener,
    settings: Settings,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let followed = Followed::new(&settings.campaign, &settings.gate_key)
        .ok_or_else(|| io::Error::other("the key of the gate document is not one"))?;
    let line_tls = settings
        .news_from
        .as_ref()
        .map_or(settings.line.starts_with("https://"), |from| from.scheme_str() == Some("https"));
    let upstream_tls =
        settings.upstream.as_ref().is_some_and(|upstream| upstream.scheme_str() == Some("https"));
    let connector = Arc::new(Connector {
        followed,
        visits: KeyRing::new(KeyId(1), &settings.secret),
        secure: settings.site.starts_with("https://"),
        line: fetcher(&settings.authorities, line_tls)?,
        site: fetcher(&settings.authorities, upstream_tls)?,
        settings,
    });
    tokio::select! {
        () = follow(&connector) => {}
        () = accept(listener, &connector) => {}
        () = stop => {}
    }
    Ok(())
}

/// Asks for the gate document once a second, for ever.
async fn follow(connector: &Arc<Connector>) {
    let mut looks = tokio::time::interval(NEWS_EVERY);
    let mut was_well = true;
    loop {
        looks.tick().await;
        let fetched = tokio::time::timeout(NEWS_WITHIN, connector.news()).await;
        let fault = match fetched {
            Err(_) => Some("no answer".to_owned()),
            Ok(Err(error)) => Some(error),
            // Another cache may be a little behind.
            Ok(Ok(Ok(()) | Err(NewsFault::Older))) => None,
            Ok(Ok(Err(fault))) => Some(format!("{fault:?}")),
        };
        if was_well && let Some(fault) = &fault {
            tracing::warn!(fault, "the gate document cannot be had; nobody is let in once the last one ends");
        }
        was_well = fault.is_none();
    }
}

async fn accept(listener: TcpListener, connector: &Arc<Connector>) {
    let places = Arc::new(Semaphore::new(connector.settings.connections_max));
    loop {
        let place = Arc::clone(&places).acquire_owned().await.expect("nobody closes it");
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(AFTER_A_FAILED_ACCEPT).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let connector = Arc::clone(connector);
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let connector = Arc::clone(&connector);
                async move { Ok::<_, Infallible>(connector.answer(request, peer.ip()).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_WITHIN)
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades();
            if let Err(error) = connection.await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
            }
            drop(place);
        });
    }
}

/// What is to be done with somebody.
enum Verdict {
    Inside {
        visit: Visit,
        cookie: Option<HeaderValue>,
    },
    ToTheLine,
    /// Nothing is known of the line: nobody is let in.
    Unknown,
}

impl Connector {
    async fn news(&self) -> Result<Result<(), NewsFault>, String> {
        let Settings { line, news_from, campaign, .. } = &self.settings;
        let from = news_from.as_ref().map_or_else(|| line.clone(), ToString::to_string);
        let address = format!("{}/gate/{campaign}.json", from.trim_end_matches('/'));
        let address = address.parse().map_err(|_| "no address".to_owned())?;
        let answer = self.line.get(address).await.map_err(|error| error.to_string())?;
        if answer.status() != StatusCode::OK {
            return Err(format!("answered {}", answer.status()));
        }
        let body = Limited::new(answer.into_body(), DOCUMENT_BYTES_MAX).collect().await;
        let body = body.map_err(|error| error.to_string())?.to_bytes();
        let file = std::str::from_utf8(&body).map_err(|error| error.to_string())?;
        Ok(self.followed.take(file))
    }

    async fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> Answer {
        let now = (self.settings.clock)();
        match request.uri().path() {
            "/.charye/healthz" => return self.health(now),
            "/.charye/style.css" => {
                return said(StatusCode::OK, "text/css", self.settings.pages.style.clone());
            }
            "/.charye/enter" => return self.enter(&request, now),
            "/.charye/check" => return self.check(&request, now),
            "/.charye/begin" => return self.begin_for(&request, now),
            "/.charye/unknown" => return self.unknown(request.headers()),
            path if path.starts_with("/.charye/") || self.settings.upstream.is_none() => {
                return said(StatusCode::NOT_FOUND, "text/plain", Bytes::new());
            }
            _ => {}
        }
        match self.verdict(request.headers(), now) {
            Verdict::Inside { visit, cookie } => {
                let mut answer = self.forwarded(request, &visit, peer).await;
                if let Some(cookie) = cookie {
                    answer.headers_mut().append(SET_COOKIE, cookie);
                }
                answer
            }
            Verdict::ToTheLine => {
                let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
                self.begin(request.method(), request.headers(), &path)
            }
            Verdict::Unknown => self.unknown(request.headers()),
        }
    }

    fn verdict(&self, headers: &HeaderMap, now: Timestamp) -> Verdict {
        let Some(epoch) = self.followed.epoch(now) else { return Verdict::Unknown };
        let carried =
            Cookie::Visit.read(headers, self.secure).and_then(|token| Visit::open(&self.visits, token));
        let Some(visit) = carried.filter(|visit| visit.is_live(epoch, now)) else {
            return Verdict::ToTheLine;
        };
        let cookie = visit.extended(now, self.settings.idle).map(|visit| self.cookie_of(&visit, now));
        Verdict::Inside { visit, cookie }
    }

    fn cookie_of(&self, visit: &Visit, now: Timestamp) -> HeaderValue {
        let seconds = visit.ends_at.duration_since(now).as_secs().max(0);
        Cookie::Visit.set(&visit.seal(&self.visits), seconds, self.secure)
    }

    /// For nginx's `auth_request`: 204 is in, 401 is to the line (`/.charye/begin`), 403 is unknown
    /// (`/.charye/unknown`).
    fn check(&self, request: &Request<Incoming>, now: Timestamp) -> Answer {
        match self.verdict(request.headers(), now) {
            Verdict::Inside { visit, cookie } => {
                let mut answer = said(StatusCode::NO_CONTENT, "text/plain", Bytes::new());
                let visitor = HeaderValue::from_str(&visit.visitor_in_hex()).expect("hexadecimal");
                answer.headers_mut().insert(VISITOR, visitor);
                if let Some(cookie) = cookie {
                    answer.headers_mut().append(SET_COOKIE, cookie);
                }
                answer
            }
            Verdict::ToTheLine => said(StatusCode::UNAUTHORIZED, "text/plain", Bytes::new()),
            Verdict::Unknown => said(StatusCode::FORBIDDEN, "text/plain", Bytes::new()),
        }
    }

    fn begin_for(&self, request: &Request<Incoming>, now: Timestamp) -> Answer {
        if self.followed.epoch(now).is_none() {
            return self.unknown(request.headers());
        }
        let path = request.headers().get(ASKED_FOR).and_then(|path| path.to_str().ok()).unwrap_or("/");
        self.begin(request.method(), request.headers(), path)
    }

    /// A page of the site becomes a page of the line; a program is told so.
    fn begin(&self, method: &Method, headers: &HeaderMap, path: &str) -> Answer {
        let accepted = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or("");
        if !accepted.contains("text/html") {
            let told = format!(r#"{{"error":"not_your_turn","line":"{}"}}"#, self.settings.line);
            return said(StatusCode::UNAUTHORIZED, "application/json", told.into());
        }
        // What was posted is gone with the way through the line; it leads to the first page.
        let path = if method == Method::GET { path } else { "/" };
        let way = Way::read(headers, self.secure).map_or_else(|| self.new_way(path), |way| way.also_to(path));
        let to = format!("{}/site?for={}", self.settings.line, way.told());
        let mut answer = see_other(&to);
        answer.headers_mut().append(SET_COOKIE, way.cookie(self.secure));
        answer
    }

    fn new_way(&self, path: &str) -> Way {
        let mut secret = [0; 16];
        (self.settings.random)(&mut secret);
        Way::new(secret, path)
    }

    /// Somebody comes back from the line.
    fn enter(&self, request: &Request<Incoming>, now: Timestamp) -> Answer {
        let Some(epoch) = self.followed.epoch(now) else { return self.unknown(request.headers()) };
        let Settings { campaign, site, idle, pages, .. } = &self.settings;
        let brought = request.uri().query().and_then(|query| query.strip_prefix("turn="));
        let handover = brought.and_then(|token| {
            let is_genuine = |bytes: &[u8], signature: &[u8; 64]| self.followed.is_genuine(bytes, signature);
            Handover::open(token, campaign, site, is_genuine)
        });
        let way = Way::read(request.headers(), self.secure);
        let (Some(handover), Some(way)) = (handover, way) else {
            return page(StatusCode::BAD_REQUEST, pages.begin_again.for_reader(request.headers()));
        };
        if !handover.is_good(epoch, &way.mark(), now) {
            return page(StatusCode::BAD_REQUEST, pages.begin_again.for_reader(request.headers()));
        }
        let visit = Visit::begin(&handover, now, *idle);
        let mut answer = see_other(&way.path);
        answer.headers_mut().append(SET_COOKIE, self.cookie_of(&visit, now));
        answer.headers_mut().append(SET_COOKIE, Cookie::Way.set("", 0, self.secure));
        answer
    }

    async fn forwarded(&self, request: Request<Incoming>, visit: &Visit, peer: IpAddr) -> Answer {
        let upstream = self.settings.upstream.as_ref().expect("asked for with an upstream only");
        let passage = Passage {
            upstream,
            visitor: &visit.visitor_in_hex(),
            client: client(peer, request.headers(), self.settings.trusted_hops),
            over_tls: self.secure,
        };
        let silent = self.settings.pages.site_silent.for_reader(request.headers());
        let (request, upgrade) = to_site(request, &passage);
        match tokio::time::timeout(self.settings.upstream_wait, self.site.request(request)).await {
            Ok(Ok(answer)) => to_browser(answer, upgrade, self.secure).map(Either::Right),
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the site behind does not answer");
                page(StatusCode::BAD_GATEWAY, silent)
            }
            Err(_) => page(StatusCode::GATEWAY_TIMEOUT, silent),
        }
    }

    fn unknown(&self, headers: &HeaderMap) -> Answer {
        page(StatusCode::SERVICE_UNAVAILABLE, self.settings.pages.line_silent.for_reader(headers))
    }

    fn health(&self, now: Timestamp) -> Answer {
        let knows = self.followed.epoch(now).is_some();
        let (status, word) =
            if knows { (StatusCode::OK, "well") } else { (StatusCode::SERVICE_UNAVAILABLE, "blind") };
        said(status, "application/json", format!(r#"{{"line":"{word}"}}"#).into())
    }
}

fn see_other(to: &str) -> Answer {
    let mut answer = said(StatusCode::SEE_OTHER, "text/plain", Bytes::new());
    let to = HeaderValue::from_str(to).expect("addresses of ours and checked paths are plain ASCII");
    answer.headers_mut().insert(LOCATION, to);
    answer
}

fn page(status: StatusCode, html: Bytes) -> Answer {
    let mut answer = said(status, "text/html; charset=utf-8", html);
    let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if status.is_server_error() {
        answer.headers_mut().insert("retry-after", HeaderValue::from_static("10"));
    }
    answer
}

/// Nothing of ours is kept by anybody.
fn said(status: StatusCode, content_type: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(Either::Left(Full::new(body)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    answer
}
