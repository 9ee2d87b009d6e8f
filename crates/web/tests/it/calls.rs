//! Calls that are to be made: the same line as on the web, one agent for one person, the pass of their place; and notes
//! that tell nobody who they are about.

use crate::person::{Person, resident};
use crate::site::Site;
use crate::staff::{Desk, caller, hold, on_duty, record_of};
use crate::wire::Answer;
use booking::{Act, LookUp, PersonId};
use jiff::SignedDuration;
use store::Places as _;
use web::staff::account::Role;

async fn agent(site: &Site, login: &str) -> Desk {
    let (desk, _) = on_duty(site, login, Role::Agent, "all").await;
    // The line goes on: a sign-in takes half a minute.
    site.seconds(2).await;
    desk
}

async fn ask(desk: &mut Desk, site: &Site, person: &str) -> Answer {
    desk.post(site, &format!("{person}/call"), &[("call_to", "own")]).await
}

async fn take(desk: &mut Desk, site: &Site) -> Answer {
    desk.post(site, "/desk/calls/take", &[]).await
}

async fn end(desk: &mut Desk, site: &Site, person: &str, result: &str) -> Answer {
    desk.post(site, &format!("{person}/call/end"), &[("result", result)]).await
}

async fn in_line(site: &Site, number: u32) -> Person {
    let mut person = Person::number(number);
    person.join(site).await;
    person.settle(site).await;
    person
}

#[tokio::test]
async fn a_caller_stands_in_the_same_line_as_the_web_and_hears_what_the_page_would_say() {
    let site = Site::new();
    let mut desk = agent(&site, "hong").await;
    in_line(&site, 1).await;
    let person = caller(&mut desk, &site, 7).await;
    assert_eq!(ask(&mut desk, &site, &person).await.status, 303);
    site.seconds(1).await;
    in_line(&site, 3).await;
    let page = desk.get(&site, &person).await.body;
    assert!(page.contains("대기 번호는 2번이고, 앞선 대기표는 1장입니다"), "{page}");
    assert!(page.contains("예약이 시작되면 알 수 있습니다") && page.contains("같은 줄"), "{page}");
    let english = desk.get(&site, &person.replace("/desk", "/en/desk")).await.body;
    assert!(english.contains("Your number is 2. Places ahead of you: 1."), "{english}");
    // Asked for again, it is the same place; and online it is theirs.
    ask(&mut desk, &site, &person).await;
    site.seconds(1).await;
    let mut online = Person::number(7);
    online.verify(&site).await;
    assert!(online.get(&site, "/wait").await.body.contains("data-queue=\"1\""));
    assert!(desk.get(&site, &person).await.body.contains("대기 번호는 2번"));
}

#[tokio::test]
async fn whoever_waits_online_is_called_with_the_place_they_have_and_keeps_it_there() {
    let site = Site::new();
    let mut desk = agent(&site, "hong").await;
    let mut online = in_line(&site, 7).await;
    online.verify(&site).await;
    in_line(&site, 2).await;
    let person = caller(&mut desk, &site, 7).await;
    ask(&mut desk, &site, &person).await;
    site.seconds(1).await;
    assert!(desk.get(&site, &person).await.body.contains("대기 번호는 1번"));
    assert!(online.get(&site, "/wait").await.body.contains("data-state=\"waiting\""));
}

