//! What was typed, marked or chosen is still there: after an error, a reload, on another device, after our restart.

use crate::people::Named;
use crate::person::Person;
use crate::site::{CLINIC, DAY, SIGUNGU, Site};
use crate::wire::{Answer, Ask};
use jiff::SignedDuration;

async fn mark(person: &mut Person, site: &Site, clinic: &str) -> Answer {
    person.post(site, "/favourites/add", &[("clinic", clinic), ("key", "m")]).await
}

/// Sends, follows the redirect as a browser does, and counts both.
async fn step(person: &mut Person, site: &Site, ask: Ask, requests: &mut u32) -> Answer {
    *requests += 1;
    let answer = person.send(site, ask).await;
    if answer.status != 303 {
        return answer;
    }
    *requests += 1;
    let next = answer.location().to_owned();
    person.get(site, &next).await
}

/// From "enter" to "booked", over the given links; how many requests it took.
async fn requests_of_a_turn(person: &mut Person, site: &Site, links: &[String], time: &str) -> u32 {
    let mut requests = 0;
    let csrf = person.csrf(site).await;
    let mut page = step(person, site, Ask::form("/enter", &[("csrf", &csrf)]), &mut requests).await;
    for link in links {
        assert!(page.body.contains(&format!("href=\"{link}\"")), "{link} is not on {page:?}");
        page = step(person, site, Ask::get(link), &mut requests).await;
    }
    let (clinic, date, key) = (page.hidden("clinic"), page.hidden("date"), page.hidden("key"));
    let fields = [("csrf", &*csrf), ("clinic", &*clinic), ("date", &*date), ("time", time), ("key", &*key)];
    let held = step(person, site, Ask::form("/book/hold", &fields), &mut requests).await;
    let (hold, key) = (held.hidden("hold"), held.hidden("key"));
    let confirm = Ask::form("/book/confirm", &[("csrf", &csrf), ("hold", &hold), ("key", &key)]);
    let booked = step(person, site, confirm, &mut requests).await;
    assert!(booked.body.contains("예약되었습니다"), "{booked:?}");
    requests
}

#[tokio::test]
async fn whoever_prepared_books_from_the_first_page_of_their_turn() {
    let site = Site::new();
    let (mut ready, mut plain) = (Person::number(1), Person::number(2));
    for person in [&mut ready, &mut plain] {
        person.join(&site).await;
        person.settle(&site).await;
        person.verify(&site).await;
    }
    mark(&mut ready, &site, CLINIC).await;
    site.open().await;
    let day = format!("/book/clinics/{CLINIC}/{DAY}");
    let prepared = requests_of_a_turn(&mut ready, &site, std::slice::from_ref(&day), "09:00").await;
    let tree = ["/book/regions/1100000000", &format!("/book/regions/{SIGUNGU}")].map(str::to_owned);
    let links = [&tree[..], &[format!("/book/clinics/{CLINIC}"), day]].concat();
    let unprepared = requests_of_a_turn(&mut plain, &site, &links, "09:30").await;
    assert_eq!((prepared, unprepared), (7, 10), "requests from entering to booked");
}

#[tokio::test]
async fn favourites_are_marked_once_ordered_and_removed() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.verify(&site).await;
    let asked = person.get(&site, &format!("/favourites/clinics/{CLINIC}")).await;
    assert_eq!((asked.status, asked.hidden("clinic").as_str()), (200, CLINIC));
    let empty = person.get(&site, "/favourites").await;
    assert!(!empty.body.contains("clinic C00001"), "a link alone marks nothing: {empty:?}");
    for clinic in ["C00001", "C00002", "C00003", "C00002"] {
        let answer = mark(&mut person, &site, clinic).await;
        assert_eq!((answer.status, answer.location()), (303, "/favourites"));
    }
    let order = |page: &Answer| {
        let mut found: Vec<(usize, &str)> = ["C00001", "C00002", "C00003"]
            .into_iter()
            .filter_map(|clinic| Some((page.body.find(&format!("clinic {clinic}"))?, clinic)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, clinic)| clinic.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(order(&person.get(&site, "/favourites").await), ["C00003", "C00002", "C00001"]);
    person.post(&site, "/favourites/first", &[("clinic", "C00001")]).await;
    for _ in 0..2 {
        let gone = person.post(&site, "/favourites/remove", &[("clinic", "C00003")]).await;
        assert_eq!(gone.location(), "/favourites", "removing twice is removing once");
    }
    assert_eq!(order(&person.get(&site, "/favourites").await), ["C00001", "C00002"]);
    let wrong = [("clinic", "C99999", 404), ("clinic", "x", 400), ("other", "C00001", 400)];
    for (field, value, status) in wrong {
        assert_eq!(person.post(&site, "/favourites/add", &[(field, value)]).await.status, status, "{value}");
    }
}

#[tokio::test]
async fn the_waiting_page_counts_favourites_without_asking_the_ledger() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.join(&site).await;
    person.settle(&site).await;
    person.verify(&site).await;
    mark(&mut person, &site, "C00001").await;
    mark(&mut person, &site, "C00002").await;
    let asked = site.ledger.asked();
    let wait = person.get(&site, "/wait").await;
    assert!(wait.body.contains("관심 의료기관 <b class=\"num\">2</b>곳을 담으셨습니다"), "{wait:?}");
    assert_eq!(site.ledger.asked(), asked);
    for told in ["11", "-1", "<b>", "999999999999999999999"] {
        let mut odd = person.with_cookie("prepared", told);
        let wait = odd.get(&site, "/wait").await;
        assert!(wait.status == 200 && !wait.body.contains("곳을 담으셨습니다"), "{told}: {wait:?}");
    }
    let mut elsewhere = Person::number(1);
    elsewhere.join(&site).await;
    elsewhere.verify(&site).await;
    let wait = elsewhere.get(&site, "/wait").await;
    assert!(wait.body.contains("<b class=\"num\">2</b>곳을 담으셨습니다"), "on another device: {wait:?}");
}

