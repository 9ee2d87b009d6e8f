//! `/desk/campaign/eligibility`: one person is of the group, or is not, whatever birth date and roster say; at once, with
//! a reason, and they are told.

use super::orders::{code_error, field_error};
use crate::actions::{name_anew, new_key, seal_person};
use crate::claim::{Claim, who, who_faults};
use crate::context::Context;
use crate::error::{Problem, refusal_note};
use crate::fields::{Field, Kind};
use crate::pages::desk::campaign::{CorrectionPage, Judged};
use crate::pages::parts::Errors;
use axum::body::Body;
use booking::{Refusal, korean_day};
use http::{Response, StatusCode};
use hyper::http;
use store::{CorrectEligibility, StaffAct};

const ASKED: [Field; 2] =
    [Field { name: "why", kind: Kind::Words }, Field { name: "code", kind: Kind::Code }];

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&CorrectionPage { is_done: ctx.query == "done", ..page(ctx, Errors::default(), None) }))
}

pub(super) async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let mut errors = ctx.errors_of(&who_faults(&ctx.fields, korean_day(ctx.now)));
    let judged = judged(ctx);
    if judged.is_none() {
        let message = ctx.lang.t("둘 가운데 하나를 골라 주십시오.", "Please choose one of the two.");
        errors.0.push(field_error("eligible", message));
    }
    errors.0.extend(ctx.errors(&ASKED).0);
    let (Some(judged), true) = (judged, errors.is_empty()) else {
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page(ctx, errors, None)));
    };
    match ctx.spend_code("code").await {
        Ok(true) => {}
        Ok(false) => {
            let page = page(ctx, code_error(ctx.lang), None);
            return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
        Err(problem) => return refused(ctx, problem),
    }
    match correct(ctx, judged).await {
        Ok(()) => Ok(ctx.see_other("/desk/campaign/eligibility?done")),
        Err(problem) => refused(ctx, problem),
    }
}

fn refused(ctx: &Context, problem: Problem) -> Result<Response<Body>, Problem> {
    let Problem::Refused(refusal) = &problem else { return Err(problem) };
    Ok(ctx.page_with(problem.status(), &page(ctx, Errors::default(), Some(refusal))))
}

fn judged(ctx: &Context) -> Option<Judged> {
    match ctx.fields.typed("eligible") {
        "yes" => Some(Judged::Eligible),
        "no" => Some(Judged::NotEligible),
        _ => None,
    }
}

/// They need not have been here before.
async fn correct(ctx: &Context, judged: Judged) -> Result<(), Problem> {
    let app = &ctx.app;
    let claim = Claim::of(who(&ctx.fields), String::new());
    name_anew(app, &claim).await?;
    let wanted = CorrectEligibility {
        campaign: app.campaign().id,
        aliases: vec![app.keys.pair_alias(&claim.number, &claim.name)],
        sealed: seal_person(app, new_key(app)?, &claim)?,
        eligible: judged == Judged::Eligible,
        also_admitted: ctx.fields.typed("also_admitted") == "yes",
    };
    ctx.act(StaffAct::CorrectEligibility(wanted), &ctx.fields.text("why")).await?;
    Ok(())
}

fn page(ctx: &Context, errors: Errors, refusal: Option<&Refusal>) -> CorrectionPage {
    let text = |name| ctx.fields.text(name);
    CorrectionPage {
        frame: ctx.desk_frame(),
        name: text("name"),
        number: text("number"),
        is_temporary: ctx.fields.says_temporary(),
        birth_date: text("birth_date"),
        judged: judged(ctx),
        also_admitted: ctx.fields.typed("also_admitted") == "yes",
        why: text("why"),
        is_done: false,
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
    }
}
