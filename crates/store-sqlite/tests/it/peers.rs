//! What broke other systems (`research/peers.md`): one hot slot, a hold confirmed twice, one person on many
//! connections, holds for people who have gone.

use crate::batches::{ask_all, enter, hold, register};
use crate::crowd::{Desk, ReadThenWrite, Real, admit, admit_together, confirm, held, is_booked};
use crate::is_long;
use booking::{HoldId, PersonId, Refusal};
use jiff::SignedDuration;
use std::task::{Context, Waker};
use store::conformance::{Figure, invariants, world};
use store::{Answer, Command, Store as _};

const CLIENTS: u64 = 10_000;
const PLACES: u32 = 100;
/// The saboteur decides each of them twice, slowly.
const CLIENTS_OF_THE_SABOTEUR: u64 = 300;
/// Longer than a hold.
const A_HOLD_LATER: SignedDuration = SignedDuration::from_secs(301);

fn is_full(answer: &Answer) -> bool {
    matches!(answer, Ok(Err(Refusal::SlotFull { .. })))
}

/// How many were told that they hold a place beyond those that there are.
fn too_many(desk: &mut dyn Desk, clients: u64) -> u64 {
    let wanted = (1..=clients).map(|person| hold(PersonId(person), 1)).collect();
    let told = desk.ask(wanted).iter().filter_map(held).count() as u64;
    told.saturating_sub(u64::from(PLACES))
}

#[test]
fn ten_thousand_share_a_hundred_places() {
    let mut real = Real::new(PLACES);
    admit_together(&mut real, CLIENTS);
    let wanted = (1..=CLIENTS).map(|person| hold(PersonId(person), 1)).collect();
    let answers = real.ask(wanted);
    let told = answers.iter().filter_map(held).count() as u64;
    let full = answers.iter().filter(|answer| is_full(answer)).count() as u64;
    assert_eq!(told + full, CLIENTS, "everybody gets a place or is told that there is none");
    invariants::check(&real.country, &real.store().ledger()).unwrap();

    let mut racy = ReadThenWrite::new(PLACES);
    admit(&mut racy, (1..=CLIENTS_OF_THE_SABOTEUR).map(PersonId));
    Figure {
        promise: "B1",
        test: "one hot slot",
        runs: CLIENTS,
        of: "clients on 100 places",
        violations: told.saturating_sub(u64::from(PLACES)),
        saboteur: "reads, then writes",
        caught: too_many(&mut racy, CLIENTS_OF_THE_SABOTEUR),
        more: format!("{told} got a place, {full} were told that it is full"),
    }
    .tell();
}

/// How many places nobody can have, though nobody has them, one hold's life after most clients have gone away.
fn stranded(does_time_pass: bool) -> (u64, u64) {
    let mut real = Real::new(PLACES);
    admit_together(&mut real, 2 * u64::from(PLACES));
    {
        // They ask, it is decided, and they go: nobody hears the answers. (Of somebody who goes before that, nothing is
        // left: `inbox.rs`.)
        let mut context = Context::from_waker(Waker::noop());
        let mut unheard = Vec::new();
        for person in 1..=u64::from(PLACES) {
            let mut asked = real.store().execute(hold(PersonId(person), 1).into());
            assert!(asked.as_mut().poll(&mut context).is_pending());
            unheard.push(asked);
        }
        let mut after_them = real.store().execute(Command::Expire { holds_max: 1 }.into());
        while after_them.as_mut().poll(&mut context).is_pending() {
            std::thread::yield_now();
        }
    }
    let first_late = u64::from(PLACES) + 1;
    let while_held = real.ask(vec![hold(PersonId(first_late), 1)]);
    let refused_while_free = u64::from(!is_full(&while_held[0]));
    if does_time_pass {
        real.clock.advance(A_HOLD_LATER);
    }
    // Expired places come back one by one, never in a wave.
    while let [Ok(Ok(booking::Outcome::Expired { holds }))] =
        real.ask(vec![Command::Expire { holds_max: 10 }])[..]
        && holds > 0
    {}
    let late: Vec<Command> =
        (first_late..=2 * u64::from(PLACES)).map(|person| hold(PersonId(person), 1)).collect();
    let got = real.ask(late).iter().filter_map(held).count() as u64;
    (u64::from(PLACES) - got + refused_while_free, got)
}

#[test]
fn places_of_those_who_have_gone_are_given_to_others_a_hold_later() {
    let (violations, got) = stranded(true);
    Figure {
        promise: "B2",
        test: "clients who have gone",
        runs: u64::from(PLACES),
        of: "holds nobody heard of",
        violations,
        saboteur: "holds that never end",
        caught: stranded(false).0,
        more: format!("{got} others got the places after 301 s; {CLIENTS} clients see the same in B1"),
    }
    .tell();
}

