#[path = "record_tests/people.rs"]
mod people;
#[path = "record_tests/retention.rs"]
mod retention;

use super::*;
use booking::{
    AppointmentId, CampaignId, ClinicId, ConsentVersion, DoseNumber, HoldId, MessageId, PersonAlias,
    PersonId, RegionCode, RequestKey, SessionId, SlotCounts, StaffId, Supply, TicketRef,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::fmt::Write as _;

/// The bytes of [`samples`], one record a line. They are on people's disks: a line is added, never changed.
const FIXTURE: &str = include_str!("record/fixture.txt");

fn place(recipient: u64, visit_on: Date, starts_min: u16) -> Place {
    let slot = SlotId { clinic: ClinicId(4_294), visit_on, starts_min };
    Place { recipient: PersonId(recipient), dose: DoseNumber(2), slot }
}

fn hold(at: Timestamp) -> Hold {
    Hold {
        campaign: CampaignId(55),
        booker: PersonId(7),
        places: vec![place(7, date(2027, 7, 26), 540), place(8, date(2027, 8, 2), 570)].into(),
        held_at: at,
        expires_at: at + jiff::SignedDuration::from_mins(5),
        extended: false,
        replaces: vec![],
    }
}

fn change_hold(at: Timestamp) -> Hold {
    let old =
        |id, day| Replaced { appointment: AppointmentId(id), slot: place(7, date(2027, 8, day), 600).slot };
    Hold { replaces: vec![old(10, 3), old(11, 4)], ..hold(at) }
}

fn delegation(relation: Relation, at: Timestamp) -> Delegation {
    Delegation { relation, eligible: true, consent: ConsentVersion(3), given_at: at }
}

fn appointment(at: Timestamp, state: AppointmentState) -> Appointment {
    let place = place(8, date(2028, 2, 29), 1_410);
    Appointment { campaign: CampaignId(55), place, booker: PersonId(7), booked_at: at, state }
}

fn admission(at: Timestamp) -> Admission {
    let ticket = TicketRef([0xa5; 16]);
    Admission { ticket, queue_number: 77_000, admitted_at: at, expires_at: at, eligible: true }
}

fn outcomes(at: Timestamp) -> Vec<Outcome> {
    let booked = AppointmentState::Booked;
    vec![
        Outcome::Opened,
        Outcome::Closed,
        Outcome::Registered(PersonId(7)),
        Outcome::SessionEnded,
        Outcome::Admitted(admission(at)),
        Outcome::Held { id: HoldId(9), hold: hold(at) },
        Outcome::Extended { id: HoldId(9), expires_at: at },
        Outcome::Released,
        Outcome::Expired { holds: 3 },
        Outcome::Booked(vec![(AppointmentId(10), appointment(at, booked))].into()),
        Outcome::Cancelled(AppointmentId(10)),
        Outcome::MessagesSent,
    ]
}

/// Every variant of everything that is written, at one instant.
fn samples_at(at: Timestamp) -> Vec<Change> {
    let (campaign, person, id) = (CampaignId(55), PersonId(7), HoldId(9));
    let cancelled = AppointmentState::Cancelled { at };
    let message = |kind| Message { to: person, kind, queued_at: at };
    let mut samples = vec![
        Change::Opened { campaign, at },
        Change::Closed { campaign, at },
        Change::PersonRegistered { person, alias: PersonAlias([0x11; 32]), sealed: vec![1, 2, 3] },
        Change::SessionEnded { session: SessionId([0x22; 16]), until: at },
        Change::Admitted { campaign, person, admission: admission(at) },
        Change::Held { id, hold: hold(at) },
        Change::HoldExtended { id, expires_at: at },
        Change::HoldEnded { id, end: HoldEnd::Confirmed },
        Change::HoldEnded { id, end: HoldEnd::Released },
        Change::HoldEnded { id, end: HoldEnd::Expired },
        Change::Booked { id: AppointmentId(10), appointment: appointment(at, AppointmentState::Booked) },
        Change::Booked { id: AppointmentId(10), appointment: appointment(at, cancelled) },
        Change::Cancelled { id: AppointmentId(10), by: person, at },
        Change::MessageQueued { id: MessageId(1), message: message(MessageKind::Booked(AppointmentId(10))) },
        Change::MessageQueued {
            id: MessageId(2),
            message: message(MessageKind::Cancelled(AppointmentId(1))),
        },
        Change::MessageSent { id: MessageId(1) },
    ];
    samples.extend(outcomes(at).into_iter().map(|outcome| Change::Answered {
        key: RequestKey([0x33; 32]),
        body: [0x44; 32],
        outcome,
        at,
    }));
    samples.extend(since_version_2(at));
    samples.extend(of_staff(at));
    samples.extend(people::samples_at(at));
    samples.extend(retention::samples(at));
    samples
}

fn since_version_2(at: Timestamp) -> Vec<Change> {
    let (campaign, person, recipient) = (CampaignId(55), PersonId(7), PersonId(8));
    let to = place(7, date(2027, 8, 5), 630).slot;
    let message = |kind| Message { to: person, kind, queued_at: at };
    let kinds = [
        MessageKind::Moved { id: AppointmentId(10), from: to },
        MessageKind::Reminder(AppointmentId(10)),
        MessageKind::DelegationGiven { booker: person },
        MessageKind::DelegationEnded { recipient },
    ];
    let relations = [
        Relation::Parent,
        Relation::Spouse,
        Relation::Child,
        Relation::Sibling,
        Relation::OtherFamily,
        Relation::Carer,
    ];
    let outcomes = [
        Outcome::Held { id: HoldId(9), hold: change_hold(at) },
        Outcome::Moved(vec![(AppointmentId(10), appointment(at, AppointmentState::Booked))].into()),
        Outcome::DelegationGiven(recipient),
        Outcome::DelegationEnded,
        Outcome::HelperAllowed,
        Outcome::DraftSaved,
        Outcome::Reminded { people: 4 },
    ];
    let mut samples = vec![
        Change::PersonKnownAs { person, alias: PersonAlias([0x12; 32]) },
        Change::PersonUpdated { person, sealed: vec![4, 5] },
        Change::DelegationEnded { campaign, booker: person, recipient, by: recipient, at },
        Change::HelperAllowed { campaign, booker: person, recipient },
        Change::DraftSaved { person, sealed: vec![6] },
        Change::PlaceAbandoned { campaign, booker: person, at },
        Change::Moved { id: AppointmentId(10), to, by: person, at },
        Change::Held { id: HoldId(9), hold: change_hold(at) },
    ];
    samples.extend(relations.map(|relation| {
        let delegation = delegation(relation, at);
        Change::DelegationGiven { campaign, booker: person, recipient, delegation }
    }));
    samples.extend(kinds.map(|kind| Change::MessageQueued { id: MessageId(3), message: message(kind) }));
    let answered = |outcome| Change::Answered { key: RequestKey([0x33; 32]), body: [0x44; 32], outcome, at };
    samples.extend(outcomes.map(answered));
    samples.push(Change::DelegationProved { campaign, booker: person, recipient, at });
    samples
}

fn of_staff(at: Timestamp) -> Vec<Change> {
    let (by, slot) = (StaffId(77), place(7, date(2027, 8, 5), 630).slot);
    let (clinic, visit_on) = (slot.clinic, slot.visit_on);
    let id = AppointmentId(10);
    let counts = SlotCounts { capacity: 9, held: 2, booked: 3, blocked: 4 };
    let allotted = [(RegionCode(1_100_000_000), 60), (RegionCode(2_600_000_000), 40)].into();
    let supply = Supply { total: 1_850_000, allotted };
    let outcomes = [
        Outcome::Blocked(counts),
        Outcome::Unblocked(counts),
        Outcome::CapacitySet { over: 2 },
        Outcome::SupplySet(supply.clone()),
        Outcome::CheckedIn { id, number: 12 },
        Outcome::NoShow { id, dropped: Some(AppointmentId(11)) },
        Outcome::NoShow { id, dropped: None },
        Outcome::Fulfilled(id),
    ];
    let states = [
        AppointmentState::CheckedIn { at, number: 12 },
        AppointmentState::Fulfilled { at },
        AppointmentState::NoShow { at },
    ];
    let kinds = [MessageKind::NoShow(id), MessageKind::Fulfilled(id)];
    let mut samples = vec![
        Change::Blocked { slot, places: 3, by, at },
        Change::Unblocked { slot, places: 3, by, at },
        Change::CapacitySet { clinic, visit_on, starts_min: Some(630), capacity: None, by, at },
        Change::CapacitySet { clinic, visit_on, starts_min: None, capacity: Some(300), by, at },
        Change::SupplySet { campaign: CampaignId(55), supply, by, at },
        Change::CheckedIn { id, number: 12, by, at },
        Change::NoShow { id, dropped: Some(AppointmentId(11)), by, at },
        Change::NoShow { id, dropped: None, by, at },
        Change::Fulfilled { id, is_correction: true, by, at },
    ];
    samples.extend(states.map(|state| Change::Booked { id, appointment: appointment(at, state) }));
    samples.extend(kinds.map(|kind| {
        let message = Message { to: PersonId(7), kind, queued_at: at };
        Change::MessageQueued { id: MessageId(4), message }
    }));
    let answered = |outcome| Change::Answered { key: RequestKey([0x33; 32]), body: [0x44; 32], outcome, at };
    samples.extend(outcomes.map(answered));
    samples
}

fn samples() -> Vec<Change> {
    samples_at(Timestamp::new(1_815_822_000, 123_456_789).expect("an ordinary instant"))
}

fn encoded(change: &Change) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(change, &mut bytes);
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

#[test]
fn the_format_is_the_one_on_peoples_disks() {
    let now: Vec<String> = samples().iter().map(|change| hex(&encoded(change))).collect();
    let then: Vec<&str> =
        FIXTURE.lines().chain(people::FIXTURE.lines()).chain(retention::FIXTURE.lines()).collect();
    assert_eq!(now, then);
}

#[test]
fn a_list_is_the_same_whether_records_or_changes_are_added_to_it() {
    let (mut framed, mut appended) = (Vec::new(), Vec::new());
    for change in samples() {
        frame(&encoded(&change), &mut framed);
        append(&change, &mut appended);
    }
    assert_eq!(framed, appended);
    let read: Vec<Change> = Records::of(&appended).map(|read| read.unwrap().1).collect();
    assert_eq!(read, samples());
}

#[test]
fn a_number_has_one_form() {
    let number = |bytes: &[u8]| Reader::new(bytes).number().ok();
    for (bytes, expected) in [
        (&[0][..], Some(0)),
        (&[0x7f], Some(127)),
        (&[0x80, 1], Some(128)),
        (&[0x80, 0], None),
        (&[0x80], None),
        (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], Some(u64::MAX)),
        (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], None),
        (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0], None),
    ] {
        assert_eq!(number(bytes), expected, "{bytes:x?}");
    }
    assert!(u16::take(&mut Reader::new(&[0x80, 0x80, 4])).is_err(), "65,536 is no u16");
}

