//! The memory of the waiting room: what several nodes may do with one line, and what they find when they begin again.

use super::Chance;
use crate::{
    AtTheDoor, GivenOrder, LeadStep, Led, LedgerNews, LineState, LineStore, Load, MemoryLine, NodeState,
    NodeStep, Seen, Stepped, StoreError,
};
use booking::Opening;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use waiting_room::{Bucket, CampaignTag, Line, NodeId, Order, Ticket, TicketId, TicketKind};
use waiting_room::{RateInForce, RateReason, Steered, Strain};

const CAMPAIGN: CampaignTag = CampaignTag(1);

/// Opens the same memory again; a new one the first time.
pub type Open<'a> = &'a (dyn Fn() -> Box<dyn LineStore> + Sync);

/// How often somebody asks whose turn did not come. On a busy machine others may be before them for long.
const ASKED_MAX: u32 = 50;

/// Asks again as long as the store says that it cannot answer now: then nothing was done.
fn in_turn<T>(ask: impl Fn() -> Result<T, StoreError>) -> T {
    let mut answers = (0..ASKED_MAX).map(|_| ask());
    let answer = answers.find(|answer| !matches!(answer, Err(StoreError::Unavailable { .. })));
    answer.expect("one's turn comes").expect("the line is well")
}

fn look(line: &dyn LineStore) -> LineState {
    in_turn(|| line.look(CAMPAIGN, 0))
}

fn seen(state: &LineState) -> Seen {
    let beat = |leader: NodeId| state.node(leader).map(|node| (leader, node.beat));
    Seen { term: state.term, leader: state.leader.and_then(beat) }
}

fn claim(line: &dyn LineStore, node: NodeId) -> bool {
    in_turn(|| line.claim(CAMPAIGN, node, &seen(&look(line))))
}

fn step(line: &dyn LineStore, node: NodeId, step: &NodeStep) -> Stepped {
    in_turn(|| line.step(CAMPAIGN, node, step))
}

/// As the leader, with everything else as it is.
fn turn(line: &dyn LineStore, node: NodeId, open_bucket: u32) -> Stepped {
    let LineState { term, led, .. } = look(line);
    let lead = Some(LeadStep { term, open_bucket, led, fence: Vec::new() });
    step(line, node, &NodeStep { lead, ..NodeStep::default() })
}

fn fence(line: &dyn LineStore, node: NodeId, silent: (NodeId, u64)) -> Stepped {
    let LineState { term, led, open_bucket, .. } = look(line);
    let lead = Some(LeadStep { term, open_bucket, led, fence: vec![silent] });
    step(line, node, &NodeStep { lead, ..NodeStep::default() })
}

fn reserve(bucket: u32, end: u32) -> NodeStep {
    NodeStep { reserve: Some((bucket, end)), ..NodeStep::default() }
}

fn close(bucket: u32, count: u32) -> NodeStep {
    NodeStep { close: Some((bucket, count)), ..NodeStep::default() }
}

/// All of the cases, each on a memory of its own.
pub fn run(open: &dyn Fn(&str) -> Box<dyn LineStore>) {
    what_was_done_is_found_again(&*open("found again"));
    a_bucket_is_settled_when_every_node_has_said_its_count(&*open("settled"));
    a_silent_node_is_fenced_at_the_end_of_its_reservation(&*open("fenced"));
    a_node_that_stirs_is_neither_fenced_nor_deposed(&*open("stirs"));
    who_does_not_lead_moves_nothing(&*open("leads"));
    who_leaves_leaves_no_gap(&*open("leaves"));
    what_was_ordered_is_found_in_its_order(&*open("orders"));
}

