//! Anybody can see who booked when and by which way; nobody can see who it was.

use crate::ledger::Mood;
use crate::person::Person;
use crate::site::Site;
use crate::staff::{Desk, caller, on_duty};
use crate::wire::{Answer, Ask};
use jiff::SignedDuration;
use web::fairness::{Counted, Counting};
use web::staff::account::Role;

const BANDS: [&str; 3] = ["09:00", "09:30", "10:00"];

async fn page(site: &Site, path: &str) -> Answer {
    site.ask(&Ask::get(path)).await
}

/// The background task, until it has read everything.
async fn count(site: &Site, counting: &mut Counting) {
    while counting.step(&site.app).await.unwrap() == Counted::Some {}
}

/// The hour that is under way ends, and the time in which its last commits may come.
async fn next_hour(site: &Site) {
    site.after(SignedDuration::from_mins(61)).await;
}

async fn books_online(site: &Site, number: u32, clinic: &str, time: &str) {
    let mut person = Person::number(number);
    person.come_in(site).await;
    let fields = [("clinic", clinic), ("date", "2027-07-26"), ("time", time), ("key", "h")];
    let held = person.post(site, "/book/hold", &fields).await;
    assert_eq!(held.status, 303, "{held:?}");
    assert_eq!(person.confirm(site, "c").await.status, 303);
}

async fn is_booked_for(desk: &mut Desk, site: &Site, number: u32, (clinic, time): (&str, &str)) {
    let person = caller(desk, site, number).await;
    let key = format!("h{number}");
    let fields = [("clinic", clinic), ("date", "2027-07-27"), ("time", time), ("key", &key)];
    let held = desk.post(site, &format!("{person}/hold"), &fields).await;
    assert_eq!(held.status, 303, "{held:?}");
    let hold = desk.get(site, &person).await.hidden("hold");
    let key = format!("c{number}");
    let done = desk.post(site, &format!("{person}/confirm"), &[("hold", &hold), ("key", &key)]).await;
    assert_eq!(done.status, 303, "{done:?}");
}

async fn csv(site: &Site, name: &str) -> Vec<String> {
    let answer = page(site, &format!("/fairness/{name}.csv")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
    answer.body.lines().skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn bookings_are_told_by_hour_and_by_the_way_they_really_came() {
    let site = Site::new();
    site.open().await;
    let (mut phone, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let (mut clinic, _) = on_duty(&site, "won", Role::Agent, "C00001").await;
    // Signing in took half a minute, in which the line stood still.
    site.seconds(1).await;
    for number in 0..6 {
        books_online(&site, 10 + number, "C00002", BANDS[number as usize % 3]).await;
    }
    for number in 0..5 {
        is_booked_for(&mut phone, &site, 20 + number, ("C00002", BANDS[number as usize % 3])).await;
    }
    is_booked_for(&mut clinic, &site, 30, ("C00001", "09:00")).await;
    let mut counting = Counting::default();
    count(&site, &mut counting).await;
    assert!(csv(&site, "hours").await.is_empty(), "the hour is not over");

    next_hour(&site).await;
    count(&site, &mut counting).await;
    assert_eq!(csv(&site, "hours").await, ["2027-07-12T20:00+09:00,6,5,1-4,0"]);
    assert!(csv(&site, "together").await.is_empty(), "one figure alone is in no sum");
    let told = page(&site, "/en/fairness").await;
    assert_eq!((told.status, told.header("cache-control")), (200, "no-store"));
    for said in
        ["Test drive", "There is no draw.", "20:00</th><td>6</td><td>5</td><td>", "1–4", "Mon 12 July"]
    {
        assert!(told.body.contains(said), "{said}: {}", told.body);
    }
    let totals = [
        "Online</th><td>6</td><td>0</td>",
        "Phone, desk</th><td>5</td><td>0</td>",
        "Clinic</th><td>0</td><td>1</td>",
    ];
    for total in totals {
        assert!(told.body.contains(total), "what is hidden is in no total: {total}: {}", told.body);
    }
    let korean = page(&site, "/fairness").await.body;
    assert!(korean.contains("20시</th><td>6</td><td>5</td>") && korean.contains("시험 접종"), "{korean}");
}

#[tokio::test]
async fn a_new_process_that_counts_anew_tells_the_same() {
    let site = Site::new();
    site.open().await;
    for number in 0..5 {
        books_online(&site, 10 + number, "C00002", BANDS[number as usize % 3]).await;
    }
    next_hour(&site).await;
    books_online(&site, 20, "C00001", "09:00").await;
    next_hour(&site).await;
    count(&site, &mut Counting::default()).await;
    let told = csv(&site, "hours").await;
    assert_eq!(told, ["2027-07-12T20:00+09:00,5,0,0,0", "2027-07-12T21:00+09:00,1-4,0,0,0"]);
    let site = site.restarted();
    let before = page(&site, "/en/fairness").await.body;
    assert!(before.contains("This is still being counted."), "nothing is made up: {before}");
    assert_eq!(page(&site, "/fairness/hours.csv").await.status, 404);
    count(&site, &mut Counting::default()).await;
    assert_eq!(csv(&site, "hours").await, told);
}

#[tokio::test]
async fn no_request_counts_anything_and_a_ledger_that_is_away_takes_nothing_away() {
    let site = Site::new();
    site.open().await;
    for number in 0..5 {
        books_online(&site, 10 + number, "C00002", BANDS[number as usize % 3]).await;
    }
    next_hour(&site).await;
    let mut counting = Counting::default();
    count(&site, &mut counting).await;
    let asked = site.ledger.asked();
    assert_eq!(counting.step(&site.app).await.unwrap(), Counted::All);
    assert_eq!(site.ledger.asked(), asked, "the next hour is not over");
    site.ledger.feel(Mood::Hangs);
    let asked = site.ledger.asked();
    for path in ["/fairness", "/en/fairness", "/fairness/hours.csv", "/fairness/together.csv"] {
        assert_eq!(page(&site, path).await.status, 200, "{path}");
    }
    assert_eq!(counting.step(&site.app).await.unwrap(), Counted::All);
    assert_eq!(site.ledger.asked(), asked);
    assert_eq!(csv(&site, "hours").await, ["2027-07-12T20:00+09:00,5,0,0,0"]);
}

#[tokio::test]
async fn the_waits_that_pages_told_are_held_against_those_that_people_had() {
    let site = Site::new();
    let nobody = page(&site, "/en/fairness").await.body;
    assert!(nobody.contains("No wait has been measured yet."), "{nobody}");
    // Three hundred come, and ten a second are let in.
    for _ in 0..10 {
        for _ in 0..30 {
            site.app.gate.issue(|| [7; 16]).await.unwrap();
        }
        site.seconds(1).await;
    }
    site.open().await;
    site.seconds(120).await;
    let score = site.app.gate.score();
    assert!(score.all() > 0 && score.later == 0, "{score:?}");
    let told = page(&site, "/en/fairness").await.body;
    assert!(told.contains(&format!("Of <b class=\"num\">{}</b> waits", score.all())), "{told}");
}
