//! A place follows the person: by its code, by who they are; the newest ticket counts, and nobody takes it from them.

use crate::person::Person;
use crate::program::{Program, text};
use crate::site::{SLUG, Site, Wanted};
use crate::wire::{Answer, Ask};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::conformance::Figure;
use store::{MemoryPlaces, Places as _};

/// In line, with a number, not verified.
async fn waiting(site: &Site, number: u32) -> (Person, u64) {
    let mut person = Person::number(number);
    person.join(site).await;
    let place = person.settle(site).await;
    (person, place)
}

/// The same person with an empty jar.
fn elsewhere(person: &Person) -> Person {
    Person { jar: BTreeMap::new(), csrf: None, ..person.clone() }
}

async fn code(site: &Site, person: &mut Person) -> String {
    let page = person.get(site, "/wait").await.body;
    let (_, rest) = page.split_once("id=\"code\">").unwrap_or_else(|| panic!("no code: {page}"));
    rest.split_once('<').unwrap().0.to_owned()
}

async fn type_code(site: &Site, person: &mut Person, code: &str) -> Answer {
    person.post(site, "/wait/code", &[("place_code", code)]).await
}

fn place(site: &Site, person: &Person) -> Option<u64> {
    site.app.gate.open_ticket(person.cookie("ticket")).and_then(|ticket| ticket.place_number)
}

async fn state(site: &Site, person: &mut Person) -> String {
    let page = person.get(site, "/wait").await.body;
    page.split_once("data-state=\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_place_goes_on_where_its_code_is_typed_and_the_old_device_is_told() {
    let site = Site::new();
    let (_, _) = waiting(&site, 1).await;
    let (mut old, number) = waiting(&site, 2).await;
    let code = code(&site, &mut old).await;
    let mut new = elsewhere(&old);
    let loose = code.replace('-', " ").to_ascii_lowercase();
    let answer = type_code(&site, &mut new, &loose).await;
    assert_eq!((answer.status, answer.location()), (303, "/wait"), "{answer:?}");
    assert_eq!(place(&site, &new), Some(number));
    assert_eq!(
        (state(&site, &mut new).await, state(&site, &mut old).await),
        ("waiting".into(), "elsewhere".into())
    );
    let program = Ask::get(&format!("/gate/{SLUG}/ticket")).header("charye-ticket", old.cookie("ticket"));
    let told = site.ask(&program).await;
    assert_eq!((told.status, told.code().as_str()), (409, "PlaceElsewhere"));
    // Both prove to be the same person; only the newest ticket enters.
    site.open().await;
    let verified = {
        new.verify(&site).await;
        old.with_cookie("session", new.cookie("session"))
    };
    let mut old = verified;
    let refused = old.enter(&site).await;
    assert!(refused.status == 409 && refused.body.contains("700"), "{refused:?}");
    assert_eq!(new.enter(&site).await.location(), "/book");
}

#[tokio::test]
async fn a_place_comes_back_to_the_device_it_had_left() {
    let site = Site::new();
    let (mut old, number) = waiting(&site, 2).await;
    let code = code(&site, &mut old).await;
    let mut new = elsewhere(&old);
    type_code(&site, &mut new, &code).await;
    assert_eq!(old.post(&site, "/wait/back", &[]).await.location(), "/wait");
    assert_eq!(place(&site, &old), Some(number));
    assert_eq!(
        (state(&site, &mut old).await, state(&site, &mut new).await),
        ("waiting".into(), "elsewhere".into())
    );
    // Pressed where the place is, it does nothing.
    let ticket = old.cookie("ticket").to_owned();
    old.post(&site, "/wait/back", &[]).await;
    assert_eq!(old.cookie("ticket"), ticket);
    // Whoever held somebody else's takes one of their own.
    new.post(&site, "/wait/anew", &[]).await;
    assert_ne!(new.settle(&site).await, number);
    assert_eq!(state(&site, &mut old).await, "waiting");
}

#[tokio::test]
async fn a_code_that_was_never_told_changes_nothing_and_stays_in_the_form() {
    let site = Site::new();
    let (mut old, _) = waiting(&site, 2).await;
    let code = code(&site, &mut old).await;
    let mut new = elsewhere(&old);
    let last = if code.ends_with('7') { "8" } else { "7" };
    let forged = format!("{}{last}", &code[..code.len() - 1]);
    for (typed, words) in
        [(forged.as_str(), "이런 대기표 코드는 없습니다"), ("7F3K", "16자를"), ("", "대기표 코드")]
    {
        let answer = type_code(&site, &mut new, typed).await;
        assert_eq!(answer.status, 422, "{typed}");
        assert!(
            answer.body.contains(words) && answer.body.contains(&format!("value=\"{typed}\"")),
            "{answer:?}"
        );
        assert!(
            answer.body.contains("aria-invalid=\"true\" aria-describedby=\"place_code-error"),
            "{answer:?}"
        );
    }
    assert_eq!((new.cookie("ticket"), state(&site, &mut old).await.as_str()), ("", "waiting"));
    let program = Ask::json(&format!("/gate/{SLUG}/place"), &json!({"place_code": forged}));
    let refused = site.ask(&program).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "PlaceCodeUnknown"));
}

