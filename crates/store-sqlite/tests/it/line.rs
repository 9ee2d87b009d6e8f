use crate::damage::Kind;
use crate::{Folder, is_long};
use store::conformance::{Chance, Figure, line_cases};
use store::{
    AtTheDoor, GivenOrder, LeadStep, Led, LineState, LineStore, NodeState, NodeStep, Seen, Stepped,
    StoreError,
};
use store_sqlite::SqliteLine;
use waiting_room::{CampaignTag, NodeId, Order};

const CAMPAIGN: CampaignTag = CampaignTag(1);

fn opened(folder: &Folder) -> Box<dyn LineStore> {
    Box::new(SqliteLine::open(&folder.0).unwrap())
}

#[test]
fn the_line_does_what_the_cases_say() {
    let all = Folder::new();
    line_cases::run(&|case| Box::new(SqliteLine::open(&all.0.join(case)).unwrap()));
}

#[test]
fn the_line_lives_like_the_reference() {
    for seed in 0..5 {
        let folder = Folder::new();
        line_cases::follow_the_reference(seed, &|| opened(&folder));
    }
}

#[test]
fn nodes_that_race_settle_every_ticket_once() {
    for seed in 0..if is_long() { 50 } else { 3 } {
        let folder = Folder::new();
        assert_eq!(line_cases::race(seed, &|| opened(&folder)), [""; 0], "seed {seed}");
    }
}

#[test]
fn a_node_whose_process_has_ended_is_known_to_be_gone_at_once() {
    let folder = Folder::new();
    let (one, other) = (opened(&folder), opened(&folder));
    let [a, b] = [&one, &other].map(|line| line.join(CAMPAIGN).unwrap());
    let is_gone = |line: &dyn LineStore, node| line.look(CAMPAIGN, 0).unwrap().node(node).unwrap().is_gone;
    assert!(!is_gone(&*one, b) && !is_gone(&*other, a) && !is_gone(&*one, a));
    drop(other);
    assert!(is_gone(&*one, b) && !is_gone(&*one, a));
    drop(one);
    assert!(is_gone(&*opened(&folder), a));
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
    expected: LineState,
}

fn begin(folder: &Folder) -> Result<LineState, StoreError> {
    let line = SqliteLine::open(&folder.0)?;
    line.join(CAMPAIGN)?;
    line.look(CAMPAIGN, 0)
}

fn paused() -> GivenOrder {
    let given_at = jiff::Timestamp::UNIX_EPOCH;
    GivenOrder { given_at, by: "kim".to_owned(), why: "smoke".to_owned(), order: Order::Pause }
}

fn live() -> Lived {
    let folder = Folder::new();
    let line = SqliteLine::open(&folder.0).unwrap();
    let node = line.join(CAMPAIGN).unwrap();
    assert!(line.claim(CAMPAIGN, node, &Seen { term: 0, leader: None }).unwrap());
    for number in 0..60 {
        let led = Led {
            serving_number: u64::from(number) * 3,
            gate_sequence: u64::from(number) + 100,
            document: vec![7; 300],
            ..Led::default()
        };
        let lead = LeadStep { term: 1, open_bucket: number + 1, led, fence: Vec::new() };
        let step = NodeStep {
            lead: Some(lead),
            reserve: Some((number + 1, 64)),
            close: (number > 0).then_some((number, 17 + number % 40)),
            ..NodeStep::default()
        };
        assert_eq!(line.step(CAMPAIGN, node, &step).unwrap(), Stepped::Done);
    }
    line.order(CAMPAIGN, &paused()).unwrap();
    let killed = files(&folder);
    drop(line);
    let stopped = files(&folder);
    let again = Folder::new();
    write(&again, &killed);
    let expected = begin(&again).unwrap();
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
            let begun = begin(&folder);
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

/// As release 2 left it: one node, whose last bucket is open.
const VERSION_2: &str = "
    DROP TABLE given_order; DROP TABLE node; DROP TABLE reservation; DROP TABLE bucket; DROP TABLE line;
    CREATE TABLE line(campaign INTEGER PRIMARY KEY, incarnation INTEGER NOT NULL,
        serving_number INTEGER NOT NULL DEFAULT 0, gate_sequence INTEGER NOT NULL DEFAULT 0,
        opened_at TEXT, closed_at TEXT) STRICT;
    CREATE TABLE reservation(campaign INTEGER NOT NULL, number INTEGER NOT NULL, reserved INTEGER NOT NULL,
        PRIMARY KEY (campaign, number)) STRICT, WITHOUT ROWID;
    CREATE TABLE bucket(campaign INTEGER NOT NULL, number INTEGER NOT NULL, incarnation INTEGER NOT NULL,
        count INTEGER NOT NULL, PRIMARY KEY (campaign, number)) STRICT, WITHOUT ROWID;
    INSERT INTO line VALUES (1, 4, 30, 2000, NULL, NULL);
    INSERT INTO bucket VALUES (1, 0, 3, 40), (1, 1, 4, 7);
    INSERT INTO reservation VALUES (1, 2, 64);
    PRAGMA user_version = 2;";

/// Release 3 knew no orders.
#[test]
fn a_line_that_had_no_orders_takes_them_and_an_altered_one_is_noticed() {
    let lived = live();
    let folder = Folder::new();
    write(&folder, &lived.stopped);
    let sql = |text: &str| {
        let file = rusqlite::Connection::open(folder.0.join(FILES[DATABASE])).unwrap();
        file.execute_batch(text).unwrap();
    };
    // Its sums were over the rest.
    sql("DROP TABLE given_order; ALTER TABLE line DROP COLUMN steered; ALTER TABLE node DROP COLUMN arrived;
        ALTER TABLE node DROP COLUMN waiting; UPDATE sum SET state = x''; PRAGMA user_version = 3;");
    assert_eq!(begin(&folder).unwrap().led, lived.expected.led);
    let line = SqliteLine::open(&folder.0).unwrap();
    assert_eq!(line.order(CAMPAIGN, &paused()).unwrap(), 1);
    assert_eq!(line.orders(CAMPAIGN, 0).unwrap(), [(1, paused())]);
    drop(line);
    begin(&folder).unwrap();
    sql("UPDATE given_order SET why = 'another'");
    assert!(matches!(begin(&folder), Err(StoreError::Corrupt { .. })));
}

#[test]
fn a_line_of_an_earlier_version_is_brought_up_and_loses_nothing() {
    let lived = live();
    for without_sums in [false, true] {
        let folder = Folder::new();
        write(&folder, &lived.stopped);
        let old = rusqlite::Connection::open(folder.0.join(FILES[DATABASE])).unwrap();
        old.execute_batch(VERSION_2).unwrap();
        if without_sums {
            std::fs::remove_file(folder.0.join(FILES[HEAD])).unwrap();
            old.execute_batch("DROP TABLE sum; PRAGMA user_version = 1;").unwrap();
        }
        drop(old);
        let found = begin(&folder).unwrap();
        let counts: Vec<_> = found.settled.iter().map(|bucket| (bucket.number, bucket.counts[0])).collect();
        let life = |incarnation| NodeId { node: 1, incarnation };
        assert_eq!(counts, [(0, (life(3), 40)), (1, (life(4), 7)), (2, (life(4), 64))]);
        assert_eq!((found.open_bucket, found.led.serving_number, found.led.gate_sequence), (3, 30, 2000));
        let node = NodeState { id: life(5), beat: 0, given: 0, door: AtTheDoor::default(), is_gone: false };
        assert_eq!(found.nodes, [node]);
        begin(&folder).unwrap();
    }
}
