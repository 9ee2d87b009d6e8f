//! What people type about themselves stays in forms and sealed records: no address, no header, no log line has it.

use crate::ledger::Mood;
use crate::person::Person;
use crate::program::Program;
use crate::site::{CLINIC, DAY, Site};
use crate::wire::{Answer, Ask};
use base64::Engine as _;
use serde_json::json;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

const NAME: &str = "남궁카나리아";
const NUMBER: [&str; 3] = ["641123-1000001", "6411231000001", "1000001"];
const PHONE: [&str; 3] = ["01087654321", "010-8765-4321", "8765-4321"];

/// Every way in which what was typed could be written down.
fn canaries() -> Vec<String> {
    let encoded: String = form_urlencoded::byte_serialize(NAME.as_bytes()).collect();
    let escaped: String = NAME.escape_unicode().to_string().replace(['{', '}'], "");
    let mut all = vec![NAME.to_owned(), encoded.to_lowercase(), encoded, escaped];
    all.extend(NUMBER.iter().chain(&PHONE).map(|text| (*text).to_owned()));
    for text in [NAME, NUMBER[0], PHONE[0]] {
        // Whatever stands before it: three ways for base64 to begin, without the characters at the ends.
        for before in 0..3 {
            let padded = [vec![0; before], text.as_bytes().to_vec(), vec![0; 2]].concat();
            let coded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(padded);
            all.push(coded[(before * 8).div_ceil(6)..coded.len() - 4].to_owned());
        }
    }
    all
}

fn assert_clean(text: &str, what: &str) {
    for canary in canaries() {
        assert!(!text.contains(&canary), "{canary} in {what}: {text}");
    }
}

/// Addresses that an answer leads to, and everything in its head.
fn assert_answer_is_clean(answer: &Answer, what: &str) {
    for (name, value) in &answer.headers {
        assert_clean(value, &format!("{name} of {what}"));
    }
    for attribute in ["href=\"", "action=\"", "src=\"", "content=\""] {
        for rest in answer.body.split(attribute).skip(1) {
            assert_clean(rest.split('"').next().unwrap(), &format!("{attribute} of {what}"));
        }
    }
}

/// Everything one can do, the right and the wrong way, in both languages.
async fn whole_journey(site: &Site, person: &mut Person) -> Vec<Answer> {
    let mut seen = Vec::new();
    person.join(site).await;
    for fields in [
        [("name", NAME), ("number", "641123-10x"), ("phone", PHONE[0])],
        [("name", "\u{1}"), ("number", NUMBER[0]), ("phone", "010-8765-4321-9")],
        [("name", NAME), ("number", NUMBER[0]), ("phone", PHONE[0])],
    ] {
        seen.push(person.post(site, "/identity", &fields).await);
    }
    seen.push(person.get(site, "/identity/code").await);
    seen.push(person.post(site, "/identity/code", &[("code", "000000")]).await);
    seen.push(person.post(site, "/identity/code/resend", &[]).await);
    person.come_in(site).await;
    seen.extend(person.look_around(site).await);
    let time = if person.prefix.is_empty() { "09:00" } else { "09:30" };
    seen.push(person.hold(site, time, NAME).await);
    seen.push(person.get(site, "/book/hold").await);
    seen.push(person.confirm(site, PHONE[0]).await);
    seen.push(person.get(site, "/my/booked").await);
    seen.push(person.get(site, "/my").await);
    let number = person.appointment(site).await;
    seen.push(person.post(site, "/my/cancel", &[("appointment", &number), ("key", "x")]).await);
    seen.push(person.post(site, "/my/cancel", &[("appointment", NAME), ("key", "x")]).await);
    let sure = [("appointment", &*number), ("key", "x"), ("sure", "1")];
    seen.push(person.post(site, "/my/cancel", &sure).await);
    seen.push(person.get(site, "/outbox").await);
    for mood in [Mood::Gone, Mood::Panics] {
        site.ledger.feel(mood);
        seen.push(person.get(site, "/my").await);
        seen.push(person.post(site, "/my/cancel", &sure).await);
    }
    site.ledger.feel(Mood::Well);
    seen.push(person.post(site, "/identity/leave", &[]).await);
    seen
}

