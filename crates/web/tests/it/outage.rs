//! The booking store is gone, hangs, or has a bug: the line lives on, and everybody gets a page.

use crate::ledger::Mood;
use crate::person::Person;
use crate::program::Program;
use crate::rules::{address, guarded, prefixes, prey};
use crate::site::{SIGUNGU, SLUG, Site, Wanted};
use crate::wire::{Answer, Ask};
use web::context::Wants;
use web::overload::Plane;
use web::routes::table;

/// What must answer whatever the store does, and how.
async fn assert_the_line_lives(site: &Site, person: &mut Person) {
    let region = format!("/regions/{SIGUNGU}");
    for path in ["/", "/regions", &region, "/help", "/status", "/identity", "/wait"] {
        let answer = person.get(site, path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    let fixed: Vec<String> = site.app.static_plane.keys().cloned().collect();
    for path in fixed.iter().chain([&site.app.gate_document_path, &"/healthz".to_owned()]) {
        assert_eq!(site.ask(&Ask::get(path)).await.status, 200, "{path}");
    }
    let mut program = Program::default();
    assert_eq!(program.join(site).await.status, 201, "the line still gives tickets");
    Person { prefix: person.prefix, ..Person::number(99) }.join(site).await;
    program.settle(site).await;
    assert_eq!(program.status(site).await.json()["state"], "settled");
}

fn assert_is_trouble(answer: &Answer, prefix: &str, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}: {answer:?}");
    let words = if prefix.is_empty() {
        "이용하시는 분의 잘못이 아닙니다"
    } else {
        "It is not your fault"
    };
    assert!(answer.is_html() && answer.body.contains(words), "{what}: {answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn without_a_store_the_line_lives_and_guarded_pages_say_when_to_come_again() {
    let site = Site::new();
    let (holder, booker, prey) = prey(&site).await;
    site.ledger.feel(Mood::Gone);
    site.seconds(2).await;
    for prefix in ["", "/en"] {
        let mut person = Person { prefix, ..Person::number(1) };
        assert_the_line_lives(&site, &mut person).await;
        person.join(&site).await;
        let wait = person.get(&site, "/wait").await;
        assert!(wait.body.contains("data-phase=\"trouble\""), "{wait:?}");
    }
    for route in guarded() {
        for prefix in prefixes(route) {
            let what = format!("{} {prefix}{}", route.method, route.path);
            let answer = site.ask(&Person { prefix, ..holder.clone() }.dressed(prey.ask(route))).await;
            assert_eq!(answer.header("retry-after"), "20", "{what}: {answer:?}");
            if route.wants == Wants::Page {
                assert_is_trouble(&answer, prefix, 503, &what);
            } else {
                assert_eq!((answer.status, answer.code().as_str()), (503, "BookingUnavailable"), "{what}");
            }
        }
    }
    site.ledger.feel(Mood::Well);
    site.seconds(2).await;
    assert_eq!(site.phase(), "open");
    let mine = booker.clone().get(&site, "/my").await;
    assert!(mine.body.contains(&prey.appointment), "nothing was lost: {mine:?}");
}

#[tokio::test]
async fn without_a_store_an_identity_check_says_when_to_come_again_and_the_code_stays_good() {
    let site = Site::new();
    let mut person = Person::number(1);
    let code = person.ask_for_code(&site).await;
    site.ledger.feel(Mood::Gone);
    let answer = person.post(&site, "/identity/code", &[("code", &code)]).await;
    assert_is_trouble(&answer, "", 503, "POST /identity/code");
    assert_eq!(answer.header("retry-after"), "20");
    assert_eq!(person.cookie("session"), "");
    site.ledger.feel(Mood::Well);
    let answer = person.post(&site, "/identity/code", &[("code", &code)]).await;
    assert_eq!(answer.location(), "/my", "{answer:?}");
}

/// All places of the booking plane are taken by requests that will never end: whoever waits is not behind them.
#[tokio::test]
async fn a_store_that_hangs_does_not_hold_up_the_line() {
    let site = Site::with(Wanted { booking_requests_max: 1, ..Wanted::default() });
    let (holder, ..) = prey(&site).await;
    site.ledger.feel(Mood::Hangs);
    let stuck = holder.dressed(Ask::get("/my"));
    let mut wire = site.wire();
    tokio::select! {
        biased;
        answer = wire.ask(&stuck) => panic!("it cannot be answered: {answer:?}"),
        () = async {
            turns_until(|| site.app.planes.figures(Plane::Booking).unwrap().in_flight > 0).await;
            assert_the_line_lives(&site, &mut Person::number(1)).await;
            let busy = site.ask(&holder.dressed(Ask::get("/my"))).await;
            assert_is_trouble(&busy, "", 503, "the second at a full booking plane");
            let retry_after: u32 = busy.header("retry-after").parse().unwrap();
            assert!((4..12).contains(&retry_after), "{busy:?}");
            assert!(busy.body.contains(&format!("http-equiv=\"refresh\" content=\"{retry_after}\"")), "{busy:?}");
        } => {}
    }
}

/// Nothing is done any more for a connection that was dropped, and its place is free again.
#[tokio::test]
async fn whoever_goes_away_gives_their_place_back() {
    let site = Site::with(Wanted { booking_requests_max: 1, ..Wanted::default() });
    let (holder, ..) = prey(&site).await;
    site.ledger.feel(Mood::Hangs);
    let in_flight = || site.app.planes.figures(Plane::Booking).unwrap().in_flight;
    let stuck = holder.dressed(Ask::get("/my"));
    let mut wire = site.wire();
    tokio::select! {
        biased;
        answer = wire.ask(&stuck) => panic!("it cannot be answered: {answer:?}"),
        () = turns_until(|| in_flight() == 1) => {}
    }
    drop(wire);
    turns_until(|| in_flight() == 0).await;
    site.ledger.feel(Mood::Well);
    assert_eq!(site.ask(&holder.dressed(Ask::get("/my"))).await.status, 200);
}

pub(crate) async fn turns_until(is_so: impl Fn() -> bool) {
    let mut turns = 0;
    while !is_so() {
        tokio::task::yield_now().await;
        turns += 1;
        assert!(turns < 1_000_000, "it never came to that");
    }
}

#[tokio::test]
async fn only_what_is_marked_so_asks_the_ledger() {
    let site = Site::new();
    let (holder, _, prey) = prey(&site).await;
    for route in table().iter().filter(|route| !route.asks_the_ledger()) {
        for person in [Person::number(1), holder.clone()] {
            let before = site.ledger.asked();
            for ask in [prey.ask(route), Ask::new(route.method.as_str(), &address(route))] {
                site.ask(&person.dressed(ask)).await;
            }
            assert_eq!(site.ledger.asked(), before, "{} {}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn a_bug_becomes_the_trouble_page_and_the_connection_lives_on() {
    let site = Site::new();
    let (holder, _, prey) = prey(&site).await;
    let mut wire = site.wire();
    site.ledger.feel(Mood::Panics);
    for route in guarded() {
        for prefix in prefixes(route) {
            let what = format!("{} {prefix}{}", route.method, route.path);
            let ask = Person { prefix, ..holder.clone() }.dressed(prey.ask(route));
            let answer = wire.try_ask(&ask).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            if route.wants == Wants::Page {
                assert_is_trouble(&answer, prefix, 500, &what);
            } else {
                assert_eq!((answer.status, answer.code().as_str()), (500, "Bug"), "{what}");
            }
        }
    }
    site.ledger.feel(Mood::Well);
    assert_eq!(wire.ask(&holder.dressed(Ask::get("/book/hold"))).await.status, 200);
    assert_eq!(wire.opened, 1, "one connection for all of it");
    let ticket = wire.ask(&Ask::new("POST", &format!("/gate/{SLUG}/tickets"))).await;
    assert_eq!(ticket.status, 201);
}

#[tokio::test]
async fn a_page_that_renews_itself_keeps_still_for_whoever_asks_it_to() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    let mut waiting = Person::number(1);
    waiting.join(&site).await;
    site.ledger.feel(Mood::Gone);
    for (mut person, path) in [(waiting, "/wait"), (holder, "/my")] {
        let renewing = person.get(&site, path).await;
        assert!(renewing.body.contains("http-equiv=\"refresh\""), "{path}: {renewing:?}");
        let still_path = format!("{path}?still");
        assert!(renewing.body.contains(&format!("href=\"{still_path}\"")), "{path}: {renewing:?}");
        let still = person.get(&site, &still_path).await;
        assert_eq!(still.status, renewing.status);
        assert!(!still.body.contains("http-equiv=\"refresh\""), "{path}: {still:?}");
    }
}
