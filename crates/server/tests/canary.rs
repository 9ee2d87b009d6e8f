//! Stolen files reveal nobody: people with known names, numbers and phones go through the real service over HTTP, it is
//! killed in the middle, backed up, started again; then every byte that it ever wrote is searched for them, in every
//! form in which such things are usually written.

#![expect(clippy::unwrap_used, reason = "in a test an error is the finding")]

#[path = "canary/guessing.rs"]
mod guessing;
#[path = "canary/leaving.rs"]
mod leaving;

use base64::Engine as _;
use rehearsal::crowd::{self, CrowdConfig};
use rehearsal::scenario::{ArrivalPlan, Cast};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const PEOPLE: u32 = 60;
const SEED: u64 = 20_270_712;
/// The crash comes when so many have booked.
const BOOKED: u64 = 12;
const PREFIX: usize = 5;

/// A folder that goes away with its test.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("charye-canary-{name}-{}", std::process::id()));
        let _left_over = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _left_over = fs::remove_dir_all(&self.0);
    }
}

/// Everything that is looked for, by its first bytes.
struct Needles {
    by_prefix: HashMap<[u8; PREFIX], Vec<(Vec<u8>, String)>>,
    count: usize,
}

impl Needles {
    fn of(people: u32) -> Self {
        let cast = Cast::new(SEED, people);
        let mut needles = Self { by_prefix: HashMap::new(), count: 0 };
        for index in 0..people {
            let person = cast.person(index);
            let number: String = person.number.chars().filter(char::is_ascii_digit).collect();
            let phone: String = person.phone.chars().filter(char::is_ascii_digit).collect();
            assert_eq!((number.len(), phone.len()), (13, 11), "{person:?}");
            let hyphened = format!("{}-{}-{}", &phone[..3], &phone[3..7], &phone[7..]);
            needles.add(&format!("name {index}"), &[person.name.clone(), decomposed(&person.name)]);
            needles.add(&format!("number {index}"), &[format!("{}-{}", &number[..6], &number[6..]), number]);
            needles.add(&format!("phone {index}"), &[hyphened, phone]);
        }
        needles
    }

    fn add(&mut self, what: &str, texts: &[String]) {
        for text in texts {
            for (form, bytes) in forms(text) {
                let prefix = bytes[..PREFIX].try_into().unwrap();
                self.by_prefix.entry(prefix).or_default().push((bytes, format!("{what} as {form}")));
                self.count += 1;
            }
        }
    }

    fn hits(&self, bytes: &[u8]) -> Vec<&str> {
        let mut hits = Vec::new();
        for (at, prefix) in bytes.windows(PREFIX).enumerate() {
            let prefix: &[u8; PREFIX] = prefix.try_into().unwrap();
            for (needle, what) in self.by_prefix.get(prefix).into_iter().flatten() {
                if bytes[at..].starts_with(needle) {
                    hits.push(what.as_str());
                }
            }
        }
        hits
    }
}

fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf8 = text.as_bytes();
    let wide: Vec<u16> = text.encode_utf16().collect();
    let hex = web::published::hex(utf8);
    let mut forms = vec![
        ("UTF-8", utf8.to_vec()),
        ("UTF-16 LE", wide.iter().flat_map(|unit| unit.to_le_bytes()).collect()),
        ("UTF-16 BE", wide.iter().flat_map(|unit| unit.to_be_bytes()).collect()),
        ("hex", hex.clone().into_bytes()),
        ("HEX", hex.to_uppercase().into_bytes()),
        ("percent", utf8.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()).collect()),
    ];
    for before in 0..3 {
        let padded = [&vec![0; before], utf8].concat();
        let whole = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&padded);
        // The letters that also depend on what stands around it are left out.
        let from = (before * 8).div_ceil(6);
        let inner = whole[from..padded.len() * 8 / 6].to_owned();
        forms.push(("base64, for addresses", inner.replace('+', "-").replace('/', "_").into_bytes()));
        forms.push(("base64", inner.into_bytes()));
    }
    forms
}

/// Hangul in parts, as some systems write it.
fn decomposed(text: &str) -> String {
    let mut parts = String::new();
    for letter in text.chars() {
        let Some(index) = u32::from(letter).checked_sub(0xac00).filter(|index| *index < 11_172) else {
            parts.push(letter);
            continue;
        };
        parts.extend(
            [0x1100 + index / 588, 0x1161 + index % 588 / 28].map(|part| char::from_u32(part).unwrap()),
        );
        parts.extend((index % 28 > 0).then(|| char::from_u32(0x11a7 + index % 28).unwrap()));
    }
    parts
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.is_file() {
            // A socket keeps nothing.
            found.push(path);
        }
    }
}

