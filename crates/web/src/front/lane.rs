//! The short lane: the gate document and a first ticket, asked for in their plainest form, are answered from the bytes
//! of the request. Everything else, and everything that might mean something else, goes to hyper with every byte that
//! was read: another path, a body, an `Expect`, a cookie, a browser's word on where a form came from, anything that
//! does not parse.
//!
//! It exists because a crowd asks just these two things, and half of what a request costs outside the kernel is the
//! building and taking apart of messages (`docs/performance.md`).

use super::join::ticket_body;
use super::limits::SocketLimits;
use crate::app::App;
use crate::cookies::Cookie;
use crate::published::{Asked, Cache, Ending, end_head, header};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE, X_CONTENT_TYPE_OPTIONS};
use hyper::http;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use waiting_room::Ticket;

/// A plainer request fits; a longer head goes to hyper.
const HEAD_MAX: usize = 2048;
const FIELDS_MAX: usize = 24;
/// What an idle connection keeps for its answers.
const ANSWER_KEPT: usize = 2048;
/// So long a reservation may take to grow before the whole join waits for it.
const RESERVATION_WAIT: Duration = Duration::from_millis(250);

/// The two request lines that are known here.
pub(super) struct Lane {
    document: Vec<u8>,
    tickets: Vec<u8>,
}

/// What becomes of a connection.
pub(super) enum After {
    Closed,
    /// A head began, and did not end in time.
    TooSlow,
    /// Hyper goes on, beginning with these bytes.
    Hyper(Bytes),
}

enum Seen {
    Answered {
        length: usize,
        close: bool,
    },
    /// A join while the reservation grows.
    NoTicketYet {
        length: usize,
        close: bool,
    },
    Unfinished,
    NotOurs,
}

/// A head that says nothing but what is understood here.
struct Plain {
    length: usize,
    close: bool,
    /// A cookie, or where a form came from: a ticket is then a question for the whole join.
    personal: bool,
    asked: Asked,
}

impl Lane {
    pub(super) fn new(app: &App, for_staff: bool) -> Self {
        // Of the staff's listener the public asks nothing.
        let line = |line: String| if for_staff { vec![0] } else { line.into_bytes() };
        Self {
            document: line(format!("GET {} HTTP/1.1\r\n", app.gate_document_path)),
            tickets: line(format!("POST {} HTTP/1.1\r\n", app.tickets_path)),
        }
    }

    /// Answers what it can, one request after another. A connection without a finished request for as long as
    /// [`SocketLimits::head_wait`], twice at most, is given up: the timer is looked at when it ends, not at each request.
    pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut S, app: &App) -> After {
        let limits = &app.settings.socket;
        let mut head = [0; HEAD_MAX];
        // Of the head: what is answered, and what is read.
        let (mut taken, mut filled) = (0, 0);
        let mut answer = Vec::with_capacity(ANSWER_KEPT);
        let mut answered_lately = false;
        let mut idle = pin!(tokio::time::sleep(limits.head_wait));
        loop {
            let mut seen = self.look(&head[taken..filled], app, &mut answer);
            if let Seen::NoTicketYet { length, close } = seen {
                // Nobody waits for an answer that is there already.
                if !send(stream, &mut answer, limits).await {
                    return After::Closed;
                }
                seen = Box::pin(ticket_once_reserved(app, length, close, &mut answer)).await;
            }
            if let Seen::Answered { length, close } = seen {
                app.watching.from_memory();
                taken += length;
                answered_lately = true;
                if !close {
                    continue;
                }
            }
            // Whoever asks several things at once gets the answers at once.
            if !send(stream, &mut answer, limits).await {
                return After::Closed;
            }
            match seen {
                Seen::NotOurs => return After::Hyper(Bytes::copy_from_slice(&head[taken..filled])),
                Seen::Answered { .. } => return After::Closed,
                Seen::NoTicketYet { .. } | Seen::Unfinished => {}
            }
            head.copy_within(taken..filled, 0);
            (taken, filled) = (0, filled - taken);
            if filled == HEAD_MAX {
                return After::Hyper(Bytes::copy_from_slice(&head));
            }
            tokio::select! {
                biased;
                read = stream.read(&mut head[filled..]) => match read {
                    Ok(0) | Err(_) => return After::Closed,
                    Ok(read) => filled += read,
                },
                () = &mut idle => {
                    if !answered_lately {
                        return if filled == 0 { After::Closed } else { After::TooSlow };
                    }
                    answered_lately = false;
                    idle.set(tokio::time::sleep(limits.head_wait));
                }
            }
        }
    }

    fn look(&self, bytes: &[u8], app: &App, answer: &mut Vec<u8>) -> Seen {
        let is_document = bytes.starts_with(&self.document);
        if !is_document && !bytes.starts_with(&self.tickets) {
            let may_become = |line: &[u8]| line.starts_with(bytes);
            return if may_become(&self.document) || may_become(&self.tickets) {
                Seen::Unfinished
            } else {
                Seen::NotOurs
            };
        }
        let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
        let mut request = httparse::Request::new(&mut fields);
        let length = match request.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Seen::Unfinished,
            Err(_) => return Seen::NotOurs,
        };
        let Some(mut plain) = plain(request.headers, length) else { return Seen::NotOurs };
        plain.close |= app.draining.has_begun();
        let published = app.gate.published();
        let ending = Ending { date: &published.date, close: plain.close, over_tls: app.tls.is_some() };
        let Plain { length, close, personal, .. } = plain;
        if is_document {
            published.gate_document.write(&plain.asked, &ending, answer);
            return Seen::Answered { length, close };
        }
        if personal {
            return Seen::NotOurs;
        }
        match app.gate.try_issue(|| app.random.bytes()) {
            Ok(Some(ticket)) => {
                write_ticket(app, &ticket, &ending, answer);
                Seen::Answered { length, close }
            }
            Ok(None) => Seen::NoTicketYet { length, close },
            Err(_) => Seen::NotOurs,
        }
    }
}

