//! 대기 예약: a standing request for a place, and the answer to what is offered. Shared by pages and programs.

use crate::context::Context;
use crate::error::Problem;
use crate::fields::{Field, Kind};
use crate::people::{self, Recipient, reference};
use booking::{
    Appointment, AppointmentId, ClinicId, Outcome, PersonId, Refusal, RegionCode, WaitId, WaitScope,
    korean_day,
};
use jiff::civil::Date;
use store::{Command, Wait, WaitRecord};

pub(crate) const PLACE: &[Field] = &[Field { name: "place", kind: Kind::WaitPlace }];
pub(crate) const WAIT_OPTIONAL: &[Field] = &[
    Field { name: "recipient", kind: Kind::Reference },
    Field { name: "from", kind: Kind::Day },
    Field { name: "until", kind: Kind::Day },
];
pub(crate) const WAIT: &[Field] = &[Field { name: "wait", kind: Kind::Number }];

/// A clinic, or a 시·군·구, as people and programs name them.
pub(crate) fn scope_of(text: &str) -> Option<WaitScope> {
    let text = text.trim();
    let clinic = ClinicId::parse(text).map(WaitScope::Clinic);
    clinic.or_else(|| RegionCode::parse(text).map(WaitScope::Sigungu))
}

pub(crate) fn name_of(scope: WaitScope) -> String {
    match scope {
        WaitScope::Clinic(clinic) => clinic.to_string(),
        WaitScope::Sigungu(region) => region.to_string(),
    }
}

/// Those for whom this person may wait: in the group, and without a first dose.
pub(crate) async fn may_wait(ctx: &Context) -> Result<Vec<Recipient>, Problem> {
    let mut all = people::recipients(ctx).await?;
    all.retain(|one| one.eligible && one.booked.is_none());
    Ok(all)
}

/// The days on which a first dose can still be had after a wait.
pub(crate) fn days(ctx: &Context) -> Vec<Date> {
    let today = korean_day(ctx.now);
    ctx.app.campaign().visits.days().filter(|day| *day > today).collect()
}

/// What was sent, well-formed: `from` without `until` means from then on, and the other way round.
pub async fn join(ctx: &Context) -> Result<WaitId, Problem> {
    let campaign = ctx.app.campaign();
    let booker = ctx.booker()?.person;
    let fields = &ctx.fields;
    let scope = scope_of(fields.typed("place")).ok_or(Refusal::WaitScopeUnknown)?;
    let recipient = if fields.is_sent("recipient") {
        referred_to(ctx, booker, &fields.text("recipient")).await?
    } else {
        booker
    };
    let day = |name| fields.is_sent(name).then(|| fields.day(name));
    let days = match (day("from"), day("until")) {
        (None, None) => None,
        (from, until) => {
            Some((from.unwrap_or(campaign.visits.first_on), until.unwrap_or(campaign.visits.last_on)))
        }
    };
    let wait = Wait { campaign: campaign.id, booker, recipient, scope, days };
    match ctx.do_keyed(Command::Wait(wait)).await? {
        Outcome::Waiting { id, .. } => Ok(id),
        other => unreachable!("waiting waits, not {other:?}"),
    }
}

async fn referred_to(ctx: &Context, booker: PersonId, wanted: &str) -> Result<PersonId, Problem> {
    let all = people::recipients(ctx).await?;
    let found = all.iter().find(|one| reference(&ctx.app, booker, one.person) == wanted);
    Ok(found.map(|one| one.person).ok_or(Refusal::RecipientUnknown)?)
}

/// The person's own entry, and those of the people they help.
pub async fn own(ctx: &Context) -> Result<Vec<WaitRecord>, Problem> {
    let mut own = ctx.app.store.waits_of(ctx.booker()?.person).await?;
    own.retain(|record| record.entry.campaign == ctx.app.campaign().id);
    Ok(own)
}

pub async fn leave(ctx: &Context) -> Result<(), Problem> {
    let (by, wait) = named(ctx)?;
    ctx.do_keyed(Command::LeaveWaiting { by, wait }).await.map(drop)
}

pub async fn decline(ctx: &Context) -> Result<(), Problem> {
    let (by, wait) = named(ctx)?;
    ctx.do_keyed(Command::DeclineOffer { by, wait }).await.map(drop)
}

/// Books what is offered: without pass or line, because whoever waited has waited enough.
pub async fn accept(ctx: &Context) -> Result<Vec<(AppointmentId, Appointment)>, Problem> {
    let (by, wait) = named(ctx)?;
    match ctx.do_keyed(Command::AcceptOffer { by, wait }).await? {
        Outcome::Booked(made) => Ok(made),
        other => unreachable!("accepting books, not {other:?}"),
    }
}

fn named(ctx: &Context) -> Result<(PersonId, WaitId), Problem> {
    let faults = ctx.fields.faults(WAIT);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    Ok((ctx.booker()?.person, WaitId(ctx.fields.number("wait"))))
}
