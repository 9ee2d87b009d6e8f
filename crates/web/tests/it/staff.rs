//! An agent's morning over the pages, and what of it is on record.

use crate::ledger::Mood;
use crate::person::{Person, name_of, resident};
use crate::site::{CLINIC, DAY, Site};
use crate::wire::{Answer, Ask, Wire};
use booking::{Act, Actor, LookUp, StaffId};
use jiff::SignedDuration;
use jiff::civil::date;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{AuditEvent, Clock as _, LineStore, MemoryLine, MemoryStaff, StaffFile};
use web::keys::Keys;
use web::staff::Staff;
use web::staff::account::{Grant, Role, Setup, StaffPlace};
use web::staff::addresses::Addresses;
use web::staff::book::{StaffBook, StaffEntry, StaffEvent};
use web::staff::console::{Console, DiskSpace};
use web::staff::setup_digest;
use web::staff::totp::{code_of, step_at};

/// The office is a network; a test behind a proxy says where it comes from.
pub(crate) fn staff_of(file: &Arc<MemoryStaff>, line: &Arc<MemoryLine>, keys: Arc<Keys>) -> Arc<Staff> {
    let office = Addresses::parse(&["10.1.0.0/16".to_owned()]).unwrap();
    let file = Arc::clone(file) as Arc<dyn StaffFile>;
    let disk = || Some(DiskSpace { free_bytes: 40 << 30, total_bytes: 100 << 30 });
    let console = Console::new(Arc::clone(line) as Arc<dyn LineStore>, Box::new(disk));
    Arc::new(Staff::new(StaffBook::new(file, keys), office, console))
}

pub(crate) const PASSWORD: &str = "four words in a row";
pub(crate) const SETUP: &str = "ABCD-EFGH-JKLM-NPQR-STUV-W";

/// A browser at the staff's listener.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) login: String,
    pub(crate) jar: BTreeMap<String, String>,
    csrf: String,
    pub(crate) secret: [u8; 20],
}

impl Desk {
    pub(crate) async fn new(site: &Site, login: &str) -> Self {
        let mut desk =
            Self { login: login.to_owned(), jar: BTreeMap::new(), csrf: String::new(), secret: [0; 20] };
        desk.csrf = desk.get(site, "/desk/sign-in").await.hidden("csrf");
        desk
    }

