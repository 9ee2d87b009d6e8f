//! `POST /gate/{campaign}/tickets`: a place in line, in a few microseconds.

use crate::app::App;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::gate::{NoTicket, Place};
use crate::lang::Lang;
use crate::published::Cache;
use crate::serve::is_cross_site;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::http;

/// The request says everything in its head; a body is read only to keep the connection usable.
const BODY_MAX: usize = 1024;

/// Without waiting for anything: the usual case. None where a body is to be read or a reservation to grow.
pub(super) fn at_once(request: &Request<Incoming>, app: &App) -> Option<Response<Full<Bytes>>> {
    if !request.body().is_end_stream() {
        return None;
    }
    if let Some(answer) = before_issuing(request.headers(), app) {
        return Some(answer);
    }
    match app.gate.try_issue(|| app.random.bytes()) {
        Ok(given) => given.map(|ticket| answer(StatusCode::CREATED, &app.gate.seal(&ticket), "issued", app)),
        Err(not_now) => Some(Problem::Refused(not_now.into()).json(Lang::Ko, app)),
    }
}

pub(super) async fn join(request: Request<Incoming>, app: &App) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    if !body.is_end_stream() {
        let whole = Limited::new(body, BODY_MAX).collect();
        match tokio::time::timeout(app.settings.socket.body_wait, whole).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) => return Problem::TooLarge.json(Lang::Ko, app),
            Err(_) => return Problem::TooSlow.json(Lang::Ko, app),
        }
    }
    if let Some(answer) = before_issuing(&head.headers, app) {
        return answer;
    }
    match app.gate.issue(|| app.random.bytes()).await {
        Ok(ticket) => answer(StatusCode::CREATED, &app.gate.seal(&ticket), "issued", app),
        Err(NoTicket::Refused(not_now)) => Problem::Refused(not_now.into()).json(Lang::Ko, app),
        Err(NoTicket::Busy) => Problem::Busy.json(Lang::Ko, app),
    }
}

/// A request from another site is refused; whoever carries a ticket keeps it: a second press must not cost the place
/// that the first one gave.
fn before_issuing(headers: &HeaderMap, app: &App) -> Option<Response<Full<Bytes>>> {
    if is_cross_site(headers, app) {
        return Some(Problem::Forbidden.json(Lang::Ko, app));
    }
    let carried = Cookie::Ticket.read(headers, app.settings.secure_cookies)?;
    let ticket = app.gate.settle(app.gate.open_ticket(carried)?);
    Some(answer(StatusCode::OK, &app.gate.seal(&ticket), state_of(app.gate.place(&ticket)), app))
}

pub(crate) fn state_of(place: Place) -> &'static str {
    match place {
        Place::Issued => "issued",
        Place::Undrawn => "undrawn",
        Place::Settled { .. } => "settled",
        Place::Called { .. } => "called",
        Place::Elsewhere => "elsewhere",
    }
}

/// In pieces, for whoever writes them themselves.
pub(super) fn ticket_body<'a>(token: &'a str, state: &'a str) -> [&'a str; 5] {
    [r#"{"ticket":""#, token, r#"","state":""#, state, r#"","poll_after_seconds":1.5}"#]
}

fn answer(status: StatusCode, token: &str, state: &str, app: &App) -> Response<Full<Bytes>> {
    let body = ticket_body(token, state).concat();
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, Cache::NoStore.header());
    crate::published::add_safety(&mut headers, false);
    headers.insert(SET_COOKIE, Cookie::Ticket.set(token, app.settings.secure_cookies));
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
