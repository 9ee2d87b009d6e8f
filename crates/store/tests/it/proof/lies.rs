//! Journals that were written wrong, each with a chain that holds.

mod audit;
mod visits;
mod waiting;

use super::{Recorder, Rows, feed, prove, prove_beside};
use booking::{
    Appointment, AppointmentId, Change, Channel, ClinicId, ConsentVersion, DoseNumber, HoldId, Outcome,
    PersonAlias, PersonId, Relation, RequestKey, SlotId, StaffId, TicketRef,
};
use jiff::SignedDuration;
use jiff::civil::date;
use std::num::NonZeroU32;
use std::sync::Arc;
use store::conformance::world::{self, CAMPAIGN, ELIGIBLE, PAIRS};
use store::proof::{Claim, Link, Offence, Proof};
use store::{
    Admit, AsStaff, Command, Delegate, Keyed, Ledger, MockClock, Request, SetCapacity, StaffAct, StaffUse,
    Store as _, TakePlaces,
};

struct Story {
    recorder: Arc<Recorder>,
    next_key: u8,
}

impl Story {
    fn begin() -> Self {
        Self::of(world::country())
    }

    /// As a store would write that believes in another country.
    fn of(country: booking::Country) -> Self {
        let clock = Arc::new(MockClock::at(world::opens_at()));
        let mut story = Self { recorder: Recorder::new(Arc::new(country), clock), next_key: 0 };
        story.does(Command::Open { campaign: CAMPAIGN });
        story.does(Command::Open { campaign: PAIRS });
        story
    }

    fn does(&mut self, command: Command) -> Outcome {
        self.next_key += 1;
        let keyed = Keyed { key: RequestKey([self.next_key; 32]), body: [7; 32] };
        let asked = self.recorder.execute(Request { keyed: Some(keyed), command });
        let runtime =
            tokio::runtime::Builder::new_current_thread().build().expect("a runtime without drivers starts");
        runtime.block_on(asked).expect("nothing breaks in memory").expect("the story is a possible one")
    }

    fn comes_in(&mut self, number: u8) -> PersonId {
        let aliases = vec![PersonAlias([number; 32])];
        let Outcome::Registered(person) = self.does(Command::Register { aliases, sealed: vec![0; 8] }) else {
            unreachable!()
        };
        for campaign in [CAMPAIGN, PAIRS] {
            let ticket = TicketRef([number + campaign.0 as u8 * 100; 16]);
            let admit = Admit { campaign, person, candidate: ELIGIBLE, ticket, queue_number: 1 };
            self.does(Command::Admit(admit));
        }
        person
    }

    fn holds(&mut self, wanted: TakePlaces) -> HoldId {
        let Outcome::Held { id, .. } = self.does(Command::Hold(wanted)) else { unreachable!() };
        id
    }

    fn books(&mut self, wanted: TakePlaces) -> Vec<(AppointmentId, Appointment)> {
        let booker = wanted.booker;
        let hold = self.holds(wanted);
        match self.does(Command::Confirm { booker, hold }) {
            Outcome::Booked(made) | Outcome::Moved(made) => made.to_vec(),
            other => unreachable!("{other:?}"),
        }
    }

    fn rows(&self) -> Rows {
        self.recorder.rows()
    }
}

fn at(clinic: u32, starts_min: u16) -> SlotId {
    SlotId { clinic: ClinicId(clinic), visit_on: date(2027, 7, 26), starts_min }
}

/// Two people: one books a place and moves it, the other books two doses.
fn a_day() -> Rows {
    let mut story = Story::begin();
    let (one, other) = (story.comes_in(1), story.comes_in(2));
    story.books(TakePlaces::for_oneself(CAMPAIGN, one, at(2, 540)));
    story.books(TakePlaces { is_change: true, ..TakePlaces::for_oneself(CAMPAIGN, one, at(4, 540)) });
    story.books(TakePlaces::for_oneself(PAIRS, other, at(2, 570)));
    story.rows()
}

