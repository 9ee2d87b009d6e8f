//! A place in line that follows the person: by its code, back to the device it came from, or by who one is.

use crate::context::Context;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::gate::drawing::Part;
use crate::gate::{Gate, Place, Whose};
use crate::serve::is_known;
use booking::{PersonId, Refusal, TicketRef};
use std::sync::Arc;
use store::StoreError;
use waiting_room::Ticket;

/// How the ledger knows a place, whichever ticket it was entered with: one place is used once.
pub fn place_ref(place_number: u64) -> TicketRef {
    TicketRef(Ticket::place_id(place_number).0)
}

/// The place behind a code goes on with whoever typed it.
///
/// # Errors
/// [`Refusal::PlaceCodeUnknown`], [`Refusal::PlaceOfAnother`] to somebody who is verified as another person,
/// [`Problem::TooOften`].
pub async fn take_over_by_code(ctx: &mut Context, typed: &str) -> Result<Ticket, Problem> {
    ctx.count_a_try()?;
    let gate = Arc::clone(&ctx.app.gate);
    let place_number = gate.read_code(typed).map_err(|_| Refusal::PlaceCodeUnknown)?;
    let owner = gate.kept_place(place_number).await?.person;
    if let (Some(owner), Some(session)) = (owner, ctx.session)
        && !is_same(ctx, owner, session.person).await?
    {
        return Err(Refusal::PlaceOfAnother.into());
    }
    let ticket = gate.take_over(place_number).await?;
    carry(ctx, ticket);
    if ctx.session.is_some() {
        regain(ctx).await?;
    }
    Ok(ctx.ticket.unwrap_or(ticket))
}

/// The place comes back to a device that it had left.
pub async fn take_back(ctx: &mut Context) -> Result<(), Problem> {
    ctx.count_a_try()?;
    let gate = Arc::clone(&ctx.app.gate);
    let ticket = gate.settle(ctx.ticket.ok_or(Refusal::TicketNeeded)?);
    if let (Place::Elsewhere, Some(place_number)) = (gate.place(&ticket), ticket.place_number) {
        let ticket = gate.take_over(place_number).await?;
        carry(ctx, ticket);
    }
    Ok(())
}

/// Somebody proved who they are: the place they carry becomes theirs, and their earliest one goes on here. A memory of
/// places that does not answer keeps nobody from proving who they are; the exchange asks it again.
///
/// # Errors
/// [`Refusal::PlaceOfAnother`]; nothing was changed then.
pub async fn regain(ctx: &mut Context) -> Result<(), Problem> {
    let gate = Arc::clone(&ctx.app.gate);
    let Some(person) = ctx.session.map(|session| session.person) else { return Ok(()) };
    match gate.bind(person, ctx.ticket).await {
        Ok(Whose::AsBefore) => Ok(()),
        Ok(Whose::GoesOnHere(ticket)) => {
            carry(ctx, ticket);
            Ok(())
        }
        Ok(Whose::OfAnother(owner)) if is_same(ctx, owner, person).await? => Ok(()),
        Ok(Whose::OfAnother(_)) => Err(Refusal::PlaceOfAnother.into()),
        Err(error) => {
            tracing::warn!(error = %error, "the memory of places did not answer; the exchange will ask it");
            Ok(())
        }
    }
}

/// In a draw that is still to come: makes the carried place the person's, which is how one takes part, and says what is
/// certain then. To be asked about a settled place.
///
/// # Errors
/// [`Refusal::PlaceOfAnother`], and what breaks the memory of the places: nobody is told that they take part who does
/// not.
pub async fn take_part(ctx: &mut Context) -> Result<Part, Problem> {
    let gate = Arc::clone(&ctx.app.gate);
    let person = ctx.session.map(|session| session.person);
    let mut part = part(ctx, &gate, person).await?;
    if part == Part::NotYet && person.is_some() {
        regain(ctx).await?;
        part = self::part(ctx, &gate, person).await?;
    }
    Ok(part)
}

async fn part(ctx: &Context, gate: &Gate, person: Option<PersonId>) -> Result<Part, Problem> {
    let place_number = ctx.ticket.and_then(|ticket| gate.settle(ticket).place_number);
    let Some(place_number) = place_number else { return Ok(Part::NotYet) };
    Ok(gate.part_of(place_number, person).await?.unwrap_or(Part::Behind))
}

/// At the exchange, by what is on disk: the newest ticket of a place counts, and only its person's.
///
/// # Errors
/// [`Refusal::PlaceElsewhere`], [`Refusal::PlaceOfAnother`].
pub async fn still_ones_own(ctx: &Context, gate: &Gate, ticket: &Ticket, place: u64) -> Result<(), Problem> {
    let kept = gate.kept_place(place).await?;
    if kept.generation > ticket.generation {
        return Err(Refusal::PlaceElsewhere.into());
    }
    match kept.person {
        Some(owner) if !is_same(ctx, owner, ctx.booker()?.person).await? => {
            Err(Refusal::PlaceOfAnother.into())
        }
        _ => Ok(()),
    }
}

/// While the entrance is paused.
const PAUSED_RETRY_S: u32 = 15;

/// The turn is decided here, on the server, by the number in the signed ticket: how the ledger knows the place, and the
/// number by which it was called.
///
/// # Errors
/// [`Refusal::NotYourTurn`], [`Refusal::PlaceElsewhere`], [`Refusal::PlaceOfAnother`], [`Refusal::EntranceBusy`].
pub async fn called(ctx: &Context, gate: &Gate) -> Result<(TicketRef, u64), Problem> {
    let ticket: Ticket = ctx.ticket.ok_or(Refusal::TicketNeeded)?;
    let queue_number = match gate.place_for_all(&ticket).await {
        Place::Issued | Place::Undrawn => {
            return Err(Refusal::NotYourTurn { places_ahead: None }.into());
        }
        Place::Settled { places_ahead, .. } => {
            return Err(Refusal::NotYourTurn { places_ahead: Some(places_ahead) }.into());
        }
        Place::Elsewhere => return Err(Refusal::PlaceElsewhere.into()),
        Place::Called { queue_number } => queue_number,
    };
    let place_number = gate.settle(ticket).place_number.expect("who is called has a place");
    still_ones_own(ctx, gate, &ticket, place_number).await?;
    let wait = |wait: jiff::SignedDuration| {
        let seconds = u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX);
        Refusal::EntranceBusy { retry_after_s: seconds }
    };
    if gate.is_paused() {
        return Err(Refusal::EntranceBusy { retry_after_s: PAUSED_RETRY_S }.into());
    }
    gate.take_exchange(queue_number).map_err(wait)?;
    Ok((place_ref(place_number), queue_number))
}

/// Two records may have turned out to be one person's; and what somebody had who was removed is nobody's.
async fn is_same(ctx: &Context, owner: PersonId, person: PersonId) -> Result<bool, StoreError> {
    if owner == person {
        return Ok(true);
    }
    let owner = ctx.app.store.now_known_as(owner).await?;
    Ok(owner == person || !is_known(&ctx.app, owner).await?)
}

fn carry(ctx: &mut Context, ticket: Ticket) {
    ctx.ticket = Some(ticket);
    let token = ctx.app.gate.seal(&ticket);
    ctx.set_cookie(Cookie::Ticket, &token);
}
