//! People whose data is removed: before, what is sealed of them opens; afterwards nothing does, and they are nobody.

use crate::person::Person;
use crate::site::Site;
use booking::{PersonId, RemovalReason};
use jiff::SignedDuration;
use store::Store as _;
use web::retention::{Retention, Swept, remove};

const KIM: PersonId = PersonId(1);
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Everything that the ledger has of somebody, sealed.
async fn sealed(site: &Site, person: PersonId) -> Vec<(String, Vec<u8>)> {
    let record = site.ledger.person(person).await.unwrap();
    let draft = site.ledger.draft(person).await.unwrap();
    let fields = record.map(|record| ("person/sealed".to_owned(), record.sealed));
    let draft = draft.map(|draft| (format!("person/draft/{}", person.0), draft));
    fields.into_iter().chain(draft).collect()
}

fn opening(site: &Site, sealed: &[(String, Vec<u8>)]) -> usize {
    let opens = |(place, sealed): &&(String, Vec<u8>)| site.app.keys.cipher.open(place, sealed).is_some();
    sealed.iter().filter(opens).count()
}

/// Until there is nothing to do.
async fn sweep(site: &Site, retention: &mut Retention) -> (u32, u32) {
    let (mut people, mut keys) = (0, 0);
    loop {
        match retention.step(&site.app).await.unwrap() {
            Swept::Nothing => return (people, keys),
            Swept::People { removed } => people += removed,
            Swept::Keys { destroyed } => keys += destroyed,
        }
    }
}

async fn booked(site: &Site) -> Person {
    let mut kim = Person::number(1);
    kim.come_in(site).await;
    kim.post(site, "/favourites/add", &[("clinic", "C00001")]).await;
    assert_eq!(kim.hold(site, "09:00", "1").await.status, 303);
    assert_eq!(kim.confirm(site, "2").await.status, 303);
    kim
}

#[tokio::test]
async fn when_the_period_is_over_nothing_of_a_person_opens_and_they_are_somebody_new() {
    let site = Site::new();
    let mut kim = booked(&site).await;
    let had = sealed(&site, KIM).await;
    assert_eq!(opening(&site, &had), had.len());
    let mut retention = Retention::new(Some(KEPT));
    assert_eq!(sweep(&site, &mut retention).await, (0, 0), "before the visit nobody is removed");

    // A visit in July, its second within six weeks, and the period.
    site.after(SignedDuration::from_hours(24 * 100)).await;
    assert_eq!(sweep(&site, &mut retention).await, (1, 1));
    assert_eq!((opening(&site, &had), sealed(&site, KIM).await.len()), (0, 0));
    assert!(site.ledger.condemned_keys(9).await.unwrap().is_empty());
    assert_eq!(sweep(&site, &mut retention).await, (0, 0), "once a day is enough");

    kim.csrf = None;
    // Their browser is nobody's, and whoever proves to be the same person is somebody new, without a past.
    let page = kim.get(&site, "/my").await;
    assert_eq!(page.location(), "/identity?next=my", "{page:?}");
    kim.verify(&site).await;
    assert!(!kim.get(&site, "/my").await.body.contains("C00001"));
    let now = sealed(&site, PersonId(2)).await;
    assert_eq!(opening(&site, &now), now.len());
}

#[tokio::test]
async fn without_a_period_nobody_is_removed() {
    let site = Site::new();
    booked(&site).await;
    let had = sealed(&site, KIM).await;
    site.after(SignedDuration::from_hours(24 * 3_650)).await;
    assert_eq!(sweep(&site, &mut Retention::new(None)).await, (0, 0));
    assert_eq!(opening(&site, &had), had.len());
}

/// The process dies after the removal is on record and before the key is destroyed.
#[tokio::test]
async fn the_next_process_destroys_what_the_last_one_condemned() {
    let site = Site::new();
    let mut kim = Person::number(1);
    kim.verify(&site).await;
    let had = sealed(&site, KIM).await;
    assert_eq!(remove(&site.app, KIM, RemovalReason::Asked).await.unwrap(), Ok(()));
    assert_eq!(opening(&site, &had), had.len(), "the key is still there");
    assert_eq!(kim.get(&site, "/my").await.location(), "/identity?next=my");
    let site = site.restarted();
    assert_eq!(sweep(&site, &mut Retention::new(None)).await, (0, 1));
    assert_eq!(opening(&site, &had), 0);
    let site = site.restarted();
    assert_eq!(opening(&site, &had), 0, "for good");
}

/// The process dies after the key is destroyed and before that is on record; or an old backup is restored, in which
/// they are still there.
#[tokio::test]
async fn whoever_has_no_key_any_more_is_removed_and_may_come_back_at_once() {
    let site = Site::new();
    let (mut kim, mut lee) = (Person::number(1), Person::number(2));
    kim.verify(&site).await;
    lee.verify(&site).await;
    let key = store::sealed::person_key(&sealed(&site, KIM).await[0].1).unwrap();
    site.app.keys.people.destroy(&[key]).unwrap();
    let site = site.restarted();
    assert_eq!(kim.get(&site, "/my").await.location(), "/identity?next=my", "nobody is told of a fault");
    kim.verify(&site).await;
    assert_eq!(kim.get(&site, "/my").await.status, 200);
    assert!(site.ledger.person(KIM).await.unwrap().is_none());
    assert_eq!(sweep(&site, &mut Retention::new(None)).await, (0, 1));

    let key = store::sealed::person_key(&sealed(&site, PersonId(2)).await[0].1).unwrap();
    site.app.keys.people.destroy(&[key]).unwrap();
    assert_eq!(sweep(&site, &mut Retention::new(None)).await, (1, 1));
    assert!(site.ledger.person(PersonId(2)).await.unwrap().is_none());
    assert_eq!(kim.get(&site, "/my").await.status, 200);
}

#[tokio::test]
async fn somebody_with_a_visit_to_come_is_not_removed_by_hand() {
    let site = Site::new();
    let mut kim = booked(&site).await;
    let refused = remove(&site.app, KIM, RemovalReason::Asked).await.unwrap();
    assert_eq!(refused, Err(booking::Refusal::StillExpected));
    assert_eq!(kim.get(&site, "/my").await.status, 200);
}
