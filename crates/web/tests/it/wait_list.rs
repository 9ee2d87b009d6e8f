//! Somebody finds everything full, waits, and is offered what comes back.

use crate::person::Person;
use crate::program::Program;
use crate::site::{CLINIC, DAY, SIGUNGU, Site};
use crate::wire::Answer;
use store::Command;
use web::messages::deliver_waiting;

/// Every place of the day is booked, by three people.
async fn full_day(site: &Site) -> Vec<Person> {
    let mut people = Vec::new();
    for (number, time) in [(1, "09:00"), (2, "09:30"), (3, "10:00")] {
        let mut person = Person::number(number);
        person.come_in(site).await;
        person.hold(site, time, "h").await;
        person.confirm(site, "c").await;
        people.push(person);
    }
    people
}

async fn waits(site: &Site, number: u32) -> Person {
    let mut person = Person::number(number);
    person.come_in(site).await;
    let joined = person.post(site, "/book/waitlist", &on_the_day("w")).await;
    assert_eq!((joined.status, joined.location()), (303, "/my#waits"), "{joined:?}");
    person
}

fn on_the_day(key: &str) -> [(&'static str, &str); 4] {
    [("key", key), ("place", CLINIC), ("from", DAY), ("until", DAY)]
}

async fn cancel(site: &Site, person: &mut Person) {
    let number = person.appointment(site).await;
    let sure = [("appointment", number.as_str()), ("sure", "1"), ("key", "x")];
    assert_eq!(person.post(site, "/my/cancel", &sure).await.status, 200);
    // What the service does by itself every second.
    site.app.store.execute(Command::Expire { holds_max: 8 }.into()).await.unwrap().unwrap();
    deliver_waiting(&site.app).await.unwrap();
}

fn wait_of(page: &Answer) -> String {
    page.hidden("wait")
}

#[tokio::test]
async fn whoever_waits_is_told_of_the_place_that_comes_back_and_books_it_without_a_line() {
    let site = Site::new();
    let mut booked = full_day(&site).await;
    let mut lee = waits(&site, 4).await;
    let page = lee.get(&site, "/my").await;
    assert!(page.body.contains("대기 예약") && page.body.contains("맨 앞입니다"), "{}", page.body);
    let mut choi = waits(&site, 5).await;
    assert!(choi.get(&site, "/en/my").await.body.contains("waiting before you"));

    cancel(&site, &mut booked[0]).await;
    let told = site.outbox.of_phone(&lee.phone).swap_remove(0).text;
    assert!(told.contains("자리가 났습니다") && told.contains("오전 9:00"), "{told}");
    assert!(!choi.get(&site, "/my").await.body.contains("자리가 났습니다"), "it is kept for the first");
    let page = lee.get(&site, "/my").await;
    assert!(page.body.contains("자리가 났습니다") && page.body.contains("잡아 두었습니다"), "{}", page.body);

    // The pass is long over.
    lee.jar.retain(|name, _| !name.ends_with("pass"));
    let wait = wait_of(&page);
    let stolen = choi.post(&site, "/my/waitlist/accept", &[("wait", &wait), ("key", "a")]).await;
    assert_eq!(stolen.status, 404, "an entry is answered for by its own people: {stolen:?}");
    let accepted = lee.post(&site, "/my/waitlist/accept", &[("wait", &wait), ("key", "a")]).await;
    assert_eq!(accepted.status, 303, "{accepted:?}");
    assert!(accepted.location().starts_with("/my/booked/"), "{accepted:?}");
    let again = lee.post(&site, "/my/waitlist/accept", &[("wait", &wait), ("key", "a")]).await;
    assert_eq!(again.location(), accepted.location(), "pressed twice, booked once");
    let page = lee.get(&site, "/my").await;
    assert!(page.body.contains("예약됨") && !page.body.contains("id=\"waits\""), "{}", page.body);
}

#[tokio::test]
async fn a_declined_place_goes_to_the_next_and_whoever_declined_still_waits() {
    let site = Site::new();
    let mut booked = full_day(&site).await;
    let (mut lee, mut choi) = (waits(&site, 4).await, waits(&site, 5).await);
    cancel(&site, &mut booked[1]).await;
    let wait = wait_of(&lee.get(&site, "/my").await);
    let declined = lee.post(&site, "/my/waitlist/decline", &[("wait", &wait), ("key", "d")]).await;
    assert!(declined.body.contains("다음 분께 넘어갔습니다"), "{declined:?}");
    assert!(declined.body.contains("맨 앞입니다"), "the order is kept: {}", declined.body);
    site.app.store.execute(Command::Expire { holds_max: 8 }.into()).await.unwrap().unwrap();
    assert!(choi.get(&site, "/my").await.body.contains("자리가 났습니다"));
}

#[tokio::test]
async fn whoever_leaves_the_list_is_not_told_any_more() {
    let site = Site::new();
    let mut booked = full_day(&site).await;
    let mut lee = waits(&site, 4).await;
    let wait = wait_of(&lee.get(&site, "/my").await);
    let left = lee.post(&site, "/my/waitlist/leave", &[("wait", &wait), ("key", "l")]).await;
    assert!(left.body.contains("대기 예약을 그만두었습니다"), "{left:?}");
    cancel(&site, &mut booked[0]).await;
    assert!(site.outbox.of_phone(&lee.phone).iter().all(|message| !message.text.contains("자리가 났습니다")));
    let gone = lee.post(&site, "/my/waitlist/accept", &[("wait", &wait), ("key", "a")]).await;
    assert!(gone.status == 404 && gone.body.contains("대기 예약이 없습니다"), "{gone:?}");
}

#[tokio::test]
async fn while_there_are_places_nobody_has_to_wait() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    let free = person.post(&site, "/book/waitlist", &on_the_day("w")).await;
    assert_eq!(free.status, 409);
    assert!(free.body.contains("지금 예약할 수 있는 자리가 있습니다"), "{}", free.body);
    assert!(free.body.contains("action=\"/book/hold\""), "they are there to be taken: {}", free.body);
    assert!(!person.get(&site, "/my").await.body.contains("id=\"waits\""));
}

