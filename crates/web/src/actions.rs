//! What can be done, for pages and programs alike: the same checks, the same keys, the same answers.

use crate::app::App;
use crate::claim::Claim;
use crate::context::Context;
use crate::cookies::Cookie;
use crate::draft::{Draft, MovedFrom};
use crate::error::Problem;
use crate::identity::VerifiedIdentity;
use crate::in_line;
use crate::people;
use crate::roster::RosterPerson;
use crate::session::Session;
use booking::rules::still_booked;
use booking::{
    Admission, Appointment, AppointmentId, Candidate, Hold, HoldId, Outcome, PersonAlias, PersonId,
    PersonKey, Place, Refusal, RemovalReason, SlotId, korean_day,
};
use jiff::Timestamp;
use std::sync::Arc;
use store::{Admit, Command, RenewAliases, StoreError, TakePlaces};
use waiting_room::Pass;

/// Who stands behind a request that a guard let through.
#[derive(Debug, Clone, Copy)]
pub struct Booker {
    pub person: PersonId,
}

impl Context {
    /// The verified person; the guards of the routes have made sure there is one.
    pub fn booker(&self) -> Result<Booker, Problem> {
        let session = self.session.ok_or(Refusal::IdentityNeeded)?;
        Ok(Booker { person: session.person })
    }

    /// For what cannot be undone: the person must have proved who they are a short while ago, not hours before on a
    /// browser that somebody else may have in hand by now.
    pub fn fresh_booker(&self) -> Result<Booker, Problem> {
        let booker = self.booker()?;
        let is_fresh = self.session.is_some_and(|session| session.is_fresh(self.now));
        if is_fresh { Ok(booker) } else { Err(Refusal::IdentityStale.into()) }
    }

    pub(crate) async fn do_keyed(&self, command: Command) -> Result<Outcome, Problem> {
        let request = self.keyed(command)?;
        Ok(self.app.watching.achieved(self.app.store.execute(request).await??))
    }
}

/// Ends an identity check: finds or registers the person, begins a session under a new id and ends the one that was
/// there. The person is found by what the provider calls them, or by number and name, as a helper named them.
pub async fn begin_session(ctx: &mut Context, identity: VerifiedIdentity) -> Result<Session, Problem> {
    let VerifiedIdentity { provider, subject, claim, next: _ } = identity;
    let keys = &ctx.app.keys;
    name_anew(&ctx.app, &claim).await?;
    let aliases = vec![keys.subject_alias(provider, &subject), keys.pair_alias(&claim.number, &claim.name)];
    let key = key_of(&ctx.app, &aliases).await?;
    let register = Command::Register { aliases, sealed: seal_person(&ctx.app, key, &claim)? };
    let registered = ctx.app.store.execute(register.into()).await??;
    let Outcome::Registered(person) = registered else { unreachable!("registering registers") };
    if let Some(before) = ctx.session.take() {
        end(ctx, before).await?;
    }
    let session = Session::begin(ctx.app.random.bytes(), person, ctx.now);
    ctx.session = Some(session);
    let token = session.seal(&ctx.app.keys.tokens);
    ctx.set_cookie(Cookie::Session, &token);
    Ok(session)
}

/// Where a sealed person stands; a ciphertext from elsewhere does not open here.
const SEALED_PERSON: &str = "person/sealed";

/// On every device that has it, for ever.
async fn end(ctx: &Context, session: Session) -> Result<(), Problem> {
    let command = Command::EndSession { session: session.id, until: session.expires_at };
    ctx.app.store.execute(command.into()).await??;
    Ok(())
}

pub async fn end_session(ctx: &mut Context) -> Result<(), Problem> {
    if let Some(session) = ctx.session.take() {
        end(ctx, session).await?;
    }
    for cookie in [
        Cookie::Session,
        Cookie::Pass,
        Cookie::Challenge,
        Cookie::RecipientCode,
        Cookie::Typed,
        Cookie::Prepared,
    ] {
        ctx.clear_cookie(cookie);
    }
    Ok(())
}

/// A person as they proved to be, out of the sealed record.
pub async fn person_card(ctx: &Context, person: PersonId) -> Result<Claim, Problem> {
    let record = ctx.app.store.person(person).await?.ok_or(Refusal::IdentityNeeded)?;
    let card = open_person(&ctx.app, &record.sealed);
    card.ok_or_else(|| StoreError::Corrupt { at: format!("person {}", person.0) }.into())
}

