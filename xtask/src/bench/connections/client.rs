//! People who come one after the other, at their time whatever became of those before them, look once and keep the
//! connection: one process of them.
use super::super::histogram::Histogram;
use crate::clock;
use anyhow::{Context as _, Result};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use socket2::{Domain, SockAddr, Socket, Type};
use std::fmt;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::thread;
use std::time::{Duration, Instant};

/// Whoever has heard nothing by then has heard nothing.
const ANSWERED_WITHIN: Duration = Duration::from_secs(20);
/// Addresses that the people of one process come from.
const ADDRESSES: u64 = 200;
const EVENTS: usize = 1024;
const ANSWER_BYTES: usize = 16 * 1024;

/// What became of everybody.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Seen {
    pub(super) served: u64,
    pub(super) turned_away: u64,
    pub(super) failed: u64,
    /// From when they meant to come; of several processes the worst.
    p50_ms: f64,
    p99_ms: f64,
    late_p99_ms: f64,
}

impl Seen {
    pub(super) fn add(&mut self, other: &Self) {
        self.served += other.served;
        self.turned_away += other.turned_away;
        self.failed += other.failed;
        self.p50_ms = self.p50_ms.max(other.p50_ms);
        self.p99_ms = self.p99_ms.max(other.p99_ms);
        self.late_p99_ms = self.late_p99_ms.max(other.late_p99_ms);
    }

    fn line(&self) -> String {
        let Self { served, turned_away, failed, p50_ms, p99_ms, late_p99_ms } = self;
        format!("{served} {turned_away} {failed} {p50_ms} {p99_ms} {late_p99_ms}")
    }

    pub(super) fn parse(line: &str) -> Option<Self> {
        let numbers: Vec<f64> =
            line.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>()?;
        let [served, turned_away, failed, p50_ms, p99_ms, late_p99_ms] = numbers[..] else { return None };
        let [served, turned_away, failed] = [served, turned_away, failed].map(|count| count as u64);
        Some(Self { served, turned_away, failed, p50_ms, p99_ms, late_p99_ms })
    }
}

/// The rest of a row of the table.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { served, turned_away, failed, p50_ms, p99_ms, late_p99_ms } = self;
        write!(f, "{served} | {turned_away} | {failed} | {p50_ms:.1}, {p99_ms:.1} | {late_p99_ms:.1} |")
    }
}

struct Person {
    stream: TcpStream,
    meant_at: Instant,
    has_asked: bool,
    has_heard: bool,
}

struct Crowd {
    port: u16,
    /// Of this process among the others.
    number: u64,
    poll: Poll,
    people: Vec<Option<Person>>,
    seen: Seen,
    heard: Histogram,
    late: Histogram,
    answer: Box<[u8]>,
}

/// Says what became of everybody, and stays until it is ended.
pub(in super::super) fn run(words: [&str; 4]) -> Result<()> {
    let mut numbers = [0; 4];
    for (number, word) in numbers.iter_mut().zip(words) {
        *number = word.parse::<u64>().context("a number")?;
    }
    let [port, number, count, over_s] = numbers;
    let mut crowd = Crowd {
        port: u16::try_from(port)?,
        number,
        poll: Poll::new()?,
        people: Vec::with_capacity(count as usize),
        seen: Seen::default(),
        heard: Histogram::new(),
        late: Histogram::new(),
        answer: vec![0; ANSWER_BYTES].into_boxed_slice(),
    };
    crowd.come(count, Duration::from_secs(over_s))?;
    println!("{}", crowd.seen.line());
    loop {
        thread::park();
    }
}

