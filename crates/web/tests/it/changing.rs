//! Changing one's mind: the old place is kept until the new one is sure, and the number stays.

use crate::person::Person;
use crate::program::{Program, slot, text};
use crate::site::{CLINIC, DAY, Site};
use crate::wire::Answer;
use booking::{ConsentVersion, DoseNumber, HoldId, Outcome, PersonId, Relation, SlotId};
use jiff::SignedDuration;
use jiff::civil::date;
use serde_json::json;
use store::conformance::world;
use store::{Command, Delegate, TakePlaces};
use web::messages::deliver_waiting;

const CHANGING: &str = "예약을 바꾸는 중입니다";

/// Somebody inside with an appointment at 09:00; its number.
async fn booked(site: &Site, number: u32) -> (Person, String) {
    let mut person = Person::number(number);
    person.come_in(site).await;
    person.hold(site, "09:00", "h").await;
    assert_eq!(person.confirm(site, "c").await.location(), "/my/booked");
    let number = person.appointment(site).await;
    (person, number)
}

async fn begin(site: &Site, person: &mut Person, number: &str) -> Answer {
    person.post(site, "/my/change", &[("appointment", number), ("key", "change")]).await
}

async fn hold_on(site: &Site, person: &mut Person, day: &str, time: &str, key: &str) -> Answer {
    let fields = [("clinic", CLINIC), ("date", day), ("time", time), ("key", key)];
    person.post(site, "/book/hold", &fields).await
}

#[tokio::test]
async fn a_change_keeps_the_old_place_until_it_is_confirmed_and_the_number_after() {
    let site = Site::new();
    let (mut person, number) = booked(&site, 1).await;
    let mut other = Person::number(2);
    other.come_in(&site).await;
    assert_eq!(begin(&site, &mut person, &number).await.location(), "/book");
    for page in person.look_around(&site).await {
        assert!(page.body.contains(CHANGING) && page.body.contains("오전 9:00"), "{page:?}");
    }
    assert_eq!(person.hold(&site, "10:00", "h2").await.location(), "/book/hold");
    let page = person.get(&site, "/book/hold").await;
    for said in ["이 시간으로 바꾸기", "오전 9:00", "오전 10:00", "그대로입니다"] {
        assert!(page.body.contains(said), "{said} is missing: {page:?}");
    }
    assert_eq!(other.hold(&site, "09:00", "o").await.status, 409, "the old place is still taken");
    let changed = person.confirm(&site, "c2").await;
    assert_eq!(changed.location(), format!("/my/booked/{number}"));
    let page = person.get(&site, changed.location()).await;
    for said in ["예약을 바꾸었습니다", "오전 9:00", "오전 10:00", &number] {
        assert!(page.body.contains(said), "{said} is missing: {page:?}");
    }
    assert_eq!(other.hold(&site, "09:00", "o2").await.location(), "/book/hold", "now it is free");
    let after = person.get(&site, "/book").await;
    assert!(!after.body.contains(CHANGING), "{after:?}");
    deliver_waiting(&site.app).await.unwrap();
    let told = site.outbox.of_phone(&person.phone)[0].text.clone();
    for said in
        [&*number, "전: 7월 26일(월) 오전 9:00", "지금: 1차 7월 26일(월) 오전 10:00", "2차 8월 16일(월)"]
    {
        assert!(told.contains(said), "{said} is missing: {told}");
    }
}

#[tokio::test]
async fn pressing_twice_to_confirm_a_change_says_the_same_twice() {
    let site = Site::new();
    let (mut person, number) = booked(&site, 1).await;
    begin(&site, &mut person, &number).await;
    person.hold(&site, "10:00", "h2").await;
    let hold = person.hold_id(&site).await;
    let fields = [("hold", hold.as_str()), ("key", "c2")];
    for _ in 0..2 {
        let changed = person.post(&site, "/book/confirm", &fields).await;
        assert_eq!(changed.location(), format!("/my/booked/{number}"));
        let page = person.get(&site, changed.location()).await;
        assert!(page.body.contains("예약을 바꾸었습니다"), "{page:?}");
    }
}

