//! The one place where a "no" or a breakage becomes a status, a page and a log line.

mod facts;

use crate::app::App;
use crate::context::{Context, Wants};
use crate::fields::FieldFault;
use crate::identity::Next;
use crate::lang::Lang;
use crate::overload::turned_away;
use crate::pages::parts::{Alternative, RefusalNote};
use crate::pages::pass_needed::PassNeededPage;
use crate::pages::refusal::RefusalPage;
use crate::pages::trouble::{BadRequestPage, FormExpiredPage, NotFoundPage, TroublePage};
use crate::published::Cache;
use crate::staff::trouble;
use crate::watching::RefusalCode;
use crate::wording;
use axum::body::Body;
use booking::{Refusal, SlotId};
use bytes::Bytes;
use facts::{add_facts, refusal_status};
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Method, Response, StatusCode};
use http_body_util::Full;
use hyper::http;
use serde_json::{Value, json};
use std::error::Error as _;
use store::StoreError;

/// Everything that can keep a request from its answer.
#[derive(Debug)]
pub enum Problem {
    Refused(Refusal),
    /// Fields that cannot be read, each with its reason.
    Invalid(Vec<FieldFault>),
    /// No idempotency key came with a write.
    KeyMissing,
    /// The request comes from another site, or its form is too old.
    Forbidden,
    NotFound,
    MethodNotAllowed,
    TooLarge,
    /// A head or a body that did not come to its end in time.
    TooSlow,
    /// More in the head than any browser needs.
    HeadTooLarge,
    /// Not a request.
    Unreadable,
    /// Neither a form nor JSON.
    UnsupportedBody,
    /// More is under way than this process works on at once.
    Busy,
    /// This person, ticket or address asked too often.
    TooOften {
        retry_after_s: u32,
    },
    Store(StoreError),
    /// A handler panicked. The bug is in the log; the person gets a page.
    Bug,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Problem {
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => refusal_status(refusal),
            Self::Invalid(_) | Self::KeyMissing | Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::UnsupportedBody => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Busy | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Bug => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Invalid(_) => "FieldInvalid",
            Self::KeyMissing => "IdempotencyKeyMissing",
            Self::Forbidden => "FormExpired",
            Self::NotFound => "NotFound",
            Self::MethodNotAllowed => "MethodNotAllowed",
            Self::TooLarge => "TooLarge",
            Self::TooSlow => "TooSlow",
            Self::HeadTooLarge => "HeadTooLarge",
            Self::Unreadable => "Unreadable",
            Self::UnsupportedBody => "BodyUnsupported",
            Self::Busy => "Busy",
            Self::TooOften { .. } => "TooOften",
            Self::Store(StoreError::Full) => "NoRoom",
            Self::Store(_) => "BookingUnavailable",
            Self::Bug => "Bug",
        }
    }

    /// What a person reads to an agent over the phone: digits only. What kind of breakage, then which one of its kind.
    pub(crate) fn support_code(&self, random: u64) -> String {
        let kind = match self {
            Self::Store(StoreError::Full) => 902,
            Self::Store(_) => 903,
            Self::Bug => 904,
            Self::TooOften { .. } => 905,
            _ => 901,
        };
        format!("{kind}-{:06}", random % 1_000_000)
    }

    /// Seconds after which asking again makes sense.
    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Refused(Refusal::EntranceBusy { retry_after_s }) | Self::TooOften { retry_after_s } => {
                Some(*retry_after_s)
            }
            Self::Busy => Some(5),
            Self::Store(_) => Some(20),
            _ => None,
        }
    }

    /// The rest of a body that is too large or too slow is never read: what follows on the connection would be taken
    /// for a request.
    fn ends_the_connection(&self) -> bool {
        matches!(self, Self::TooLarge | Self::TooSlow)
    }

    /// For programs: problem+json (RFC 9457), Korean first, English beside it.
    pub fn json(&self, _lang: Lang, app: &App) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::from(self.text(app)));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, Cache::NoStore.header());
        crate::published::add_safety(headers, false);
        if let Some(seconds) = self.retry_after() {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if self.ends_the_connection() {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// The document of [`Problem::json`].
    pub(crate) fn text(&self, app: &App) -> String {
        self.document(app).to_string()
    }

    fn document(&self, app: &App) -> Value {
        let (ko, en) = (wording::problem(Lang::Ko, self, app), wording::problem(Lang::En, self, app));
        let mut document = json!({
            "type": format!("/help#{}", self.code()),
            "title": ko.sentence,
            "title_en": en.sentence,
            "detail": ko.next_step,
            "detail_en": en.next_step,
            "status": self.status().as_u16(),
            "code": self.code(),
        });
        match self {
            Self::Refused(refusal) => {
                document["number"] = refusal.number().into();
                add_facts(&mut document, refusal);
            }
            Self::Invalid(faults) => {
                document["fields"] = faults
                    .iter()
                    .map(|fault| {
                        json!({
                            "field": fault.field,
                            "reason": wording::field_fault(Lang::Ko, fault),
                            "reason_en": wording::field_fault(Lang::En, fault),
                        })
                    })
                    .collect();
            }
            _ => {}
        }
        document
    }

    /// For people. Every page says what to do next.
    pub fn answer(self, ctx: &Context) -> Response<Body> {
        let code = RefusalCode(self.code());
        let mut response = self.said(ctx);
        response.extensions_mut().insert(code);
        response
    }

    fn said(self, ctx: &Context) -> Response<Body> {
        self.log(ctx);
        if let Self::Busy | Self::TooOften { .. } = self {
            return turned_away::answer(ctx, &self);
        }
        if ctx.is_staffs() {
            return trouble::answer(ctx, &self);
        }
        if ctx.wants == Wants::Json {
            return self.json(ctx.lang, &ctx.app).map(Body::new);
        }
        let status = self.status();
        let retry_after = self.retry_after();
        let ends_the_connection = self.ends_the_connection();
        let mut response = match self {
            Self::Refused(Refusal::IdentityNeeded) => {
                return ctx.see_other(&wording::identity_path(Next::of_path(&ctx.path)));
            }
            Self::Refused(Refusal::PassNeeded | Refusal::PassExpired { .. }) => {
                pass_needed(ctx, status, &self)
            }
            Self::Refused(refusal) => refused(ctx, status, &refusal),
            Self::Invalid(faults) => bad_request(ctx, status, &faults),
            Self::KeyMissing | Self::Forbidden => ctx.page_with(
                status,
                &FormExpiredPage { chrome: ctx.chrome(), back_href: ctx.lang.href(back_from(&ctx.path)) },
            ),
            Self::NotFound | Self::MethodNotAllowed => {
                ctx.page_with(status, &NotFoundPage { chrome: ctx.chrome() })
            }
            Self::TooLarge
            | Self::TooSlow
            | Self::HeadTooLarge
            | Self::Unreadable
            | Self::UnsupportedBody => bad_request(ctx, status, &[]),
            Self::Busy | Self::TooOften { .. } | Self::Store(_) | Self::Bug => {
                let support_code = self.support_code(u64::from_be_bytes(ctx.app.random.bytes()));
                tracing::warn!(support_code, code = self.code(), "a person was shown the trouble page");
                let retry_seconds = retry_after.unwrap_or(30);
                ctx.page_with(
                    status,
                    &TroublePage {
                        chrome: ctx.chrome(),
                        retry_seconds,
                        retry_href: retry_href(ctx),
                        support_code,
                    },
                )
            }
        };
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        if ends_the_connection {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn log(&self, ctx: &Context) {
        match self {
            Self::Store(error) => {
                let cause = error.source().map(ToString::to_string).unwrap_or_default();
                tracing::error!(route = ctx.route, error = %error, cause, "the store did not answer");
            }
            Self::Bug => tracing::error!(route = ctx.route, "a handler panicked"),
            other => tracing::debug!(route = ctx.route, code = other.code(), "refused"),
        }
    }
}

fn pass_needed(ctx: &Context, status: StatusCode, problem: &Problem) -> Response<Body> {
    let expired = matches!(problem, Problem::Refused(Refusal::PassExpired { .. }));
    ctx.page_with(status, &PassNeededPage { chrome: ctx.chrome(), has_ticket: ctx.ticket.is_some(), expired })
}

fn refused(ctx: &Context, status: StatusCode, refusal: &Refusal) -> Response<Body> {
    let alternatives = match refusal {
        Refusal::SlotFull { nearest } | Refusal::PlacesFree { nearest } => alternatives(ctx, nearest, None),
        _ => Vec::new(),
    };
    let mut actions = wording::refusal_links(ctx.lang, refusal);
    if *refusal == Refusal::IdentityStale {
        actions = wording::identity_again(ctx.lang, Next::of_path(back_from(&ctx.path)));
    }
    let page = RefusalPage {
        chrome: ctx.chrome(),
        csrf: ctx.csrf(),
        key: ctx.fresh_key(),
        note: refusal_note(ctx, refusal),
        actions,
        button: wording::refusal_button(ctx.lang, refusal),
        alternatives,
    };
    ctx.page_with(status, &page)
}

pub(crate) fn refusal_note(ctx: &Context, refusal: &Refusal) -> RefusalNote {
    let said = wording::refusal(ctx.lang, refusal, &ctx.app);
    RefusalNote { code: refusal.number().to_string(), sentence: said.sentence, next_step: said.next_step }
}

/// The nearest free places as forms of one tap.
pub(crate) fn alternatives(ctx: &Context, nearest: &[SlotId], wanted: Option<SlotId>) -> Vec<Alternative> {
    let offer = |slot: &SlotId| {
        let clinic = ctx.app.country.clinic(slot.clinic)?;
        let wanted_clinic = wanted.and_then(|wanted| ctx.app.country.clinic(wanted.clinic));
        Some(Alternative {
            clinic_id: clinic.id.to_string(),
            clinic_name: clinic.name.clone(),
            nearness: wording::nearness(ctx.lang, wanted_clinic, clinic),
            date: slot.visit_on,
            time: wording::civil_time(slot.starts_min),
        })
    };
    nearest.iter().filter_map(offer).collect()
}

fn bad_request(ctx: &Context, status: StatusCode, faults: &[FieldFault]) -> Response<Body> {
    let (field, problem) = match faults.first() {
        Some(fault) => (wording::field_name(ctx.lang, fault.field), wording::field_fault(ctx.lang, fault)),
        None => (String::new(), wording::unreadable(ctx.lang)),
    };
    let back_href = ctx.lang.href(back_from(&ctx.path));
    ctx.page_with(status, &BadRequestPage { chrome: ctx.chrome(), field, problem, back_href })
}

/// What the trouble page asks for again: the same page, or the one with the form; a POST is never repeated by itself.
fn retry_href(ctx: &Context) -> String {
    ctx.lang.href(if ctx.method == Method::GET { &ctx.path } else { back_from(&ctx.path) })
}

/// Where the form of an address is.
fn back_from(path: &str) -> &'static str {
    match path {
        "/identity" => "/identity",
        // The code that came to the phone is still good.
        "/identity/code" | "/identity/code/resend" => "/identity/code",
        "/my/cancel"
        | "/my/change"
        | "/my/change/stop"
        | "/my/message"
        | "/my/helper/revoke"
        | "/my/helper/allow"
        | "/my/waitlist/accept"
        | "/my/waitlist/decline"
        | "/my/waitlist/leave"
        | "/identity/leave" => "/my",
        "/book/waitlist" => "/book",
        "/favourites/add" | "/favourites/remove" | "/favourites/first" => "/favourites",
        "/people/party" | "/people/stop" => "/people",
        "/people/add" => "/people/add",
        "/people/code" | "/people/code/resend" => "/people/code",
        "/book/hold" | "/book/confirm" | "/book/extend" | "/book/release" => "/book/hold",
        _ => "/wait",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It was `BookingUnavailable-1ed0dc`: nobody can read that to an agent over the phone.
    #[test]
    fn a_reference_for_the_phone_is_digits() {
        let problems = [
            Problem::Busy,
            Problem::TooOften { retry_after_s: 1 },
            Problem::Store(StoreError::Full),
            Problem::Store(StoreError::unavailable("")),
            Problem::Bug,
        ];
        let codes = problems.map(|problem| problem.support_code(7_000_123));
        assert_eq!(codes, ["901-000123", "905-000123", "902-000123", "903-000123", "904-000123"]);
    }

    #[test]
    fn somebody_with_a_code_in_hand_goes_back_to_where_it_is_typed() {
        assert_eq!(back_from("/identity/code"), "/identity/code");
    }
}
