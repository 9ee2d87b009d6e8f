//! Who is at the other end, as far as a network can say: for limits alone. Never for identity, tickets or passes: a phone
//! changes its address between two requests, and thousands share one. No log names it.

use http::HeaderMap;
use hyper::http;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of a client. Personal data, so it has no words for a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// `trusted_hops`: how many proxies of ours a request goes through. Each adds the address that it saw at the right
    /// end of `X-Forwarded-For`; so many are believed, and what a client wrote itself stands further left. Where the
    /// list is shorter, or not an address, it is the socket's.
    pub fn of(socket: IpAddr, headers: &HeaderMap, trusted_hops: usize) -> Self {
        let forwarded = || {
            let lines = headers.get_all(FORWARDED_FOR).iter().rev();
            let hops = lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
            hops.map(str::trim).nth(trusted_hops.checked_sub(1)?).and_then(address)
        };
        Self(forwarded().unwrap_or(socket).to_canonical())
    }

    pub fn address(self) -> IpAddr {
        self.0
    }

    /// What one subscriber is given: an IPv4 address, or the /64 of an IPv6 address.
    pub fn subscriber(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            address @ IpAddr::V4(_) => address,
        }
    }
}

impl From<IpAddr> for ClientAddress {
    fn from(socket: IpAddr) -> Self {
        Self(socket.to_canonical())
    }
}

/// With or without a port, as proxies write it.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const SOCKET: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));

    fn of(lines: &[&'static str], trusted_hops: usize) -> IpAddr {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        ClientAddress::of(SOCKET, &headers, trusted_hops).0
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn nobody_is_believed_unless_proxies_are_counted() {
        assert_eq!(of(&["192.0.2.7"], 0), SOCKET);
        assert_eq!(of(&[], 2), SOCKET);
    }

    #[test]
    fn what_a_client_writes_itself_changes_nothing() {
        for forged in ["192.0.2.7", "198.51.100.3, 192.0.2.7", "garbage, 192.0.2.7", " , 192.0.2.7 "] {
            assert_eq!(of(&[forged], 1), ip("192.0.2.7"), "{forged}");
        }
        assert_eq!(of(&["1.1.1.1", "203.0.113.9, 192.0.2.7", "10.0.0.2"], 2), ip("192.0.2.7"));
        assert_eq!(of(&["1.1.1.1", "203.0.113.9, 192.0.2.7", "10.0.0.2"], 3), ip("203.0.113.9"));
    }

    #[test]
    fn a_list_that_is_too_short_or_no_address_is_the_socket() {
        for line in ["", "unknown", "192.0.2.7.8", "가", "192.0.2.7, ", "256.1.1.1"] {
            assert_eq!(of(&[line], 1), SOCKET, "{line:?}");
        }
        assert_eq!(of(&["192.0.2.7"], 2), SOCKET);
    }

    #[test]
    fn ports_and_brackets_are_read() {
        assert_eq!(of(&["192.0.2.7:4711"], 1), ip("192.0.2.7"));
        assert_eq!(of(&["[2001:db8::1]:4711"], 1), ip("2001:db8::1"));
        assert_eq!(of(&["[2001:db8::1]"], 1), ip("2001:db8::1"));
        assert_eq!(of(&["::ffff:192.0.2.7"], 1), ip("192.0.2.7"));
    }

    #[test]
    fn a_limit_counts_subscribers() {
        let client = |text: &str| ClientAddress::from(ip(text));
        assert_eq!(client("2001:db8:1:2:3:4:5:6").subscriber(), ip("2001:db8:1:2::"));
        assert_eq!(client("::ffff:192.0.2.77").subscriber(), ip("192.0.2.77"));
    }
}
