//! One request, as handlers see it: already read, checked and named.

use crate::app::App;
use crate::cookies::Cookie;
use crate::error::Problem;
use crate::fields::{Field, FieldFault, Fields};
use crate::front::forward::Lane;
use crate::journey::changing::Changing;
use crate::lang::Lang;
use crate::overload::tries::Asker;
use crate::pages::Chrome;
use crate::pages::parts::{Errors, FieldError};
use crate::published::Cache;
use crate::session::{Session, form_token};
use crate::staff::OnDuty;
use crate::wording;
use axum::body::Body;
use booking::RequestKey;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use hyper::http;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use store::{Command, Keyed, Request};
use waiting_room::{Pass, Ticket};

/// A page for people, or JSON for programs; the same handlers' rules stand behind both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    Page,
    Json,
}

pub struct Context {
    pub app: Arc<App>,
    pub lang: Lang,
    pub wants: Wants,
    pub method: Method,
    /// As it stands in the table: the one name of an address that a log may have.
    pub route: &'static str,
    /// Without `/en`.
    pub path: String,
    pub params: HashMap<String, String>,
    /// What stands behind the question mark; empty where there is none.
    pub query: String,
    pub headers: HeaderMap,
    pub fields: Fields,
    pub now: Timestamp,
    /// The value of the browser cookie, a new one where there was none.
    pub browser: String,
    pub session: Option<Session>,
    pub pass: Option<Pass>,
    pub ticket: Option<Ticket>,
    /// The appointments that the person is about to move; known on pages of somebody whom a guard let through.
    pub changing: Option<Changing>,
    /// On the pages of a booking: for whom it is.
    pub party: Option<String>,
    /// By whose way the request came.
    pub lane: Lane,
    /// As far as it can be believed; for limits, and for the record of what staff do.
    pub came_from: Option<IpAddr>,
    /// On the staff's pages: who is signed in.
    pub on_duty: Option<OnDuty>,
    /// `Set-Cookie` lines of the answer.
    pub cookies: Vec<HeaderValue>,
}

impl Context {
    /// # Errors
    /// [`Problem::TooOften`] to whoever asks too often.
    pub fn count_a_try(&self) -> Result<(), Problem> {
        let (person, ticket) =
            (self.session.map(|session| session.person), self.ticket.map(|ticket| ticket.id));
        let tried = self.app.tries.take(&Asker { person, ticket, address: self.came_from }, self.now);
        tried.map_err(|retry_after_s| Problem::TooOften { retry_after_s })
    }

    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// The pass that was given to this person for this campaign; whether it is live is another question.
    pub fn own_pass(&self) -> Option<Pass> {
        let person = self.session?.person;
        self.pass.filter(|pass| pass.campaign == self.app.gate.tag && pass.booker == person.0)
    }

    /// Whether it can book now, as far as its pass says; the ledger decides again.
    pub fn has_live_pass(&self) -> bool {
        self.own_pass().is_some_and(|pass| pass.is_live(self.app.gate.pass_epoch(), self.now))
    }

    pub fn chrome(&self) -> Chrome {
        Chrome {
            lang: self.lang,
            demo: self.app.is_demo(),
            path: self.path.clone(),
            assets: self.app.assets,
            signed_in: self.session.is_some(),
            renews: self.query != "still",
            tells_time: true,
            party: self.party.clone(),
            now: self.now,
            changing: self.changing.as_ref().map(|changing| changing.banner(self)),
            notice: if self.path == "/wait" { None } else { self.notice() },
        }
    }

    pub(crate) fn notice(&self) -> Option<String> {
        let published = self.app.gate.published();
        announced(self.lang, &published.facts.as_ref()?.document.message)
    }

    /// The hidden field that ties a form to this browser.
    pub fn csrf(&self) -> String {
        form_token(&self.app.keys.tokens, &self.browser, self.now)
    }

    /// A fresh idempotency key for a form: pressing twice is pressing once.
    pub fn fresh_key(&self) -> String {
        crate::published::hex(&self.app.random.bytes::<16>())
    }

