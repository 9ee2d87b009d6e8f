//! The next release takes the port over while people come: no request fails.
use super::{Process, Service, wait_for_phase};
use crate::card::Figure;
use crate::clock;
use crate::kills::CAMPAIGN;
use anyhow::{Context as _, Result, ensure};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

const HAND_OVERS: u64 = 5;
const HAND_OVERS_LONG: u64 = 50;
const CLIENTS: usize = 8;
const PAUSE: Duration = Duration::from_millis(2);
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
/// With it the kernel gives connections that wait at a listener that closes to another one of the port.
const MIGRATE: &str = "/proc/sys/net/ipv4/tcp_migrate_req";

/// What clients saw.
#[derive(Default)]
struct Seen {
    requests: AtomicU64,
    failed: AtomicU64,
    longest: Mutex<Duration>,
    reasons: Mutex<Vec<String>>,
}

pub(super) fn run(is_long: bool) -> Result<()> {
    let _migrates = Migrating::begin();
    let hand_overs = if is_long { HAND_OVERS_LONG } else { HAND_OVERS };
    let service = Service::new()?;
    let booking = service.start_booking()?;
    let gate = service.start_gate()?;
    wait_for_phase(service.gate_port, "open")?;
    let ((gate, _booking), seen) = under_load(&service, || {
        (0..hand_overs).try_fold((gate, booking), |(gate, booking), number| {
            let gate = next_gate(&service, gate, Process::end)?;
            // Every other time the process with the ledger, too.
            Ok((gate, if number % 2 == 1 { next_booking(&service, booking)? } else { booking }))
        })
    })?;
    let (_gate, sabotaged) = under_load(&service, || {
        (0..HAND_OVERS).try_fold(gate, |gate, _| next_gate(&service, gate, |mut old| old.guard.crash()))
    })?;
    println!("first failures: {:?}", seen.reasons.lock().expect("no client panics"));
    Figure {
        promise: "G1".to_owned(),
        test: "hand-over under load".to_owned(),
        runs: hand_overs + hand_overs / 2,
        of: "hand-overs".to_owned(),
        violations: seen.failed.load(Ordering::Relaxed),
        saboteur: "kill -9 in place of the drain".to_owned(),
        caught: sabotaged.failed.load(Ordering::Relaxed),
        more: format!(
            "{} requests, kept and new connections; {} of the gate, {} of the process with the ledger; longest answer \
             {} ms",
            seen.requests.load(Ordering::Relaxed),
            hand_overs,
            hand_overs / 2,
            seen.longest.lock().expect("no client panics").as_millis()
        ),
    }
    .tell()
}

/// Beside the old one until it is ready.
fn next_gate(service: &Service, old: Process, end: impl FnOnce(Process) -> Result<()>) -> Result<Process> {
    let new = service.start_gate()?;
    end(old)?;
    Ok(new)
}

/// There is one at a time; the next waits for the end of the last.
fn next_booking(service: &Service, old: Process) -> Result<Process> {
    let mut new = service.start("booking", service.booking_port)?;
    old.end()?;
    new.wait_until_ready()?;
    wait_for_phase(service.gate_port, "open")?;
    Ok(new)
}

fn under_load<T>(service: &Service, work: impl FnOnce() -> Result<T>) -> Result<(T, Seen)> {
    let seen = Seen::default();
    let is_over = AtomicBool::new(false);
    let done = thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (seen, is_over, port) = (&seen, &is_over, service.gate_port);
            scope.spawn(move || come(port, client, seen, is_over));
        }
        let done = work();
        is_over.store(true, Ordering::Relaxed);
        done
    });
    ensure!(seen.requests.load(Ordering::Relaxed) > 100, "hardly anybody came");
    Ok((done?, seen))
}

/// Half of the clients keep their connection as long as the server does, the others have one for each request; each
/// asks the line, for a ticket, and the process that has the ledger.
fn come(port: u16, client: usize, seen: &Seen, is_over: &AtomicBool) {
    let requests = [
        format!("GET /gate/{CAMPAIGN}.json"),
        format!("POST /gate/{CAMPAIGN}/tickets"),
        "GET /wait".to_owned(),
        "GET /identity".to_owned(),
    ];
    let keeps = client.is_multiple_of(2);
    let mut kept = None;
    for number in client.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let request = &requests[number % requests.len()];
        let start = clock::now();
        match ask(port, request, kept.take(), keeps) {
            Ok(connection) => kept = connection,
            Err(error) => {
                seen.failed.fetch_add(1, Ordering::Relaxed);
                let mut reasons = seen.reasons.lock().expect("no client panics");
                if reasons.len() < 5 {
                    reasons.push(format!("{request}: {error:#}"));
                }
            }
        }
        seen.requests.fetch_add(1, Ordering::Relaxed);
        let took = clock::now() - start;
        let mut longest = seen.longest.lock().expect("no client panics");
        *longest = took.max(*longest);
        drop(longest);
        thread::sleep(PAUSE);
    }
}

type Connection = BufReader<TcpStream>;

/// Returns the connection if it may be used again.
fn ask(port: u16, what: &str, kept: Option<Connection>, keeps: bool) -> Result<Option<Connection>> {
    let mut connection = kept.map_or_else(|| connect(port), Ok)?;
    let close = if keeps { "" } else { "connection: close\r\n" };
    let length = if what.starts_with("POST") { "content-length: 0\r\n" } else { "" };
    let request = format!("{what} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{close}{length}\r\n");
    connection.get_mut().write_all(request.as_bytes()).context("asking")?;
    let mut line = String::new();
    connection.read_line(&mut line).context("reading")?;
    ensure!(line.starts_with("HTTP/1.1 2") || line.starts_with("HTTP/1.1 3"), "answered {:?}", line.trim());
    let (mut length, mut ends) = (0, !keeps);
    loop {
        line.clear();
        ensure!(connection.read_line(&mut line)? > 0, "the head has no end");
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
        ends |= name.eq_ignore_ascii_case("connection") && value.trim() == "close";
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).context("the body")?;
    Ok((!ends).then_some(connection))
}

fn connect(port: u16) -> Result<Connection> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("connecting")?;
    stream.set_read_timeout(Some(ANSWERED_WITHIN))?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

/// The setting of the machine as the handbook wants it, and as it was when this is dropped.
struct Migrating {
    before: Option<String>,
}

impl Migrating {
    fn begin() -> Self {
        let before = std::fs::read_to_string(MIGRATE).ok();
        if std::fs::write(MIGRATE, "1").is_err() {
            println!(
                "net.ipv4.tcp_migrate_req cannot be set here: a connection may be lost when a listener closes"
            );
            return Self { before: None };
        }
        Self { before }
    }
}

impl Drop for Migrating {
    fn drop(&mut self) {
        if let Some(before) = &self.before
            && let Err(error) = std::fs::write(MIGRATE, before)
        {
            eprintln!("xtask: {MIGRATE}: {error}");
        }
    }
}
