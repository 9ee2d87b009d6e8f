//! Samples of what people and staff do.

use super::place;
use booking::{
    Act, Actor, AppointmentId, AuditEntry, CampaignId, Change, Channel, ClinicId, Correction, LookUp,
    Message, MessageId, MessageKind, Offer, OfferEnd, Origin, Outcome, PersonId, RegionCode, RequestKey,
    StaffId, WaitEnd, WaitEntry, WaitId, WaitScope,
};
use jiff::Timestamp;
use jiff::civil::date;

/// The bytes of [`samples_at`], one record a line, after those of the fixture.
pub(super) const FIXTURE: &str = include_str!("../record/fixture-people.txt");

pub(super) fn samples_at(at: Timestamp) -> Vec<Change> {
    let answered = |outcome| Change::Answered { key: RequestKey([0x33; 32]), body: [0x44; 32], outcome, at };
    let mut samples = audited(at);
    samples.extend([Outcome::LookedUp].map(answered));
    samples.extend(waiting(at));
    samples.extend(desk(at));
    let outcomes = [
        Outcome::Waiting { id: WaitId(4), entry: entry(at, WaitScope::Clinic(ClinicId(4_294))) },
        Outcome::WaitLeft,
        Outcome::OfferDeclined,
        Outcome::EligibilityCorrected(PersonId(7)),
        Outcome::AdmissionRevoked,
        Outcome::Merged { desk_cases: 1 },
    ];
    samples.extend(outcomes.map(answered));
    samples
}

fn entry(at: Timestamp, scope: WaitScope) -> WaitEntry {
    let slot = place(7, date(2027, 8, 5), 630).slot;
    let days = matches!(scope, WaitScope::Clinic(_)).then_some((date(2027, 8, 1), date(2027, 8, 9)));
    let (booker, recipient) = (PersonId(7), PersonId(8));
    WaitEntry { campaign: CampaignId(55), booker, recipient, scope, days, entered_at: at, passed: vec![slot] }
}

fn waiting(at: Timestamp) -> Vec<Change> {
    let (id, slot) = (WaitId(4), place(7, date(2027, 8, 5), 630).slot);
    let places = vec![place(7, date(2027, 8, 5), 630)];
    let scopes = [WaitScope::Clinic(ClinicId(4_294)), WaitScope::Sigungu(RegionCode(1_111_000_000))];
    let mut samples: Vec<Change> =
        scopes.into_iter().map(|scope| Change::Waited { id, entry: entry(at, scope) }).collect();
    let ends = [WaitEnd::Booked, WaitEnd::Left, WaitEnd::Lapsed, WaitEnd::Withdrawn];
    samples.extend(ends.map(|end| Change::WaitEnded { id, end, at }));
    samples.push(Change::PlaceAwaited { slot });
    samples.push(Change::PlaceOffered { id, offer: Offer { places, offered_at: at, expires_at: at } });
    samples.push(Change::PlacePassed { slot });
    let ends = [OfferEnd::Accepted, OfferEnd::Declined, OfferEnd::Expired, OfferEnd::Withdrawn];
    samples.extend(ends.map(|end| Change::OfferEnded { id, end, at }));
    samples
}

fn desk(at: Timestamp) -> Vec<Change> {
    let (campaign, person, slot) = (CampaignId(55), PersonId(7), place(7, date(2027, 8, 5), 630).slot);
    let correction = Correction { eligible: true, also_admitted: false, at };
    let kinds = [
        MessageKind::PlaceOffered { recipient: person, slot, until: at },
        MessageKind::OfferLapsed { recipient: person, slot, waiting: true },
        MessageKind::EligibilityCorrected { eligible: false },
        MessageKind::AdmissionRevoked,
    ];
    let message = |kind| Message { to: person, kind, queued_at: at };
    let mut samples = vec![
        Change::EligibilityCorrected { campaign, person, correction },
        Change::AdmissionRevoked { campaign, person, at },
        Change::PeopleMerged { survivor: person, merged: PersonId(8), at },
    ];
    let id = MessageId(3);
    samples.extend(kinds.map(|kind| Change::MessageQueued { id, message: message(kind) }));
    samples
}

fn audited(at: Timestamp) -> Vec<Change> {
    let slot = |day| place(7, date(2027, 8, day), 630).slot;
    let (appointment, campaign) = (AppointmentId(10), CampaignId(55));
    let looks = [
        LookUp::Person,
        LookUp::Appointments,
        LookUp::Delegations,
        LookUp::DayList,
        LookUp::WaitList,
        LookUp::DeskList,
        LookUp::Audit,
        LookUp::Export,
        LookUp::Numbers,
        LookUp::CallBack,
        LookUp::CallNote,
        LookUp::Review,
    ];
    let mut acts = vec![
        Act::Booked { appointment, slot: slot(5) },
        Act::Moved { appointment, from: slot(5), to: slot(6) },
        Act::Cancelled { appointment },
        Act::EligibilityCorrected { campaign, eligible: true, also_admitted: false },
        Act::AdmissionRevoked { campaign },
        Act::Merged { merged: PersonId(8) },
        Act::Used("cancel".to_owned()),
    ];
    acts.extend(looks.map(Act::LookedUp));
    let actors = [Actor::Citizen(PersonId(7)), Actor::Helper(PersonId(9)), Actor::Staff(StaffId(3))];
    let channels = [Channel::Online, Channel::Phone, Channel::Desk, Channel::Clinic, Channel::Server];
    let entry = |(position, what): (usize, Act)| AuditEntry {
        at,
        who: actors[position % 3],
        from: Origin { channel: channels[position % 5], sealed: vec![9; position % 2] },
        whose: (position % 4 > 0).then_some(PersonId(7)),
        what,
        why: vec![8; position % 3],
        refused: (position % 2 > 0).then_some(602),
    };
    acts.into_iter().enumerate().map(entry).map(Change::Audited).collect()
}
