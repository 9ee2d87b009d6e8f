//! Each on a connection of their own: connect, ask, hear, close. As over kept connections in an open loop: whoever comes
//! while so many are at it waits for one to be done, and the wait counts. Whatever becomes of somebody is counted by its
//! kind and ends nothing.
use super::answers::{Seen, Shape};
use super::arrivals::Arrivals;
use super::failure::Failure;
use super::outcome::Outcome;
use crate::clock;
use anyhow::{Context, Result};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Registry, Token};
use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::thread;
use std::time::{Duration, Instant};

/// Each address of this machine has its own range of ports; so many for each thread.
const SOURCES: u8 = 50;
const READ_BYTES: usize = 32 * 1024;
/// As fine as the system's timer for it.
const TICK: Duration = Duration::from_millis(1);
/// Linux: a connection is on its way.
const EINPROGRESS: i32 = 115;

pub(super) struct Own<'a> {
    pub(super) port: u16,
    pub(super) request: &'a [u8],
    /// The status of what they come for.
    pub(super) expected: u16,
    pub(super) arrivals: Arrivals,
    /// Of each thread: so many are connected at once and no more.
    pub(super) at_once: usize,
    /// Whoever has not heard the whole answer by then goes.
    pub(super) patience: Duration,
}

impl Own<'_> {
    /// As many threads as there are cores beside the service's.
    pub(super) fn come(&self) -> Result<Outcome> {
        let cores = thread::available_parallelism().context("counting cores")?.get();
        let start = clock::now();
        let crowd = |number| Crowd::new(self, number, cores, start)?.come();
        let outcomes = thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|number| scope.spawn(move || crowd(number))).collect();
            let joined = threads.into_iter().map(|one| one.join().expect("a crowd does not panic"));
            joined.collect::<Result<Vec<_>>>()
        })?;
        let mut all = Outcome::new();
        for one in &outcomes {
            all.join(one);
        }
        Ok(all)
    }
}

/// Somebody who is connected.
struct Person {
    number: u64,
    stream: TcpStream,
    since: Instant,
    sent: usize,
    /// The beginning of the answer.
    received: Vec<u8>,
}

struct Crowd<'a> {
    asked: &'a Own<'a>,
    arrivals: Arrivals,
    start: Instant,
    poll: Poll,
    sources: Vec<SockAddr>,
    /// The next to come.
    next: u64,
    people: Vec<Option<Person>>,
    free: Vec<usize>,
    shape: Shape,
    scratch: Box<[u8]>,
    outcome: Outcome,
}

impl<'a> Crowd<'a> {
    fn new(asked: &'a Own<'a>, thread: usize, threads: usize, start: Instant) -> Result<Self> {
        let source = |host| SockAddr::from(SocketAddrV4::new(Ipv4Addr::new(127, 0, thread as u8, host), 0));
        Ok(Self {
            asked,
            arrivals: asked.arrivals.share(thread as u64, threads as u64),
            start,
            poll: Poll::new()?,
            sources: (1..=SOURCES).map(source).collect(),
            next: 0,
            people: (0..asked.at_once).map(|_| None).collect(),
            free: (0..asked.at_once).collect(),
            shape: Shape::default(),
            scratch: vec![0; READ_BYTES].into_boxed_slice(),
            outcome: Outcome::new(),
        })
    }