#[tokio::test]
async fn a_program_takes_a_place_over_too() {
    let site = Site::new();
    let mut program = Program::number(3);
    program.join(&site).await;
    let number = program.settle(&site).await;
    let code = text(&program.status(&site).await, "place_code");
    let taken = site.ask(&Ask::json(&format!("/gate/{SLUG}/place"), &json!({"place_code": code}))).await;
    assert_eq!((taken.status, taken.json()["queue_number"].as_u64()), (200, Some(number)), "{taken:?}");
    assert_eq!(program.get(&site, &format!("/gate/{SLUG}/ticket")).await.code(), "PlaceElsewhere");
}

#[tokio::test]
async fn whoever_proves_who_they_are_elsewhere_has_their_place_back() {
    let site = Site::new();
    let (mut old, number) = waiting(&site, 1).await;
    old.verify(&site).await;
    let mut new = elsewhere(&old);
    new.verify(&site).await;
    assert_eq!(place(&site, &new), Some(number));
    assert_eq!(
        (state(&site, &mut new).await, state(&site, &mut old).await),
        ("waiting".into(), "elsewhere".into())
    );
    // On the same device nothing moves.
    let ticket = new.cookie("ticket").to_owned();
    new.verify(&site).await;
    assert_eq!(new.cookie("ticket"), ticket);
}

/// Found by reading: whoever proved who they are to look at their appointment did not get their place back.
#[tokio::test]
async fn whoever_came_to_see_their_appointment_has_their_place_back_too() {
    let site = Site::new();
    let (mut old, number) = waiting(&site, 1).await;
    old.verify(&site).await;
    let mut new = elsewhere(&old);
    let mut claim: Vec<_> = new.claim().to_vec();
    claim.push(("next", "my".to_owned()));
    let claim: Vec<_> = claim.iter().map(|(name, value)| (*name, value.as_str())).collect();
    new.post(&site, "/identity", &claim).await;
    let code = site.outbox.of_phone(&new.phone)[0].code.clone().unwrap();
    let answer = new.post(&site, "/identity/code", &[("code", &code)]).await;
    assert_eq!((answer.location(), place(&site, &new)), ("/my", Some(number)));
}

#[tokio::test]
async fn a_hundred_tickets_of_one_person_are_one_place_the_earliest() {
    let site = Site::new();
    let mut tickets = Vec::new();
    for number in 0..100 {
        let mut tab = Person::number(1);
        tab.join(&site).await;
        tickets.push(tab);
        if number % 20 == 19 {
            site.seconds(1).await;
        }
    }
    site.seconds(1).await;
    let mut places = Vec::new();
    // The latest first: an earlier one takes the place of a later. The fifth finds the first.
    for number in [99, 60, 30, 0, 45] {
        let tab = &mut tickets[number];
        tab.get(&site, "/wait").await;
        tab.verify(&site).await;
        places.push(place(&site, tab).unwrap());
    }
    assert_eq!(places, [99, 60, 30, 0, 0]);
    assert_eq!(state(&site, &mut tickets[0]).await, "elsewhere", "the first device is told");
    site.open().await;
    site.seconds(15).await;
    let newest = &mut tickets[45];
    assert_eq!(newest.enter(&site).await.location(), "/book");
}

#[tokio::test]
async fn a_place_that_is_somebodys_is_nobody_elses() {
    let site = Site::new();
    let (mut owner, number) = waiting(&site, 1).await;
    let code = code(&site, &mut owner).await;
    owner.verify(&site).await;
    // Verified before: the code is refused.
    let mut thief = Person::number(2);
    thief.verify(&site).await;
    let refused = type_code(&site, &mut thief, &code).await;
    assert!(refused.status == 409 && refused.body.contains("702"), "{refused:?}");
    assert_eq!(state(&site, &mut owner).await, "waiting");
    // Not verified yet: the place moves, and stays the owner's.
    let mut thief = Person::number(3);
    type_code(&site, &mut thief, &code).await;
    let sent = thief.ask_for_code(&site).await;
    let told = thief.post(&site, "/identity/code", &[("code", &sent)]).await;
    assert!(told.status == 409 && told.body.contains("702"), "{told:?}");
    assert!(told.body.contains("action=\"/wait/anew\""), "the way on is a button: {told:?}");
    site.open().await;
    assert!(thief.enter(&site).await.body.contains("702"));
    let mut again = elsewhere(&owner);
    again.verify(&site).await;
    assert_eq!((place(&site, &again), again.enter(&site).await.location()), (Some(number), "/book"));
}

