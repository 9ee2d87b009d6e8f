//! Samples of what people and staff do.

use super::place;
use booking::{
    Act, Actor, AppointmentId, AuditEntry, CampaignId, Change, Channel, LookUp, Origin, Outcome, PersonId,
    RequestKey, StaffId,
};
use jiff::Timestamp;
use jiff::civil::date;

/// The bytes of [`samples_at`], one record a line, after those of the fixture.
pub(super) const FIXTURE: &str = include_str!("../record/fixture-people.txt");

pub(super) fn samples_at(at: Timestamp) -> Vec<Change> {
    let answered = |outcome| Change::Answered { key: RequestKey([0x33; 32]), body: [0x44; 32], outcome, at };
    let mut samples = audited(at);
    samples.extend([Outcome::LookedUp].map(answered));
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
