//! Which figures are told, and how those that are not stay hidden although there are totals.
//!
//! A figure of one to four is hidden: [`Cell::Hidden`]. No total holds a hidden figure by itself. Those of a column are
//! put together by [`CELLS_TOGETHER`], in the order of their hours, and their sum is told only when it leaves each of
//! them any value from one to four ([`leaves_all_open`]); where it does not, those cells are in no total, for good. Every
//! hidden cell is in one sum at the most, and no sum goes over several columns, so there is nothing to be subtracted
//! from anything.
//!
//! Which cells go together follows from what is public anyway, never from what is hidden: a rule that went on until a
//! sum can be told would tell by where it stopped. That sums are *not* told says something, too, and leaves all four
//! values as well. The test below is a reader who knows all of this and keeps every page.
//!
//! What the total does not hold is not concealed: it is so many cells, each of one to four.

use jiff::Timestamp;

/// From so many people on a figure is told as it is.
pub const TOLD_FROM: u64 = 5;
/// Hidden cells whose sum may be told: the more, the more often it can be, and the later.
const CELLS_TOGETHER: u64 = 4;

/// People of one hour and one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    Told(u64),
    /// At least one, and fewer than [`TOLD_FROM`].
    Hidden,
}

/// Hidden cells that are told as one sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Together {
    /// The first and the last of their hours; between them are also cells that are told by themselves.
    pub first: Timestamp,
    pub last: Timestamp,
    pub cells: u64,
    pub people: u64,
}

/// The figures of one way, hour by hour.
#[derive(Debug, Default)]
pub struct Figures {
    told: u64,
    together: Vec<Together>,
    /// Fewer than [`CELLS_TOGETHER`].
    gathered: Option<Together>,
    never_told_cells: u64,
}

impl Figures {
    /// The next hour, and what is said of it.
    pub fn add(&mut self, hour: Timestamp, people: u64) -> Cell {
        if people == 0 || people >= TOLD_FROM {
            self.told += people;
            return Cell::Told(people);
        }
        let before =
            self.gathered.take().unwrap_or(Together { first: hour, last: hour, cells: 0, people: 0 });
        let all = Together { last: hour, cells: before.cells + 1, people: before.people + people, ..before };
        if all.cells < CELLS_TOGETHER {
            self.gathered = Some(all);
        } else if leaves_all_open(all.cells, all.people) {
            self.together.push(all);
        } else {
            self.never_told_cells += all.cells;
        }
        Cell::Hidden
    }

    /// Everything that is in a figure.
    pub fn people(&self) -> u64 {
        self.told + self.together.iter().map(|sum| sum.people).sum::<u64>()
    }

    /// Hidden, and in no sum, or not yet.
    pub fn untold_cells(&self) -> u64 {
        self.never_told_cells + self.gathered.map_or(0, |gathered| gathered.cells)
    }

    pub fn together(&self) -> &[Together] {
        &self.together
    }
}

