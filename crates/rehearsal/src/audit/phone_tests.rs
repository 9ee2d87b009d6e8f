//! The audit of calls: an honest record of three of them, and then one promise broken after the other.

use super::*;
use crate::logbook::slot;

const AGENTS: u32 = 2;
const CALLERS: u32 = 40;
const SECOND_US: u64 = 1_000_000;

fn place(caller: u32) -> SlotId {
    slot("C00001", "2027-07-26", ["09:00", "09:30"][caller as usize % 2]).unwrap()
}

fn number(caller: u32) -> u64 {
    1_000_000_000 + u64::from(caller)
}

/// Told one to ten minutes, answered after five, held and booked.
fn call(caller: u32, told_high_ms: u64) -> Vec<Entry> {
    let waited_us = 300 * SECOND_US;
    let at = |second: u64, waited_us, step, heard| Entry {
        heard_us: (u64::from(caller) + second) * SECOND_US,
        waited_us,
        person: Some(caller),
        step,
        heard,
    };
    let agent = caller % AGENTS;
    vec![
        at(0, 0, Step::Call, Heard::Told { low_ms: 60_000, high_ms: told_high_ms }),
        at(300, waited_us, Step::Call, Heard::Answered { agent }),
        at(360, 2_000, Step::DeskHold, Heard::Held { slot: Some(place(caller)) }),
        at(420, 2_000, Step::DeskConfirm, Heard::Booked(vec![(number(caller), place(caller))])),
        at(430, 130 * SECOND_US, Step::Talk, Heard::Fine),
    ]
}

fn honest() -> Export {
    let mut export = Export::default();
    for caller in 0..CALLERS {
        export.book(number(caller), u64::from(caller), place(caller));
        let booking = export.bookings.get_mut(&number(caller)).unwrap();
        booking.staff = Some(70 + u64::from(caller % AGENTS));
    }
    export
}

fn audited(entries: impl Iterator<Item = Entry>, export: &Export) -> Findings {
    let terms =
        Terms { doses: 1, capacity: &|_| Some(CALLERS), is_drawn: false, admissions_per_second: None };
    audit(entries.map(Ok), export, &terms).unwrap()
}

fn found(told_high_ms: u64, export: &Export) -> Findings {
    audited((0..CALLERS).flat_map(|caller| call(caller, told_high_ms)), export)
}

fn caught(export: &Export) -> Vec<Claim> {
    found(600_000, export).offences.into_keys().collect()
}

#[test]
fn honest_calls_pass() {
    let found = found(600_000, &honest());
    assert!(found.holds(), "{:?}", found.offences);
    assert_eq!((found.by_phone, found.acknowledged, found.calls_told.calls), (40, 40, 40));
    assert_eq!((found.calls_told.too_short, found.calls_told.too_long), (0, 0));
}

#[test]
fn one_lost_booking_of_the_phone_is_caught() {
    let mut export = honest();
    export.bookings.remove(&number(17));
    assert_eq!(caught(&export), [Claim::Lost]);
}

#[test]
fn a_booking_that_the_record_gives_to_nobody_or_to_another_agent_is_caught() {
    for staff in [None, Some(70), Some(99)] {
        let mut export = honest();
        export.bookings.get_mut(&number(17)).unwrap().staff = staff;
        assert_eq!(caught(&export), [Claim::NotByAgent], "{staff:?}");
    }
}

#[test]
fn a_booking_of_the_web_that_the_record_gives_to_an_agent_is_caught() {
    let on_the_web = (0..CALLERS).flat_map(|caller| call(caller, 600_000)).map(|entry| match entry.step {
        Step::DeskConfirm if entry.person == Some(17) => Entry { step: Step::Confirm, ..entry },
        _ => entry,
    });
    let found = audited(on_the_web, &honest());
    assert_eq!(found.offences.into_keys().collect::<Vec<_>>(), [Claim::NotByAgent]);
}

#[test]
fn waits_on_the_phone_told_too_short_are_caught() {
    let found = found(240_000, &honest());
    assert_eq!(found.offences.keys().collect::<Vec<_>>(), [&Claim::CallToldTooShort]);
    assert_eq!(found.calls_told.too_short, 40);
}

#[test]
fn whoever_gives_up_after_the_upper_end_was_told_too_short_as_well() {
    let gives_up = |waited_us| {
        let told = Heard::Told { low_ms: 60_000, high_ms: 600_000 };
        let person = Some(1);
        let step = Step::Call;
        let heard_us = 700 * SECOND_US;
        let entries = [
            Entry { heard_us: 0, waited_us: 0, person, step, heard: told },
            Entry { heard_us, waited_us, person, step, heard: Heard::HungUp },
        ];
        audited(entries.into_iter(), &Export::default())
    };
    assert_eq!(gives_up(700 * SECOND_US).offences.into_keys().collect::<Vec<_>>(), [Claim::CallToldTooShort]);
    let sooner = gives_up(500 * SECOND_US);
    assert!(sooner.holds() && sooner.calls_told.calls == 0, "they never learnt it");
}