#[tokio::test]
async fn people_are_called_in_the_order_of_the_line_and_each_by_one_agent() {
    let site = Site::new();
    let (mut hong, mut kang) = (agent(&site, "hong").await, agent(&site, "kang").await);
    let mut asked = Vec::new();
    for number in [7, 8, 9] {
        let person = caller(&mut hong, &site, number).await;
        ask(&mut hong, &site, &person).await;
        site.seconds(1).await;
        asked.push(person);
    }
    assert!(take(&mut hong, &site).await.body.contains("지금 전화드릴 분이 없습니다"), "before the opening");
    let early = hold(&mut hong, &site, &asked[0], "09:00", "h0").await;
    assert_ne!(early.status, 303, "not before the turn: {early:?}");
    site.open().await;
    site.seconds(5).await;
    let first = take(&mut hong, &site).await;
    assert_eq!(first.status, 303, "{first:?}");
    let first = first.location().to_owned();
    let page = hong.get(&site, &first).await.body;
    assert!(
        page.contains("사람칠") && page.contains("01000000001") && page.contains("내가 맡은 분"),
        "{page}"
    );
    let again = take(&mut hong, &site).await;
    assert!(hong.get(&site, again.location()).await.body.contains("사람칠"), "one at a time");
    let second = take(&mut kang, &site).await.location().to_owned();
    let page = kang.get(&site, &second).await.body;
    assert!(page.contains("사람팔") && !page.contains("사람칠"), "{page}");
    // Whom another has in hand shows no number.
    let found = [("name", "사람칠"), ("birth_date", "19640305")];
    let seen = kang.post(&site, "/desk/people/find", &found).await.location().to_owned();
    let page = kang.get(&site, &seen).await.body;
    assert!(page.contains("다른 상담원이 맡음") && !page.contains("01000000001"), "{page}");
    end(&mut kang, &site, &seen, "reached").await;
    assert!(hong.get(&site, &first).await.body.contains("내가 맡은 분"), "nor ends it for them");
    end(&mut hong, &site, &first, "reached").await;
    assert!(hong.get(&site, &first).await.body.contains("통화됨"));
    let third = take(&mut hong, &site).await.location().to_owned();
    assert!(hong.get(&site, &third).await.body.contains("사람구"));
}

#[tokio::test]
async fn whoever_is_reached_books_with_the_pass_of_their_place() {
    let site = Site::new();
    let (mut desk, me) = on_duty(&site, "hong", Role::Agent, "all").await;
    site.seconds(2).await;
    in_line(&site, 1).await;
    let person = caller(&mut desk, &site, 7).await;
    ask(&mut desk, &site, &person).await;
    site.open().await;
    site.seconds(5).await;
    let person = take(&mut desk, &site).await.location().to_owned();
    assert_eq!(hold(&mut desk, &site, &person, "09:00", "h1").await.status, 303);
    let record = record_of(&site, me).await;
    let whose = record.last().unwrap().entry.whose.unwrap();
    let admission = site.app.store.admission(site.app.campaign().id, whose).await.unwrap().unwrap();
    assert_eq!(admission.queue_number, 1);
    let place = site.places().kept(site.app.gate.tag, 1).unwrap();
    assert_eq!(place.person, Some(whose), "the place is theirs");
    let held = desk.get(&site, &person).await.hidden("hold");
    let booked = desk.post(&site, &format!("{person}/confirm"), &[("hold", &held), ("key", "c1")]).await;
    assert_eq!(booked.status, 303, "{booked:?}");
    let page = desk.get(&site, &person).await.body;
    assert!(page.contains("예약됨") && page.contains("통화됨"), "the call is over: {page}");
    let calls = record.iter().filter(|event| event.entry.what == Act::LookedUp(LookUp::CallBack));
    let about: Vec<Option<PersonId>> = calls.map(|event| event.entry.whose).collect();
    assert_eq!(about, [Some(whose); 2], "asked for and taken, on record");
}

#[tokio::test]
async fn who_does_not_answer_is_called_three_times_and_then_that_is_said() {
    let site = Site::new();
    let mut desk = agent(&site, "hong").await;
    let person = caller(&mut desk, &site, 7).await;
    ask(&mut desk, &site, &person).await;
    site.open().await;
    site.seconds(5).await;
    for missed in 1..=3 {
        let person = take(&mut desk, &site).await.location().to_owned();
        let list = end(&mut desk, &site, &person, "missed").await;
        assert_eq!(list.location(), "/desk/calls", "{missed}");
        assert!(take(&mut desk, &site).await.body.contains("지금 전화드릴 분이 없습니다"), "not at once");
        for _ in 0..2 {
            site.after(SignedDuration::from_secs(450)).await;
            site.seconds(1).await;
            desk.get(&site, "/desk").await;
        }
    }
    assert!(take(&mut desk, &site).await.body.contains("지금 전화드릴 분이 없습니다"));
    let page = desk.get(&site, &person).await.body;
    assert!(page.contains("3번 전화드렸으나 받지 않으셨습니다"), "{page}");
    // They call themselves: the place is still theirs.
    assert_eq!(hold(&mut desk, &site, &person, "09:00", "h1").await.status, 303);
}

