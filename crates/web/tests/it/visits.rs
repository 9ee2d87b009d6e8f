//! What a person sees and is told once a clinic has recorded their visit.

use crate::person::Person;
use crate::site::Site;
use booking::{
    Appointment, AppointmentId, Channel, ClinicId, DoseNumber, Outcome, PersonId, Refusal, StaffId,
};
use jiff::SignedDuration;
use store::{AsStaff, Clock as _, Command, RecordVisit, StaffAct, StaffUse};
use web::messages::deliver_waiting;

const FIRST: AppointmentId = AppointmentId(1);

/// Somebody booked for 26 July at 09:00 and, three weeks later, for the second dose; it is the 26th, so late.
async fn on_the_day(site: &Site, hour: i64, minute: i64) -> (Person, String) {
    let mut person = Person::number(1);
    person.come_in(site).await;
    person.hold(site, "09:00", "h").await;
    person.confirm(site, "c").await;
    let number = person.appointment(site).await;
    let then: jiff::Timestamp = "2027-07-26T00:00:00+09:00".parse().unwrap();
    let then = then + SignedDuration::from_mins(60 * hour + minute);
    site.clock.advance(then.duration_since(site.clock.now()));
    // Weeks later: another visit of the site.
    let mut person = Person { jar: std::collections::BTreeMap::new(), csrf: None, ..person };
    person.verify(site).await;
    deliver_waiting(&site.app).await.unwrap();
    (person, number)
}

async fn record(site: &Site, what: fn(RecordVisit) -> StaffUse, corrects: bool) -> Result<Outcome, Refusal> {
    let known: Appointment = site.app.store.appointment(FIRST).await.unwrap().unwrap();
    let clinic: ClinicId = known.place.slot.clinic;
    let visit = RecordVisit { clinic, appointment: FIRST, is_correction: corrects };
    let act = StaffAct::Use(what(visit));
    let command: Command = AsStaff::over(Channel::Clinic, StaffId(1), act).into();
    let answer = site.app.store.execute(command.into()).await.unwrap();
    deliver_waiting(&site.app).await.unwrap();
    answer
}

#[tokio::test]
async fn whoever_is_checked_in_and_vaccinated_sees_it_and_what_comes_next() {
    let site = Site::new();
    let (mut person, number) = on_the_day(&site, 8, 50).await;
    let sent = site.outbox.of_phone(&person.phone).len();
    assert_eq!(
        record(&site, StaffUse::CheckIn, false).await,
        Ok(Outcome::CheckedIn { id: FIRST, number: 1 })
    );
    let page = person.get(&site, "/my").await;
    assert!(page.body.contains("접수됨") && page.body.contains("접수번호"), "{}", page.body);
    assert!(person.get(&site, "/en/my").await.body.contains("Checked in"));
    let cancel = [("appointment", number.as_str()), ("key", "k"), ("sure", "1")];
    let refused = person.post(&site, "/my/cancel", &cancel).await;
    assert!(
        refused.status == 409 && refused.body.contains("628") && refused.body.contains("1번"),
        "{refused:?}"
    );
    assert_eq!(site.outbox.of_phone(&person.phone).len(), sent, "arriving needs no message");

    assert_eq!(record(&site, StaffUse::Fulfil, false).await, Ok(Outcome::Fulfilled(FIRST)));
    let page = person.get(&site, "/my").await;
    assert!(
        page.body.contains("접종 마침") && page.body.contains("예약됨"),
        "the second is to come: {}",
        page.body
    );
    assert!(!page.body.contains("예약하러 가기"), "there is nothing to book again");
    let text = site.outbox.of_phone(&person.phone)[0].text.clone();
    assert!(text.contains("1차 접종을 마쳤습니다") && text.contains("2차 접종 8월 16일"), "{text}");
    for (path, status) in [(format!("/my/calendar/{number}"), 409), (format!("/my/booked/{number}"), 303)] {
        assert_eq!(person.get(&site, &path).await.status, status, "{path}");
    }
    let refused = person.post(&site, "/my/cancel", &cancel).await;
    assert!(refused.status == 409 && refused.body.contains("627"), "{refused:?}");
    let api = person.get(&site, "/api/v1/appointments").await.json();
    let states: Vec<&str> =
        api["appointments"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["fulfilled", "booked"]);
}

#[tokio::test]
async fn whoever_missed_the_visit_is_told_what_went_with_it_and_books_again() {
    let site = Site::new();
    let (mut person, number) = on_the_day(&site, 9, 30).await;
    let second = DoseNumber(2);
    assert!(matches!(
        record(&site, StaffUse::NoShow, false).await,
        Ok(Outcome::NoShow { dropped: Some(_), .. })
    ));
    let own = site.app.store.appointments_of(PersonId(1)).await.unwrap();
    let dropped = own.iter().find(|(_, one)| one.place.dose == second).unwrap();
    assert!(!dropped.1.takes_a_place());
    let page = person.get(&site, "/my").await;
    assert!(page.body.contains("접종하지 않음") && page.body.contains("예약하러 가기"), "{}", page.body);
    assert!(page.body.contains("취소됨"), "the second went with it: {}", page.body);
    assert!(person.get(&site, "/en/my").await.body.contains("You can book again"));
    let text = site.outbox.of_phone(&person.phone)[0].text.clone();
    assert!(text.contains("접종하지 않은 것으로") && text.contains("2차 접종 예약도 함께 취소"), "{text}");
    let cancel = [("appointment", number.as_str()), ("key", "k"), ("sure", "1")];
    let refused = person.post(&site, "/my/cancel", &cancel).await;
    assert!(refused.status == 409 && refused.body.contains("629"), "{refused:?}");
    let again = person.post(&site, "/my/message", &cancel).await;
    assert!(again.status == 409 && again.body.contains("629"), "{again:?}");
}