    pub(crate) async fn send(&mut self, site: &Site, ask: Ask) -> Answer {
        let pairs: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let ask = if pairs.is_empty() { ask } else { ask.header("cookie", &pairs.join("; ")) };
        let answer = Wire::to(site.staff_address).ask(&ask).await;
        for line in answer.all("set-cookie") {
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub(crate) async fn get(&mut self, site: &Site, path: &str) -> Answer {
        self.send(site, Ask::get(path)).await
    }

    pub(crate) async fn post(&mut self, site: &Site, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        self.send(site, Ask::form(path, &fields)).await
    }

    pub(crate) fn code(&self, site: &Site) -> String {
        code_of(&self.secret, step_at(site.clock.now()))
    }

    /// From the code that was given to the first sign-in.
    pub(crate) async fn set_up(&mut self, site: &Site) {
        let login = self.login.clone();
        let fields = [("login", login.as_str()), ("setup", SETUP), ("new_password", PASSWORD)];
        let page = self.post(site, "/desk/setup", &fields).await;
        assert_eq!(page.status, 200, "{page:?}");
        self.secret = secret_on(&page);
        let (begun, code) = (page.hidden("begun"), self.code(site));
        let done = self.post(site, "/desk/setup/finish", &[("begun", &begun), ("code", &code)]).await;
        assert_eq!((done.status, done.location()), (303, "/desk/sign-in"), "{done:?}");
    }

    pub(crate) async fn sign_in(&mut self, site: &Site) -> Answer {
        // A code is good once.
        site.clock.advance(SignedDuration::from_secs(30));
        let (login, code) = (self.login.clone(), self.code(site));
        self.post(site, "/desk/sign-in", &[("login", &login), ("password", PASSWORD), ("code", &code)]).await
    }
}

/// The letters that the page shows for the app.
fn secret_on(page: &Answer) -> [u8; 20] {
    let (_, rest) = page.body.split_once("<b class=\"num\">").unwrap();
    let letters = rest.split('<').next().unwrap().bytes().filter(u8::is_ascii_alphanumeric);
    let value = |letter: u8| if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
    let bits: Vec<u8> =
        letters.flat_map(|letter| (0..5).rev().map(move |bit| value(letter) >> bit & 1)).collect();
    std::array::from_fn(|byte| bits[8 * byte..8 * byte + 8].iter().fold(0, |sum, bit| sum << 1 | bit))
}

/// Somebody makes an account on the command line.
pub(crate) fn account(site: &Site, login: &str, role: Role, place: &str) -> StaffId {
    let (from_on, until_on) = (date(2027, 7, 1), date(2027, 8, 31));
    let grants = vec![Grant { role, place: StaffPlace::parse(place).unwrap(), from_on, until_on }];
    let now = site.clock.now();
    let setup = Setup { code: setup_digest(SETUP), until: now + SignedDuration::from_hours(72) };
    let book = &site.app.staff.as_ref().unwrap().book;
    let number = book.look(web::staff::book::Accounts::next).unwrap();
    let what = StaffEvent::Added { login: login.to_owned(), grants, setup };
    write(site, number, &what);
    StaffId(number)
}

pub(crate) fn write(site: &Site, account: u64, what: &StaffEvent) {
    let entry =
        StaffEntry { at: site.clock.now(), by: None, from: String::new(), account, what: what.clone() };
    let book = &site.app.staff.as_ref().unwrap().book;
    book.write(|_| Ok::<_, ()>(entry.clone())).unwrap().unwrap();
}

pub(crate) async fn on_duty(site: &Site, login: &str, role: Role, place: &str) -> (Desk, StaffId) {
    let id = account(site, login, role, place);
    let mut desk = Desk::new(site, login).await;
    desk.set_up(site).await;
    let answer = desk.sign_in(site).await;
    assert_eq!((answer.status, answer.location()), (303, "/desk"), "{answer:?}");
    (desk, id)
}

/// Everything on record that a member of staff did.
pub(crate) async fn record_of(site: &Site, who: StaffId) -> Vec<AuditEvent> {
    let events = site.app.store.audit_since(0, 10_000).await.unwrap();
    events.into_iter().filter(|event| event.entry.who == Actor::Staff(who)).collect()
}

/// A new caller, by name and number; where their page is.
pub(crate) async fn caller(desk: &mut Desk, site: &Site, number: u32) -> String {
    let (name, resident) = (name_of(number), resident("6403051", number));
    let fields = [("name", name.as_str()), ("number", &resident), ("phone", "01000000001")];
    let answer = desk.post(site, "/desk/people/new", &fields).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.location().to_owned()
}

pub(crate) async fn hold(desk: &mut Desk, site: &Site, person: &str, time: &str, key: &str) -> Answer {
    let fields = [("clinic", CLINIC), ("date", DAY), ("time", time), ("key", key)];
    desk.post(site, &format!("{person}/hold"), &fields).await
}

pub(crate) async fn confirm(desk: &mut Desk, site: &Site, person: &str, key: &str) -> Answer {
    let held = desk.get(site, person).await.hidden("hold");
    desk.post(site, &format!("{person}/confirm"), &[("hold", &held), ("key", key)]).await
}

#[tokio::test]
async fn an_agent_registers_books_changes_and_cancels_for_a_caller_without_the_line() {
    let site = Site::new();
    site.open().await;
    let (mut desk, me) = on_duty(&site, "hong", Role::Agent, "all").await;
    let person = caller(&mut desk, &site, 7).await;
    let page = desk.get(&site, &person).await;
    assert!(page.body.contains("사람칠") && page.body.contains("640305-1******"), "{}", page.body);
    let clinics = desk.get(&site, &format!("{person}/clinics?q=C")).await;
    assert_eq!(clinics.status, 200);
    let days = desk.get(&site, &format!("{person}/clinics/{CLINIC}")).await;
    assert!(days.body.contains(&format!("clinics/{CLINIC}/{DAY}")), "{}", days.body);
    let times = desk.get(&site, &format!("{person}/clinics/{CLINIC}/{DAY}")).await;
    assert!(times.body.contains("value=\"09:00\""), "{}", times.body);

    assert_eq!(hold(&mut desk, &site, &person, "09:00", "h1").await.status, 303);
    assert_eq!(confirm(&mut desk, &site, &person, "c1").await.status, 303);
    let page = desk.get(&site, &person).await;
    let number = page.hidden("appointment");
    assert!(page.body.contains("2차"), "the second dose is booked along: {}", page.body);

    // Found again by the number that was read out, and moved.
    let found = desk.post(&site, "/desk/people/find", &[("appointment", &number)]).await;
    let again = desk.get(&site, found.location()).await;
    let (before, _) = again.body.split_once("/clinics\"").unwrap();
    let (_, rest) = before.rsplit_once("href=\"").unwrap();
    let changing = rest.to_owned();
    assert_eq!(hold(&mut desk, &site, &changing, "09:30", "h2").await.status, 303);
    assert_eq!(confirm(&mut desk, &site, &person, "c2").await.status, 303);
    let moved = desk.get(&site, &person).await;
    assert!(
        moved.body.contains(&number) && moved.body.contains("오전 9:30"),
        "the number stays: {}",
        moved.body
    );

    let cancelled =
        desk.post(&site, &format!("{person}/cancel"), &[("appointment", &number), ("key", "x")]).await;
    assert_eq!(cancelled.status, 303, "{cancelled:?}");
    assert!(desk.get(&site, &person).await.body.contains("취소됨"));
    let record = record_of(&site, me).await;
    for used in ["register", "admit", "hold", "confirm", "cancel"] {
        assert!(record.iter().any(|event| event.entry.what == Act::Used(used.to_owned())), "{used}");
    }
}

#[tokio::test]
async fn what_the_agent_booked_the_person_finds_online_with_their_identity() {
    let site = Site::new();
    site.open().await;
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let mut citizen = Person::number(7);
    let person = caller(&mut desk, &site, 7).await;
    hold(&mut desk, &site, &person, "09:00", "h1").await;
    confirm(&mut desk, &site, &person, "c1").await;
    citizen.verify(&site).await;
    let page = citizen.get(&site, "/my").await;
    assert!(page.body.contains("예약됨"), "{}", page.body);
    // And the other way round: whoever registered online is found by name and birth date.
    let mut other = Person::number(8);
    other.verify(&site).await;
    let fields = [("name", "사람팔"), ("birth_date", "19640305")];
    let found = desk.post(&site, "/desk/people/find", &fields).await;
    assert_eq!(found.status, 303, "{found:?}");
    assert!(desk.get(&site, found.location()).await.body.contains("사람팔"));
}

#[tokio::test]
async fn a_full_slot_and_a_wrong_age_are_refused_with_the_number_that_callers_hear() {
    let site = Site::new();
    site.open().await;
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let fields = [("name", "사람구"), ("number", &*resident("9003051", 9))];
    let young = desk.post(&site, "/desk/people/new", &fields).await.location().to_owned();
    let refused = hold(&mut desk, &site, &young, "09:00", "h1").await;
    assert!(refused.status == 403 && refused.body.contains("311"), "{refused:?}");
    assert!(refused.body.contains("사람구"), "the no stands on the caller's page");
}

/// Promise F3: who, when, from where, whose, what, in the same step.
#[tokio::test]
async fn every_look_and_act_is_on_record_before_it_is_answered() {
    let site = Site::new();
    site.open().await;
    let (mut desk, me) = on_duty(&site, "hong", Role::Agent, "all").await;
    let person = caller(&mut desk, &site, 7).await;
    let mut known = record_of(&site, me).await.len();
    let reads = [("GET", person.clone()), ("POST", "/desk/people/find".to_owned())];
    for (method, path) in reads {
        if method == "GET" {
            desk.get(&site, &path).await;
        } else {
            let nobody = [("name", "사람없음"), ("birth_date", "19640305")];
            assert_eq!(desk.post(&site, &path, &nobody).await.status, 404);
        }
        let record = record_of(&site, me).await;
        assert_eq!(record.len(), known + 1, "{method} {path}");
        let entry = &record.last().unwrap().entry;
        assert_eq!(entry.what, Act::LookedUp(LookUp::Person));
        assert_eq!(entry.whose.is_some(), method == "GET");
        assert!(!entry.from.sealed.is_empty(), "from where");
        known = record.len();
    }
    // A ledger that does not answer: nothing is shown that is not on record.
    site.ledger.feel(Mood::Gone);
    let unseen = desk.get(&site, &person).await;
    assert!(unseen.status == 503 && !unseen.body.contains("사람칠"), "{unseen:?}");
}

#[tokio::test]
async fn numbers_are_masked_until_a_reason_is_on_record() {
    let site = Site::new();
    site.open().await;
    let (mut desk, me) = on_duty(&site, "hong", Role::Agent, "all").await;
    let person = caller(&mut desk, &site, 7).await;
    let whole = resident("6403051", 7).replace('-', "");
    assert!(!desk.get(&site, &person).await.body.contains(&whole));
    let silent = desk.post(&site, &format!("{person}/unmask"), &[("why", " ")]).await;
    assert!(
        silent.status == 422 && !silent.body.contains(&whole) && silent.body.contains("사유"),
        "{silent:?}"
    );
    let shown = desk.post(&site, &format!("{person}/unmask"), &[("why", "본인 확인 전화")]).await;
    assert!(shown.status == 200 && shown.body.contains(&whole), "{shown:?}");
    let record = record_of(&site, me).await;
    let asked = record.iter().find(|event| event.entry.what == Act::LookedUp(LookUp::Numbers)).unwrap();
    let why = site.app.keys.cipher.open("staff/why", &asked.entry.why).unwrap();
    assert_eq!(String::from_utf8(why).unwrap(), "본인 확인 전화");
    assert!(!desk.get(&site, &person).await.body.contains(&whole), "once");
}

#[tokio::test]
async fn every_number_that_a_caller_can_read_out_has_a_script_in_both_languages() {
    let site = Site::new();
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    for refusal in web::wording::examples::every_refusal() {
        let page = desk.get(&site, &format!("/desk/codes?number={}", refusal.number())).await;
        assert!(
            page.status == 200 && page.body.contains("이렇게 말씀해") && page.body.contains("please say"),
            "{refusal:?}"
        );
    }
    let young = desk.get(&site, "/desk/codes?number=311").await;
    assert!(
        young.body.contains("1962년 1월 1일부터 1966년 12월 31일까지"),
        "the group of the campaign: {}",
        young.body
    );
    let nothing = desk.get(&site, "/desk/codes?number=999").await;
    assert!(nothing.body.contains("그런 안내 번호는 없습니다"), "{}", nothing.body);
    assert!(desk.get(&site, "/desk/codes?number=903-000123").await.body.contains("우리 쪽 고장"));
}

#[tokio::test]
async fn the_auditor_reads_who_looked_at_whom_from_where_and_why_and_that_is_on_record_too() {
    let site = Site::new();
    site.open().await;
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let person = caller(&mut desk, &site, 7).await;
    desk.post(&site, &format!("{person}/unmask"), &[("why", "본인 확인 전화")]).await;
    let (mut auditor, me) = on_duty(&site, "gam", Role::Auditor, "all").await;
    let page = auditor.get(&site, "/desk/record?who=hong").await;
    for said in ["hong", "번호 전체를 봄", "본인 확인 전화", "127.0.0.1", "등록하거나 찾음"]
    {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert!(!page.body.contains("사람칠"), "people are numbers here");
    let own = record_of(&site, me).await;
    assert_eq!(own.last().unwrap().entry.what, Act::LookedUp(LookUp::Audit));
    let of_nobody = auditor.get(&site, "/desk/record?who=nobody&until=9999999").await;
    assert!(of_nobody.body.contains("기록이 없습니다"), "{}", of_nobody.body);
    let kang = auditor.get(&site, "/desk/record?who=gam").await;
    assert!(kang.body.contains("직원 기록을 봄") && !kang.body.contains("본인 확인 전화"));
}

#[tokio::test]
async fn a_local_agent_books_at_the_clinics_of_their_place_only() {
    let site = Site::new();
    site.open().await;
    let (mut desk, _) = on_duty(&site, "busan", Role::Agent, "C00002").await;
    let person = caller(&mut desk, &site, 7).await;
    let refused = hold(&mut desk, &site, &person, "09:00", "h1").await;
    assert!(refused.status == 403 && refused.body.contains("766"), "{refused:?}");
}