/// The first change that `lie` turns into another one.
fn tell(rows: &mut Rows, lie: impl FnMut(&mut Change) -> bool) {
    assert!(rows.iter_mut().flat_map(|(_, changes)| changes).any(lie), "nothing to change");
}

fn caught(country: &booking::Country, rows: &Rows, claim: Claim) -> Offence {
    let offence = prove(country, rows).expect_err("the lie was believed");
    println!("caught: {offence:?}");
    assert_eq!(offence.broken.claim(), claim, "{offence:?}");
    offence
}

#[test]
fn an_honest_day_is_believed_and_counted() {
    let proved = prove(&world::country(), &a_day()).unwrap();
    assert_eq!((proved.people, proved.holds_made, proved.holds_live), (2, 3, 0));
    assert_eq!((proved.appointments_made, proved.appointments_live, proved.slots_over_list), (3, 3, 0));
}

#[test]
fn two_people_in_one_place_are_caught() {
    let mut story = Story::of(world::country_without_guard());
    for number in 1..=2 {
        let person = story.comes_in(number);
        story.books(TakePlaces::for_oneself(CAMPAIGN, person, at(1, 540)));
    }
    let rows = story.rows();
    let offence = caught(&world::country(), &rows, Claim::Capacity);
    let held = |(_, changes): &&(_, Vec<Change>)| matches!(changes[0], Change::Held { id: HoldId(2), .. });
    let row = rows.iter().take_while(|row| !held(row)).count() as u64 + 1;
    assert_eq!((offence.row, offence.record), (row, Some(1)));
}

/// Where the clinic lowered its capacity since, nobody lied: the places are counted, and people are re-offered.
#[test]
fn places_from_before_the_present_list_are_counted_not_accused() {
    let mut story = Story::of(world::country_without_guard());
    for number in 1..=2 {
        let person = story.comes_in(number);
        story.books(TakePlaces::for_oneself(CAMPAIGN, person, at(1, 540)));
    }
    let country = world::country();
    let mut proof = Proof::new(&country, None, Some(world::opens_at() + SignedDuration::from_hours(1)));
    feed(&mut proof, &story.rows()).unwrap();
    assert_eq!(proof.finish().unwrap().slots_over_list, 1);
}

#[test]
fn more_doses_than_there_are_is_caught() {
    let mut story = Story::of(world::roomy_country(2));
    for number in 1..=6 {
        let person = story.comes_in(number);
        let slot = at(5 + u32::from(number) % 2, 540 + 30 * (u16::from(number) / 3));
        story.books(TakePlaces::for_oneself(CAMPAIGN, person, slot));
    }
    let mut country = world::roomy_country(2);
    let mut campaigns = country.campaigns().to_vec();
    campaigns[0].supply.insert(world::WEST, 5);
    country =
        booking::Country::new(country.regions().to_vec(), country.clinics().to_vec(), campaigns).unwrap();
    caught(&country, &story.rows(), Claim::Supply);
}

#[test]
fn a_second_appointment_of_one_person_is_caught() {
    let mut rows = a_day();
    let confirmed = |(_, changes): &&(_, Vec<Change>)| {
        changes.iter().any(|one| matches!(one, Change::Booked { id: AppointmentId(2), .. }))
    };
    let (at, changes) = rows.iter().rev().find(confirmed).unwrap().clone();
    let again = changes.into_iter().filter_map(|change| match change {
        Change::Booked { id, appointment } => {
            Some(Change::Booked { id: AppointmentId(id.0 + 10), appointment })
        }
        _ => None,
    });
    rows.push((at, again.collect()));
    let offence = caught(&world::country(), &rows, Claim::OneAppointment);
    assert_eq!((offence.row, offence.record), (rows.len() as u64, Some(1)));
}

#[test]
fn an_appointment_out_of_nothing_is_caught() {
    let mut rows = a_day();
    for (_, changes) in &mut rows {
        changes.retain(|change| !matches!(change, Change::HoldEnded { id: HoldId(1), .. }));
    }
    caught(&world::country(), &rows, Claim::Holds);
}

