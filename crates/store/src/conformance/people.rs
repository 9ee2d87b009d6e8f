//! Simulated people: what they know, and what they try next.

use super::Chance;
use super::world::CAMPAIGN;
use crate::{Admit, Command};
use booking::{
    Appointment, AppointmentId, ClinicId, DoseNumber, HoldId, Outcome, PersonId, Place, SlotId, TicketRef,
};
use jiff::civil::date;

/// Places are scarce: this many people fight over two bands at each of three clinics.
pub(super) const PEOPLE: u64 = 30;
const CLINICS: [u32; 3] = [1, 2, 6];
const STARTS_MIN: [u16; 2] = [540, 570];

#[derive(Debug, Default)]
pub(super) struct People {
    holds: Vec<(PersonId, HoldId)>,
    appointments: Vec<(PersonId, AppointmentId)>,
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
            campaign: CAMPAIGN,
            person,
            born_on: date(1965, 5, 1),
            ticket: TicketRef(id),
            queue_number: ticket.0,
        })
    }

    pub(super) fn next(&self, chance: &mut Chance) -> Command {
        let person = somebody(chance);
        match chance.below(100) {
            0..35 => hold(person, chance),
            35..60 => self.confirm(person, chance),
            60..68 => self.end_hold(person, chance),
            68..78 => self.cancel(person, chance),
            78..92 => Self::enter(person, if chance.percent(90) { person } else { somebody(chance) }),
            92..97 => Command::Expire { holds_max: chance.index(6) },
            _ => Command::MessagesSent { messages: vec![booking::MessageId(1 + chance.below(60))] },
        }
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

    fn cancel(&self, person: PersonId, chance: &mut Chance) -> Command {
        let (owner, appointment) =
            known(&self.appointments, chance).unwrap_or((person, AppointmentId(9_999)));
        Command::Cancel { person: mostly(owner, person, chance), appointment }
    }

    pub(super) fn learn(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Held { id, hold } => self.holds.push((hold.booker, *id)),
            Outcome::Booked(booked) => {
                let remembered = |(id, appointment): &(AppointmentId, Appointment)| (appointment.booker, *id);
                self.appointments.extend(booked.iter().map(remembered));
            }
            Outcome::Opened
            | Outcome::Closed
            | Outcome::Registered(_)
            | Outcome::SessionEnded
            | Outcome::Admitted(_)
            | Outcome::Extended { .. }
            | Outcome::Released
            | Outcome::Expired { .. }
            | Outcome::Cancelled(_)
            | Outcome::MessagesSent => {}
        }
    }
}

/// One or two places; now and then for somebody else, or twice the same.
fn hold(booker: PersonId, chance: &mut Chance) -> Command {
    let mut places = Vec::new();
    for _ in 0..=usize::from(chance.percent(20)) {
        let clinic = ClinicId(*chance.pick(&CLINICS).expect("there are some"));
        let starts_min = *chance.pick(&STARTS_MIN).expect("there are some");
        let recipient = if chance.percent(80) { booker } else { somebody(chance) };
        let dose = DoseNumber(if chance.percent(90) { 1 } else { 2 });
        places.push(Place {
            recipient,
            dose,
            slot: SlotId { clinic, visit_on: date(2027, 7, 26), starts_min },
        });
    }
    Command::Hold { campaign: CAMPAIGN, booker, places }
}

/// One of the last few: older ones are over.
fn known<Id: Copy>(all: &[(PersonId, Id)], chance: &mut Chance) -> Option<(PersonId, Id)> {
    let recent = &all[all.len().saturating_sub(8)..];
    chance.pick(recent).copied()
}

fn mostly(owner: PersonId, other: PersonId, chance: &mut Chance) -> PersonId {
    if chance.percent(90) { owner } else { other }
}

fn somebody(chance: &mut Chance) -> PersonId {
    PersonId(1 + chance.below(PEOPLE))
}
