//! The operator's listener: metrics and health, for machines that watch. It carries no personal data, and still belongs on
//! a loopback address or a network of its own.

use super::exposition::{self, exposition};
use super::health::Health;
use crate::app::App;
use crate::published::{Cache, add_safety};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::http;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

const CONNECTIONS_MAX: usize = 32;
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// Answers until it is dropped.
pub async fn serve(listener: std::net::TcpListener, app: Arc<App>) {
    let listener = TcpListener::from_std(listener).expect("the listener is non-blocking");
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let slot = Arc::clone(&connections).acquire_owned().await.expect("the semaphore is never closed");
        match listener.accept().await {
            Ok((stream, _)) => {
                let app = Arc::clone(&app);
                tokio::spawn(async move {
                    connection(stream, app).await;
                    drop(slot);
                });
            }
            // Out of descriptors: whoever watches asks again.
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

async fn connection(stream: TcpStream, app: Arc<App>) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let answer = answer(&request, &app);
        async move { Ok::<_, Infallible>(answer) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), answer);
    if let Err(error) = served.await {
        tracing::debug!(error = &error as &dyn std::error::Error, "a watcher's connection ended early");
    }
}

fn answer(request: &Request<Incoming>, app: &App) -> Response<Full<Bytes>> {
    if request.method() != Method::GET {
        return text(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "GET only\n".to_owned());
    }
    match request.uri().path() {
        "/metrics" => text(StatusCode::OK, exposition::CONTENT_TYPE, exposition(app)),
        // That this thread answers is all there is to say.
        "/health/live" => text(StatusCode::OK, "application/json", "{\"live\":true}".to_owned()),
        "/health/ready" => {
            let health = Health::of(app);
            let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            text(status, "application/json", serde_json::to_string(&health).expect("plain data becomes JSON"))
        }
        _ => text(StatusCode::NOT_FOUND, "text/plain", "/metrics /health/live /health/ready\n".to_owned()),
    }
}

fn text(status: StatusCode, content_type: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, Cache::NoStore.header());
    add_safety(headers, false);
    response
}
