//! Waiting for a place, as JSON.

use super::{Answered, AppointmentMade, Done, seen};
use crate::context::Context;
use crate::people::reference;
use crate::wait_list::{self, name_of};
use crate::wording::clock_time;
use booking::{Offer, PersonId};
use http::StatusCode;
use hyper::http;
use schemars::JsonSchema;
use serde::Serialize;
use store::WaitRecord;

#[derive(Debug, Serialize, JsonSchema)]
pub struct Waits {
    /// One's own, and those of the people one helps; the oldest first.
    pub waits: Vec<WaitSeen>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct WaitJoined {
    /// How the answers to an offer name it.
    pub wait: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct WaitSeen {
    pub wait: String,
    /// As in `GET /api/v1/recipients`.
    pub recipient: String,
    /// A clinic, or the code of a 시·군·구.
    pub place: String,
    /// Null for any day.
    pub from: Option<String>,
    pub until: Option<String>,
    /// RFC 3339.
    pub since: String,
    /// How many came before and wait for the same clinic or 시·군·구.
    pub before: u64,
    /// What is kept for them until they answer.
    pub offer: Option<OfferSeen>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OfferSeen {
    pub clinic: String,
    pub date: String,
    pub time: String,
    pub expires_at: String,
}

pub async fn own(ctx: &mut Context) -> Answered {
    let viewer = ctx.booker()?.person;
    let own = wait_list::own(ctx).await?;
    let waits = own.iter().map(|record| wait_seen(ctx, viewer, record)).collect();
    Ok(ctx.json(StatusCode::OK, &Waits { waits }))
}

fn wait_seen(ctx: &Context, viewer: PersonId, record: &WaitRecord) -> WaitSeen {
    let entry = &record.entry;
    let offer = record.offer.as_ref().filter(|offer| offer.expires_at > ctx.now);
    WaitSeen {
        wait: record.id.0.to_string(),
        recipient: reference(&ctx.app, viewer, entry.recipient),
        place: name_of(entry.scope),
        from: entry.days.map(|(from, _)| from.to_string()),
        until: entry.days.map(|(_, until)| until.to_string()),
        since: entry.entered_at.to_string(),
        before: record.before,
        offer: offer.map(OfferSeen::of),
    }
}

impl OfferSeen {
    fn of(offer: &Offer) -> Self {
        let slot = offer.slot();
        Self {
            clinic: slot.clinic.to_string(),
            date: slot.visit_on.to_string(),
            time: clock_time(slot.starts_min),
            expires_at: offer.expires_at.to_string(),
        }
    }
}

pub async fn join(ctx: &mut Context) -> Answered {
    let wait = wait_list::join(ctx).await?.0.to_string();
    Ok(ctx.json(StatusCode::CREATED, &WaitJoined { wait }))
}

pub async fn accept(ctx: &mut Context) -> Answered {
    let booked = wait_list::accept(ctx).await?;
    let viewer = ctx.booker()?.person;
    let (id, appointment) = booked.first().expect("an offer is of a place");
    let made = AppointmentMade {
        appointment: seen(ctx, viewer, *id, appointment),
        appointments: booked.iter().map(|(id, appointment)| seen(ctx, viewer, *id, appointment)).collect(),
    };
    Ok(ctx.json(StatusCode::CREATED, &made))
}

pub async fn decline(ctx: &mut Context) -> Answered {
    wait_list::decline(ctx).await?;
    Ok(ctx.json(StatusCode::OK, &Done { done: true }))
}

pub async fn leave(ctx: &mut Context) -> Answered {
    wait_list::leave(ctx).await?;
    Ok(ctx.json(StatusCode::OK, &Done { done: true }))
}