/// Bytes searched, and what was found where.
fn search(needles: &Needles, folder: &Path) -> (usize, Vec<String>) {
    let (mut searched, mut hits, mut all) = (0, Vec::new(), Vec::new());
    files(folder, &mut all);
    for path in all {
        let bytes = fs::read(&path).unwrap();
        searched += bytes.len();
        hits.extend(needles.hits(&bytes).into_iter().map(|what| format!("{}: {what}", path.display())));
    }
    (searched, hits)
}

struct Service(Child);

impl Service {
    fn start(home: &Path, port: u16) -> Self {
        let log = File::options().create(true).append(true).open(home.join("log")).unwrap();
        let mut demo = charye(home);
        demo.args(["demo", "--opens-in", "2s", "--admissions-per-second", "1000", "--dir", "data"]);
        demo.args(["--access-log", "--operator-port", &operator_port(port).to_string(), "--port"]);
        let child = demo.arg(port.to_string()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let service = Self(child);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            std::thread::yield_now();
        }
        service
    }

    /// As a crash does it.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn charye(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_charye"));
    command.current_dir(home).env("RUST_LOG", "debug").stdin(Stdio::null());
    command
}

/// The one after the public port.
fn operator_port(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(port - 1)
}

/// What machines that watch are told, as it goes over the wire.
fn metrics(port: u16) -> Vec<u8> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, operator_port(port))).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

async fn book_until_crash(address: SocketAddr) {
    let booked = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&booked);
    let arrival = ArrivalPlan { lobby_percent: 90, spike_percent: 10, spike_seconds: 1, tail_seconds: 1 };
    let config =
        CrowdConfig { arrival: arrival.into(), ..CrowdConfig::new(address, "c55".to_owned(), PEOPLE, SEED) };
    let walk = crowd::run(config, move |progress| seen.store(progress.journal.booked, Ordering::Release));
    let enough = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while booked.load(Ordering::Acquire) < BOOKED {
            ticks.tick().await;
        }
    };
    tokio::select! {
        report = walk => {
            println!("everybody was through before the crash: {:?}", report.journal);
            booked.fetch_max(report.journal.booked, Ordering::AcqRel);
        }
        () = enough => {}
    }
    assert!(booked.load(Ordering::Acquire) > 0, "nobody booked");
}

#[test]
fn no_byte_that_was_written_names_anybody() {
    let home = Home::new("service");
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let service = Service::start(&home.0, port);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(book_until_crash((Ipv4Addr::LOCALHOST, port).into()));
    let told = metrics(port);
    assert!(String::from_utf8_lossy(&told).contains("charye_ledger_commands_total"), "nothing is told");
    fs::write(home.0.join("metrics"), told).unwrap();
    service.kill();
    let log = fs::read_to_string(home.0.join("log")).unwrap();
    assert!(log.contains("\"/api/v1/holds\""), "there is no line for each request");
    let needles = Needles::of(PEOPLE);
    let (after_crash, hits) = search(&needles, &home.0);
    assert!(hits.is_empty(), "after the crash: {hits:?}");

    Service::start(&home.0, port).kill();
    for line in [["backup", "one.backup", "--data", "data"], ["inspect", "data", "tail", "500"]] {
        let output = charye(&home.0).args(line).output().unwrap();
        assert!(output.status.success(), "{line:?}: {}", String::from_utf8_lossy(&output.stderr));
        fs::write(home.0.join(line[0]), output.stdout).unwrap();
    }
    let (searched, hits) = search(&needles, &home.0);
    println!(
        "seed {SEED}: {} forms in {searched} bytes ({after_crash} after the crash): {} hits",
        needles.count,
        hits.len()
    );
    assert!(hits.is_empty(), "{hits:?}");
    assert!(fs::metadata(home.0.join("inspect")).unwrap().len() > 1_000, "nothing was booked");
}