/// The key of whoever is known by one of these names, a new one for whoever is not. Somebody whose key was destroyed is
/// known no longer, also where an old backup still says so.
async fn key_of(app: &App, aliases: &[PersonAlias]) -> Result<PersonKey, StoreError> {
    if let Some(person) = app.store.named(aliases.to_vec()).await?
        && let Some(key) = key_of_person(app, person).await?
    {
        if !app.keys.people.is_destroyed(key) {
            return Ok(key);
        }
        // A refusal: they were removed meanwhile.
        let remove = Command::Remove { person, reason: RemovalReason::KeyGone };
        let _ = app.store.execute(remove.into()).await?;
    }
    new_key(app)
}

/// Whoever is found under the former key of names alone is named by the newest from now on.
pub(crate) async fn name_anew(app: &App, claim: &Claim) -> Result<(), StoreError> {
    let Some(former) = app.keys.former_pair_alias(&claim.number, &claim.name) else { return Ok(()) };
    let newest = app.keys.pair_alias(&claim.number, &claim.name);
    if app.store.named(vec![newest]).await?.is_some() {
        return Ok(());
    }
    if let Some(person) = app.store.named(vec![former]).await? {
        let renew = RenewAliases { person, old: vec![former], new: vec![newest] };
        // A refusal: they were removed meanwhile.
        let _ = app.store.execute(Command::RenewAliases(renew).into()).await?;
    }
    Ok(())
}

/// None of somebody who is sealed as it was before people had keys of their own.
pub(crate) async fn key_of_person(app: &App, person: PersonId) -> Result<Option<PersonKey>, StoreError> {
    Ok(app.store.person(person).await?.and_then(|record| store::sealed::person_key(&record.sealed)))
}

pub(crate) fn new_key(app: &App) -> Result<PersonKey, StoreError> {
    app.keys.people.next().map_err(|error| StoreError::unavailable_because("no key for a person", error))
}

/// As the store keeps a person; each time another ciphertext.
///
/// # Errors
/// [`Refusal::IdentityNeeded`] if the key was destroyed a moment ago: whoever comes again is somebody new.
pub(crate) fn seal_person(app: &App, key: PersonKey, claim: &Claim) -> Result<Vec<u8>, Refusal> {
    let card = serde_json::to_vec(claim).expect("plain data becomes JSON");
    app.keys.cipher.seal_for(key, SEALED_PERSON, &card).ok_or(Refusal::IdentityNeeded)
}

pub(crate) fn open_person(app: &App, sealed: &[u8]) -> Option<Claim> {
    let plain = app.keys.cipher.open(SEALED_PERSON, sealed)?;
    serde_json::from_slice(&plain).ok()
}

/// What the gate let through: the record in the ledger and the signed pass.
#[derive(Debug, Clone, Copy)]
pub struct Entered {
    pub admission: Admission,
    pub pass: Pass,
}

/// Exchanges a called ticket for a pass. Who has an appointment is told so at the door, not after choosing a time. Who was admitted before comes in again at once, whatever the line does.
pub async fn enter(ctx: &mut Context) -> Result<Entered, Problem> {
    let person = ctx.booker()?.person;
    if let Some(refusal) = booked_for_nothing_else(ctx, person).await? {
        return Err(refusal.into());
    }
    enter_to_change(ctx).await
}

/// As [`enter`], for somebody who comes in to move an appointment.
pub async fn enter_to_change(ctx: &mut Context) -> Result<Entered, Problem> {
    let gate = Arc::clone(&ctx.app.gate);
    let person = ctx.booker()?.person;
    let campaign = gate.campaign.id;
    let earlier = ctx.app.store.admission(campaign, person).await?;
    let (ticket, queue_number) = match earlier {
        Some(admission) => (admission.ticket, admission.queue_number),
        None => in_line::called(ctx, &gate).await?,
    };
    let claim = person_card(ctx, person).await?;
    let candidate = candidate(&ctx.app, &claim).await?;
    let admit = Command::Admit(Admit { campaign, person, candidate, ticket, queue_number });
    let outcome = ctx.app.watching.achieved(ctx.app.store.execute(admit.into()).await??);
    let Outcome::Admitted(admission) = outcome else { unreachable!("admitting admits") };
    let limits = gate.campaign.limits;
    let pass = Pass {
        campaign: gate.tag,
        booker: person.0,
        epoch: gate.pass_epoch(),
        expires_at: (ctx.now + limits.pass_idle).min(admission.expires_at),
        ends_at: admission.expires_at,
    };
    ctx.pass = Some(pass);
    let token = pass.seal(&ctx.app.keys.tokens);
    ctx.set_cookie(Cookie::Pass, &token);
    Ok(Entered { admission, pass })
}

