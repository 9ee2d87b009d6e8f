//! The process dies at random instants, and at each that matters; everything it acknowledged is there.

use crate::booker::{self, Told, count_lost, parse, spawn};
use crate::{Folder, is_long};
use std::hint::spin_loop;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use store::conformance::{Chance, Figure};
use store_sqlite::{FAILPOINT_VARIABLE, FAILPOINTS, Sabotage};

const SEED: u64 = 4_104_226_837;
const KILLS: u64 = 25;
const KILLS_LONG: u64 = 500;
/// How often the process dies at each failpoint.
const ROUNDS: u64 = 2;
const ROUNDS_LONG: u64 = 30;
/// A new folder now and then, so that replays stay short.
const KILLS_A_FOLDER: u64 = 25;
const LINES_MAX: u64 = 150;
/// Before somebody who dies at a failpoint ends by itself.
const BOOKINGS: u64 = 300;
const SIGABRT: i32 = 6;

/// What the booker told before it was killed.
fn kill_once(folder: &Path, chance: &mut Chance, sabotage: Sabotage) -> Vec<Told> {
    let mut child = spawn(folder, &[(booker::SABOTAGE, format!("{sabotage:?}"))]);
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    let wanted = if chance.percent(10) { 0 } else { chance.below(LINES_MAX) };
    let mut booked = Vec::new();
    while (booked.len() as u64) < wanted
        && let Some(line) = lines.next()
    {
        booked.extend(parse(&line));
    }
    // Right after a line, or somewhere in the start and the replay.
    let spins_max = if wanted == 0 { 2_000_000 } else { 200_000 };
    for _ in 0..chance.below(spins_max) {
        spin_loop();
    }
    child.kill().expect("it is ours");
    child.wait().expect("it is ours");
    booked.extend(lines.filter_map(|line| parse(&line)));
    booked
}

/// What the booker told before it died by itself when it passed the point for the n-th time.
fn die_at(folder: &Path, point: &str, pass: u64) -> Vec<Told> {
    let environment =
        [(FAILPOINT_VARIABLE, format!("{point}:{pass}")), (booker::BOOKINGS, BOOKINGS.to_string())];
    let mut child = spawn(folder, &environment);
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    let booked = lines.filter_map(|line| parse(&line)).collect();
    let status = child.wait().expect("it is ours");
    assert_eq!(status.signal(), Some(SIGABRT), "{point}, pass {pass} was never reached: {status}");
    booked
}

fn passes_max(point: &str) -> u64 {
    match point.split_once('.').expect("a point has a place").0 {
        "replay" if point == "replay.row" => 5,
        "views" if point == "views.before_commit" || point == "views.committed" => 20,
        "start" | "stop" | "replay" | "views" => 1,
        "checkpoint" => 3,
        _ => 60,
    }
}

#[derive(Debug, Default)]
struct Found {
    kills: u64,
    acknowledged: u64,
    lost: u64,
}

impl Found {
    /// Compares all that was told of a folder with what is in it.
    fn check(&mut self, folder: &Path, told: &[Told]) -> u64 {
        self.kills += 1;
        let lost = count_lost(folder, told);
        self.lost += lost;
        lost
    }
}

fn kill_often(kills: u64, sabotage: Sabotage) -> Found {
    let mut chance = Chance::seeded(SEED);
    let mut found = Found::default();
    while found.kills < kills {
        let folder = Folder::new();
        let mut told = Vec::new();
        for _ in 0..KILLS_A_FOLDER.min(kills - found.kills) {
            told.extend(kill_once(&folder.0, &mut chance, sabotage));
            if found.check(&folder.0, &told) > 0 {
                break;
            }
        }
        found.acknowledged += told.len() as u64;
    }
    found
}

/// In a new folder each round: the files are made, written and replayed.
fn die_at_every_point(rounds: u64) -> Found {
    let mut chance = Chance::seeded(SEED);
    let mut found = Found::default();
    for _ in 0..rounds {
        let folder = Folder::new();
        let mut told = Vec::new();
        for point in FAILPOINTS {
            let is_replay_of_nothing = point == "replay.row" && told.is_empty();
            if is_replay_of_nothing {
                told.extend(die_at(&folder.0, "writer.answered", 20));
            }
            if point == "replay.row" {
                // With views there is nothing to replay after a soft end.
                std::fs::remove_file(folder.0.join("views.db")).expect("the views are there");
            }
            told.extend(die_at(&folder.0, point, 1 + chance.below(passes_max(point))));
            found.check(&folder.0, &told);
        }
        found.acknowledged += told.len() as u64;
    }
    found
}

#[test]
fn what_was_acknowledged_survives_the_kill() {
    let kills = if is_long() { KILLS_LONG } else { KILLS };
    let found = kill_often(kills, Sabotage::None);
    assert!(found.acknowledged > found.kills * 10, "hardly anything was at stake");
    tell("kill -9 at random", &found);
}

#[test]
fn what_was_acknowledged_survives_death_at_every_failpoint() {
    let found = die_at_every_point(if is_long() { ROUNDS_LONG } else { ROUNDS });
    assert!(found.acknowledged > found.kills * 10, "hardly anything was at stake");
    tell("death at every failpoint", &found);
}

fn tell(test: &'static str, found: &Found) {
    let sabotaged = kill_often(KILLS_A_FOLDER, Sabotage::AcknowledgeFirst);
    Figure {
        promise: "A1",
        test,
        runs: found.kills,
        of: "kills",
        violations: found.lost,
        saboteur: "acknowledges before the commit",
        caught: sabotaged.lost,
        more: format!(
            "{} appointments acknowledged; {} failpoints; seed {SEED}",
            found.acknowledged,
            FAILPOINTS.len()
        ),
    }
    .tell();
}