    fn come(mut self) -> Result<Outcome> {
        let mut events = Events::with_capacity(self.asked.at_once);
        let mut looked_at = self.start;
        while self.outcome.settled() < self.arrivals.people {
            self.let_come();
            match self.poll.poll(&mut events, Some(TICK)) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                polled => polled.context("waiting for answers")?,
            }
            for event in &events {
                self.go_on(event.token().0);
            }
            let now = clock::now();
            if now - looked_at >= self.asked.patience / 16 {
                looked_at = now;
                self.leave_the_silent(now);
            }
        }
        self.outcome.lasted = clock::now() - self.start;
        Ok(self.outcome)
    }

    fn let_come(&mut self) {
        let now = clock::now();
        let come = self.arrivals.by(now.saturating_duration_since(self.start));
        while self.next < come {
            let Some(at) = self.free.pop() else { return };
            let source = &self.sources[(self.next % u64::from(SOURCES)) as usize];
            match connect(source, self.asked.port) {
                Ok(stream) => {
                    let (since, sent, received) = (now, 0, Vec::new());
                    let person = Person { number: self.next, stream, since, sent, received };
                    self.people[at] = Some(person);
                    self.ask(at);
                }
                Err(error) => {
                    self.free.push(at);
                    self.outcome.fail(Failure::of(&error));
                }
            }
            self.next += 1;
        }
    }

    /// On one machine a connection is there as soon as it is asked for, and the request goes at once.
    fn ask(&mut self, at: usize) {
        let person = self.people[at].as_mut().expect("they have just come");
        let sent = person.send(self.asked.request);
        self.count(&sent);
        let person = self.people[at].as_mut().expect("they have just come");
        let followed = sent.and_then(|is_sent| person.follow(self.poll.registry(), at, is_sent));
        if let Err(error) = followed {
            self.leave(at, Failure::of(&error));
        }
    }

    fn count(&mut self, sent: &io::Result<bool>) {
        let is_sent = matches!(sent, Ok(true));
        self.outcome.requests += u64::from(is_sent);
        self.outcome.writes += u64::from(is_sent);
    }

    fn go_on(&mut self, at: usize) {
        let Some(person) = self.people[at].as_mut() else { return };
        if person.sent < self.asked.request.len() {
            let sent = person.send(self.asked.request);
            self.count(&sent);
            match sent {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return self.leave(at, Failure::of(&error)),
            }
        }
        let Some(person) = self.people[at].as_mut() else { return };
        match person.hear(&mut self.scratch, &mut self.shape) {
            Ok(None) => {}
            Ok(Some(status)) if status == self.asked.expected => {
                let wanted = self.start + self.arrivals.at(person.number);
                self.outcome.answer(clock::now().saturating_duration_since(wanted));
                self.go(at);
            }
            Ok(Some(status)) => self.leave(at, Failure::Status(status)),
            Err(failure) => self.leave(at, failure),
        }
    }

    fn leave_the_silent(&mut self, now: Instant) {
        for at in 0..self.people.len() {
            if self.people[at].as_ref().is_some_and(|person| now - person.since >= self.asked.patience) {
                self.leave(at, Failure::Silent);
            }
        }
    }

    fn leave(&mut self, at: usize, failure: Failure) {
        self.outcome.fail(failure);
        self.go(at);
    }

    /// The close is a reset, so that no port stays behind.
    fn go(&mut self, at: usize) {
        self.people[at] = None;
        self.free.push(at);
    }
}

