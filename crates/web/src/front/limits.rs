//! Every limit of the socket, by name. The defaults are those of `charye serve` (`docs/operations.md`).

use std::time::Duration;

#[derive(Debug, Clone)]
pub struct SocketLimits {
    /// Connections of this process that are served at once.
    pub connections_max: usize,
    /// Of these, from one address (IPv6: one /64). Thousands share the address of a mobile carrier: this is against
    /// one machine that takes everything, not a share for each.
    pub connections_per_address_max: usize,
    /// Proxies of ours that every request goes through ([`super::client::ClientAddress`]). With any, the limit of an
    /// address counts requests that are under way, not connections, which are the proxy's.
    pub trusted_hops: usize,
    /// For so long a TLS handshake may take.
    pub handshake_wait: Duration,
    /// Beyond the two above: connections at once that are told to come again. Only what is beyond this, too, waits in
    /// the kernel's queue.
    pub turned_away_max: usize,
    /// From when a request is waited for until its head is whole; so also how long an idle connection is kept.
    pub head_wait: Duration,
    /// Bytes of a request's head.
    pub head_bytes_max: usize,
    /// From the head of a request until its body is whole.
    pub body_wait: Duration,
    /// Bytes of a request's body.
    pub body_bytes_max: usize,
    /// For so long an answer may stand still, or go slower than [`READ_BYTES_PER_SECOND_MIN`].
    pub write_wait: Duration,
}

/// Whoever reads more slowly than this for as long as `write_wait` holds memory and gets nothing done.
pub const READ_BYTES_PER_SECOND_MIN: u64 = 512;

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            connections_max: 15_000,
            connections_per_address_max: 10_000,
            trusted_hops: 0,
            handshake_wait: Duration::from_secs(10),
            turned_away_max: 1_000,
            head_wait: Duration::from_secs(20),
            head_bytes_max: 16 * 1024,
            body_wait: Duration::from_secs(10),
            body_bytes_max: 16 * 1024,
            write_wait: Duration::from_secs(30),
        }
    }
}
