//! The rules of the journey, as people and programs meet them.

use crate::people::Named;
use crate::person::{Person, resident};
use crate::program::{Program, slot, text};
use crate::site::{CLINIC, DAY, Site};
use crate::wire::Answer;
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn somebody_books_with_forms_and_sees_it_afterwards() {
    let site = Site::new();
    for prefix in ["", "/en"] {
        let mut person = Person { prefix, ..Person::number(prefix.len() as u32) };
        person.come_in(&site).await;
        for page in person.look_around(&site).await {
            assert_eq!(page.status, 200, "{page:?}");
        }
        let time = if prefix.is_empty() { "09:00" } else { "09:30" };
        let held = person.hold(&site, time, "h").await;
        assert_eq!((held.status, held.location()), (303, format!("{prefix}/book/hold").as_str()));
        let booked = person.confirm(&site, "c").await;
        assert_eq!((booked.status, booked.location()), (303, format!("{prefix}/my/booked").as_str()));
        let page = person.get(&site, "/my/booked").await;
        let number = person.appointment(&site).await;
        assert!(page.body.contains(&number) && page.body.contains(&person.name), "{page:?}");
    }
}

#[tokio::test]
async fn a_program_books_with_json_and_sees_it_afterwards() {
    let site = Site::new();
    let mut program = Program::number(1);
    program.come_in(&site).await;
    let number = program.booked(&site, "09:00").await;
    let own = program.get(&site, "/api/v1/appointments").await.json();
    assert_eq!(own["appointments"][0]["number"], number);
    assert_eq!(own["appointments"][0]["state"], "booked");
    assert_eq!(own["appointments"][0]["time"], "09:00");
}

#[tokio::test]
async fn a_slot_that_fills_under_ones_finger_offers_the_nearest_and_keeps_the_form() {
    let site = Site::new();
    let (mut fast, mut slow) = (Person::number(1), Person::number(2));
    fast.come_in(&site).await;
    slow.come_in(&site).await;
    let path = format!("/book/clinics/{CLINIC}/{DAY}");
    let seen = slow.get(&site, &path).await;
    fast.hold(&site, "09:00", "h").await;
    let key = seen.hidden("key");
    let full = slow.hold(&site, "09:00", &key).await;
    assert_eq!(full.status, 409, "{full:?}");
    assert!(full.body.contains("406") && full.body.contains("이 시간이 마감되었습니다"), "{full:?}");
    assert_ne!(full.hidden("key"), key);
    assert!(full.body.contains("type=\"radio\""), "the other times of that day are there too: {full:?}");
    assert_eq!(full.hidden("clinic"), CLINIC);
    let first_offer = full.hidden("time");
    assert_eq!(first_offer, "09:30");
    let token = full.hidden("csrf");
    let (key, date) = (full.hidden("key"), full.hidden("date"));
    let fields = [("csrf", &*token), ("key", &*key), ("clinic", CLINIC), ("date", &*date), ("time", "09:30")];
    let taken = slow.send(&site, crate::wire::Ask::form("/book/hold", &fields)).await;
    assert_eq!(taken.location(), "/book/hold", "one tap takes an offered place: {taken:?}");
}

#[tokio::test]
async fn over_json_a_full_slot_names_the_nearest_free_ones() {
    let site = Site::new();
    let (mut fast, mut slow) = (Program::number(1), Program::number(2));
    fast.come_in(&site).await;
    slow.come_in(&site).await;
    fast.held(&site, "09:00").await;
    let full = slow.hold(&site, "09:00", "h").await;
    assert_eq!((full.status, full.code().as_str()), (409, "SlotFull"));
    assert_eq!(full.json()["nearest"][0], json!({"clinic": CLINIC, "date": DAY, "time": "09:30"}));
}

#[tokio::test]
async fn pressing_twice_books_once_and_answers_alike() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    person.hold(&site, "09:00", "h").await;
    let hold = person.hold_id(&site).await;
    let fields = [("hold", hold.as_str()), ("key", "c")];
    let first = person.post(&site, "/book/confirm", &fields).await;
    let second = person.post(&site, "/book/confirm", &fields).await;
    assert_eq!((first.status, first.location()), (second.status, second.location()));
    assert_eq!(first.location(), "/my/booked");
    let own = person.get(&site, "/my").await;
    assert_eq!(own.body.matches("/my/booked/").count(), 2, "both doses, once each: {own:?}");

    let mut program = Program::number(2);
    program.come_in(&site).await;
    let hold = program.held(&site, "09:30").await;
    let first = program.confirm(&site, &hold, "c").await;
    let second = program.confirm(&site, &hold, "c").await;
    assert_eq!((first.status, &first.body), (second.status, &second.body));
    let own = program.get(&site, "/api/v1/appointments").await.json();
    assert_eq!(own["appointments"].as_array().unwrap().len(), 2, "{own}");
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused_over_json() {
    let site = Site::new();
    let mut program = Program::number(1);
    program.come_in(&site).await;
    assert_eq!(program.hold(&site, "09:00", "same").await.status, 201);
    let before = site.state().await;
    let reused = program.hold(&site, "09:30", "same").await;
    assert_eq!((reused.status, reused.code().as_str()), (422, "KeyReused"));
    assert_eq!(site.state().await, before);
    let keyless = program.post_keyed(&site, "/api/v1/holds", &slot("09:30"), "").await;
    assert_eq!((keyless.status, keyless.code().as_str()), (400, "IdempotencyKeyMissing"));
    let long = program.hold(&site, "09:30", &"k".repeat(201)).await;
    assert_eq!((long.status, long.code().as_str()), (400, "IdempotencyKeyMissing"));
}

