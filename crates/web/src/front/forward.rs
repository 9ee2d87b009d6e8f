//! From a process that has no ledger to the one that has it: a socket of this machine, and what may go over it.
//!
//! The gate process waits for a slow sender itself and passes a whole request on, so that it can be sent again: every
//! write can be sent twice. An answer is streamed. Where nobody answers within [`PATIENCE`], the asker gets the prepared
//! page; where that has happened lately, at once.

use super::client::ClientAddress;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, Version};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::http;
use hyper_util::rt::TokioIo;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use store::Clock;
use tokio::net::UnixStream;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// The client, as the gate believes it to be. Read from the socket of this machine alone, and taken out of whatever the
/// public sends.
pub(super) const CLIENT: HeaderName = HeaderName::from_static("x-charye-client");
/// [`Lane`], likewise.
pub(super) const LANE: HeaderName = HeaderName::from_static("x-charye-lane");
const OURS: &str = "x-charye-";

/// How long an answer is waited for, a new start of the other process included.
const PATIENCE: Duration = Duration::from_secs(3);
/// The same while it is known that nobody answers.
const PATIENCE_WHEN_SICK: Duration = Duration::from_millis(250);
const TRY_AGAIN: Duration = Duration::from_millis(40);
/// After so many requests in a row without an answer nobody waits any more; one in so long still tries.
const FAILURES_MAX: u32 = 3;
const PROBE_EVERY: Duration = Duration::from_millis(300);
/// Requests under way to the other process.
const UNDER_WAY_MAX: usize = 2_048;
/// Connections kept for the next request.
const IDLE_MAX: usize = 64;

/// Whose places a request takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    Public,
    /// The staff's: only a desk process says so.
    Desk,
}

impl Lane {
    fn word(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Public => "public",
            Self::Desk => "desk",
        })
    }

    /// Of a request that came over the socket of this machine.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        if headers.get(LANE).is_some_and(|lane| lane == "desk") { Self::Desk } else { Self::Public }
    }
}

/// Whom the gate believed, of a request that came over the socket of this machine.
pub(super) fn client_of(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get(CLIENT)?.to_str().ok()?.parse().ok()
}

pub struct Forwarder {
    socket: PathBuf,
    lane: Lane,
    clock: Arc<dyn Clock>,
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
    under_way: Semaphore,
    health: Mutex<Health>,
}

/// How the other process has answered lately.
#[derive(Debug, Default)]
struct Health {
    failures: u32,
    probed_at: Option<Duration>,
}

impl Health {
    /// How long an answer may be waited for; None when nobody should ask now.
    fn patience(&mut self, now: Duration) -> Option<Duration> {
        if self.failures < FAILURES_MAX {
            return Some(PATIENCE);
        }
        if self.probed_at.is_some_and(|at| now.saturating_sub(at) < PROBE_EVERY) {
            return None;
        }
        self.probed_at = Some(now);
        Some(PATIENCE_WHEN_SICK)
    }

    fn learn(&mut self, was_answered: bool) {
        self.failures = if was_answered { 0 } else { self.failures.saturating_add(1) };
    }
}

impl Forwarder {
    pub fn new(socket: &Path, lane: Lane, clock: Arc<dyn Clock>) -> Self {
        Self {
            socket: socket.to_path_buf(),
            lane,
            clock,
            idle: Mutex::default(),
            under_way: Semaphore::new(UNDER_WAY_MAX),
            health: Mutex::default(),
        }
    }

    pub fn lane(&self) -> Lane {
        self.lane
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().expect("nothing panics while counting failures")
    }

    /// None when the other process does not answer, or too much is under way already.
    pub(super) async fn pass_on(
        &self,
        head: &Parts,
        body: &Bytes,
        client: ClientAddress,
    ) -> Option<Response<Incoming>> {
        let _place = self.under_way.try_acquire().ok()?;
        let patience = self.health().patience(self.clock.elapsed())?;
        let headers = self.headers(head, client);
        let target = Uri::builder().path_and_query(head.uri.path_and_query()?.clone()).build().ok()?;
        let request = || {
            let mut request = Request::new(Full::new(body.clone()));
            *request.method_mut() = head.method.clone();
            *request.uri_mut() = target.clone();
            *request.headers_mut() = headers.clone();
            request
        };
        let answer = timeout(patience, self.until_answered(request)).await.ok();
        self.health().learn(answer.is_some());
        answer.map(clean)
    }

    async fn until_answered(&self, request: impl Fn() -> Request<Full<Bytes>>) -> Response<Incoming> {
        loop {
            if let Some(answer) = self.once(request()).await {
                return answer;
            }
            sleep(TRY_AGAIN).await;
        }
    }