impl Person {
    /// Whether all of it is sent.
    fn send(&mut self, request: &[u8]) -> io::Result<bool> {
        while self.sent < request.len() {
            match self.stream.write(&request[self.sent..]) {
                Ok(length) => self.sent += length,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => {
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn follow(&mut self, registry: &Registry, at: usize, is_sent: bool) -> io::Result<()> {
        let both = Interest::READABLE | Interest::WRITABLE;
        let interest = if is_sent { Interest::READABLE } else { both };
        registry.register(&mut self.stream, Token(at), interest)
    }

    /// The status, once the answer is whole.
    fn hear(&mut self, scratch: &mut [u8], shape: &mut Shape) -> Result<Option<u16>, Failure> {
        loop {
            let before = self.received.len();
            scratch[..before].copy_from_slice(&self.received);
            let length = match self.stream.read(&mut scratch[before..]) {
                Ok(0) if before == scratch.len() => return Err(Failure::Unreadable),
                Ok(0) => return Err(Failure::Closed),
                Ok(length) => before + length,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(Failure::of(&error)),
            };
            match shape.look(&scratch[..length]) {
                Seen::Answer { status, length: whole } if whole == length => return Ok(Some(status)),
                Seen::Answer { .. } | Seen::Unreadable => return Err(Failure::Unreadable),
                Seen::Unfinished => self.received.extend_from_slice(&scratch[before..length]),
            }
        }
    }
}

fn connect(source: &SockAddr, port: u16) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM.nonblocking(), None)?;
    socket.set_linger(Some(Duration::ZERO))?;
    socket.bind(source)?;
    match socket.connect(&SockAddr::from(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))) {
        Err(error) if error.raw_os_error() != Some(EINPROGRESS) => Err(error),
        Ok(()) | Err(_) => Ok(TcpStream::from_std(socket.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::net::TcpListener;

    const REQUEST: &[u8] = b"POST /x HTTP/1.1\r\ncontent-length: 0\r\n\r\n";
    const GOOD: &str = "HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok";

    /// Answers one connection after the other, each with its words; where there are none, it stays open without a word.
    fn serve(answers: Vec<Option<String>>) -> (u16, thread::JoinHandle<Vec<std::net::TcpStream>>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = thread::spawn(move || {
            let mut kept = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = vec![0; REQUEST.len()];
                stream.read_exact(&mut request).unwrap();
                match answer {
                    Some(words) => stream.write_all(words.as_bytes()).unwrap(),
                    None => kept.push(stream),
                }
            }
            kept
        });
        (port, serving)
    }

    fn crowd(port: u16, people: u64, at_once: usize, patience: Duration) -> Outcome {
        // All at the first moment.
        let arrivals = Arrivals::new(people, 1_000_000_000);
        let own = Own { port, request: REQUEST, expected: 201, arrivals, at_once, patience };
        own.come().unwrap()
    }

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn everybody_is_answered_or_counted_by_what_became_of_them_and_nothing_ends_the_run() {
        let busy = "HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy";
        let said =
            [GOOD, busy, "", &GOOD[..30], "HTTP/1.1 201 Created\r\n\r\n", busy, GOOD].map(str::to_owned);
        let wholes = said.iter().cycle().take(70).cloned().map(Some).collect();
        let (port, serving) = serve(wholes);
        let outcome = crowd(port, 70, 4, LONG);
        serving.join().unwrap();
        assert_eq!((outcome.answered, outcome.settled(), outcome.requests), (20, 70, 70));
        let kinds = [(Failure::Closed, 20), (Failure::Unreadable, 10), (Failure::Status(503), 20)];
        assert_eq!(outcome.failures, BTreeMap::from(kinds));
    }

    #[test]
    fn whoever_hears_nothing_goes_and_others_take_their_turn() {
        let answers = vec![None, Some(GOOD.to_owned()), None, Some(GOOD.to_owned())];
        let (port, serving) = serve(answers);
        let outcome = crowd(port, 4, 1, Duration::from_millis(200));
        serving.join().unwrap();
        assert_eq!((outcome.answered, outcome.failures_told().as_str()), (2, "2 heard nothing"));
    }

    #[test]
    fn a_port_at_which_nobody_listens_refuses_everybody_and_is_no_error() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let outcome = crowd(port, 30, 8, LONG);
        assert_eq!((outcome.answered, outcome.failures_told().as_str()), (0, "30 refused at the port"));
    }

    /// A generator that counts from when it sends would say a tenth of it, or less.
    #[test]
    fn whoever_waits_for_a_connection_has_waited_since_they_wanted_to_come() {
        let (port, serving) = serve(vec![Some(GOOD.to_owned()); 200]);
        let outcome = crowd(port, 200, 1, LONG);
        serving.join().unwrap();
        let (half_us, most_us) = (outcome.latency.quantile_us(0.5), outcome.latency.quantile_us(1.0));
        let lasted_us = outcome.lasted.as_secs_f64() * 1e6;
        assert!(most_us > lasted_us / 2.0, "{most_us} of {lasted_us}");
        assert!(half_us > lasted_us / 20.0, "{half_us} of {lasted_us}");
    }
}
