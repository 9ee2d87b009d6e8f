//! A closed loop over connections that stay: each sends its next request when its answer is complete.
use super::load::{Load, Outcome};
use super::response::{AnswerCheck, Progress};
use crate::clock;
use anyhow::{Context, Result};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream as BlockingStream};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 64;
const ANSWER_BYTES_MAX: usize = 32 * 1024;

struct Connection {
    stream: TcpStream,
    answer: Box<[u8]>,
    received: usize,
    sent_at: Instant,
}

pub(crate) fn run(load: &Load, duration: Duration) -> Result<Outcome> {
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(CONNECTIONS);
    let mut connections = (0..CONNECTIONS).map(|at| open(load, &poll, at)).collect::<Result<Vec<_>>>()?;
    let mut check = AnswerCheck::new(load.expected_status);
    let mut outcome = Outcome::new();
    let start = clock::now();
    let deadline = start + duration;
    let mut now = start;
    while now < deadline {
        poll.poll(&mut events, Some(deadline - now)).context("waiting for answers")?;
        for event in &events {
            let at = event.token().0;
            let progress = receive(&mut connections[at], &mut check);
            now = clock::now();
            match progress {
                Progress::Unfinished => {}
                Progress::Finished => {
                    let connection = &mut connections[at];
                    outcome.requests += 1;
                    outcome.latency.record(now - connection.sent_at);
                    send(connection, load, now)?;
                }
                Progress::Wrong => {
                    outcome.errors += 1;
                    connections[at] = open(load, &poll, at)?;
                }
            }
        }
        now = clock::now();
    }
    outcome.elapsed = now - start;
    Ok(outcome)
}

/// Opens a connection and sends its first request.
fn open(load: &Load, poll: &Poll, at: usize) -> Result<Connection> {
    let stream = BlockingStream::connect((Ipv4Addr::LOCALHOST, load.port)).context("connecting")?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    let mut stream = TcpStream::from_std(stream);
    poll.registry().register(&mut stream, Token(at), Interest::READABLE)?;
    let answer = vec![0; ANSWER_BYTES_MAX].into_boxed_slice();
    let mut connection = Connection { stream, answer, received: 0, sent_at: clock::now() };
    let now = connection.sent_at;
    send(&mut connection, load, now)?;
    Ok(connection)
}

/// One request is in flight at a time, so that it always fits the socket's buffer.
fn send(connection: &mut Connection, load: &Load, now: Instant) -> Result<()> {
    connection.received = 0;
    connection.sent_at = now;
    match connection.stream.write_all(&load.request) {
        // The server has closed; the next reading sees it and counts it.
        Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => Ok(()),
        sent => sent.context("sending a request"),
    }
}

/// Reads what is there. A complete answer is the last thing the server sends until it is asked again, so
/// the socket need not be read until it is empty: the next answer is a new event.
fn receive(connection: &mut Connection, check: &mut AnswerCheck) -> Progress {
    loop {
        let space = &mut connection.answer[connection.received..];
        match connection.stream.read(space) {
            Ok(0) => return Progress::Wrong,
            Ok(length) => connection.received += length,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Progress::Unfinished,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return Progress::Wrong,
        }
        match check.check(&connection.answer[..connection.received]) {
            Progress::Unfinished => {}
            complete => return complete,
        }
    }
}
