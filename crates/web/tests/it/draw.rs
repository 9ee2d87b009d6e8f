//! A line whose lobby is drawn: who takes part, what is published when, and that nothing is known too early, lost by a
//! restart or gained with many tickets.

use crate::person::Person;
use crate::site::{SLUG, Site, Wanted};
use crate::wire::Ask;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;
use store::conformance::world;
use store::{DrawStep, Places as _};
use waiting_room::TicketId;
use waiting_room::draw::{Leaf, Lobby, Places, PublicSource, Root, Schedule, Seed};
use web::gate::drawing::DrawRules;

fn rules(is_demo: bool) -> DrawRules {
    DrawRules {
        source: PublicSource {
            name: "beacon".to_owned(),
            address: "https://beacon.invalid/{round}".to_owned(),
            first_at: Timestamp::UNIX_EPOCH,
            every_s: 30,
            is_demo,
        },
        schedule: Schedule::usual(world::opens_at()),
    }
}

fn drawn_site(is_demo: bool) -> Site {
    Site::with(Wanted { draw: Some(rules(is_demo)), admissions_per_second: 1, ..Wanted::default() })
}

/// The work of the draw is done beside the ticks, so it is not said after how many of them.
async fn until(site: &Site, what: &str, is_so: impl AsyncFn(&Site) -> bool) {
    for _ in 0..400 {
        if is_so(site).await {
            return;
        }
        site.after(SignedDuration::from_millis(500)).await;
    }
    panic!("{what}: never; the phase is {}", site.phase());
}

async fn file(site: &Site, name: &str) -> (u16, String) {
    let answer = site.ask(&Ask::get(&format!("/draw/files/{name}"))).await;
    (answer.status, answer.body)
}

async fn json(site: &Site, name: &str) -> Value {
    let (status, body) = file(site, name).await;
    assert_eq!(status, 200, "{name}: {body}");
    serde_json::from_str(&body).unwrap()
}

async fn frozen(site: &Site) {
    site.open().await;
    until(site, "the root is public", async |site| file(site, "root.json").await.0 == 200).await;
}

async fn opened(site: &Site) {
    frozen(site).await;
    until(site, "the line is open", async |site| site.phase() == "open").await;
}

async fn status(site: &Site, person: &Person) -> Value {
    let ask = Ask::get(&format!("/gate/{SLUG}/ticket")).header("charye-ticket", person.cookie("ticket"));
    site.ask(&ask).await.json()
}

async fn number(site: &Site, person: &Person) -> u64 {
    let status = status(site, person).await;
    status["queue_number"].as_u64().unwrap_or_else(|| panic!("{status}"))
}

/// In the lobby, with a ticket of a second of its own.
async fn waiting(site: &Site, number: u32, verified: bool) -> Person {
    let mut person = Person::number(number);
    person.join(site).await;
    site.seconds(2).await;
    assert_eq!(person.get(site, "/wait").await.status, 200);
    if verified {
        person.verify(site).await;
    }
    person
}

async fn receipt(site: &Site, person: &mut Person) -> TicketId {
    let page = person.get(site, "/draw").await.body;
    let hex = page.split_once("id=\"receipt\">").unwrap_or_else(|| panic!("{page}")).1;
    let hex = &hex[..32];
    TicketId(std::array::from_fn(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).unwrap()))
}

fn unhex(text: &str) -> [u8; 32] {
    std::array::from_fn(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap())
}

/// What anybody finds who has the files: list and order.
async fn computed(site: &Site) -> (Lobby, Places) {
    let list = file(site, "list.csv").await.1;
    let leaves = list.lines().skip(1).map(|line| Leaf(unhex(line.split_once(',').unwrap().1)));
    let lobby = Lobby::freeze(leaves.collect());
    let root = json(site, "root.json").await;
    assert_eq!(root["root"].as_str().unwrap(), web::published::hex(&lobby.root().0));
    let value = json(site, "value.json").await;
    let seed = Seed::of(SLUG, Root(lobby.root().0), lobby.count(), value["value"].as_str().unwrap());
    assert_eq!(value["seed"].as_str().unwrap(), web::published::hex(&seed.0));
    let places = Places::new(seed, lobby.count());
    (lobby, places)
}

#[tokio::test]
async fn whoever_proved_who_they_are_is_drawn_and_the_others_follow_as_they_came() {
    let site = drawn_site(true);
    let mut people = Vec::new();
    for n in 0..5 {
        people.push(waiting(&site, n, n != 1).await);
    }
    let page = people[0].get(&site, "/wait").await.body;
    assert!(page.contains("추첨에 들어갔습니다") && page.contains("data-state=\"undrawn\""), "{page}");
    let page = people[1].get(&site, "/wait").await.body;
    assert!(page.contains("아직 추첨에 들어가지 않았습니다"), "{page}");
    assert_eq!(status(&site, &people[0]).await["state"], "undrawn");
    let receipt = receipt(&site, &mut people[0]).await;
    assert_eq!(json(&site, "rules.json").await["source"]["every_s"], 30);
    for early in ["root.json", "list.csv", "value.json", "places.csv"] {
        assert_eq!(file(&site, early).await.0, 404, "{early}");
    }
    frozen(&site).await;
    assert_eq!((site.phase(), file(&site, "value.json").await.0), ("drawing", 404));
    assert_eq!(site.app.gate.serving_number(), 0);
    assert_eq!(people[0].enter(&site).await.location(), "/wait", "nobody enters before the draw");
    let mut late = waiting(&site, 9, true).await;
    let page = late.get(&site, "/wait").await.body;
    assert!(page.contains("추첨 다음 차례입니다"), "{page}");
    opened(&site).await;
    let (lobby, places) = computed(&site).await;
    assert_eq!(lobby.count(), 4);
    let mut drawn = BTreeSet::new();
    for n in [0, 2, 3, 4] {
        let own = self::receipt(&site, &mut people[n]).await;
        let position = lobby.position(Leaf::of(SLUG, own)).unwrap();
        assert_eq!(number(&site, &people[n]).await, places.place(position));
        drawn.insert(places.place(position));
    }
    assert!(drawn.into_iter().eq(0..4));
    assert_eq!(self::receipt(&site, &mut people[0]).await, receipt, "as it was told beforehand");
    assert_eq!((number(&site, &people[1]).await, number(&site, &late).await), (4, 5));
    let said = people[0].get(&site, "/draw").await.body;
    assert!(said.contains("id=\"drawn-number\"") && said.contains("명단에 있다는 증명"), "{said}");
    let order = file(&site, "places.csv").await.1;
    assert_eq!(order.lines().count(), 5, "{order}");
}

