//! The socket of this machine at which the process that has the ledger hears from those that have not. What comes here
//! has passed the entrance of another process; only here is that process believed about who the client is.

use super::planes::{Front, Planes};
use crate::app::App;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What was asked before the end is answered within it.
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);

/// Accepts until told to stop, then answers what has been asked, and returns.
pub async fn serve(
    listener: std::os::unix::net::UnixListener,
    app: Arc<App>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let listener = UnixListener::from_std(listener).expect("the listener is non-blocking");
    let planes = Arc::new(Planes::new(app, router));
    let (ending, end) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
                let planes = Arc::clone(&planes);
                let front = Front { over_tls: false, peer, turns_away: false, is_inside: true, planes };
                connections.spawn(connection(stream, front, end.clone()));
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
    drop(listener);
    let _ = ending.send(true);
    let all_have_ended = async { while connections.join_next().await.is_some() {} };
    let _in_time_or_not = tokio::time::timeout(ANSWERED_WITHIN, all_have_ended).await;
}

/// A gate asks again where its connection ended, so an idle one may end at once.
async fn connection(stream: UnixStream, front: Front, mut end: watch::Receiver<bool>) {
    let mut connection = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), front));
    let served = tokio::select! {
        served = &mut connection => served,
        () = ended(&mut end) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection of a gate ended early");
    }
}

async fn ended(end: &mut watch::Receiver<bool>) {
    let _ended_or_nobody_can_say = end.wait_for(|ends| *ends).await;
}
