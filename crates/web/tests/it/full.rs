//! Above the ceiling nobody is cut off: they read, in their language, that they are to come again, and when.

use crate::raw::{Raw, Said};
use crate::site::{SLUG, Site, Wanted};
use std::collections::BTreeSet;
use store::conformance::Figure;
use web::front::limits::SocketLimits;

fn site(connections_max: usize, turned_away_max: usize) -> Site {
    let socket = SocketLimits { connections_max, turned_away_max, ..SocketLimits::default() };
    Site::with(Wanted { socket, ..Wanted::default() })
}

async fn inside(site: &Site) -> Raw {
    let mut raw = Raw::to(site).await;
    raw.say(format!("GET /gate/{SLUG}.json HTTP/1.1\r\nhost: a\r\n\r\n")).await;
    assert_eq!(raw.hear_one().await.status, 200);
    raw
}

async fn ask(site: &Site, target: &str) -> Said {
    let mut raw = Raw::to(site).await;
    raw.say(format!("GET {target} HTTP/1.1\r\nhost: a\r\n\r\n")).await;
    let mut said = raw.hear_out().await;
    assert_eq!(said.len(), 1, "{target}: {said:?}");
    said.remove(0)
}

#[tokio::test]
async fn whoever_comes_to_a_full_house_reads_when_to_come_again() {
    let site = site(2, 50);
    let places = (inside(&site).await, inside(&site).await);
    let mut seconds = BTreeSet::new();
    let mut turned_away = 0;
    for _ in 0..20 {
        for (target, kind, word) in [
            ("/", "text/html; charset=utf-8", "저절로 다시 시도"),
            ("/my/booked?n=1", "text/html; charset=utf-8", "<html lang=\"ko\">"),
            ("/en/book", "text/html; charset=utf-8", "<html lang=\"en\">"),
            ("/api/v1/me", "application/problem+json", "\"code\":\"Busy\""),
            ("/gate/c55.json", "application/problem+json", "\"code\":\"Busy\""),
        ] {
            let said = ask(&site, target).await;
            assert_eq!((said.status, said.header("content-type")), (503, kind), "{target}");
            assert!(said.body.contains(word), "{target}: {said:?}");
            assert_eq!((said.header("connection"), said.header("cache-control")), ("close", "no-store"));
            seconds.insert(said.header("retry-after").parse::<u32>().unwrap());
            turned_away += 1;
        }
    }
    assert!(seconds.len() > 4, "they would all come again at once: {seconds:?}");
    assert_eq!(site.app.entrance.figures().turned_away, turned_away);
    drop(places);
    while site.app.entrance.figures().connections > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(ask_and_leave(&site).await.status, 200);
    let figure = Figure {
        promise: "D2",
        test: "above the ceiling of connections",
        runs: turned_away,
        of: "connections above the ceiling",
        violations: 0,
        saboteur: "a listen queue instead of words",
        caught: u64::from(the_queue_says_nothing().await),
        more: format!("Retry-After {seconds:?}"),
    };
    figure.tell();
}

async fn ask_and_leave(site: &Site) -> Said {
    let mut raw = Raw::to(site).await;
    raw.say("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    raw.hear_one().await
}

/// Where nobody may be turned away, whoever comes to a full house waits without a word.
async fn the_queue_says_nothing() -> bool {
    let site = site(1, 0);
    let _place = inside(&site).await;
    let mut raw = Raw::to(&site).await;
    raw.say("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let mut turns = 0;
    let waiting = std::future::poll_fn(|ctx| {
        turns += 1;
        ctx.waker().wake_by_ref();
        if turns > 1_000 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    });
    tokio::select! {
        biased;
        _ = raw.hear_one() => false,
        () = waiting => true,
    }
}

/// A form that is still being sent: the page must not be lost to the reset of what nobody reads.
#[tokio::test]
async fn the_page_reaches_whoever_is_still_sending() {
    let site = site(1, 5);
    let _place = inside(&site).await;
    let mut raw = Raw::to(&site).await;
    let form = "name=".to_owned() + &"a".repeat(400_000);
    let head = format!("POST /identity HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", form.len());
    assert!(raw.say(head + &form).await);
    let said = raw.hear_out().await;
    assert_eq!((said.len(), said[0].status), (1, 503));
}

/// The same where the house is not full and the form too large.
#[tokio::test]
async fn the_page_about_a_body_that_is_too_large_reaches_whoever_is_still_sending() {
    let site = site(5, 5);
    let mut raw = Raw::to(&site).await;
    let form = "name=".to_owned() + &"a".repeat(600_000);
    let kind = "content-type: application/x-www-form-urlencoded";
    let head =
        format!("POST /identity HTTP/1.1\r\nhost: a\r\n{kind}\r\ncontent-length: {}\r\n\r\n", form.len());
    assert!(raw.say(head + &form).await);
    let said = raw.hear_out().await;
    assert_eq!((said.len(), said[0].status), (1, 413), "{said:?}");
}

/// Only so many are spoken to at once; the next ones wait in the kernel's queue and are spoken to then.
#[tokio::test(start_paused = true)]
async fn whoever_is_turned_away_and_says_nothing_takes_nobodys_turn_for_long() {
    let site = site(1, 2);
    let _place = inside(&site).await;
    let silent = [Raw::to(&site).await, Raw::to(&site).await];
    let said = ask(&site, "/").await;
    assert_eq!(said.status, 503);
    for mut raw in silent {
        assert!(raw.hear_out().await.is_empty(), "nobody answers silence");
    }
}

#[tokio::test]
async fn one_address_cannot_take_every_place() {
    let socket = SocketLimits { connections_per_address_max: 2, ..SocketLimits::default() };
    let site = Site::with(Wanted { socket, ..Wanted::default() });
    let _places = (inside(&site).await, inside(&site).await);
    assert_eq!(ask(&site, "/").await.status, 503);
    assert_eq!(site.app.entrance.figures().connections, 2);
}

/// Behind a proxy every connection is the proxy's: there the requests of a client are counted, by the address that the
/// proxy saw, whatever the client writes to the left of it.
#[tokio::test]
async fn behind_a_proxy_a_client_is_counted_by_what_the_proxy_saw() {
    let socket = SocketLimits { connections_per_address_max: 1, trusted_hops: 1, ..SocketLimits::default() };
    let site = Site::with(Wanted { socket, ..Wanted::default() });
    let kind = "content-type: application/x-www-form-urlencoded\r\ncontent-length: 900";
    let mut under_way = Raw::to(&site).await;
    under_way
        .say(format!(
            "POST /identity HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 192.0.2.7\r\n{kind}\r\n\r\nname="
        ))
        .await;
    let answer = async |forwarded: String| {
        let mut raw = Raw::to(&site).await;
        let head = format!("GET /help HTTP/1.1\r\nhost: a\r\nx-forwarded-for: {forwarded}\r\n");
        raw.say(head + "connection: close\r\n\r\n").await;
        raw.hear_out().await.remove(0).status
    };
    for forged in 0..20 {
        assert_eq!(answer(format!("198.51.100.{forged}, 192.0.2.7")).await, 503, "{forged}");
    }
    assert_eq!(answer("192.0.2.7, 192.0.2.8".to_owned()).await, 200);
    drop(under_way);
    while answer("192.0.2.7".to_owned()).await == 503 {
        tokio::task::yield_now().await;
    }
}
