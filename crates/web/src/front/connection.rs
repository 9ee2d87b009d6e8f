//! One connection: its place, TLS, and the version of HTTP that both sides chose.

use super::apology;
use super::entrance::Admission;
use super::lane::After;
use super::planes::{Answering, Front};
use super::tls;
use super::wire::Wire;
use http::Request;
use hyper::body::Incoming;
use hyper::http;
use hyper::server::conn::{http1, http2};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{interval_at, timeout};
use tokio_rustls::server::TlsStream;

/// Requests of one connection of HTTP/2 that are worked on at once.
const STREAMS_MAX: u32 = 64;
/// Streams that a client opens and resets before we have looked at them: more is an attack (rapid reset).
const RESET_STREAMS_MAX: usize = 20;
/// Streams that we had to reset because of what the client did: more is an attack, too (`MadeYouReset`).
const OWN_RESETS_MAX: usize = 64;
/// Bytes of answers that wait in a connection of HTTP/2 for its client to read.
const SEND_BUFFER_MAX: usize = 64 * 1024;

pub(super) async fn come_in(stream: TcpStream, admission: Admission, front: Front) {
    let planes = Arc::clone(&front.planes);
    let is_served = matches!(admission, Admission::Served(_));
    let _counted = is_served.then(|| planes.app.watching.connection());
    let Some(tls) = &planes.app.tls else { return plain(stream, admission, front).await };
    // Whoever is turned away has to shake hands first, or could not read it.
    let handshake = Box::pin(tls.accept(stream));
    let Ok(Ok(stream)) = timeout(planes.app.settings.socket.handshake_wait, handshake).await else { return };
    Box::pin(over_tls(stream, admission, front)).await;
}

async fn plain<S>(mut stream: S, admission: Admission, front: Front)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    match admission {
        Admission::Served(inside) => {
            one_after_another(stream, front).await;
            drop(inside);
        }
        Admission::TurnedAway(socket) => {
            let planes = &front.planes;
            Box::pin(planes.apologies.turn_away(&mut stream, &planes.app)).await;
            drop(socket);
        }
    }
}

async fn over_tls(stream: TlsStream<TcpStream>, admission: Admission, front: Front) {
    if stream.get_ref().1.alpn_protocol() != Some(tls::HTTP_2) {
        return plain(stream, admission, front).await;
    }
    match admission {
        Admission::Served(inside) => {
            side_by_side(stream, front).await;
            drop(inside);
        }
        Admission::TurnedAway(socket) => {
            side_by_side(stream, front.turning_away()).await;
            drop(socket);
        }
    }
}

/// HTTP/1.1.
async fn one_after_another<S>(mut stream: S, front: Front)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let planes = Arc::clone(&front.planes);
    let app = &planes.app;
    match planes.lane.serve(&mut stream, app).await {
        After::Closed => {}
        After::TooSlow => Box::pin(planes.apologies.too_slow(&mut stream, app)).await,
        After::Hyper(first) => {
            let wire = Wire::new(first, stream, app.settings.socket.write_wait);
            through_hyper(wire, front).await;
        }
    }
}

async fn through_hyper<S>(wire: Wire<S>, front: Front)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let planes = Arc::clone(&front.planes);
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

/// HTTP/2. A head that is too large is answered in words, up to four times the limit; beyond that by the library. A
/// connection on which nothing was asked for so long as an idle one is kept is asked to end, and ended when
/// it does not: also one whose client takes no answer, but answers every ping.
async fn side_by_side(stream: TlsStream<TcpStream>, front: Front) {
    let planes = Arc::clone(&front.planes);
    let limits = &planes.app.settings.socket;
    let calls = Arc::new(Calls::default());
    let wire = Wire::new(bytes::Bytes::new(), stream, limits.write_wait);
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(u32::try_from(limits.head_bytes_max).unwrap_or(u32::MAX).saturating_mul(4))
        .max_pending_accept_reset_streams(RESET_STREAMS_MAX)
        .max_local_error_reset_streams(OWN_RESETS_MAX)
        .max_send_buf_size(SEND_BUFFER_MAX)
        .keep_alive_interval(limits.head_wait)
        .keep_alive_timeout(limits.head_wait)
        .serve_connection(TokioIo::new(wire), Counted { front, calls: Arc::clone(&calls) });
    let mut connection = pin!(connection);
    let start = tokio::time::sleep(limits.head_wait).deadline();
    let mut looks = interval_at(start, limits.head_wait);
    let mut seen = 0;
    loop {
        tokio::select! {
            ended = &mut connection => return log(ended),
            _ = looks.tick() => {}
        }
        let begun = calls.begun.load(Ordering::Relaxed);
        let is_idle = begun == seen && calls.done.load(Ordering::Relaxed) == begun;
        if is_idle || app_is_draining(&planes) {
            connection.as_mut().graceful_shutdown();
            if let Ok(ended) = timeout(limits.write_wait, &mut connection).await {
                log(ended);
            }
            return;
        }
        seen = begun;
    }
}

fn app_is_draining(planes: &super::planes::Planes) -> bool {
    planes.app.draining.has_begun()
}

fn log(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended early");
    }
}

/// Requests of one connection.
#[derive(Default)]
struct Calls {
    begun: AtomicU64,
    done: AtomicU64,
}

struct Counted {
    front: Front,
    calls: Arc<Calls>,
}

/// One that is under way, until it is dropped.
struct Call(Arc<Calls>);

impl Drop for Call {
    fn drop(&mut self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Service<Request<Incoming>> for Counted {
    type Response = super::Answer;
    type Error = std::convert::Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = <Answering as Future>::Output> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.calls.begun.fetch_add(1, Ordering::Relaxed);
        let call = Call(Arc::clone(&self.calls));
        let answering = self.front.call(request);
        Box::pin(async move {
            let answer = answering.await;
            drop(call);
            answer
        })
    }
}
