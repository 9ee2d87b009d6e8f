//! The same uses as JSON.

mod answers;
pub mod people;
pub mod wait_list;

pub use answers::*;

use crate::actions;
use crate::claim::{claim, claim_faults};
use crate::context::Context;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::front::state_of;
use crate::gate::Place as LinePlace;
use crate::in_line;
use crate::journey::identity::asked;
use crate::journey::my::calendar_of;
use crate::openapi::description;
use crate::people::reference;
use crate::serve::live_pass;
use crate::wording::clock_time;
use axum::body::Body;
use booking::{
    Appointment, AppointmentId, AppointmentState, ClinicId, DoseNumber, HoldId, PersonId, Place, Refusal,
    Replaced, SlotId, korean_day,
};
use http::{Response, StatusCode};
use hyper::http;
use store::TakePlaces;
use waiting_room::Ticket;

/// Until the draw has been made nothing changes that the gate document does not say.
const UNDRAWN_POLL_SECONDS: f64 = 30.0;

type Answered = Result<Response<Body>, Problem>;

pub async fn ticket(ctx: &mut Context) -> Answered {
    same_campaign(ctx, ctx.param("campaign"))?;
    let ticket = ctx.ticket.ok_or(Refusal::TicketNeeded)?;
    ticket_status(ctx, ticket)
}

/// A place goes on with whoever sends its code.
pub async fn take_over(ctx: &mut Context) -> Answered {
    same_campaign(ctx, ctx.param("campaign"))?;
    let typed = ctx.fields.text("place_code");
    let ticket = in_line::take_over_by_code(ctx, &typed).await?;
    ticket_status(ctx, ticket)
}

fn ticket_status(ctx: &mut Context, ticket: Ticket) -> Answered {
    let gate = std::sync::Arc::clone(&ctx.app.gate);
    let ticket = gate.settle(ticket);
    let place = gate.place(&ticket);
    let places_ahead = match place {
        LinePlace::Issued | LinePlace::Undrawn => None,
        LinePlace::Settled { places_ahead, .. } => Some(places_ahead),
        LinePlace::Called { .. } => Some(0),
        LinePlace::Elsewhere => return Err(Refusal::PlaceElsewhere.into()),
    };
    let published = gate.published();
    let poll = |ahead| f64::from(published.facts().document.poll.seconds(ahead));
    let token = gate.seal(&ticket);
    ctx.set_cookie(Cookie::Ticket, &token);
    let status = TicketStatus {
        ticket: token,
        state: state_of(place),
        queue_number: ticket.place_number.and_then(|number| gate.queue_number(number)),
        place_code: gate.code_of(&ticket),
        places_ahead,
        poll_after_seconds: match place {
            LinePlace::Undrawn => UNDRAWN_POLL_SECONDS,
            _ => places_ahead.map_or(1.5, poll),
        },
    };
    Ok(ctx.json(StatusCode::OK, &status))
}

pub async fn identity(ctx: &mut Context) -> Answered {
    let faults = claim_faults(&ctx.fields, korean_day(ctx.now));
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let claim = claim(&ctx.fields);
    let asked = asked(ctx, &claim, None);
    let challenge = ctx.app.identity.begin(claim, asked, ctx.now)?;
    let sent = ChallengeSent { challenge: challenge.token, expires_at: challenge.expires_at.to_string() };
    Ok(ctx.json(StatusCode::ACCEPTED, &sent))
}

pub async fn verify(ctx: &mut Context) -> Answered {
    let (challenge, code) = (ctx.fields.text("challenge"), ctx.fields.code("code"));
    let identity = ctx.app.identity.finish(&challenge, &code, ctx.now)?;
    let session = actions::begin_session(ctx, identity).await?;
    in_line::regain(ctx).await?;
    let ticket = ctx.ticket.map(|ticket| ctx.app.gate.seal(&ticket));
    let begun = SessionBegun {
        session: session.seal(&ctx.app.keys.tokens),
        expires_at: session.expires_at.to_string(),
        ticket,
    };
    Ok(ctx.json(StatusCode::OK, &begun))
}

pub async fn leave(ctx: &mut Context) -> Answered {
    actions::end_session(ctx).await?;
    Ok(ctx.json(StatusCode::OK, &Done { done: true }))
}

