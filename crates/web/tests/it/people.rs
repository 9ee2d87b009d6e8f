//! Booking for others: who may be named, who is told, who may take the leave away, and households all or nothing.

use crate::person::Person;
use crate::program::{Program, slot, text};
use crate::site::{CLINIC, DAY, Site, Wanted, test_keys};
use crate::wire::Answer;
use booking::{ConsentVersion, PersonId, Relation};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;
use store::MemoryRoster;
use web::messages::deliver_waiting;
use web::person_number::PersonNumber;
use web::roster::RosterPerson;

/// What a helper types of somebody. The numbers are made up and their check digits wrong.
#[derive(Clone, Copy)]
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) number: &'static str,
    pub(crate) phone: &'static str,
}

impl Named {
    pub(crate) fn mother() -> Self {
        Self { name: "어머니", number: "640305-2000001", phone: "01000008001" }
    }

    pub(crate) fn father() -> Self {
        Self { name: "아버지", number: "620101-1000001", phone: "01000008002" }
    }

    pub(crate) fn fields(&self) -> Vec<(&str, &str)> {
        let Self { name, number, phone } = self;
        vec![
            ("name", name),
            ("number", number),
            ("phone", phone),
            ("relation", "parent"),
            ("consent", "1"),
            ("key", "add"),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        json!({"name": self.name, "number": self.number, "relation": "parent", "consent": "1"})
    }

    /// As they come themselves.
    pub(crate) async fn in_person(&self, site: &Site) -> Person {
        let Self { name, number, phone } = *self;
        let (name, number, phone) = (name.to_owned(), number.to_owned(), phone.to_owned());
        let mut person = Person { name, number, phone, ..Person::number(0) };
        person.verify(site).await;
        person
    }
}

/// Somebody names the program, by their own name and number.
pub(crate) async fn helped_by_somebody(site: &Site, program: &Program) {
    let named = Named { name: "프로그램", number: program.number.clone().leak(), phone: "" };
    let mut helper = Person::number(90);
    helper.verify(site).await;
    add(site, &mut helper, named).await;
}

async fn add(site: &Site, helper: &mut Person, named: Named) {
    let added = helper.post(site, "/people/add", &named.fields()).await;
    assert_eq!((added.status, added.location()), (303, "/people"), "{added:?}");
}

/// Too young for the campaign.
fn child() -> Person {
    Person { name: "자녀".to_owned(), number: "900101-2000001".to_owned(), ..Person::number(1) }
}

/// A child who named both parents and came in to book for them.
async fn child_for_both(site: &Site) -> Person {
    let mut child = child();
    child.verify(site).await;
    add(site, &mut child, Named::mother()).await;
    add(site, &mut child, Named::father()).await;
    child.join(site).await;
    child.settle(site).await;
    site.open().await;
    assert_eq!(child.enter(site).await.location(), "/book");
    child
}

#[tokio::test]
async fn a_child_books_for_mother_and_father_together() {
    let site = Site::new();
    let mut child = child_for_both(&site).await;
    let mut rival = Person::number(5);
    rival.come_in(&site).await;
    rival.hold(&site, "10:00", "r").await;
    let times = child.get(&site, &format!("/book/clinics/{CLINIC}/{DAY}")).await;
    assert!(times.body.contains("<b>2명</b>") && times.body.contains("어○니 외 1명"), "{times:?}");
    assert_eq!(child.hold(&site, "09:00", "h").await.location(), "/book/hold");
    let held = child.get(&site, "/book/hold").await;
    for words in ["어머니", "아버지", "오전 9:00", "오전 9:30", "2명이 함께 예약합니다"] {
        assert!(held.body.contains(words), "{words}: {held:?}");
    }
    assert_eq!(held.body.matches("2차 접종").count(), 2, "{held:?}");
    assert_eq!(child.confirm(&site, "c").await.location(), "/my/booked");
    let booked = child.get(&site, "/my/booked").await;
    assert!(booked.body.contains("어머니") && booked.body.contains("아버지"), "{booked:?}");
    let my = child.get(&site, "/my").await;
    assert_eq!(my.body.matches("action=\"/my/cancel\"").count(), 4, "two people, two doses: {my:?}");
    assert!(my.body.contains("어머니님의 예약") && my.body.contains("아버지님의 예약"), "{my:?}");
    for rest in my.body.split("name=\"appointment\" value=\"").skip(1) {
        let number = rest.split('"').next().unwrap();
        assert!(booked.body.contains(number), "{number} is not on the page to print");
    }
    let again = child.get(&site, "/people").await;
    assert_eq!(again.body.matches("이미 예약됨").count(), 2, "{again:?}");
}

#[tokio::test]
async fn a_household_that_does_not_fit_side_by_side_takes_nothing() {
    let site = Site::new();
    let mut child = child_for_both(&site).await;
    let mut rival = Person::number(5);
    rival.come_in(&site).await;
    rival.hold(&site, "09:30", "r").await;
    let times = child.get(&site, &format!("/book/clinics/{CLINIC}/{DAY}")).await;
    assert!(times.body.contains("2명이 나란히 앉을 자리가 없습니다"), "{times:?}");
    let before = site.state().await;
    let refused = child.hold(&site, "09:00", "h").await;
    assert_eq!(refused.status, 409, "{refused:?}");
    assert_eq!(site.state().await, before, "neither of them has a place");
}

#[tokio::test]
async fn the_party_is_kept_for_another_device() {
    let site = Site::new();
    let mut helper = Person::number(1);
    helper.verify(&site).await;
    add(&site, &mut helper, Named::mother()).await;
    let page = helper.get(&site, "/people").await;
    assert_eq!(page.body.matches(" checked").count(), 2, "myself and who was just added: {page:?}");
    let mother = page.hidden("recipient");
    let saved = helper.post(&site, "/people/party", &[("party", &mother), ("key", "p")]).await;
    assert_eq!((saved.status, saved.location()), (303, "/wait"), "{saved:?}");
    let mut elsewhere = Person::number(1);
    elsewhere.verify(&site).await;
    let page = elsewhere.get(&site, "/people").await;
    assert_eq!(page.body.matches(" checked").count(), 1, "{page:?}");
    let empty = elsewhere.post(&site, "/people/party", &[("key", "p")]).await;
    assert!(empty.status == 422 && empty.body.contains("party-error"), "{empty:?}");
    let unknown = elsewhere.post(&site, "/people/party", &[("party", &"0".repeat(32)), ("key", "p")]).await;
    assert!(unknown.status == 404 && unknown.body.contains("336"), "{unknown:?}");
}

#[tokio::test]
async fn a_recipient_turns_a_helper_away_and_keeps_the_appointment() {
    let site = Site::new();
    let mut child = child_for_both(&site).await;
    let people = child.get(&site, "/people").await;
    let (_, fathers) = people.body.split_once("name=\"recipient\" value=\"").unwrap();
    let father = Answer {
        body: format!(
            "name=\"recipient\" value=\"{}",
            fathers.split_once("name=\"recipient\" value=\"").unwrap().1
        ),
        ..people.clone()
    };
    let (mother, father) = (people.hidden("recipient"), father.hidden("recipient"));
    child.post(&site, "/people/party", &[("party", &mother), ("key", "p")]).await;
    child.hold(&site, "09:00", "h").await;
    child.confirm(&site, "c").await;
    child.post(&site, "/people/party", &[("party", &father), ("key", "p2")]).await;
    assert_eq!(child.hold(&site, "09:30", "h2").await.location(), "/book/hold");

    let mut mother = Named::mother().in_person(&site).await;
    let mut father = Named::father().in_person(&site).await;
    let my = mother.get(&site, "/my").await;
    assert!(my.body.contains("나를 대신해 예약할 수 있는 사람") && my.body.contains("자○"), "{my:?}");
    assert!(my.body.contains("부모") && !my.body.contains("자녀</h3>"), "{my:?}");
    let number = my.hidden("appointment");
    for person in [&mut mother, &mut father] {
        let helper = person.get(&site, "/my").await.hidden("helper");
        let asked = person.post(&site, "/my/helper/revoke", &[("helper", &helper), ("key", "r")]).await;
        assert!(asked.status == 200 && asked.body.contains("name=\"sure\""), "{asked:?}");
        let sure = [("helper", helper.as_str()), ("sure", "1"), ("key", "r")];
        assert_eq!(person.post(&site, "/my/helper/revoke", &sure).await.location(), "/my");
    }
    assert_eq!(
        child.get(&site, "/book/hold").await.status,
        404,
        "what was held for the father is given back"
    );
    let refused = child.hold(&site, "10:00", "h3").await;
    assert!(refused.status == 404 && refused.body.contains("336"), "{refused:?}");
    let my = child.get(&site, "/my").await;
    assert!(!my.body.contains(&number), "the mother's appointment is hers: {my:?}");
    let again = child.post(&site, "/people/add", &Named::mother().fields()).await;
    assert!(again.status == 403 && again.body.contains("334"), "{again:?}");
    let my = mother.get(&site, "/my").await;
    assert!(my.body.contains(&number) && my.body.contains("다시 허락"), "{my:?}");

    let helper = my.hidden("helper");
    assert_eq!(
        mother.post(&site, "/my/helper/allow", &[("helper", &helper), ("key", "a")]).await.location(),
        "/my"
    );
    add(&site, &mut child, Named::mother()).await;
    assert!(child.get(&site, "/my").await.body.contains(&number));
    deliver_waiting(&site.app).await.unwrap();
    let told = site.outbox.of_phone(&child.phone);
    assert!(told.iter().any(|message| message.text.contains("어○니님이")), "{told:?}");
}

pub(crate) fn roster() -> Wanted {
    let keys = test_keys();
    let listed = |(number, name, phone): (&str, &str, Option<&str>)| {
        let number = PersonNumber::parse(number).unwrap();
        let person = RosterPerson {
            number: number.digits().to_owned(),
            name: name.to_owned(),
            born_on: number.born_on(),
            phone: phone.map(str::to_owned),
            group: None,
        };
        let pair = person.pair(&keys);
        (pair, person.seal(&keys, pair))
    };
    let people = [("640305-2000001", "어머니", Some("01000008111")), ("620101-1000001", "아버지", None)];
    Wanted { roster: Some(Arc::new(MemoryRoster::of(people.map(listed)))), ..Wanted::default() }
}

pub(crate) async fn verified(site: &Site, number: u32) -> Program {
    let mut program = Program::number(number);
    program.verify(site).await;
    program
}

#[tokio::test]
async fn a_wrong_pair_is_answered_like_an_unknown_one() {
    let site = Site::with(roster());
    let program = verified(&site, 1).await;
    let wrong = [
        Named { name: "어머나", ..Named::mother() },
        Named { number: "640305-2000009", ..Named::mother() },
        Named { name: "아버지", ..Named::mother() },
        Named { name: "없는이", number: "650505-2000005", phone: "" },
    ];
    let before = site.state().await;
    let mut answers = Vec::new();
    for named in wrong {
        let answer = program.post(&site, "/api/v1/recipients", &named.json()).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "PairUnknown"));
        let heads: Vec<_> = answer.headers.iter().filter(|(name, _)| name != "date").cloned().collect();
        answers.push((heads, answer.body));
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "{answers:?}");
    assert_eq!(site.state().await, before);
    let mut helper = Person::number(2);
    helper.verify(&site).await;
    let page = helper.post(&site, "/people/add", &Named { name: "어머나", ..Named::mother() }.fields()).await;
    assert!(page.status == 422 && page.body.contains("331") && page.body.contains("어머나"), "{page:?}");
}

