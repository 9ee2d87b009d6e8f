//! When each person comes: by their number, so that nobody is remembered.
use std::time::Duration;

#[derive(Clone, Copy)]
pub(super) struct Arrivals {
    pub(super) people: u64,
    pub(super) per_second: u64,
    /// Of everybody, the number of the first of these and what lies between two of them.
    first: u64,
    step: u64,
}

impl Arrivals {
    pub(super) fn new(people: u64, per_second: u64) -> Self {
        Self { people, per_second, first: 0, step: 1 }
    }

    pub(super) fn at(&self, person: u64) -> Duration {
        let number = u128::from(self.first + person * self.step);
        Duration::from_nanos((number * 1_000_000_000 / u128::from(self.per_second)) as u64)
    }

    /// How many have come by then.
    pub(super) fn by(&self, at: Duration) -> u64 {
        let come = at.as_nanos() * u128::from(self.per_second) / 1_000_000_000 + 1;
        self.people.min((come as u64).saturating_sub(self.first).div_ceil(self.step))
    }

    /// Of everybody, those of one thread among so many: every so manieth.
    pub(super) fn share(&self, thread: u64, threads: u64) -> Self {
        let people = self.people / threads + u64::from(thread < self.people % threads);
        Self { people, first: self.first + thread * self.step, step: self.step * threads, ..*self }
    }

    /// The crowd in so many parts that come one after the other, each from the beginning.
    pub(super) fn parts(&self, parts: u64) -> impl Iterator<Item = Self> {
        let of = move |part: u64| (u128::from(self.people) * u128::from(part) / u128::from(parts)) as u64;
        let (people, per_second) = (move |part| of(part + 1) - of(part), self.per_second);
        (0..parts).map(people).filter(|people| *people > 0).map(move |people| Self::new(people, per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_come_is_whoever_was_due() {
        let everybody = Arrivals::new(1_000, 300);
        for arrivals in [everybody, everybody.share(0, 3), everybody.share(2, 3)] {
            for micros in (10_000..4_000_000).step_by(777) {
                let at = Duration::from_micros(micros);
                let come = arrivals.by(at);
                assert!(arrivals.at(come - 1) <= at, "{come} at {at:?}");
                let is_over = come == arrivals.people;
                assert!(is_over || arrivals.at(come) + Duration::from_nanos(1) > at, "{come} at {at:?}");
            }
        }
    }

    #[test]
    fn nobody_is_dropped_between_threads_or_between_parts() {
        for people in [1, 2, 7, 8, 9, 1_003] {
            let everybody = Arrivals::new(people, 300);
            assert_eq!(everybody.parts(8).map(|part| part.people).sum::<u64>(), people);
            assert!(everybody.parts(8).all(|part| part.people > 0));
            for threads in [1, 2, 3, 8] {
                let shares: Vec<_> = (0..threads).map(|thread| everybody.share(thread, threads)).collect();
                let mut come: Vec<_> = shares
                    .iter()
                    .flat_map(|share| (0..share.people).map(|person| share.at(person)))
                    .collect();
                come.sort();
                let meant: Vec<_> = (0..people).map(|person| everybody.at(person)).collect();
                assert_eq!(come, meant, "{people} in {threads}");
            }
        }
    }
}
