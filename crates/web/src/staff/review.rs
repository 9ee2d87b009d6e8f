//! `/desk/review`: month by month, what each member of staff looked at and did, what stands out first; and the finding
//! of whoever looked it through, which is on record and stays.

use super::desk::reason_of;
use crate::context::Context;
use crate::error::Problem;
use crate::fields::{Field, Kind};
use crate::looks::months::{Figures, Month, Review, stands_out};
use crate::pages::desk::review::{MonthRow, ReviewPage, ReviewRow, Reviewed};
use crate::pages::parts::Errors;
use axum::body::Body;
use booking::{LookUp, StaffId};
use http::{Response, StatusCode};
use hyper::http;
use std::collections::HashMap;

const ASKED: [Field; 1] = [Field { name: "finding", kind: Kind::Words }];
/// Pages of the record that are read at once before the answer.
const STEPS_MAX: usize = 8;

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    ctx.look_up(LookUp::Audit, None, "").await?;
    let month = form_urlencoded::parse(ctx.query.as_bytes())
        .find(|(name, _)| name == "month")
        .and_then(|(_, text)| Month::parse(&text));
    let page = page(ctx, month, Errors::default()).await?;
    Ok(ctx.page(&page))
}

pub(super) async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let month = Month::parse(ctx.fields.typed("month")).filter(|month| *month < Month::of(ctx.now));
    let month = month.ok_or(Problem::NotFound)?;
    let errors = ctx.errors(&ASKED);
    if !errors.is_empty() {
        let page = page(ctx, Some(month), errors).await?;
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let finding = format!("{month} {}", ctx.fields.text("finding").trim());
    ctx.look_up(LookUp::Review, None, &finding).await?;
    Ok(ctx.see_other(&format!("/desk/review?month={month}")))
}

async fn page(ctx: &Context, wanted: Option<Month>, errors: Errors) -> Result<ReviewPage, Problem> {
    let app = &ctx.app;
    for _ in 0..STEPS_MAX {
        if !app.looks.step(app).await? {
            break;
        }
    }
    let names: HashMap<StaffId, String> = ctx
        .staff()?
        .book
        .look(|accounts| accounts.all().map(|account| (account.id, account.login.clone())).collect())?;
    let (months, reviews, until) =
        app.looks.months(|months, until| (months.all(), months.reviews().to_vec(), until));
    let name = |staff: StaffId| names.get(&staff).cloned().unwrap_or_else(|| staff.0.to_string());
    let reviewed: Vec<(Month, Reviewed)> = reviews
        .iter()
        .filter_map(|Review { by, at, sealed }| {
            let said = reason_of(app, sealed);
            let (month, finding) = said.split_once(' ')?;
            Some((Month::parse(month)?, Reviewed { by: name(*by), at: *at, finding: finding.to_owned() }))
        })
        .collect();
    let this_month = Month::of(ctx.now);
    let is_reviewed = |month: Month| reviewed.iter().any(|(of, _)| *of == month);
    let is_due = |month: Month| month < this_month && !is_reviewed(month);
    // The oldest that nobody looked through.
    let due = months.iter().rev().copied().find(|month| is_due(*month));
    let month = wanted.or(due).or_else(|| months.first().copied()).unwrap_or(this_month);
    let figures = app.looks.months(|months, _| months.figures(month));
    Ok(ReviewPage {
        frame: ctx.desk_frame(),
        month: month.to_string(),
        first_day: month.first_day(),
        is_over: month < this_month,
        rows: figures.iter().map(|(staff, one)| row(name(*staff), *one, &figures)).collect(),
        reviewed: reviewed.iter().filter(|(of, _)| *of == month).map(|(_, one)| one.clone()).collect(),
        months: months
            .iter()
            .map(|one| MonthRow {
                href: ctx.lang.href(&format!("/desk/review?month={one}")),
                first_day: one.first_day(),
                is_shown: *one == month,
                is_over: *one < this_month,
                is_reviewed: is_reviewed(*one),
            })
            .collect(),
        until,
        finding: ctx.fields.text("finding"),
        errors,
    })
}

fn row(who: String, own: Figures, all: &[(StaffId, Figures)]) -> ReviewRow {
    let is_far = |of: fn(&Figures) -> u64| stands_out(of(&own), all.iter().map(|(_, one)| of(one)));
    ReviewRow {
        who,
        unmasked_stands_out: is_far(|one| one.unmasked),
        night_stands_out: is_far(|one| one.at_night),
        looks_stand_out: is_far(|one| one.looks),
        figures: own,
    }
}
