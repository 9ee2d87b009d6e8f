//! The live figures as a stream of server-sent events (WHATWG HTML 9.2): one a second, each the part of the page that
//! changes, made by the same template. A stream ends after some events and the browser asks again, so whoever may no
//! longer look is out within seconds and a process that ends waits for nobody.

use crate::app::App;
use axum::body::{Body, Bytes};
use http::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::body::Frame;
use hyper::http;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

const EVENTS: u32 = 20;
const EVERY: Duration = Duration::from_secs(1);
/// After the end of a stream, and after one that failed.
const AGAIN_MS: u32 = 1_000;

struct Events<F> {
    app: Arc<App>,
    /// What is said now.
    say: F,
    left: u32,
    ticks: Interval,
}

/// The answer; `say` makes the text of each event.
pub(super) fn stream(app: Arc<App>, say: impl FnMut() -> String + Send + Unpin + 'static) -> Response<Body> {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut response = Response::new(Body::new(Events { app, say, left: EVENTS, ticks }));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    crate::published::add_safety(headers, false);
    response
}

impl<F: FnMut() -> String + Unpin> hyper::body::Body for Events<F> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        if this.left == 0 || this.app.draining.has_begun() {
            return Poll::Ready(None);
        }
        ready!(this.ticks.poll_tick(task));
        this.left -= 1;
        Poll::Ready(Some(Ok(Frame::data(event(&(this.say)()).into()))))
    }
}

fn event(text: &str) -> String {
    let lines = text.lines().map(|line| format!("data: {line}\n"));
    format!("retry: {AGAIN_MS}\nevent: figures\n{}\n", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_several_lines_is_one_event() {
        assert_eq!(event("<p>\none"), "retry: 1000\nevent: figures\ndata: <p>\ndata: one\n\n");
    }
}
