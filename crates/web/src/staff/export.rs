//! `/desk/audit`: the whole audit record, or what came after `?since=N`, as the list that `charye audit check` proves
//! ([`crate::audit_list`]). It is read off the journal a page at a time, as fast as whoever asked reads: nothing of it is
//! collected. A list that does not end with its head was cut, whatever the reason.

use crate::app::App;
use crate::audit_list::Line;
use crate::context::Context;
use crate::error::Problem;
use axum::body::{Body, Bytes};
use booking::LookUp;
use http::Response;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use hyper::body::Frame;
use hyper::http;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};
use store::{AuditEvent, AuditHead, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Events of a page: the one writer reads them between two batches.
const PAGE: usize = 512;
/// Lists under way in one process; whoever comes above is told to ask again.
const EXPORTS_MAX: usize = 2;

pub(super) struct Exports(Arc<Semaphore>);

impl Default for Exports {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(EXPORTS_MAX)))
    }
}

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let since = since(&ctx.query)?;
    let exports = Arc::clone(&ctx.staff()?.exports.0);
    let place = exports.try_acquire_owned().map_err(|_| Problem::Busy)?;
    ctx.look_up(LookUp::Export, None, "").await?;
    let app = Arc::clone(&ctx.app);
    // What comes in meanwhile is of a later list.
    let until = app.store.audit_head().await?;
    let begin = head_at(&app, since, until).await?.ok_or(Problem::NotFound)?;
    let first = page(Arc::clone(&app), begin.seq).await?;
    Ok(answer(List { app, at: begin, until, step: Step::Begin(first), _place: place }))
}

/// Nothing asked is everything; what is no number is nowhere.
fn since(query: &str) -> Result<u64, Problem> {
    let mut asked = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "since");
    asked.next().map_or(Ok(0), |(_, number)| number.parse().map_err(|_| Problem::NotFound))
}

/// How the chain stood after that event; None where it has not come so far.
async fn head_at(app: &App, seq: u64, until: AuditHead) -> Result<Option<AuditHead>, StoreError> {
    if seq == 0 || seq >= until.seq {
        let first = (seq == 0).then(|| AuditHead::begin(until.incarnation));
        return Ok(first.or((seq == until.seq).then_some(until)));
    }
    let event = app.store.audit_since(seq - 1, 1).await?.into_iter().next();
    Ok(event.map(|event| AuditHead { seq: event.seq, hash: event.hash, ..until }))
}

async fn page(app: Arc<App>, after: u64) -> Result<Vec<AuditEvent>, StoreError> {
    app.store.audit_since(after, PAGE).await
}

fn answer(list: List) -> Response<Body> {
    let mut response = Response::new(Body::new(list));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.jsonl\""));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    crate::published::add_safety(headers, false);
    response
}

type Asked = Pin<Box<dyn Future<Output = Result<Vec<AuditEvent>, StoreError>> + Send>>;

enum Step {
    /// With the events that were read before anything was answered.
    Begin(Vec<AuditEvent>),
    Asked(Asked),
    End,
}

/// One page is in memory, and the next is read when that one is on its way.
struct List {
    app: Arc<App>,
    /// After the last event that was told.
    at: AuditHead,
    until: AuditHead,
    step: Step,
    _place: OwnedSemaphorePermit,
}

impl List {
    /// Each event is held against the one before it: what is sent would prove itself.
    fn tell(&mut self, events: &[AuditEvent], lines: &mut Vec<u8>) -> io::Result<()> {
        for event in events.iter().take_while(|event| event.seq <= self.until.seq) {
            self.at.follow(event).map_err(io::Error::other)?;
            Line::event(event).write(lines);
        }
        Ok(())
    }

    fn go_on(&mut self, lines: &mut Vec<u8>) -> io::Result<()> {
        if self.at.seq < self.until.seq {
            self.step = Step::Asked(Box::pin(page(Arc::clone(&self.app), self.at.seq)));
            return Ok(());
        }
        if self.at != self.until {
            return Err(io::Error::other("the record does not end at its head"));
        }
        Line::end(&self.until).write(lines);
        self.step = Step::End;
        Ok(())
    }

    fn poll_lines(&mut self, task: &mut Task<'_>) -> Poll<Option<io::Result<Vec<u8>>>> {
        let mut lines = Vec::new();
        let events = match &mut self.step {
            Step::End => return Poll::Ready(None),
            _ if self.app.draining.has_begun() => {
                return Poll::Ready(Some(Err(io::Error::other("the service ends"))));
            }
            Step::Begin(events) => {
                Line::begin(&self.at).write(&mut lines);
                std::mem::take(events)
            }
            Step::Asked(asked) => match ready!(asked.as_mut().poll(task)) {
                Ok(events) if events.is_empty() => {
                    return Poll::Ready(Some(Err(io::Error::other("the record is shorter than its head"))));
                }
                Ok(events) => events,
                Err(error) => return Poll::Ready(Some(Err(io::Error::other(error)))),
            },
        };
        let told = self.tell(&events, &mut lines).and_then(|()| self.go_on(&mut lines));
        Poll::Ready(Some(told.map(|()| lines)))
    }
}

impl hyper::body::Body for List {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        let lines = ready!(this.poll_lines(task));
        Poll::Ready(lines.map(|lines| match lines {
            Ok(lines) => Ok(Frame::data(lines.into())),
            Err(error) => {
                this.step = Step::End;
                tracing::warn!(%error, told = this.at.seq, "a list of the audit record was cut");
                Err(error)
            }
        }))
    }
}
