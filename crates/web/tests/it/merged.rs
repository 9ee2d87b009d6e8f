//! Two names that turned out to be one person's: a session begun under the other goes on, and sees what is theirs.

use crate::person::Person;
use crate::site::Site;
use booking::{Channel, Origin, Outcome, PersonId, StaffId};
use store::{AsStaff, Command, StaffAct};

#[tokio::test]
async fn a_session_of_the_other_name_sees_what_is_the_persons_and_books_on() {
    let site = Site::new();
    let (mut kim, mut other) = (Person::number(1), Person::number(2));
    kim.come_in(&site).await;
    kim.hold(&site, "09:00", "h").await;
    kim.confirm(&site, "c").await;
    let number = kim.appointment(&site).await;
    other.come_in(&site).await;
    assert!(!other.get(&site, "/my").await.body.contains(&number));

    let act = StaffAct::MergePeople { survivor: PersonId(1), merged: PersonId(2) };
    let from = Origin { channel: Channel::Desk, sealed: Vec::new() };
    let order = AsStaff { staff: StaffId(7), from, why: vec![1], act };
    let merged = site.app.store.execute(Command::AsStaff(Box::new(order)).into()).await.unwrap();
    assert_eq!(merged, Ok(Outcome::Merged { desk_cases: 0 }));

    for _ in 0..2 {
        assert!(other.get(&site, "/my").await.body.contains(&number), "it is theirs, under either name");
        assert_eq!(other.get(&site, "/book").await.status, 200, "they are still inside");
    }
    let again = other.hold(&site, "09:30", "x").await;
    assert_eq!(again.status, 409, "one appointment a person: {again:?}");
}
