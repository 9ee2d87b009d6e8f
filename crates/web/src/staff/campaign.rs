//! `/desk/campaign…`: what the campaign says and how it stands, who may book at some instant, and what is announced.

use super::orders::{code_error, give, message};
use crate::context::Context;
use crate::error::{Problem, refusal_note};
use crate::fields::{Field, Kind};
use crate::pages::desk::campaign::{CampaignPage, NoticePage, Preview, SupplyLine};
use crate::pages::parts::Errors;
use axum::body::Body;
use booking::{Campaign, Candidate, KOREA, Refusal};
use http::{Response, StatusCode};
use hyper::http;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use waiting_room::{Phase, PhaseFacts};

const WHEN: [Field; 2] =
    [Field { name: "date", kind: Kind::Day }, Field { name: "time", kind: Kind::TimeOfDay }];
const BORN: Field = Field { name: "birth_date", kind: Kind::BirthDate };
const ASKED: [Field; 2] =
    [Field { name: "why", kind: Kind::Words }, Field { name: "code", kind: Kind::Code }];

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let page = page(ctx, Errors::default(), None).await?;
    Ok(ctx.page(&page))
}

/// Nothing is written; a birth date is no part of an address, so it is sent and not asked.
pub(super) async fn preview(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let mut asked = WHEN.to_vec();
    let is_about_one = ctx.fields.is_sent(BORN.name);
    if is_about_one {
        asked.push(BORN);
    }
    let errors = ctx.errors(&asked);
    if !errors.is_empty() {
        let page = page(ctx, errors, None).await?;
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let minutes = ctx.fields.time_min("time");
    let day = ctx.fields.day("date").to_datetime(jiff::civil::Time::midnight());
    let at = KOREA.to_timestamp(day).map_err(|_| Problem::NotFound)?
        + SignedDuration::from_mins(i64::from(minutes));
    let born_on = is_about_one.then(|| ctx.fields.birth_date(BORN.name));
    let seen = seen_at(ctx.app.campaign(), ctx.app.gate.lobby_opens_at(), at, born_on);
    let page = page(ctx, Errors::default(), Some(seen)).await?;
    Ok(ctx.page(&page))
}

/// What the clock alone will have done by then, as long as nobody orders otherwise and there are doses.
fn seen_at(campaign: &Campaign, lobby_opens_at: Timestamp, at: Timestamp, born_on: Option<Date>) -> Preview {
    let phase = Phase::of(&PhaseFacts {
        now: at,
        lobby_opens_at,
        opens_at: campaign.opens_at,
        opened: at >= campaign.opens_at,
        // How long a draw takes, the clock alone does not know.
        ordered: true,
        closed: at >= campaign.closes_at,
        paused: false,
        booking_is_well: true,
        doses_left: 1,
    });
    let fits = |born_on| campaign.group.contains(Candidate { born_on, on_roster: true });
    Preview { at, phase, one: born_on.map(|born_on| (born_on, fits(born_on))) }
}

async fn page(ctx: &Context, errors: Errors, preview: Option<Preview>) -> Result<CampaignPage, Problem> {
    let (app, campaign) = (&ctx.app, ctx.app.campaign());
    let published = app.gate.published();
    let document = &published.facts().document;
    let name = &app.names.name;
    // The rest is there without the ledger.
    let supply = app.store.supply(campaign.id).await.ok().flatten();
    let line = |(sido, row): (&booking::RegionCode, &store::SupplyRow)| SupplyLine {
        sido: app.country.region(*sido).map_or_else(|| sido.to_string(), |region| region.name.clone()),
        doses: row.doses.into(),
        taken: row.taken.into(),
    };
    Ok(CampaignPage {
        frame: ctx.desk_frame(),
        name: ctx.lang.t(&name.0, &name.1).to_owned(),
        phase: published.phase,
        group: campaign.group,
        opens_at: campaign.opens_at,
        closes_at: campaign.closes_at,
        lobby_opens_at: app.gate.lobby_opens_at(),
        visits: (campaign.visits.first_on, campaign.visits.last_on),
        waiting: document.tickets_issued.saturating_sub(document.serving_number),
        doses_left: document.doses_left.total,
        supply: supply.map(|supply| supply.sidos.iter().map(line).collect()),
        date: ctx.fields.text("date"),
        time: ctx.fields.text("time"),
        birth_date: ctx.fields.text("birth_date"),
        preview,
        errors,
    })
}

pub(super) async fn get_notice(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&notice_page(ctx, Errors::default(), None)))
}

/// One write beside the line, which every process takes up with its next look; so also while the ledger is dead.
pub(super) async fn post_notice(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let mut errors = ctx.errors(&ASKED);
    let order = message(ctx).map_err(|error| errors.0.insert(0, error));
    let (Ok(order), true) = (order, errors.is_empty()) else {
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &notice_page(ctx, errors, None)));
    };
    match ctx.spend_code("code").await {
        Ok(true) => {}
        Ok(false) => {
            let page = notice_page(ctx, code_error(ctx.lang), None);
            return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
        Err(problem) => {
            let Problem::Refused(refusal) = &problem else { return Err(problem) };
            let page = notice_page(ctx, Errors::default(), Some(refusal));
            return Ok(ctx.page_with(problem.status(), &page));
        }
    }
    give(ctx, order).await?;
    Ok(ctx.see_other("/desk/campaign"))
}

fn notice_page(ctx: &Context, errors: Errors, refusal: Option<&Refusal>) -> NoticePage {
    let published = ctx.app.gate.published();
    let text = |name| ctx.fields.text(name);
    NoticePage {
        frame: ctx.desk_frame(),
        said: published.facts().document.message.clone(),
        ko: text("ko"),
        en: text("en"),
        why: text("why"),
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use store::conformance::world;

    #[test]
    fn the_preview_follows_the_clock_to_the_second_and_the_group_to_the_day() {
        let country = world::country();
        let campaign = country.campaign(world::CAMPAIGN).unwrap();
        let lobby = campaign.opens_at - SignedDuration::from_mins(30);
        let second = SignedDuration::from_secs(1);
        let phase = |at| seen_at(campaign, lobby, at, None).phase;
        assert_eq!((phase(lobby - second), phase(lobby)), (Phase::Before, Phase::Lobby));
        assert_eq!(
            (phase(campaign.opens_at - second), phase(campaign.opens_at)),
            (Phase::Lobby, Phase::Open)
        );
        assert_eq!(
            (phase(campaign.closes_at - second), phase(campaign.closes_at)),
            (Phase::Open, Phase::Closed)
        );
        let fits = |born_on| seen_at(campaign, lobby, campaign.opens_at, Some(born_on)).one;
        let (first, last) = (campaign.group.born_from, campaign.group.born_to);
        assert_eq!(fits(first), Some((first, true)));
        assert_eq!(fits(last), Some((last, true)));
        let before = first.yesterday().unwrap();
        assert_eq!(fits(before), Some((before, false)));
        assert!(!fits(date(2020, 1, 1)).unwrap().1);
    }
}