impl Crowd {
    fn come(&mut self, count: u64, over: Duration) -> Result<()> {
        let (start, mut events) = (clock::now(), Events::with_capacity(EVENTS));
        let end = start + over + ANSWERED_WITHIN;
        let meant_at = |at: u64| start + over.mul_f64(at as f64 / count as f64);
        while self.settled() < count && clock::now() < end {
            let mut now = clock::now();
            while (self.people.len() as u64) < count && meant_at(self.people.len() as u64) <= now {
                let meant = meant_at(self.people.len() as u64);
                self.late.record(now - meant);
                self.connect(meant)?;
                now = clock::now();
            }
            let next = meant_at(self.people.len() as u64).max(now);
            let wait = if (self.people.len() as u64) < count { next - now } else { end.max(now) - now };
            self.poll.poll(&mut events, Some(wait.min(Duration::from_millis(100))))?;
            for event in &events {
                self.go_on(event.token().0);
            }
        }
        self.seen.failed += count - self.settled();
        self.seen.p50_ms = self.heard.quantile_us(0.5) / 1000.0;
        self.seen.p99_ms = self.heard.quantile_us(0.99) / 1000.0;
        self.seen.late_p99_ms = self.late.quantile_us(0.99) / 1000.0;
        Ok(())
    }

    fn settled(&self) -> u64 {
        self.seen.served + self.seen.turned_away + self.seen.failed
    }

    fn connect(&mut self, meant_at: Instant) -> Result<()> {
        let at = self.people.len();
        let address = self.number * ADDRESSES + at as u64 % ADDRESSES;
        let from = Ipv4Addr::new(127, 1, (address / 250) as u8, (1 + address % 250) as u8);
        let socket = Socket::new(Domain::IPV4, Type::STREAM.nonblocking(), None)?;
        socket.bind(&SockAddr::from(SocketAddrV4::new(from, 0)))?;
        match socket.connect(&SockAddr::from(SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port))) {
            Err(error) if error.raw_os_error() != Some(EINPROGRESS) => {
                self.seen.failed += 1;
                self.people.push(None);
                return Ok(());
            }
            Ok(()) | Err(_) => {}
        }
        let mut stream = TcpStream::from_std(socket.into());
        self.poll.registry().register(&mut stream, Token(at), Interest::READABLE | Interest::WRITABLE)?;
        self.people.push(Some(Person { stream, meant_at, has_asked: false, has_heard: false }));
        Ok(())
    }

    fn go_on(&mut self, at: usize) {
        let Some(person) = self.people[at].as_mut() else { return };
        if !person.has_asked {
            match person.stream.write_all(super::request().as_bytes()) {
                Ok(()) => person.has_asked = true,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => {
                    return;
                }
                Err(_) => return self.leave(at),
            }
        }
        match person.stream.read(&mut self.answer) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Ok(length) if length > 0 => self.hear(at, length),
            Ok(_) | Err(_) => self.leave(at),
        }
    }

    fn hear(&mut self, at: usize, length: usize) {
        let person = self.people[at].as_mut().expect("they have just heard something");
        if person.has_heard {
            return;
        }
        person.has_heard = true;
        self.heard.record(clock::now() - person.meant_at);
        match self.answer[..length].get(9..12) {
            Some(b"200") => self.seen.served += 1,
            Some(b"503") => {
                self.seen.turned_away += 1;
                self.people[at] = None;
            }
            _ => {
                self.seen.failed += 1;
                self.people[at] = None;
            }
        }
    }

    /// The service, or the kernel, has ended it.
    fn leave(&mut self, at: usize) {
        if self.people[at].take().is_some_and(|person| !person.has_heard) {
            self.seen.failed += 1;
        }
    }
}

/// Linux: a connection is on its way.
const EINPROGRESS: i32 = 115;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_process_says_the_other_reads_and_the_worst_counts() {
        let one = Seen { served: 3, turned_away: 2, failed: 1, p50_ms: 0.25, p99_ms: 8.0, late_p99_ms: 1.5 };
        assert_eq!(Seen::parse(&one.line()), Some(one));
        assert_eq!(Seen::parse("3 2 1"), None);
        let mut all = Seen { p99_ms: 9.0, ..one };
        all.add(&one);
        assert_eq!((all.served, all.turned_away, all.failed), (6, 4, 2));
        assert_eq!(all.to_string(), "6 | 4 | 2 | 0.2, 9.0 | 1.5 |");
    }
}
