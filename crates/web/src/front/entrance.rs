//! Who of those at the socket is served, and who is told to come again.

use super::limits::SocketLimits;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
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
    entrance: Arc<Entrance>,
    address: Option<IpAddr>,
    _socket: Socket,
    _place: OwnedSemaphorePermit,
}

impl Entrance {
    /// `counts_addresses`: false where a proxy stands before us, whose address is everybody's.
    pub fn new(limits: &SocketLimits, counts_addresses: bool) -> Self {
        Self {
            sockets: Arc::new(Semaphore::new(limits.connections_max + limits.turned_away_max)),
            inside: Arc::new(Semaphore::new(limits.connections_max)),
            connections_max: limits.connections_max,
            per_address_max: if counts_addresses { limits.connections_per_address_max } else { usize::MAX },
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
        match Arc::clone(&self.inside).try_acquire_owned() {
            Ok(place) if self.count(address) => {
                let address = (self.per_address_max != usize::MAX).then(|| neighbourhood(address));
                Admission::Served(Inside {
                    entrance: Arc::clone(self),
                    address,
                    _socket: socket,
                    _place: place,
                })
            }
            _ => {
                self.turned_away.fetch_add(1, Ordering::Relaxed);
                Admission::TurnedAway(socket)
            }
        }
    }

    /// False when the address has enough.
    fn count(&self, address: IpAddr) -> bool {
        if self.per_address_max == usize::MAX {
            return true;
        }
        let mut addresses = self.addresses();
        let open = addresses.entry(neighbourhood(address)).or_insert(0);
        let has_room = *open < self.per_address_max;
        *open += usize::from(has_room);
        has_room
    }

    fn addresses(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut addresses = self.entrance.addresses();
        let Some(open) = addresses.get_mut(&address) else { return };
        *open -= 1;
        if *open == 0 {
            addresses.remove(&address);
        }
    }
}

/// What one subscriber is given: an IPv4 address, or the /64 of an IPv6 address.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entrance(connections_max: usize, connections_per_address_max: usize) -> Arc<Entrance> {
        let limits = SocketLimits { connections_max, connections_per_address_max, ..SocketLimits::default() };
        Arc::new(Entrance::new(&limits, true))
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