pub async fn pass(ctx: &mut Context) -> Answered {
    same_campaign(ctx, ctx.param("campaign"))?;
    let entered = actions::enter(ctx).await?;
    let given = PassGiven {
        pass: entered.pass.seal(&ctx.app.keys.tokens),
        expires_at: entered.pass.expires_at.to_string(),
        ends_at: entered.pass.ends_at.to_string(),
    };
    Ok(ctx.json(StatusCode::CREATED, &given))
}

pub async fn slots(ctx: &mut Context) -> Answered {
    same_campaign(ctx, ctx.param("campaign"))?;
    let app = std::sync::Arc::clone(&ctx.app);
    let clinic = ClinicId::parse(ctx.param("clinic"))
        .and_then(|id| app.country.clinic(id))
        .ok_or(Problem::NotFound)?;
    let mut days = Vec::new();
    for date in app.campaign().visits.days() {
        let slots = app.store.slots(app.campaign().id, clinic.id, date).await?;
        let times =
            slots.iter().map(|(min, counts)| TimeSlot { starts_at: clock_time(*min), free: counts.free() });
        if !slots.is_empty() {
            days.push(DaySlots { date: date.to_string(), times: times.collect() });
        }
    }
    Ok(ctx.json(StatusCode::OK, &ClinicSlots { clinic: clinic.id.to_string(), days }))
}

pub async fn hold(ctx: &mut Context) -> Answered {
    same_campaign(ctx, &ctx.fields.text("campaign"))?;
    let slot = slot_asked(ctx);
    // For the booker alone, whatever the pages prepared: a request means the same however often it is sent.
    let mut wanted = TakePlaces::for_oneself(ctx.app.campaign().id, ctx.booker()?.person, slot);
    let recipients = ctx.fields.several("recipients");
    if !recipients.is_empty() {
        wanted.recipients = people::referred_to(ctx, &recipients).await?;
    }
    if !ctx.fields.text("dose").is_empty() {
        // A number that no dose has is refused like one that this campaign does not give.
        wanted.dose = DoseNumber(u8::try_from(ctx.fields.number("dose")).unwrap_or(u8::MAX));
    }
    let booker = wanted.booker;
    let (id, hold) = actions::take_places(ctx, wanted).await?;
    let place = |place: &Place| PlaceHeld {
        recipient: reference(&ctx.app, booker, place.recipient),
        dose: place.dose.0,
        date: place.slot.visit_on.to_string(),
        time: clock_time(place.slot.starts_min),
    };
    let given = HoldGiven {
        hold: id.0.to_string(),
        clinic: slot.clinic.to_string(),
        date: slot.visit_on.to_string(),
        time: clock_time(slot.starts_min),
        expires_at: hold.expires_at.to_string(),
        places: hold.places.iter().map(place).collect(),
    };
    Ok(ctx.json(StatusCode::CREATED, &given))
}

/// Whoever was inside before comes in at once; the pass of this or that time is in the answer.
pub async fn change(ctx: &mut Context) -> Answered {
    same_campaign(ctx, &ctx.fields.text("campaign"))?;
    let number = ctx.fields.text("appointment");
    actions::own_live_appointment(ctx, &number).await?;
    let pass = match live_pass(ctx) {
        Ok(pass) => pass,
        Err(_) => actions::enter_to_change(ctx).await?.pass,
    };
    let (id, hold) = actions::hold_change(ctx, &number, slot_asked(ctx)).await?;
    let replaced = |one: &Replaced| PlaceSeen::of(one.appointment, one.slot);
    let held = ChangeHeld {
        hold: id.0.to_string(),
        expires_at: hold.expires_at.to_string(),
        from: hold.replaces.iter().map(replaced).collect(),
        to: hold
            .replaces
            .iter()
            .zip(&hold.places)
            .map(|(one, place)| PlaceSeen::of(one.appointment, place.slot))
            .collect(),
        pass: pass.seal(&ctx.app.keys.tokens),
    };
    Ok(ctx.json(StatusCode::CREATED, &held))
}

impl PlaceSeen {
    fn of(appointment: AppointmentId, slot: SlotId) -> Self {
        Self {
            number: appointment.number(),
            clinic: slot.clinic.to_string(),
            date: slot.visit_on.to_string(),
            time: clock_time(slot.starts_min),
        }
    }
}