#[tokio::test]
async fn without_a_phone_of_ones_own_a_neighbours_is_called_or_one_calls_again() {
    let site = Site::new();
    let mut desk = agent(&site, "hong").await;
    let register = async |number: u32, desk: &mut Desk| {
        let (name, resident) = (crate::person::name_of(number), resident("6403051", number));
        let fields = [("name", name.as_str()), ("number", &resident)];
        desk.post(&site, "/desk/people/new", &fields).await.location().to_owned()
    };
    let (at_home, nowhere) = (register(7, &mut desk).await, register(8, &mut desk).await);
    let wrong = [("call_to", "other"), ("call_number", "이웃집")];
    let refused = desk.post(&site, &format!("{at_home}/call"), &wrong).await;
    assert!(refused.status == 422 && refused.body.contains("value=\"이웃집\""), "kept: {refused:?}");
    let landline = [("call_to", "other"), ("call_number", "02-000-0000")];
    assert_eq!(desk.post(&site, &format!("{at_home}/call"), &landline).await.status, 303);
    assert_eq!(desk.post(&site, &format!("{nowhere}/call"), &[("call_to", "none")]).await.status, 303);
    site.seconds(1).await;
    assert!(desk.get(&site, &nowhere).await.body.contains("차례가 되면 다시 전화해 주십시오"));
    site.open().await;
    site.seconds(5).await;
    let taken = take(&mut desk, &site).await.location().to_owned();
    assert!(desk.get(&site, &taken).await.body.contains("020000000"));
    end(&mut desk, &site, &taken, "reached").await;
    assert!(take(&mut desk, &site).await.body.contains("지금 전화드릴 분이 없습니다"), "nothing to call");
    assert_eq!(hold(&mut desk, &site, &nowhere, "09:00", "h1").await.status, 303, "they called again");
}

#[tokio::test]
async fn a_note_is_seen_by_the_next_agent_and_one_that_tells_who_it_is_about_is_not_taken() {
    let site = Site::new();
    let (mut hong, me) = on_duty(&site, "hong", Role::Agent, "all").await;
    let person = caller(&mut hong, &site, 7).await;
    let note = format!("{person}/note");
    for (words, told) in [
        ("010-0000-0009로 다시", "전화번호"),
        ("사람칠 님", "이름"),
        ("1964년 3월 5일생", "생년월일"),
        ("kim@example.kr", "전자우편"),
        ("640305-1000000", "주민등록번호"),
    ] {
        let refused = hong.post(&site, &note, &[("reason", "asked"), ("note", words), ("key", "n")]).await;
        assert!(refused.status == 422 && refused.body.contains(told), "{words}: {refused:?}");
        assert!(refused.body.contains(&format!("value=\"{words}\"")), "what was typed stays");
        assert!(refused.body.contains("value=\"asked\" checked"), "and what was chosen");
    }
    let english = note.replace("/desk", "/en/desk");
    let refused = hong.post(&site, &english, &[("note", "사람칠 님"), ("key", "n")]).await;
    assert!(refused.body.contains("the caller&#39;s name") || refused.body.contains("caller's name"));
    assert!(refused.body.contains("Choose what the call was about"), "every fault at once");
    let fields = [("reason", "asked"), ("reason", "no-place"), ("note", "오후 자리를 원하심"), ("key", "n1")];
    for _ in 0..2 {
        assert_eq!(hong.post(&site, &note, &fields).await.status, 303);
    }
    let mut kang = agent(&site, "kang").await;
    let found = [("name", "사람칠"), ("birth_date", "19640305")];
    let seen = kang.post(&site, "/desk/people/find", &found).await.location().to_owned();
    let page = kang.get(&site, &seen).await.body;
    assert!(page.contains("문의에 답함, 원하는 자리가 없음") && page.contains("hong"), "{page}");
    assert_eq!(page.matches("오후 자리를 원하심").count(), 1, "pressed twice, noted once");
    let record = record_of(&site, me).await;
    let noted: Vec<_> =
        record.iter().filter(|event| event.entry.what == Act::LookedUp(LookUp::CallNote)).collect();
    assert_eq!(noted.len(), 1);
    let why = site.app.keys.cipher.open("staff/why", &noted[0].entry.why).unwrap();
    assert!(String::from_utf8(why).unwrap().contains("오후 자리를 원하심"));
}