#[tokio::test]
async fn whoever_tries_out_pairs_waits_longer_and_longer() {
    let site = Site::with(roster());
    let (program, other) = (verified(&site, 1).await, verified(&site, 2).await);
    let wrong = Named { name: "어머나", ..Named::mother() }.json();
    let ask = async |program: &Program, body: &Value| program.post(&site, "/api/v1/recipients", body).await;
    for _ in 0..5 {
        assert_eq!(ask(&program, &wrong).await.code(), "PairUnknown");
    }
    let slowed = ask(&program, &wrong).await;
    assert_eq!((slowed.status, slowed.code().as_str()), (429, "TooManyPairs"));
    let again_at: jiff::Timestamp = text(&slowed, "again_at").parse().unwrap();
    assert_eq!(
        ask(&program, &Named::mother().json()).await.code(),
        "TooManyPairs",
        "the right one waits too"
    );
    assert_eq!(ask(&other, &Named::mother().json()).await.status, 201, "others do not wait");
    site.after(SignedDuration::from_secs(30)).await;
    assert!(store::Clock::now(&*site.clock) >= again_at);
    assert_eq!(ask(&program, &wrong).await.code(), "PairUnknown");
    let longer = ask(&program, &wrong).await;
    let longer_at: jiff::Timestamp = text(&longer, "again_at").parse().unwrap();
    assert_eq!(longer_at.duration_since(store::Clock::now(&*site.clock)), SignedDuration::from_mins(1));
    site.after(SignedDuration::from_mins(1)).await;
    assert_eq!(ask(&program, &Named::mother().json()).await.status, 201);
}