pub async fn calendar(ctx: &mut Context) -> Answered {
    let (_, calendar) = calendar_of(ctx, ctx.param("number")).await?;
    Ok(ctx.json(StatusCode::OK, &CalendarGiven { calendar }))
}

fn slot_asked(ctx: &Context) -> SlotId {
    let fields = &ctx.fields;
    SlotId {
        clinic: fields.clinic("clinic"),
        visit_on: fields.day("date"),
        starts_min: fields.time_min("time"),
    }
}

pub async fn extend(ctx: &mut Context) -> Answered {
    let hold = HoldId(ctx.fields.number("hold"));
    let expires_at = actions::extend(ctx, hold).await?.to_string();
    Ok(ctx.json(StatusCode::OK, &HoldExtended { hold: hold.0.to_string(), expires_at }))
}

pub async fn release(ctx: &mut Context) -> Answered {
    actions::release(ctx, HoldId(ctx.fields.number("hold"))).await?;
    Ok(ctx.json(StatusCode::OK, &Done { done: true }))
}

pub async fn confirm(ctx: &mut Context) -> Answered {
    let booked = actions::confirm(ctx, HoldId(ctx.fields.number("hold"))).await?;
    let viewer = ctx.booker()?.person;
    let (id, appointment) = booked.first().expect("a hold has at least one place");
    let made = AppointmentMade {
        appointment: seen(ctx, viewer, *id, appointment),
        appointments: booked.iter().map(|(id, appointment)| seen(ctx, viewer, *id, appointment)).collect(),
    };
    Ok(ctx.json(StatusCode::CREATED, &made))
}

pub async fn appointments(ctx: &mut Context) -> Answered {
    let viewer = ctx.booker()?.person;
    let own = ctx.app.store.appointments_of(viewer).await?;
    let appointments = own.iter().map(|(id, appointment)| seen(ctx, viewer, *id, appointment)).collect();
    Ok(ctx.json(StatusCode::OK, &Appointments { appointments }))
}

pub async fn cancel(ctx: &mut Context) -> Answered {
    let number = ctx.fields.text("appointment");
    actions::cancel(ctx, &number).await?;
    Ok(ctx.json(StatusCode::OK, &Done { done: true }))
}

pub async fn outbox(ctx: &mut Context) -> Answered {
    let outbox = ctx.app.demo_outbox.as_ref().ok_or(Problem::NotFound)?;
    let messages = outbox.of_phone(&ctx.fields.phone("phone")).into_iter().map(|message| OutboxMessageSeen {
        text: message.text,
        code: message.code,
        sent_at: message.sent_at.to_string(),
    });
    let messages = OutboxMessages { messages: messages.collect() };
    Ok(ctx.json(StatusCode::OK, &messages))
}

pub async fn health(ctx: &mut Context) -> Answered {
    let phase = ctx.app.gate.published().phase.code();
    Ok(ctx.json(StatusCode::OK, &Health { alive: true, booking: ctx.app.booking_is_well(), phase }))
}

pub async fn openapi(ctx: &mut Context) -> Answered {
    Ok(ctx.json(StatusCode::OK, &description(&ctx.app.campaign().slug)))
}

fn same_campaign(ctx: &Context, slug: &str) -> Result<(), Problem> {
    if ctx.app.campaign().slug == slug { Ok(()) } else { Err(Refusal::CampaignUnknown.into()) }
}

fn seen(ctx: &Context, viewer: PersonId, id: AppointmentId, appointment: &Appointment) -> AppointmentSeen {
    let slot = appointment.place.slot;
    AppointmentSeen {
        number: id.number(),
        recipient: reference(&ctx.app, viewer, appointment.place.recipient),
        state: match appointment.state {
            AppointmentState::Booked => "booked",
            AppointmentState::Cancelled { .. } => "cancelled",
            AppointmentState::CheckedIn { .. } => "checked_in",
            AppointmentState::Fulfilled { .. } => "fulfilled",
            AppointmentState::NoShow { .. } => "no_show",
        },
        clinic: slot.clinic.to_string(),
        date: slot.visit_on.to_string(),
        time: clock_time(slot.starts_min),
        dose: appointment.place.dose.0,
        booked_at: appointment.booked_at.to_string(),
    }
}
