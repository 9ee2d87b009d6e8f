//! The disk of the released service is full: what would have to be written is refused with 503 and a code, all that is
//! only read goes on, and when there is room again it books by itself.
use super::rig::SmallDisk;
use crate::card::Figure;
use crate::clock;
use crate::http;
use crate::kills::{Inside, Told, book, enter, look_until, lost, lost_without_journal, start, take_place};
use anyhow::{Context as _, Result, ensure};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

const DISK_BYTES: u64 = 96 << 20;
const ROUNDS: u64 = 2;
const ROUNDS_LONG: u64 = 20;
/// People with a pass when the disk is filled; each wants a place then. As a rule more than fit into the log as
/// long as it is: it is checkpointed after a mebibyte, and then written again from its beginning.
const INSIDE: usize = 64;
const AT_ONCE: usize = 8;
const ASK_EVERY: Duration = Duration::from_millis(100);
const READ: [&str; 5] = ["/", "/en", "/regions", "/help", "/gate/c55.json"];

#[derive(Debug, Default)]
struct Found {
    full: u64,
    refused: u64,
    read: u64,
    wrong: u64,
    slowest: Duration,
}

pub(crate) fn run(is_long: bool) -> Result<Vec<Figure>> {
    let rounds = if is_long { ROUNDS_LONG } else { ROUNDS };
    let disk = SmallDisk::mount(DISK_BYTES)?;
    let data = disk.path().join("data");
    let told = Told::default();
    let mut found = Found::default();
    for round in 0.. {
        // A soft end takes the log away, which a crash leaves with all the room that it ever had.
        drop(start(&data)?);
        let mut demo = start(&data)?;
        found.full += u64::from(fill_once(demo.port, &disk.path(), &told, &mut found)?);
        found.wrong += lost(demo.port, &told.since(0))? as u64;
        demo.guard.crash()?;
        if found.full == rounds {
            break;
        }
        ensure!(round < 3 * rounds, "only {} disks of {round} were full for the journal", found.full);
    }
    let demo = start(&data)?;
    let lost = lost(demo.port, &told.since(0))? as u64;
    drop(demo);
    let caught = lost_without_journal(&data, &told)? as u64;
    Ok(vec![Figure {
        promise: "A4".to_owned(),
        test: "a full disk under the released service".to_owned(),
        runs: rounds,
        of: "full disks".to_owned(),
        violations: found.wrong + lost,
        saboteur: "a journal that is not there".to_owned(),
        caught,
        more: format!(
            "{} writes refused with 503 NoRoom, {} reads answered, {} appointments acknowledged, {lost} lost; booked \
             again at most {:.1} s after there was room",
            found.refused,
            found.read,
            told.count(),
            found.slowest.as_secs_f64()
        ),
    }])
}

/// Whether somebody was refused: now and then the files have room for everybody, and then nothing was shown.
fn fill_once(port: u16, disk: &Path, told: &Told, found: &mut Found) -> Result<bool> {
    book(port, told)?;
    let inside = enter_all(port, told)?;
    let ballast = disk.join("ballast");
    fill(&ballast)?;
    let mut refused = Vec::new();
    for person in inside {
        // Whatever was freed meanwhile may be used, and is then told.
        if let Err(error) = take_place(port, told, &person) {
            is_for_want_of_room(&error)?;
            found.refused += 1;
            refused.push(person);
        }
    }
    for path in READ {
        let status = http::get(port, path)?.status;
        ensure!(status == 200, "with a full disk {path} answers {status}");
        found.read += 1;
    }
    found.wrong += lost(port, &told.since(0))? as u64;
    found.read += told.count() as u64;

    std::fs::remove_file(&ballast)?;
    let since = clock::now();
    let Some(first) = refused.first() else { return Ok(false) };
    look_until("somebody who was refused is booked", || {
        thread::sleep(ASK_EVERY);
        Ok(take_place(port, told, first).is_ok())
    })?;
    found.slowest = found.slowest.max(clock::now() - since);
    refused[1..].iter().try_for_each(|person| take_place(port, told, person))?;
    book(port, told).context("somebody new, from the line on")?;
    Ok(true)
}

/// At the same time: most of it is waiting.
fn enter_all(port: u16, told: &Told) -> Result<Vec<Inside>> {
    let some = || (0..INSIDE / AT_ONCE).map(|_| enter(port, told)).collect::<Result<Vec<Inside>>>();
    thread::scope(|scope| {
        let all: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(some)).collect();
        let mut inside = Vec::new();
        for some in all {
            inside.extend(some.join().expect("whoever enters does not panic")?);
        }
        Ok(inside)
    })
}

fn is_for_want_of_room(error: &anyhow::Error) -> Result<()> {
    let error = format!("{error:#}");
    ensure!(error.contains("answered 503") && error.contains("NoRoom"), "with a full disk: {error}");
    Ok(())
}

/// To the last byte, whatever is freed meanwhile.
fn fill(ballast: &Path) -> Result<()> {
    let mut file = File::create(ballast)?;
    for block in [1 << 20, 4_096, 1] {
        let zeros = vec![0; block];
        while file.write_all(&zeros).and_then(|()| file.flush()).is_ok() {}
    }
    // It fails, which is what is wanted; what could be written stays.
    drop(file.sync_all());
    Ok(())
}