/// None for anything that hyper should decide about.
fn plain(fields: &[httparse::Header<'_>], length: usize) -> Option<Plain> {
    let mut plain = Plain { length, close: false, personal: false, asked: Asked::default() };
    let mut hosts = 0;
    for field in fields {
        let is = |name: &str| field.name.eq_ignore_ascii_case(name);
        if is("host") {
            hosts += 1;
        } else if is("connection") {
            plain.close = field.value.eq_ignore_ascii_case(b"close");
            if !plain.close && !field.value.eq_ignore_ascii_case(b"keep-alive") {
                return None;
            }
        } else if is("content-length") {
            if field.value != b"0" {
                return None;
            }
        } else if is("transfer-encoding") || is("expect") || is("upgrade") || is("te") || is("trailer") {
            return None;
        } else if is("cookie") || is("origin") || is("sec-fetch-site") {
            plain.personal = true;
        } else if is("if-none-match") {
            plain.asked.known_tag = field.value.to_vec();
        } else if is("accept-encoding") {
            plain.asked.takes_gzip = field.value.windows(4).any(|part| part == b"gzip");
        }
    }
    (hosts == 1).then_some(plain)
}

/// A connection that went to hyper for it would stay there. Where it takes longer, or where there are no tickets, the
/// whole join waits, or says why not.
async fn ticket_once_reserved(app: &App, length: usize, close: bool, answer: &mut Vec<u8>) -> Seen {
    let issued = app.gate.issue(|| app.random.bytes());
    let Ok(Ok(ticket)) = tokio::time::timeout(RESERVATION_WAIT, issued).await else { return Seen::NotOurs };
    let published = app.gate.published();
    let ending = Ending { date: &published.date, close, over_tls: app.tls.is_some() };
    write_ticket(app, &ticket, &ending, answer);
    Seen::Answered { length, close }
}

fn write_ticket(app: &App, ticket: &Ticket, ending: &Ending<'_>, answer: &mut Vec<u8>) {
    let token = app.gate.seal(ticket);
    let body = ticket_body(&token, "issued");
    answer.extend_from_slice(b"HTTP/1.1 201 Created\r\n");
    header(answer, CONTENT_TYPE.as_str(), b"application/json");
    header(answer, CACHE_CONTROL.as_str(), Cache::NoStore.words().as_bytes());
    header(answer, X_CONTENT_TYPE_OPTIONS.as_str(), b"nosniff");
    answer.extend_from_slice(SET_COOKIE.as_str().as_bytes());
    answer.extend_from_slice(b": ");
    for part in Cookie::Ticket.setting(&token, app.settings.secure_cookies) {
        answer.extend_from_slice(part.as_bytes());
    }
    answer.extend_from_slice(b"\r\n");
    end_head(answer, Some(body.iter().map(|part| part.len()).sum()), ending);
    for part in body {
        answer.extend_from_slice(part.as_bytes());
    }
}

/// False when the other side is gone or does not read. A timer is made only for what the socket does not take at once.
async fn send<S: AsyncWrite + Unpin>(stream: &mut S, answer: &mut Vec<u8>, limits: &SocketLimits) -> bool {
    if answer.is_empty() {
        return true;
    }
    let at_once = poll_fn(|ctx| {
        let sent = match Pin::new(&mut *stream).poll_write(ctx, answer) {
            Poll::Pending => 0,
            Poll::Ready(Ok(sent)) => sent,
            Poll::Ready(Err(_)) => return Poll::Ready(None),
        };
        let is_out = sent == answer.len() && Pin::new(&mut *stream).poll_flush(ctx).is_ready();
        Poll::Ready(Some((sent, is_out)))
    });
    let Some((sent, is_out)) = at_once.await else { return false };
    let the_rest = async {
        stream.write_all(&answer[sent..]).await?;
        stream.flush().await
    };
    let is_out = is_out || matches!(tokio::time::timeout(limits.write_wait, the_rest).await, Ok(Ok(())));
    answer.clear();
    answer.shrink_to(ANSWER_KEPT);
    is_out
}
