//! Whether everybody had their turn in the order in which they came.

use std::collections::HashMap;

use super::{Claim, Findings};
use crate::logbook::{Entry, Heard, Step};

/// Within so much of each other two people may be numbered either way: a bucket, and what clocks of nodes differ by.
const SAME_TIME_US: u64 = 2_000_000;
/// A called number is known at every door after so long.
const DOORS_KNOW_AFTER_US: u64 = 3_000_000;

#[derive(Default)]
pub(super) struct LineWatch {
    standing: HashMap<u32, Standing>,
    /// Copies of the gate document in the order in which they were heard.
    pub(super) copies: Vec<Copy>,
    doors: Vec<Door>,
    changed: Vec<(u32, u64)>,
}

pub(super) struct Standing {
    came_us: u64,
    joined_us: u64,
    pub(super) queue_number: Option<u64>,
    pub(super) placed_us: u64,
}

pub(super) struct Copy {
    asked_us: u64,
    pub(super) heard_us: u64,
    pub(super) serving_number: u64,
    pub(super) admissions_per_minute: Option<u64>,
}

/// Somebody at the door.
struct Door {
    person: u32,
    asked_us: u64,
    heard_us: u64,
    came_in: bool,
}

impl LineWatch {
    pub(super) fn gate(&mut self, entry: &Entry) {
        if let Heard::Gate { serving_number, admissions_per_minute } = entry.heard {
            let (heard_us, asked_us) = (entry.heard_us, entry.heard_us - entry.waited_us);
            self.copies.push(Copy { asked_us, heard_us, serving_number, admissions_per_minute });
        }
    }

    pub(super) fn hear(&mut self, person: u32, entry: &Entry) {
        let asked_us = entry.heard_us - entry.waited_us;
        match (&entry.heard, entry.step) {
            (Heard::Fine, Step::Join) => {
                let (came_us, joined_us) = (asked_us, entry.heard_us);
                let standing = Standing { came_us, joined_us, queue_number: None, placed_us: 0 };
                self.standing.insert(person, standing);
            }
            (Heard::Placed { queue_number }, Step::Settle) => self.place(person, *queue_number, entry),
            (Heard::Fine, Step::Enter) => self.door(person, asked_us, entry.heard_us, true),
            (Heard::No(code), Step::Enter) if code == "NotYourTurn" => {
                self.door(person, asked_us, entry.heard_us, false);
            }
            _ => {}
        }
    }

    pub(super) fn people(&self) -> u64 {
        self.standing.len() as u64
    }

    pub(super) fn placed(&self) -> impl Iterator<Item = (u64, &Standing)> {
        self.standing.values().filter_map(|standing| Some((standing.queue_number?, standing)))
    }

    fn place(&mut self, person: u32, queue_number: u64, entry: &Entry) {
        let Some(standing) = self.standing.get_mut(&person) else { return };
        match standing.queue_number {
            None => {
                standing.queue_number = Some(queue_number);
                standing.placed_us = entry.heard_us;
            }
            Some(before) if before != queue_number => self.changed.push((person, queue_number)),
            Some(_) => {}
        }
    }

    fn door(&mut self, person: u32, asked_us: u64, heard_us: u64, came_in: bool) {
        self.doors.push(Door { person, asked_us, heard_us, came_in });
    }

    pub(super) fn judge(&self, is_drawn: bool, found: &mut Findings) {
        for (person, number) in &self.changed {
            found.offend(Claim::NumberChanged, Some(*person), Some(*number));
        }
        self.judge_numbers(found);
        self.judge_order(is_drawn, found);
        for door in &self.doors {
            self.judge_door(door, found);
        }
    }

    /// When each person heard first that they are in.
    pub(super) fn let_in_us(&self) -> Vec<u64> {
        let mut first: HashMap<u32, u64> = HashMap::new();
        for door in self.doors.iter().filter(|door| door.came_in) {
            first.entry(door.person).and_modify(|at| *at = door.heard_us.min(*at)).or_insert(door.heard_us);
        }
        first.into_values().collect()
    }

    /// When the last one had been called.
    pub(super) fn all_called_us(&self) -> Option<u64> {
        let last = self.copies.iter().map(|copy| copy.serving_number).max()?;
        self.copies.iter().find(|copy| copy.serving_number == last).map(|copy| copy.heard_us)
    }

    fn judge_numbers(&self, found: &mut Findings) {
        let mut holders: HashMap<u64, u32> = HashMap::new();
        for (person, standing) in &self.standing {
            let Some(number) = standing.queue_number else { continue };
            if holders.insert(number, *person).is_some() {
                found.offend(Claim::NumberChanged, Some(*person), Some(number));
            }
        }
    }

    /// Nobody who came after somebody had a ticket has a lower number than they.
    fn judge_order(&self, is_drawn: bool, found: &mut Findings) {
        let opened_us = self.copies.iter().find(|copy| copy.serving_number > 0).map(|copy| copy.heard_us);
        let counts = |standing: &&Standing| !is_drawn || opened_us.is_some_and(|at| standing.came_us > at);
        let mut comers: Vec<(u32, &Standing)> =
            self.standing.iter().map(|(person, s)| (*person, s)).filter(|(_, s)| counts(s)).collect();
        let mut joiners: Vec<(u64, u64)> =
            comers.iter().filter_map(|(_, s)| Some((s.joined_us + SAME_TIME_US, s.queue_number?))).collect();
        comers.sort_unstable_by_key(|(_, s)| s.came_us);
        joiners.sort_unstable();
        let (mut next, mut highest) = (0, None);
        for (person, standing) in comers {
            while let Some((from_us, number)) = joiners.get(next).filter(|(at, _)| *at < standing.came_us) {
                debug_assert!(*from_us < standing.came_us, "only those who had a ticket long before");
                highest = highest.max(Some(*number));
                next += 1;
            }
            if standing.queue_number.is_some() && standing.queue_number < highest {
                found.offend(Claim::OutOfOrder, Some(person), standing.queue_number);
            }
        }
    }

    fn judge_door(&self, door: &Door, found: &mut Findings) {
        let Some(number) = self.standing.get(&door.person).and_then(|s| s.queue_number) else { return };
        if door.came_in {
            // A copy asked for after they were in says at least what the door knew.
            let next = self.copies.partition_point(|copy| copy.asked_us < door.heard_us);
            if self.copies.get(next).is_some_and(|copy| copy.serving_number <= number) {
                found.offend(Claim::EnteredEarly, Some(door.person), Some(number));
            }
            return;
        }
        let known = door.asked_us.saturating_sub(DOORS_KNOW_AFTER_US);
        let before = self.copies.partition_point(|copy| copy.heard_us < known);
        if before > 0 && self.copies[before - 1].serving_number > number {
            found.offend(Claim::TurnedAway, Some(door.person), Some(number));
        }
    }
}
