//! What is said to whoever finds no room, from prepared bytes: a refusal must cost a small part of an acceptance.
//!
//! A page is made at most once a second in each of its forms, because it shows the time; what somebody typed is put into
//! it as it goes out. The wait that it names is spread, so that those who were refused together do not come back together.

use crate::app::App;
use crate::context::{Context, Wants};
use crate::error::Problem;
use crate::lang::Lang;
use crate::pages::Chrome;
use crate::pages::busy::{Again, BusyPage, Reason};
use crate::published::{Cache, Prepared};
use axum::body::Body;
use http::header::{CONTENT_TYPE, ETAG, RETRY_AFTER};
use http::{HeaderValue, Method, Response, StatusCode};
use hyper::http;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

/// Seconds: from the first to the first and so many.
const AGAIN_AFTER: u32 = 4;
const SPREAD: u32 = 8;
/// Longer waits than anybody is told.
const AGAIN_MAX: u32 = 60;
/// Nothing that is escaped, nor anything that a page says.
const ACTION_MARK: &str = "@action@";
const FIELDS_MARK: &str = "@fields@";

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Form {
    reason: Reason,
    /// None: for a program.
    page: Option<(Lang, Again)>,
    seconds: u32,
}

/// The forms of this second.
#[derive(Default)]
pub struct TurnedAway(Mutex<OfSecond>);

#[derive(Default)]
struct OfSecond {
    second: i64,
    forms: HashMap<Form, Arc<Prepared>>,
}

/// 503 or 429, with `Retry-After`, for whoever asked.
pub fn answer(ctx: &Context, problem: &Problem) -> Response<Body> {
    let (reason, at_least) = match problem {
        Problem::TooOften { retry_after_s } => (Reason::TooOften, *retry_after_s),
        _ => (Reason::Crowded, AGAIN_AFTER),
    };
    let [drawn] = ctx.app.random.bytes();
    let seconds = at_least.min(AGAIN_MAX) + u32::from(drawn) % SPREAD;
    let again = match (ctx.method == Method::GET, ctx.query == "still") {
        (true, false) => Again::ByItself,
        (true, true) => Again::Still,
        (false, _) => Again::Form,
    };
    let page = (ctx.wants == Wants::Page).then_some((ctx.lang, again));
    let form = Form { reason, page, seconds };
    let prepared = ctx.app.turned_away.form(form, problem, ctx);
    let mut response = if again == Again::Form && page.is_some() {
        with_fields(&prepared, ctx)
    } else {
        prepared.respond(&ctx.headers).map(Body::new)
    };
    *response.status_mut() = match reason {
        Reason::Crowded => StatusCode::SERVICE_UNAVAILABLE,
        Reason::TooOften => StatusCode::TOO_MANY_REQUESTS,
    };
    let headers = response.headers_mut();
    headers.remove(ETAG);
    headers.insert(RETRY_AFTER, seconds.into());
    response
}

impl TurnedAway {
    fn form(&self, form: Form, problem: &Problem, ctx: &Context) -> Arc<Prepared> {
        let mut of_second = self.0.lock().expect("nothing panics while making a page");
        let second = ctx.now.as_second();
        if of_second.second != second {
            *of_second = OfSecond { second, forms: HashMap::new() };
        }
        let made = || Arc::new(form.made(problem, &ctx.app, ctx));
        Arc::clone(of_second.forms.entry(form).or_insert_with(made))
    }
}

impl Form {
    fn made(self, problem: &Problem, app: &App, ctx: &Context) -> Prepared {
        let Some((lang, again)) = self.page else {
            return Prepared::new(problem.text(app), "application/problem+json", Cache::NoStore);
        };
        let page = BusyPage {
            chrome: Chrome::for_everybody(lang, "/wait".to_owned(), app.is_demo(), app.assets, ctx.now),
            reason: self.reason,
            again,
            retry_seconds: self.seconds,
            action: ACTION_MARK,
            hidden: FIELDS_MARK,
        };
        let html = askama::Template::render(&page).expect("templates write to memory only");
        Prepared::new(html, "text/html; charset=utf-8", Cache::NoStore)
    }
}

/// The form with everything that was sent, its key too: it can be sent again as it was.
fn with_fields(prepared: &Prepared, ctx: &Context) -> Response<Body> {
    let html = std::str::from_utf8(prepared.text()).expect("pages are text");
    let marked = html.split_once(ACTION_MARK).and_then(|(before, rest)| {
        let (between, after) = rest.split_once(FIELDS_MARK)?;
        Some((before, between, after))
    });
    let (before, between, after) = marked.expect("the form has places for what it says");
    let action = escaped(&ctx.lang.href(&ctx.path));
    let mut page = [before, &action, between].concat();
    for (name, value) in ctx.fields.sent() {
        let (name, value) = (escaped(name), escaped(value));
        write!(page, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
            .expect("writing to memory cannot fail");
    }
    page.push_str(after);
    let content_type = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response = prepared.respond(&http::HeaderMap::new()).map(|_| Body::from(page));
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn escaped(text: &str) -> String {
    askama::filters::escape(text, askama::filters::Html).expect("writing to memory cannot fail").to_string()
}
