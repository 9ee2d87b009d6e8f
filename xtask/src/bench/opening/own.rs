//! Each on a connection of their own: connect, ask, read, close. As `new_each`, in an open loop: whoever has come meanwhile
//! connects and asks, then they are answered one after the other.
use super::answers::{Seen, Shape};
use super::arrivals::Arrivals;
use super::outcome::Outcome;
use crate::clock;
use anyhow::{Context, Result};
use socket2::SockRef;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::thread;
use std::time::Duration;

/// More do not ask at once: the service's listen queue is much longer.
const AT_ONCE: u64 = 256;
/// Each address has its own range of ports.
const DESTINATIONS: u8 = 50;
const ANSWER_WAIT: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MAX: usize = 32 * 1024;

pub(super) fn run(port: u16, request: &[u8], expected: u16, arrivals: &Arrivals) -> Result<Outcome> {
    let mut outcome = Outcome::new();
    let mut shape = Shape::default();
    let mut answer = vec![0; ANSWER_BYTES_MAX];
    let mut asking: Vec<(TcpStream, u64)> = Vec::with_capacity(AT_ONCE as usize);
    let mut hosts = (1..=DESTINATIONS).cycle().map(|host| Ipv4Addr::new(127, 0, 0, host));
    let start = clock::now();
    let mut next = 0;
    while next < arrivals.people {
        let come = arrivals.by(clock::now() - start).min(next + AT_ONCE);
        if come == next {
            thread::sleep(Duration::from_millis(1));
            continue;
        }
        for person in next..come {
            let host = hosts.next().expect("a cycle has no end");
            asking.push((ask(host, port, request)?, person));
        }
        next = come;
        for (mut stream, person) in asking.drain(..) {
            let is_good = hear(&mut stream, &mut answer, &mut shape) == Some(expected);
            outcome.answered += u64::from(is_good);
            outcome.wrong += u64::from(!is_good);
            outcome.latency.record((clock::now() - start).saturating_sub(arrivals.at(person)));
        }
    }
    outcome.lasted = clock::now() - start;
    Ok(outcome)
}

/// The close is a reset, so that no port stays behind.
fn ask(host: Ipv4Addr, port: u16, request: &[u8]) -> Result<TcpStream> {
    let mut stream = TcpStream::connect((host, port)).context("connecting")?;
    SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
    stream.set_read_timeout(Some(ANSWER_WAIT))?;
    stream.write_all(request).context("sending a request")?;
    Ok(stream)
}

/// The status of a whole answer.
fn hear(stream: &mut TcpStream, answer: &mut [u8], shape: &mut Shape) -> Option<u16> {
    let mut received = 0;
    loop {
        match stream.read(&mut answer[received..]) {
            Ok(0) | Err(_) => return None,
            Ok(length) => received += length,
        }
        match shape.look(&answer[..received]) {
            Seen::Unfinished => {}
            Seen::Unreadable => return None,
            Seen::Answer { status, .. } => return Some(status),
        }
    }
}
