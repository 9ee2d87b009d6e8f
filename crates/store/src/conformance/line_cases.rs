//! The memory of the waiting room: what a node finds when it begins again.

use super::Chance;
use crate::{LineRecord, LineStep, LineStore, MemoryLine};
use jiff::Timestamp;
use std::collections::VecDeque;
use waiting_room::{Bucket, CampaignTag, NodeId};

const CAMPAIGN: CampaignTag = CampaignTag(1);
const STEPS: u64 = 60;

/// Opens the same memory again; a new one the first time.
pub type Open<'a> = &'a mut dyn FnMut() -> Box<dyn LineStore>;

/// A dead node's bucket is closed at the end of its reservation, and its numbers never come back.
pub fn run(open: Open<'_>) {
    let first = open().begin(CAMPAIGN).expect("the line is well");
    assert_eq!(first.node, NodeId { node: 1, incarnation: 1 });
    assert_eq!((first.next_bucket, first.serving_number, first.closed), (0, 0, vec![]));

    let line = open();
    let second = line.begin(CAMPAIGN).expect("the line is well");
    assert_eq!(second.node.incarnation, 2);
    let opened_at = Some(Timestamp::new(1_815_822_000, 123_456_789).expect("an ordinary instant"));
    let step = LineStep { serving_number: 7, gate_sequence: 3, opened_at, ..LineStep::default() };
    let reserve = LineStep { reserve: Some((0, 500)), ..step.clone() };
    line.save(CAMPAIGN, &reserve).expect("the line is well");
    let turn = LineStep { reserve: Some((1, 64)), ..step.clone() };
    line.save(CAMPAIGN, &turn).expect("the line is well");
    let close = LineStep { close: Some((0, 480)), reserve: Some((2, 32)), ..step };
    line.save(CAMPAIGN, &close).expect("the line is well");
    drop(line);

    let third = open().begin(CAMPAIGN).expect("the line is well");
    let bucket = |number, count| Bucket { number, counts: vec![(second.node, count)] };
    let expected = LineRecord {
        node: NodeId { node: 1, incarnation: 3 },
        closed: vec![bucket(0, 480), bucket(1, 64), bucket(2, 32)],
        next_bucket: 3,
        serving_number: 7,
        gate_sequence: 3,
        opened_at,
        closed_at: None,
    };
    assert_eq!(third, expected);
}

/// Around a change of bucket two are open: the next is reserved before the count of the last is known. A node that dies
/// in between leaves both, each closed at the end of its own reservation.
pub fn a_change_of_bucket_cut_short_loses_neither(open: Open<'_>) {
    let line = open();
    let life = line.begin(CAMPAIGN).expect("the line is well");
    for reserve in [(life.next_bucket, 32), (life.next_bucket + 1, 64), (life.next_bucket, 96)] {
        let step = LineStep { reserve: Some(reserve), ..LineStep::default() };
        line.save(CAMPAIGN, &step).expect("the line is well");
    }
    drop(line);
    let found = open().begin(CAMPAIGN).expect("the line is well");
    let counts: Vec<u32> = found.closed.iter().rev().take(2).map(|bucket| bucket.counts[0].1).collect();
    assert_eq!(counts, [64, 96]);
    let line = open();
    let life = line.begin(CAMPAIGN).expect("the line is well");
    for step in [
        LineStep { reserve: Some((life.next_bucket, 32)), ..LineStep::default() },
        LineStep { reserve: Some((life.next_bucket + 1, 64)), ..LineStep::default() },
        LineStep { close: Some((life.next_bucket, 5)), ..LineStep::default() },
    ] {
        line.save(CAMPAIGN, &step).expect("the line is well");
    }
    drop(line);
    let found = open().begin(CAMPAIGN).expect("the line is well");
    let counts: Vec<u32> = found.closed.iter().rev().take(2).map(|bucket| bucket.counts[0].1).collect();
    assert_eq!(counts, [64, 5]);
}

/// The same lives as the reference, step by step, for one seed.
pub fn follow_the_reference(seed: u64, open: Open<'_>) {
    println!("seed {seed}");
    let reference = MemoryLine::default();
    let mut chance = Chance::seeded(seed);
    let mut line = open();
    let mut next = begin_both(&reference, &*line);
    let mut open_buckets = VecDeque::new();
    for tick in 1..=STEPS {
        if chance.percent(10) {
            drop(line);
            line = open();
            next = begin_both(&reference, &*line);
            open_buckets.clear();
        }
        // Around a change of bucket two are open; the older one is closed first.
        let is_closing = open_buckets.len() == 2 || chance.percent(20);
        let close = is_closing.then(|| open_buckets.pop_front()).flatten();
        let close = close.map(|number| (number, chance.below(50) as u32));
        let reserve =
            (open_buckets.is_empty() || chance.percent(30)).then(|| (next, 50 + chance.below(50) as u32));
        open_buckets.extend(reserve.map(|(number, _)| number));
        next += u32::from(reserve.is_some());
        let at = |happened: bool| happened.then_some(Timestamp::UNIX_EPOCH);
        let step = LineStep {
            close,
            reserve,
            serving_number: tick * 10,
            gate_sequence: tick,
            opened_at: at(tick > 5),
            closed_at: at(tick > 50),
        };
        reference.save(CAMPAIGN, &step).expect("memory is well");
        line.save(CAMPAIGN, &step).expect("the line is well");
    }
    drop(line);
    begin_both(&reference, &*open());
}

/// Returns the number of the next bucket.
fn begin_both(reference: &MemoryLine, line: &dyn LineStore) -> u32 {
    let expected = reference.begin(CAMPAIGN).expect("memory is well");
    assert_eq!(line.begin(CAMPAIGN).expect("the line is well"), expected);
    expected.next_bucket
}
