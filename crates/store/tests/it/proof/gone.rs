//! Journals that lie about people who were removed.

use super::{Rows, prove};
use crate::proof::Recorder;
use booking::{
    Change, ClinicId, Outcome, PersonAlias, PersonId, PersonKey, Removal, RemovalReason, SlotId, TicketRef,
};
use jiff::SignedDuration;
use jiff::civil::date;
use std::sync::Arc;
use store::conformance::world::{self, CAMPAIGN, ELIGIBLE};
use store::proof::{Broken, Claim};
use store::{Admit, Command, MockClock, Store as _, TakePlaces, sealed};

struct Story {
    recorder: Arc<Recorder>,
    clock: Arc<MockClock>,
}

impl Story {
    /// Three people under keys of their own; the first is booked, the second was removed and their key destroyed.
    fn told() -> Self {
        let clock = Arc::new(MockClock::at(world::opens_at()));
        let story = Self { recorder: Recorder::new(Arc::new(world::country()), Arc::clone(&clock)), clock };
        story.does(Command::Open { campaign: CAMPAIGN });
        (1..=3).for_each(|number| story.registers(number));
        let (person, ticket) = (PersonId(1), TicketRef([1; 16]));
        story.does(Command::Admit(Admit {
            campaign: CAMPAIGN,
            person,
            candidate: ELIGIBLE,
            ticket,
            queue_number: 1,
        }));
        let at = SlotId { clinic: ClinicId(1), visit_on: date(2027, 7, 26), starts_min: 540 };
        let Outcome::Held { id: hold, .. } =
            story.does(Command::Hold(TakePlaces::for_oneself(CAMPAIGN, person, at)))
        else {
            unreachable!()
        };
        story.does(Command::Confirm { booker: person, hold });
        story.clock.advance(SignedDuration::from_hours(1));
        story.does(Command::Remove { person: PersonId(2), reason: RemovalReason::Asked });
        story.does(Command::KeysDestroyed { keys: vec![PersonKey(2)] });
        story
    }

    fn registers(&self, number: u8) {
        let sealed = sealed::head(1, PersonKey(number.into())).to_vec();
        self.does(Command::Register { aliases: vec![PersonAlias([number; 32])], sealed });
    }

    fn does(&self, command: Command) -> Outcome {
        let runtime =
            tokio::runtime::Builder::new_current_thread().build().expect("a runtime without drivers starts");
        let asked = self.recorder.execute(command.into());
        runtime.block_on(asked).expect("nothing breaks in memory").expect("the story is a possible one")
    }
}

fn caught(lie: impl FnOnce(&mut Rows)) -> Broken {
    let mut rows = Story::told().recorder.rows();
    prove(&world::country(), &rows).expect("an honest story is believed");
    lie(&mut rows);
    let offence = prove(&world::country(), &rows).unwrap_err();
    println!("caught: {offence:?}");
    offence.broken
}

fn also(change: impl Fn(&Rows) -> Change) -> impl FnOnce(&mut Rows) {
    move |rows| {
        let at = rows.last().unwrap().0;
        let change = change(rows);
        rows.push((at, vec![change]));
    }
}

fn removal(rows: &Rows, key: u32) -> Removal {
    Removal {
        reason: RemovalReason::PeriodOver,
        keys: vec![PersonKey(key)],
        draft: false,
        messages: Vec::new(),
        delegations: 0,
        at: rows.last().unwrap().0,
    }
}

#[test]
fn somebody_with_a_visit_to_come_is_not_removed() {
    let gone = also(|rows| Change::PersonRemoved { person: PersonId(1), removal: removal(rows, 1) });
    assert_eq!(caught(gone), Broken::RemovedWhileExpected { person: PersonId(1) });
}

#[test]
fn nothing_is_known_of_somebody_after_their_removal() {
    let again = |lie: Change| caught(also(move |_| lie.clone())).claim();
    let (person, alias) = (PersonId(2), PersonAlias([9; 32]));
    assert_eq!(again(Change::PersonUpdated { person, sealed: vec![1] }), Claim::Records);
    assert_eq!(again(Change::DraftSaved { person, sealed: vec![1] }), Claim::Records);
    assert_eq!(again(Change::PersonKnownAs { person, alias }), Claim::Records);
    assert_eq!(again(Change::PersonRegistered { person, alias, sealed: vec![1] }), Claim::Records);
    let twice = also(|rows| Change::PersonRemoved { person, removal: removal(rows, 2) });
    assert_eq!(caught(twice).claim(), Claim::Records);
}

#[test]
fn only_keys_of_people_who_were_removed_are_destroyed_and_each_once() {
    let destroys = |key| {
        also(move |rows: &Rows| Change::KeysDestroyed {
            keys: vec![PersonKey(key)],
            at: rows.last().unwrap().0,
        })
    };
    assert_eq!(caught(destroys(3)), Broken::KeySpared { key: PersonKey(3) });
    assert_eq!(caught(destroys(2)), Broken::KeySpared { key: PersonKey(2) });
}

#[test]
fn whoever_is_removed_loses_their_own_key_and_nobody_elses() {
    let other = also(|rows| Change::PersonRemoved { person: PersonId(3), removal: removal(rows, 1) });
    assert_eq!(caught(other), Broken::KeysNotTheirs { person: PersonId(3) });
}

#[test]
fn a_person_has_one_key_and_a_key_one_person() {
    let sealed = |key| sealed::head(1, PersonKey(key)).to_vec();
    let update = also(move |_| Change::PersonUpdated { person: PersonId(3), sealed: sealed(4) });
    assert_eq!(caught(update), Broken::KeyChanged { person: PersonId(3) });
    let draft = also(move |_| Change::DraftSaved { person: PersonId(3), sealed: sealed(1) });
    assert_eq!(caught(draft), Broken::KeyChanged { person: PersonId(3) });
    let alias = PersonAlias([9; 32]);
    let shared = also(move |_| Change::PersonRegistered { person: PersonId(4), alias, sealed: sealed(1) });
    assert_eq!(caught(shared), Broken::KeyOfTwo { first: PersonId(1), second: PersonId(4) });
}

#[test]
fn a_new_name_is_not_somebody_elses() {
    let (old, new) = (vec![PersonAlias([3; 32])], vec![PersonAlias([1; 32])]);
    let renamed =
        also(move |_| Change::AliasesRenewed { person: PersonId(3), old: old.clone(), new: new.clone() });
    assert_eq!(caught(renamed), Broken::AliasOfTwo { first: PersonId(1), second: PersonId(3) });
}