#[tokio::test]
async fn nobody_has_two_live_appointments() {
    let site = Site::new();
    let (mut person, mut program) = (Person::number(1), Program::number(1));
    person.name = "프로그램".to_owned();
    person.come_in(&site).await;
    program.come_in(&site).await;
    let number = program.booked(&site, "09:00").await;
    let again = program.hold(&site, "09:30", "again").await;
    assert_eq!((again.status, again.code().as_str()), (409, "AlreadyBooked"));
    assert_eq!(again.json()["appointment"], number);
    let page = person.hold(&site, "09:30", "again").await;
    assert!(page.status == 409 && page.body.contains(&number), "the same person on another device: {page:?}");
}

#[tokio::test]
async fn a_hold_is_extended_once_and_then_expires() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    person.hold(&site, "09:00", "h").await;
    let hold = person.hold_id(&site).await;
    site.after(SignedDuration::from_mins(4)).await;
    let extended = person.post(&site, "/book/extend", &[("hold", &hold), ("key", "e1")]).await;
    assert_eq!((extended.status, extended.location()), (303, "/book/hold"));
    let again = person.post(&site, "/book/extend", &[("hold", &hold), ("key", "e2")]).await;
    assert!(again.status == 409 && again.body.contains("503"), "{again:?}");
    site.after(SignedDuration::from_secs(359)).await;
    assert_eq!(person.get(&site, "/book/hold").await.status, 200, "it lives to its last second");
    site.after(SignedDuration::from_secs(1)).await;
    let late = person.post(&site, "/book/confirm", &[("hold", &hold), ("key", "c")]).await;
    assert!(late.status == 409 && late.body.contains("502"), "{late:?}");
    assert_eq!(person.get(&site, "/book/hold").await.status, 404);
    let free = person.get(&site, &format!("/book/clinics/{CLINIC}/{DAY}")).await;
    assert!(free.body.matches("1자리 남음").count() == 3, "the place is free again: {free:?}");
}

#[tokio::test]
async fn over_json_an_expired_hold_says_when_it_ended() {
    let site = Site::new();
    let mut program = Program::number(1);
    program.come_in(&site).await;
    let hold = program.held(&site, "09:00").await;
    let body = json!({"hold": hold});
    let extended = program.post_keyed(&site, "/api/v1/holds/extend", &body, "e1").await;
    let expires_at = text(&extended, "expires_at");
    let again = program.post_keyed(&site, "/api/v1/holds/extend", &body, "e2").await;
    assert_eq!((again.status, again.code().as_str()), (409, "ExtendedBefore"));
    site.after(SignedDuration::from_mins(10)).await;
    let late = program.confirm(&site, &hold, "c").await;
    assert_eq!((late.status, late.code().as_str()), (409, "HoldExpired"));
    assert_eq!(text(&late, "expired_at"), expires_at);
}

#[tokio::test]
async fn a_released_place_is_free_at_once() {
    let site = Site::new();
    let (mut first, mut second) = (Person::number(1), Person::number(2));
    first.come_in(&site).await;
    second.come_in(&site).await;
    first.hold(&site, "09:00", "h").await;
    let hold = first.hold_id(&site).await;
    let released = first.post(&site, "/book/release", &[("hold", &hold), ("key", "r")]).await;
    assert_eq!(released.location(), "/book");
    assert_eq!(second.hold(&site, "09:00", "h").await.location(), "/book/hold");
}

