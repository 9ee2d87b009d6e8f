//! A place in line that follows the person: by its code, back to the device it came from, or by who one is.

use crate::context::Context;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::gate::{Gate, Place, Whose};
use crate::serve::is_known;
use booking::{PersonId, Refusal, TicketRef};
use std::sync::Arc;
use store::StoreError;
use waiting_room::Ticket;

/// How the ledger knows a place, whichever ticket it was entered with: one place is used once.
pub fn place_ref(queue_number: u64) -> TicketRef {
    TicketRef(Ticket::place_id(queue_number).0)
}

/// The place behind a code goes on with whoever typed it.
///
/// # Errors
/// [`Refusal::PlaceCodeUnknown`], [`Refusal::PlaceOfAnother`] to somebody who is verified as another person,
/// [`Problem::TooOften`].
pub async fn take_over_by_code(ctx: &mut Context, typed: &str) -> Result<Ticket, Problem> {
    ctx.count_a_try()?;
    let gate = Arc::clone(&ctx.app.gate);
    let queue_number = gate.read_code(typed).map_err(|_| Refusal::PlaceCodeUnknown)?;
    let owner = gate.kept_place(queue_number).await?.person;
    if let (Some(owner), Some(session)) = (owner, ctx.session)
        && !is_same(ctx, owner, session.person).await?
    {
        return Err(Refusal::PlaceOfAnother.into());
    }
    let ticket = gate.take_over(queue_number).await?;
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
    if let (Place::Elsewhere, Some(queue_number)) = (gate.place(&ticket), ticket.queue_number) {
        let ticket = gate.take_over(queue_number).await?;
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
