//! The sockets that a service listens at, taken before anything else is done: an address in use is said at once.

use crate::config::{Config, TlsConfig};
use anyhow::{Context as _, Result};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use web::front;
use web::front::tls::{Tls, TlsFiles};

pub(crate) struct Sockets {
    /// One for each thread that speaks HTTP; all of them are the same.
    pub(crate) http: Vec<TcpListener>,
    /// The plain port, and where it sends people.
    pub(crate) redirect: Option<(TcpListener, String)>,
    pub(crate) operator: Option<TcpListener>,
    pub(crate) tls: Option<Arc<Tls>>,
}

impl Sockets {
    pub(crate) fn open(config: &Config) -> Result<Self> {
        Ok(Self {
            http: listeners(config)?,
            redirect: redirect(config)?,
            operator: config.operator_listen.map(bind).transpose()?,
            tls: tls(config)?,
        })
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    front::bind(address).with_context(|| format!("이 주소에서 받을 수 없습니다 / cannot listen on {address}"))
}

fn listeners(config: &Config) -> Result<Vec<TcpListener>> {
    let first = bind(config.listen)?;
    let mut listeners = Vec::with_capacity(config.limits.http_threads);
    for _ in 1..config.limits.http_threads {
        listeners.push(first.try_clone()?);
    }
    listeners.push(first);
    Ok(listeners)
}

fn redirect(config: &Config) -> Result<Option<(TcpListener, String)>> {
    let Some(address) = config.tls.as_ref().and_then(|tls| tls.redirect_listen) else { return Ok(None) };
    let origin = config.public_origins.first().cloned().unwrap_or_default();
    Ok(Some((bind(address)?, origin)))
}

fn tls(config: &Config) -> Result<Option<Arc<Tls>>> {
    let Some(TlsConfig { certificate, key, .. }) = config.tls.clone() else { return Ok(None) };
    let tls = Tls::open(TlsFiles { certificate, key });
    let tls = tls.context("TLS 인증서를 쓸 수 없습니다 / the TLS certificate cannot be used")?;
    Ok(Some(Arc::new(tls)))
}
