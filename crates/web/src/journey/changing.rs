//! `/my/change`, `/my/change/stop`: another time or place, while the old one is kept.

use crate::actions;
use crate::context::Context;
use crate::draft::MovedFrom;
use crate::error::Problem;
use crate::fields::{Field, Kind};
use crate::journey::enter;
use crate::journey::my::too_late;
use crate::pages::ChangingBanner;
use crate::pages::change::ChangeWaitPage;
use crate::pages::parts::{Move, VisitPlace};
use crate::pages::too_late::Wanted;
use crate::people::first_dose;
use crate::serve::live_pass;
use crate::wording::civil_time;
use axum::body::Body;
use booking::{Appointment, AppointmentId, DoseNumber, Hold, Refusal, SlotId};
use http::Response;
use hyper::http;
use jiff::civil::Date;

const APPOINTMENT: [Field; 1] = [Field { name: "appointment", kind: Kind::AppointmentNumber }];

/// What somebody is about to move.
#[derive(Debug, Clone)]
pub struct Changing {
    /// At least one, all of the same dose.
    appointments: Vec<(AppointmentId, Appointment)>,
    /// For a second dose: the days on which it may be, both ends included.
    between: Option<(Date, Date)>,
}

impl Changing {
    /// None where nothing is to be moved, or what was to be moved is gone.
    pub(crate) async fn of(ctx: &Context) -> Result<Option<Self>, Problem> {
        let draft = ctx.draft().await?;
        if draft.changes.is_empty() {
            return Ok(None);
        }
        let appointments = actions::to_be_moved(ctx, &draft).await?;
        let Some((_, first)) = appointments.first() else { return Ok(None) };
        let between =
            if first.place.dose == DoseNumber(2) { interval(ctx, &appointments).await? } else { None };
        Ok(Some(Self { appointments, between }))
    }

    pub(crate) fn banner(&self, ctx: &Context) -> ChangingBanner {
        let place =
            |(_, one): &(AppointmentId, Appointment)| visit_place(ctx, one.place.dose, one.place.slot);
        let places = self.appointments.iter().map(place).collect();
        ChangingBanner { csrf: ctx.csrf(), key: ctx.fresh_key(), places, can_go_on: live_pass(ctx).is_ok() }
    }
}

/// The days that fit the first doses of everybody whose second is moved.
async fn interval(
    ctx: &Context,
    seconds: &[(AppointmentId, Appointment)],
) -> Result<Option<(Date, Date)>, Problem> {
    let own = ctx.app.store.appointments_of(ctx.booker()?.person).await?;
    let firsts = seconds.iter().filter_map(|(_, second)| first_dose(&own, second.place.recipient));
    let spans = firsts.map(|(_, first)| ctx.app.campaign().dose_interval.after(first.place.slot.visit_on));
    Ok(spans.reduce(|one, other| (one.0.max(other.0), one.1.min(other.1))))
}

impl Context {
    /// The days that fit what the person is choosing: first doses, or the second dose that is being moved.
    pub(crate) fn days_wanted(&self) -> Vec<Date> {
        let campaign = self.app.campaign();
        match self.changing.as_ref().and_then(|changing| changing.between) {
            Some((from, until)) => {
                let fits =
                    |day: &Date| (from..=until).contains(day) && campaign.gives_dose_on(DoseNumber(2), *day);
                campaign.days().filter(fits).collect()
            }
            None => campaign.visits.days().collect(),
        }
    }
}

pub async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let faults = ctx.fields.faults(&APPOINTMENT);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    ctx.fresh_booker()?;
    let number = ctx.fields.text("appointment");
    let (id, _) = match actions::own_live_appointment(ctx, &number).await {
        Err(Problem::Refused(refusal @ Refusal::CancelTooLate { .. })) => {
            return too_late(ctx, &number, &refusal, Wanted::Change).await;
        }
        other => other?,
    };
    ctx.change_draft(|draft| draft.changes = vec![id.0]).await?;
    if live_pass(ctx).is_ok() {
        return Ok(ctx.see_other("/book"));
    }
    match actions::enter_to_change(ctx).await {
        Ok(_) => Ok(ctx.see_other("/book")),
        Err(Problem::Refused(Refusal::EntranceBusy { retry_after_s })) => {
            Ok(ctx.page(&enter::entering(ctx, retry_after_s)))
        }
        Err(Problem::Refused(Refusal::NotYourTurn { .. } | Refusal::TicketNeeded)) => {
            ctx.changing = Changing::of(ctx).await?;
            Ok(ctx.page(&ChangeWaitPage { chrome: ctx.chrome(), has_ticket: ctx.ticket.is_some() }))
        }
        Err(other) => Err(other),
    }
}

/// The old place was never touched: there is nothing to undo.
pub async fn stop(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    actions::stop_changing(ctx, |_| true).await?;
    Ok(ctx.see_other("/my"))
}

pub(crate) fn visit_place(ctx: &Context, dose: DoseNumber, slot: SlotId) -> VisitPlace {
    let clinic = ctx.app.country.clinic(slot.clinic).expect("appointments are at clinics of the country");
    VisitPlace {
        dose_number: dose.0,
        date: slot.visit_on,
        time: civil_time(slot.starts_min),
        clinic_name: clinic.name.clone(),
    }
}

/// What a held change would move; nothing for a new booking.
pub(crate) async fn moves_of(ctx: &Context, hold: &Hold) -> Result<Vec<Move>, Problem> {
    let mut moves = Vec::new();
    for (place, replaced) in hold.places.iter().zip(&hold.replaces) {
        moves.push(Move {
            number: replaced.appointment.number(),
            recipient_name: actions::person_card(ctx, place.recipient).await?.name,
            from: visit_place(ctx, place.dose, replaced.slot),
            to: visit_place(ctx, place.dose, place.slot),
        });
    }
    Ok(moves)
}

/// What the last change moved, of one person, as far as it still stands there.
pub(crate) async fn last_moves(
    ctx: &Context,
    own: &[(AppointmentId, Appointment)],
    of: &Appointment,
) -> Result<Vec<Move>, Problem> {
    let recipient = of.place.recipient;
    let name = actions::person_card(ctx, recipient).await?.name;
    let to_move = |moved: &MovedFrom| {
        let id = AppointmentId(moved.appointment);
        let (_, one) = own.iter().find(|(other, _)| *other == id)?;
        let stands = one.is_live() && one.place.recipient == recipient;
        stands.then(|| Move {
            number: id.number(),
            recipient_name: name.clone(),
            from: visit_place(ctx, one.place.dose, moved.slot()),
            to: visit_place(ctx, one.place.dose, one.place.slot),
        })
    };
    Ok(ctx.draft().await?.moved.iter().filter_map(to_move).collect())
}