#[test]
fn a_record_cut_anywhere_is_refused() {
    for change in samples() {
        let bytes = encoded(&change);
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_err(), "{change:?} cut to {length}");
        }
    }
}

#[test]
fn bytes_behind_the_end_and_unknown_versions_are_refused() {
    for change in samples() {
        let mut bytes = encoded(&change);
        bytes.push(0);
        assert!(decode(&bytes).is_err());
        bytes.pop();
        bytes[0] = VERSION + 1;
        assert!(decode(&bytes).is_err());
    }
}

#[test]
fn a_count_without_its_items_takes_no_memory() {
    let mut bytes = encoded(&Change::Held { id: HoldId(1), hold: hold(Timestamp::UNIX_EPOCH) });
    let count_at = 1 + 1 + 1 + 1 + 1;
    assert_eq!(bytes[count_at], 2, "two places");
    bytes.splice(count_at..=count_at, [0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert!(decode(&bytes).is_err());
}

fn instants() -> impl Strategy<Value = Timestamp> {
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    (first + 1..last, 0..1_000_000_000_i32).prop_map(|(second, nano)| {
        Timestamp::new(second, if second < 0 { -nano } else { nano }).expect("inside the range")
    })
}

proptest! {
    #[test]
    fn what_is_read_is_what_was_written(at in instants(), sealed in prop::collection::vec(any::<u8>(), 0..300)) {
        let at = at.min(Timestamp::MAX - jiff::SignedDuration::from_mins(6));
        let person = PersonId(u64::MAX);
        let mut changes = samples_at(at);
        changes.push(Change::PersonRegistered { person, alias: PersonAlias([0xff; 32]), sealed });
        for change in changes {
            prop_assert_eq!(decode(&encoded(&change)).expect("it was just written"), change);
        }
    }

    /// Altered bytes are refused, or are exactly what another change would have written.
    #[test]
    fn there_is_one_way_to_write_a_change(which in 0..samples().len(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = encoded(&samples()[which]);
        let at = at.index(bytes.len());
        bytes[at] = to;
        prop_assume!(bytes[0] == VERSION);
        if let Ok(read) = decode(&bytes) {
            prop_assert_eq!(encoded(&read), bytes);
        }
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
    }
}