fn what_was_ordered_is_found_in_its_order(line: &dyn LineStore) {
    assert_eq!(line.orders(CAMPAIGN, 0).expect("the line is well"), vec![]);
    let message = Order::Message { ko: "'|\u{ac00}".to_owned(), en: "\"".to_owned() };
    let given: Vec<GivenOrder> = [Order::Pause, message, Order::Rate(Some(7)), Order::RevokePasses]
        .into_iter()
        .map(|order| {
            let given_at = Timestamp::new(1_815_822_000, 123_456_789).expect("an ordinary instant");
            GivenOrder { given_at, by: "kim".to_owned(), why: "a fire;--".to_owned(), order }
        })
        .collect();
    // Before any node has joined, and after.
    let give = |order| in_turn(|| line.order(CAMPAIGN, order));
    assert_eq!([give(&given[0]), give(&given[1])], [1, 2]);
    let node = line.join(CAMPAIGN).expect("the line is well");
    assert!(claim(line, node));
    assert_eq!([give(&given[2]), give(&given[3])], [3, 4]);
    assert_eq!(turn(line, node, 1), Stepped::Done, "orders are in nobody's way");
    let numbered: Vec<(u64, GivenOrder)> = (1..).zip(given).collect();
    for after in 0..=5 {
        let found = line.orders(CAMPAIGN, after).expect("the line is well");
        assert_eq!(found, numbered[(after as usize).min(4)..], "after {after}");
    }
    assert_eq!(line.orders(CampaignTag(2), 0).expect("the line is well"), vec![]);
}

fn what_was_done_is_found_again(line: &dyn LineStore) {
    assert_eq!(look(line), LineState::default());
    let node = line.join(CAMPAIGN).expect("the line is well");
    assert_eq!(node, NodeId { node: 1, incarnation: 1 });
    assert!(
        claim(line, node) && !line.claim(CAMPAIGN, node, &Seen { term: 0, leader: None }).unwrap_or(true)
    );
    let opened_at = Some(Timestamp::new(1_815_822_000, 123_456_789).expect("an ordinary instant"));
    let document = b"{\"sequence\":3}".to_vec();
    let rate = RateInForce { milli: 12_345, why: RateReason::Strained(Strain::Slow) };
    let steered = Steered { rate, come_ppm: 700_001, parts: vec![(1, 750), (2, 250)] };
    let led = Led { serving_number: 7, gate_sequence: 3, document, opened_at, closed_at: None, steered };
    let lead = Some(LeadStep { term: 1, open_bucket: 1, led: led.clone(), fence: Vec::new() });
    let door = AtTheDoor { arrived: 40, waiting: 3 };
    assert_eq!(step(line, node, &NodeStep { lead, given: 9, door, ..reserve(1, 500) }), Stepped::Done);
    let news = LedgerNews {
        number: 5,
        as_of: Timestamp::UNIX_EPOCH,
        is_well: true,
        opening: Opening::Open { at: Timestamp::UNIX_EPOCH },
        doses_left: Some(BTreeMap::from([(1_100_000_000, 70)])),
        load: Load { commit_us: Some(25_000), depth: 7, answered: 90, failed: 4 },
    };
    line.tell(CAMPAIGN, &news).expect("the line is well");
    let found = look(line);
    assert_eq!((found.open_bucket, found.settled_until, found.term), (1, 1, 1));
    assert_eq!((found.leader, found.led, found.news), (Some(node), led, Some(news)));
    let of_the_node = |node: &NodeState| (node.beat, node.given, node.door);
    assert_eq!(found.nodes.iter().map(of_the_node).collect::<Vec<_>>(), [(1, 9, door)]);
}

fn a_bucket_is_settled_when_every_node_has_said_its_count(line: &dyn LineStore) {
    let [a, b] = [(); 2].map(|()| line.join(CAMPAIGN).expect("the line is well"));
    assert_eq!((a.node, b.node), (1, 2));
    assert!(claim(line, a));
    assert_eq!([a, b].map(|node| step(line, node, &reserve(0, 64))), [Stepped::Done; 2]);
    assert_eq!(turn(line, a, 1), Stepped::Done);
    assert_eq!(step(line, a, &close(0, 5)), Stepped::Done);
    assert_eq!((look(line).settled_until, look(line).settled), (0, vec![]), "one count is missing");
    let c = line.join(CAMPAIGN).expect("the line is well");
    assert_eq!(step(line, c, &reserve(0, 8)), Stepped::BucketOver);
    assert_eq!(step(line, b, &reserve(0, 96)), Stepped::Done, "its own may still grow");
    assert_eq!(step(line, b, &NodeStep { reserve: Some((1, 32)), ..close(0, 90) }), Stepped::Done);
    let found = look(line);
    let expected = Bucket { number: 0, counts: vec![(a, 5), (b, 90)] };
    assert_eq!((found.settled_until, found.settled), (1, vec![expected]));
    let later = line.look(CAMPAIGN, 1).expect("the line is well");
    assert_eq!((later.settled_until, later.settled), (1, vec![]), "only what is new");
}

