//! Giving sequences out of a durable reservation. A reservation doubles while it is used up quickly, and starts small,
//! so that a crash leaves at most about as many gaps as tickets were given in the last moment.

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
}

impl Issuing {
    pub(super) fn new(node: NodeId, bucket: u32, reserved: u32) -> Self {
        Self { node, bucket, next: 0, reserved }
    }

    /// None when the reservation is used up.
    pub(super) fn next(&mut self) -> Option<u32> {
        if self.next >= self.reserved {
            return None;
        }
        self.next += 1;
        Some(self.next - 1)
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
        let mut steps = 0;
        for expected in 0..100_000 {
            let sequence = issuing.next().unwrap_or_else(|| {
                steps += 1;
                issuing.grow(issuing.wanted());
                issuing.next().expect("it has just grown")
            });
            assert_eq!(sequence, expected);
        }
        assert!(steps <= 12, "{steps} durable steps for 100,000 tickets in a second");
    }
}
