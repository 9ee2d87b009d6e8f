//! Before somebody is removed, whoever has the files and the key folder can read them; afterwards nobody can, with the
//! key folder as it is then, in any file there ever was: journal, log, views, backup, and the folder that an old backup
//! is restored to.

use super::{Home, SEED, charye, files};
use booking::PersonKey;
use rehearsal::scenario::{Cast, SyntheticPerson};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Output};
use std::sync::Arc;
use store::conformance::Figure;
use store::sealed::{HEAD_LENGTH, MARK};
use web::key_tree::KeyTree;
use web::keys::{KeyMaterial, Keys};
use web::person_keys::{NoShelf, PersonKeys};

const PEOPLE: u32 = 3;
/// Of them so many leave.
const LEAVING: u32 = 2;
/// What is known of somebody, sealed, is not longer.
const SEALED_MAX: usize = 400;

struct Fixed;

impl store::Randomness for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(9);
    }
}

/// A thief of the key folder, as it is now.
fn stolen_keys(folder: &Path) -> Keys {
    let key = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let byte = |at: usize| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap();
        std::array::from_fn(byte)
    };
    let material = KeyMaterial {
        tokens: (1, key("tokens-1.key")),
        tokens_before: None,
        aliases: key("aliases.key"),
        fields: key("fields.key"),
        gate: key("gate.key"),
    };
    let tree = KeyTree::from_bytes(&fs::read(folder.join("people.keys")).unwrap()).unwrap();
    Keys::with_people(&material, PersonKeys::new(tree, PersonKey(0), Box::new(NoShelf)), Arc::new(Fixed))
}

/// Who can be read out of any file under the folders, once for each place where they stand.
fn readable(keys: &Keys, folders: &[&Path]) -> Vec<String> {
    let mut all = Vec::new();
    for folder in folders {
        files(folder, &mut all);
    }
    let mut names = Vec::new();
    for path in all {
        let bytes = fs::read(path).unwrap();
        for at in (0..bytes.len()).filter(|at| bytes[*at..].starts_with(&MARK)) {
            let longest = bytes.len().min(at + SEALED_MAX);
            let opened = (at + HEAD_LENGTH..longest)
                .find_map(|end| keys.cipher.open("person/sealed", &bytes[at..end]));
            let card = opened.map(|plain| serde_json::from_slice::<serde_json::Value>(&plain).unwrap());
            names.extend(card.map(|card| card["name"].as_str().unwrap().to_owned()));
        }
    }
    names
}

fn recovered(keys: &Keys, folders: &[&Path]) -> BTreeSet<String> {
    readable(keys, folders).into_iter().collect()
}

pub(super) struct Service {
    child: Child,
    port: u16,
}

impl Service {
    /// Long before the opening: nobody books, everybody may prove who they are.
    pub(super) fn start(home: &Path, data: &str) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let log = File::options().create(true).append(true).open(home.join("log")).unwrap();
        let mut demo = charye(home);
        demo.args(["demo", "--opens-in", "600s", "--dir", data, "--port"]).arg(port.to_string());
        let child = demo.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            std::thread::yield_now();
        }
        Self { child, port }
    }

    fn post(&self, path: &str, body: &serde_json::Value) -> serde_json::Value {
        let body = body.to_string();
        let length = body.len();
        let request = format!(
            "POST /api/v1/{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
             idempotency-key: {path}-{length}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{path}: {answer}");
        serde_json::from_str(body).unwrap()
    }

    pub(super) fn proves_who_they_are(&self, person: &SyntheticPerson) {
        let claim = serde_json::json!({"name": person.name, "number": person.number, "phone": person.phone});
        let challenge = self.post("identity", &claim);
        let outbox = self.post("demo/outbox", &serde_json::json!({"phone": person.phone}));
        let code = &outbox["messages"][0]["code"];
        let proof = serde_json::json!({"challenge": challenge["challenge"], "code": code});
        self.post("identity/verify", &proof);
    }

    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn told(home: &Path, line: &[&str]) -> String {
    let Output { status, stdout, stderr } = charye(home).args(line).output().unwrap();
    let words = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{line:?}: {words}");
    words
}

/// Within a while, or the test ends with what the log says.
fn wait_for(home: &Path, what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..150 {
        if is_so() {
            return;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(100));
    }
    panic!("{what}: {}", fs::read_to_string(home.join("log")).unwrap());
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn whoever_was_removed_can_be_recovered_from_no_file() {
    let home = Home::new("leaving");
    let at = |name: &str| home.0.join(name);
    let cast = Cast::new(SEED, PEOPLE);
    let people: Vec<SyntheticPerson> = (0..PEOPLE).map(|index| cast.person(index)).collect();
    let all: BTreeSet<String> = people.iter().map(|person| person.name.clone()).collect();
    assert_eq!(all.len(), PEOPLE as usize, "the cast has different names");

    let service = Service::start(&home.0, "data");
    for person in &people {
        service.proves_who_they_are(person);
    }
    told(&home.0, &["backup", "old.backup", "--data", "data"]);
    told(&home.0, &["restore", "old.backup", "restored", "--keys", "data.keys"]);
    let (data, restored) = (at("data"), at("restored"));
    let before = stolen_keys(&at("data.keys"));
    assert_eq!(recovered(&before, &[&data]), all, "with its keys the journal says who they are");
    assert_eq!(recovered(&before, &[&restored]), all);

    for person in 1..=LEAVING {
        let words = told(&home.0, &["retention", "data", "--person", &format!("person-{person}")]);
        assert!(words.contains("removed"), "{words}");
    }
    let now = || stolen_keys(&at("data.keys"));
    wait_for(&home.0, "the keys are not destroyed", || recovered(&now(), &[&data]).len() == 1);
    let is_leaving = |name: &&String| people[..LEAVING as usize].iter().any(|person| person.name == **name);
    let stood = readable(&before, &[&home.0]).iter().filter(is_leaving).count();
    let after = recovered(&now(), &[&home.0]);
    let staying = BTreeSet::from([people[LEAVING as usize].name.clone()]);
    assert_eq!(after, staying, "in no file, the restored folder and the backup included");
    let preview = told(&home.0, &["retention", "data"]);
    service.kill();

    // The folder of the old backup is put in use, beside the key folder as it is now: they are nobody there, too.
    copy_folder(&at("data.keys"), &at("restored.keys"));
    let service = Service::start(&home.0, "restored");
    wait_for(&home.0, "the restored ledger still knows them", || {
        let preview = told(&home.0, &["retention", "restored"]);
        preview.contains("2명 / people")
    });
    service.proves_who_they_are(&people[0]);
    service.kill();
    told(&home.0, &["verify", "restored", "--keys", "restored.keys"]);
    assert_eq!(recovered(&stolen_keys(&at("restored.keys")), &[&restored]).len(), 2, "whoever came back");
    println!("{preview}");

    let figure = Figure {
        promise: "F1",
        test: "people whose data was removed",
        runs: stood as u64,
        of: "sealed records of people who were removed, in journal, log, views and a restored backup, with the keys as they are then",
        violations: after.iter().filter(is_leaving).count() as u64,
        // An old copy of the key folder still opens every one of them.
        saboteur: "keys that are not destroyed",
        caught: stood as u64,
        more: format!("seed {SEED}; one who stays is read"),
    };
    figure.tell();
}