#[tokio::test]
async fn a_change_whose_hold_runs_out_changes_nothing() {
    let site = Site::new();
    let (mut person, number) = booked(&site, 1).await;
    begin(&site, &mut person, &number).await;
    person.hold(&site, "10:00", "h2").await;
    let hold = person.hold_id(&site).await;
    site.after(SignedDuration::from_mins(5)).await;
    let late = person.post(&site, "/book/confirm", &[("hold", &hold), ("key", "c2")]).await;
    assert!(late.status == 409 && late.body.contains("502"), "{late:?}");
    let own = person.get(&site, "/my").await;
    assert!(own.body.contains("오전 9:00") && !own.body.contains("오전 10:00"), "{own:?}");
    assert!(own.body.contains(&number) && own.body.contains("이어서 바꾸기"), "{own:?}");
    assert_eq!(person.hold(&site, "10:00", "h3").await.location(), "/book/hold", "and it can go on");
}

#[tokio::test]
async fn a_slot_lost_under_ones_finger_during_a_change_keeps_the_old_place() {
    let site = Site::new();
    let (mut person, number) = booked(&site, 1).await;
    let mut fast = Person::number(2);
    fast.come_in(&site).await;
    begin(&site, &mut person, &number).await;
    fast.hold(&site, "10:00", "f").await;
    let full = person.hold(&site, "10:00", "h2").await;
    assert!(full.status == 409 && full.body.contains("406") && full.body.contains(CHANGING), "{full:?}");
    assert!(full.hidden("csrf").len() > 10 && full.body.contains("이 자리 잡기"), "{full:?}");
    let own = person.get(&site, "/my").await;
    assert!(own.body.contains("오전 9:00"), "{own:?}");
    person.hold(&site, "09:30", "h3").await;
    assert_eq!(person.confirm(&site, "c3").await.location(), format!("/my/booked/{number}"));
}

#[tokio::test]
async fn whoever_stops_changing_keeps_what_they_have_and_gives_back_what_was_held() {
    let site = Site::new();
    let (mut person, number) = booked(&site, 1).await;
    let mut other = Person::number(2);
    other.come_in(&site).await;
    begin(&site, &mut person, &number).await;
    person.hold(&site, "10:00", "h2").await;
    assert_eq!(person.post(&site, "/my/change/stop", &[("key", "s")]).await.location(), "/my");
    let own = person.get(&site, "/my").await;
    assert!(own.body.contains("오전 9:00") && !own.body.contains(CHANGING), "{own:?}");
    assert_eq!(other.hold(&site, "10:00", "o").await.location(), "/book/hold");
    let again = person.hold(&site, "09:30", "h3").await;
    assert!(again.status == 409 && again.body.contains("401"), "no change any more: {again:?}");
}

#[tokio::test]
async fn a_second_dose_moves_alone_and_only_inside_its_interval() {
    let site = Site::new();
    let (mut person, first) = booked(&site, 1).await;
    let own = person.get(&site, "/my").await;
    let second = own.body.split("/my/booked/").nth(2).unwrap()[..11].to_owned();
    assert_ne!(second, first);
    assert!(own.body.contains("2차만 바꾸기"), "{own:?}");
    assert_eq!(begin(&site, &mut person, &second).await.location(), "/book");
    let days = person.get(&site, &format!("/book/clinics/{CLINIC}")).await;
    for (day, is_offered) in [
        (DAY, false),
        ("2027-08-13", false),
        ("2027-08-16", true),
        ("2027-08-30", true),
        ("2027-08-31", false),
    ] {
        let link = format!("/book/clinics/{CLINIC}/{day}\"");
        assert_eq!(days.body.contains(&link), is_offered, "{day}: {days:?}");
    }
    let wrong = hold_on(&site, &mut person, "2027-08-31", "09:00", "w").await;
    assert!(wrong.status == 409 && wrong.body.contains("408") && wrong.body.contains(CHANGING), "{wrong:?}");
    assert_eq!(hold_on(&site, &mut person, "2027-08-18", "09:30", "h2").await.location(), "/book/hold");
    assert_eq!(person.confirm(&site, "c2").await.location(), format!("/my/booked/{second}"));
    let own = person.get(&site, "/my").await;
    for said in ["2027년 7월 26일(월)", "2027년 8월 18일(수)"] {
        assert!(own.body.contains(said), "{said}: {own:?}");
    }
}