    async fn once(&self, request: Request<Full<Bytes>>) -> Option<Response<Incoming>> {
        let mut connection = match self.kept() {
            Some(kept) => kept,
            None => self.connect().await?,
        };
        let answer = connection.send_request(request).await.ok()?;
        let mut idle = self.idle.lock().expect("nothing panics while keeping a connection");
        if idle.len() < IDLE_MAX {
            idle.push(connection);
        }
        Some(answer)
    }

    /// One that is through with its answer.
    fn kept(&self) -> Option<SendRequest<Full<Bytes>>> {
        let mut idle = self.idle.lock().expect("nothing panics while keeping a connection");
        idle.retain(|connection| !connection.is_closed());
        let ready = idle.iter().position(SendRequest::is_ready)?;
        Some(idle.swap_remove(ready))
    }

    async fn connect(&self) -> Option<SendRequest<Full<Bytes>>> {
        let stream = UnixStream::connect(&self.socket).await.ok()?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        Some(sender)
    }

    /// What goes with a request to the other side: nothing that is about this connection, nothing that a proxy or the
    /// public says about where it came from, and what we believe ourselves.
    fn headers(&self, head: &Parts, client: ClientAddress) -> HeaderMap {
        let mut headers = head.headers.clone();
        drop_hops(&mut headers);
        let forged: Vec<HeaderName> = headers
            .keys()
            .filter(|name| {
                let name = name.as_str();
                name.starts_with(OURS) || name.starts_with("x-forwarded-") || name == "forwarded"
            })
            .cloned()
            .collect();
        for name in forged {
            headers.remove(name);
        }
        if let (Version::HTTP_2, Some(authority)) = (head.version, head.uri.authority())
            && let Ok(host) = HeaderValue::from_str(authority.as_str())
        {
            headers.insert(HOST, host);
        }
        if let Ok(address) = HeaderValue::from_str(&client.address().to_string()) {
            headers.insert(CLIENT, address);
        }
        headers.insert(LANE, self.lane.word());
        headers
    }
}

/// RFC 9110, section 7.6.1.
fn drop_hops(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, EXPECT, CONTENT_LENGTH] {
        headers.remove(name);
    }
    for name in ["keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization"] {
        headers.remove(name);
    }
}

fn clean(mut answer: Response<Incoming>) -> Response<Incoming> {
    let length = answer.headers().get(CONTENT_LENGTH).cloned();
    drop_hops(answer.headers_mut());
    if let Some(length) = length {
        answer.headers_mut().insert(CONTENT_LENGTH, length);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::MockClock;

    #[test]
    fn nothing_that_the_public_says_of_itself_goes_over() {
        let clock = Arc::new(MockClock::at(jiff::Timestamp::UNIX_EPOCH));
        let forwarder = Forwarder::new(Path::new("/nowhere"), Lane::Public, clock);
        let request = Request::builder()
            .uri("/my")
            .header("x-charye-client", "203.0.113.9")
            .header("X-Charye-Lane", "desk")
            .header("x-charye-anything", "1")
            .header("x-forwarded-for", "203.0.113.9")
            .header("connection", "close, x-secret")
            .header("x-secret", "1")
            .header("transfer-encoding", "chunked")
            .header("expect", "100-continue")
            .header("cookie", "a=b")
            .header("host", "charye.test");
        let (head, ()) = request.body(()).unwrap().into_parts();
        let client = ClientAddress::from(IpAddr::from([192, 0, 2, 7]));
        let passed = forwarder.headers(&head, client);
        let mut names: Vec<&str> = passed.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["cookie", "host", "x-charye-client", "x-charye-lane"]);
        assert_eq!(client_of(&passed), Some(client.address()));
        assert_eq!((Lane::of(&passed), passed.get_all(LANE).iter().count()), (Lane::Public, 1));
    }

    #[test]
    fn after_some_failures_nobody_waits_but_one_tries_now_and_then() {
        let mut health = Health::default();
        let at = Duration::from_millis;
        for _ in 0..FAILURES_MAX {
            assert_eq!(health.patience(at(0)), Some(PATIENCE));
            health.learn(false);
        }
        assert_eq!(health.patience(at(1)), Some(PATIENCE_WHEN_SICK));
        let later = [2, 300, 301].map(|now| health.patience(at(now)).is_some());
        assert_eq!(later, [false, false, true]);
        health.learn(true);
        assert_eq!([302; 2].map(|now| health.patience(at(now))), [Some(PATIENCE); 2]);
    }
}
