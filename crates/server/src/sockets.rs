//! The sockets that a service listens at, taken before anything else is done: an address in use is said at once.

use crate::config::{Config, TlsConfig};
use anyhow::{Context as _, Result};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;
use web::front;
use web::front::tls::{Tls, TlsFiles};

pub(crate) struct Sockets {
    /// One for each thread that speaks HTTP; all of them are the same.
    pub(crate) http: Vec<TcpListener>,
    /// The plain port, and where it sends people.
    pub(crate) redirect: Option<(TcpListener, String)>,
    pub(crate) operator: Option<TcpListener>,
    pub(crate) staff: Option<TcpListener>,
    pub(crate) tls: Option<Arc<Tls>>,
}

/// Where the other processes of this machine ask the one that has the ledger. Whoever can open it is believed about who
/// the client is, so the folder is its owner's alone.
pub(crate) fn inside(path: &Path) -> Result<UnixListener> {
    let fault = || format!("프로세스 사이의 통로를 열 수 없습니다 / cannot listen on {}", path.display());
    let folder = path.parent().context("a socket is in a folder")?;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(fault)?;
    // Of a process that has ended: the ledger has one owner, and that is us.
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error).with_context(fault);
    }
    let listener = UnixListener::bind(path).with_context(fault)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

impl Sockets {
    pub(crate) fn open(config: &Config) -> Result<Self> {
        Ok(Self {
            http: listeners(config)?,
            redirect: redirect(config)?,
            operator: config.operator_listen.map(bind).transpose()?,
            staff: config.staff.listen_as(config.role).map(bind).transpose()?,
            tls: tls(config)?,
        })
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    front::bind(address).with_context(|| format!("이 주소에서 받을 수 없습니다 / cannot listen on {address}"))
}

fn bind_shared(address: SocketAddr) -> Result<TcpListener> {
    // Without it a connection that waits to be accepted is lost when one of several listeners closes.
    if std::fs::read_to_string(MIGRATE).is_ok_and(|value| value.trim() == "0") {
        tracing::warn!("net.ipv4.tcp_migrate_req is 0: a hand-over on this port may lose connections");
    }
    front::bind_shared(address)
        .with_context(|| format!("이 주소에서 받을 수 없습니다 / cannot listen on {address}"))
}

const MIGRATE: &str = "/proc/sys/net/ipv4/tcp_migrate_req";

fn listeners(config: &Config) -> Result<Vec<TcpListener>> {
    let first =
        if config.role.shares_its_port() { bind_shared(config.listen)? } else { bind(config.listen)? };
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
