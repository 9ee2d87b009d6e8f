//! What happens around every handler, in this order: the body, bounded in size and time → fields → where the request
//! comes from → how often the asker has asked, and a place at the plane ([`crate::overload`]) → the guard of the route → the fields a program must send →
//! the handler. The cheap and the forbidden come before the dear.

use crate::app::App;
use crate::context::{Context, Wants};
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::fields::Fields;
use crate::front::forward::Lane;
use crate::front::limits::SocketLimits;
use crate::journey::changing::Changing;
use crate::journey::people::party_line;
use crate::lang::Lang;
use crate::overload::tries::CameFrom;
use crate::overload::{Entered, Plane};
use crate::routes::{Guard, Route};
use crate::session::{Session, form_token_is_good};
use crate::staff::{check_door, check_duty};
use crate::watching::access::Asked;
use axum::body::Body;
use booking::{PersonId, Refusal};
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt as _, Limited};
use hyper::http;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use store::StoreError;
use waiting_room::Pass;

pub(crate) async fn serve(
    app: Arc<App>,
    route: &'static Route,
    lang: Lang,
    params: HashMap<String, String>,
    request: Request<Body>,
) -> Response<Body> {
    let asked = Asked::now(&app, route, lang);
    let response = answer(Arc::clone(&app), route, lang, params, request).await;
    asked.answered(&response);
    response
}

async fn answer(
    app: Arc<App>,
    route: &'static Route,
    lang: Lang,
    params: HashMap<String, String>,
    request: Request<Body>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let mut ctx = context(app, route, lang, params, &head);
    let app = Arc::clone(&ctx.app);
    match read_fields(route, &head, body, &app.settings.socket).await {
        Ok(fields) => ctx.fields = fields,
        Err(problem) => return problem.answer(&ctx),
    }
    if route.method == Method::POST
        && let Err(problem) = check_origin(route, &ctx)
    {
        return problem.answer(&ctx);
    }
    let entered = match place(&app, route, &ctx).await {
        Ok(entered) => entered,
        Err(problem) => return problem.answer(&ctx),
    };
    let handled = caught(Box::pin(async {
        admit(route, &mut ctx).await?;
        if (route.guard, route.wants) == (Guard::Admitted, Wants::Page) {
            ctx.party = Some(party_line(&ctx).await?);
        }
        (route.handler)(&mut ctx).await
    }));
    let handled = handled.await.unwrap_or(Err(Problem::Bug));
    // A machine that is broken says nothing about how much it could bear.
    if let Some(entered) = entered
        && !matches!(handled, Err(Problem::Store(_) | Problem::Bug))
    {
        entered.done();
    }
    handled.unwrap_or_else(|problem| problem.answer(&ctx))
}

/// A place at the plane of the route, for whoever has not asked too often.
async fn place<'a>(app: &'a App, route: &Route, ctx: &Context) -> Result<Option<Entered<'a>>, Problem> {
    let plane = route.plane();
    if plane == Plane::Gate {
        return Ok(None);
    }
    ctx.count_a_try()?;
    let entered = app.planes.enter(plane, &route.method).await;
    if plane == Plane::Booking {
        app.gate.note_request(entered.is_ok());
    }
    entered.map_err(|_shed| Problem::Busy)
}