#[tokio::test]
async fn a_cancelled_appointment_is_no_longer_being_changed() {
    let site = Site::new();
    let (mut person, number) = booked(&site, 1).await;
    begin(&site, &mut person, &number).await;
    person.hold(&site, "10:00", "h2").await;
    let question = person.post(&site, "/my/cancel", &[("appointment", &number), ("key", "q")]).await;
    assert!(
        question.body.contains("함께 취소됩니다") && question.body.contains("8월 16일(월)"),
        "{question:?}"
    );
    let sure = [("appointment", number.as_str()), ("key", "q"), ("sure", "1")];
    let done = person.post(&site, "/my/cancel", &sure).await;
    assert_eq!(done.status, 200, "{done:?}");
    let own = person.get(&site, "/my").await;
    assert!(!own.body.contains(CHANGING) && !own.body.contains("잡아 둔 자리"), "{own:?}");
    assert_eq!(person.hold(&site, "09:30", "h3").await.location(), "/book/hold", "a new booking is free");
    deliver_waiting(&site.app).await.unwrap();
    let told = site.outbox.of_phone(&person.phone)[0].text.clone();
    assert!(told.contains("취소했습니다") && told.contains("2차 접종 예약도"), "{told}");
}

#[tokio::test]
async fn two_days_before_it_is_too_late_and_the_page_says_whom_to_phone() {
    let site = Site::new();
    let (mut person, number) = booked(&site, 1).await;
    let last_moment: jiff::Timestamp = "2027-07-24T14:59:59Z".parse().unwrap();
    site.clock.advance(last_moment.duration_since(store::Clock::now(&*site.clock)));
    // Days later: the page is a new one.
    person.csrf = None;
    person.verify(&site).await;
    let question = [("appointment", number.as_str()), ("key", "q")];
    assert_eq!(person.post(&site, "/my/cancel", &question).await.status, 200);
    site.clock.advance(SignedDuration::from_secs(1));
    for (path, said) in [("/my/cancel", "전화로 취소해"), ("/my/change", "전화로 바꿔")] {
        let late = person.post(&site, path, &question).await;
        assert!(late.status == 409 && late.body.contains(said) && late.body.contains("603"), "{late:?}");
        assert!(late.body.contains(&number) && late.body.contains("1339"), "{late:?}");
    }
    let sure = [("appointment", number.as_str()), ("key", "q"), ("sure", "1")];
    assert_eq!(person.post(&site, "/my/cancel", &sure).await.status, 409);
}

/// The recipient of a booking that a helper made, and the helper.
async fn helped(site: &Site) -> (Person, Person, String) {
    let (mut helper, mut recipient) = (Person::number(1), Person::number(2));
    helper.come_in(site).await;
    recipient.verify(site).await;
    let (booker, person) = (PersonId(1), PersonId(2));
    let command = Command::Delegate(Delegate {
        code_sent_at: None,
        campaign: site.app.campaign().id,
        booker,
        aliases: vec![site.app.keys.pair_alias(&recipient.number.replace('-', ""), &recipient.name)],
        sealed: Vec::new(),
        candidate: world::ELIGIBLE,
        relation: Relation::Parent,
        consent: ConsentVersion(1),
    });
    let given = site.app.store.execute(command.into()).await.unwrap().unwrap();
    assert_eq!(given, Outcome::DelegationGiven(person));
    let clinic = booking::ClinicId::parse(CLINIC).unwrap();
    let at = SlotId { clinic, visit_on: date(2027, 7, 26), starts_min: 9 * 60 };
    let wanted = TakePlaces {
        recipients: vec![person],
        ..TakePlaces::for_oneself(site.app.campaign().id, booker, at)
    };
    let held = site.app.store.execute(Command::Hold(wanted).into()).await.unwrap().unwrap();
    let Outcome::Held { id: hold @ HoldId(_), hold: held } = held else { panic!("{held:?}") };
    assert_eq!(held.places[0].dose, DoseNumber(1));
    site.app.store.execute(Command::Confirm { booker, hold }.into()).await.unwrap().unwrap();
    let number = recipient.appointment(site).await;
    assert_eq!(helper.appointment(site).await, number);
    (helper, recipient, number)
}