#[tokio::test]
async fn what_was_typed_before_identity_survives_an_error_a_reload_and_a_restart_for_half_an_hour() {
    let site = Site::new();
    let mut person = Person::number(1);
    let typed = [("name", "김카나리"), ("birth_date", "1964-13-40"), ("phone", "010-1234-567x")];
    assert_eq!(person.post(&site, "/identity", &typed).await.status, 422);
    assert!(!person.cookie("typed").is_empty());
    let shows =
        |page: &Answer| typed.iter().all(|(_, value)| page.body.contains(&format!("value=\"{value}\"")));
    assert!(shows(&person.get(&site, "/identity").await), "after a reload");
    let site = site.restarted();
    assert!(shows(&person.get(&site, "/identity").await), "after a restart");
    let mut altered = person.with_cookie("typed", &person.cookie("typed").replace('A', "B"));
    assert!(!shows(&altered.get(&site, "/identity").await), "an altered cookie is an empty one");
    site.after(SignedDuration::from_mins(30)).await;
    assert!(!shows(&person.get(&site, "/identity").await), "half an hour later");
}

#[tokio::test]
async fn a_number_in_the_wrong_field_is_shown_once_and_kept_nowhere() {
    let site = Site::new();
    let mut person = Person::number(1);
    let typed = [("name", "김카나리"), ("birth_date", "640305-1000000"), ("phone", "")];
    let refused = person.post(&site, "/identity", &typed).await;
    assert!(refused.status == 422 && refused.body.contains("640305-1000000"), "{refused:?}");
    let again = person.get(&site, "/identity").await;
    assert!(again.body.contains("김카나리") && !again.body.contains("640305-1"), "{again:?}");
}

#[tokio::test]
async fn who_proved_their_identity_leaves_nothing_typed_in_the_browser() {
    let site = Site::new();
    let mut person = Person::number(1);
    let code = person.ask_for_code(&site).await;
    assert!(person.get(&site, "/identity").await.body.contains(&person.name), "to be corrected");
    person.post(&site, "/identity/code", &[("code", &code)]).await;
    assert_eq!(person.cookie("typed"), "");
}

#[tokio::test]
async fn favourites_and_the_last_choice_are_there_on_another_device_after_our_restart() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    mark(&mut person, &site, "C00002").await;
    person.hold(&site, "09:30", "h").await;
    site.after(SignedDuration::from_mins(20)).await;
    let site = site.restarted();
    site.seconds(2).await;
    let mut elsewhere = Person::number(1);
    elsewhere.verify(&site).await;
    assert_eq!(elsewhere.enter(&site).await.location(), "/book", "admitted before, admitted again at once");
    let book = elsewhere.get(&site, "/book").await;
    assert!(book.body.contains("고르셨던 자리가 아직 비어 있습니다"), "{book:?}");
    assert_eq!((book.hidden("clinic").as_str(), book.hidden("time").as_str()), (CLINIC, "09:30"));
    assert!(book.body.contains(&format!("href=\"/book/clinics/C00002/{DAY}\"")), "{book:?}");
    let again = elsewhere.hold(&site, "09:30", "again").await;
    assert_eq!(again.location(), "/book/hold", "one tap: {again:?}");
}