async fn as_a_program(site: &Site) -> Vec<Answer> {
    let mut program = Program { phone: PHONE[0].to_owned(), ..Program::number(1) };
    let claim = json!({"name": NAME, "number": NUMBER[0], "phone": PHONE[0]});
    let mut seen = vec![program.post(site, "/api/v1/identity", &claim).await];
    let wrong = json!({"name": NAME, "number": NAME, "phone": NAME});
    seen.push(program.post(site, "/api/v1/identity", &wrong).await);
    let code = site.outbox.of_phone(PHONE[0])[0].code.clone().unwrap();
    let proof = json!({"challenge": seen[0].json()["challenge"], "code": code});
    seen.push(program.post(site, "/api/v1/identity/verify", &proof).await);
    program.session = crate::program::text(&seen[2], "session");
    program.join(site).await;
    site.seconds(2).await;
    seen.push(program.enter(site).await);
    let body = json!({"campaign": crate::site::SLUG, "clinic": CLINIC, "date": DAY, "time": NAME});
    seen.push(program.post_keyed(site, "/api/v1/holds", &body, "k").await);
    seen.push(program.get(site, "/api/v1/appointments").await);
    seen
}

/// For the whole process, and so for the lines of every other test as well: a subscriber of one thread misses the lines
/// whose first use was on another.
pub(crate) fn capture() -> Captured {
    static CAPTURED: OnceLock<Captured> = OnceLock::new();
    CAPTURED.get_or_init(begin_capture).clone()
}

fn begin_capture() -> Captured {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("web=trace")
        .with_ansi(false)
        .with_writer(captured.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    captured
}

#[tokio::test]
async fn what_is_typed_about_a_person_is_in_no_address_no_header_and_no_log() {
    let captured = capture();
    let site = Site::new();
    for prefix in ["", "/en"] {
        let mut person = Person {
            prefix,
            name: NAME.to_owned(),
            number: NUMBER[0].to_owned(),
            phone: PHONE[0].to_owned(),
            ..Person::number(1)
        };
        for (position, answer) in whole_journey(&site, &mut person).await.iter().enumerate() {
            assert_answer_is_clean(answer, &format!("answer {position} {prefix}"));
        }
    }
    for (position, answer) in as_a_program(&site).await.iter().enumerate() {
        assert_answer_is_clean(answer, &format!("answer {position} of the API"));
        if answer.status >= 400 {
            assert_clean(&answer.body, &format!("refusal {position} of the API"));
        }
    }
    let log = captured.text();
    for expected in [
        "refused",
        "web::access: request",
        "the doors moved",
        "the store did not answer",
        "a handler panicked",
    ] {
        assert!(log.contains(expected), "the log is captured: no `{expected}` in {log}");
    }
    assert_clean(&log, "the log");
    for token in ["charye-", "csrf", "AQEAAQ"] {
        assert!(!log.contains(token), "a token in the log: {log}");
    }
}

/// A canary in the log must be found: the check has to be able to fail.
#[test]
fn a_name_in_any_spelling_is_found() {
    let base64 = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let leaks = [
        format!("name={NAME}"),
        "/identity?phone=01087654321".to_owned(),
        base64(&format!("{{\"name\":\"{NAME}\"}}")),
        base64(&format!("ab{{\"number\":\"{}\"}}", NUMBER[0])),
    ];
    for leak in leaks {
        assert!(canaries().iter().any(|canary| leak.contains(canary)), "{leak}");
    }
}

#[tokio::test]
async fn the_outbox_page_of_a_demo_masks_phones() {
    let site = Site::new();
    let mut person = Person { phone: PHONE[0].to_owned(), ..Person::number(1) };
    person.ask_for_code(&site).await;
    let page = site.ask(&Ask::get("/outbox")).await;
    assert!(page.body.contains("010-****-4321") && !page.body.contains("8765"), "{page:?}");
}
