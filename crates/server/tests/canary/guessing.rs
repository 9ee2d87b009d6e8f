//! Whoever has the files and not the keys cannot find out by guessing who is in them: a million resident numbers and
//! phones, the right ones among them, under every hash that needs no key.

use super::leaving::Service;
use super::{Home, SEED, files};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rehearsal::scenario::{Cast, SyntheticPerson};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use store::conformance::Figure;

const PEOPLE: u32 = 3;
const GUESSES: u32 = 1_000_000;
/// So much of a hash is enough to be sure, and is kept even of those that are cut.
const KNOWN_BY: usize = 12;

/// The right numbers and phones, and as many others as make up the guesses.
fn guesses(people: &[SyntheticPerson]) -> Vec<String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let right = people.iter().flat_map(|person| [digits(&person.number), digits(&person.phone)]);
    let mut all: Vec<String> = right.collect();
    let others = (0..).map(|number: u32| match number % 2 {
        0 => format!("{}{:02}{:02}1{:06}", 62 + number % 5, 1 + number % 12, 1 + number % 28, number),
        _ => format!("0100{number:07}"),
    });
    all.extend(others.take(GUESSES as usize - all.len()));
    all
}

/// What a service would store of it that keeps no secret.
fn unkeyed(guess: &str, names: &[&str]) -> Vec<[u8; 32]> {
    let hyphened = if guess.len() == 13 {
        format!("{}-{}", &guess[..6], &guess[6..])
    } else {
        format!("{}-{}-{}", &guess[..3], &guess[3..7], &guess[7..])
    };
    let mut texts = vec![guess.to_owned(), hyphened, format!("number\0{guess}"), format!("phone\0{guess}")];
    texts.extend(names.iter().map(|name| format!("pair\0{guess}|{name}")));
    texts.iter().map(|text| Sha256::digest(text).into()).collect()
}

/// As the service does it, with a key that anybody would try.
fn under_no_real_key(guess: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(&[0; 32]).unwrap();
    mac.update(format!("number\0{guess}").as_bytes());
    mac.finalize().into_bytes().into()
}

/// How many of the guesses stand in the files.
fn matches(people: &[SyntheticPerson], folder: &Path) -> usize {
    let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
    let mut known: HashMap<[u8; KNOWN_BY], String> = HashMap::new();
    for (position, guess) in guesses(people).into_iter().enumerate() {
        // Names are tried with those numbers that are right: more would be no easier.
        let is_right = position < people.len() * 2;
        let mut hashes = unkeyed(&guess, if is_right { &names } else { &[] });
        hashes.push(under_no_real_key(&guess));
        known.extend(hashes.into_iter().map(|hash| (*hash.first_chunk().unwrap(), guess.clone())));
    }
    let mut all = Vec::new();
    files(folder, &mut all);
    let mut found = std::collections::BTreeSet::new();
    for path in all {
        let bytes = fs::read(path).unwrap();
        let windows = bytes.windows(KNOWN_BY);
        found.extend(windows.filter_map(|window| known.get::<[u8; KNOWN_BY]>(window.try_into().unwrap())));
    }
    found.len()
}

#[test]
fn nobody_is_found_in_the_files_by_guessing() {
    let home = Home::new("guessing");
    let cast = Cast::new(SEED, PEOPLE);
    let people: Vec<SyntheticPerson> = (0..PEOPLE).map(|index| cast.person(index)).collect();
    let service = Service::start(&home.0, "data");
    for person in &people {
        service.proves_who_they_are(person);
    }
    service.kill();
    let data = home.0.join("data");
    let found = matches(&people, &data);

    // The saboteur keeps an index without a key beside it.
    let index: Vec<u8> =
        people.iter().flat_map(|person| unkeyed(&person.number.replace('-', ""), &[])).flatten().collect();
    fs::write(data.join("index"), index).unwrap();
    let figure = Figure {
        promise: "F2",
        test: "guessing without the keys",
        runs: u64::from(GUESSES),
        of: "resident numbers and phones, the right ones among them, looked for in every file under hashes without a key",
        violations: found as u64,
        saboteur: "an index of unkeyed SHA-256",
        caught: matches(&people, &data) as u64,
        more: format!("seed {SEED}"),
    };
    figure.tell();
}