/// Places come and go while many ask; whoever is told that it is full is told so while it is.
#[test]
fn nobody_is_refused_while_a_place_is_free() {
    let mut real = Real::new(PLACES);
    admit_together(&mut real, 1_000);
    let mut holders: Vec<(PersonId, HoldId)> = Vec::new();
    let (mut violations, mut asked) = (0, 0);
    for round in 0..9 {
        let people = (1..=100).map(|number| PersonId(round * 100 + number));
        let going: Vec<_> = holders.drain(..holders.len() / 2).collect();
        let gone = going.len() as u64;
        let mut commands: Vec<Command> =
            going.into_iter().map(|(booker, hold)| Command::Release { booker, hold }).collect();
        let free = u64::from(PLACES) - holders.len() as u64;
        commands.extend(people.clone().map(|person| hold(person, 1)));
        let answers = real.ask(commands);
        let wants = &answers[gone as usize..];
        holders.extend(people.zip(wants).filter_map(|(person, answer)| Some((person, held(answer)?))));
        asked += wants.len() as u64;
        let refused = wants.iter().filter(|answer| is_full(answer)).count() as u64;
        violations += refused.saturating_sub(100 - free.min(100));
        assert_eq!(holders.len(), PLACES as usize, "round {round}");
    }
    let mut without_release = Real::new(PLACES);
    admit_together(&mut without_release, 200);
    without_release.ask((1..=100).map(|person| hold(PersonId(person), 1)).collect());
    let late = without_release.ask((101..=200).map(|person| hold(PersonId(person), 1)).collect());
    Figure {
        promise: "B2",
        test: "places that come back",
        runs: asked,
        of: "requests for a hot slot",
        violations,
        saboteur: "released places stay taken",
        caught: late.iter().filter(|answer| is_full(answer)).count() as u64,
        more: "half of the holders give up before each round".to_owned(),
    }
    .tell();
}

#[test]
fn a_hot_slot_does_not_touch_the_others() {
    let mut real = Real::new(PLACES);
    admit_together(&mut real, 3_000);
    let commands = (1..=3_000).map(|person| hold(PersonId(person), if person % 30 == 0 { 2 } else { 1 }));
    let answers = real.ask(commands.collect());
    let others = answers.iter().enumerate().filter(|(index, _)| (index + 1) % 30 == 0);
    assert!(others.clone().all(|(_, answer)| held(answer).is_some()), "elsewhere there was room");
    assert_eq!(others.count(), 100);
}

/// How many holds were consumed more than once.
fn consumed_twice(desk: &mut dyn Desk, people: u64) -> u64 {
    admit(desk, (1..=people).map(PersonId));
    let mut doubles = 0;
    for person in (1..=people).map(PersonId) {
        let id = held(&desk.ask(vec![hold(person, 1)])[0]).expect("there is room");
        let answers = desk.ask(vec![confirm(person, id), confirm(person, id)]);
        let booked = answers.iter().filter(|answer| is_booked(answer)).count();
        assert!(booked > 0, "one of them is confirmed");
        doubles += booked as u64 - 1;
    }
    doubles
}

#[test]
fn a_hold_confirmed_twice_at_once_without_a_key_is_consumed_once() {
    let people = if is_long() { 10_000 } else { 500 };
    let mut real = Real::new(1_000_000);
    let violations = consumed_twice(&mut real, people);
    assert_eq!(real.store().ledger().appointments().count() as u64, people);
    Figure {
        promise: "B4",
        test: "confirmed twice at once without a key",
        runs: people,
        of: "holds",
        violations,
        saboteur: "reads, then writes",
        caught: consumed_twice(&mut ReadThenWrite::new(1_000_000), 20),
        more: "where a peer made 194 to 200 orders of 100".to_owned(),
    }
    .tell();
}

/// One person on many connections: everybody holds and confirms at once. How many bookings too many were told.
fn too_many_bookings(desk: &mut dyn Desk, people: u64, connections: u32) -> u64 {
    admit(desk, (1..=people).map(PersonId));
    let mut too_many = 0;
    for person in (1..=people).map(PersonId) {
        let holds = desk.ask((0..connections).map(|number| hold(person, 1 + number % 6)).collect());
        let first = holds.iter().filter_map(held).min().expect("there is room");
        let ids = (first.0..first.0 + u64::from(connections)).map(HoldId);
        let confirms = ids.flat_map(|id| [confirm(person, id), confirm(person, id)]);
        let booked = desk.ask(confirms.collect()).iter().filter(|answer| is_booked(answer)).count() as u64;
        too_many += booked.saturating_sub(1);
    }
    too_many
}

#[test]
fn one_person_on_fifty_connections_has_one_appointment() {
    let people = if is_long() { 1_000 } else { 40 };
    let mut real = Real::new(1_000_000);
    let violations = too_many_bookings(&mut real, people, 50);
    let ledger = real.store().ledger();
    invariants::check(&real.country, &ledger).unwrap();
    let doubles = (1..=people).filter(|person| {
        let live = ledger.appointments_of(PersonId(*person));
        live.iter().filter(|(_, appointment)| appointment.is_live()).count() > 1
    });
    Figure {
        promise: "B3",
        test: "one person on fifty connections",
        runs: people * 50,
        of: "attempts",
        violations: violations + doubles.count() as u64,
        saboteur: "reads, then writes",
        caught: too_many_bookings(&mut ReadThenWrite::new(1_000_000), 3, 50),
        more: format!("{people} people, six clinics each, every hold confirmed twice"),
    }
    .tell();
}

/// Whoever was let in once comes in again: a second admission takes nobody's place.
#[test]
fn one_person_let_in_fifty_times_is_one_admission() {
    let real = Real::new(1);
    ask_all(real.store(), [Command::Open { campaign: world::CAMPAIGN }, register(1)]);
    let answers = ask_all(real.store(), (0..50).map(|_| enter(PersonId(1))));
    let numbers: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Ok(Ok(booking::Outcome::Admitted(admission))) => (admission.ticket, admission.queue_number),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(numbers.windows(2).all(|pair| pair[0] == pair[1]));
}