fn context(
    app: Arc<App>,
    route: &'static Route,
    lang: Lang,
    params: HashMap<String, String>,
    head: &http::request::Parts,
) -> Context {
    let now = app.clock.now();
    let secure = app.settings.secure_cookies;
    let carried = |cookie: Cookie, header: &str| {
        let from_header = head.headers.get(header).and_then(|value| value.to_str().ok());
        from_header.or_else(|| cookie.read(&head.headers, secure)).map(str::to_owned)
    };
    let keys = &app.keys.tokens;
    let session =
        carried(Cookie::Session, "charye-session").and_then(|token| Session::open(keys, &token, now));
    let pass = carried(Cookie::Pass, "charye-pass").and_then(|token| Pass::open(keys, &token));
    let ticket = carried(Cookie::Ticket, "charye-ticket").and_then(|token| app.gate.open_ticket(&token));
    let known_browser = Cookie::Browser.read(&head.headers, secure).filter(|value| value.len() == 32);
    let browser =
        known_browser.map_or_else(|| crate::published::hex(&app.random.bytes::<16>()), str::to_owned);
    let mut cookies = Vec::new();
    if known_browser.is_none() && route.wants == Wants::Page {
        cookies.push(Cookie::Browser.set(&browser, secure));
    }
    let path = head.uri.path();
    Context {
        lang,
        route: route.path,
        wants: if path.starts_with("/api/") || path.starts_with("/gate/") {
            Wants::Json
        } else {
            route.wants
        },
        path: if lang == Lang::En {
            path.strip_prefix("/en").unwrap_or(path).to_owned()
        } else {
            path.to_owned()
        },
        method: head.method.clone(),
        params,
        query: head.uri.query().unwrap_or("").to_owned(),
        headers: head.headers.clone(),
        fields: Fields::default(),
        now,
        browser,
        session,
        pass,
        ticket,
        changing: None,
        party: None,
        lane: head.extensions.get::<Lane>().copied().unwrap_or(Lane::Public),
        came_from: head.extensions.get::<CameFrom>().map(|from| from.0),
        on_duty: None,
        cookies,
        app,
    }
}

async fn read_fields(
    route: &Route,
    head: &http::request::Parts,
    body: Body,
    limits: &SocketLimits,
) -> Result<Fields, Problem> {
    if head.method != Method::POST || route.path.is_empty() {
        return Ok(Fields::default());
    }
    let whole = Limited::new(body, limits.body_bytes_max).collect();
    let body = match tokio::time::timeout(limits.body_wait, whole).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => return Err(Problem::TooLarge),
        Err(_) => return Err(Problem::TooSlow),
    };
    let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match (route.wants, kind.as_str()) {
        (Wants::Page, "application/x-www-form-urlencoded") => Ok(Fields::from_form(&body)),
        (Wants::Page, "") if body.is_empty() => Ok(Fields::default()),
        (Wants::Json, "application/json") => Fields::from_json(&body).ok_or(Problem::UnsupportedBody),
        _ => Err(Problem::UnsupportedBody),
    }
}

/// Who it is, then what it must say.
async fn admit(route: &Route, ctx: &mut Context) -> Result<(), Problem> {
    check_guard(route.guard, ctx).await?;
    if route.wants == Wants::Page && matches!(route.guard, Guard::Identified | Guard::Admitted) {
        ctx.changing = Changing::of(ctx).await?;
    }
    if route.wants == Wants::Json {
        let mut faults = ctx.fields.faults(route.fields);
        faults.extend(ctx.fields.faults_of_sent(route.optional));
        if !faults.is_empty() {
            return Err(Problem::Invalid(faults));
        }
    }
    Ok(())
}

/// A form must come from our own pages: the browser says so, or the form's token does. JSON cannot be sent across
/// sites without asking first, and we never agree.
fn check_origin(route: &Route, ctx: &Context) -> Result<(), Problem> {
    if is_cross_site(&ctx.headers, &ctx.app) {
        return Err(Problem::Forbidden);
    }
    if route.wants == Wants::Json || !route.needs_form_token || says_same_origin(&ctx.headers) {
        return Ok(());
    }
    let token = ctx.fields.typed("csrf");
    if form_token_is_good(&ctx.app.keys.tokens, token, &ctx.browser, ctx.now) {
        Ok(())
    } else {
        Err(Problem::Forbidden)
    }
}

fn says_same_origin(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|value| value == "same-origin")
}

