//! More than can be served: everybody is told so, nothing typed is lost, and what was refused can be sent again.

use crate::ledger::Mood;
use crate::outage::turns_until;
use crate::person::Person;
use crate::rules::prey;
use crate::site::{CLINIC, DAY, Site, Wanted};
use crate::wire::{Answer, Ask};
use serde_json::json;
use web::overload::Plane;

/// What is answered while every place of the booking plane is taken.
pub(crate) async fn asked_while_full(site: &Site, holder: &Person, asks: &[Ask]) -> Vec<Answer> {
    site.ledger.feel(Mood::Hangs);
    let mut answers = Vec::new();
    let mut wire = site.wire();
    let stuck = holder.dressed(Ask::get("/my"));
    tokio::select! {
        biased;
        answer = wire.ask(&stuck) => panic!("it cannot be answered: {answer:?}"),
        () = async {
            turns_until(|| site.app.planes.figures(Plane::Booking).unwrap().in_flight > 0).await;
            for ask in asks {
                answers.push(site.ask(ask).await);
            }
        } => {}
    }
    drop(wire);
    turns_until(|| site.app.planes.figures(Plane::Booking).unwrap().in_flight == 0).await;
    site.ledger.feel(Mood::Well);
    answers
}

fn retry_after(answer: &Answer) -> u32 {
    answer.header("retry-after").parse().unwrap_or_else(|_| panic!("{answer:?}"))
}

/// `name="…" value="…"` of the hidden fields.
fn hidden(page: &str) -> Vec<(String, String)> {
    let part = |text: &str, from: &str| {
        let (_, rest) = text.split_once(from).unwrap();
        rest.split_once('"').unwrap().0.replace("&#38;", "&").replace("&#60;", "<").replace("&#34;", "\"")
    };
    let inputs = page.split("<input type=\"hidden\"").skip(1);
    inputs.map(|input| (part(input, "name=\""), part(input, "value=\""))).collect()
}

#[tokio::test]
async fn what_was_sent_to_a_full_plane_is_offered_to_be_sent_again_as_it_was() {
    let site = Site::with(Wanted { booking_requests_max: 1, ..Wanted::default() });
    let (holder, ..) = prey(&site).await;
    let fields = [("clinic", CLINIC), ("date", DAY), ("time", "10:00"), ("key", "k-1"), ("note", "<\"&")];
    for (prefix, words) in [("", "다시 보내기"), ("/en", "Send again")] {
        let path = format!("{prefix}/book/hold");
        let ask = holder.dressed(Ask::form(&path, &fields).header("sec-fetch-site", "same-origin"));
        let refused = asked_while_full(&site, &holder, &[ask]).await.remove(0);
        assert_eq!(refused.status, 503, "{refused:?}");
        assert!(refused.body.contains(words) && !refused.body.contains("http-equiv"), "{refused:?}");
        assert!((4..12).contains(&retry_after(&refused)));
        assert_eq!(refused.header("cache-control"), "no-store");
        let kept = hidden(&refused.body);
        let mut expected = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        expected.sort();
        assert_eq!(kept, expected);
        let again: Vec<_> = kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let ask = holder.dressed(Ask::form(&path, &again).header("sec-fetch-site", "same-origin"));
        let answer = site.ask(&ask).await;
        let straight = holder.dressed(Ask::form(&path, &fields).header("sec-fetch-site", "same-origin"));
        assert_eq!(answer.status, site.ask(&straight).await.status, "{answer:?}");
        assert_ne!(answer.status, 503, "{answer:?}");
    }
}

#[tokio::test]
async fn a_form_of_another_site_is_not_offered_to_be_sent_again() {
    let site = Site::with(Wanted { booking_requests_max: 1, ..Wanted::default() });
    let (holder, ..) = prey(&site).await;
    let foreign = Ask::form("/my/cancel", &[("appointment", "1")]).header("sec-fetch-site", "cross-site");
    let refused = asked_while_full(&site, &holder, &[holder.dressed(foreign)]).await.remove(0);
    assert_eq!(refused.status, 403, "{refused:?}");
}

#[tokio::test]
async fn a_program_is_told_when_to_come_again_in_both_languages_and_not_always_at_the_same_time() {
    let site = Site::with(Wanted { booking_requests_max: 1, ..Wanted::default() });
    let (holder, ..) = prey(&site).await;
    let ask = holder.dressed(Ask::json("/api/v1/holds/release", &json!({"hold": 1})));
    let answers = asked_while_full(&site, &holder, &vec![ask; 12]).await;
    for answer in &answers {
        assert_eq!((answer.status, answer.code().as_str()), (503, "Busy"), "{answer:?}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let document = answer.json();
        assert!(document["title"].as_str().unwrap().contains("많은 분"), "{document}");
        assert!(document["title_en"].as_str().unwrap().contains("Many people"), "{document}");
    }
    let times: std::collections::BTreeSet<_> = answers.iter().map(retry_after).collect();
    assert!(times.len() > 1, "they would come back together: {times:?}");
}

#[tokio::test]
async fn a_person_who_asks_too_often_is_told_when_to_go_on_and_nobody_else_is() {
    let site = Site::with(Wanted { person_requests_at_once_max: 100, ..Wanted::default() });
    let (holder, booker, _) = prey(&site).await;
    let ask = holder.dressed(Ask::get("/my"));
    let mut asked = 0;
    let refused = loop {
        let answer = site.ask(&ask).await;
        asked += 1;
        assert!(asked < 1_000, "nobody held it back");
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.body.contains("너무 자주"), "{refused:?}");
    assert!(refused.body.contains("http-equiv=\"refresh\"") && retry_after(&refused) >= 1);
    let program = holder.dressed(Ask::get("/api/v1/appointments"));
    assert_eq!(site.ask(&program).await.code(), "TooOften");
    assert_eq!(site.ask(&booker.dressed(Ask::get("/my"))).await.status, 200, "others go on");
    assert_eq!(site.ask(&holder.dressed(Ask::get("/wait"))).await.status, 200, "so does the line");
    site.seconds(1).await;
    assert_eq!(site.ask(&ask).await.status, 200, "a moment later they go on");
}
