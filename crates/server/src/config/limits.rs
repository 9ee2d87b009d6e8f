//! What one person, one connection and one process may ask for.

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use web::front::limits::SocketLimits;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LimitsConfig {
    /// The socket's: `web::front::limits` says what each is.
    pub(crate) connections_max: usize,
    pub(crate) connections_per_address_max: usize,
    pub(crate) turned_away_max: usize,
    pub(crate) trusted_hops: usize,
    pub(crate) handshake_seconds_max: u32,
    pub(crate) head_seconds_max: u32,
    pub(crate) head_bytes_max: usize,
    pub(crate) body_seconds_max: u32,
    pub(crate) body_bytes_max: usize,
    pub(crate) write_seconds_max: u32,
    /// Requests that ask the ledger, worked on at once: the most that the limit, which adapts itself, can become.
    pub(crate) booking_requests_max: usize,
    /// How long such a request may wait for its turn before it is told to come again.
    pub(crate) booking_wait_ms_max: u32,
    /// Such requests of one person, or of one ticket while nobody has said who they are: in the long run, and at once.
    /// Whoever clicks as fast as they can does not meet it.
    pub(crate) person_requests_per_second_max: u32,
    pub(crate) person_requests_at_once_max: u32,
    /// Threads that speak HTTP. One leaves the other core of a small machine to the ledger.
    pub(crate) http_threads: usize,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let socket = SocketLimits::default();
        Self {
            connections_max: socket.connections_max,
            connections_per_address_max: socket.connections_per_address_max,
            turned_away_max: socket.turned_away_max,
            trusted_hops: socket.trusted_hops,
            handshake_seconds_max: socket.handshake_wait.as_secs() as u32,
            head_seconds_max: socket.head_wait.as_secs() as u32,
            head_bytes_max: socket.head_bytes_max,
            body_seconds_max: socket.body_wait.as_secs() as u32,
            body_bytes_max: socket.body_bytes_max,
            write_seconds_max: socket.write_wait.as_secs() as u32,
            booking_requests_max: 512,
            booking_wait_ms_max: 30,
            person_requests_per_second_max: 20,
            person_requests_at_once_max: 300,
            http_threads: 1,
        }
    }
}

impl LimitsConfig {
    pub(crate) fn socket(&self) -> SocketLimits {
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        SocketLimits {
            connections_max: self.connections_max,
            connections_per_address_max: self.connections_per_address_max,
            turned_away_max: self.turned_away_max,
            trusted_hops: self.trusted_hops,
            handshake_wait: seconds(self.handshake_seconds_max),
            head_wait: seconds(self.head_seconds_max),
            head_bytes_max: self.head_bytes_max,
            body_wait: seconds(self.body_seconds_max),
            body_bytes_max: self.body_bytes_max,
            write_wait: seconds(self.write_seconds_max),
        }
    }

    pub(super) fn validate(&self) -> Result<()> {
        for (name, value, from, to) in [
            ("connections_max", self.connections_max, 16, 1_000_000),
            ("connections_per_address_max", self.connections_per_address_max, 16, 1_000_000),
            ("turned_away_max", self.turned_away_max, 1, 100_000),
            ("trusted_hops", self.trusted_hops, 0, 8),
            ("handshake_seconds_max", self.handshake_seconds_max as usize, 1, 3_600),
            ("head_seconds_max", self.head_seconds_max as usize, 1, 3_600),
            // What hyper needs at least, and what a browser with all our cookies sends.
            ("head_bytes_max", self.head_bytes_max, 8 * 1024, 1024 * 1024),
            ("body_seconds_max", self.body_seconds_max as usize, 1, 3_600),
            ("body_bytes_max", self.body_bytes_max, 4 * 1024, 1024 * 1024),
            ("write_seconds_max", self.write_seconds_max as usize, 1, 3_600),
        ] {
            ensure!(
                (from..=to).contains(&value),
                "limits.{name} = {value}: {from}~{to} 사이여야 합니다 / must be from {from} to {to}"
            );
        }
        ensure!(
            self.booking_requests_max > 0
                && self.http_threads > 0
                && self.person_requests_per_second_max > 0
                && self.person_requests_at_once_max > 0,
            "limits: 0일 수 없습니다 / must not be 0"
        );
        Ok(())
    }
}
