//! TLS at our own socket: certificate files, followed while the service runs.

use crate::raw::seconds_until_alone;
use crate::site::{SLUG, Site, Wanted};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, DEFAULT_VERSIONS, RootCertStore, crypto::ring};
use web::front::limits::SocketLimits;
use web::front::tls::{Tls, TlsError, TlsFiles};

fn pem(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/tls").join(name)
}

pub(crate) fn first() -> Arc<Tls> {
    Arc::new(Tls::open(TlsFiles { certificate: pem("first.pem"), key: pem("first.key.pem") }).unwrap())
}

pub(crate) fn site(socket: SocketLimits) -> Site {
    Site::with(Wanted { tls: Some(first()), secure_cookies: true, socket, ..Wanted::default() })
}

/// Shakes hands as a browser does that speaks these.
pub(crate) async fn shake_hands(site: &Site, speaks: &[&[u8]]) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(pem("authority.pem")).unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_protocol_versions(DEFAULT_VERSIONS).unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = speaks.iter().map(|name| name.to_vec()).collect();
    let stream = TcpStream::connect(site.address).await.unwrap();
    let name = ServerName::try_from("charye.test").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap()
}

/// What makes a browser come back over TLS.
const KEPT: &str = "strict-transport-security: max-age=";

async fn converse(site: &Site, text: &str) -> String {
    let mut stream = shake_hands(site, &[b"http/1.1"]).await;
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    let _without_farewell = stream.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn pages_tickets_and_refusals_come_over_tls_and_are_kept_there() {
    let site = site(SocketLimits::default());
    let close = "host: charye.test\r\nconnection: close\r\n\r\n";
    let page = converse(&site, &format!("GET / HTTP/1.1\r\n{close}")).await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains(KEPT), "{page}");
    let ticket = converse(&site, &format!("POST /gate/{SLUG}/tickets HTTP/1.1\r\n{close}")).await;
    assert!(ticket.starts_with("HTTP/1.1 201") && ticket.contains("set-cookie: __Host-ticket="), "{ticket}");
    assert!(ticket.contains("Secure"), "{ticket}");
    assert!(ticket.contains(KEPT), "{ticket}");
    let both = format!("GET /gate/{SLUG}.json HTTP/1.1\r\nhost: a\r\n\r\nGET /my HTTP/1.1\r\n{close}");
    let both = converse(&site, &both).await;
    let statuses: Vec<&str> = both.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["200", "303"], "{both}");
    assert_eq!(both.matches(KEPT).count(), 2, "{both}");
    let odd = converse(&site, "GET /\0 HTTP/1.1\r\n\r\n").await;
    assert!(
        odd.starts_with("HTTP/1.1 400") && odd.contains("<html lang=\"ko\">") && odd.contains(KEPT),
        "{odd}"
    );
}

#[tokio::test]
async fn above_the_ceiling_the_page_comes_over_tls_too() {
    let socket = SocketLimits { connections_max: 1, ..SocketLimits::default() };
    let site = site(socket);
    let _place = shake_hands(&site, &[b"http/1.1"]).await;
    let page = converse(&site, "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(
        page.starts_with("HTTP/1.1 503") && page.contains("retry-after: ") && page.contains(KEPT),
        "{page}"
    );
}

/// Half a handshake, or none, holds a place only for its time; without the timer it stays.
#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_end_is_given_up() {
    for (handshake_wait, ends) in [(Duration::from_secs(10), true), (Duration::from_hours(480), false)] {
        for begins in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"] {
            let site = site(SocketLimits { handshake_wait, ..SocketLimits::default() });
            let mut stream = TcpStream::connect(site.address).await.unwrap();
            stream.write_all(begins).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert_eq!(
                seconds_until_alone(&site, 60).await.is_some(),
                ends,
                "{begins:?}, {handshake_wait:?}"
            );
        }
    }
}

/// What the socket shows to whoever comes anew.
async fn shown(site: &Site) -> CertificateDer<'static> {
    let stream = shake_hands(site, &[]).await;
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

#[tokio::test(start_paused = true)]
async fn a_new_certificate_is_used_without_a_restart_and_a_broken_one_is_not() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("certificates");
    std::fs::create_dir_all(&folder).unwrap();
    let files = TlsFiles { certificate: folder.join("chain.pem"), key: folder.join("key.pem") };
    let put = |certificate: &str, key: &str| {
        std::fs::copy(pem(certificate), &files.certificate).unwrap();
        std::fs::copy(pem(key), &files.key).unwrap();
    };
    put("first.pem", "first.key.pem");
    let tls = Arc::new(Tls::open(files.clone()).unwrap());
    let site = Site::with(Wanted { tls: Some(Arc::clone(&tls)), ..Wanted::default() });
    let der = |name: &str| CertificateDer::from_pem_file(pem(name)).unwrap();
    assert_eq!(shown(&site).await, der("first.pem"));
    let old = shake_hands(&site, &[]).await;
    let follows = tokio::spawn({
        let tls = Arc::clone(&tls);
        async move { tls.follow().await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let look = || tokio::time::sleep(Duration::from_secs(3));

    // The key of another, rubbish, nothing: what was there goes on.
    put("second.pem", "first.key.pem");
    assert!(matches!(tls.reload(), Err(TlsError::Unfit(_))));
    look().await;
    assert_eq!(shown(&site).await, der("first.pem"));
    std::fs::write(&files.certificate, "no certificate").unwrap();
    assert!(matches!(tls.reload(), Err(TlsError::NoCertificate(_))));
    std::fs::remove_file(&files.key).unwrap();
    look().await;
    assert_eq!(shown(&site).await, der("first.pem"));

    put("second.pem", "second.key.pem");
    look().await;
    assert_eq!(shown(&site).await, der("second.pem"));
    drop(old);
    follows.abort();
}
