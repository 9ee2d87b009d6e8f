//! A connection for every request: connect, ask, read, close.
//!
//! On loopback a connection is established before `connect` returns, so a batch is opened and asked first and
//! then read one after the other: as many are in flight as with a readiness loop, with fewer calls for each.
//! The close is a reset (linger 0), so no port stays behind in TIME_WAIT; destinations are spread besides.
use super::load::{Load, Outcome};
use super::response::{AnswerCheck, Progress};
use crate::clock;
use anyhow::{Context, Result};
use socket2::SockRef;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

const BATCH: usize = 64;
const DESTINATIONS: u8 = 50;
const ANSWER_SECONDS_MAX: u64 = 5;

pub(crate) fn run(load: &Load, duration: Duration) -> Result<Outcome> {
    let mut check = AnswerCheck::new(load.expected_status);
    let mut outcome = Outcome::new();
    let mut answer = vec![0; 32 * 1024];
    let mut batch: Vec<(TcpStream, Instant)> = Vec::with_capacity(BATCH);
    let mut hosts = (1..=DESTINATIONS).cycle().map(|host| Ipv4Addr::new(127, 0, 0, host));
    let start = clock::now();
    let deadline = start + duration;
    let mut now = start;
    while now < deadline {
        for _ in 0..BATCH {
            let started_at = clock::now();
            let host = hosts.next().expect("a cycle has no end");
            batch.push((ask(load, host)?, started_at));
        }
        for (mut stream, started_at) in batch.drain(..) {
            let progress = receive(&mut stream, &mut answer, &mut check);
            now = clock::now();
            if progress == Progress::Finished {
                outcome.requests += 1;
                outcome.latency.record(now - started_at);
            } else {
                outcome.errors += 1;
            }
        }
    }
    outcome.elapsed = now - start;
    Ok(outcome)
}

fn ask(load: &Load, host: Ipv4Addr) -> Result<TcpStream> {
    let mut stream = TcpStream::connect((host, load.port)).context("connecting")?;
    SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
    stream.set_read_timeout(Some(Duration::from_secs(ANSWER_SECONDS_MAX)))?;
    stream.write_all(&load.request).context("sending a request")?;
    Ok(stream)
}

fn receive(stream: &mut TcpStream, answer: &mut [u8], check: &mut AnswerCheck) -> Progress {
    let mut received = 0;
    loop {
        match stream.read(&mut answer[received..]) {
            Ok(0) | Err(_) => return Progress::Wrong,
            Ok(length) => received += length,
        }
        match check.check(&answer[..received]) {
            Progress::Unfinished => {}
            complete => return complete,
        }
    }
}
