//! How soon a page looks again: never later than its turn.

use crate::person::Person;
use crate::program::Program;
use crate::site::{Site, Wanted};
use crate::wire::Answer;
use jiff::SignedDuration;
use store::Clock as _;

async fn crowd(site: &Site, people: usize) -> Vec<Program> {
    let mut crowd = vec![Program::default(); people];
    for (at, program) in crowd.iter_mut().enumerate() {
        if at % 20 == 19 {
            site.seconds(1).await;
        }
        assert_eq!(program.join(site).await.status, 201);
    }
    crowd
}

/// Found under load: pages far back slept past their turn, and a fifth of the places that were called stood empty.
#[tokio::test]
async fn no_page_sleeps_past_its_turn_however_fast_the_line_is() {
    let (rate, people) = (100, 600_u64);
    let site = Site::with(Wanted { admissions_per_second: rate, ..Wanted::default() });
    crowd(&site, people as usize).await;
    site.seconds(2).await;
    let opens_at = site.app.campaign().opens_at;
    site.after(opens_at.duration_since(site.clock.now()) - SignedDuration::from_secs(130)).await;
    // Each page looks when the last document says, as late as pages spread themselves.
    let mut next_look_ms = vec![0; people as usize];
    let (mut called_at_ms, mut latest_ms) = (vec![None; people as usize], 0);
    for step in 0..1_500 {
        site.after(SignedDuration::from_millis(100)).await;
        let now_ms = step * 100;
        let published = site.app.gate.published();
        let document = &published.facts().document;
        for number in 0..people {
            let at = number as usize;
            let ahead = number.saturating_sub(document.serving_number);
            let is_called = number < document.serving_number;
            if is_called && called_at_ms[at].is_none() {
                called_at_ms[at] = Some(now_ms);
            }
            if now_ms < next_look_ms[at] {
                continue;
            }
            next_look_ms[at] = now_ms + u64::from(document.poll.seconds(ahead)) * 1_200;
            if is_called {
                latest_ms = latest_ms.max(now_ms - called_at_ms[at].unwrap());
                next_look_ms[at] = u64::MAX;
            }
        }
    }
    assert!(next_look_ms.iter().all(|at| *at == u64::MAX), "everybody came in");
    assert!(latest_ms <= 2_600, "somebody saw their turn {latest_ms} ms late");
}

#[tokio::test]
async fn a_page_without_a_script_and_a_program_are_told_to_look_before_their_turn() {
    let site = Site::with(Wanted { admissions_per_second: 20, ..Wanted::default() });
    let mut crowd = crowd(&site, 300).await;
    site.seconds(2).await;
    let renewed_after = |page: &Answer| -> u64 {
        let (_, rest) = page.body.split_once("http-equiv=\"refresh\" content=\"").expect("it renews itself");
        rest.split_once(';').unwrap().0.parse().unwrap()
    };
    site.open().await;
    site.seconds(3).await;
    for at in [120, 299] {
        let asked = crowd[at].status(&site).await.json();
        let ahead = asked["places_ahead"].as_u64().unwrap();
        let needed_s = ahead / 20;
        assert!(asked["poll_after_seconds"].as_f64().unwrap() <= needed_s.max(2) as f64, "{asked}");
        let token = asked["ticket"].as_str().unwrap().to_owned();
        let page = Person::number(1).with_cookie("ticket", &token).get(&site, "/wait").await;
        assert!(renewed_after(&page) <= needed_s.max(2), "{ahead} ahead: {}", renewed_after(&page));
    }
}
