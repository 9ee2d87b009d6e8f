//! Eligibility by roster: found by number and name together, told so at once and at the door, and never guessed.

use crate::person::{Person, resident};
use crate::site::{Site, Wanted, test_keys};
use booking::{Outcome, PersonAlias, PersonId};
use jiff::civil::{Date, date};
use std::sync::Arc;
use store::{Clock as _, Command, MemoryRoster, Roster, RosterEntry, StoreError};
use web::roster::RosterPerson;
use web::session::Session;

fn listed(person: &Person, born_on: Date, group: Option<&str>) -> (PersonAlias, RosterEntry) {
    let keys = test_keys();
    let entry = RosterPerson {
        number: person.number.replace('-', ""),
        name: person.name.clone(),
        born_on,
        phone: None,
        group: group.map(str::to_owned),
    };
    let pair = entry.pair(&keys);
    (pair, entry.seal(&keys, pair))
}

fn site_of(roster: impl Roster + 'static) -> Site {
    Site::with(Wanted { roster: Some(Arc::new(roster)), ..Wanted::default() })
}

/// From the line to the door.
async fn comes(site: &Site, person: &mut Person) -> (u16, u16) {
    person.join(site).await;
    person.settle(site).await;
    let code = person.ask_for_code(site).await;
    let at_once = person.post(site, "/identity/code", &[("code", &code)]).await.status;
    site.open().await;
    (at_once, person.enter(site).await.status)
}

#[tokio::test]
async fn those_on_the_roster_come_in_and_others_are_told_at_once_and_at_the_door() {
    let born = date(1964, 3, 5);
    let on_it = Person::number(1);
    let spaced = Person { name: "사 람 이".to_owned(), ..Person::number(2) };
    let elsewhere = Person::number(3);
    let too_old_there = Person::number(4);
    let roster = MemoryRoster::of([
        listed(&on_it, born, None),
        listed(&Person::number(2), born, Some("c55")),
        listed(&elsewhere, born, Some("other")),
        listed(&too_old_there, date(1950, 1, 1), None),
        listed(&Person::number(5), born, None),
    ]);
    let wrong_name = Person { name: "다른이름".to_owned(), ..Person::number(5) };
    let site = site_of(roster);
    let expected = [
        (on_it, (303, 303)),
        (spaced, (303, 303)),
        (elsewhere, (403, 403)),
        (too_old_there, (403, 403)),
        (wrong_name, (403, 403)),
        (Person { number: resident("6403052", 6), ..Person::number(6) }, (403, 403)),
    ];
    for (mut person, answers) in expected {
        assert_eq!(comes(&site, &mut person).await, answers, "{}", person.name);
    }
}

struct Broken;

impl Roster for Broken {
    fn is_present(&self) -> bool {
        true
    }

    fn find(&self, _: PersonAlias) -> Result<Option<RosterEntry>, StoreError> {
        Err(StoreError::unavailable("the roster is gone"))
    }
}

#[tokio::test]
async fn a_roster_that_cannot_be_read_is_trouble_and_never_a_no() {
    let site = site_of(Broken);
    let mut person = Person::number(1);
    assert_eq!(comes(&site, &mut person).await, (303, 503));
    let door = person.enter(&site).await;
    assert!(!door.body.contains("대상이 아닙니다") && door.body.contains("903-"), "{door:?}");
}

/// A helper named the person by number and name; the person themselves comes later, and is the same.
#[tokio::test]
async fn whom_a_helper_named_and_who_comes_themselves_are_one_person() {
    let site = Site::new();
    let mut person = Person::number(1);
    let pair = site.app.keys.pair_alias(&person.number.replace('-', ""), &person.name);
    let named = register(&site, pair).await;
    person.verify(&site).await;
    assert_eq!(who(&site, &person), named);
    let mut married =
        Person { name: "새이름".to_owned(), phone: "01000000009".to_owned(), ..person.clone() };
    married.jar.clear();
    married.csrf = None;
    married.verify(&site).await;
    assert_eq!(who(&site, &married), named, "the provider knows the person under any name");
    let mut other = Person { number: resident("6403051", 77), ..Person::number(2) };
    other.verify(&site).await;
    assert_ne!(who(&site, &other), named);
}

async fn register(site: &Site, alias: PersonAlias) -> PersonId {
    let command = Command::Register { aliases: vec![alias], sealed: vec![1] };
    match site.app.store.execute(command.into()).await.unwrap().unwrap() {
        Outcome::Registered(person) => person,
        other => panic!("{other:?}"),
    }
}

fn who(site: &Site, person: &Person) -> PersonId {
    Session::open(&site.app.keys.tokens, person.cookie("session"), site.clock.now()).unwrap().person
}
