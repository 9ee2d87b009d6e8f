//! What an operator orders is done within a tick, wherever the ledger is, and everybody is told.

use crate::ledger::Mood;
use crate::person::Person;
use crate::site::{Site, Wanted};
use crate::wire::Ask;
use store::{Clock as _, GivenOrder, LineStore as _};
use waiting_room::Order;

fn order(site: &Site, order: Order) {
    let given_at = site.clock.now();
    let given = GivenOrder { given_at, by: "operator".to_owned(), why: "test".to_owned(), order };
    site.line.order(site.app.gate.tag, &given).unwrap();
}

async fn ordered(site: &Site, of: Order) {
    order(site, of);
    site.seconds(2).await;
}

fn slow() -> Site {
    Site::with(Wanted { admissions_per_second: 1, ..Wanted::default() })
}

#[tokio::test]
async fn a_pause_keeps_every_place_and_lets_nobody_in_until_it_is_over() {
    let site = slow();
    let mut people = [1, 2, 3, 4].map(Person::number);
    for person in &mut people {
        person.join(&site).await;
        person.settle(&site).await;
        person.verify(&site).await;
    }
    site.open().await;
    let called = site.app.gate.serving_number();
    assert!((1..4).contains(&called), "{called}");
    ordered(&site, Order::Pause).await;
    let called = site.app.gate.serving_number();
    site.seconds(30).await;
    assert_eq!((site.app.gate.serving_number(), site.phase()), (called, "paused"));
    // Called before, and held at the door; told so, and sent back to the page that says it.
    let first = &mut people[0];
    let page = first.get(&site, "/wait").await;
    assert!(
        page.body.contains("지금은 입장이 멈춰 있습니다") && page.body.contains("입장을 잠시 멈췄습니다"),
        "{page:?}"
    );
    assert_eq!(first.enter(&site).await.location(), "/wait");
    // Nobody is promised to come in at once.
    let nobody_yet = Person::number(9).with_cookie("ticket", first.cookie("ticket"));
    let page = { nobody_yet }.get(&site, "/wait").await;
    assert!(page.body.contains("다시 시작할 때 바로 들어갑니다"), "{page:?}");
    ordered(&site, Order::Resume).await;
    assert_eq!(first.enter(&site).await.location(), "/book");
    site.seconds(5).await;
    assert_eq!((site.app.gate.serving_number(), site.phase()), (4, "open"));
}

#[tokio::test]
async fn a_message_stands_on_every_waiting_page_and_goes_again() {
    let site = slow();
    let mut person = Person::number(1);
    person.join(&site).await;
    let (ko, en) = ("02시까지 점검합니다 <b>".to_owned(), "Repairs until 02:00".to_owned());
    ordered(&site, Order::Message { ko, en }).await;
    let page = person.get(&site, "/wait").await;
    assert!(page.body.contains("02시까지 점검합니다 &#60;b&#62;"), "{page:?}");
    assert!(person.get(&site, "/en/wait").await.body.contains("Repairs until 02:00"));
    let document = site.ask(&Ask::get(&site.app.gate_document_path)).await;
    assert_eq!(document.json()["message"]["en"], "Repairs until 02:00");
    let only_korean = Order::Message { ko: "점검".to_owned(), en: String::new() };
    ordered(&site, only_korean).await;
    assert!(person.get(&site, "/en/wait").await.body.contains("점검"), "rather than nothing");
    ordered(&site, Order::Message { ko: String::new(), en: String::new() }).await;
    assert!(!person.get(&site, "/wait").await.body.contains("점검"));
}

#[tokio::test]
async fn the_rate_and_the_pauses_of_the_pages_follow_the_operator() {
    let site = slow();
    for number in 0..60 {
        Person::number(number).join(&site).await;
        if number % 20 == 0 {
            site.seconds(1).await;
        }
    }
    site.open().await;
    let far = || site.app.gate.published().facts().document.poll.seconds(u64::MAX);
    let usual = far();
    ordered(&site, Order::Stretch(3)).await;
    assert_eq!(far(), usual * 3);
    let before = site.app.gate.serving_number();
    ordered(&site, Order::Rate(Some(10))).await;
    site.seconds(2).await;
    let quick = site.app.gate.serving_number() - before;
    assert!((30..=42).contains(&quick), "{quick} in four seconds");
    ordered(&site, Order::Rate(None)).await;
    let before = site.app.gate.serving_number();
    site.seconds(5).await;
    assert_eq!(site.app.gate.serving_number() - before, 5);
}

#[tokio::test]
async fn passes_that_were_ended_open_nothing_and_whoever_had_one_comes_in_again() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    assert_eq!(person.get(&site, "/book").await.status, 200);
    ordered(&site, Order::RevokePasses).await;
    assert_ne!(person.get(&site, "/book").await.status, 200);
    assert_eq!(person.enter(&site).await.location(), "/book");
    assert_eq!(person.get(&site, "/book").await.status, 200);
}

#[tokio::test]
async fn a_close_is_final_also_after_a_restart_and_while_the_ledger_is_away() {
    let site = slow();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    site.ledger.feel(Mood::Gone);
    ordered(&site, Order::Close).await;
    assert_eq!(site.phase(), "closed");
    assert_ne!(site.ask(&Ask::new("POST", &site.app.tickets_path)).await.status, 201);
    site.ledger.feel(Mood::Well);
    ordered(&site, Order::Resume).await;
    let site = site.restarted();
    site.seconds(2).await;
    assert_eq!(site.phase(), "closed");
    assert_eq!(person.get(&site, "/book").await.status, 200, "who holds a pass may finish");
}