#[test]
fn a_hold_that_is_confirmed_after_its_end_is_caught() {
    let mut rows = a_day();
    tell(&mut rows, |change| {
        let Change::Booked { appointment, .. } = change else { return false };
        appointment.booked_at += SignedDuration::from_mins(6);
        true
    });
    caught(&world::country(), &rows, Claim::Holds);
}

#[test]
fn half_of_a_pair_is_caught() {
    let mut rows = a_day();
    for (_, changes) in &mut rows {
        changes.retain(|change| {
            !matches!(change, Change::Booked { appointment, .. } if appointment.place.dose == DoseNumber(2))
                && !matches!(change, Change::Answered { outcome: Outcome::Booked(made), .. } if made.len() == 2)
        });
    }
    caught(&world::country(), &rows, Claim::Holds);
}

#[test]
fn a_second_dose_too_early_is_caught() {
    let mut rows = a_day();
    let early = |slot: &mut SlotId| slot.visit_on = date(2027, 7, 27);
    for (_, changes) in &mut rows {
        for change in changes.iter_mut() {
            match change {
                Change::Held { hold, .. } => {
                    let places = hold.places.iter_mut().filter(|place| place.dose == DoseNumber(2));
                    places.for_each(|place| early(&mut place.slot));
                }
                Change::Booked { appointment, .. } if appointment.place.dose == DoseNumber(2) => {
                    early(&mut appointment.place.slot);
                }
                _ => {}
            }
        }
        changes.retain(|change| !matches!(change, Change::Answered { .. }));
    }
    caught(&world::country(), &rows, Claim::SecondDoses);
}

#[test]
fn a_key_that_is_answered_twice_is_caught() {
    let mut rows = a_day();
    let (at, changes) = rows.last().unwrap().clone();
    let answer = changes.last().unwrap().clone();
    let Change::Answered { key, body, at: answered_at, .. } = answer else { unreachable!() };
    rows.push((at, vec![Change::Answered { key, body, outcome: Outcome::Released, at: answered_at }]));
    caught(&world::country(), &rows, Claim::Idempotency);
    // After the time for which answers are kept, the key is a new one.
    let (last_at, changes) = rows.last_mut().unwrap();
    *last_at += SignedDuration::from_hours(25);
    let Change::Answered { at, .. } = &mut changes[0] else { unreachable!() };
    *at += SignedDuration::from_hours(25);
    prove(&world::country(), &rows).unwrap();
}

#[test]
fn an_answer_that_says_something_else_is_caught() {
    let mut rows = a_day();
    tell(&mut rows, |change| {
        let Change::Answered { outcome: Outcome::Booked(made), .. } = change else { return false };
        made[0].1.place.slot = at(6, 600);
        true
    });
    caught(&world::country(), &rows, Claim::Idempotency);
}

#[test]
fn a_helper_without_leave_is_caught() {
    let mut story = Story::begin();
    let (helper, _) = (story.comes_in(1), story.comes_in(2));
    let Outcome::DelegationGiven(recipient) = story.does(Command::Delegate(Delegate {
        campaign: CAMPAIGN,
        booker: helper,
        aliases: vec![PersonAlias([2; 32])],
        sealed: vec![0; 8],
        candidate: ELIGIBLE,
        relation: Relation::Child,
        consent: ConsentVersion(1),
        code_sent_at: None,
    })) else {
        unreachable!()
    };
    let wanted = TakePlaces::for_oneself(CAMPAIGN, helper, at(2, 540));
    story.books(TakePlaces { recipients: vec![recipient], ..wanted });
    let mut rows = story.rows();
    prove(&world::country(), &rows).unwrap();
    for (_, changes) in &mut rows {
        changes.retain(|change| !matches!(change, Change::DelegationGiven { .. }));
    }
    caught(&world::country(), &rows, Claim::Leave);
}

