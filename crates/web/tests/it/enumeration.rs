//! Nothing tells whether a person exists, is eligible or is booked before their identity is proved (promise F6,
//! threat T9).

use crate::person::{Person, resident};
use crate::privacy::capture;
use crate::program::{Program, text};
use crate::site::{Site, Wanted, test_keys};
use crate::wire::{Answer, Ask};
use jiff::SignedDuration;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::MemoryRoster;
use web::roster::RosterPerson;

const GUESSES: u32 = 1_000;
const GUESSES_LONG: u32 = 100_000;
const SAMPLES: u32 = 300;
const SAMPLES_LONG: u32 = 10_000;
/// Those who are on the roster; the first of them has an appointment.
const KNOWN: u32 = 8;

fn is_long() -> bool {
    std::env::var_os("CHARYE_LONG").is_some()
}

/// Names of one length, so that only who is meant differs.
fn known(number: u32) -> Program {
    Program { number: resident("6403051", number), ..Program::number(number) }
}

async fn site_with_people() -> Site {
    let keys = test_keys();
    let entries = (0..KNOWN).map(|number| {
        let listed = RosterPerson {
            number: known(number).number.replace('-', ""),
            name: "프로그램".to_owned(),
            born_on: jiff::civil::date(1964, 3, 5),
            phone: Some(known(number).phone),
            group: None,
        };
        let pair = listed.pair(&keys);
        (pair, listed.seal(&keys, pair))
    });
    let site = Site::with(Wanted { roster: Some(Arc::new(MemoryRoster::of(entries))), ..Wanted::default() });
    let mut booked = known(0);
    booked.come_in(&site).await;
    booked.booked(&site, "09:00").await;
    site.after(SignedDuration::from_mins(11)).await;
    site
}

/// All that an answer shows, without what is random in every answer and without the date.
fn shape(answer: &Answer) -> String {
    let headers: Vec<_> =
        answer.headers.iter().filter(|(name, _)| name != "date" && name != "content-length").collect();
    let token = if answer.status == 202 { text(answer, "challenge") } else { String::new() };
    let body = if token.is_empty() { answer.body.clone() } else { answer.body.replace(&token, "") };
    format!("{} {headers:?} {} {body}", answer.status, body.len())
}

#[derive(Default)]
struct Seen {
    asked: BTreeSet<String>,
    guessed: BTreeSet<String>,
}

impl Seen {
    async fn guess(&mut self, site: &Site, name: &str, number: &str, phone: &str) {
        let claim = json!({"name": name, "number": number, "phone": phone});
        let asked = site.ask(&Ask::json("/api/v1/identity", &claim)).await;
        self.asked.insert(shape(&asked));
        let wrong = json!({"challenge": text(&asked, "challenge"), "code": "000000"});
        self.guessed.insert(shape(&site.ask(&Ask::json("/api/v1/identity/verify", &wrong)).await));
    }
}

#[tokio::test]
async fn guesses_of_names_and_numbers_learn_nothing_and_raise_the_alarm() {
    let log = capture();
    let site = site_with_people().await;
    let (asked_before, written_before) = (site.ledger.asked(), site.ledger.written().len());
    let (mut of_known, mut of_unknown) = (Seen::default(), Seen::default());
    let guesses = if is_long() { GUESSES_LONG } else { GUESSES };
    for guess in 0..guesses / 2 {
        // A phone of the guesser's own each time: the pace of codes to one phone is another matter.
        let phones = [format!("0104{:07}", guess * 2), format!("0104{:07}", guess * 2 + 1)];
        let name = if guess % 2 == 0 { "프로그램" } else { "다른이름" };
        of_known.guess(&site, name, &known(guess % KNOWN).number, &phones[0]).await;
        of_unknown.guess(&site, name, &resident("6403052", guess % 100_000), &phones[1]).await;
    }
    for (known, unknown) in [(&of_known.asked, &of_unknown.asked), (&of_known.guessed, &of_unknown.guessed)] {
        assert_eq!(known.len(), 1, "{known:#?}");
        assert_eq!(known, unknown);
    }
    assert_eq!(site.ledger.asked(), asked_before, "nobody was looked up");
    assert_eq!(site.ledger.written().len(), written_before, "nothing was written");
    assert!(log.text().contains("failures_this_minute=100"), "no alarm");
    println!("{guesses} guesses, {} of them of {KNOWN} known people: one answer", guesses / 2);
}

/// Codes to a phone that is known are paced as to one that is not.
#[tokio::test]
async fn a_known_phone_is_paced_like_an_unknown_one() {
    let site = site_with_people().await;
    let mut seen: Vec<Vec<String>> = Vec::new();
    for phone in [known(0).phone, known(1).phone, "01077770000".to_owned()] {
        let mut answers = Vec::new();
        for guess in 0..10 {
            let claim = json!({"name": "다른이름", "number": resident("6403052", guess), "phone": phone});
            let answer = site.ask(&Ask::json("/api/v1/identity", &claim)).await;
            answers.push(shape(&answer));
        }
        assert!(answers.last().unwrap().starts_with("429"), "{answers:?}");
        seen.push(answers);
    }
    assert!(seen.iter().all(|answers| *answers == seen[0]), "{seen:#?}");
}

/// The same over the pages.
#[tokio::test]
async fn pages_are_of_one_shape_for_known_and_unknown() {
    let site = site_with_people().await;
    let mut shapes = BTreeSet::new();
    for (guess, number) in [known(0).number, known(1).number, resident("6403052", 9)].iter().enumerate() {
        let mut person = Person::number(u32::try_from(guess).unwrap() + 700);
        let claim = [("name", "프로그램"), ("number", number.as_str()), ("phone", "01055550000")];
        let asked = person.post(&site, "/identity", &claim).await;
        let page = person.get(&site, "/identity/code").await;
        let wrong = person.post(&site, "/identity/code", &[("code", "000000")]).await;
        let sizes = [&asked, &page, &wrong].map(|answer| (answer.status, answer.body.len()));
        shapes.insert(format!("{sizes:?} {}", asked.location()));
    }
    assert_eq!(shapes.len(), 1, "{shapes:?}");
}

/// Printed, not asserted: this machine is shared. Measured in turns, on one connection.
#[expect(clippy::disallowed_methods, reason = "it measures")]
#[tokio::test]
async fn the_time_of_an_answer_is_printed_for_known_and_unknown() {
    let site = site_with_people().await;
    let samples = if is_long() { SAMPLES_LONG } else { SAMPLES };
    let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for sample in 0..samples {
        let numbers = [known(sample % KNOWN).number, resident("6403052", sample % 100_000)];
        for (at, number) in numbers.iter().enumerate() {
            let phone = format!("0104{:07}", sample * 2 + u32::try_from(at).unwrap());
            let claim = json!({"name": "프로그램", "number": number, "phone": phone});
            let began = Instant::now();
            let answer = site.ask(&Ask::json("/api/v1/identity", &claim)).await;
            times[at].push(began.elapsed());
            assert_eq!(answer.status, 202);
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let [mut hit, mut miss] = times;
    println!("{samples} samples each: median hit {:?}, miss {:?}", median(&mut hit), median(&mut miss));
}
