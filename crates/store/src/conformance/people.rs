//! Simulated people: what they know, and what they try next.

use super::Chance;
use super::world::{ELIGIBLE, PAIRS};
use crate::{Admit, AsStaff, Command, CorrectEligibility, Delegate, StaffAct, TakePlaces, Wait, sealed};
use booking::{
    Appointment, AppointmentId, Channel, ClinicId, ConsentVersion, DoseNumber, HoldId, LookUp, Origin,
    Outcome, PersonAlias, PersonId, PersonKey, RegionCode, Relation, RemovalReason, SlotId, StaffId,
    TicketRef, WaitId, WaitScope,
};
use jiff::civil::date;
use sha2::{Digest as _, Sha256};

/// Places are scarce: this many people fight over two bands at each of three clinics.
pub(super) const PEOPLE: u64 = 16;
/// So many of them help others, so that the same two meet again and again.
const HELPERS: u64 = 3;
pub(super) const CLINICS: [u32; 3] = [1, 2, 6];
pub(super) const STARTS_MIN: [u16; 3] = [540, 570, 600];
/// Clinics, and the 시·군·구 of the last.
const SCOPES: [WaitScope; 3] = [
    WaitScope::Clinic(ClinicId(1)),
    WaitScope::Clinic(ClinicId(6)),
    WaitScope::Sigungu(RegionCode(2_611_000_000)),
];

#[derive(Debug, Default)]
pub(super) struct People {
    holds: Vec<(PersonId, HoldId)>,
    appointments: Vec<(PersonId, AppointmentId)>,
    waits: Vec<(PersonId, WaitId)>,
}

impl People {
    /// Registered in this order, they are numbered from 1.
    pub(super) fn all() -> impl Iterator<Item = PersonId> {
        (1..=PEOPLE).map(PersonId)
    }