#[tokio::test]
async fn the_recipient_is_told_at_the_phone_on_record_and_the_consent_is_kept() {
    let site = Site::with(roster());
    let mut helper = Person::number(1);
    helper.verify(&site).await;
    add(&site, &mut helper, Named::mother()).await;
    add(&site, &mut helper, Named::father()).await;
    deliver_waiting(&site.app).await.unwrap();
    assert!(site.outbox.of_phone(Named::mother().phone).is_empty(), "the roster knows her phone");
    for phone in ["01000008111", Named::father().phone] {
        let told = site.outbox.of_phone(phone);
        assert!(told.len() == 1 && told[0].text.contains("사○일님이"), "{phone}: {told:?}");
    }
    let given = site.app.store.delegations_of(PersonId(1)).await.unwrap();
    assert_eq!(given.len(), 2);
    for one in given {
        assert_eq!((one.delegation.consent, one.delegation.relation), (ConsentVersion(1), Relation::Parent));
    }
}

#[tokio::test]
async fn a_helper_has_four_recipients_at_most_and_is_none_of_them() {
    let site = Site::new();
    let mut helper = Person::number(1);
    helper.verify(&site).await;
    let family = ["가", "나", "다", "라"];
    for (place, name) in family.into_iter().enumerate() {
        let number = format!("640305-200000{place}").leak();
        add(&site, &mut helper, Named { name, number, phone: "" }).await;
    }
    let fifth = helper.post(&site, "/people/add", &Named::mother().fields()).await;
    assert!(
        fifth.status == 409 && fifth.body.contains("4명까지") && fifth.body.contains("어머니"),
        "{fifth:?}"
    );
    assert!(!helper.get(&site, "/people").await.body.contains("/people/add"), "no way to add a fifth");
    let first = helper.get(&site, "/people").await.hidden("recipient");
    let asked = helper.post(&site, "/people/stop", &[("recipient", &first), ("key", "s")]).await;
    assert!(asked.status == 200 && asked.body.contains("name=\"sure\""), "{asked:?}");
    let sure = [("recipient", first.as_str()), ("sure", "1"), ("key", "s")];
    assert_eq!(helper.post(&site, "/people/stop", &sure).await.location(), "/people");
    add(&site, &mut helper, Named::mother()).await;
    let (name, number) = (helper.name.clone().leak(), helper.number.clone().leak());
    let own = Named { name, number, phone: "" };
    let oneself = helper.post(&site, "/people/add", &own.fields()).await;
    assert!(oneself.status == 422 && oneself.body.contains("333"), "{oneself:?}");
}