/// Whether each of so many cells can still be anything from 1 to 4 when their sum is known: with one of them at either
/// end the others can make up the rest.
fn leaves_all_open(cells: u64, people: u64) -> bool {
    let most = TOLD_FROM - 1;
    cells >= 2 && people >= most + (cells - 1) && people <= 1 + most * (cells - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn hour(number: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 / 3_600 * 3_600 + number * 3_600).unwrap()
    }

    /// Everything that is ever public of a column, at every hour.
    fn public(people: &[u64]) -> String {
        let mut figures = Figures::default();
        let look = |(number, people): (usize, &u64)| {
            let cell = figures.add(hour(number as i64), *people);
            let (total, untold) = (figures.people(), figures.untold_cells());
            format!("{cell:?} {total} {untold} {:?}\n", figures.together())
        };
        people.iter().enumerate().map(look).collect()
    }

    /// A reader who has kept every page, knows the rule, and tries every column that there can be. `values` are those
    /// that a cell can have.
    fn best_guess(length: usize, values: &[u64], look: impl Fn(&[u64]) -> String) -> (usize, Vec<u64>) {
        let mut columns: Vec<Vec<u64>> = vec![Vec::new()];
        for _ in 0..length {
            let longer =
                |column: Vec<u64>| values.iter().map(move |value| [column.as_slice(), &[*value]].concat());
            columns = columns.into_iter().flat_map(longer).collect();
        }
        let mut possible: BTreeMap<String, Vec<BTreeSet<u64>>> = BTreeMap::new();
        for column in &columns {
            let sets = possible.entry(look(column)).or_insert_with(|| vec![BTreeSet::new(); length]);
            sets.iter_mut().zip(column).for_each(|(set, value)| {
                set.insert(*value);
            });
        }
        let hidden = |value: &u64| (1..TOLD_FROM).contains(value);
        let left = |column: &Vec<u64>| {
            let sets = &possible[&look(column)];
            let cells = column.iter().zip(sets).filter(|(value, _)| hidden(value));
            cells.map(|(_, set)| set.len()).min().map(|least| (least, column.clone()))
        };
        columns.iter().filter_map(left).min().expect("some column hides something")
    }

    #[test]
    fn whoever_knows_the_rule_and_keeps_every_page_is_left_with_all_four_values_of_each_hidden_figure() {
        for length in 1..=8 {
            let (least, column) = best_guess(length, &[1, 2, 3, 4], public);
            assert_eq!(least, 4, "of a cell of {column:?}");
        }
        let (least, column) = best_guess(6, &[0, 1, 2, 3, 4, 5], public);
        assert_eq!(least, 4, "of a cell of {column:?}");
    }

    /// The reader above finds what a careless total gives away, or it proves nothing.
    #[test]
    fn the_same_reader_computes_what_careless_totals_give_away() {
        let every_cell_in_the_total = |people: &[u64]| {
            let sums = people.iter().scan(0, |sum, people| {
                *sum += people;
                Some(*sum)
            });
            format!("{:?}", sums.collect::<Vec<u64>>())
        };
        assert_eq!(best_guess(3, &[1, 2, 3, 4], every_cell_in_the_total).0, 1);
        // The first rule that stood here: cells are added until their sum can be told.
        let until_it_can_be_told = |people: &[u64]| {
            let (mut cells, mut sum) = (0, 0);
            let told = people.iter().map(|people| {
                (cells, sum) = (cells + 1, sum + people);
                leaves_all_open(cells, sum)
                    .then(|| std::mem::take(&mut cells) + 100 * std::mem::take(&mut sum))
            });
            format!("{:?}", told.collect::<Vec<_>>())
        };
        assert_eq!(best_guess(4, &[1, 2, 3, 4], until_it_can_be_told).0, 1);
        let any_two_together = |people: &[u64]| {
            let sums: Vec<u64> = people.chunks_exact(2).map(|pair| pair.iter().sum()).collect();
            format!("{sums:?}")
        };
        assert_eq!(best_guess(4, &[1, 2, 3, 4], any_two_together).0, 1);
    }

    #[test]
    fn a_sum_is_told_only_when_each_cell_can_still_be_anything() {
        for cells in 1..=6_u64 {
            for people in cells..=4 * cells {
                let rest = |value: u64| people.checked_sub(value);
                let fits = |rest: u64| (cells - 1..=4 * (cells - 1)).contains(&rest);
                let all_open = (1..=4).all(|value| rest(value).is_some_and(fits));
                assert_eq!(leaves_all_open(cells, people), all_open && cells > 1, "{cells} cells, {people}");
            }
        }
    }

    #[test]
    fn totals_hold_what_is_told_and_what_is_told_together_and_the_rest_is_counted_in_cells() {
        let mut figures = Figures::default();
        let people = [7, 2, 0, 3, 1, 4, 1, 1, 1, 1, 3];
        let cells: Vec<Cell> =
            people.iter().enumerate().map(|(at, people)| figures.add(hour(at as i64), *people)).collect();
        assert_eq!(cells[..4], [Cell::Told(7), Cell::Hidden, Cell::Told(0), Cell::Hidden]);
        let sum = Together { first: hour(1), last: hour(5), cells: 4, people: 10 };
        assert_eq!(figures.together(), [sum], "four ones are told never, and the last is one alone");
        assert_eq!((figures.people(), figures.untold_cells()), (17, 5));
    }
}
