//! What every memory of calls must do.

use super::Chance;
use crate::{
    AskedCall, CALLED_AGAIN_AFTER, CALLS_MAX, CallEnd, CallFigures, CallNote, CallState, IN_HAND_MAX,
    MemoryPlaces, NOTES_MAX, Places, SettledCall,
};
use booking::{PersonId, StaffId};
use jiff::{SignedDuration, Timestamp};
use waiting_room::CampaignTag;

const HERE: CampaignTag = CampaignTag(1);
const ELSEWHERE: CampaignTag = CampaignTag(2);
const HONG: StaffId = StaffId(1);
const KANG: StaffId = StaffId(2);
const ANSWERS: &str = "the memory of calls answers";

fn at(second: i64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + second * 1_000).expect("an instant")
}

fn asked(person: u64, second: i64) -> AskedCall {
    let ticket = person.to_be_bytes().to_vec();
    AskedCall { person: PersonId(person), ticket, number: Some(vec![7, person as u8]), at: at(second) }
}

fn settle(places: &dyn Places, numbers: &[(u64, u64)]) {
    let settled: Vec<SettledCall> = numbers
        .iter()
        .map(|(person, queue_number)| SettledCall { person: PersonId(*person), queue_number: *queue_number })
        .collect();
    places.calls().settle(HERE, &settled).expect(ANSWERS);
}

fn taken(places: &dyn Places, below: u64, staff: StaffId, now: Timestamp) -> Option<u64> {
    let call = places.calls().take(HERE, below, staff, now).expect(ANSWERS)?;
    assert_eq!(call.holder(now), Some(staff));
    Some(call.asked.person.0)
}

fn ended(places: &dyn Places, (person, staff): (u64, StaffId), end: CallEnd, now: Timestamp) -> bool {
    places.calls().end(HERE, (PersonId(person), staff), end, now).expect(ANSWERS)
}

/// `open` opens the same memory again each time.
pub fn run(open: &dyn Fn() -> Box<dyn Places>) {
    people_are_called_in_the_order_of_the_line_and_each_by_one_agent(open);
    who_does_not_answer_is_called_again_and_not_for_ever(open);
    the_newest_notes_are_kept(open);
}

fn people_are_called_in_the_order_of_the_line_and_each_by_one_agent(open: &dyn Fn() -> Box<dyn Places>) {
    let places = open();
    for (person, second) in [(31, 3), (32, 1), (33, 2), (34, 4)] {
        places.calls().ask(HERE, asked(person, second)).expect(ANSWERS);
    }
    let without_number = AskedCall { number: None, ..asked(35, 0) };
    places.calls().ask(HERE, without_number).expect(ANSWERS);
    let again = AskedCall { number: None, ..asked(32, 9) };
    let kept = places.calls().ask(HERE, again).expect(ANSWERS);
    assert_eq!(kept.asked, asked(32, 1), "who asks again keeps what they have");
    let unsettled = places.calls().unsettled(HERE, 3).expect(ANSWERS);
    assert_eq!(unsettled.iter().map(|asked| asked.person.0).collect::<Vec<_>>(), [35, 32, 33]);
    assert_eq!(taken(&*places, 1_000, HONG, at(10)), None, "nobody has a number yet");
    settle(&*places, &[(31, 40), (32, 20), (33, 30), (34, 900), (35, 10)]);
    assert_eq!(places.calls().unsettled(HERE, 3).expect(ANSWERS), []);
    assert_eq!(taken(&*places, 20, HONG, at(10)), None, "and nobody's turn has come");
    assert_eq!(taken(&*places, 100, HONG, at(10)), Some(32));
    drop(places);
    let places = open();
    assert_eq!(taken(&*places, 100, HONG, at(11)), Some(32), "one in hand at a time");
    assert_eq!(taken(&*places, 100, KANG, at(11)), Some(33), "and each in one hand");
    let figures = places.calls().figures(HERE, 100, at(11)).expect(ANSWERS);
    assert_eq!(figures, CallFigures { open: 5, due: 3, in_hand: 2 });
    assert!(!ended(&*places, (32, KANG), CallEnd::Reached, at(12)), "another has it");
    assert!(ended(&*places, (32, HONG), CallEnd::Reached, at(12)));
    assert!(!ended(&*places, (32, HONG), CallEnd::Reached, at(12)), "once");
    assert_eq!(taken(&*places, 100, HONG, at(13)), Some(31));
    assert!(ended(&*places, (31, HONG), CallEnd::Withdrawn, at(14)));
    assert_eq!(taken(&*places, 100, HONG, at(14)), None);
    let late = at(11) + IN_HAND_MAX;
    assert_eq!(taken(&*places, 100, HONG, late), Some(33), "whose agent has gone is called by another");
    assert!(!ended(&*places, (33, KANG), CallEnd::Reached, late));
    let state =
        |person| places.calls().call_of(HERE, PersonId(person)).expect(ANSWERS).map(|call| call.state);
    assert_eq!([state(31), state(32)], [Some(CallState::Withdrawn), Some(CallState::Reached)]);
    assert_eq!(places.calls().call_of(ELSEWHERE, PersonId(31)).expect(ANSWERS), None);
    let anew = places.calls().ask(HERE, asked(31, 2_000)).expect(ANSWERS);
    assert_eq!((anew.state, anew.queue_number, anew.asked), (CallState::Open, None, asked(31, 2_000)));
}