#[tokio::test]
async fn a_form_about_somebody_keeps_what_was_typed_and_shows_it_as_text() {
    let site = Site::new();
    let mut helper = Person::number(1);
    helper.verify(&site).await;
    let script = "<script>alert(1)</script>";
    let typed = [("name", script), ("number", "630229-2000001"), ("relation", "carer"), ("key", "k")];
    let answer = helper.post(&site, "/people/add", &typed).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    for words in
        ["앞 6자리가 날짜가 아닙니다", "동의하시려면", "630229-2000001", "value=\"carer\" required checked"]
    {
        assert!(answer.body.contains(words), "{words}: {answer:?}");
    }
    assert!(!answer.body.contains("<script>alert") && answer.body.contains("alert(1)"), "{answer:?}");
    let temporary = [
        ("name", "임시"),
        ("number_kind", "temporary"),
        ("number", "T-2027 0001"),
        ("birth_date", "19650101"),
        ("relation", "child"),
        ("consent", "1"),
        ("key", "k"),
    ];
    assert_eq!(helper.post(&site, "/people/add", &temporary).await.location(), "/people");
    let dateless = helper.post(&site, "/people/add", &[&temporary[..3], &temporary[4..]].concat()).await;
    assert!(dateless.status == 422 && dateless.body.contains("birth_date-error"), "{dateless:?}");
}

#[tokio::test]
async fn a_program_books_for_a_household_by_references_that_serve_nobody_else() {
    let site = Site::new();
    let (mut program, mut other) = (Program::number(1), Program::number(2));
    program.come_in(&site).await;
    other.come_in(&site).await;
    let added = program.post(&site, "/api/v1/recipients", &Named::mother().json()).await;
    let mother = text(&added, "recipient");
    let seen = program.get(&site, "/api/v1/recipients").await.json();
    let own = seen["recipients"][0]["recipient"].as_str().unwrap().to_owned();
    assert_eq!(seen["recipients"][1]["recipient"], mother);
    let mut wanted = slot("09:00");
    wanted["recipients"] = json!([mother]);
    let foreign = other.post_keyed(&site, "/api/v1/holds", &wanted, "f").await;
    assert_eq!((foreign.status, foreign.code().as_str()), (404, "RecipientUnknown"));
    wanted["recipients"] = json!([own, mother]);
    let held = program.post_keyed(&site, "/api/v1/holds", &wanted, "h").await;
    assert_eq!(held.status, 201, "{held:?}");
    assert_eq!(held.json()["places"].as_array().unwrap().len(), 4, "{held:?}");
    let made = program.confirm(&site, &text(&held, "hold"), "c").await;
    let made = made.json();
    assert_eq!(made["appointments"].as_array().unwrap().len(), 4, "{made}");
    assert_eq!(made["appointments"][0], made["appointment"]);
    wanted["recipients"] = json!([mother]);
    wanted["dose"] = json!(2);
    let second = program.post_keyed(&site, "/api/v1/holds", &wanted, "d").await;
    assert_eq!((second.status, second.code().as_str()), (409, "AlreadyBooked"));
    wanted["dose"] = json!(300);
    let none = program.post_keyed(&site, "/api/v1/holds", &wanted, "e").await;
    assert_eq!((none.status, none.code().as_str()), (422, "PlacesInvalid"));
}
