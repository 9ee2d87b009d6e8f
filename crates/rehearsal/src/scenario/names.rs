//! Surnames by their frequency, and given names that fit people born in the 1960s.

use super::Dice;

const SURNAMES: &str = include_str!("../../../../data/source/surnames.csv");
const GIVEN_NAMES: &str = include_str!("../../../../data/source/given_names_list.csv");
const ERA: &str = "fits_1940_1975";

pub(super) struct Names {
    /// Each surname with the sum of the populations up to and including it, in thousands.
    surnames: Vec<(&'static str, u32)>,
    given: Vec<&'static str>,
}

impl Names {
    pub(super) fn bundled() -> Self {
        Names { surnames: surnames(), given: given_names() }
    }

    pub(super) fn name(&self, dice: &mut Dice) -> String {
        let surname = self.surname(dice);
        let given = dice.pick(&self.given).expect("the bundled list has given names of the era");
        format!("{surname}{given}")
    }

    fn surname(&self, dice: &mut Dice) -> &'static str {
        let total = self.surnames.last().map_or(0, |(_, sum)| *sum);
        let roll = dice.below(total);
        let at = self.surnames.partition_point(|(_, sum)| *sum <= roll);
        self.surnames[at].0
    }
}

fn surnames() -> Vec<(&'static str, u32)> {
    let mut sum = 0;
    let rows = SURNAMES.lines().skip(1).filter_map(|line| {
        let mut fields = line.split(',');
        let surname = fields.next()?;
        let population: u32 = fields.next()?.parse().ok()?;
        sum += population / 1000;
        Some((surname, sum))
    });
    rows.collect()
}

fn given_names() -> Vec<&'static str> {
    let rows = GIVEN_NAMES.lines().skip(1).filter_map(|line| {
        let mut fields = line.split(',').skip(1);
        let name = fields.next()?;
        (fields.next()? == ERA).then_some(name)
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_lists_are_read_whole() {
        assert_eq!(surnames().len(), 83);
        assert_eq!(given_names().len(), 65);
    }

    #[test]
    fn kim_is_about_a_fifth_of_everybody() {
        let names = Names::bundled();
        let mut dice = Dice::new(1, 1);
        let kims = (0..10_000).filter(|_| names.surname(&mut dice) == "김").count();
        assert!((1_800..2_600).contains(&kims), "{kims}");
    }
}
