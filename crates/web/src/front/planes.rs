//! What is answered to a request, whatever connection it came by.

use super::apology::Apologies;
use super::client::ClientAddress;
use super::entrance::Entrance;
use super::forward::{self, Forwarder, Lane};
use super::{join, lane};
use crate::app::App;
use crate::lang::Lang;
use crate::overload::tries::CameFrom;
use crate::published::HSTS;
use crate::routes;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::header::{CONNECTION, STRICT_TRANSPORT_SECURITY};
use http::{HeaderValue, Method, Request, Response, Version};
use http_body_util::{BodyExt as _, Either, Full, Limited};
use hyper::body::Incoming;
use hyper::http;
use hyper::service::Service;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use tower::ServiceExt as _;

pub type Answer = Response<Either<Full<Bytes>, Body>>;

/// The service of one connection. What memory can answer is answered in the call itself; only the rest is a future.
#[derive(Clone)]
pub(super) struct Front {
    pub(super) planes: Arc<Planes>,
    /// Of the socket.
    pub(super) peer: IpAddr,
    pub(super) over_tls: bool,
    /// There was no place for this connection: whatever it asks for, it is told to come again.
    pub(super) turns_away: bool,
    /// From another process of ours, which says who the client is, and by which lane it comes.
    pub(super) is_inside: bool,
}

pub(super) struct Planes {
    pub(super) app: Arc<App>,
    pub(super) router: Router,
    pub(super) staff_router: Router,
    pub(super) lane: lane::Lane,
    pub(super) apologies: Apologies,
    /// Who is served at this listener.
    pub(super) entrance: Arc<Entrance>,
    /// At this listener only the staff is answered.
    pub(super) for_staff: bool,
}

impl Planes {
    pub(super) fn new(app: Arc<App>, router: Router) -> Self {
        let (for_staff, entrance) = (app.is_for_staff(), Arc::clone(&app.entrance));
        Self::at(app, router, entrance, for_staff)
    }

    /// With places of its own, which the public cannot take.
    pub(super) fn for_staff(app: Arc<App>) -> Self {
        let entrance = Arc::new(Entrance::new(&app.settings.socket));
        let router = routes::router(&app);
        Self::at(app, router, entrance, true)
    }

    fn at(app: Arc<App>, router: Router, entrance: Arc<Entrance>, for_staff: bool) -> Self {
        let (lane, apologies) = (lane::Lane::new(&app, for_staff), Apologies::new(&app));
        let staff_router = routes::staff_router(&app);
        Self { app, router, staff_router, lane, apologies, entrance, for_staff }
    }
}

impl Service<Request<Incoming>> for Front {
    type Response = Answer;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        // HTTP/2 says it in its own way.
        let ends = self.planes.app.draining.has_begun() && request.version() < Version::HTTP_2;
        Answering { work: self.work(request), over_tls: self.over_tls, ends }
    }
}

impl Front {
    pub(super) fn turning_away(self) -> Self {
        Self { turns_away: true, ..self }
    }

    fn work(&self, request: Request<Incoming>) -> Work {
        let app = &self.planes.app;
        if self.turns_away {
            return Work::done(self.planes.apologies.busy(request.uri().path()));
        }
        // Only HTTP/2 lets more in.
        if self.over_tls && head_bytes(&request) > app.settings.socket.head_bytes_max {
            return Work::done(self.planes.apologies.head_too_large());
        }
        let for_staff = self.planes.for_staff;
        if let Some(answer) = from_memory(&request, app, for_staff) {
            app.watching.from_memory();
            return Work::done(answer);
        }
        if request.method() == Method::POST && request.uri().path() == app.tickets_path && !for_staff {
            return match join::at_once(&request, app) {
                Some(answer) => Work::done(answer),
                None => Work::Later(Box::pin(join_later(request, Arc::clone(app)))),
            };
        }
        self.behind_the_gate(request)
    }

    fn client(&self, request: &Request<Incoming>) -> ClientAddress {
        let believed = if self.is_inside { forward::client_of(request.headers()) } else { None };
        let hops = self.planes.app.settings.socket.trusted_hops;
        believed.map_or_else(|| ClientAddress::of(self.peer, request.headers(), hops), ClientAddress::from)
    }

    fn behind_the_gate(&self, mut request: Request<Incoming>) -> Work {
        let client = self.client(&request);
        let Ok(share) = self.planes.entrance.request(client) else {
            return Work::done(self.planes.apologies.busy(request.uri().path()));
        };
        let app = &self.planes.app;
        if let Some(forwarder) = app.forwarder.as_ref().filter(|_| !is_answered_at_the_gate(&request, app)) {
            let (planes, forwarder) = (Arc::clone(&self.planes), Arc::clone(forwarder));
            return Work::Later(Box::pin(async move {
                let answer = pass_on(request, &planes, &forwarder, client).await;
                drop(share);
                answer
            }));
        }
        request.extensions_mut().insert(CameFrom(client.address()));
        let lane = match (self.is_inside, app.forwarder.is_none() && self.planes.for_staff) {
            (true, _) => Lane::of(request.headers()),
            (false, true) => Lane::Desk,
            (false, false) => Lane::Public,
        };
        request.extensions_mut().insert(lane);
        let planes = &self.planes;
        let router = if lane == Lane::Desk { planes.staff_router.clone() } else { planes.router.clone() };
        Work::Later(Box::pin(async move {
            let answer = router.oneshot(request.map(Body::new)).await;
            drop(share);
            answer.unwrap_or_else(|never: Infallible| match never {}).map(Either::Right)
        }))
    }
}

