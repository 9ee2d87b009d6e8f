//! Connections to the line and to the site behind us: pooled by hyper-util, with TLS where the address says https.

use hyper::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tower::Service;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// A connection nobody used for so long is closed; servers close theirs after a minute or so.
const IDLE: Duration = Duration::from_secs(30);
const IDLE_MAX_A_HOST: usize = 256;

pub(crate) type Fetcher<Body> = Client<Dialler, Body>;

pub(crate) fn fetcher<Body>(authorities: &Path, is_tls_needed: bool) -> io::Result<Fetcher<Body>>
where
    Body: hyper::body::Body + Send,
    Body::Data: Send,
{
    let mut roots = RootCertStore::empty();
    if is_tls_needed {
        for certificate in CertificateDer::pem_file_iter(authorities).map_err(io::Error::other)? {
            // A bundle may hold one that is too old for us; the others stay good.
            let _ = roots.add(certificate.map_err(io::Error::other)?);
        }
        if roots.is_empty() {
            return Err(io::Error::other("no certificate in it can be used"));
        }
    }
    let tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(CONNECT_WITHIN));
    let dialler = Dialler { http, tls: TlsConnector::from(Arc::new(tls)) };
    Ok(Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(IDLE_MAX_A_HOST)
        .build(dialler))
}

#[derive(Clone)]
pub(crate) struct Dialler {
    http: HttpConnector,
    tls: TlsConnector,
}

impl Service<Uri> for Dialler {
    type Response = Line;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Line>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.http.poll_ready(cx).map_err(io::Error::other)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (dialled, tls) = (self.http.call(uri.clone()), self.tls.clone());
        Box::pin(async move {
            let stream = dialled.await.map_err(io::Error::other)?;
            if uri.scheme_str() != Some("https") {
                return Ok(Line::Plain(stream));
            }
            let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
            let name = ServerName::try_from(host).map_err(io::Error::other)?;
            let shaken = tokio::time::timeout(CONNECT_WITHIN, tls.connect(name, stream.into_inner()));
            let stream = shaken.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            Ok(Line::Tls(Box::new(TokioIo::new(stream))))
        })
    }
}

/// A connection, plain or not.
pub(crate) enum Line {
    Plain(TokioIo<TcpStream>),
    Tls(Box<TokioIo<TlsStream<TcpStream>>>),
}

impl Connection for Line {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

macro_rules! either {
    ($line:expr, $stream:ident => $then:expr) => {
        match $line.get_mut() {
            Line::Plain(stream) => {
                let $stream = Pin::new(stream);
                $then
            }
            Line::Tls(stream) => {
                let $stream = Pin::new(&mut **stream);
                $then
            }
        }
    };
}

impl Read for Line {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, to: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_read(cx, to))
    }
}

impl Write for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_shutdown(cx))
    }
}
