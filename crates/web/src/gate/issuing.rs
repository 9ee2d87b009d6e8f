//! Giving sequences out of a durable reservation. A reservation doubles while it is used up quickly, and starts small,
//! so that a crash leaves at most about as many gaps as tickets were given in the last moment.

use std::time::Duration;
use waiting_room::NodeId;

/// The first reservation of a bucket in quiet times.
const RESERVE_MIN: u32 = 32;
/// No single step reserves more.
const RESERVE_MAX: u32 = 1 << 20;

#[derive(Debug)]
pub(super) struct Issuing {
    pub(super) node: NodeId,
    pub(super) bucket: u32,
    next: u32,
    reserved: u32,
    /// By the clock that never goes back: until then nobody can have taken this node for dead.
    good_until: Duration,
}

impl Issuing {
    pub(super) fn new(node: NodeId, bucket: u32, reserved: u32) -> Self {
        Self { node, bucket, next: 0, reserved, good_until: Duration::ZERO }
    }

    /// In the next bucket.
    pub(super) fn turn(&mut self, bucket: u32, reserved: u32) {
        *self = Self { bucket, next: 0, reserved, ..*self };
    }

    /// None when the reservation is used up, or when too much time has passed to be sure that it still counts: a
    /// process that was stopped wakes with its reservation in hand.
    pub(super) fn next(&mut self, now: Duration) -> Option<u32> {
        if self.next >= self.reserved || now > self.good_until {
            return None;
        }
        self.next += 1;
        Some(self.next - 1)
    }

    pub(super) fn is_reserved(&self) -> bool {
        self.reserved > 0
    }

    /// Nothing more is given here.
    pub(super) fn stop(&mut self) {
        self.reserved = self.next;
    }

    /// Whether it had run out.
    pub(super) fn is_good_until(&mut self, until: Duration, now: Duration) -> bool {
        let had_run_out = now > self.good_until;
        self.good_until = until;
        had_run_out
    }

    pub(super) fn count(&self) -> u32 {
        self.next
    }

    pub(super) fn runs_low(&self) -> bool {
        self.reserved - self.next <= self.reserved / 4
    }

    /// Where the reservation should end next.
    pub(super) fn wanted(&self) -> u32 {
        self.reserved.saturating_add(self.next.clamp(RESERVE_MIN, RESERVE_MAX))
    }

    pub(super) fn grow(&mut self, reserved: u32) {
        self.reserved = self.reserved.max(reserved);
    }

    /// The first reservation of the bucket after this one.
    pub(super) fn first_of_next_bucket(&self) -> u32 {
        (self.next / 8).clamp(RESERVE_MIN, RESERVE_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_given_beyond_the_reservation_and_it_doubles_under_pressure() {
        let mut issuing = Issuing::new(NodeId { node: 1, incarnation: 1 }, 0, RESERVE_MIN);
        issuing.is_good_until(Duration::MAX, Duration::ZERO);
        let now = Duration::ZERO;
        let mut steps = 0;
        for expected in 0..100_000 {
            let sequence = issuing.next(now).unwrap_or_else(|| {
                steps += 1;
                issuing.grow(issuing.wanted());
                issuing.next(now).expect("it has just grown")
            });
            assert_eq!(sequence, expected);
        }
        assert!(steps <= 12, "{steps} durable steps for 100,000 tickets in a second");
    }
    #[test]
    fn a_node_that_may_have_been_taken_for_dead_gives_nothing() {
        let mut issuing = Issuing::new(NodeId { node: 1, incarnation: 1 }, 0, RESERVE_MIN);
        let at = Duration::from_millis;
        assert_eq!(issuing.next(at(1)), None, "it has not stirred yet");
        assert!(issuing.is_good_until(at(2_000), at(1)));
        assert_eq!((issuing.next(at(2_000)), issuing.next(at(2_001))), (Some(0), None));
        assert!(issuing.is_good_until(at(5_000), at(3_000)));
        assert_eq!(issuing.next(at(3_000)), Some(1));
        issuing.stop();
        assert_eq!(issuing.next(at(3_000)), None);
    }
}