#[tokio::test]
async fn a_hold_that_ran_out_is_offered_again_while_it_is_free() {
    let site = Site::new();
    let (mut slow, mut fast) = (Person::number(1), Person::number(2));
    slow.come_in(&site).await;
    fast.come_in(&site).await;
    slow.hold(&site, "09:00", "h").await;
    let hold = slow.hold_id(&site).await;
    site.after(SignedDuration::from_mins(6)).await;
    for path in ["/book/confirm", "/book/extend"] {
        let late = slow.post(&site, path, &[("hold", &hold), ("key", path)]).await;
        assert!(late.status == 409 && late.body.contains("502"), "{late:?}");
        assert!(late.body.contains("이 자리 다시 잡아 두기"), "{late:?}");
        assert_eq!((late.hidden("clinic").as_str(), late.hidden("time").as_str()), (CLINIC, "09:00"));
    }
    fast.hold(&site, "09:00", "h").await;
    let late = slow.post(&site, "/book/confirm", &[("hold", &hold), ("key", "late")]).await;
    assert!(late.status == 409 && !late.body.contains("이 자리 다시 잡아 두기"), "{late:?}");
    assert!(late.body.contains("type=\"radio\""), "the other times of that day: {late:?}");
}

#[tokio::test]
async fn a_place_given_up_on_purpose_is_not_offered_again() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    person.hold(&site, "09:00", "h").await;
    let hold = person.hold_id(&site).await;
    person.post(&site, "/book/release", &[("hold", &hold), ("key", "r")]).await;
    let book = person.get(&site, "/book").await;
    assert!(!book.body.contains("고르셨던 자리"), "{book:?}");
    assert_eq!(person.get(&site, "/book/hold").await.status, 404);
}

#[tokio::test]
async fn nor_is_one_that_was_given_up_a_moment_too_late() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    person.hold(&site, "09:00", "h").await;
    let hold = person.hold_id(&site).await;
    site.after(SignedDuration::from_mins(6)).await;
    assert!(person.get(&site, "/book").await.body.contains("고르셨던 자리"), "so far it is offered");
    person.post(&site, "/book/release", &[("hold", &hold), ("key", "r")]).await;
    let book = person.get(&site, "/book").await;
    assert!(!book.body.contains("고르셨던 자리"), "{book:?}");
}

/// The opening minute is the time of holding and confirming: nothing else is written then.
#[tokio::test]
async fn a_booking_on_the_pages_is_two_writes_of_the_ledger() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    let before = site.ledger.written().len();
    person.hold(&site, "09:00", "h").await;
    let hold = person.hold_id(&site).await;
    person.post(&site, "/book/confirm", &[("hold", &hold), ("key", "c")]).await;
    let written = site.ledger.written();
    let names = written[before..].iter().map(|command| command.split([' ', '(']).next().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["Hold", "Confirm"]);
}

/// A draft is help, never an obstacle.
#[tokio::test]
async fn a_draft_that_cannot_be_read_is_an_empty_one() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.verify(&site).await;
    mark(&mut person, &site, CLINIC).await;
    let site = site.restarted_with(|wanted| wanted.field_key = 99);
    let page = person.get(&site, "/favourites").await;
    assert!(page.status == 200 && !page.body.contains("clinic C00001"), "{page:?}");
    assert_eq!(mark(&mut person, &site, "C00002").await.location(), "/favourites");
    assert!(person.get(&site, "/favourites").await.body.contains("clinic C00002"));
}

#[tokio::test]
async fn what_was_typed_of_a_recipient_is_there_on_another_device_until_they_are_named() {
    let site = Site::new();
    let mut child = Person::number(1);
    child.verify(&site).await;
    let typed =
        [("name", "어머니"), ("number", "640305-20000"), ("phone", "01000008001"), ("relation", "parent")];
    assert_eq!(child.post(&site, "/people/add", &typed).await.status, 422);
    let mut elsewhere =
        Person { name: child.name.clone(), number: child.number.clone(), ..Person::number(1) };
    elsewhere.verify(&site).await;
    let form = elsewhere.get(&site, "/people/add").await.body;
    assert!(form.contains("어머니") && form.contains("01000008001"), "{form}");
    assert!(!form.contains("640305-20000"), "the number is not kept: {form}");
    let added = elsewhere.post(&site, "/people/add", &Named::mother().fields()).await;
    assert_eq!((added.status, added.location()), (303, "/people"), "{added:?}");
    let form = elsewhere.get(&site, "/people/add").await.body;
    assert!(!form.contains("어머니") && !form.contains("01000008001"), "{form}");
}
