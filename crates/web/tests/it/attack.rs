//! Somebody who means a person harm cannot lock them out, cancel for them or take their session (threats T12, T19).

use crate::person::{Person, resident};
use crate::program::Program;
use crate::site::Site;
use crate::wire::Ask;
use jiff::SignedDuration;
use serde_json::json;

/// Asks for codes to the victim's phone, in other names and in the victim's own, from new browsers and as programs, and
/// guesses at each.
async fn hammer(site: &Site, victim: &Person, round: u32) {
    for turn in 0..20 {
        let number =
            if turn % 2 == 0 { victim.number.clone() } else { resident("6511111", round * 20 + turn) };
        let claim = json!({"name": victim.name, "number": number, "phone": victim.phone});
        let answer = site.ask(&Ask::json("/api/v1/identity", &claim)).await;
        if answer.status == 202 {
            let guess = json!({"challenge": crate::program::text(&answer, "challenge"), "code": "000000"});
            for _ in 0..6 {
                site.ask(&Ask::json("/api/v1/identity/verify", &guess)).await;
            }
        }
    }
    let mut browser =
        Person { phone: victim.phone.clone(), number: victim.number.clone(), ..Person::number(900) };
    browser.name.clone_from(&victim.name);
    let claim = browser.claim();
    let claim = claim.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.post(site, "/identity", &claim).await;
    for _ in 0..6 {
        browser.post(site, "/identity/code", &[("code", "000000")]).await;
        browser.post(site, "/identity/code/resend", &[]).await;
    }
}

#[tokio::test]
async fn a_code_in_hand_is_good_whatever_an_attacker_does_meanwhile() {
    let site = Site::new();
    let mut victim = Person::number(1);
    let code = victim.ask_for_code(&site).await;
    for round in 0..10 {
        hammer(&site, &victim, round).await;
    }
    let answer = victim.post(&site, "/identity/code", &[("code", &code)]).await;
    assert_eq!(answer.status, 303, "{answer:?}");
}

#[tokio::test]
async fn a_victim_of_an_attacker_still_proves_who_they_are_and_books() {
    let site = Site::new();
    let mut victim = Person::number(1);
    victim.join(&site).await;
    victim.settle(&site).await;
    for round in 0..10 {
        hammer(&site, &victim, round).await;
        site.seconds(1).await;
    }
    let claim = victim.claim();
    let claim = claim.each_ref().map(|(name, value)| (*name, value.as_str()));
    let refused = victim.post(&site, "/identity", &claim).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    for kept in [&victim.name, &victim.number, &victim.phone] {
        assert!(refused.body.contains(kept.as_str()), "what was typed is kept: {refused:?}");
    }
    assert!(refused.body.contains("부터 새 번호를 받을 수 있습니다"), "{refused:?}");
    for round in 10..22 {
        hammer(&site, &victim, round).await;
        site.after(SignedDuration::from_secs(10)).await;
    }
    victim.verify(&site).await;
    site.open().await;
    assert_eq!(victim.enter(&site).await.location(), "/book");
    victim.hold(&site, "09:00", "h").await;
    assert_eq!(victim.confirm(&site, "c").await.location(), "/my/booked");
}

#[tokio::test]
async fn nobody_cancels_for_somebody_else_and_an_old_session_cancels_nothing() {
    let site = Site::new();
    let mut victim = Person::number(1);
    victim.come_in(&site).await;
    victim.hold(&site, "09:00", "h").await;
    victim.confirm(&site, "c").await;
    let number = victim.appointment(&site).await;
    let mut attacker = Program::number(66);
    attacker.verify(&site).await;
    let answer = attacker.post(&site, "/api/v1/appointments/cancel", &json!({"appointment": number})).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "AppointmentUnknown"));
    site.after(SignedDuration::from_mins(30)).await;
    let before = site.ledger.written();
    let stolen = Program { session: victim.cookie("session").to_owned(), ..Program::number(1) };
    let answer = stolen.post(&site, "/api/v1/appointments/cancel", &json!({"appointment": number})).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "IdentityStale"));
    for sure in ["0", "1"] {
        let fields = [("appointment", &*number), ("key", "x"), ("sure", sure)];
        let answer = victim.post(&site, "/my/cancel", &fields).await;
        assert!(answer.status == 401 && answer.body.contains("306"), "{answer:?}");
    }
    assert_eq!(site.ledger.written(), before);
}

#[tokio::test]
async fn each_identity_check_ends_the_session_before_it() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.verify(&site).await;
    let planted = person.clone();
    person.verify(&site).await;
    assert_eq!(
        planted.clone().get(&site, "/my").await.location(),
        "/identity?next=my",
        "the old one is over"
    );
    assert_eq!(person.get(&site, "/my").await.status, 200);
}

#[tokio::test]
async fn a_pass_is_of_no_use_to_another_person() {
    let site = Site::new();
    let mut owner = Person::number(1);
    owner.come_in(&site).await;
    let mut other = Person::number(2);
    other.verify(&site).await;
    let mut other = other.with_cookie("pass", owner.cookie("pass"));
    let answer = other.get(&site, "/book").await;
    assert_eq!(answer.status, 403, "{answer:?}");
    let before = site.ledger.written();
    assert_eq!(other.hold(&site, "09:00", "h").await.status, 403);
    assert_eq!(site.ledger.written(), before);
}