fn a_silent_node_is_fenced_at_the_end_of_its_reservation(line: &dyn LineStore) {
    let [a, b] = [(); 2].map(|()| line.join(CAMPAIGN).expect("the line is well"));
    assert!(claim(line, a));
    step(line, b, &reserve(0, 64));
    assert_eq!(fence(line, a, (b, 1)), Stepped::Done);
    assert_eq!(look(line).left_in_open, 64);
    assert_eq!(turn(line, a, 1), Stepped::Done);
    let settled = vec![Bucket { number: 0, counts: vec![(b, 64)] }];
    assert_eq!(look(line).settled, settled);
    for waking in [close(0, 3), reserve(0, 128), reserve(1, 32), NodeStep::default()] {
        assert_eq!(step(line, b, &waking), Stepped::Fenced);
    }
    assert!(!claim(line, b));
    assert_eq!(look(line).settled, settled, "a number that was settled stays");
    let again = line.join(CAMPAIGN).expect("the line is well");
    assert_eq!(again, NodeId { node: b.node, incarnation: 3 }, "another life is another node");
}

fn a_node_that_stirs_is_neither_fenced_nor_deposed(line: &dyn LineStore) {
    let [a, b] = [(); 2].map(|()| line.join(CAMPAIGN).expect("the line is well"));
    assert!(claim(line, a));
    let before = look(line);
    step(line, b, &reserve(0, 64));
    fence(line, a, (b, 0));
    assert_eq!(step(line, b, &close(0, 1)), Stepped::Done, "it had stirred");
    assert!(!line.claim(CAMPAIGN, b, &seen(&before)).expect("the line is well"), "so had the leader");
    assert!(claim(line, b), "seen as it is, it can be taken");
    assert_eq!(turn(line, a, 1), Stepped::NotLeading);
    assert_eq!(look(line).leader, Some(b));
}

fn who_does_not_lead_moves_nothing(line: &dyn LineStore) {
    let [a, b] = [(); 2].map(|()| line.join(CAMPAIGN).expect("the line is well"));
    assert!(claim(line, a));
    let wrong_term = LeadStep { term: 9, open_bucket: 1, ..LeadStep::default() };
    let not_leader = LeadStep { term: 1, ..wrong_term.clone() };
    for (node, lead) in [(a, wrong_term), (b, not_leader)] {
        let tried = NodeStep { lead: Some(lead), given: 5, ..reserve(1, 32) };
        assert_eq!(step(line, node, &tried), Stepped::NotLeading);
    }
    let found = look(line);
    assert_eq!((found.open_bucket, found.led), (0, Led::default()));
    assert!(found.nodes.iter().all(|node| (node.beat, node.given) == (0, 0)), "nothing of it was done");
}

fn who_leaves_leaves_no_gap(line: &dyn LineStore) {
    let [a, b] = [(); 2].map(|()| line.join(CAMPAIGN).expect("the line is well"));
    assert!(claim(line, a));
    step(line, a, &reserve(0, 64));
    assert_eq!(step(line, a, &NodeStep { leaves: true, ..close(0, 12) }), Stepped::Done);
    let found = look(line);
    assert_eq!((found.leader, found.left_in_open, found.nodes.len()), (None, 12, 1));
    assert!(claim(line, b));
    turn(line, b, 1);
    assert_eq!(look(line).settled, [Bucket { number: 0, counts: vec![(a, 12)] }]);
}