#[tokio::test]
async fn the_exchange_goes_by_what_is_on_disk_not_by_what_this_process_has_heard() {
    let site = Site::new();
    let (mut old, number) = waiting(&site, 1).await;
    old.verify(&site).await;
    site.open().await;
    // Another process takes the place over, in the moment before this one hears of it.
    site.app.gate.published();
    let tag = site.app.gate.tag;
    assert_eq!(site.places().take_over(tag, number).unwrap(), 1);
    assert_eq!(state(&site, &mut old).await, "called", "not heard yet");
    let refused = old.enter(&site).await;
    assert!(refused.status == 409 && refused.body.contains("700"), "{refused:?}");
    site.tick().await;
    assert_eq!(state(&site, &mut old).await, "elsewhere");
}

#[tokio::test]
async fn a_restart_forgets_no_take_over() {
    let site = Site::new();
    let (mut old, _) = waiting(&site, 1).await;
    let code = code(&site, &mut old).await;
    let mut new = elsewhere(&old);
    type_code(&site, &mut new, &code).await;
    let site = site.restarted();
    site.seconds(1).await;
    assert_eq!(
        (state(&site, &mut new).await, state(&site, &mut old).await),
        ("waiting".into(), "elsewhere".into())
    );
}

#[tokio::test]
async fn inside_another_program_one_is_told_how_to_go_on_in_a_browser() {
    let site = Site::new();
    let (person, _) = waiting(&site, 1).await;
    let inside =
        "Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/91.0 Mobile Safari/537.36 KAKAOTALK 9.4.2";
    for (prefix, agent, words) in [
        ("", inside, Some("카카오톡 안에서")),
        ("/en", inside, Some("inside KakaoTalk")),
        ("", "Mozilla/5.0 (Linux; Android 11) Chrome/91.0", None),
    ] {
        let person = Person { prefix, ..person.clone() };
        let page = site.ask(&person.dressed(Ask::get("/wait").header("user-agent", agent))).await.body;
        assert_eq!(page.contains("카카오톡") || page.contains("KakaoTalk"), words.is_some(), "{agent}");
        assert!(words.is_none_or(|words| page.contains(words)), "{page}");
    }
}

/// (regained by their own people, taken by others) of so many whose cookies are gone.
async fn regained(site: &Site, people: u32) -> (u64, u64) {
    let (mut own, mut by_others) = (0, 0);
    for number in 0..people {
        let (mut person, place_before) = waiting(site, number + 1).await;
        let code = code(site, &mut person).await;
        let by_code = number % 2 == 0;
        if !by_code {
            person.verify(site).await;
        }
        // Somebody else tries with what one can guess: the code of the neighbour, changed; their own identity.
        let mut stranger = Person::number(5_000 + number);
        let guessed = format!("{}{}", if code.starts_with('1') { "2" } else { "1" }, &code[1..]);
        type_code(site, &mut stranger, &guessed).await;
        stranger.verify(site).await;
        by_others += u64::from(place(site, &stranger) == Some(place_before));
        let mut new = elsewhere(&person);
        if by_code {
            type_code(site, &mut new, &code).await;
        } else {
            new.verify(site).await;
        }
        let is_there = place(site, &new) == Some(place_before);
        own += u64::from(is_there && state(site, &mut person).await == "elsewhere");
    }
    (own, by_others)
}

#[tokio::test]
async fn whoever_lost_every_cookie_regains_their_place_and_nobody_else_does() {
    const PEOPLE: u32 = 60;
    let (own, by_others) = regained(&Site::new(), PEOPLE).await;
    let cookie_only = Wanted { places: Arc::new(MemoryPlaces::forgetting()), ..Wanted::default() };
    let (kept, _) = regained(&Site::with(cookie_only), PEOPLE).await;
    Figure {
        promise: "C3",
        test: "cookies gone",
        runs: u64::from(PEOPLE),
        of: "places whose cookies were lost",
        violations: u64::from(PEOPLE) - own + by_others,
        saboteur: "the cookie is the only memory",
        caught: u64::from(PEOPLE) - kept,
        more: format!("regained {own}, half by code, half by identity; by somebody else {by_others}"),
    }
    .tell();
}
