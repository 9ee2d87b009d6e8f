//! Another key of names under people who are there: nobody is lost, nobody is there twice.

use crate::person::Person;
use crate::site::Site;
use booking::PersonId;
use store::Store as _;
use web::renaming::Renaming;

const FIRST: [u8; 32] = [12; 32];
const SECOND: [u8; 32] = [21; 32];

async fn people(site: &Site) -> u64 {
    let all = site.ledger.standing_after(PersonId(0), 100, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    all.iter().filter(|one| one.is_known).count() as u64
}

async fn comes_again(site: &Site, person: &Person) {
    let mut again = Person { jar: std::collections::BTreeMap::new(), csrf: None, ..person.clone() };
    again.verify(site).await;
    assert_eq!(again.get(site, "/my").await.status, 200);
}

#[tokio::test]
async fn whoever_comes_and_whoever_does_not_is_found_by_the_new_key() {
    let site = Site::new();
    let (mut kim, mut lee) = (Person::number(1), Person::number(2));
    kim.verify(&site).await;
    lee.verify(&site).await;
    assert!(site.app.keys.all_renamed(), "there is nothing to do yet");
    let (claim, old) = (kim.claim(), site.app.keys.clone());
    let number: String = claim[1].1.chars().filter(char::is_ascii_digit).collect();
    let before = old.pair_alias(&number, &claim[0].1);
    assert_eq!(site.ledger.named(vec![before]).await.unwrap(), Some(PersonId(1)));

    site.app.keys.name_people_by(2, &SECOND, Some(&FIRST));
    assert!(!site.app.keys.all_renamed());
    comes_again(&site, &kim).await;
    assert_eq!(people(&site).await, 2, "Kim is who they were");
    assert_eq!(site.ledger.named(vec![before]).await.unwrap(), None, "the old hash names nobody");
    let now = site.app.keys.pair_alias(&number, &claim[0].1);
    assert_eq!(site.ledger.named(vec![now]).await.unwrap(), Some(PersonId(1)));

    let mut renaming = Renaming::default();
    while !site.app.keys.all_renamed() {
        renaming.step(&site.app).await.unwrap();
    }
    site.app.keys.name_people_by(2, &SECOND, None);
    for person in [&kim, &lee] {
        comes_again(&site, person).await;
    }
    assert_eq!(people(&site).await, 2);
}

/// What the wait for everybody is for: without it, whoever did not come in the meantime would be there twice.
#[tokio::test]
async fn a_key_that_is_destroyed_too_early_makes_somebody_new_of_people() {
    let site = Site::new();
    let mut lee = Person::number(2);
    lee.verify(&site).await;
    site.app.keys.name_people_by(2, &SECOND, None);
    comes_again(&site, &lee).await;
    assert_eq!(people(&site).await, 2);
}

#[tokio::test]
async fn a_helper_names_somebody_who_is_known_by_the_key_before() {
    let site = Site::new();
    let (mut kim, mut mother) = (Person::number(1), Person::number(2));
    mother.verify(&site).await;
    kim.verify(&site).await;
    site.app.keys.name_people_by(2, &SECOND, Some(&FIRST));
    let claim = mother.claim();
    let fields = [
        ("name", claim[0].1.as_str()),
        ("number", claim[1].1.as_str()),
        ("phone", claim[2].1.as_str()),
        ("relation", "parent"),
        ("consent", "1"),
        ("key", "add"),
    ];
    let answer = kim.post(&site, "/people/add", &fields).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    assert_eq!(people(&site).await, 2, "she is who she was");
}