/// Three nodes do by chance what they may and may not: the same answers and the same state as the reference, for one
/// seed, across closing and opening again.
pub fn follow_the_reference(seed: u64, open: Open<'_>) {
    println!("seed {seed}");
    let reference = MemoryLine::default();
    let mut chance = Chance::seeded(seed);
    let mut line = open();
    let mut nodes = Vec::new();
    let mut own: BTreeSet<(NodeId, u32)> = BTreeSet::new();
    for _ in 0..120 {
        if chance.percent(5) {
            drop(line);
            line = open();
        }
        if nodes.len() < 3 || chance.percent(8) {
            let joined = reference.join(CAMPAIGN).expect("memory is well");
            assert_eq!(line.join(CAMPAIGN).expect("the line is well"), joined);
            nodes.push(joined);
        }
        let state = look(&reference);
        let node = *chance.pick(&nodes).expect("somebody has joined");
        if chance.percent(15) {
            let claimed = reference.claim(CAMPAIGN, node, &seen(&state)).expect("memory is well");
            assert_eq!(line.claim(CAMPAIGN, node, &seen(&state)).expect("the line is well"), claimed);
        }
        let next = chance_step(&mut chance, &state, node, &own);
        let done = step(&reference, node, &next);
        assert_eq!(step(&*line, node, &next), done, "{next:?}");
        if done == Stepped::Done {
            own.extend(next.reserve.map(|(bucket, _)| (node, bucket)));
            own.retain(|entry| next.close.is_none_or(|(bucket, _)| *entry != (node, bucket)));
        }
        let known = |node: &NodeId| look(&reference).node(*node).is_some();
        own.retain(|(node, _)| known(node));
        assert_eq!(without_ends(look(&*line)), look(&reference));
    }
}

/// Whose process has ended only a real one knows.
fn without_ends(mut state: LineState) -> LineState {
    for node in &mut state.nodes {
        node.is_gone = false;
    }
    state
}

fn chance_step(
    chance: &mut Chance,
    state: &LineState,
    node: NodeId,
    own: &BTreeSet<(NodeId, u32)>,
) -> NodeStep {
    let open_bucket = state.open_bucket + u32::from(chance.percent(30));
    let term = state.term + u64::from(chance.percent(5));
    let led = Led { serving_number: chance.below(100), document: vec![7; 3], ..Led::default() };
    let silent = chance.pick(&state.nodes).filter(|silent| silent.id != node);
    let silent = silent.map(|silent| (silent.id, silent.beat.saturating_sub(chance.below(2))));
    let fence = silent.filter(|_| chance.percent(30)).into_iter().collect();
    let is_leading = chance.percent(40);
    let of_node: Vec<u32> =
        own.iter().filter(|(owner, _)| *owner == node).map(|(_, bucket)| *bucket).collect();
    let is_over = |bucket: &u32| *bucket < state.open_bucket;
    let closing = chance.pick(&of_node).copied().filter(is_over).filter(|_| chance.percent(50));
    let bucket = if is_leading { open_bucket } else { state.open_bucket };
    let reserve = (chance.percent(40) && closing != Some(bucket))
        .then(|| (bucket.saturating_sub(chance.below(2) as u32), 50 + chance.below(50) as u32))
        .filter(|(bucket, _)| closing != Some(*bucket));
    NodeStep {
        lead: is_leading.then_some(LeadStep { term, open_bucket, led, fence }),
        reserve,
        close: closing.map(|bucket| (bucket, chance.below(50) as u32)),
        given: chance.below(9) as u32,
        door: AtTheDoor { arrived: chance.below(99), waiting: chance.below(9) },
        leaves: chance.percent(4),
    }
}

