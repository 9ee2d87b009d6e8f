//! Connections and pace: sends what it is given, never more at once than allowed, never faster.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::pace::Pace;
use crate::wire::{Answer, Call, Connection, Fault, exchange};

/// `E` tells whose errand a call is; the driver only hands it back with the answer.
pub(crate) struct Driver<E> {
    address: SocketAddr,
    connections_max: usize,
    keeps: bool,
    pace: Pace,
    /// Open connections without a request; with those in flight never more than `connections_max`.
    idle: Vec<Connection>,
    in_flight: JoinSet<Done<E>>,
}

type Done<E> = (E, Result<(Connection, Answer), Fault>);

/// Whether one more request may go out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    Now,
    /// The pace allows the next one then.
    At(Duration),
    /// Every connection has a request on it: an answer must come first.
    AfterAnswer,
}

impl<E: Send + 'static> Driver<E> {
    pub(crate) fn new(address: SocketAddr, connections_max: usize, requests_per_second_max: u32) -> Self {
        Driver {
            address,
            connections_max: connections_max.max(1),
            keeps: true,
            pace: Pace::new(requests_per_second_max),
            idle: Vec::new(),
            in_flight: JoinSet::new(),
        }
    }

    /// From now on each request has a connection of its own.
    pub(crate) fn lets_go(&mut self) {
        self.keeps = false;
        self.idle.clear();
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    pub(crate) fn leave(&self, now: Duration) -> Leave {
        if self.in_flight.len() >= self.connections_max {
            return Leave::AfterAnswer;
        }
        let free_at = self.pace.free_at();
        if free_at > now { Leave::At(free_at) } else { Leave::Now }
    }

    /// Sends one request; the caller has asked for leave.
    pub(crate) fn send(&mut self, now: Duration, errand: E, call: Call) {
        self.pace.take(now);
        let kept = self.kept();
        let address = self.address;
        self.in_flight.spawn(async move { (errand, exchange(kept, address, &call).await) });
    }

    /// The next answer; never, while nothing is in flight.
    pub(crate) async fn answered(&mut self) -> (E, Result<Answer, Fault>) {
        let Some(done) = self.in_flight.join_next().await else { return std::future::pending().await };
        let (errand, result) =
            done.expect("an exchange neither panics nor is aborted while the driver lives");
        let answer = result.map(|(connection, answer)| {
            if self.keeps {
                self.idle.push(connection);
            }
            answer
        });
        (errand, answer)
    }

    /// The connection used last that is still open.
    fn kept(&mut self) -> Option<Connection> {
        while let Some(connection) = self.idle.pop() {
            if connection.is_open() {
                return Some(connection);
            }
        }
        None
    }
}