    pub(super) fn enter(person: PersonId, ticket: PersonId) -> Command {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&ticket.0.to_be_bytes());
        Command::Admit(Admit {
            campaign: PAIRS,
            person,
            candidate: ELIGIBLE,
            ticket: TicketRef(id),
            queue_number: ticket.0,
        })
    }

    pub(super) fn next(&self, chance: &mut Chance) -> Command {
        let person = somebody(chance);
        match chance.below(100) {
            0..8 => self.change(person, chance),
            8..35 => hold(eager(person, chance), chance),
            35..56 => self.confirm(person, chance),
            56..62 => self.end_hold(person, chance),
            62..70 => self.cancel(person, chance),
            70..76 => self.waiting(eager(person, chance), chance),
            76..82 => delegation(helper(chance), chance),
            82..90 => {
                let person = eager(person, chance);
                Self::enter(person, if chance.percent(90) { person } else { somebody(chance) })
            }
            90..93 => self.as_staff(person, chance),
            93..95 => Command::Expire { holds_max: chance.index(6) },
            97 => leaving(chance),
            95..97 => Command::Remind { visit_on: date(2027, 7, 26), people_max: 3 },
            _ => Command::MessagesSent { messages: vec![booking::MessageId(1 + chance.below(60))] },
        }
    }

    /// For a clinic or where it is, for a day or any; and answers to what is offered.
    fn waiting(&self, person: PersonId, chance: &mut Chance) -> Command {
        let (owner, wait) = known(&self.waits, chance).unwrap_or((person, WaitId(9_999)));
        let by = mostly(owner, person, chance);
        match chance.below(10) {
            0..3 => Command::AcceptOffer { by, wait },
            3 => Command::DeclineOffer { by, wait },
            4 => Command::LeaveWaiting { by, wait },
            _ => Command::Wait(Self::wait(chance)),
        }
    }

    pub(super) fn wait(chance: &mut Chance) -> Wait {
        let booker = somebody(chance);
        Wait {
            campaign: PAIRS,
            booker,
            recipient: if chance.percent(80) { booker } else { neighbour(booker, chance) },
            scope: *chance.pick(&SCOPES).expect("there are some"),
            days: chance.percent(60).then_some((date(2027, 7, 26), date(2027, 7, 26))),
        }
    }

    /// All doses of the west, and all places of a day at a clinic of the east.
    pub(super) fn first_places() -> impl Iterator<Item = (PersonId, SlotId)> {
        let places = [(6, 540), (6, 570), (1, 540), (1, 570), (1, 600)];
        let slot = |(clinic, starts_min)| SlotId {
            clinic: ClinicId(clinic),
            visit_on: date(2027, 7, 26),
            starts_min,
        };
        Self::all().zip(places.map(slot))
    }

    /// What people do, done at a desk; and looks at what they have.
    fn as_staff(&self, person: PersonId, chance: &mut Chance) -> Command {
        let aliases = vec![alias(person)];
        let act = match chance.below(9) {
            3 => StaffAct::RevokeAdmission { campaign: PAIRS, person },
            4 => StaffAct::MergePeople { survivor: person, merged: somebody(chance) },
            7 => {
                let booked = |chance: &mut Chance| {
                    known(&self.appointments, chance).map_or(person, |(owner, _)| owner)
                };
                StaffAct::MergePeople { survivor: booked(chance), merged: booked(chance) }
            }
            5 | 6 => StaffAct::CorrectEligibility(CorrectEligibility {
                campaign: PAIRS,
                aliases,
                sealed: vec![2; 8],
                eligible: chance.percent(70),
                also_admitted: chance.percent(50),
            }),
            0 => StaffAct::LookUp { what: LookUp::Appointments, whose: Some(person) },
            1 => StaffAct::InNameOf(self.confirm(person, chance)),
            _ => StaffAct::InNameOf(self.cancel(person, chance)),
        };
        as_staff(act)
    }

    fn confirm(&self, person: PersonId, chance: &mut Chance) -> Command {
        let (owner, hold) = known(&self.holds, chance).unwrap_or((person, HoldId(9_999)));
        Command::Confirm { booker: mostly(owner, person, chance), hold }
    }

    fn end_hold(&self, person: PersonId, chance: &mut Chance) -> Command {
        let (owner, hold) = known(&self.holds, chance).unwrap_or((person, HoldId(9_999)));
        let booker = mostly(owner, person, chance);
        if chance.percent(50) { Command::Extend { booker, hold } } else { Command::Release { booker, hold } }
    }

    /// Somebody who is booked wants another place.
    fn change(&self, person: PersonId, chance: &mut Chance) -> Command {
        let (owner, _) = known(&self.appointments, chance).unwrap_or((person, AppointmentId(9_999)));
        match hold(owner, chance) {
            Command::Hold(wanted) => Command::Hold(TakePlaces { is_change: true, ..wanted }),
            other => other,
        }
    }

    fn cancel(&self, person: PersonId, chance: &mut Chance) -> Command {
        let (owner, appointment) =
            known(&self.appointments, chance).unwrap_or((person, AppointmentId(9_999)));
        Command::Cancel { person: mostly(owner, person, chance), appointment }
    }

    pub(super) fn learn(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Held { id, hold } => self.holds.push((hold.booker, *id)),
            Outcome::Booked(booked) | Outcome::Moved(booked) => {
                let remembered = |(id, appointment): &(AppointmentId, Appointment)| (appointment.booker, *id);
                self.appointments.extend(booked.iter().map(remembered));
            }
            Outcome::Waiting { id, entry } => self.waits.push((entry.booker, *id)),
            Outcome::Opened
            | Outcome::Closed
            | Outcome::Registered(_)
            | Outcome::SessionEnded
            | Outcome::Admitted(_)
            | Outcome::Extended { .. }
            | Outcome::Released
            | Outcome::Expired { .. }
            | Outcome::Cancelled(_)
            | Outcome::MessagesSent
            | Outcome::DelegationGiven(_)
            | Outcome::DelegationEnded
            | Outcome::HelperAllowed
            | Outcome::DraftSaved
            | Outcome::Reminded { .. }
            | Outcome::LookedUp
            | Outcome::WaitLeft
            | Outcome::OfferDeclined
            | Outcome::EligibilityCorrected(_)
            | Outcome::AdmissionRevoked
            | Outcome::Merged { .. }
            | Outcome::Blocked(_)
            | Outcome::Unblocked(_)
            | Outcome::CapacitySet { .. }
            | Outcome::SupplySet(_)
            | Outcome::Removed { .. }
            | Outcome::KeysDestroyed { .. }
            | Outcome::AliasesRenewed
            | Outcome::CheckedIn { .. }
            | Outcome::NoShow { .. }
            | Outcome::Fulfilled(_) => {}
        }
    }
}