#[tokio::test]
async fn somebody_who_was_never_inside_waits_in_line_to_change_and_then_goes_on() {
    let site = Site::new();
    let (_, mut recipient, number) = helped(&site).await;
    let told = begin(&site, &mut recipient, &number).await;
    assert!(told.status == 200 && told.body.contains("바꾸시려면 차례가 필요합니다"), "{told:?}");
    assert!(told.body.contains(CHANGING), "the page says that nothing is lost: {told:?}");
    recipient.join(&site).await;
    recipient.settle(&site).await;
    site.seconds(2).await;
    assert_eq!(recipient.enter(&site).await.location(), "/book");
    assert!(recipient.get(&site, "/book").await.body.contains(CHANGING));
    recipient.hold(&site, "10:00", "h").await;
    assert_eq!(recipient.confirm(&site, "c").await.location(), format!("/my/booked/{number}"));
}

#[tokio::test]
async fn of_a_helper_and_a_recipient_who_change_at_once_the_second_is_told() {
    let site = Site::new();
    let (mut helper, mut recipient, number) = helped(&site).await;
    recipient.join(&site).await;
    recipient.settle(&site).await;
    site.seconds(2).await;
    assert_eq!(begin(&site, &mut helper, &number).await.location(), "/book");
    assert_eq!(begin(&site, &mut recipient, &number).await.location(), "/book");
    helper.hold(&site, "09:30", "h").await;
    recipient.hold(&site, "10:00", "h").await;
    assert_eq!(recipient.confirm(&site, "c").await.location(), format!("/my/booked/{number}"));
    let second = helper.confirm(&site, "c").await;
    assert!(second.status == 409 && second.body.contains("604"), "{second:?}");
    let own = helper.get(&site, "/my").await;
    assert!(own.body.contains("오전 10:00"), "the recipient's choice stands: {own:?}");
    deliver_waiting(&site.app).await.unwrap();
    let told = site.outbox.of_phone(&recipient.phone)[0].text.clone();
    assert!(told.contains("예약을 바꾸었습니다") && !told.contains("○"), "{told}");
}

#[tokio::test]
async fn a_program_changes_without_a_draft_and_comes_in_again_by_itself() {
    let site = Site::new();
    let mut program = Program::number(1);
    program.come_in(&site).await;
    let number = program.booked(&site, "09:00").await;
    program.pass = String::new();
    let mut change = slot("10:00");
    change["appointment"] = json!(number);
    let held = program.post_keyed(&site, "/api/v1/appointments/change", &change, "m").await;
    assert_eq!(held.status, 201, "{held:?}");
    assert_eq!(
        held.json()["from"][0],
        json!({"number": number, "clinic": CLINIC, "date": DAY, "time": "09:00"})
    );
    assert_eq!(held.json()["to"][0]["time"], "10:00");
    program.pass = text(&held, "pass");
    let moved = program.confirm(&site, &text(&held, "hold"), "c2").await.json();
    assert_eq!(moved["appointment"]["number"], number);
    assert_eq!(moved["appointment"]["time"], "10:00");
    change["appointment"] = json!("00000-00000");
    let unknown = program.post_keyed(&site, "/api/v1/appointments/change", &change, "u").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "AppointmentUnknown"));
}