/// True when the browser itself says that another site sent this.
pub(crate) fn is_cross_site(headers: &HeaderMap, app: &App) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(ORIGIN).and_then(|value| value.to_str().ok()) else { return false };
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or("");
    let same_host = origin.split_once("://").is_some_and(|(_, origin_host)| origin_host == host);
    !same_host && !app.settings.public_origins.iter().any(|public| public == origin)
}

async fn check_guard(guard: Guard, ctx: &mut Context) -> Result<(), Problem> {
    match guard {
        Guard::Public => Ok(()),
        Guard::DemoOnly if ctx.app.is_demo() => Ok(()),
        Guard::DemoOnly => Err(Problem::NotFound),
        Guard::StaffDoor => check_door(ctx),
        Guard::Staff(power) => check_duty(power, ctx),
        Guard::Identified => check_session(ctx).await,
        Guard::Admitted => {
            live_pass(ctx)?;
            check_session(ctx).await?;
            extend_pass(ctx, live_pass(ctx)?);
            Ok(())
        }
    }
}

/// A session that was ended stays ended, on every device; so does that of somebody who was removed.
async fn check_session(ctx: &mut Context) -> Result<(), Problem> {
    let session = ctx.session.ok_or(Refusal::IdentityNeeded)?;
    let person = ctx.app.store.now_known_as(session.person).await?;
    if ctx.app.store.session_ended(session.id).await? || !is_known(&ctx.app, person).await? {
        ctx.session = None;
        return Err(Refusal::IdentityNeeded.into());
    }
    if person != session.person {
        go_on_as(ctx, session, person);
    }
    Ok(())
}

/// With a key: an old backup knows people whose key was destroyed since.
pub(crate) async fn is_known(app: &App, person: PersonId) -> Result<bool, StoreError> {
    let Some(record) = app.store.person(person).await? else { return Ok(false) };
    let key = store::sealed::person_key(&record.sealed);
    Ok(key.is_none_or(|key| !app.keys.people.is_destroyed(key)))
}

/// Two names turned out to be one person's: what was begun under the other goes on.
fn go_on_as(ctx: &mut Context, session: Session, person: PersonId) {
    ctx.pass = ctx.own_pass().map(|pass| Pass { booker: person.0, ..pass });
    let session = Session { person, ..session };
    ctx.session = Some(session);
    let token = session.seal(&ctx.app.keys.tokens);
    ctx.set_cookie(Cookie::Session, &token);
    if let Some(pass) = ctx.pass {
        let token = pass.seal(&ctx.app.keys.tokens);
        ctx.set_cookie(Cookie::Pass, &token);
    }
}

/// Signed by us, for this campaign, of this person, of this epoch, not over. The ledger checks its own record again in
/// every transaction.
pub(crate) fn live_pass(ctx: &Context) -> Result<Pass, Refusal> {
    let gate = &ctx.app.gate;
    let pass = ctx.own_pass().ok_or(Refusal::PassNeeded)?;
    if pass.epoch != gate.pass_epoch() {
        return Err(Refusal::PassNeeded);
    }
    if !pass.is_live(gate.pass_epoch(), ctx.now) {
        return Err(Refusal::PassExpired { expired_at: pass.expires_at.min(pass.ends_at) });
    }
    Ok(pass)
}

/// By activity, and only of somebody whom every guard let through.
fn extend_pass(ctx: &mut Context, pass: Pass) {
    let extended = pass.extended(ctx.now + ctx.app.campaign().limits.pass_idle);
    if extended != pass {
        ctx.pass = Some(extended);
        let token = extended.seal(&ctx.app.keys.tokens);
        ctx.set_cookie(Cookie::Pass, &token);
    }
}

/// None when the future panicked: one request's bug must not take its connection, or its words, away.
async fn caught<T>(mut future: Pin<Box<dyn Future<Output = T> + Send + '_>>) -> Option<T> {
    std::future::poll_fn(move |cx| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(value)) => Poll::Ready(Some(value)),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}
