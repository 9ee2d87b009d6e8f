//! The front: our own accept loop, and what is answered before any other layer.
//!
//! In this order, so that the cheap comes first: a place at the entrance → timers → gate and static planes from memory →
//! the pages ([`crate::serve`]). Whoever finds no place is told so, in words, and to come again; only beyond
//! [`limits::SocketLimits::turned_away_max`] of those the kernel keeps people waiting in the listen queue.

mod apology;
pub mod entrance;
mod join;
mod lane;
pub mod limits;
mod wire;

pub(crate) use join::state_of;

use crate::app::App;
use crate::lang::Lang;
use apology::Apologies;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use entrance::Admission;
use http::{Method, Request, Response};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::http;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{Domain, SockRef, Socket, Type};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;
use wire::Wire;

/// The listen queue; the kernel cuts it to its own maximum.
const BACKLOG: i32 = 4096;

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
    // For answers that are the kernel's to deliver: it, too, gives up on whoever does not read. Connections inherit it.
    let cut = SockRef::from(&listener).set_tcp_user_timeout(Some(app.settings.socket.write_wait));
    cut.expect("a listener takes options");
    let listener = TcpListener::from_std(listener).expect("the listener is non-blocking");
    let lane = lane::Lane::new(&app);
    let apologies = Apologies::new(&app);
    let front = Front(Arc::new(Planes { app, router, lane, apologies }));
    let entrance = &front.0.app.entrance;
    tokio::pin!(stop);
    loop {
        let socket = entrance.socket().await;
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let admission = entrance.admit(socket, peer.ip());
                tokio::spawn(come_in(stream, admission, front.clone()));
            }
            Err(error) => {
                // Out of descriptors: the connections in hand must end first.
                tracing::warn!(error = &error as &dyn std::error::Error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn come_in(mut stream: TcpStream, admission: Admission, front: Front) {
    match admission {
        Admission::Served(inside) => {
            connection(stream, front).await;
            drop(inside);
        }
        Admission::TurnedAway(socket) => {
            let planes = &front.0;
            Box::pin(planes.apologies.turn_away(&mut stream, &planes.app)).await;
            drop(socket);
        }
    }
}

async fn connection<S>(mut stream: S, front: Front)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let planes = Arc::clone(&front.0);
    let app = &planes.app;
    match planes.lane.serve(&mut stream, app).await {
        lane::After::Closed => {}
        lane::After::TooSlow => Box::pin(planes.apologies.too_slow(&mut stream, app)).await,
        lane::After::Hyper(first) => {
            let wire = Wire::new(first, stream, app.settings.socket.write_wait);
            through_hyper(wire, front).await;
        }
    }
}

async fn through_hyper<S>(wire: Wire<S>, front: Front)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let planes = Arc::clone(&front.0);
    let (app, limits) = (&planes.app, &planes.app.settings.socket);
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_wait)
        .max_buf_size(limits.head_bytes_max)
        .writev(false)
        .serve_connection(TokioIo::new(wire), front);
    let served = (&mut connection).await;
    let parts = connection.into_parts();
    let (wire, has_begun) = (parts.io.into_inner(), !parts.read_buf.is_empty());
    let refused = wire.refused;
    let mut stream = wire.into_stream();
    match served {
        _ if refused.is_some() => {
            Box::pin(planes.apologies.in_words(refused.unwrap_or_default(), &mut stream, app)).await;
        }
        Err(error) if error.is_timeout() && has_begun => {
            Box::pin(planes.apologies.too_slow(&mut stream, app)).await;
        }
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
        }
        Ok(()) => Box::pin(apology::hear_out(&mut stream)).await,
    }
}

/// The service of every connection. What memory can answer is answered in the call itself; only the rest is a future.
#[derive(Clone)]
struct Front(Arc<Planes>);

struct Planes {
    app: Arc<App>,
    router: Router,
    lane: lane::Lane,
    apologies: Apologies,
}

impl Service<Request<Incoming>> for Front {
    type Response = Answer;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        let app = &self.0.app;
        if let Some(answer) = from_memory(&request, app) {
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
