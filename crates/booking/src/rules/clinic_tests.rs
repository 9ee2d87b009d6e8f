//! One row a case, in the order of precedence.

use super::*;
use crate::rules::tests::{EAST, WEST, check, slot};
use jiff::civil::date;

fn facts(free: u32, blocked: u32) -> SlotFacts {
    let counts = SlotCounts { capacity: free + blocked + 3, held: 1, booked: 2, blocked };
    SlotFacts { today: date(2027, 7, 26), slot: slot(26), counts: Some(counts) }
}

fn past(facts: SlotFacts) -> SlotFacts {
    SlotFacts { today: date(2027, 7, 27), ..facts }
}

fn unknown(facts: SlotFacts) -> SlotFacts {
    SlotFacts { counts: None, ..facts }
}

fn places(places: u32) -> NonZeroU32 {
    NonZeroU32::new(places).expect("a test blocks some")
}

#[test]
fn blocking() {
    let block = |facts, n| block(facts, places(n)).map(|counts| (counts.free(), counts.blocked));
    check(vec![
        ("no such band, and past", block(unknown(past(facts(2, 0))), 9), Err(Refusal::SlotUnknown)),
        ("yesterday, and too many", block(past(facts(2, 0)), 9), Err(Refusal::SlotPast)),
        ("one more than is free", block(facts(2, 1), 3), Err(Refusal::PlacesNotFree { free: 2 })),
        ("all that is free, today", block(facts(2, 1), 2), Ok((0, 3))),
        ("some", block(facts(2, 0), 1), Ok((1, 1))),
        ("none is free", block(facts(0, 0), 1), Err(Refusal::PlacesNotFree { free: 0 })),
        ("the most there is", block(facts(0, 0), u32::MAX), Err(Refusal::PlacesNotFree { free: 0 })),
    ]);
}

#[test]
fn unblocking() {
    let unblock = |facts, n| unblock(facts, places(n)).map(|counts| (counts.free(), counts.blocked));
    check(vec![
        ("no such band, and past", unblock(unknown(past(facts(2, 1))), 9), Err(Refusal::SlotUnknown)),
        ("yesterday, and too many", unblock(past(facts(2, 1)), 9), Err(Refusal::SlotPast)),
        ("more than is blocked", unblock(facts(2, 1), 2), Err(Refusal::PlacesNotBlocked { blocked: 1 })),
        ("all of them", unblock(facts(2, 2), 2), Ok((4, 0))),
        ("some", unblock(facts(0, 2), 1), Ok((1, 1))),
    ]);
}

#[test]
fn capacity() {
    let set = |bands: &[(u32, u32)], day, even_below| {
        let visit_on = date(2027, 7, 26);
        set_capacity(&CapacityFacts { today: date(2027, 7, day), visit_on, bands, even_below })
    };
    let over = |over| Err(Refusal::CapacityBelowTaken { over });
    check(vec![
        ("no such band, and past", set(&[], 27, false), Err(Refusal::SlotUnknown)),
        ("yesterday, and too few", set(&[(3, 1)], 27, true), Err(Refusal::SlotPast)),
        ("more than people have, today", set(&[(3, 4)], 26, false), Ok(0)),
        ("as many as people have", set(&[(3, 3), (0, 0)], 25, false), Ok(0)),
        ("fewer, without being told", set(&[(3, 1), (1, 1), (2, 1)], 25, false), over(3)),
        ("fewer, said again", set(&[(3, 1), (1, 1), (2, 1)], 25, true), Ok(3)),
        ("room in one band is none in another", set(&[(0, 9), (2, 1)], 25, false), over(1)),
    ]);
}

#[test]
fn supply() {
    let before = Supply { total: 100, allotted: [(EAST, 60), (WEST, 40)].into() };
    let taken = [(EAST, 50)].into();
    let set = |total, allotted: &[(RegionCode, u32)], even_below| {
        let allotted = &allotted.iter().copied().collect();
        let is_sido = &|region| region == EAST || region == WEST;
        set_supply(&SupplyFacts { supply: &before, taken: &taken, is_sido, total, allotted, even_below })
            .map(|supply| (supply.total, supply.allotted[&EAST], supply.allotted[&WEST]))
    };
    let nowhere = RegionCode(9);
    let over = |total, allotted| Err(Refusal::SupplyOverTotal { total, allotted });
    let below = || Err(Refusal::SupplyBelowTaken { sido: EAST, taken: 50 });
    check(vec![
        (
            "no such region, and too much",
            set(None, &[(nowhere, 999)], true),
            Err(Refusal::RegionUnknown { region: nowhere }),
        ),
        (
            "more than there is, and less than is taken",
            set(None, &[(EAST, 1), (WEST, 100)], false),
            over(100, 101),
        ),
        ("a total below what is shared out", set(Some(99), &[], false), over(99, 100)),
        ("less than is taken", set(None, &[(EAST, 49)], false), below()),
        ("less than is taken, said again", set(None, &[(EAST, 49)], true), Ok((100, 49, 40))),
        ("what is taken", set(None, &[(EAST, 50)], false), Ok((100, 50, 40))),
        ("from one to the other", set(None, &[(EAST, 50), (WEST, 50)], false), Ok((100, 50, 50))),
        ("more for all", set(Some(150), &[(EAST, 110)], false), Ok((150, 110, 40))),
        ("more in reserve", set(Some(150), &[], false), Ok((150, 60, 40))),
        (
            "the most there is",
            set(None, &[(EAST, u32::MAX), (WEST, u32::MAX)], true),
            over(100, 2 * u64::from(u32::MAX)),
        ),
    ]);
}