/// The pages of the line and those that ask nobody anything.
fn is_answered_at_the_gate(request: &Request<Incoming>, app: &App) -> bool {
    let path = request.uri().path();
    if app.is_for_staff() {
        return path == "/healthz";
    }
    let page = path.strip_prefix("/en").unwrap_or(path);
    matches!(page, "/wait" | "/help" | "/status" | "/site")
        || matches!(path, "/healthz" | "/openapi.json")
        || path == app.ticket_path
}

/// The answer of the process that has the ledger; where it gives none, what is known here, or words.
async fn pass_on(
    request: Request<Incoming>,
    planes: &Planes,
    forwarder: &Forwarder,
    client: ClientAddress,
) -> Answer {
    let (head, body) = request.into_parts();
    let limits = &planes.app.settings.socket;
    let whole = Limited::new(body, limits.body_bytes_max).collect();
    let body = match tokio::time::timeout(limits.body_wait, whole).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => return planes.apologies.body_too_large().map(Either::Left),
        Err(_) => return planes.apologies.body_too_slow().map(Either::Left),
    };
    if let Some(answer) = forwarder.pass_on(&head, &body, client).await {
        return answer.map(|body| Either::Right(Body::new(body)));
    }
    let asked = Request::from_parts(head, ());
    let known = from_the_board(&asked, &planes.app);
    known.unwrap_or_else(|| planes.apologies.busy(asked.uri().path())).map(Either::Left)
}

async fn join_later(request: Request<Incoming>, app: Arc<App>) -> Answer {
    join::join(request, &app).await.map(Either::Left)
}

pub(super) struct Answering {
    work: Work,
    over_tls: bool,
    ends: bool,
}

/// An answer that is there, or one that is being worked on. The latter is boxed, so that a connection that only polls
/// stays small.
enum Work {
    Done(Option<Answer>),
    Later(Pin<Box<dyn Future<Output = Answer> + Send>>),
}

impl Work {
    fn done(answer: Response<Full<Bytes>>) -> Self {
        Self::Done(Some(answer.map(Either::Left)))
    }

    fn poll(&mut self, ctx: &mut TaskContext<'_>) -> Poll<Answer> {
        match self {
            Self::Done(answer) => Poll::Ready(answer.take().expect("a future is polled to its end once")),
            Self::Later(future) => future.as_mut().poll(ctx),
        }
    }
}

impl Future for Answering {
    type Output = Result<Answer, Infallible>;

    fn poll(mut self: Pin<&mut Self>, ctx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let (over_tls, ends) = (self.over_tls, self.ends);
        self.work.poll(ctx).map(|mut answer| {
            if over_tls {
                answer.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
            }
            if ends {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer)
        })
    }
}

fn head_bytes(request: &Request<Incoming>) -> usize {
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    request.uri().path().len() + headers.sum::<usize>()
}

/// The gate and static planes. They need no store, no cookie and no time.
fn from_memory(request: &Request<Incoming>, app: &App, for_staff: bool) -> Option<Response<Full<Bytes>>> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return None;
    }
    let path = request.uri().path();
    if for_staff {
        return app.static_plane.get(path).map(|file| file.respond(request.headers()));
    }
    if path == app.gate_document_path {
        return Some(app.gate.published().gate_document.respond(request.headers()));
    }
    match path {
        "/" => Some(app.gate.published().home(Lang::Ko).respond(request.headers())),
        "/en" | "/en/" => Some(app.gate.published().home(Lang::En).respond(request.headers())),
        _ => {
            let file = app.static_plane.get(path).map(|file| file.respond(request.headers()));
            // Where the ledger is elsewhere, so is the board that is fed from it.
            file.or_else(|| from_the_board(request, app).filter(|_| app.forwarder.is_none()))
        }
    }
}

/// What is free where, as far as this process knows.
fn from_the_board<B>(request: &Request<B>, app: &App) -> Option<Response<Full<Bytes>>> {
    let path = request.uri().path();
    let has_no_query = request.uri().query().is_none();
    match path {
        "/find" if has_no_query => Some(app.finder.board().search_form(Lang::Ko, request.headers())),
        "/en/find" if has_no_query => Some(app.finder.board().search_form(Lang::En, request.headers())),
        _ => app.finder.board().respond(path, request.headers()),
    }
}
