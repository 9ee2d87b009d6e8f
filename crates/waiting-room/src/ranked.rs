//! A set that says how many of it come before another, also while it is long.

/// A run that grows beyond it is cut in two.
const RUN_MAX: usize = 512;

/// Sorted runs, none of them empty: with n members, some n / 512 steps for each question, and never n.
#[derive(Debug, Default)]
pub(crate) struct Ranked<T> {
    runs: Vec<Vec<T>>,
}

impl<T: Ord + Copy> Ranked<T> {
    pub(crate) fn insert(&mut self, member: T) {
        let at = self.run_of(&member);
        let Some(run) = self.runs.get_mut(at) else {
            self.runs.push(vec![member]);
            return;
        };
        let Err(place) = run.binary_search(&member) else { return };
        run.insert(place, member);
        if run.len() > RUN_MAX {
            let rest = run.split_off(RUN_MAX / 2);
            self.runs.insert(at + 1, rest);
        }
    }

    pub(crate) fn remove(&mut self, member: &T) {
        let at = self.run_of(member);
        let Some(run) = self.runs.get_mut(at) else { return };
        let Ok(place) = run.binary_search(member) else { return };
        run.remove(place);
        if run.is_empty() {
            self.runs.remove(at);
        }
    }

    /// How many are less than it, whether it is a member or not.
    pub(crate) fn before(&self, member: &T) -> u64 {
        let at = self.run_of(member);
        let whole: usize = self.runs.iter().take(at).map(Vec::len).sum();
        let within = self.runs.get(at).map_or(0, |run| run.partition_point(|other| other < member));
        (whole + within) as u64
    }

    /// The last run that does not begin after it, or the first.
    fn run_of(&self, member: &T) -> usize {
        self.runs.partition_point(|run| run[0] <= *member).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn it_counts_as_a_plain_set_does(steps in prop::collection::vec((0_u8..4, 0_u32..3_000), 1..4_000)) {
            let (mut ranked, mut plain) = (Ranked::default(), BTreeSet::new());
            for (what, member) in steps {
                if what == 0 {
                    ranked.remove(&member);
                    plain.remove(&member);
                } else {
                    ranked.insert(member);
                    plain.insert(member);
                }
                prop_assert_eq!(ranked.before(&member), plain.range(..member).count() as u64);
            }
            prop_assert_eq!(ranked.before(&u32::MAX), plain.len() as u64);
        }
    }
}
