//! The tables for people who ask questions.

use crate::database;
use booking::{Appointment, AppointmentId, AppointmentState, Change, PersonId, Place, SlotId};
use jiff::Timestamp;
use rusqlite::Transaction;
use store::StoreError;

/// A change that shows in no table says so here.
pub(super) fn follow(change: &Change, transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let shown = match change {
        Change::Booked { id, appointment } => book(transaction, *id, appointment),
        Change::Moved { id, to, .. } => move_to(transaction, *id, *to),
        Change::Cancelled { id, at, .. } => {
            set_state(transaction, *id, AppointmentState::Cancelled { at: *at }, *at)
        }
        Change::PeopleMerged { survivor, merged, .. } => rename(transaction, *survivor, *merged),
        Change::CheckedIn { id, number, at, .. } => {
            set_state(transaction, *id, AppointmentState::CheckedIn { at: *at, number: *number }, *at)
        }
        Change::NoShow { id, dropped, at, .. } => miss(transaction, *id, *dropped, *at),
        Change::Fulfilled { id, at, .. } => {
            set_state(transaction, *id, AppointmentState::Fulfilled { at: *at }, *at)
        }
        Change::Opened { .. }
        | Change::Closed { .. }
        | Change::PersonRegistered { .. }
        | Change::PersonKnownAs { .. }
        | Change::PersonUpdated { .. }
        | Change::PersonRemoved { .. }
        | Change::KeysDestroyed { .. }
        | Change::AliasesRenewed { .. }
        | Change::DelegationGiven { .. }
        | Change::DelegationProved { .. }
        | Change::DelegationEnded { .. }
        | Change::HelperAllowed { .. }
        | Change::DraftSaved { .. }
        | Change::SessionEnded { .. }
        | Change::Admitted { .. }
        | Change::Held { .. }
        | Change::HoldExtended { .. }
        | Change::HoldEnded { .. }
        | Change::PlaceAbandoned { .. }
        | Change::MessageQueued { .. }
        | Change::MessageSent { .. }
        | Change::Blocked { .. }
        | Change::Unblocked { .. }
        | Change::CapacitySet { .. }
        | Change::SupplySet { .. }
        | Change::Audited(_)
        | Change::Waited { .. }
        | Change::WaitEnded { .. }
        | Change::PlaceAwaited { .. }
        | Change::PlaceOffered { .. }
        | Change::PlacePassed { .. }
        | Change::OfferEnded { .. }
        | Change::EligibilityCorrected { .. }
        | Change::AdmissionRevoked { .. }
        | Change::Answered { .. } => Ok(()),
    };
    shown.map_err(database::writing)
}

fn book(transaction: &Transaction<'_>, id: AppointmentId, appointment: &Appointment) -> rusqlite::Result<()> {
    let Appointment { campaign, place, booker, booked_at, state } = *appointment;
    let Place { recipient, dose, slot } = place;
    let SlotId { clinic, visit_on, starts_min } = slot;
    let insert = "INSERT INTO appointment(id, person, campaign, dose, clinic, visit_on, starts_min, booker,
                                          booked_at_ms, state, state_at_ms)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?9)";
    transaction.prepare_cached(insert)?.execute((
        id.0.cast_signed(),
        recipient.0.cast_signed(),
        campaign.0,
        dose.0,
        clinic.0,
        visit_on.to_string(),
        starts_min,
        booker.0.cast_signed(),
        booked_at.as_millisecond(),
        state_name(state),
    ))?;
    Ok(())
}

fn move_to(transaction: &Transaction<'_>, id: AppointmentId, to: SlotId) -> rusqlite::Result<()> {
    let SlotId { clinic, visit_on, starts_min } = to;
    let update = "UPDATE appointment SET clinic = ?2, visit_on = ?3, starts_min = ?4 WHERE id = ?1";
    let row = (id.0.cast_signed(), clinic.0, visit_on.to_string(), starts_min);
    transaction.prepare_cached(update)?.execute(row).map(drop)
}

fn rename(transaction: &Transaction<'_>, survivor: PersonId, merged: PersonId) -> rusqlite::Result<()> {
    let update = "UPDATE appointment SET person = ?1 WHERE person = ?2";
    let row = (survivor.0.cast_signed(), merged.0.cast_signed());
    transaction.prepare_cached(update)?.execute(row).map(drop)
}

fn miss(
    transaction: &Transaction<'_>,
    id: AppointmentId,
    dropped: Option<AppointmentId>,
    at: Timestamp,
) -> rusqlite::Result<()> {
    set_state(transaction, id, AppointmentState::NoShow { at }, at)?;
    match dropped {
        Some(second) => set_state(transaction, second, AppointmentState::Cancelled { at }, at),
        None => Ok(()),
    }
}

fn set_state(
    transaction: &Transaction<'_>,
    id: AppointmentId,
    state: AppointmentState,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let update = "UPDATE appointment SET state = ?2, state_at_ms = ?3 WHERE id = ?1";
    let row = (id.0.cast_signed(), state_name(state), at.as_millisecond());
    transaction.prepare_cached(update)?.execute(row).map(drop)
}

fn state_name(state: AppointmentState) -> &'static str {
    match state {
        AppointmentState::Booked => "booked",
        AppointmentState::Cancelled { .. } => "cancelled",
        AppointmentState::CheckedIn { .. } => "checked_in",
        AppointmentState::Fulfilled { .. } => "fulfilled",
        AppointmentState::NoShow { .. } => "no_show",
    }
}
