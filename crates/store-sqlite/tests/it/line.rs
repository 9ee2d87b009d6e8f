use crate::damage::Kind;
use crate::{Folder, is_long};
use store::conformance::{Chance, Figure, line_cases};
use store::{LineRecord, LineStep, LineStore as _};
use store_sqlite::SqliteLine;
use waiting_room::CampaignTag;

#[test]
fn the_line_remembers_across_lives() {
    let folder = Folder::new();
    line_cases::run(&mut || Box::new(SqliteLine::open(&folder.0).unwrap()));
}

#[test]
fn a_change_of_bucket_cut_short_loses_neither() {
    let folder = Folder::new();
    line_cases::a_change_of_bucket_cut_short_loses_neither(&mut || {
        Box::new(SqliteLine::open(&folder.0).unwrap())
    });
}

#[test]
fn the_line_lives_like_the_reference() {
    for seed in 0..5 {
        let folder = Folder::new();
        line_cases::follow_the_reference(seed, &mut || Box::new(SqliteLine::open(&folder.0).unwrap()));
    }
}

#[test]
fn a_line_has_one_owner() {
    let folder = Folder::new();
    let _owner = SqliteLine::open(&folder.0).unwrap();
    assert!(SqliteLine::open(&folder.0).is_err());
}

fn files(folder: &Folder) -> Vec<Vec<u8>> {
    FILES.iter().map(|name| std::fs::read(folder.0.join(name)).unwrap_or_default()).collect()
}

fn write(folder: &Folder, files: &[Vec<u8>]) {
    for (name, bytes) in FILES.iter().zip(files).filter(|(_, bytes)| !bytes.is_empty()) {
        std::fs::write(folder.0.join(name), bytes).unwrap();
    }
}

const FILES: [&str; 3] = ["line.db", "line.db-wal", "line-1.head"];
const DATABASE: usize = 0;
const LOG: usize = 1;
const HEAD: usize = 2;
const SEED: u64 = 5;
const PLACES: u64 = 60;
const PLACES_LONG: u64 = 1_000;

/// A line that has lived for a while: buckets closed, one open, a serving number.
struct Lived {
    killed: Vec<Vec<u8>>,
    stopped: Vec<Vec<u8>>,
    expected: LineRecord,
}

fn live() -> Lived {
    let folder = Folder::new();
    let line = SqliteLine::open(&folder.0).unwrap();
    let campaign = CampaignTag(1);
    line.begin(campaign).unwrap();
    for number in 0..60 {
        let step = LineStep {
            reserve: Some((number + 1, 64)),
            close: (number > 0).then_some((number, 17 + number)),
            serving_number: u64::from(number) * 3,
            gate_sequence: u64::from(number) + 100,
            ..LineStep::default()
        };
        line.save(campaign, &step).unwrap();
    }
    let killed = files(&folder);
    drop(line);
    let stopped = files(&folder);
    let again = Folder::new();
    write(&again, &killed);
    let expected = SqliteLine::open(&again.0).unwrap().begin(campaign).unwrap();
    Lived { killed, stopped, expected }
}

impl Lived {
    /// How many were noticed, harmless and served.
    fn damage(&self, files: &[Vec<u8>], file: usize, kind: Kind, places: u64) -> [u64; 3] {
        let mut chance = Chance::seeded(SEED);
        let mut found = [0; 3];
        for _ in 0..places {
            let folder = Folder::new();
            write(&folder, files);
            let mut altered = files[file].clone();
            let at = kind.apply(&mut altered, &mut chance);
            std::fs::write(folder.0.join(FILES[file]), altered).unwrap();
            let begun = SqliteLine::open(&folder.0).and_then(|line| line.begin(CampaignTag(1)));
            let is = match begun {
                Err(_) => 0,
                Ok(begun) if begun == self.expected => 1,
                Ok(_) => 2,
            };
            if is == 2 && !files[HEAD].is_empty() {
                println!("{kind:?} at {at} of {} was served", FILES[file]);
            }
            found[is] += 1;
        }
        found
    }
}

#[test]
fn damage_to_the_memory_of_the_line_is_noticed_or_harmless() {
    let lived = live();
    let places = if is_long() { PLACES_LONG } else { PLACES };
    let mut sum = [0; 3];
    for (files, file) in [(&lived.stopped, DATABASE), (&lived.killed, LOG), (&lived.killed, HEAD)] {
        for kind in Kind::ALL {
            let found = lived.damage(files, file, kind, places);
            println!("{kind:?} in {}: noticed, harmless, served {found:?}", FILES[file]);
            sum = std::array::from_fn(|index| sum[index] + found[index]);
        }
    }
    let mut unwitnessed = lived.killed.clone();
    unwitnessed[HEAD].clear();
    let [_, _, caught] = lived.damage(&unwitnessed, LOG, Kind::Tail, PLACES);
    Figure {
        promise: "A5",
        test: "memory of the line",
        runs: sum.iter().sum(),
        of: "damages (bits, pages, tails)",
        violations: sum[2],
        saboteur: "there is no second witness",
        caught,
        more: format!("{} noticed, {} harmless; seed {SEED}", sum[0], sum[1]),
    }
    .tell();
}

#[test]
fn a_line_of_the_first_version_is_brought_up_and_loses_nothing() {
    let lived = live();
    let folder = Folder::new();
    write(&folder, &lived.stopped);
    std::fs::remove_file(folder.0.join(FILES[HEAD])).unwrap();
    let old = rusqlite::Connection::open(folder.0.join(FILES[DATABASE])).unwrap();
    old.execute_batch("DROP TABLE sum; PRAGMA user_version = 1;").unwrap();
    drop(old);
    let begun = SqliteLine::open(&folder.0).unwrap().begin(CampaignTag(1)).unwrap();
    assert_eq!(begun, lived.expected);
    let again = SqliteLine::open(&folder.0).unwrap().begin(CampaignTag(1)).unwrap();
    assert_eq!(again.next_bucket, lived.expected.next_bucket);
}
