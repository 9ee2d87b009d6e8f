//! `/desk/setup`: whoever was given a code chooses a password and takes the secret of their codes into an app. Nothing is
//! kept until the first code is right.

use super::account::{Account, Secrets, is_login};
use super::book::{Accounts, StaffEntry, StaffEvent};
use super::sign_in::{entry, write};
use super::totp::{base32, good_step};
use crate::context::Context;
use crate::error::{Problem, refusal_note};
use crate::fields::{Field, Kind};
use crate::pages::desk::setup::{SetupCodePage, SetupPage};
use crate::pages::parts::Errors;
use crate::qr;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use booking::Refusal;
use http::{Response, StatusCode};
use hyper::http;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

const SETUP: [Field; 3] = [
    Field { name: "login", kind: Kind::Opaque },
    Field { name: "setup", kind: Kind::Opaque },
    Field { name: "new_password", kind: Kind::NewPassword },
];
const CODE: [Field; 1] = [Field { name: "code", kind: Kind::Code }];
/// Where what was begun is sealed, in the hands of the browser.
const BEGUN: &str = "staff/setup";
const BEGUN_FOR: SignedDuration = SignedDuration::from_mins(20);

/// Between the two forms.
#[derive(Clone, Serialize, Deserialize)]
struct Begun {
    login: String,
    setup: String,
    secrets: Secrets,
    until: Timestamp,
}

/// SHA-256 of a code as somebody typed it: hyphens, blanks and case do not count.
pub fn setup_digest(code: &str) -> [u8; 32] {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::digest(plain.to_ascii_uppercase()).into()
}

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    Ok(ctx.page(&page(ctx, Errors::default(), None)))
}

fn page(ctx: &Context, errors: Errors, refusal: Option<&Refusal>) -> SetupPage {
    SetupPage {
        frame: ctx.desk_frame(),
        login: ctx.fields.text("login"),
        setup: ctx.fields.text("setup"),
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
    }
}

pub(super) async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let errors = ctx.errors(&SETUP);
    if !errors.is_empty() {
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page(ctx, errors, None)));
    }
    match begin(ctx).await {
        Ok(begun) => Ok(ctx.page(&code_page(ctx, &begun, Errors::default(), None))),
        Err(Problem::Refused(refusal)) => {
            let status = Problem::from(refusal.clone()).status();
            Ok(ctx.page_with(status, &page(ctx, Errors::default(), Some(&refusal))))
        }
        Err(other) => Err(other),
    }
}

async fn begin(ctx: &Context) -> Result<Begun, Problem> {
    let staff = Arc::clone(ctx.staff()?);
    let (login, setup) = (ctx.fields.text("login").to_lowercase(), ctx.fields.text("setup"));
    staff.pacing.begin(&login, ctx.came_from, ctx.now)?;
    let now = ctx.now;
    if staff.book.look(|accounts| waits_for(accounts, &login, &setup, now).is_none())? {
        staff.pacing.was_wrong(&login, ctx.came_from, ctx.now);
        return Err(Refusal::SetupCodeWrong.into());
    }
    let password = ctx.fields.typed("new_password").to_owned();
    let password = staff.hashing.hash(password, ctx.app.random.bytes()).await;
    let secrets = Secrets { password, code_secret: ctx.app.random.bytes() };
    Ok(Begun { login, setup, secrets, until: ctx.now + BEGUN_FOR })
}

/// The account that waits for that code.
fn waits_for<'a>(accounts: &'a Accounts, login: &str, code: &str, now: Timestamp) -> Option<&'a Account> {
    let account = accounts.named(login).filter(|account| is_login(&account.login) && !account.is_disabled)?;
    let setup = account.setup.as_ref()?;
    let is_right = bool::from(setup.code.ct_eq(&setup_digest(code)));
    (is_right && now < setup.until).then_some(account)
}

fn code_page(ctx: &Context, begun: &Begun, errors: Errors, refusal: Option<&Refusal>) -> SetupCodePage {
    let plain = serde_json::to_vec(begun).expect("plain data becomes JSON");
    let secret = base32(&begun.secrets.code_secret);
    let app = format!("otpauth://totp/Charye:{}?secret={secret}&issuer=Charye", begun.login);
    let groups: Vec<&str> =
        secret.as_bytes().chunks(4).map(|four| str::from_utf8(four).unwrap_or("")).collect();
    SetupCodePage {
        frame: ctx.desk_frame(),
        begun: URL_SAFE_NO_PAD.encode(ctx.app.keys.cipher.seal(BEGUN, &plain)),
        secret: groups.join(" "),
        qr: qr::picture(&app),
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
    }
}

/// With the first code of the app the account is ready; the set-up code is spent in the same event.
pub(super) async fn finish(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let begun = begun(ctx).ok_or(Refusal::SetupCodeWrong)?;
    let errors = ctx.errors(&CODE);
    if !errors.is_empty() {
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &code_page(ctx, &begun, errors, None)));
    }
    let Some(step) = good_step(&begun.secrets.code_secret, &ctx.fields.code("code"), 0, ctx.now) else {
        let page = code_page(ctx, &begun, Errors::default(), Some(&Refusal::SignInWrong));
        return Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let (template, now) = (entry(ctx, 0, StaffEvent::SignInFailed), ctx.now);
    let written = write(ctx, move |accounts| {
        let account = waits_for(accounts, &begun.login, &begun.setup, now).ok_or(Refusal::SetupCodeWrong)?;
        let what = StaffEvent::SetUp { secrets: begun.secrets.clone(), step };
        let number = account.id.0;
        Ok(StaffEntry { what, account: number, by: Some(number), ..template.clone() })
    });
    written.await??;
    Ok(ctx.see_other("/desk/sign-in"))
}

fn begun(ctx: &Context) -> Option<Begun> {
    let sealed = URL_SAFE_NO_PAD.decode(ctx.fields.typed("begun")).ok()?;
    let plain = ctx.app.keys.cipher.open(BEGUN, &sealed)?;
    let begun: Begun = serde_json::from_slice(&plain).ok()?;
    (ctx.now < begun.until).then_some(begun)
}
