//! Clients of the released service that do what clients do: they ask twice, on many connections, and go away before the
//! answer comes. What they were told is the truth.
use crate::api::{call, read, text};
use crate::card::Figure;
use crate::http::{self, Header};
use crate::kills::{CAMPAIGN, Inside, Told, enter, free_slot, start};
use crate::process::TempDir;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::thread;

const PEOPLE: usize = 12;
const PEOPLE_LONG: usize = 200;
/// Let in at the same time.
const TOGETHER: usize = 12;
const CONNECTIONS: usize = 50;
const TRIES_MAX: u32 = 50;

pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        [] => check(false),
        ["--long"] => check(true),
        _ => bail!("`clients` takes --long and nothing else"),
    }
}

pub(crate) fn check(is_long: bool) -> Result<()> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let told = Told::default();
    let mut demo = start(&data)?;
    let people = let_in(demo.port, &told, if is_long { PEOPLE_LONG } else { PEOPLE })?;
    let (for_connections, for_retries) = people.split_at(people.len() / 4);
    connections(demo.port, for_connections)?;

    let mut wrong = 0;
    let mut confirmed = Vec::new();
    for person in for_retries {
        let sent = send_again(demo.port, person)?;
        wrong += sent.wrong;
        confirmed.push(sent);
    }
    demo.guard.crash()?;
    let demo = start(&data)?;
    for (person, sent) in for_retries.iter().zip(&confirmed) {
        wrong += u64::from(confirm(demo.port, person, &sent.hold, "c")? != sent.number);
        wrong += u64::from(numbers(demo.port, person)? != [sent.number.clone()]);
    }
    let caught = confirmed.iter().zip(for_retries).filter(|(sent, person)| {
        let again = confirm(demo.port, person, &sent.hold, "another");
        again.map_or(true, |number| number != sent.number)
    });
    Figure {
        promise: "B4".to_owned(),
        test: "sent again over HTTP".to_owned(),
        runs: for_retries.len() as u64 * 4,
        of: "repeated confirmations".to_owned(),
        violations: wrong,
        saboteur: "a new key for each try".to_owned(),
        caught: caught.count() as u64,
        more: format!(
            "answer dropped, tried again, doubled, after kill -9; one look after the retry shows one appointment for \
             each of {} people",
            for_retries.len()
        ),
    }
    .tell()
}

fn let_in(port: u16, told: &Told, people: usize) -> Result<Vec<Inside>> {
    let mut inside = Vec::new();
    while inside.len() < people {
        let batch = thread::scope(|scope| {
            let threads: Vec<_> = (0..TOGETHER).map(|_| scope.spawn(|| enter(port, told))).collect();
            threads.into_iter().map(|one| one.join().expect("nobody panics")).collect::<Result<Vec<_>>>()
        })?;
        inside.extend(batch);
    }
    inside.truncate(people);
    Ok(inside)
}

fn headers<'a>(person: &'a Inside, key: &'a str) -> [Header<'a>; 3] {
    [("charye-session", &person.session), ("charye-pass", &person.pass), ("idempotency-key", key)]
}

/// One person on many connections: everybody holds, everybody confirms; one appointment comes of it.
fn connections(port: u16, people: &[Inside]) -> Result<()> {
    let mut too_many = 0;
    for person in people {
        let wanted = free_slot(port, person.person, &headers(person, "0")[..2])?;
        let booked = thread::scope(|scope| {
            let one = |number: usize| {
                let (hold_key, confirm_key) = (format!("h{number}"), format!("c{number}"));
                let held = call(port, "/api/v1/holds", &headers(person, &hold_key), &wanted);
                let hold = held.and_then(|held| text(&held, "/hold"));
                hold.and_then(|hold| confirm(port, person, &hold, &confirm_key)).is_ok()
            };
            let threads: Vec<_> = (0..CONNECTIONS).map(|number| scope.spawn(move || one(number))).collect();
            threads.into_iter().map(|one| usize::from(one.join().expect("nobody panics"))).sum::<usize>()
        });
        let shown = numbers(port, person)?.len();
        ensure!(booked <= 1 && shown == booked, "one person was told {booked} bookings, {shown} are shown");
        too_many += usize::from(booked == 0);
    }
    ensure!(too_many < people.len(), "nobody on {CONNECTIONS} connections was booked at all");
    println!(
        "B3 over HTTP: {} people on {CONNECTIONS} connections each, never two appointments",
        people.len()
    );
    Ok(())
}

struct Sent {
    hold: String,
    number: String,
    wrong: u64,
}

/// The answer is dropped, the request is tried again, and then doubled.
fn send_again(port: u16, person: &Inside) -> Result<Sent> {
    let wanted = free_slot(port, person.person, &headers(person, "0")[..2])?;
    let hold = text(&call(port, "/api/v1/holds", &headers(person, "h"), &wanted)?, "/hold")?;
    drop_the_answer(port, person, &hold)?;
    let number = confirm(port, person, &hold, "c")?;
    let doubled = thread::scope(|scope| {
        let again = || scope.spawn(|| confirm(port, person, &hold, "c"));
        let both = [again(), again()];
        both.map(|one| one.join().expect("nobody panics"))
    });
    let mut wrong = doubled.into_iter().filter(|again| again.as_ref().ok() != Some(&number)).count() as u64;
    wrong += u64::from(numbers(port, person)? != [number.clone()]);
    Ok(Sent { hold, number, wrong })
}

/// Sent to the last byte, and never heard.
fn drop_the_answer(port: u16, person: &Inside, hold: &str) -> Result<()> {
    let body = json!({ "hold": hold }).to_string();
    let mut head = format!("POST /api/v1/appointments HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n");
    for (name, value) in headers(person, "c") {
        head += &[name, ": ", value, "\r\n"].concat();
    }
    head += "content-type: application/json\r\ncontent-length: ";
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    Ok(write!(stream, "{head}{}\r\n\r\n{body}", body.len())?)
}

/// The number of the appointment.
fn confirm(port: u16, person: &Inside, hold: &str, key: &str) -> Result<String> {
    let ask = || call(port, "/api/v1/appointments", &headers(person, key), &json!({ "hold": hold }));
    let mut answer = ask();
    for _ in 0..TRIES_MAX {
        let is_busy = answer.as_ref().is_err_and(|error| format!("{error:#}").contains("answered 503"));
        if !is_busy {
            break;
        }
        answer = ask();
    }
    text(&answer?, "/appointment/number")
}

/// The numbers of the live first doses that the person is shown; each with one second dose, or none.
fn numbers(port: u16, person: &Inside) -> Result<Vec<String>> {
    let shown = read(&http::get_with(port, "/api/v1/appointments", &[("charye-session", &person.session)])?)?;
    let list =
        shown["appointments"].as_array().with_context(|| format!("no list for {CAMPAIGN}: {shown}"))?;
    let of_dose = |dose: u64| {
        let live = list.iter().filter(move |one| one["state"] == "booked" && one["dose"] == dose);
        live.filter_map(|one: &Value| one["number"].as_str().map(str::to_owned)).collect::<Vec<String>>()
    };
    let first = of_dose(1);
    ensure!(of_dose(2).len() <= first.len(), "more second doses than first: {shown}");
    Ok(first)
}