#[tokio::test]
async fn what_is_wrong_with_the_days_is_said_at_their_field_and_the_choice_is_kept() {
    let site = Site::new();
    full_day(&site).await;
    let mut person = Person::number(4);
    person.come_in(&site).await;
    let wrong = [("key", "w"), ("asked", CLINIC), ("place", SIGUNGU), ("from", "2027-07-28"), ("until", DAY)];
    let answer = person.post(&site, "/book/waitlist", &wrong).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("id=\"until-error\""), "{}", answer.body);
    assert!(answer.body.contains("value=\"2027-07-28\" selected"), "{}", answer.body);
    let chosen = format!("value=\"{SIGUNGU}\" required checked");
    assert!(answer.body.contains(&chosen), "{}", answer.body);
    let nowhere = person.post(&site, "/book/waitlist", &[("key", "w"), ("place", "C99999")]).await;
    assert_eq!(nowhere.status, 404, "{nowhere:?}");
}

#[tokio::test]
async fn full_pages_lead_to_the_list() {
    let site = Site::new();
    full_day(&site).await;
    let mut person = Person::number(4);
    person.come_in(&site).await;
    let day = person.get(&site, &format!("/book/clinics/{CLINIC}/{DAY}")).await;
    let link = format!("/book/waitlist?place={CLINIC}&amp;date={DAY}");
    assert!(day.body.contains(&link), "{}", day.body);
    let form = person.get(&site, &link.replace("&amp;", "&")).await;
    assert_eq!(form.status, 200);
    assert_eq!(form.body.matches(&format!("value=\"{DAY}\" selected")).count(), 2, "{}", form.body);
    assert_eq!(person.get(&site, "/book/waitlist?place=%3Cb%3E").await.status, 404);
}

/// A program waits, lets one place go by, takes the next; another one leaves the list.
pub(crate) async fn as_program() -> Vec<(&'static str, &'static str, Answer)> {
    let site = Site::new();
    let mut booked = full_day(&site).await;
    let (mut lee, mut choi) = (Program::number(4), Program::number(5));
    let wanted = serde_json::json!({"place": CLINIC, "from": DAY, "until": DAY});
    let mut all = Vec::new();
    let mut wait = Vec::new();
    for program in [&mut lee, &mut choi] {
        program.come_in(&site).await;
        let joined = program.post_keyed(&site, "/api/v1/waits", &wanted, "w").await;
        wait.push(serde_json::json!({"wait": joined.json()["wait"]}));
        all.push(("post", "/api/v1/waits", joined));
    }
    let left = choi.post_keyed(&site, "/api/v1/waits/leave", &wait[1], "l").await;
    all.push(("post", "/api/v1/waits/leave", left));
    cancel(&site, &mut booked[2]).await;
    all.push(("get", "/api/v1/waits", lee.get(&site, "/api/v1/waits").await));
    let declined = lee.post_keyed(&site, "/api/v1/waits/decline", &wait[0], "d").await;
    all.push(("post", "/api/v1/waits/decline", declined));
    cancel(&site, &mut booked[1]).await;
    let made = lee.post_keyed(&site, "/api/v1/waits/accept", &wait[0], "a").await;
    all.push(("post", "/api/v1/waits/accept", made));
    all
}

#[tokio::test]
async fn a_program_waits_and_answers_in_the_same_way() {
    let all = as_program().await;
    let of = |method, path| all.iter().find(|(m, p, _)| (*m, *p) == (method, path)).unwrap().2.clone();
    assert_eq!(of("get", "/api/v1/waits").json()["waits"][0]["offer"]["time"], "10:00");
    let made = of("post", "/api/v1/waits/accept");
    assert_eq!((made.status, made.json()["appointment"]["time"].as_str()), (201, Some("09:30")), "{made:?}");
}
