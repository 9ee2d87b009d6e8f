//! What is answered to a request, whatever connection it came by.

use super::apology::Apologies;
use super::client::ClientAddress;
use super::{join, lane};
use crate::app::App;
use crate::lang::Lang;
use crate::overload::tries::CameFrom;
use crate::published::HSTS;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::header::STRICT_TRANSPORT_SECURITY;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::{Either, Full};
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
}

pub(super) struct Planes {
    pub(super) app: Arc<App>,
    pub(super) router: Router,
    pub(super) lane: lane::Lane,
    pub(super) apologies: Apologies,
}

impl Service<Request<Incoming>> for Front {
    type Response = Answer;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        Answering { work: self.work(request), over_tls: self.over_tls }
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
        if let Some(answer) = from_memory(&request, app) {
            app.watching.from_memory();
            return Work::done(answer);
        }
        if request.method() == Method::POST && request.uri().path() == app.tickets_path {
            return match join::at_once(&request, app) {
                Some(answer) => Work::done(answer),
                None => Work::Later(Box::pin(join_later(request, Arc::clone(app)))),
            };
        }
        self.behind_the_gate(request)
    }

    fn behind_the_gate(&self, mut request: Request<Incoming>) -> Work {
        let limits = &self.planes.app.settings.socket;
        let client = ClientAddress::of(self.peer, request.headers(), limits.trusted_hops);
        let Ok(share) = self.planes.app.entrance.request(client) else {
            return Work::done(self.planes.apologies.busy(request.uri().path()));
        };
        request.extensions_mut().insert(CameFrom(client.address()));
        let router = self.planes.router.clone();
        Work::Later(Box::pin(async move {
            let answer = router.oneshot(request.map(Body::new)).await;
            drop(share);
            answer.unwrap_or_else(|never: Infallible| match never {}).map(Either::Right)
        }))
    }
}

async fn join_later(request: Request<Incoming>, app: Arc<App>) -> Answer {
    join::join(request, &app).await.map(Either::Left)
}

pub(super) struct Answering {
    work: Work,
    over_tls: bool,
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
        let over_tls = self.over_tls;
        self.work.poll(ctx).map(|mut answer| {
            if over_tls {
                answer.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
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
fn from_memory(request: &Request<Incoming>, app: &App) -> Option<Response<Full<Bytes>>> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return None;
    }
    let path = request.uri().path();
    if path == app.gate_document_path {
        return Some(app.gate.published().gate_document.respond(request.headers()));
    }
    let has_no_query = request.uri().query().is_none();
    match path {
        "/" => Some(app.gate.published().home(Lang::Ko).respond(request.headers())),
        "/en" | "/en/" => Some(app.gate.published().home(Lang::En).respond(request.headers())),
        "/find" if has_no_query => Some(app.finder.board().search_form(Lang::Ko, request.headers())),
        "/en/find" if has_no_query => Some(app.finder.board().search_form(Lang::En, request.headers())),
        _ => {
            let file = app.static_plane.get(path).map(|file| file.respond(request.headers()));
            file.or_else(|| app.finder.board().respond(path, request.headers()))
        }
    }
}
