//! When each person comes: by their number, so that nobody is remembered.
use std::time::Duration;

#[derive(Clone, Copy)]
pub(super) struct Arrivals {
    pub(super) people: u64,
    pub(super) per_second: u64,
}

impl Arrivals {
    pub(super) fn at(&self, person: u64) -> Duration {
        Duration::from_nanos((u128::from(person) * 1_000_000_000 / u128::from(self.per_second)) as u64)
    }

    /// How many have come by then.
    pub(super) fn by(&self, at: Duration) -> u64 {
        let come = at.as_nanos() * u128::from(self.per_second) / 1_000_000_000 + 1;
        self.people.min(come as u64)
    }

    /// Of a thread among so many, which takes every so manieth.
    pub(super) fn share(&self, threads: u64) -> Self {
        Self { people: self.people / threads, per_second: (self.per_second / threads).max(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_come_is_whoever_was_due() {
        let arrivals = Arrivals { people: 1_000, per_second: 300 };
        for micros in (0..4_000_000).step_by(777) {
            let at = Duration::from_micros(micros);
            let come = arrivals.by(at);
            assert!(arrivals.at(come - 1) <= at, "{come} at {at:?}");
            assert!(come == 1_000 || arrivals.at(come) + Duration::from_nanos(1) > at, "{come} at {at:?}");
        }
    }
}