/// A new key comes while people book: nobody is told of a fault, and those who came before it book after it.
fn rotate_while_people_book(home: &Home, which: &str) -> rehearsal::journal::Journal {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let service = Service::start(&home.0, port);
    let arrival = ArrivalPlan { lobby_percent: 20, spike_percent: 20, spike_seconds: 3, tail_seconds: 12 };
    let address = (Ipv4Addr::LOCALHOST, port).into();
    let config =
        CrowdConfig { arrival: arrival.into(), ..CrowdConfig::new(address, "c55".to_owned(), PEOPLE, SEED) };
    let rotated = AtomicU64::new(0);
    let rotate = |progress: &crowd::CrowdProgress| {
        let booked = progress.journal.booked;
        if booked > 0 && rotated.load(Ordering::Acquire) == 0 {
            keys(home, &["rotate", which]);
            rotated.store(booked, Ordering::Release);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let journal = runtime.block_on(crowd::run(config, rotate)).journal;
    let before = rotated.into_inner();
    println!("{before} booked before the new key, {} in all: {journal:?}", journal.booked);
    assert!(before > 0 && journal.booked > before, "{journal:?}");
    assert_eq!((journal.errors, journal.errors_at_gate, journal.faults), (0, 0, 0), "{journal:?}");
    service.kill();
    journal
}

fn keys(home: &Home, words: &[&str]) -> String {
    let output = charye(&home.0).arg("keys").args(words).args(["--keys", "data.keys"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What is sealed after the new key bears its number.
#[test]
fn a_key_is_rotated_while_people_book() {
    let home = Home::new("rotation");
    rotate_while_people_book(&home, "fields");
    let log = fs::read_to_string(home.0.join("log")).unwrap();
    assert!(log.contains("a new key seals personal fields"), "{log}");
    assert!(keys(&home, &["list"]).contains("number 2 seals"));
    let mut written = Vec::new();
    files(&home.0.join("data"), &mut written);
    // A record of a person that was sealed with the second key: the mark, the number.
    let head = [&store::sealed::MARK, [2].as_slice()].concat();
    let marked = |bytes: &[u8]| bytes.windows(head.len()).filter(|window| *window == head).count();
    let marks: usize = written.iter().map(|path| marked(&fs::read(path).unwrap())).sum();
    assert!(marks > 10, "{marks}");
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    Service::start(&home.0, port).kill();
    let log = fs::read_to_string(home.0.join("log")).unwrap();
    assert!(!log.contains("cannot be opened"), "{log}");
}

/// Everybody is named anew, nobody is there twice, and the journal stays provable.
#[test]
fn the_key_of_names_is_rotated_while_people_book() {
    let home = Home::new("names");
    let journal = rotate_while_people_book(&home, "aliases");
    let log = fs::read_to_string(home.0.join("log")).unwrap();
    assert!(log.contains("a new key names people"), "{log}");
    assert!(keys(&home, &["list"]).contains("number 2, "), "{}", keys(&home, &["list"]));
    let output = charye(&home.0).args(["inspect", "data", "tail", "100000"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let renamed = told.matches("renamed person").count();
    let registered = told.matches("registered person").count();
    println!("{registered} registered, {renamed} named anew");
    assert!(
        renamed > 0 && registered as u64 == journal.verified,
        "{registered} registered, {renamed} named anew"
    );
    let output = charye(&home.0).args(["verify", "data", "--keys", "data.keys"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// A back end with a plain column, and every form hidden somewhere: the search sees them all.
#[test]
fn a_plain_field_would_be_found() {
    let home = Home::new("plain");
    let needles = Needles::of(3);
    for (needle, what) in needles.by_prefix.values().flatten() {
        fs::write(home.0.join("file"), [b"before".as_slice(), needle, b"after"].concat()).unwrap();
        let (_, hits) = search(&needles, &home.0);
        assert!(hits.iter().any(|hit| hit.contains(what)), "{what} was not seen");
    }
    fs::remove_file(home.0.join("file")).unwrap();

    let clock = Arc::new(store::MockClock::at(store::conformance::world::opens_at()));
    let country = Arc::new(store::conformance::world::country());
    let limits = store_sqlite::StoreLimits::default();
    let store = store_sqlite::SqliteStore::open(&home.0, country, clock, limits).unwrap();
    let person = Cast::new(SEED, 3).person(1);
    let aliases = vec![booking::PersonAlias([1; 32])];
    let register =
        store::Command::Register { aliases, sealed: format!("phone={}", person.phone).into_bytes() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store::Store::execute(&store, register.into())).unwrap().unwrap();
    let (_, hits) = search(&needles, &home.0);
    println!("caught: {hits:?}");
    assert!(hits.iter().any(|hit| hit.contains("phone 1 as UTF-8")), "{hits:?}");
}