    pub fn set_cookie(&mut self, cookie: Cookie, value: &str) {
        self.cookies.push(cookie.set(value, self.app.settings.secure_cookies));
    }

    pub fn clear_cookie(&mut self, cookie: Cookie) {
        self.cookies.push(cookie.clear(self.app.settings.secure_cookies));
    }

    /// What is wrong with a form, in the words of the page.
    pub fn errors(&self, expected: &[Field]) -> Errors {
        self.errors_of(&self.fields.faults(expected))
    }

    pub fn errors_of(&self, faults: &[FieldFault]) -> Errors {
        let say = |fault: &FieldFault| FieldError {
            field: fault.field,
            message: wording::field_fault(self.lang, fault),
        };
        Errors(faults.iter().map(say).collect())
    }

    /// The idempotency key that came with the request, in its header or in the form.
    pub fn sent_key(&self) -> Option<&str> {
        let header = self.headers.get("idempotency-key").and_then(|value| value.to_str().ok());
        Some(header.unwrap_or_else(|| self.fields.typed("key"))).filter(|key| (1..=200).contains(&key.len()))
    }

    /// The command under the key that came with the request, scoped to person and operation. On a page the key is
    /// scoped to the choice as well: somebody who goes back and chooses another time sends the old key with it, and
    /// means it.
    pub fn keyed(&self, command: Command) -> Result<Request, Problem> {
        let sent = self.sent_key().ok_or(Problem::KeyMissing)?;
        let person = self.session.map_or(0, |session| session.person.0);
        let body: [u8; 32] = Sha256::digest(format!("{command:?}")).into();
        let mut key =
            Sha256::new().chain_update(person.to_be_bytes()).chain_update(command.name()).chain_update([0]);
        if self.wants == Wants::Page {
            key = key.chain_update(body);
        }
        let key = RequestKey(key.chain_update(sent).finalize().into());
        Ok(Request { keyed: Some(Keyed { key, body }), command })
    }

    pub fn page(&self, page: &impl askama::Template) -> Response<Body> {
        self.page_with(StatusCode::OK, page)
    }

    pub fn page_with(&self, status: StatusCode, page: &impl askama::Template) -> Response<Body> {
        let html = page.render().expect("templates write to memory only");
        let mut response = self.answer(status, Body::from(html), "text/html; charset=utf-8");
        crate::published::add_safety(response.headers_mut(), true);
        response
    }

    pub fn json(&self, status: StatusCode, value: &impl Serialize) -> Response<Body> {
        let body = serde_json::to_vec(value).expect("answers are plain data");
        self.answer(status, Body::from(body), "application/json")
    }

    /// A file to be saved under `name`, which is plain ASCII.
    pub fn file(&self, content: impl Into<Body>, content_type: &'static str, name: &str) -> Response<Body> {
        let mut response = self.answer(StatusCode::OK, content.into(), content_type);
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
        let disposition = disposition.expect("names of our files are plain ASCII");
        response.headers_mut().insert(CONTENT_DISPOSITION, disposition);
        response
    }

    /// 303: after a POST the browser asks anew, so that a reload repeats nothing.
    pub fn see_other(&self, path: &str) -> Response<Body> {
        let mut response = self.answer(StatusCode::SEE_OTHER, Body::empty(), "text/plain");
        let location = HeaderValue::from_str(&self.lang.href(path)).expect("our paths are plain ASCII");
        response.headers_mut().insert(LOCATION, location);
        response
    }

    fn answer(&self, status: StatusCode, body: Body, content_type: &'static str) -> Response<Body> {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, Cache::NoStore.header());
        crate::published::add_safety(headers, false);
        for cookie in &self.cookies {
            headers.append(SET_COOKIE, cookie.clone());
        }
        response
    }
}

/// What is announced to everybody; in the other language rather than not at all.
pub(crate) fn announced(lang: Lang, (ko, en): &(String, String)) -> Option<String> {
    let own = lang.t(ko, en);
    let said = if own.is_empty() { lang.t(en, ko) } else { own };
    (!said.is_empty()).then(|| said.to_owned())
}
