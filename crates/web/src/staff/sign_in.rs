//! `/desk/sign-in`, `/desk/sign-out`: name, password and the code of the moment, all at once; which of them was wrong is
//! not said.

use super::account::Account;
use super::book::{Accounts, StaffEntry, StaffEvent};
use super::session::StaffSession;
use super::totp::good_step;
use crate::context::Context;
use crate::cookies::Cookie;
use crate::error::{Problem, refusal_note};
use crate::fields::{Field, Kind};
use crate::pages::desk::sign_in::SignInPage;
use crate::pages::parts::Errors;
use axum::body::Body;
use booking::Refusal;
use http::{Response, StatusCode};
use hyper::http;
use std::sync::Arc;

const SIGN_IN: [Field; 3] = [
    Field { name: "login", kind: Kind::Opaque },
    Field { name: "password", kind: Kind::Password },
    Field { name: "code", kind: Kind::Code },
];

pub(super) async fn front(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.see_other("/desk"))
}

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&page(ctx, Errors::default(), None)))
}

pub(super) async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let errors = ctx.errors(&SIGN_IN);
    if !errors.is_empty() {
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page(ctx, errors, None)));
    }
    match sign_in(ctx).await {
        Ok(session) => {
            let token = session.seal(&ctx.app.keys.tokens);
            ctx.set_cookie(Cookie::Staff, &token);
            Ok(ctx.see_other("/desk"))
        }
        Err(Problem::Refused(refusal)) => {
            let status = Problem::from(refusal.clone()).status();
            Ok(ctx.page_with(status, &page(ctx, Errors::default(), Some(&refusal))))
        }
        Err(other) => Err(other),
    }
}

fn page(ctx: &Context, errors: Errors, refusal: Option<&Refusal>) -> SignInPage {
    SignInPage {
        frame: ctx.desk_frame(),
        login: ctx.fields.text("login"),
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
    }
}

async fn sign_in(ctx: &Context) -> Result<StaffSession, Problem> {
    let staff = Arc::clone(ctx.staff()?);
    let login = ctx.fields.text("login").to_lowercase();
    staff.pacing.begin(&login, ctx.came_from, ctx.now)?;
    let account = staff.book.look(|accounts| accounts.named(&login).cloned())?;
    let usable = account.as_ref().filter(|account| !account.is_disabled);
    let known = usable.and_then(|account| account.secrets.as_ref()).map(|secrets| secrets.password);
    let password = ctx.fields.typed("password").to_owned();
    let mut found = if staff.hashing.is_right(password, known).await { account.clone() } else { None };
    if let Some(account) = found.take() {
        let session = begin(ctx, account).await?;
        if let Some(session) = session {
            staff.pacing.was_right(&login, ctx.came_from, ctx.now);
            return Ok(session);
        }
    }
    staff.pacing.was_wrong(&login, ctx.came_from, ctx.now);
    if let Some(account) = account {
        let entry = entry(ctx, account.id.0, StaffEvent::SignInFailed);
        write(ctx, move |_| Ok::<_, Refusal>(entry.clone())).await??;
    }
    Err(Refusal::SignInWrong.into())
}

/// None where the code is not good, or no longer: two browsers cannot use the same one.
async fn begin(ctx: &Context, account: Account) -> Result<Option<StaffSession>, Problem> {
    let session = StaffSession::begin(ctx.app.random.bytes(), account.id, ctx.now);
    let (code, now, login) = (ctx.fields.code("code"), ctx.now, account.login);
    let template = entry(ctx, account.id.0, StaffEvent::SignInFailed);
    let written = write(ctx, move |accounts: &Accounts| {
        let known = accounts.named(&login).filter(|account| !account.is_disabled);
        let secrets = known.and_then(|account| Some((account, account.secrets.as_ref()?)));
        let step = secrets
            .and_then(|(account, secrets)| good_step(&secrets.code_secret, &code, account.last_step, now));
        let step = step.ok_or(Refusal::SignInWrong)?;
        Ok(StaffEntry { what: StaffEvent::SignedIn { session: session.id, step }, ..template.clone() })
    });
    Ok(written.await?.is_ok().then_some(session))
}

/// On record before the answer, and good for nothing from then on, on every device.
pub(super) async fn leave(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let session = ctx.on_duty()?.session;
    let event = StaffEvent::SignedOut { session: session.id, until: session.ends_at() };
    let entry = entry(ctx, session.staff.0, event);
    write(ctx, move |_| Ok::<_, Refusal>(entry.clone())).await??;
    ctx.clear_cookie(Cookie::Staff);
    ctx.on_duty = None;
    Ok(ctx.see_other("/desk/sign-in"))
}

/// Of an account, by itself.
pub(super) fn entry(ctx: &Context, account: u64, what: StaffEvent) -> StaffEntry {
    let from = ctx.came_from.map(|address| address.to_string()).unwrap_or_default();
    StaffEntry { at: ctx.now, by: Some(account), from, account, what }
}

/// Not on the thread that serves others: it waits for the disk.
pub(super) async fn write(
    ctx: &Context,
    decide: impl Fn(&Accounts) -> Result<StaffEntry, Refusal> + Send + 'static,
) -> Result<Result<(), Refusal>, Problem> {
    let book = Arc::clone(&ctx.staff()?.book);
    let written = tokio::task::spawn_blocking(move || book.write(decide));
    Ok(written.await.map_err(|_| Problem::Bug)??)
}
