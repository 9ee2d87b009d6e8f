//! One line for each request that reached a handler, which reads alone: what was asked for by the template of its route,
//! never by its path or query, in which people's numbers could stand.

use super::{RefusalCode, Watching};
use crate::app::App;
use crate::lang::Lang;
use crate::routes::Route;
use axum::body::Body;
use http::Response;
use hyper::body::Body as _;
use hyper::http;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A request from its head to its answer. Dropped before that, whoever asked has gone.
pub(crate) struct Asked<'a> {
    app: &'a App,
    route: &'static Route,
    lang: Lang,
    since: Duration,
    is_answered: bool,
}

impl<'a> Asked<'a> {
    pub(crate) fn now(app: &'a App, route: &'static Route, lang: Lang) -> Self {
        Self { app, route, lang, since: app.clock.elapsed(), is_answered: false }
    }

    pub(crate) fn answered(mut self, response: &Response<Body>) {
        self.is_answered = true;
        let took = self.app.clock.elapsed().saturating_sub(self.since);
        let refusal = response.extensions().get::<RefusalCode>().map(|refusal| refusal.0);
        let watching = &self.app.watching;
        watching.answered(self.route.plane(), response.status(), refusal, took);
        if watching.access_log {
            self.tell(Some(response), refusal, took);
        }
    }

    fn tell(&self, response: Option<&Response<Body>>, refusal: Option<&str>, took: Duration) {
        tracing::info!(
            target: "web::access",
            method = self.route.method.as_str(),
            route = if self.route.path.is_empty() { "none" } else { self.route.path },
            lang = self.lang.code(),
            plane = self.route.plane().name(),
            // As nginx says it: whoever asked had gone.
            status = response.map_or(499, |response| response.status().as_u16()),
            ms = took.as_micros() as f64 / 1_000.0,
            bytes = response.and_then(|response| response.body().size_hint().exact()).unwrap_or(0),
            request = crate::published::hex(&self.app.random.bytes::<8>()),
            refusal = refusal.unwrap_or("none"),
            "request"
        );
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if self.is_answered {
            return;
        }
        let watching: &Watching = &self.app.watching;
        watching.gone.fetch_add(1, Ordering::Relaxed);
        if watching.access_log {
            self.tell(None, Some("Gone"), self.app.clock.elapsed().saturating_sub(self.since));
        }
    }
}
