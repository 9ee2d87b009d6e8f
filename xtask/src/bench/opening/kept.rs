//! Over connections that stay. Each carries a range of people: those who came while it was free, in one write; it is free
//! again when all of them are answered. Whoever finds no free connection waits, and the wait counts.
use super::answers::{Seen, Shape};
use super::arrivals::Arrivals;
use super::failure::Failure;
use super::outcome::Outcome;
use crate::clock;
use anyhow::{Context, Result, ensure};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::collections::VecDeque;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream as BlockingStream};
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

/// Of all threads together.
pub(super) const CONNECTIONS: usize = 512;
const READ_BYTES: usize = 64 * 1024;
/// As fine as the system's timer for it.
const TICK: Duration = Duration::from_millis(1);
/// Whoever has no answer for so long after the last one came gets none.
const SILENCE_MAX: Duration = Duration::from_secs(30);
const CREATED: u16 = 201;

struct Connection {
    stream: TcpStream,
    /// Who was asked for and not answered yet.
    people: Range<u64>,
    /// The beginning of an answer.
    rest: Vec<u8>,
}

struct Crowd<'a> {
    request: &'a [u8],
    /// Requests of a whole range.
    batch: Vec<u8>,
    depth: u64,
    arrivals: Arrivals,
    start: Instant,
    /// The next to come.
    next: u64,
    connections: Vec<Connection>,
    free: VecDeque<usize>,
    shape: Shape,
    outcome: Outcome,
}

/// As many threads as there are cores beside the service's.
pub(super) fn run(port: u16, request: &[u8], arrivals: &Arrivals, depth: u64) -> Result<Outcome> {
    let cores = thread::available_parallelism().context("counting cores")?.get();
    let start = clock::now() + TICK;
    let crowd = |number: usize| -> Result<Outcome> {
        let share = arrivals.share(number as u64, cores as u64);
        let mut poll = Poll::new()?;
        Crowd::new(&poll, port, request, share, start, cores, depth)?.come(&mut poll)
    };
    let outcomes = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|number| scope.spawn(move || crowd(number))).collect();
        threads.into_iter().map(|one| one.join().expect("a crowd does not panic")).collect::<Result<Vec<_>>>()
    })?;
    let mut all = Outcome::new();
    for one in &outcomes {
        all.join(one);
    }
    Ok(all)
}

impl<'a> Crowd<'a> {
    fn new(
        poll: &Poll,
        port: u16,
        request: &'a [u8],
        arrivals: Arrivals,
        start: Instant,
        threads: usize,
        depth: u64,
    ) -> Result<Self> {
        let open = |at: usize| open(poll, port, at);
        let connections = (0..CONNECTIONS / threads).map(open).collect::<Result<Vec<_>>>()?;
        Ok(Self {
            request,
            batch: request.repeat(depth as usize),
            depth,
            arrivals,
            start,
            next: 0,
            free: (0..connections.len()).collect(),
            connections,
            shape: Shape::default(),
            outcome: Outcome::new(),
        })
    }

    fn come(mut self, poll: &mut Poll) -> Result<Outcome> {
        let mut events = Events::with_capacity(CONNECTIONS);
        let mut scratch = vec![0; READ_BYTES];
        let people = self.arrivals.people;
        let mut heard_at = self.start;
        while self.outcome.settled() < people {
            let now = clock::now();
            self.send_due(now.saturating_duration_since(self.start))?;
            match poll.poll(&mut events, Some(TICK)) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                polled => polled.context("waiting for answers")?,
            }
            let now = clock::now();
            for event in &events {
                heard_at = now;
                self.hear(event.token().0, now, &mut scratch)?;
            }
            let waited = now.saturating_duration_since(heard_at);
            ensure!(waited < SILENCE_MAX, "the service is silent: {} of {people}", self.outcome.answered);
        }
        self.outcome.lasted = clock::now() - self.start;
        Ok(self.outcome)
    }

    fn send_due(&mut self, now: Duration) -> Result<()> {
        let come = self.arrivals.by(now);
        while self.next < come {
            let Some(at) = self.free.pop_front() else { return Ok(()) };
            let until = come.min(self.next + self.depth);
            let bytes = self.request.len() * (until - self.next) as usize;
            let connection = &mut self.connections[at];
            connection.people = self.next..until;
            // What fits the smallest of the system's buffers.
            connection.stream.write_all(&self.batch[..bytes]).context("sending")?;
            self.outcome.requests += until - self.next;
            self.outcome.writes += 1;
            self.next = until;
        }
        Ok(())
    }

    fn hear(&mut self, at: usize, now: Instant, scratch: &mut [u8]) -> Result<()> {
        let connection = &mut self.connections[at];
        while !connection.people.is_empty() {
            let before = connection.rest.len();
            scratch[..before].copy_from_slice(&connection.rest);
            let length = match connection.stream.read(&mut scratch[before..]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read.context("reading an answer")?,
            };
            ensure!(
                length > 0,
                "the service closed a connection under {} people",
                connection.people.end - connection.people.start
            );
            let mut received = &scratch[..before + length];
            loop {
                match self.shape.look(received) {
                    Seen::Unfinished => break,
                    Seen::Unreadable => anyhow::bail!("an answer that cannot be read"),
                    Seen::Answer { status, length } => {
                        received = &received[length..];
                        let person = connection.people.next().context("an answer that nobody asked for")?;
                        let wanted = self.start + self.arrivals.at(person);
                        match status {
                            CREATED => self.outcome.answer(now.saturating_duration_since(wanted)),
                            other => self.outcome.fail(Failure::Status(other)),
                        }
                    }
                }
            }
            connection.rest.clear();
            connection.rest.extend_from_slice(received);
        }
        self.free.push_back(at);
        Ok(())
    }
}

fn open(poll: &Poll, port: u16, at: usize) -> Result<Connection> {
    let stream = BlockingStream::connect((Ipv4Addr::LOCALHOST, port)).context("connecting")?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    let mut stream = TcpStream::from_std(stream);
    poll.registry().register(&mut stream, Token(at), Interest::READABLE)?;
    Ok(Connection { stream, people: 0..0, rest: Vec::new() })
}
