//! How often one asker may ask for what is dear: by person, else by ticket, and only then by address, because thousands
//! share the one address of a mobile network. Generous: whoever clicks as fast as they can never meets it; a program that
//! repeats itself does.
//!
//! In memory only and bounded ([`crate::remembered`]); the oldest are forgotten first, which forgives them.

use crate::remembered::Remembered;
use booking::PersonId;
use jiff::{SignedDuration, Timestamp};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use waiting_room::{TicketId, TokenBucket};

#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub per_second: u32,
    pub burst: u32,
}

/// Of those who show neither session nor ticket, or a ticket alone, which is to be had for the asking.
const ADDRESS: Pace = Pace { per_second: 2_000, burst: 20_000 };
/// What one household or office is given of IPv6.
const NETWORK_V6: u128 = !0 << (128 - 56);

/// Where a request came from, as far as it can be believed; the front puts it into the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct CameFrom(pub IpAddr);

/// Who asks, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asker {
    pub person: Option<PersonId>,
    pub ticket: Option<TicketId>,
    pub address: Option<IpAddr>,
}

pub struct Tries {
    /// Of one person, or one ticket.
    one: Pace,
    people: Mutex<Buckets<PersonId>>,
    tickets: Mutex<Buckets<TicketId>>,
    addresses: Mutex<Buckets<IpAddr>>,
}

type Buckets<K> = Remembered<K, TokenBucket>;

impl Tries {
    pub fn new(one: Pace) -> Self {
        Self { one, people: Mutex::default(), tickets: Mutex::default(), addresses: Mutex::default() }
    }

    /// Counts a request; in how many seconds to come again where it is one too many.
    pub fn take(&self, asker: &Asker, now: Timestamp) -> Result<(), u32> {
        if let Some(person) = asker.person {
            return take(&self.people, person, self.one, now);
        }
        if let Some(ticket) = asker.ticket {
            take(&self.tickets, ticket, self.one, now)?;
        }
        match asker.address {
            // Our own machine, or a proxy on it that did not say for whom it asks: that is everybody.
            Some(address) if !address.is_loopback() => take(&self.addresses, network(address), ADDRESS, now),
            _ => Ok(()),
        }
    }
}

fn take<K: Copy + Eq + Hash>(
    buckets: &Mutex<Buckets<K>>,
    key: K,
    pace: Pace,
    now: Timestamp,
) -> Result<(), u32> {
    let mut buckets = buckets.lock().expect("nothing panics while counting tries");
    if buckets.get(&key).is_none() {
        let full = SignedDuration::from_secs(i64::from(pace.burst.div_ceil(pace.per_second)));
        buckets.put(key, TokenBucket::empty(pace.per_second, pace.burst, now - full));
    }
    let bucket = buckets.get_mut(&key).expect("it was just put there");
    if bucket.take(1, now) == 1 {
        return Ok(());
    }
    Err(u32::try_from(bucket.wait_for_one(now).as_secs() + 1).unwrap_or(u32::MAX))
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK_V6).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const ONE: Pace = Pace { per_second: 20, burst: 300 };

    fn from(address: &str) -> Asker {
        Asker { address: Some(address.parse().unwrap()), ..Asker::default() }
    }

    /// How many of so many requests at one moment are served.
    fn served(tries: &Tries, asker: &Asker, requests: u32, now: Timestamp) -> u32 {
        (0..requests).map(|_| u32::from(tries.take(asker, now).is_ok())).sum()
    }

    #[test]
    fn one_person_is_held_back_and_may_go_on_a_moment_later() {
        let tries = Tries::new(ONE);
        let asker = Asker { person: Some(PersonId(1)), ..from("192.0.2.1") };
        assert_eq!(served(&tries, &asker, 1_000, NOW), ONE.burst);
        assert_eq!(tries.take(&asker, NOW), Err(1));
        assert_eq!(served(&tries, &asker, 1_000, NOW + SignedDuration::from_secs(1)), ONE.per_second);
    }

    /// 5,000 people of a mobile network, each with a page and its links.
    #[test]
    fn people_who_share_an_address_do_not_hold_each_other_back() {
        let tries = Tries::new(ONE);
        for person in 0..5_000 {
            let asker = Asker { person: Some(PersonId(person)), ..from("192.0.2.1") };
            assert_eq!(served(&tries, &asker, 20, NOW), 20);
        }
    }

    #[test]
    fn somebody_without_ticket_or_session_is_counted_by_address_and_a_ticket_does_not_free_of_it() {
        let tries = Tries::new(ONE);
        let nobody = from("2001:db8:0:12::1");
        let neighbour = Asker { ticket: Some(TicketId([1; 16])), ..from("2001:db8:0:34::9") };
        assert_eq!(served(&tries, &nobody, ADDRESS.burst + 5, NOW), ADDRESS.burst);
        assert_eq!(served(&tries, &neighbour, 5, NOW), 0, "of the same /56");
        assert_eq!(served(&tries, &from("2001:db8:1::1"), 5, NOW), 5);
        assert_eq!(served(&tries, &from("127.0.0.1"), ADDRESS.burst * 2, NOW), ADDRESS.burst * 2);
    }

    #[test]
    fn one_ticket_is_held_back_wherever_it_comes_from() {
        let tries = Tries::new(ONE);
        let asker = |address| Asker { ticket: Some(TicketId([1; 16])), ..from(address) };
        assert_eq!(served(&tries, &asker("192.0.2.1"), 200, NOW), 200);
        assert_eq!(served(&tries, &asker("192.0.2.2"), 200, NOW), ONE.burst - 200);
    }
}