/// Nodes that give tickets at the same time, each in a thread of its own with the memory opened for itself, while
/// whoever leads turns buckets and fences others who live. Returns what was wrong with the numbers.
pub fn race(seed: u64, open: Open<'_>) -> Vec<String> {
    println!("seed {seed}");
    let lives: Vec<Life> = std::thread::scope(|scope| {
        let racing: Vec<_> =
            (0..4).map(|racer| scope.spawn(move || Life::lived(seed * 4 + racer, open))).collect();
        racing.into_iter().map(|racer| racer.join().expect("no racer panics")).collect()
    });
    let line = open();
    finish(&*line);
    let state = look(&*line);
    let mut faults = Vec::new();
    let mut order = Line::default();
    let final_buckets: BTreeMap<u32, Bucket> =
        state.settled.iter().map(|bucket| (bucket.number, bucket.clone())).collect();
    for bucket in state.settled {
        order.close(bucket);
    }
    let mut numbers = BTreeSet::new();
    for life in &lives {
        for seen in &life.seen {
            if final_buckets.get(&seen.number) != Some(seen) {
                faults.push(format!("bucket {} changed after it was settled", seen.number));
            }
        }
        for ticket in &life.given {
            match order.place_number(ticket) {
                Some(number) if numbers.insert(number) => {}
                Some(number) => faults.push(format!("number {number} was given twice")),
                None => faults.push(format!("a ticket of bucket {} has no number", ticket.bucket)),
            }
        }
    }
    faults
}

/// The last of them opens another bucket, so that the one before is settled.
fn finish(line: &dyn LineStore) {
    let node = line.join(CAMPAIGN).expect("the line is well");
    assert!(claim(line, node), "nobody else is left");
    let others: Vec<_> = look(line).nodes.iter().filter(|other| other.id != node).copied().collect();
    for other in others {
        fence(line, node, (other.id, other.beat));
    }
    turn(line, node, look(line).open_bucket + 1);
}

/// What one racer did and saw.
#[derive(Default)]
struct Life {
    given: Vec<Ticket>,
    seen: Vec<Bucket>,
}

impl Life {
    fn lived(seed: u64, open: Open<'_>) -> Self {
        let line = open();
        let mut chance = Chance::seeded(seed);
        let mut life = Self::default();
        let mut settled_until = 0;
        let mut node = in_turn(|| line.join(CAMPAIGN));
        let mut reserved: Option<(u32, u32)> = None;
        for _ in 0..60 {
            let state = in_turn(|| line.look(CAMPAIGN, settled_until));
            // Others come between a look and the step that follows from it, on one core, too.
            std::thread::yield_now();
            settled_until = state.settled_until;
            life.seen.extend(state.settled.iter().cloned());
            let next = Self::next(&mut chance, &state, node, reserved);
            if chance.percent(20) || state.leader.is_none() {
                let _perhaps = in_turn(|| line.claim(CAMPAIGN, node, &seen(&state)));
            }
            match step(&*line, node, &next) {
                Stepped::Done => {
                    if let Some((bucket, count)) = next.close {
                        life.given.extend((0..count).map(|sequence| ticket(bucket, node, sequence)));
                    }
                    reserved = next.reserve.or(reserved.filter(|_| next.close.is_none()));
                }
                Stepped::Fenced => {
                    node = in_turn(|| line.join(CAMPAIGN));
                    reserved = None;
                }
                Stepped::NotLeading | Stepped::BucketOver => {}
            }
        }
        life
    }

    fn next(chance: &mut Chance, state: &LineState, node: NodeId, reserved: Option<(u32, u32)>) -> NodeStep {
        let leads = state.leader == Some(node);
        let silent = chance.pick(&state.nodes).filter(|silent| silent.id != node && chance.percent(30));
        let lead = leads.then(|| LeadStep {
            term: state.term,
            open_bucket: state.open_bucket + 1,
            led: Led::default(),
            fence: silent.map(|silent| (silent.id, silent.beat)).into_iter().collect(),
        });
        let open = lead.as_ref().map_or(state.open_bucket, |lead| lead.open_bucket);
        NodeStep {
            lead,
            reserve: reserved.is_none().then_some((open, 40)),
            close: reserved.filter(|(bucket, _)| *bucket < open).map(|(bucket, end)| (bucket, end / 2)),
            ..NodeStep::default()
        }
    }
}

fn ticket(bucket: u32, node: NodeId, sequence: u32) -> Ticket {
    let (kind, id) = (TicketKind::Line, TicketId([0; 16]));
    Ticket { campaign: CAMPAIGN, kind, bucket, node, sequence, id, place_number: None, generation: 0 }
}
