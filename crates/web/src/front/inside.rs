//! The socket of this machine at which the process that has the ledger hears from those that have not. What comes here
//! has passed the entrance of another process; only here is that process believed about who the client is.

use super::planes::{Front, Planes};
use crate::app::App;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};

/// Accepts until told to stop.
pub async fn serve(
    listener: std::os::unix::net::UnixListener,
    app: Arc<App>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let listener = UnixListener::from_std(listener).expect("the listener is non-blocking");
    let planes = Arc::new(Planes::new(app, router));
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
                let planes = Arc::clone(&planes);
                let front = Front { over_tls: false, peer, turns_away: false, is_inside: true, planes };
                tokio::spawn(connection(stream, front));
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "no connection from another process"
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn connection(stream: UnixStream, front: Front) {
    if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), front).await {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection of a gate ended early");
    }
}
