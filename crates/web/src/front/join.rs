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
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::http;

/// The request says everything in its head; a body is read only to keep the connection usable.
const BODY_MAX: usize = 1024;

pub(super) async fn join(request: Request<Incoming>, app: &App) -> Response<Full<Bytes>> {
    if is_cross_site(request.headers(), app) {
        return Problem::Forbidden.json(Lang::Ko, app);
    }
    let (head, body) = request.into_parts();
    if !body.is_end_stream() && Limited::new(body, BODY_MAX).collect().await.is_err() {
        return Problem::TooLarge.json(Lang::Ko, app);
    }
    // A second press must not cost the place that the first one gave.
    let carried = Cookie::Ticket.read(&head.headers, app.settings.secure_cookies);
    if let Some(ticket) = carried.and_then(|token| app.gate.open_ticket(token)) {
        return answer(
            StatusCode::OK,
            &app.gate.seal(&app.gate.settle(ticket)),
            state_of(app.gate.place(&ticket)),
            app,
        );
    }
    match app.gate.issue(|| app.random.bytes()).await {
        Ok(ticket) => answer(StatusCode::CREATED, &app.gate.seal(&ticket), "issued", app),
        Err(NoTicket::Refused(not_now)) => Problem::Refused(not_now.into()).json(Lang::Ko, app),
        Err(NoTicket::Busy) => Problem::Busy.json(Lang::Ko, app),
    }
}

pub(crate) fn state_of(place: Place) -> &'static str {
    match place {
        Place::Issued => "issued",
        Place::Settled { .. } => "settled",
        Place::Called { .. } => "called",
    }
}

fn answer(status: StatusCode, token: &str, state: &str, app: &App) -> Response<Full<Bytes>> {
    let body = format!(r#"{{"ticket":"{token}","state":"{state}","poll_after_seconds":1.5}}"#);
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, Cache::NoStore.header());
    crate::published::add_safety(headers, false);
    headers.insert(SET_COOKIE, Cookie::Ticket.set(token, app.settings.secure_cookies));
    response
}
