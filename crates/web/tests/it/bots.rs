//! Programs with many connections and few people behind them: however many tickets they take, a person has one place.
//! A thousand connections in every run, ten thousand with `CHARYE_LONG=1`.

use crate::person::Person;
use crate::site::{SLUG, Site, Wanted};
use crate::wire::Ask;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::MemoryPlaces;
use store::conformance::Figure;

/// Connections, and how many people are behind them.
fn sizes() -> (u32, [u32; 3]) {
    if std::env::var_os("CHARYE_LONG").is_some() { (10_000, [1, 10, 1_000]) } else { (1_000, [1, 10, 100]) }
}

/// Each connection takes a ticket of its own and proves to be one of the people; then every ticket that is still good
/// says which place it is.
async fn places_held(site: &Site, connections: u32, people: u32) -> usize {
    let mut sessions = Vec::new();
    for number in 0..people {
        let mut person = Person::number(number);
        person.verify(site).await;
        sessions.push(person.cookie("session").to_owned());
    }
    let mut bots = Vec::new();
    for number in 0..connections {
        let joined = site.wire().ask(&Ask::new("POST", &format!("/gate/{SLUG}/tickets"))).await;
        let ticket = joined.json()["ticket"].as_str().unwrap_or_else(|| panic!("{joined:?}")).to_owned();
        let session = &sessions[(number % people) as usize];
        bots.push(Person::number(0).with_cookie("ticket", &ticket).with_cookie("session", session));
        // So many are reserved in a second where few come.
        if number % 30 == 29 {
            site.seconds(1).await;
        }
    }
    site.seconds(2).await;
    for bot in &mut bots {
        assert_eq!(bot.get(site, "/wait").await.status, 200);
    }
    let mut held = BTreeSet::new();
    for bot in &bots {
        let ask = Ask::get(&format!("/gate/{SLUG}/ticket")).header("charye-ticket", bot.cookie("ticket"));
        let said = site.ask(&ask).await;
        held.extend((said.status == 200).then(|| said.json()["queue_number"].as_u64().unwrap()));
    }
    held.len()
}

#[tokio::test]
async fn ten_thousand_connections_have_as_many_places_as_there_are_people_behind_them() {
    let (connections, all) = sizes();
    let mut off = 0;
    for people in all {
        let held = places_held(&Site::new(), connections, people).await;
        println!("{connections} connections, {people} people: {held} places");
        off += held.abs_diff(people as usize);
    }
    let cookie_only = Wanted { places: Arc::new(MemoryPlaces::forgetting()), ..Wanted::default() };
    let sabotaged = places_held(&Site::with(cookie_only), connections / 10, 1).await;
    Figure {
        promise: "C7",
        test: "many connections",
        runs: u64::from(connections) * all.len() as u64,
        of: "tickets of few people",
        violations: off as u64,
        saboteur: "the cookie is the only memory",
        caught: sabotaged as u64 - 1,
        more: format!("{connections} connections of {all:?} people"),
    }
    .tell();
}