#[tokio::test]
async fn cancelling_asks_once_more_and_then_frees_the_place() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    person.hold(&site, "09:00", "h").await;
    person.confirm(&site, "c").await;
    let number = person.appointment(&site).await;
    let before = site.state().await;
    let asked = person.post(&site, "/my/cancel", &[("appointment", &number), ("key", "x")]).await;
    assert!(asked.status == 200 && asked.body.contains("name=\"sure\""), "{asked:?}");
    assert_eq!(site.state().await, before, "asking cancels nothing");
    let sure = [("appointment", number.as_str()), ("key", "x"), ("sure", "1")];
    let done = person.post(&site, "/my/cancel", &sure).await;
    assert!(done.status == 200 && done.body.contains(&number), "{done:?}");
    let again = person.post(&site, "/my/cancel", &[("appointment", &number), ("key", "y")]).await;
    assert!(again.status == 409 && again.body.contains("602"), "{again:?}");
    assert_eq!(person.hold(&site, "09:00", "h2").await.location(), "/book/hold");
}

#[tokio::test]
async fn an_appointment_of_somebody_else_is_as_unknown_as_one_of_nobody() {
    let site = Site::new();
    let (mut owner, mut other) = (Program::number(1), Program::number(2));
    owner.come_in(&site).await;
    other.come_in(&site).await;
    let number = owner.booked(&site, "09:00").await;
    let before = site.state().await;
    let mut bodies = Vec::new();
    for wanted in [number.as_str(), "00000-00000"] {
        let cancel = json!({"appointment": wanted});
        let answer = other.post_keyed(&site, "/api/v1/appointments/cancel", &cancel, "x").await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "AppointmentUnknown"));
        bodies.push(answer.body);
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(site.state().await, before);
    let mut person = Person::number(2);
    person.name = "프로그램".to_owned();
    person.verify(&site).await;
    let pages = [
        person.post(&site, "/my/cancel", &[("appointment", &number), ("key", "x"), ("sure", "1")]).await,
        person.post(&site, "/my/cancel", &[("appointment", &number), ("key", "x")]).await,
    ];
    for page in pages {
        assert!(page.status == 404 && page.body.contains("601"), "{page:?}");
    }
    let cancelled =
        owner.post_keyed(&site, "/api/v1/appointments/cancel", &json!({"appointment": number}), "x").await;
    assert_eq!((cancelled.status, cancelled.json()["done"].as_bool()), (200, Some(true)));
}

#[tokio::test]
async fn a_hold_of_somebody_else_can_neither_be_confirmed_nor_extended_nor_released() {
    let site = Site::new();
    let (mut owner, mut other) = (Program::number(1), Program::number(2));
    owner.come_in(&site).await;
    other.come_in(&site).await;
    let body = json!({"hold": owner.held(&site, "09:00").await});
    let before = site.state().await;
    for path in ["/api/v1/appointments", "/api/v1/holds/extend", "/api/v1/holds/release"] {
        let answer: Answer = other.post_keyed(&site, path, &body, path).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "HoldUnknown"), "{path}");
    }
    assert_eq!(site.state().await, before);
}

#[tokio::test]
async fn somebody_outside_the_group_is_told_so_before_the_wait_and_at_the_door() {
    let site = Site::new();
    let mut person = Person { number: resident("6701011", 1), ..Person::number(1) };
    person.join(&site).await;
    person.settle(&site).await;
    let code = person.ask_for_code(&site).await;
    let at_once = person.post(&site, "/identity/code", &[("code", &code)]).await;
    site.open().await;
    let at_the_door = person.enter(&site).await;
    for refused in [at_once, at_the_door] {
        assert_eq!(refused.status, 403, "{refused:?}");
        assert!(refused.body.contains("311") && refused.body.contains("1966년 12월 31일"), "{refused:?}");
    }
    assert_eq!(person.cookie("pass"), "");
    assert_eq!(person.get(&site, "/book").await.status, 403);
}

/// Whom the pages would book for changes with every booking; a request that says nobody means the booker, always.
#[tokio::test]
async fn a_hold_of_a_program_that_names_nobody_is_for_itself_however_often_it_is_sent() {
    let site = Site::new();
    let mut program = Program::number(1);
    program.come_in(&site).await;
    program.post(&site, "/api/v1/recipients", &Named::mother().json()).await;
    let own = program.get(&site, "/api/v1/recipients").await.json()["recipients"][0]["recipient"].clone();
    let held = program.post_keyed(&site, "/api/v1/holds", &slot("09:00"), "h").await;
    assert_eq!(held.status, 201, "{held:?}");
    let places = held.json()["places"].as_array().unwrap().clone();
    assert!(places.len() == 2 && places.iter().all(|place| place["recipient"] == own), "{places:?}");
    assert_eq!(program.confirm(&site, &text(&held, "hold"), "c").await.status, 201);
    let again = program.post_keyed(&site, "/api/v1/holds", &slot("09:00"), "h").await;
    assert_eq!((again.status, &again.body), (201, &held.body), "the same key and body, the same answer");
}
