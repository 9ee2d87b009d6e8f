//! `kill -9` on the released binary while people book over HTTP: whoever was told a number must find it afterwards, and
//! every place in line must be what it was.
//!
//! Truth is what the client was told: the journal is kept here, outside the process that is killed. The first round
//! ends with a saboteur, a start without the journal, which the same check must notice.
use crate::api::{call, read, text};
use crate::card::Figure;
use crate::data::roster::with_wrong_digit;
use crate::demo::{Demo, Options};
use crate::http::{self, Header};
use crate::process::TempDir;
use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

pub(crate) const CAMPAIGN: &str = "c55";
const SEED: u64 = 20_210_712;
const ROUNDS: u32 = 20;
const ROUNDS_LONG: u32 = 200;
const BOOKERS: usize = 8;
/// Appointments told before a kill, at least and at most.
const TOLD_BEFORE_KILL: std::ops::Range<u32> = 3..40;
/// What turns failpoints on, where there are any.
const FAILPOINTS: &[u8] = b"CHARYE_FAILPOINT";
const LOOK_EVERY: Duration = Duration::from_millis(3);
const LOOKS_MAX: u32 = 20_000;
const TRIES_AT_THE_DOOR: u32 = 200;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// What clients were told, over all lives of the server.
#[derive(Default)]
pub(crate) struct Told {
    appointments: Mutex<Vec<Appointment>>,
    places: Mutex<HashMap<String, u64>>,
    people: AtomicU32,
}

/// Somebody who was let in.
pub(crate) struct Inside {
    pub(crate) person: u32,
    pub(crate) session: String,
    pub(crate) pass: String,
}

#[derive(Clone)]
pub(crate) struct Appointment {
    session: String,
    number: String,
}

/// The release has no way to be broken on purpose.
fn check_no_failpoints() -> Result<()> {
    let program = std::fs::read(workspace::release_dir()?.join("charye")).context("the released binary")?;
    let has_them = program.windows(FAILPOINTS.len()).any(|bytes| bytes == FAILPOINTS);
    ensure!(!has_them, "there are failpoints in the released binary");
    Ok(())
}

pub(crate) fn run(is_long: bool) -> Result<()> {
    check_no_failpoints()?;
    let rounds = if is_long { ROUNDS_LONG } else { ROUNDS };
    println!("seed {SEED}, {rounds} kills, {BOOKERS} people at a time");
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let told = Told::default();
    let (mut checked, mut caught) = (0, 0);
    for round in 0..rounds {
        let kill_after = TOLD_BEFORE_KILL.start + chance.next_u32() % TOLD_BEFORE_KILL.len() as u32;
        let before = told.count();
        kill_while_booking(&data, &told, kill_after)?;
        if round == 0 {
            caught = lost_without_journal(&data, &told)?;
        }
        let demo = start(&data)?;
        let lost = lost(demo.port, &told.since(before))?;
        ensure!(lost == 0, "round {round}: {lost} acknowledged appointments are gone");
        checked += told.same_places(demo.port)?;
    }
    let demo = start(&data)?;
    let lost = lost(demo.port, &told.since(0))?;
    Figure {
        promise: "A1".to_owned(),
        test: "kill -9 over HTTP".to_owned(),
        runs: u64::from(rounds),
        of: "kills".to_owned(),
        violations: lost as u64,
        saboteur: "a journal that is not there".to_owned(),
        caught: caught as u64,
        more: format!(
            "{} appointments acknowledged; {checked} looks at places in line, all as told; seed {SEED}",
            told.count()
        ),
    }
    .tell()
}

pub(crate) fn start(data: &Path) -> Result<Demo> {
    let demo = Demo::start(&Options {
        dir: data,
        opens_in: "0s",
        listen: Ipv4Addr::LOCALHOST,
        core: None,
        port: None,
        more: &["--admissions-per-second", "1000"],
    })?;
    look_until("the ledger is open", || {
        let health = read(&http::get(demo.port, "/healthz")?)?;
        Ok(health["booking"] == true && health["phase"] == "open")
    })?;
    Ok(demo)
}