/// What is known of somebody for the group of the campaign. The roster is asked only where one is needed, and its birth
/// date counts.
///
/// # Errors
/// [`Problem::Store`] if the roster cannot be read: nobody is told they are not on it.
pub async fn candidate(app: &Arc<App>, claim: &Claim) -> Result<Candidate, Problem> {
    if !app.campaign().group.roster_needed {
        return Ok(Candidate { born_on: claim.born_on, on_roster: false });
    }
    let listed = roster_person(app, claim).await?;
    let born_on = listed.as_ref().map_or(claim.born_on, |listed| listed.born_on);
    Ok(Candidate { born_on, on_roster: listed.is_some() })
}

/// Who is on the roster for this campaign under that number and name.
pub(crate) async fn roster_person(app: &Arc<App>, claim: &Claim) -> Result<Option<RosterPerson>, Problem> {
    let (asked, keys) = (Arc::clone(app), &app.keys);
    // The list may still be the one that was made with the key before; both are asked, whoever it is.
    let newest = keys.pair_alias(&claim.number, &claim.name);
    let pairs: Vec<PersonAlias> =
        std::iter::once(newest).chain(keys.former_pair_alias(&claim.number, &claim.name)).collect();
    let looked_up = tokio::task::spawn_blocking(move || {
        let find = |pair: PersonAlias| Ok(asked.roster.find(pair)?.map(|entry| (pair, entry)));
        pairs.into_iter().map(find).collect::<Result<Vec<_>, StoreError>>()
    });
    let found = looked_up.await.map_err(|_| Problem::Bug)??.into_iter().flatten().next();
    let unreadable = || StoreError::Corrupt { at: "an entry of the roster".to_owned() };
    let open = |(pair, entry)| RosterPerson::open(&app.keys, pair, &entry).ok_or_else(unreadable);
    let listed = found.map(open).transpose()?;
    let of_campaign =
        |listed: &RosterPerson| listed.group.as_ref().is_none_or(|slug| *slug == app.campaign().slug);
    Ok(listed.filter(of_campaign))
}

/// The appointment of somebody who comes in for themselves alone, and not to change it.
async fn booked_for_nothing_else(ctx: &Context, person: PersonId) -> Result<Option<Refusal>, Problem> {
    let party = people::party(ctx).await?;
    let for_oneself = party.is_empty() || party.contains(&person);
    if !ctx.draft().await?.changes.is_empty() || !for_oneself {
        return Ok(None);
    }
    let own = ctx.app.store.appointments_of(person).await?;
    Ok(people::first_dose(&own, person).map(people::in_the_way))
}

/// For whom, and whether as a change, says what the person prepared.
pub async fn hold(ctx: &Context, slot: SlotId) -> Result<(HoldId, Hold), Problem> {
    take_places(ctx, places_wanted(ctx, slot).await?).await
}

/// A new place for one appointment; the old one is kept until the hold is confirmed.
pub async fn hold_change(ctx: &Context, number: &str, at: SlotId) -> Result<(HoldId, Hold), Problem> {
    let (_, appointment) = own_live_appointment(ctx, number).await?;
    let wanted = TakePlaces::for_oneself(ctx.app.campaign().id, ctx.fresh_booker()?.person, at);
    let Place { recipient, dose, .. } = appointment.place;
    take_places(ctx, TakePlaces { recipients: vec![recipient], dose, is_change: true, ..wanted }).await
}

pub async fn take_places(ctx: &Context, wanted: TakePlaces) -> Result<(HoldId, Hold), Problem> {
    match ctx.do_keyed(Command::Hold(wanted)).await? {
        Outcome::Held { id, hold } => Ok((id, hold)),
        other => unreachable!("holding holds, not {other:?}"),
    }
}

pub async fn places_wanted(ctx: &Context, at: SlotId) -> Result<TakePlaces, Problem> {
    let booker = ctx.booker()?.person;
    let draft = ctx.draft().await?;
    let wanted = TakePlaces::for_oneself(ctx.app.campaign().id, booker, at);
    if draft.changes.is_empty() {
        let party = people::party(ctx).await?;
        // Where there is nobody, the ledger says why.
        let recipients = if party.is_empty() { vec![booker] } else { party };
        return Ok(TakePlaces { recipients, ..wanted });
    }
    let own = to_be_moved(ctx, &draft).await?;
    let dose = own.first().map(|(_, one)| one.place.dose).ok_or(Refusal::AppointmentUnknown)?;
    let recipients = own.iter().map(|(_, one)| one.place.recipient).collect();
    Ok(TakePlaces { recipients, dose, is_change: true, ..wanted })
}

