//! From where staff may ask: networks, written `10.1.0.0/16`, or single addresses. Nothing said: this machine alone.

use std::net::IpAddr;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses(Vec<Network>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

impl Addresses {
    /// # Errors
    /// The first that is no network.
    pub fn parse(texts: &[String]) -> Result<Self, String> {
        let read = |text: &String| Network::parse(text).ok_or_else(|| text.clone());
        texts.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    pub fn allow(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || self.0.iter().any(|network| network.has(address))
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        (1..=most).contains(&bits).then_some(Self { address, bits })
    }

    fn has(self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (u32::from(ours) ^ u32::from(theirs)) >> (32 - self.bits) == 0
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                (u128::from(ours) ^ u128::from(theirs)) >> (128 - self.bits) == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(list: &[&str], address: &str) -> bool {
        let list: Vec<String> = list.iter().map(ToString::to_string).collect();
        Addresses::parse(&list).unwrap().allow(address.parse().unwrap())
    }

    #[test]
    fn only_the_networks_that_are_named_and_this_machine_may_ask() {
        assert!(allow(&["10.1.0.0/16"], "10.1.255.7") && !allow(&["10.1.0.0/16"], "10.2.0.1"));
        assert!(allow(&["192.0.2.7"], "::ffff:192.0.2.7") && !allow(&["192.0.2.7"], "192.0.2.8"));
        assert!(allow(&["2001:db8::/32"], "2001:db8:ffff::1") && !allow(&["2001:db8::/32"], "2001:db9::1"));
        assert!(allow(&[], "127.0.0.1") && allow(&[], "::1") && !allow(&[], "10.0.0.1"));
    }

    #[test]
    fn everybody_is_not_a_network() {
        for wrong in ["0.0.0.0/0", "10.0.0.0/33", "office", "10.0.0.0/", ""] {
            assert!(Addresses::parse(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