fn kill_while_booking(data: &Path, told: &Told, kill_after: u32) -> Result<()> {
    let mut demo = start(data)?;
    let port = demo.port;
    let goal = told.count() + kill_after as usize;
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..BOOKERS {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    // A request that the kill cut short is unknown: it may have been carried out or not.
                    drop(book(port, told));
                }
            });
        }
        let reached = look_until("enough people have booked", || Ok(told.count() >= goal));
        let killed = demo.guard.crash();
        is_over.store(true, Ordering::Relaxed);
        reached.and(killed)
    })
}

/// One person, from the line to the appointment.
pub(crate) fn book(port: u16, told: &Told) -> Result<()> {
    take_place(port, told, &enter(port, told)?)
}

/// From the line to the pass.
pub(crate) fn enter(port: u16, told: &Told) -> Result<Inside> {
    let index = told.people.fetch_add(1, Ordering::Relaxed);
    let ticket = called(port, told)?;
    let person = Person::numbered(index);
    let challenge = call(port, "/api/v1/identity", &[], &person.claim())?;
    let code = json!({"challenge": text(&challenge, "/challenge")?, "code": outbox_code(port, &person)?});
    let session = text(&call(port, "/api/v1/identity/verify", &[], &code)?, "/session")?;
    let who = [("charye-session", session.as_str()), ("charye-ticket", ticket.as_str())];
    let pass = let_in(|| port, &who)?;
    Ok(Inside { person: index, session, pass })
}

/// A door that has let in as many as it may at this moment keeps the place and asks for another try.
pub(crate) fn let_in(mut port: impl FnMut() -> u16, who: &[Header]) -> Result<String> {
    let path = format!("/api/v1/campaigns/{CAMPAIGN}/passes");
    for _ in 0..TRIES_AT_THE_DOOR {
        let answer = http::post(port(), &path, who, "{}")?;
        if answer.status != 429 {
            return text(&read(&answer).with_context(|| path.clone())?, "/pass");
        }
        thread::sleep(BETWEEN_TRIES);
    }
    bail!("the door never let in somebody who was called")
}

/// Somebody who does not exist: the check digit of the number is wrong.
pub(crate) struct Person {
    index: u32,
    phone: String,
}

impl Person {
    pub(crate) fn numbered(index: u32) -> Self {
        Self { index, phone: format!("01001{index:06}") }
    }

    /// Another one for each of some hundreds.
    pub(crate) fn name(&self) -> String {
        let letter = |turn: u32| char::from(b'a' + (self.index / turn % 26) as u8);
        format!("Test{}{}", letter(26), letter(1))
    }

    pub(crate) fn claim(&self) -> Value {
        let number = with_wrong_digit(&format!("6402291{:05}", self.index));
        json!({"name": self.name(), "number": number, "phone": self.phone})
    }
}

/// The code that was sent to the person's phone, as the demonstration shows it.
pub(crate) fn outbox_code(port: u16, person: &Person) -> Result<String> {
    let outbox = call(port, "/api/v1/demo/outbox", &[], &json!({ "phone": person.phone }))?;
    text(&outbox, "/messages/0/code")
}

/// From the pass to the appointment.
pub(crate) fn take_place(port: u16, told: &Told, inside: &Inside) -> Result<()> {
    let Inside { person, session, pass } = inside;
    let headers =
        [("charye-session", session.as_str()), ("charye-pass", pass.as_str()), ("idempotency-key", "1")];
    let wanted = free_slot(port, *person, &headers[..2])?;
    let hold = text(&call(port, "/api/v1/holds", &headers, &wanted)?, "/hold")?;
    let booked = call(port, "/api/v1/appointments", &headers, &json!({ "hold": hold }))?;
    let number = text(&booked, "/appointment/number")?;
    told.appointments
        .lock()
        .expect("no booker panics")
        .push(Appointment { session: session.clone(), number });
    Ok(())
}

