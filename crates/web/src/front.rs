//! The front: our own accept loop, and what is answered before any other layer.
//!
//! In this order, so that the cheap comes first: a place at the entrance → timers → gate and static planes from memory →
//! the pages ([`crate::serve`]). Whoever finds no place is told so, in words, and to come again; only beyond
//! [`limits::SocketLimits::turned_away_max`] of those the kernel keeps people waiting in the listen queue.

mod apology;
pub mod client;
mod connection;
pub mod entrance;
pub mod forward;
pub mod inside;
mod join;
mod lane;
pub mod limits;
mod planes;
pub mod redirect;
pub mod tls;
mod wire;

pub(crate) use join::state_of;
pub use planes::Answer;

use crate::app::App;
use axum::Router;
use planes::{Front, Planes};
use socket2::{Domain, SockRef, Socket, Type};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::timeout;

/// The listen queue; the kernel cuts it to its own maximum.
const BACKLOG: i32 = 4096;

/// A listener that several runtimes may share.
pub fn bind(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    listen(address, false)
}

/// One that other processes of the same user may share, too, each with a socket of its own: the kernel deals the
/// connections out.
pub fn bind_shared(address: SocketAddr) -> std::io::Result<std::net::TcpListener> {
    listen(address, true)
}

fn listen(address: SocketAddr, is_shared: bool) -> std::io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(is_shared)?;
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
    accept(listener, Arc::new(Planes::new(app, router)), stop).await;
}

/// As [`serve`], for the staff alone: their pages, and places that the public cannot take.
pub async fn serve_staff(listener: std::net::TcpListener, app: Arc<App>, stop: impl Future<Output = ()>) {
    accept(listener, Arc::new(Planes::for_staff(app)), stop).await;
}

async fn accept(listener: std::net::TcpListener, planes: Arc<Planes>, stop: impl Future<Output = ()>) {
    let app = &planes.app;
    // For answers that are the kernel's to deliver: it, too, gives up on whoever does not read. Connections inherit it.
    let cut = SockRef::from(&listener).set_tcp_user_timeout(Some(app.settings.socket.write_wait));
    cut.expect("a listener takes options");
    let listener = TcpListener::from_std(listener).expect("the listener is non-blocking");
    let entrance = &planes.entrance;
    tokio::pin!(stop);
    // Once told to stop: whoever has knocked already is let in before the door is closed.
    let mut knocked = None;
    loop {
        let socket = entrance.socket().await;
        let accepted = match &mut knocked {
            None => tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut stop => {
                    knocked = Some(0..BACKLOG);
                    continue;
                }
            },
            Some(left) => match (left.next(), timeout(Duration::ZERO, listener.accept()).await) {
                (Some(_), Ok(accepted)) => accepted,
                _ => return,
            },
        };
        match accepted {
            Ok((stream, peer)) => {
                let admission = entrance.admit(socket, peer.ip());
                let planes = Arc::clone(&planes);
                let front = Front {
                    over_tls: planes.app.tls.is_some(),
                    peer: peer.ip(),
                    turns_away: false,
                    is_inside: false,
                    planes,
                };
                tokio::spawn(connection::come_in(stream, admission, front));
            }
            Err(error) => {
                // Out of descriptors: the connections in hand must end first.
                tracing::warn!(error = &error as &dyn std::error::Error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