fn as_staff(act: StaffAct) -> Command {
    let from = Origin { channel: Channel::Desk, sealed: vec![3] };
    Command::AsStaff(Box::new(AsStaff { staff: StaffId(7), from, why: vec![1], act }))
}

/// For oneself, for neighbours, for a household; new or a change; the first dose with the second, or the second alone.
fn hold(booker: PersonId, chance: &mut Chance) -> Command {
    let clinic = ClinicId(*chance.pick(&CLINICS).expect("there are some"));
    let starts_min = *chance.pick(&STARTS_MIN).expect("there are some");
    let mut recipients = vec![if chance.percent(80) { booker } else { neighbour(booker, chance) }];
    if chance.percent(20) {
        recipients.push(neighbour(booker, chance));
    }
    let dose = DoseNumber(if chance.percent(85) { 1 } else { 2 });
    let day = if chance.percent(70) { 26 } else { 27 };
    let first_on = date(2027, 7, day);
    let weeks = 21 + 7 * chance.below(4) as i32;
    let visit_on = if dose == DoseNumber(1) { first_on } else { first_on + jiff::Span::new().days(weeks) };
    let at = SlotId { clinic, visit_on, starts_min };
    Command::Hold(TakePlaces { campaign: PAIRS, booker, recipients, dose, at, is_change: chance.percent(20) })
}

/// People help those next to them, so that delegations are used before they end.
fn delegation(booker: PersonId, chance: &mut Chance) -> Command {
    let recipient = neighbour(booker, chance);
    match chance.below(10) {
        0..5 => Command::Delegate(Delegate {
            campaign: PAIRS,
            booker,
            aliases: vec![alias(recipient)],
            // Whoever comes back comes under another key.
            sealed: sealed_of(PersonKey(1 << 31 | chance.below(1 << 31) as u32)),
            candidate: ELIGIBLE,
            relation: Relation::Sibling,
            consent: ConsentVersion(1),
            code_sent_at: None,
        }),
        5..7 => Command::EndDelegation {
            campaign: PAIRS,
            by: mostly(recipient, booker, chance),
            booker,
            recipient,
        },
        _ => Command::AllowHelper { campaign: PAIRS, booker, recipient },
    }
}

/// People between the helpers and the eager one: they come back only as somebody new, whom a helper names.
fn leaving(chance: &mut Chance) -> Command {
    let person = PersonId(HELPERS + 3 + chance.below(3));
    if chance.percent(70) {
        Command::Remove { person, reason: RemovalReason::Asked }
    } else {
        Command::KeysDestroyed { keys: vec![PersonKey(person.0 as u32)] }
    }
}

/// Fields that are opaque but for their key.
pub(super) fn sealed_of(key: PersonKey) -> Vec<u8> {
    sealed::head(1, key).to_vec()
}

fn neighbour(of: PersonId, chance: &mut Chance) -> PersonId {
    PersonId(1 + (of.0 + chance.below(2)) % PEOPLE)
}

pub(super) fn alias(person: PersonId) -> PersonAlias {
    PersonAlias(Sha256::digest(person.0.to_be_bytes()).into())
}

/// One of the last few: older ones are over.
fn known<Id: Copy>(all: &[(PersonId, Id)], chance: &mut Chance) -> Option<(PersonId, Id)> {
    let recent = &all[all.len().saturating_sub(8)..];
    chance.pick(recent).copied()
}

fn mostly(owner: PersonId, other: PersonId, chance: &mut Chance) -> PersonId {
    if chance.percent(90) { owner } else { other }
}

/// Helpers come more often than others; one person takes places again and again.
fn eager(person: PersonId, chance: &mut Chance) -> PersonId {
    match chance.below(10) {
        0..4 => PersonId(PEOPLE),
        4..7 => helper(chance),
        _ => person,
    }
}

fn helper(chance: &mut Chance) -> PersonId {
    PersonId(1 + chance.below(HELPERS))
}

fn somebody(chance: &mut Chance) -> PersonId {
    PersonId(1 + chance.below(PEOPLE))
}