fn who_does_not_answer_is_called_again_and_not_for_ever(open: &dyn Fn() -> Box<dyn Places>) {
    let places = open();
    let mut now = at(5_000);
    places.calls().ask(HERE, asked(51, 5_000)).expect(ANSWERS);
    settle(&*places, &[(51, 5)]);
    for missed in 1..=CALLS_MAX {
        assert_eq!(taken(&*places, 6, KANG, now), Some(51));
        assert!(ended(&*places, (51, KANG), CallEnd::Missed, now));
        let call = open().calls().call_of(HERE, PersonId(51)).expect(ANSWERS).expect("it is kept");
        let over = if missed == CALLS_MAX { CallState::NotReached } else { CallState::Open };
        assert_eq!((call.missed, call.state), (missed, over));
        let soon = now + CALLED_AGAIN_AFTER - SignedDuration::from_millis(1);
        assert_eq!(taken(&*places, 6, KANG, soon), None, "not at once");
        now += CALLED_AGAIN_AFTER;
    }
    assert_eq!(taken(&*places, 6, KANG, now), None);
}

fn the_newest_notes_are_kept(open: &dyn Fn() -> Box<dyn Places>) {
    let places = open();
    let note = |number: u8| CallNote { staff: HONG, at: at(number.into()), sealed: vec![number] };
    for number in 1..=9 {
        places.calls().add_note(PersonId(61), note(number)).expect(ANSWERS);
    }
    let expected: Vec<CallNote> = (1..=9).rev().take(NOTES_MAX).map(note).collect();
    assert_eq!(open().calls().notes(PersonId(61)).expect(ANSWERS), expected);
    assert_eq!(places.calls().notes(PersonId(62)).expect(ANSWERS), []);
}

/// The same steps on the back end and on the reference, seeded: the same answers.
pub fn follow_the_reference(seed: u64, places: &dyn Places) {
    let reference = MemoryPlaces::default();
    let mut chance = Chance::seeded(seed);
    let mut now = at(0);
    for step in 0..400 {
        now += SignedDuration::from_secs(chance.below(200) as i64);
        let (person, staff) = (1 + chance.below(8), StaffId(1 + chance.below(3)));
        let (kind, number) = (chance.below(5), chance.below(10));
        let ask = AskedCall { number: (number > 1).then(|| vec![1]), at: now, ..asked(person, 0) };
        let settled = [SettledCall { person: PersonId(person), queue_number: number }];
        let end = [CallEnd::Reached, CallEnd::Missed, CallEnd::Withdrawn][(number % 3) as usize];
        let does = |places: &dyn Places| {
            let calls = places.calls();
            match kind {
                0 => format!("{:?}", calls.ask(HERE, ask.clone()).expect(ANSWERS)),
                1 => format!("{:?}", calls.settle(HERE, &settled).expect(ANSWERS)),
                2 => format!("{:?}", calls.take(HERE, number, staff, now).expect(ANSWERS)),
                3 => format!("{:?}", calls.end(HERE, (PersonId(person), staff), end, now).expect(ANSWERS)),
                _ => format!("{:?}", calls.figures(HERE, number, now).expect(ANSWERS)),
            }
        };
        assert_eq!(does(places), does(&reference), "seed {seed}, step {step}");
    }
}
