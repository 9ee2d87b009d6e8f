//! Where each key leads: eight bytes a key, in many small parts, so that no part takes long to grow. The keys themselves
//! are where it leads to.

use foldhash::fast::RandomState;
use std::hash::BuildHasher as _;

/// In the list of answers, in bytes; or somebody's number.
pub(super) type Position = u64;

const PARTS: u64 = 256;
const POSITION_BITS: u32 = 40;
/// A place of a part holds a part of the key's hash, and above nothing the position plus one.
const EMPTY: u64 = 0;
const POSITION: u64 = (1 << POSITION_BITS) - 1;
const FIRST_LENGTH: usize = 16;

#[derive(Default)]
pub(super) struct Index {
    parts: Vec<Part>,
    chooser: RandomState,
}

#[derive(Default)]
struct Part {
    /// At most four fifths in use.
    places: Vec<u64>,
    used: usize,
}

/// The part of a key, and the rest of its hash.
#[derive(Debug, Clone, Copy)]
struct Hashed {
    part: usize,
    rest: u64,
}

impl Index {
    fn hashed(&self, key: &[u8; 16]) -> Hashed {
        let hash = self.chooser.hash_one(key);
        Hashed { part: (hash % PARTS) as usize, rest: hash >> POSITION_BITS }
    }

    /// Positions at which the key may stand; it stands nowhere else.
    pub(super) fn candidates(&self, key: &[u8; 16]) -> impl Iterator<Item = Position> {
        let Hashed { part, rest } = self.hashed(key);
        let places = self.parts.get(part).map_or(&[][..], |part| &part.places);
        let candidates = around(places, rest).map(|at| places[at]).take_while(|place| *place != EMPTY);
        candidates.filter(move |place| place >> POSITION_BITS == rest).map(|place| (place & POSITION) - 1)
    }

    /// What stands where the key belongs, whatever it is.
    pub(super) fn look(&self, key: &[u8; 16]) -> u64 {
        let Hashed { part, rest } = self.hashed(key);
        let places = self.parts.get(part).map_or(&[][..], |part| &part.places);
        places.get(home(places.len(), rest)).copied().unwrap_or_default()
    }

    pub(super) fn holds(position: Position) -> bool {
        position < POSITION
    }

    pub(super) fn insert(&mut self, key: &[u8; 16], position: Position) {
        assert!(Self::holds(position), "there is no terabyte of answers");
        let Hashed { part, rest } = self.hashed(key);
        if self.parts.is_empty() {
            self.parts.resize_with(PARTS as usize, Part::default);
        }
        self.parts[part].insert(rest << POSITION_BITS | (position + 1));
    }

    /// What stands at this position and no other.
    pub(super) fn remove(&mut self, key: &[u8; 16], position: Position) {
        let Hashed { part, rest } = self.hashed(key);
        if let Some(part) = self.parts.get_mut(part) {
            part.remove(rest << POSITION_BITS | (position + 1));
        }
    }
}

/// Where a hash belongs among so many places: those of greater hashes further on.
fn home(length: usize, rest: u64) -> usize {
    (rest as usize * length) >> (64 - POSITION_BITS)
}

/// The places of a part from where a hash belongs, once around.
fn around(places: &[u64], rest: u64) -> impl Iterator<Item = usize> + use<> {
    let length = places.len();
    let home = home(length, rest);
    (home..length).chain(0..home)
}

impl Part {
    fn insert(&mut self, place: u64) {
        if (self.used + 1) * 5 > self.places.len() * 4 {
            self.grow();
        }
        put(&mut self.places, place);
        self.used += 1;
    }

    /// By a quarter: there is one of these for millions of people, and doubling would leave half of it empty.
    fn grow(&mut self) {
        let length = (self.places.len() + self.places.len() / 4).max(FIRST_LENGTH);
        let before = std::mem::replace(&mut self.places, vec![EMPTY; length]);
        for place in before.into_iter().filter(|place| *place != EMPTY) {
            put(&mut self.places, place);
        }
    }

    fn remove(&mut self, place: u64) {
        let at = around(&self.places, place >> POSITION_BITS)
            .take_while(|at| self.places[*at] != EMPTY)
            .find(|at| self.places[*at] == place);
        let Some(mut gap) = at else { return };
        self.used -= 1;
        // What stands behind the gap and belongs before it moves into it.
        let length = self.places.len();
        let after = |from: usize, to: usize| if to < from { to + length - from } else { to - from };
        let mut next = (gap + 1) % length;
        while self.places[next] != EMPTY {
            let home = home(length, self.places[next] >> POSITION_BITS);
            if after(home, next) >= after(gap, next) {
                self.places[gap] = self.places[next];
                gap = next;
            }
            next = (next + 1) % length;
        }
        self.places[gap] = EMPTY;
    }
}

fn put(places: &mut [u64], place: u64) {
    let free = around(places, place >> POSITION_BITS).find(|at| places[*at] == EMPTY);
    places[free.expect("a fifth is free")] = place;
}
