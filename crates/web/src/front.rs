//! The front: our own accept loop, and what is answered before any other layer.
//!
//! In this order, so that the cheap comes first: connection cap → header timeout → gate and static planes from memory
//! → the pages ([`crate::serve`]). A connection over the cap is not accepted; the kernel keeps it waiting in the
//! listen queue.

mod join;
mod lane;
mod wire;

pub(crate) use join::state_of;

use crate::app::App;
use crate::lang::Lang;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::http;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{Domain, Socket, Type};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;
use wire::Wire;

/// The listen queue; the kernel cuts it to its own maximum.
const BACKLOG: i32 = 4096;
/// From when a request is waited for to the end of its head; so it is also how long an idle connection is kept.
const HEADER_TIMEOUT: Duration = Duration::from_secs(20);
/// Bytes of a request's head.
const HEAD_MAX: usize = 16 * 1024;

pub type Answer = Response<Either<Full<Bytes>, Body>>;

/// A listener that several runtimes or processes may share.
pub fn bind(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    // Accepted connections inherit it: one call less for each.
    socket.set_tcp_nodelay(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Accepts until told to stop, then lets the connections in hand finish.
pub async fn serve(
    listener: std::net::TcpListener,
    app: Arc<App>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let listener = TcpListener::from_std(listener).expect("the listener is non-blocking");
    let connections = Arc::new(Semaphore::new(app.settings.connections_max));
    let lane = lane::Lane::new(&app);
    let front = Front(Arc::new(Planes { app, router, lane }));
    tokio::pin!(stop);
    loop {
        let slot = Arc::clone(&connections).acquire_owned().await.expect("the semaphore is never closed");
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => return,
        };
        match accepted {
            Ok((stream, _peer)) => {
                let front = front.clone();
                tokio::spawn(async move {
                    connection(stream, front).await;
                    drop(slot);
                });
            }
            Err(error) => {
                // Out of descriptors: the connections in hand must end first.
                tracing::warn!(error = &error as &dyn std::error::Error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn connection(mut stream: TcpStream, front: Front) {
    let planes = Arc::clone(&front.0);
    let _counted = planes.app.watching.connection();
    let first = match planes.lane.serve(&mut stream, &planes.app).await {
        lane::After::Closed => return,
        lane::After::Hyper(first) => first,
    };
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEAD_MAX)
        .writev(false)
        .serve_connection(Wire { first, rest: TokioIo::new(stream) }, front)
        .await;
    if let Err(error) = served {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
    }
}

/// The service of every connection. What memory can answer is answered in the call itself; only the rest is a future.
#[derive(Clone)]
struct Front(Arc<Planes>);

struct Planes {
    app: Arc<App>,
    router: Router,
    lane: lane::Lane,
}

impl Service<Request<Incoming>> for Front {
    type Response = Answer;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        let app = &self.0.app;
        if let Some(answer) = from_memory(&request, app) {
            app.watching.from_memory();
            return Answering::now(answer);
        }
        if request.method() == Method::POST && request.uri().path() == app.tickets_path {
            return match join::at_once(&request, app) {
                Some(answer) => Answering::now(answer),
                None => Answering::Later(Box::pin(join_later(request, Arc::clone(app)))),
            };
        }
        Answering::Later(Box::pin(behind_the_gate(request, self.0.router.clone())))
    }
}

async fn join_later(request: Request<Incoming>, app: Arc<App>) -> Answer {
    join::join(request, &app).await.map(Either::Left)
}

async fn behind_the_gate(request: Request<Incoming>, router: Router) -> Answer {
    let answer = router.oneshot(request.map(Body::new)).await;
    answer.unwrap_or_else(|never: Infallible| match never {}).map(Either::Right)
}

/// An answer that is there, or one that is being worked on. The latter is boxed, so that a connection that only polls
/// stays small.
enum Answering {
    Now(Option<Answer>),
    Later(Pin<Box<dyn Future<Output = Answer> + Send>>),
}

impl Answering {
    fn now(answer: Response<Full<Bytes>>) -> Self {
        Self::Now(Some(answer.map(Either::Left)))
    }
}

impl Future for Answering {
    type Output = Result<Answer, Infallible>;

    fn poll(self: Pin<&mut Self>, ctx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Now(answer) => Poll::Ready(Ok(answer.take().expect("a future is polled to its end once"))),
            Self::Later(future) => future.as_mut().poll(ctx).map(Ok),
        }
    }
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
