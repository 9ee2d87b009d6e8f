//! TLS: a certificate and its key from two files, followed while the service runs.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio::net::TcpStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::ProducesTickets;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{TlsAcceptor, rustls::DEFAULT_VERSIONS};

/// How soon a new certificate is used.
const FILES_LOOKED_AT_EVERY: Duration = Duration::from_secs(2);

/// As ALPN names it.
pub(super) const HTTP_2: &[u8] = b"h2";

/// Where certificate (the whole chain, ours first) and key are, as PEM.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{0}: {1}")]
    Unreadable(PathBuf, #[source] pem::Error),
    #[error("{0}: there is no certificate in it")]
    NoCertificate(PathBuf),
    #[error("certificate and key do not fit: {0}")]
    Unfit(#[from] rustls::Error),
}

/// What new connections are met with.
pub struct Tls {
    files: TlsFiles,
    /// Kept when the certificate changes: whoever comes back is spared a whole handshake.
    tickets: Arc<dyn ProducesTickets>,
    current: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Fails where the files do not make a certificate: a service never starts without the TLS it was told to have.
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let tickets = ring::Ticketer::new()?;
        let current = RwLock::new(Arc::new(load(&files, Arc::clone(&tickets))?));
        Ok(Self { files, tickets, current })
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(self.config()).accept(stream).await
    }

    fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up what the files hold now. On an error the certificate in use stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let fresh = Arc::new(load(&self.files, Arc::clone(&self.tickets))?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// For ever. A pair that does not fit, as when one of the files is still being written, is said once and looked at
    /// again when a file changes.
    pub async fn follow(&self) {
        let mut looks = tokio::time::interval(FILES_LOOKED_AT_EVERY);
        let mut seen = self.stamps();
        loop {
            looks.tick().await;
            let stamps = self.stamps();
            if stamps == seen {
                continue;
            }
            seen = stamps;
            match self.reload() {
                Ok(()) => tracing::info!("a new certificate is in use"),
                Err(error) => {
                    tracing::error!(error = %error, "the new certificate is refused; the one before stays in use");
                }
            }
        }
    }

    fn stamps(&self) -> [Option<(SystemTime, u64)>; 2] {
        [&self.files.certificate, &self.files.key].map(|file| stamp(file))
    }
}

/// What shows that a file is another one.
fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let facts = std::fs::metadata(file).ok()?;
    Some((facts.modified().ok()?, facts.len()))
}

fn load(files: &TlsFiles, tickets: Arc<dyn ProducesTickets>) -> Result<ServerConfig, TlsError> {
    let unreadable = |file: &Path| {
        let file = file.to_owned();
        move |error| TlsError::Unreadable(file, error)
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(unreadable(&files.certificate))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(files.certificate.clone()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(unreadable(&files.key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(DEFAULT_VERSIONS)?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![HTTP_2.to_vec(), b"http/1.1".to_vec()];
    config.ticketer = tickets;
    // Resumption is by tickets: nothing is kept here for whoever has gone.
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    Ok(config)
}