#[test]
fn somebody_without_a_pass_is_caught() {
    let mut rows = a_day();
    for (_, changes) in &mut rows {
        changes.retain(|change| !matches!(change, Change::Admitted { campaign: PAIRS, .. }));
    }
    caught(&world::country(), &rows, Claim::Leave);
}

#[test]
fn a_booking_before_the_opening_is_caught() {
    let mut rows = a_day();
    rows.remove(0);
    caught(&world::country(), &rows, Claim::Leave);
}

#[test]
fn a_journal_that_ends_before_its_witness_is_caught() {
    let country = world::country();
    let mut rows = a_day();
    let whole = feed(&mut Proof::new(&country, None, None), &rows).unwrap();
    rows.pop();
    let mut cut = Proof::new(&country, Some(whole), None);
    feed(&mut cut, &rows).unwrap();
    let offence = cut.finish().unwrap_err();
    assert_eq!(offence.broken.claim(), Claim::Head);
    let other = Link { seq: 3, chain: [9; 32] };
    let offence = feed(&mut Proof::new(&country, Some(other), None), &rows).unwrap_err();
    assert_eq!((offence.broken.claim(), offence.row), (Claim::Head, 3));
}

/// A service that believes in one blocked place more than the journal says.
#[test]
fn a_service_that_counts_differently_is_caught() {
    let mut ledger = Ledger::new(Arc::new(world::country()));
    let blocked = Change::Blocked { slot: at(6, 600), places: 1, by: StaffId(1), at: world::opens_at() };
    ledger.replay(&blocked).unwrap();
    let offence = prove_beside(&world::country(), &a_day(), ledger).unwrap_err();
    assert_eq!(offence.broken.claim(), Claim::Conservation, "{offence:?}");
}

#[test]
fn a_number_that_is_given_twice_is_caught() {
    let mut rows = a_day();
    let first = rows.iter().find(|(_, changes)| matches!(changes[0], Change::Held { .. })).unwrap().clone();
    rows.push(first);
    caught(&world::country(), &rows, Claim::Records);
}

#[test]
fn what_a_clinic_said_counts_in_the_order_in_which_it_was_said() {
    let mut story = Story::begin();
    let (one, other) = (story.comes_in(1), story.comes_in(2));
    let said = |capacity| {
        StaffUse::SetCapacity(SetCapacity {
            clinic: ClinicId(1),
            visit_on: date(2027, 7, 26),
            starts_min: None,
            capacity: Some(capacity),
            even_below: true,
        })
    };
    story.does(as_clinic(said(2)));
    story.books(TakePlaces::for_oneself(CAMPAIGN, one, at(1, 540)));
    story.books(TakePlaces::for_oneself(CAMPAIGN, other, at(1, 540)));
    // Nobody loses a place.
    story.does(as_clinic(said(1)));
    let mut rows = story.rows();
    assert_eq!(prove(&world::country(), &rows).unwrap().slots_over_list, 1);
    rows.retain(|(_, changes)| !matches!(changes[0], Change::CapacitySet { capacity: Some(2), .. }));
    caught(&world::country(), &rows, Claim::Capacity);
}

#[test]
fn blocked_places_that_were_not_free_are_caught() {
    let mut story = Story::begin();
    let person = story.comes_in(1);
    story.books(TakePlaces::for_oneself(CAMPAIGN, person, at(2, 540)));
    let places = NonZeroU32::MIN;
    let block = StaffUse::Block { slot: at(2, 540), places };
    story.does(as_clinic(block));
    let mut rows = story.rows();
    prove(&world::country(), &rows).unwrap();
    tell(&mut rows, |change| {
        let Change::Blocked { places, .. } = change else { return false };
        *places = 2;
        true
    });
    caught(&world::country(), &rows, Claim::Capacity);
}

fn as_clinic(does: StaffUse) -> Command {
    AsStaff::over(Channel::Clinic, StaffId(1), StaffAct::Use(does)).into()
}
