//! What machines that watch are told: counters, health, one line for each request; never a person.

use crate::ledger::Mood;
use crate::privacy::capture;
use crate::rules::prey;
use crate::site::{Site, Wanted};
use crate::wire::{Answer, Ask, Wire};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Clock as _;
use web::front;
use web::watching::operator;

/// The operator's listener of a site.
pub(crate) fn watcher(site: &Site) -> Wire {
    let listener = front::bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(operator::serve(listener, Arc::clone(&site.app)));
    Wire::to(address)
}

pub(crate) async fn metrics(watcher: &mut Wire) -> BTreeMap<String, f64> {
    let answer = watcher.ask(&Ask::get("/metrics")).await;
    assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"), "{answer:?}");
    let samples = answer.body.lines().filter(|line| !line.starts_with('#'));
    let pairs = samples.map(|line| line.rsplit_once(' ').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
}

/// What Prometheus itself checks is checked by `cargo xtask scrape`.
#[tokio::test]
async fn every_figure_has_a_name_of_ours_a_unit_and_a_line_of_help() {
    let site = Site::new();
    prey(&site).await;
    let text = watcher(&site).ask(&Ask::get("/metrics")).await.body;
    let mut families = BTreeMap::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').unwrap();
            assert!(help.len() > 10 && families.insert(name, line).is_none(), "{line}");
        } else if !line.starts_with('#') {
            let name = line.split(['{', ' ']).next().unwrap();
            let base =
                ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            assert!(families.contains_key(base), "{line} stands before its help");
            assert!(name.starts_with("charye_") || name.starts_with("process_"), "{line}");
        }
    }
    assert!((15..40).contains(&families.len()), "few: {families:?}");
}

#[tokio::test]
async fn requests_refusals_and_the_line_are_counted() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    let mut watcher = watcher(&site);
    let before = metrics(&mut watcher).await;
    for _ in 0..3 {
        assert_eq!(site.ask(&holder.dressed(Ask::get("/my"))).await.status, 200);
        assert_eq!(site.ask(&Ask::get("/nowhere")).await.status, 404);
        assert_eq!(site.ask(&Ask::get("/")).await.status, 200);
    }
    let after = metrics(&mut watcher).await;
    let more = |name: &str| (after[name] - before.get(name).copied().unwrap_or(0.0)) as u64;
    assert_eq!(more("charye_requests_total{plane=\"booking\",class=\"2xx\"}"), 3);
    assert_eq!(more("charye_requests_total{plane=\"gate\",class=\"4xx\"}"), 3);
    assert_eq!(more("charye_request_duration_seconds_count{plane=\"booking\"}"), 3);
    assert_eq!(more("charye_requests_from_memory_total"), 3);
    assert_eq!(more("charye_refusals_total{code=\"NotFound\"}"), 3);
    assert_eq!(after["charye_in_flight_requests{plane=\"booking\"}"] as u64, 0);
    assert!(after["charye_line_serving_number"] >= 1.0 && after["charye_connections_open"] >= 1.0);
    assert_eq!(after["charye_ledger_well"] as u64, 1);
}

async fn ready(watcher: &mut Wire) -> Answer {
    watcher.ask(&Ask::get("/health/ready")).await
}

#[tokio::test]
async fn a_plane_that_turns_people_away_is_busy_and_not_dead() {
    let site = Site::with(Wanted { booking_requests_max: 1, ..Wanted::default() });
    let (holder, ..) = prey(&site).await;
    let mut watcher = watcher(&site);
    assert_eq!(ready(&mut watcher).await.json()["booking"], "ok");
    let ask = holder.dressed(Ask::get("/my"));
    let refused = crate::overload::asked_while_full(&site, &holder, &[ask]).await;
    assert_eq!(refused[0].status, 503);
    let answer = ready(&mut watcher).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let health = answer.json();
    assert_eq!(
        (&health["booking"], &health["gate"], &health["ready"]),
        (&"shedding".into(), &"ok".into(), &true.into())
    );
    site.seconds(6).await;
    assert_eq!(ready(&mut watcher).await.json()["booking"], "ok");
}

#[tokio::test]
async fn a_sick_ledger_is_told_and_the_line_stays_ready() {
    let site = Site::new();
    let mut watcher = watcher(&site);
    site.ledger.feel(Mood::Gone);
    site.seconds(1).await;
    let answer = ready(&mut watcher).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!((&answer.json()["ledger"], &answer.json()["gate"]), (&"sick".into(), &"ok".into()));
    site.clock.advance(jiff::SignedDuration::from_mins(1));
    let answer = ready(&mut watcher).await;
    assert_eq!((answer.status, &answer.json()["gate"]), (503, &"sick".into()), "a keeper that has stopped");
    assert_eq!(watcher.ask(&Ask::get("/health/live")).await.status, 200);
    assert_eq!(watcher.ask(&Ask::new("POST", "/metrics")).await.status, 405);
    assert!(site.clock.now() > jiff::Timestamp::UNIX_EPOCH);
}

#[tokio::test]
async fn the_public_listener_has_no_metrics() {
    let site = Site::new();
    for path in ["/metrics", "/health/ready", "/health/live"] {
        assert_eq!(site.ask(&Ask::get(path)).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_request_is_one_line_that_reads_alone_and_names_nobody() {
    let site = Site::new();
    let (holder, booker, prey) = prey(&site).await;
    let logs = capture();
    let path = format!("/my/booked/{}?who=secret", prey.appointment);
    assert_eq!(site.ask(&booker.dressed(Ask::get(&path))).await.status, 200);
    assert_eq!(site.ask(&holder.dressed(Ask::get("/my/booked/nobody"))).await.status, 404);
    let text = logs.text();
    let line = |status: &str| {
        let found = text
            .lines()
            .find(|line| line.contains("/my/booked/{number}") && line.contains(&format!("status={status}")));
        found.unwrap_or_else(|| panic!("no line with {status}: {text}"))
    };
    for part in ["method=\"GET\"", "plane=\"booking\"", "ms=", "bytes=", "request=", "refusal=\"none\""] {
        assert!(line("200").contains(part), "{part} in {}", line("200"));
    }
    assert!(line("404").contains("refusal=\"AppointmentUnknown\""), "{}", line("404"));
    let access: Vec<_> = text.lines().filter(|line| line.contains("web::access")).collect();
    let leaks = access.iter().find(|line| line.contains(&prey.appointment) || line.contains("secret"));
    assert!(leaks.is_none(), "{leaks:?}");
}
