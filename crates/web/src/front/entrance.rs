//! Who of those at the socket is served, and who is told to come again.

use super::client::ClientAddress;
use super::limits::SocketLimits;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// One for the process, shared by its threads.
pub struct Entrance {
    /// Everybody who was accepted.
    sockets: Arc<Semaphore>,
    inside: Arc<Semaphore>,
    connections_max: usize,
    per_address_max: usize,
    /// Behind a proxy every connection has the proxy's address: there its requests are counted, not its connections.
    counts_requests: bool,
    addresses: Mutex<HashMap<IpAddr, usize>>,
    turned_away: AtomicU64,
}

/// What the entrance has seen, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntranceFigures {
    /// Connections that are served now.
    pub connections: usize,
    /// Connections that were told to come again, since the start.
    pub turned_away: u64,
}

/// The right to one more descriptor.
pub(super) struct Socket {
    _permit: OwnedSemaphorePermit,
}

pub(super) enum Admission {
    Served(Inside),
    TurnedAway(Socket),
}

/// A connection that is served; given back when it is dropped.
pub(super) struct Inside {
    _share: Option<Share>,
    _socket: Socket,
    _place: OwnedSemaphorePermit,
}

/// One of the places of an address; given back when it is dropped.
pub(super) struct Share {
    entrance: Arc<Entrance>,
    subscriber: IpAddr,
}

pub(super) struct EnoughUnderWay;

impl Entrance {
    pub fn new(limits: &SocketLimits) -> Self {
        Self {
            sockets: Arc::new(Semaphore::new(limits.connections_max + limits.turned_away_max)),
            inside: Arc::new(Semaphore::new(limits.connections_max)),
            connections_max: limits.connections_max,
            per_address_max: limits.connections_per_address_max,
            counts_requests: limits.trusted_hops > 0,
            addresses: Mutex::default(),
            turned_away: AtomicU64::new(0),
        }
    }

    pub fn figures(&self) -> EntranceFigures {
        EntranceFigures {
            connections: self.connections_max - self.inside.available_permits(),
            turned_away: self.turned_away.load(Ordering::Relaxed),
        }
    }

    /// Waits until another connection can be accepted.
    pub(super) async fn socket(&self) -> Socket {
        let permit = Arc::clone(&self.sockets).acquire_owned().await;
        Socket { _permit: permit.expect("the semaphore is never closed") }
    }

    pub(super) fn admit(self: &Arc<Self>, socket: Socket, address: IpAddr) -> Admission {
        if let Ok(place) = Arc::clone(&self.inside).try_acquire_owned() {
            if self.counts_requests {
                return Admission::Served(Inside { _share: None, _socket: socket, _place: place });
            }
            if let share @ Some(_) = self.share(address.into()) {
                return Admission::Served(Inside { _share: share, _socket: socket, _place: place });
            }
        }
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        Admission::TurnedAway(socket)
    }

    /// For a request that came through our own proxies; an error when its client has enough under way. Without proxies
    /// the connection was counted.
    pub(super) fn request(self: &Arc<Self>, client: ClientAddress) -> Result<Option<Share>, EnoughUnderWay> {
        if self.counts_requests { self.share(client).ok_or(EnoughUnderWay).map(Some) } else { Ok(None) }
    }

    fn share(self: &Arc<Self>, client: ClientAddress) -> Option<Share> {
        let subscriber = client.subscriber();
        let mut addresses = self.addresses();
        let taken = addresses.entry(subscriber).or_insert(0);
        if *taken == self.per_address_max {
            return None;
        }
        *taken += 1;
        Some(Share { entrance: Arc::clone(self), subscriber })
    }

    fn addresses(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut addresses = self.entrance.addresses();
        let Some(taken) = addresses.get_mut(&self.subscriber) else { return };
        *taken -= 1;
        if *taken == 0 {
            addresses.remove(&self.subscriber);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entrance(connections_max: usize, connections_per_address_max: usize) -> Arc<Entrance> {
        let limits = SocketLimits { connections_max, connections_per_address_max, ..SocketLimits::default() };
        Arc::new(Entrance::new(&limits))
    }

    async fn come(entrance: &Arc<Entrance>, address: &str) -> Option<Inside> {
        match entrance.admit(entrance.socket().await, address.parse().unwrap()) {
            Admission::Served(inside) => Some(inside),
            Admission::TurnedAway(_) => None,
        }
    }

    #[tokio::test]
    async fn one_address_takes_no_more_than_its_share_and_gets_it_back() {
        let entrance = entrance(10, 2);
        let first = come(&entrance, "192.0.2.1").await;
        let second = come(&entrance, "::ffff:192.0.2.1").await;
        assert!(first.is_some() && second.is_some());
        assert!(come(&entrance, "192.0.2.1").await.is_none());
        assert!(come(&entrance, "192.0.2.2").await.is_some());
        drop(first);
        assert!(come(&entrance, "192.0.2.1").await.is_some());
        drop(second);
        assert!(entrance.addresses().is_empty(), "nothing is kept of addresses that have gone");
        assert_eq!(entrance.figures(), EntranceFigures { connections: 0, turned_away: 1 });
    }

    #[tokio::test]
    async fn neighbours_in_one_network_of_ipv6_count_as_one() {
        let entrance = entrance(10, 1);
        let _first = come(&entrance, "2001:db8:1:2::1").await.unwrap();
        assert!(come(&entrance, "2001:db8:1:2:ffff::9").await.is_none());
        assert!(come(&entrance, "2001:db8:1:3::1").await.is_some());
    }

    #[tokio::test]
    async fn whoever_is_turned_away_for_the_process_was_not_counted_for_the_address() {
        let entrance = entrance(1, 5);
        let first = come(&entrance, "192.0.2.1").await;
        assert!(come(&entrance, "192.0.2.2").await.is_none());
        drop(first);
        assert!(entrance.addresses().is_empty());
    }
}
