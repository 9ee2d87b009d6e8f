//! A service small enough to trust: the contract in memory, on a loopback port, with bad manners on request.

mod model;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, RETRY_AFTER};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::audit::Export;
use crate::pace::Stopwatch;
use model::Model;

/// How the stand-in behaves; by default well.
#[derive(Clone)]
pub(crate) struct Manners {
    pub(crate) opens_in: Duration,
    pub(crate) admissions_per_second: u64,
    pub(crate) places_per_slot: u32,
    /// Every n-th request is told 503 with `retry_after`; 0 for none.
    pub(crate) busy_every: u64,
    pub(crate) retry_after: Duration,
    /// The entrance admits one exchange in n at once and tells the others 429.
    pub(crate) entrance_every: u64,
    pub(crate) answer_after: Duration,
    /// Confirmations are done, and never answered.
    pub(crate) confirms_silently: bool,
    pub(crate) closes_connections: bool,
    pub(crate) phase: Option<&'static str>,
    pub(crate) gives_tickets_from: Duration,
    /// The first code to each phone never comes.
    pub(crate) loses_first_codes: bool,
    /// Every n-th confirmation is done and never answered; 0 for none.
    pub(crate) forgets_every: u64,
    pub(crate) sabotage: Option<Sabotage>,
}

/// What an audit must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sabotage {
    OversellsByOne,
    LosesABooking,
    CallsOutOfOrder,
    TellsWaitsTooShort,
    LetsInEarly,
    BooksTwice,
    MovesABooking,
    InventsABooking,
    SharesANumber,
    GivesANumberTwice,
    TurnsAwayTheCalled,
}

impl Default for Manners {
    fn default() -> Self {
        Manners {
            opens_in: Duration::from_secs(30),
            admissions_per_second: 20,
            places_per_slot: 1_000,
            busy_every: 0,
            retry_after: Duration::from_secs(3),
            entrance_every: 1,
            answer_after: Duration::ZERO,
            confirms_silently: false,
            closes_connections: false,
            phase: None,
            gives_tickets_from: Duration::ZERO,
            loses_first_codes: false,
            forgets_every: 0,
            sabotage: None,
        }
    }
}

/// What the stand-in saw of the crowd's own manners.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) requests_at: Vec<Duration>,
    pub(crate) gate_reads: usize,
    pub(crate) in_flight: usize,
    pub(crate) in_flight_max: usize,
    pub(crate) connections: usize,
    pub(crate) came_back_too_early: usize,
    pub(crate) told_to_wait: usize,
    /// Until when whom was asked to stay away.
    away_until: HashMap<String, Duration>,
}

pub(crate) struct StandIn {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    /// Stops serving when the stand-in is dropped.
    _serving: JoinSet<()>,
}

struct Shared {
    watch: Stopwatch,
    manners: Manners,
    seen: Mutex<Seen>,
    model: Mutex<Model>,
}

/// What the model says to a request.
pub(crate) struct Reply {
    status: u16,
    retry_after: Option<Duration>,
    body: String,
    is_silent: bool,
}

impl StandIn {
    pub(crate) async fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free loopback port");
        let address = listener.local_addr().expect("a bound address");
        let shared = Arc::new(Shared {
            watch: Stopwatch::start().await,
            model: Mutex::new(Model::new(manners.clone())),
            manners,
            seen: Mutex::default(),
        });
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&shared)));
        StandIn { address, shared, _serving: serving }
    }

    pub(crate) fn booked(&self) -> u64 {
        self.shared.model.lock().expect("no test panics while holding it").booked()
    }

    /// What an audit export of it would say.
    pub(crate) fn export(&self) -> Export {
        self.shared.model.lock().expect("no test panics while holding it").export()
    }

    pub(crate) fn seen<T>(&self, read: impl Fn(&Seen) -> T) -> T {
        read(&self.shared.seen.lock().expect("no test panics while holding it"))
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.expect("loopback accepts");
        shared.seen.lock().expect("not poisoned").connections += 1;
        connections.spawn(serve(stream, Arc::clone(&shared)));
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let answer = service_fn(move |request| respond(request, Arc::clone(&shared)));
    let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
    // A crowd that goes home closes connections in the middle of anything.
    let _ended = served.await;
}

async fn respond(
    request: Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let now = shared.watch.elapsed();
    let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
    let asker = [header("idempotency-key"), header("charye-ticket"), String::from_utf8_lossy(&body).into()];
    let who = format!("{} {} {}", parts.method, parts.uri.path(), asker.join("|"));
    let path = parts.uri.path();
    let is_busy = shared.seen.lock().expect("not poisoned").arrive(now, path, &who, &shared.manners);
    let reply = if is_busy {
        Reply::problem(503, "Overloaded").after(shared.manners.retry_after)
    } else {
        shared.model.lock().expect("not poisoned").reply(now, &parts.method, path, header, &body)
    };
    if reply.retry_after.is_some() {
        shared.seen.lock().expect("not poisoned").tell_to_wait(now, who, &shared.manners);
    }
    tokio::time::sleep(shared.manners.answer_after).await;
    shared.seen.lock().expect("not poisoned").in_flight -= 1;
    if reply.is_silent {
        std::future::pending::<()>().await;
    }
    Ok(reply.response(shared.manners.closes_connections))
}

impl Seen {
    /// Notes a request; true when it is its turn to be told 503.
    fn arrive(&mut self, now: Duration, path: &str, who: &str, manners: &Manners) -> bool {
        self.requests_at.push(now);
        self.gate_reads += usize::from(path.ends_with("c55.json"));
        self.in_flight += 1;
        self.in_flight_max = self.in_flight_max.max(self.in_flight);
        if self.away_until.remove(who).is_some_and(|until| now < until) {
            self.came_back_too_early += 1;
        }
        manners.busy_every > 0 && (self.requests_at.len() as u64).is_multiple_of(manners.busy_every)
    }

    /// Those who take a ticket look all alike, so only the others are remembered.
    fn tell_to_wait(&mut self, now: Duration, who: String, manners: &Manners) {
        self.told_to_wait += 1;
        if !who.ends_with(" ||") {
            self.away_until.insert(who, now + manners.retry_after);
        }
    }
}

impl Reply {
    fn json(status: u16, body: &Value) -> Self {
        Reply { status, retry_after: None, body: body.to_string(), is_silent: false }
    }

    fn problem(status: u16, code: &str) -> Self {
        Reply::json(status, &json!({ "code": code }))
    }

    fn after(mut self, retry_after: Duration) -> Self {
        self.retry_after = Some(retry_after);
        self
    }

    fn response(self, closes: bool) -> Response<Full<Bytes>> {
        let mut response = Response::builder().status(self.status);
        if let Some(wait) = self.retry_after {
            response = response.header(RETRY_AFTER, wait.as_secs().to_string());
        }
        if closes {
            response = response.header(CONNECTION, "close");
        }
        response.body(Full::new(self.body.into())).expect("the stand-in's headers are valid")
    }
}