fn called(port: u16, told: &Told) -> Result<String> {
    let given = call(port, &format!("/gate/{CAMPAIGN}/tickets"), &[], &json!({}))?;
    let ticket = text(&given, "/ticket")?;
    for _ in 0..LOOKS_MAX {
        let status = place(port, &ticket)?;
        if let Some(number) = status["queue_number"].as_u64() {
            told.places.lock().expect("no booker panics").insert(ticket.clone(), number);
        }
        if status["state"] == "called" {
            return Ok(ticket);
        }
        thread::sleep(LOOK_EVERY * 20);
    }
    bail!("a ticket was never called")
}

fn place(port: u16, ticket: &str) -> Result<Value> {
    read(&http::get_with(port, &format!("/gate/{CAMPAIGN}/ticket"), &[("charye-ticket", ticket)])?)
}

pub(crate) fn free_slot(port: u16, person: u32, headers: &[Header]) -> Result<Value> {
    let clinic = format!("C{:05}", 1 + person * 37 % 13_000);
    let path = format!("/api/v1/campaigns/{CAMPAIGN}/clinics/{clinic}/slots");
    let slots = read(&http::get_with(port, &path, headers)?)?;
    let days = slots["days"].as_array().context("no days")?;
    let free = days.iter().find_map(|day| {
        let time = day["times"].as_array()?.iter().find(|time| time["free"].as_u64() > Some(0))?;
        Some(json!({"campaign": CAMPAIGN, "clinic": clinic, "date": day["date"], "time": time["starts_at"]}))
    });
    free.context("a clinic without a free time")
}

/// How many of those who were told a number do not find it.
pub(crate) fn lost(port: u16, told: &[Appointment]) -> Result<usize> {
    let mut lost = 0;
    for appointment in told {
        let answer =
            http::get_with(port, "/api/v1/appointments", &[("charye-session", &appointment.session)])?;
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        let is_there =
            answer.status == 200 && body.contains(&format!("\"number\":\"{}\"", appointment.number));
        lost += usize::from(!is_there);
    }
    Ok(lost)
}

/// The saboteur: what the check says when the journal is not there.
pub(crate) fn lost_without_journal(data: &Path, told: &Told) -> Result<usize> {
    let aside = data.with_extension("aside");
    std::fs::create_dir(&aside)?;
    let journal = || -> Result<Vec<_>> {
        let files = std::fs::read_dir(data)?.collect::<std::io::Result<Vec<_>>>()?;
        Ok(files
            .into_iter()
            .filter(|file| file.file_name().to_string_lossy().starts_with("journal"))
            .collect())
    };
    for file in journal()? {
        std::fs::rename(file.path(), aside.join(file.file_name()))?;
    }
    let demo = start(data)?;
    let lost = lost(demo.port, &told.since(0))?;
    drop(demo);
    for file in journal()? {
        std::fs::remove_file(file.path())?;
    }
    for file in std::fs::read_dir(&aside)? {
        let file = file?;
        std::fs::rename(file.path(), data.join(file.file_name()))?;
    }
    Ok(lost)
}

impl Told {
    pub(crate) fn count(&self) -> usize {
        self.appointments.lock().expect("no booker panics").len()
    }

    pub(crate) fn since(&self, before: usize) -> Vec<Appointment> {
        self.appointments.lock().expect("no booker panics")[before..].to_vec()
    }

    /// Every ticket has the number it had, and no two have the same.
    pub(crate) fn same_places(&self, port: u16) -> Result<usize> {
        let places = self.places.lock().expect("no booker panics");
        let mut owners = HashMap::new();
        for (ticket, number) in &*places {
            let now = place(port, ticket)?["queue_number"].as_u64();
            ensure!(now == Some(*number), "a place changed from {number} to {now:?}");
            ensure!(owners.insert(*number, ticket).is_none(), "number {number} was given twice");
        }
        Ok(places.len())
    }
}

pub(crate) fn look_until(what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    for _ in 0..LOOKS_MAX {
        if is_so()? {
            return Ok(());
        }
        thread::sleep(LOOK_EVERY);
    }
    bail!("waited in vain until {what}")
}
