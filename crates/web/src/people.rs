//! Who books for whom: naming a recipient, giving it up, withdrawing the leave, and the party of a booking.
//!
//! People name each other by references: keyed hashes that mean something to one person only. None can be guessed,
//! none stands for anybody in another person's hands.

use crate::actions::{candidate, new_key, person_card, roster_person, seal_person};
use crate::app::App;
use crate::claim::Claim;
use crate::context::Context;
use crate::error::Problem;
use crate::person_name;
use crate::published::hex;
use booking::{
    Appointment, AppointmentId, Candidate, ConsentVersion, Delegation, DoseNumber, Outcome, PersonAlias,
    PersonId, Refusal, Relation,
};
use jiff::Timestamp;
use store::{Command, Delegate};

/// Somebody who may be booked for by this person, as far as this person may see them.
pub struct Recipient {
    pub person: PersonId,
    pub card: Claim,
    /// None for the booker.
    pub delegation: Option<Delegation>,
    pub eligible: bool,
    /// The first dose that is booked, or was given.
    pub booked: Option<(AppointmentId, Appointment)>,
}

/// Somebody who may book for this person, or from whom the leave was taken.
pub struct Helper {
    pub person: PersonId,
    pub card: Claim,
    pub delegation: Delegation,
    /// When this person agreed by a code.
    pub proved_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// What a helper says of a recipient, read and well-formed.
pub struct Named {
    /// Its phone is empty where none was given.
    pub claim: Claim,
    pub relation: Relation,
    pub consent: ConsentVersion,
}

/// How `viewer` names `other`.
pub fn reference(app: &App, viewer: PersonId, other: PersonId) -> String {
    let PersonAlias(mac) = app.keys.alias("reference", &format!("{}|{}", viewer.0, other.0));
    hex(&mac[..crate::fields::REFERENCE_LENGTH / 2])
}

/// The booker first, then those for whom they may act, in the order in which they were named.
pub async fn recipients(ctx: &Context) -> Result<Vec<Recipient>, Problem> {
    let booker = ctx.booker()?.person;
    let own = ctx.app.store.appointments_of(booker).await?;
    let card = person_card(ctx, booker).await?;
    let campaign = ctx.app.campaign();
    let admission = ctx.app.store.admission(campaign.id, booker).await?;
    let eligible = match admission {
        Some(admission) => admission.eligible,
        None => campaign.group.contains(candidate(&ctx.app, &card).await?),
    };
    let booked = first_dose(&own, booker).copied();
    let mut all = vec![Recipient { person: booker, card, delegation: None, eligible, booked }];
    let mut given = ctx.app.store.delegations_of(booker).await?;
    given.retain(|one| one.is_live() && (one.booker, one.campaign) == (booker, campaign.id));
    given.sort_by_key(|one| (one.delegation.given_at, one.recipient));
    for one in given {
        all.push(Recipient {
            person: one.recipient,
            card: person_card(ctx, one.recipient).await?,
            delegation: Some(one.delegation),
            eligible: one.delegation.eligible,
            booked: first_dose(&own, one.recipient).copied(),
        });
    }
    Ok(all)
}

/// The first dose of somebody that is booked, or was given.
pub(crate) fn first_dose(
    own: &[(AppointmentId, Appointment)],
    person: PersonId,
) -> Option<&(AppointmentId, Appointment)> {
    let is_it =
        |one: &Appointment| one.stands() && (one.place.recipient, one.place.dose) == (person, DoseNumber(1));
    own.iter().find(|(_, one)| is_it(one))
}

/// Why a dose that is booked or given is not booked again.
pub(crate) fn in_the_way((id, appointment): &(AppointmentId, Appointment)) -> Refusal {
    if appointment.is_given() {
        Refusal::AlreadyFulfilled { appointment: *id, visit_on: appointment.place.slot.visit_on }
    } else {
        Refusal::AlreadyBooked { appointment: *id }
    }
}

/// For whom places are taken next: whom the person chose; otherwise the person, or where that cannot be, everybody
/// else who has none.
pub async fn party(ctx: &Context) -> Result<Vec<PersonId>, Problem> {
    let chosen = ctx.draft().await?.party();
    if chosen.is_empty() { Ok(default_party(&recipients(ctx).await?)) } else { Ok(chosen) }
}

pub(crate) fn default_party(all: &[Recipient]) -> Vec<PersonId> {
    let open = || all.iter().filter(|one| one.eligible && one.booked.is_none());
    let themselves = open().find(|one| one.delegation.is_none());
    match themselves {
        Some(themselves) => vec![themselves.person],
        None => open().map(|one| one.person).collect(),
    }
}

/// Saves for whom places are taken next. A change that was being prepared is dropped: this is a new booking.
pub async fn choose_party(ctx: &Context, references: &[&str]) -> Result<(), Problem> {
    let booker = ctx.booker()?.person;
    let mut chosen = Vec::new();
    for one in recipients(ctx).await? {
        if !references.contains(&reference(&ctx.app, booker, one.person).as_str()) {
            continue;
        }
        if let Some(known) = &one.booked {
            return Err(in_the_way(known).into());
        }
        chosen.push(one.person.0);
    }
    if chosen.is_empty() || chosen.len() < references.len() {
        return Err(Refusal::RecipientUnknown.into());
    }
    let save = ctx.change_draft(|draft| {
        draft.party = chosen;
        draft.changes.clear();
    });
    save.await.map(drop)
}

/// Names somebody to book for. They are added to the party, and told at the phone that is on record.
///
/// Not where the campaign wants a code from the recipient: [`crate::recipient_code`] stands there instead.
pub async fn add(ctx: &Context, named: Named) -> Result<PersonId, Problem> {
    let booker = ctx.booker()?.person;
    not_oneself(ctx, &named.claim).await?;
    let pair = ctx.app.keys.pair_alias(&named.claim.number, &named.claim.name);
    let (claim, on_roster) = known_pair(ctx, booker, pair, named.claim).await?;
    delegate(ctx, Named { claim, ..named }, on_roster, None).await
}

/// Nobody needs leave for themselves. Judged by what the helper proved and typed alone.
pub(crate) async fn not_oneself(ctx: &Context, claim: &Claim) -> Result<(), Problem> {
    let own = person_card(ctx, ctx.booker()?.person).await?;
    let same_name = person_name::normalised(&own.name) == person_name::normalised(&claim.name);
    let is_oneself = same_name && own.born_on == claim.born_on;
    if is_oneself { Err(Refusal::RecipientIsBooker.into()) } else { Ok(()) }
}

/// Writes it down. The claim is what is known of the recipient; `code_sent_at`: when the code was sent that they read
/// out.
pub(crate) async fn delegate(
    ctx: &Context,
    named: Named,
    on_roster: bool,
    code_sent_at: Option<Timestamp>,
) -> Result<PersonId, Problem> {
    let Named { claim, relation, consent } = named;
    let command = Command::Delegate(Delegate {
        campaign: ctx.app.campaign().id,
        booker: ctx.booker()?.person,
        aliases: vec![ctx.app.keys.pair_alias(&claim.number, &claim.name)],
        // Kept only of somebody of whom nothing is known yet.
        sealed: seal_person(&ctx.app, new_key(&ctx.app)?, &claim)?,
        candidate: Candidate { born_on: claim.born_on, on_roster },
        relation,
        consent,
        code_sent_at,
    });
    let Outcome::DelegationGiven(recipient) = ctx.app.store.execute(command.into()).await?? else {
        unreachable!("delegating delegates")
    };
    join_party(ctx, recipient).await?;
    Ok(recipient)
}

/// What is known of the pair, and whether it is on the roster. Where the campaign needs one, a pair that is not on it
/// is unknown, whichever half of it is wrong: one look-up of one hash says so.
async fn known_pair(
    ctx: &Context,
    booker: PersonId,
    pair: PersonAlias,
    said: Claim,
) -> Result<(Claim, bool), Problem> {
    if !ctx.app.campaign().group.roster_needed {
        return Ok((said, false));
    }
    let tries = &ctx.app.pair_tries;
    tries.begin(booker, ctx.now).map_err(|again_at| Refusal::TooManyPairs { again_at })?;
    let listed = roster_person(&ctx.app, pair).await;
    if !matches!(listed, Ok(None)) {
        tries.was_right(booker, ctx.now);
    }
    let Some(listed) = listed? else {
        if tries.was_wrong(ctx.now) {
            tracing::warn!("many names and numbers that do not belong together were tried");
        }
        return Err(Refusal::PairUnknown.into());
    };
    let phone = listed.phone.unwrap_or(said.phone);
    Ok((Claim { name: listed.name, born_on: listed.born_on, phone, ..said }, true))
}

async fn join_party(ctx: &Context, recipient: PersonId) -> Result<(), Problem> {
    let all = recipients(ctx).await?;
    if all.iter().any(|one| one.person == recipient && one.booked.is_some()) {
        return Ok(());
    }
    let join = ctx.change_draft(|draft| {
        if draft.party.is_empty() {
            draft.party = default_party(&all).iter().map(|person| person.0).collect();
        }
        if !draft.party.contains(&recipient.0) {
            draft.party.push(recipient.0);
        }
    });
    join.await.map(drop)
}

/// By the reference that this person knows them by.
pub async fn find_recipient(ctx: &Context, wanted: &str) -> Result<Recipient, Problem> {
    let booker = ctx.booker()?.person;
    let mut all = recipients(ctx).await?;
    all.retain(|one| one.delegation.is_some() && reference(&ctx.app, booker, one.person) == wanted);
    all.pop().ok_or_else(|| Refusal::RecipientUnknown.into())
}

pub async fn stop(ctx: &Context, wanted: &str) -> Result<(), Problem> {
    let (booker, recipient) = (ctx.booker()?.person, find_recipient(ctx, wanted).await?.person);
    let campaign = ctx.app.campaign().id;
    let end = Command::EndDelegation { campaign, by: booker, booker, recipient };
    ctx.app.store.execute(end.into()).await??;
    ctx.change_draft(|draft| draft.party.retain(|person| *person != recipient.0)).await.map(drop)
}

/// Who may book for this person, and from whom they took the leave; in the order in which it began.
pub async fn helpers(ctx: &Context) -> Result<Vec<Helper>, Problem> {
    let person = ctx.booker()?.person;
    let campaign = ctx.app.campaign().id;
    let mut given = ctx.app.store.delegations_of(person).await?;
    given.retain(|one| {
        (one.recipient, one.campaign) == (person, campaign) && (one.is_live() || one.is_revoked())
    });
    given.sort_by_key(|one| (one.delegation.given_at, one.booker));
    let mut all = Vec::new();
    for one in given {
        all.push(Helper {
            person: one.booker,
            card: person_card(ctx, one.booker).await?,
            delegation: one.delegation,
            proved_at: one.proved_at,
            revoked_at: one.ended.map(|(_, at)| at),
        });
    }
    Ok(all)
}

pub async fn find_helper(ctx: &Context, wanted: &str) -> Result<Helper, Problem> {
    let person = ctx.booker()?.person;
    let mut all = helpers(ctx).await?;
    all.retain(|one| reference(&ctx.app, person, one.person) == wanted);
    all.pop().ok_or_else(|| Refusal::RecipientUnknown.into())
}

/// Takes the leave away: what the helper holds for this person is given back, what is booked stays.
pub async fn revoke(ctx: &Context, wanted: &str) -> Result<(), Problem> {
    let (recipient, booker) = (ctx.booker()?.person, find_helper(ctx, wanted).await?.person);
    let campaign = ctx.app.campaign().id;
    let end = Command::EndDelegation { campaign, by: recipient, booker, recipient };
    ctx.app.store.execute(end.into()).await??;
    Ok(())
}

pub async fn allow(ctx: &Context, wanted: &str) -> Result<(), Problem> {
    let (recipient, booker) = (ctx.booker()?.person, find_helper(ctx, wanted).await?.person);
    let campaign = ctx.app.campaign().id;
    ctx.app.store.execute(Command::AllowHelper { campaign, booker, recipient }.into()).await??;
    Ok(())
}