#[tokio::test]
async fn people_are_called_in_the_order_that_was_drawn() {
    let site = drawn_site(true);
    let mut people = Vec::new();
    for n in 0..6 {
        people.push(waiting(&site, n, true).await);
    }
    opened(&site).await;
    let mut order = Vec::new();
    for (n, person) in people.iter().enumerate() {
        order.push((number(&site, person).await, n));
    }
    order.sort_unstable();
    for (number, n) in order {
        until(&site, "the next is called", async |site| site.app.gate.serving_number() > number).await;
        assert_eq!(people[n].enter(&site).await.location(), "/book", "number {number}");
    }
}

#[tokio::test]
async fn a_person_with_many_tickets_takes_part_once() {
    let site = drawn_site(true);
    let mut one = waiting(&site, 1, true).await;
    for _ in 0..5 {
        let again = waiting(&site, 1, false).await;
        let mut again = again.with_cookie("session", one.cookie("session"));
        assert!(again.get(&site, "/wait").await.body.contains("추첨에 들어갔습니다"));
        assert_eq!(receipt(&site, &mut again).await, receipt(&site, &mut one).await);
    }
    let _other = waiting(&site, 2, true).await;
    opened(&site).await;
    assert_eq!(json(&site, "root.json").await["count"], 2);
}

#[tokio::test]
async fn a_value_that_is_late_is_waited_for_and_nothing_takes_its_place() {
    let site = drawn_site(false);
    let person = waiting(&site, 1, true).await;
    frozen(&site).await;
    for _ in 0..6 {
        site.after(SignedDuration::from_mins(10)).await;
    }
    assert_eq!((site.phase(), status(&site, &person).await["state"].as_str()), ("drawing", Some("undrawn")));
    let value = DrawStep::Value { value: "late".to_owned(), at: site.app.clock.now() };
    site.places().step_draw(site.app.gate.tag, value).unwrap();
    opened(&site).await;
    assert_eq!(number(&site, &person).await, 0);
    assert_eq!(json(&site, "value.json").await["value"], "late");
}

#[tokio::test]
async fn a_restart_changes_neither_list_nor_order() {
    let site = drawn_site(true);
    let mut people = Vec::new();
    for n in 0..6 {
        people.push(waiting(&site, n, true).await);
    }
    let site = site.restarted();
    assert!(people[0].get(&site, "/wait").await.body.contains("추첨에 들어갔습니다"));
    frozen(&site).await;
    let root = json(&site, "root.json").await;
    let site = site.restarted();
    opened(&site).await;
    assert_eq!(json(&site, "root.json").await, root);
    let mut numbers = Vec::new();
    for person in &people {
        numbers.push(number(&site, person).await);
    }
    // Rules that are configured otherwise now change nothing that was announced.
    let site = site.restarted_with(|wanted| {
        let rules = wanted.draw.as_mut().unwrap();
        rules.schedule.after_opening_s = 999;
    });
    for (person, number) in people.iter().zip(numbers) {
        assert_eq!(self::number(&site, person).await, number);
    }
    assert_eq!(json(&site, "rules.json").await["after_opening_s"], 60);
    opened(&site).await;
}

#[tokio::test]
async fn a_drawn_place_follows_the_person_and_an_earlier_ticket_does_not_take_it_away() {
    let site = drawn_site(true);
    let mut early = waiting(&site, 7, false).await;
    let _others = [waiting(&site, 2, true).await, waiting(&site, 3, true).await];
    let own = waiting(&site, 1, true).await;
    opened(&site).await;
    let drawn = number(&site, &own).await;
    assert!(drawn < 3);
    // On a device that was here before everybody, and proved nothing until now.
    early.name.clone_from(&own.name);
    early.number.clone_from(&own.number);
    early.phone.clone_from(&own.phone);
    early.verify(&site).await;
    assert_eq!(number(&site, &early).await, drawn);
    let mut elsewhere = Person::number(1);
    elsewhere.verify(&site).await;
    assert_eq!(number(&site, &elsewhere).await, drawn);
}

#[tokio::test]
async fn a_line_in_the_order_of_arrival_has_no_draw_and_says_so() {
    let site = Site::new();
    let page = site.ask(&Ask::get("/draw")).await;
    assert!(page.status == 200 && page.body.contains("이 예약은 추첨하지 않습니다"), "{page:?}");
    assert_eq!(file(&site, "rules.json").await.0, 404);
}
