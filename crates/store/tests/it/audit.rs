//! Promise F4: an exported list of audit events that was edited, cut, swapped or made longer is found out, and the
//! first offender is named.

#![expect(clippy::unwrap_used, reason = "in a test an error is the finding")]

use booking::{
    Act, Actor, AppointmentId, AuditEntry, Channel, ClinicId, LookUp, Origin, PersonId, SlotId, StaffId,
};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use store::conformance::Chance;
use store::{AuditEvent, AuditHead, Offence, Offender, record, verify_audit};

const SEED: u64 = 20_270_712;
const EVENTS: u64 = 2_000;
const PLACES: usize = 1_000;

fn entry(number: u64) -> AuditEntry {
    let slot = |starts_min| SlotId { clinic: ClinicId(3), visit_on: date(2027, 7, 26), starts_min };
    let at = Timestamp::from_second(1_815_822_000).unwrap() + SignedDuration::from_secs(number as i64);
    let (person, appointment) = (PersonId(1 + number % 77), AppointmentId(number));
    let what = match number % 4 {
        0 => Act::LookedUp(LookUp::Person),
        1 => Act::Moved { appointment, from: slot(540), to: slot(570) },
        2 => Act::Cancelled { appointment },
        _ => Act::Booked { appointment, slot: slot(540) },
    };
    if number.is_multiple_of(4) {
        let from = Origin { channel: Channel::Desk, sealed: number.to_be_bytes().to_vec() };
        let who = Actor::Staff(StaffId(number % 5));
        return AuditEntry { at, who, from, whose: Some(person), what, why: vec![7; 20], refused: None };
    }
    AuditEntry::by_citizen(person, PersonId(1 + number % 76), what, at)
}

fn chain() -> (AuditHead, Vec<AuditEvent>, AuditHead) {
    let begin = AuditHead::begin(1);
    let mut head = begin;
    let events = (1..=EVENTS).map(|number| head.add(entry(number))).collect();
    (begin, events, head)
}

/// One way to lie; returns the first place that is not as it was.
fn falsify(events: &mut Vec<AuditEvent>, way: usize, chance: &mut Chance) -> usize {
    let at = chance.index(events.len() - 1);
    match way {
        0 => alter(&mut events[at], chance),
        1 => drop(events.remove(at)),
        2 => events.swap(at, at + 1),
        3 => events.truncate(at),
        4 => {
            let again = events[chance.index(events.len())].clone();
            events.insert(at, again);
        }
        // Edited by somebody who knows how the hashes are made, and makes all that follow anew.
        _ => {
            let mut head = if at == 0 { AuditHead::begin(1) } else { head_of(&events[at - 1]) };
            let before = events[at].entry.clone();
            while events[at].entry == before {
                alter(&mut events[at], chance);
            }
            for event in &mut events[at..] {
                *event = head.add(event.entry.clone());
            }
        }
    }
    at
}

const WAYS: usize = 6;
const PUT_IN: usize = 4;
const MADE_ANEW: usize = 5;

/// One bit of what is exported, wherever it is: text, number, hash.
fn alter(event: &mut AuditEvent, chance: &mut Chance) {
    loop {
        let mut bytes = Vec::new();
        record::encode_audit(&event.entry, &mut bytes);
        let at = chance.index(bytes.len() + 32);
        let bit = 1 << chance.below(8);
        match bytes.get_mut(at) {
            None => {
                event.hash[at - bytes.len()] ^= bit;
                return;
            }
            Some(byte) => *byte ^= bit,
        }
        if let Ok(altered) = record::decode_audit(&bytes)
            && altered != event.entry
        {
            event.entry = altered;
            return;
        }
    }
}

fn head_of(event: &AuditEvent) -> AuditHead {
    AuditHead { seq: event.seq, hash: event.hash, incarnation: 1 }
}

#[test]
fn every_falsified_list_is_found_out_and_its_first_offender_named() {
    let (begin, events, head) = chain();
    assert_eq!(verify_audit(begin, &events, &[head]), Ok(head));
    let mut chance = Chance::seeded(SEED);
    let mut found = [0_u32; WAYS];
    for place in 0..PLACES {
        let (way, mut falsified) = (place % WAYS, events.clone());
        let at = falsify(&mut falsified, way, &mut chance);
        let offender = verify_audit(begin, &falsified, &[head]).expect_err("it got through");
        // Whoever makes the rest anew is caught by the head alone, at its place.
        let named = if way == MADE_ANEW { EVENTS } else { at as u64 + 1 };
        let twice = way == PUT_IN && falsified[at] == events[at];
        assert_eq!(offender.seq, named + u64::from(twice), "way {way} at {at}: {offender}");
        found[way] += 1;
    }
    println!("seed {SEED}: {PLACES} lists, found out by way: {found:?}; 100 %");
}

/// Promise F4's saboteur: a list without a chain is checked for gaps and order, and believed.
#[test]
fn without_a_chain_lies_get_through() {
    let (_, events, head) = chain();
    let mut chance = Chance::seeded(SEED);
    let unchained = |events: &[AuditEvent]| events.iter().zip(1..).all(|(event, seq)| event.seq == seq);
    let got_through = (0..PLACES).filter(|place| {
        let mut falsified = events.clone();
        falsify(&mut falsified, place % WAYS, &mut chance);
        unchained(&falsified)
    });
    let got_through = got_through.count();
    println!("without a chain {got_through} of {PLACES} lists are believed; head {}", head.seq);
    assert!(got_through > PLACES / 3);
}

#[test]
fn a_list_without_a_head_from_elsewhere_hides_its_end() {
    let (begin, mut events, head) = chain();
    events.truncate(50);
    assert!(verify_audit(begin, &events, &[]).is_ok());
    let cut = Offender { seq: 51, what: Offence::CutOff };
    assert_eq!(verify_audit(begin, &events, &[head]), Err(cut));
}

#[test]
fn a_list_that_begins_later_is_held_against_the_head_before_it() {
    let (begin, events, head) = chain();
    let middle = head_of(&events[999]);
    assert_eq!(verify_audit(middle, &events[1_000..], &[begin, middle, head]), Ok(head));
    let other = AuditHead { hash: [0; 32], ..middle };
    let offender = verify_audit(other, &events[1_000..], &[head]).unwrap_err();
    assert_eq!(offender, Offender { seq: 1_001, what: Offence::Altered });
}