/// The appointments that a draft means to move, as far as they are live and one's own.
pub async fn to_be_moved(ctx: &Context, draft: &Draft) -> Result<Vec<(AppointmentId, Appointment)>, Problem> {
    let changes = draft.changes();
    let mut own = ctx.app.store.appointments_of(ctx.booker()?.person).await?;
    own.retain(|(id, one)| changes.contains(id) && one.is_live());
    Ok(own)
}

pub async fn extend(ctx: &Context, hold: HoldId) -> Result<Timestamp, Problem> {
    match ctx.do_keyed(Command::Extend { booker: ctx.booker()?.person, hold }).await? {
        Outcome::Extended { expires_at, .. } => Ok(expires_at),
        other => unreachable!("extending extends, not {other:?}"),
    }
}

pub async fn release(ctx: &Context, hold: HoldId) -> Result<(), Problem> {
    ctx.do_keyed(Command::Release { booker: ctx.booker()?.person, hold }).await.map(drop)
}

pub async fn confirm(ctx: &Context, hold: HoldId) -> Result<Vec<(AppointmentId, Appointment)>, Problem> {
    let booker = ctx.booker()?.person;
    let held = ctx.app.store.hold_of(ctx.app.campaign().id, booker).await?;
    // Pressed twice, the hold is gone and what it moved is known already.
    let moved = held.filter(|(id, _)| *id == hold).map(|(_, hold)| hold.replaces);
    let made = match ctx.do_keyed(Command::Confirm { booker, hold }).await? {
        Outcome::Booked(appointments) | Outcome::Moved(appointments) => appointments.to_vec(),
        other => unreachable!("confirming books, not {other:?}"),
    };
    let finished = ctx.change_draft(|draft| {
        draft.party.clear();
        draft.changes.clear();
        if let Some(moved) = moved {
            draft.moved = moved.iter().map(MovedFrom::from).collect();
        }
        draft.declined = None;
    });
    // The booking stands; a draft that could not be put away must not hide it.
    if finished.await.is_err() {
        tracing::warn!("the draft of a finished booking was not put away");
    }
    Ok(made)
}

/// By the number a person sees; a number of somebody else is as unknown as one of nobody.
pub async fn cancel(ctx: &Context, number: &str) -> Result<AppointmentId, Problem> {
    let person = ctx.fresh_booker()?.person;
    let (appointment, _) = own_appointment(ctx, number).await?;
    ctx.do_keyed(Command::Cancel { person, appointment }).await?;
    if stop_changing(ctx, |id| id == appointment).await.is_err() {
        tracing::warn!("the draft of a cancelled appointment was not put away");
    }
    Ok(appointment)
}

/// Puts away the intent to move those appointments, and gives back the place that was held for it.
pub async fn stop_changing(ctx: &Context, which: impl Fn(AppointmentId) -> bool) -> Result<(), Problem> {
    ctx.change_draft(|draft| draft.changes.retain(|id| !which(AppointmentId(*id)))).await?;
    let booker = ctx.booker()?.person;
    let held = ctx.app.store.hold_of(ctx.app.campaign().id, booker).await?;
    let is_for_it = |hold: &Hold| hold.replaces.iter().any(|replaced| which(replaced.appointment));
    if let Some((id, _)) = held.filter(|(_, hold)| is_for_it(hold)) {
        // It may have run out in this moment, which is as good.
        let _ = ctx.app.store.execute(Command::Release { booker, hold: id }.into()).await?;
    }
    Ok(())
}

pub async fn own_appointment(ctx: &Context, number: &str) -> Result<(AppointmentId, Appointment), Problem> {
    let own = ctx.app.store.appointments_of(ctx.booker()?.person).await?;
    let found = own.into_iter().find(|(id, _)| id.number() == number);
    found.ok_or_else(|| Refusal::AppointmentUnknown.into())
}

/// One that stands, and can still be changed here.
pub async fn own_live_appointment(
    ctx: &Context,
    number: &str,
) -> Result<(AppointmentId, Appointment), Problem> {
    let (id, appointment) = own_appointment(ctx, number).await?;
    still_booked(id, &appointment)?;
    let until_on = ctx.app.campaign().cancel_until(appointment.place.slot.visit_on);
    if korean_day(ctx.now) > until_on {
        return Err(Refusal::CancelTooLate { until_on }.into());
    }
    Ok((id, appointment))
}
