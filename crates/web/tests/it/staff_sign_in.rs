//! Accounts and sessions of staff: promise F7, threats T15 and T19 of `research/reliability.md`.

use crate::site::Site;
use crate::staff::{Desk, PASSWORD, SETUP, account, on_duty, write};
use crate::wire::Answer;
use jiff::SignedDuration;
use web::staff::account::Role;
use web::staff::book::StaffEvent;

const STAFF: &str = "charye-staff";

async fn is_in(desk: &mut Desk, site: &Site) -> bool {
    desk.get(site, "/desk").await.status == 200
}

#[tokio::test]
async fn an_account_is_made_ready_once_and_nobody_comes_in_before() {
    let site = Site::new();
    account(&site, "hong", Role::Agent, "all");
    let mut desk = Desk::new(&site, "hong").await;
    for password in ["", "admin", "password", PASSWORD, SETUP] {
        let fields = [("login", "hong"), ("password", password), ("code", "000000")];
        assert_eq!(desk.post(&site, "/desk/sign-in", &fields).await.status, 422);
    }
    let wrong = [("login", "hong"), ("setup", "AAAA-AAAA"), ("new_password", PASSWORD)];
    assert_eq!(desk.post(&site, "/desk/setup", &wrong).await.status, 422);
    let weak = [("login", "hong"), ("setup", SETUP), ("new_password", "short")];
    let refused = desk.post(&site, "/desk/setup", &weak).await;
    assert!(refused.status == 422 && refused.body.contains("12자"), "{refused:?}");
    desk.set_up(&site).await;
    let again = [("login", "hong"), ("setup", SETUP), ("new_password", PASSWORD)];
    assert_eq!(desk.post(&site, "/desk/setup", &again).await.status, 422, "the code is spent");
    assert_eq!(desk.sign_in(&site).await.status, 303);
    assert!(is_in(&mut desk, &site).await);
}

#[tokio::test]
async fn a_set_up_code_runs_out() {
    let site = Site::new();
    account(&site, "hong", Role::Agent, "all");
    site.clock.advance(SignedDuration::from_hours(72));
    let mut desk = Desk::new(&site, "hong").await;
    let fields = [("login", "hong"), ("setup", SETUP), ("new_password", PASSWORD)];
    assert_eq!(desk.post(&site, "/desk/setup", &fields).await.status, 422);
}

/// What differs from page to page is taken out.
fn said(answer: &Answer, login: &str) -> String {
    let (csrf, key) = (answer.hidden("csrf"), answer.hidden("key"));
    answer.body.replace(&csrf, "").replace(&key, "").replace(login, "")
}

#[tokio::test]
async fn which_of_the_three_was_wrong_is_not_said() {
    let site = Site::new();
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    site.clock.advance(SignedDuration::from_secs(60));
    let code = desk.code(&site);
    let tries = [
        ("hong", "another password", code.as_str()),
        ("hong", PASSWORD, "000000"),
        ("kang", PASSWORD, code.as_str()),
        ("kang", "another password", "000000"),
    ];
    let mut pages = Vec::new();
    for (login, password, code) in tries {
        let mut browser = Desk::new(&site, login).await;
        let fields = [("login", login), ("password", password), ("code", code)];
        let answer = browser.post(&site, "/desk/sign-in", &fields).await;
        assert!(answer.status == 422 && !browser.jar.contains_key(STAFF), "{answer:?}");
        pages.push(said(&answer, login));
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:#?}");
    assert_eq!(desk.sign_in(&site).await.status, 303, "and the right ones are right");
}

#[tokio::test]
async fn a_code_is_good_once_also_in_another_browser() {
    let site = Site::new();
    let (desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let code = desk.code(&site);
    let mut thief = Desk::new(&site, "hong").await;
    let fields = [("login", "hong"), ("password", PASSWORD), ("code", &code)];
    assert_eq!(thief.post(&site, "/desk/sign-in", &fields).await.status, 422);
}

#[tokio::test]
async fn whoever_is_wrong_again_and_again_waits() {
    let site = Site::new();
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let fields = [("login", "hong"), ("password", "wrong wrong wrong"), ("code", "000000")];
    for _ in 0..6 {
        assert_eq!(desk.post(&site, "/desk/sign-in", &fields).await.status, 422);
    }
    let paused = desk.post(&site, "/desk/sign-in", &fields).await;
    assert!(paused.status == 429 && paused.body.contains("763"), "{paused:?}");
    assert_eq!(desk.sign_in(&site).await.status, 303, "half a minute later the right one is right");
}

#[tokio::test]
async fn a_session_has_a_new_id_at_each_sign_in_and_is_dead_after_signing_out_everywhere() {
    let site = Site::new();
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let first = desk.jar[STAFF].clone();
    let mut copy = desk.clone();
    desk.sign_in(&site).await;
    assert_ne!(desk.jar[STAFF], first);
    assert!(is_in(&mut copy, &site).await, "the first is still good");
    assert_eq!(desk.post(&site, "/desk/sign-out", &[]).await.status, 303);
    assert!(!desk.jar.contains_key(STAFF));
    let mut second_copy = copy.clone();
    assert_eq!(copy.post(&site, "/desk/sign-out", &[]).await.status, 303);
    assert!(!is_in(&mut second_copy, &site).await, "a copy of the cookie is as dead");
    let site = site.restarted();
    assert!(!is_in(&mut second_copy, &site).await, "also for the next process");
}

#[tokio::test]
async fn a_session_ends_with_its_account_by_idling_and_after_eight_hours() {
    let site = Site::new();
    let (mut desk, me) = on_duty(&site, "hong", Role::Agent, "all").await;
    let mut idle = desk.clone();
    for _ in 0..40 {
        assert!(is_in(&mut desk, &site).await);
        site.clock.advance(SignedDuration::from_mins(11));
    }
    assert!(!is_in(&mut idle, &site).await, "nobody asked for a quarter of an hour");
    site.clock.advance(SignedDuration::from_hours(1));
    assert!(!is_in(&mut desk, &site).await, "eight hours");
    desk.sign_in(&site).await;
    assert!(is_in(&mut desk, &site).await);
    write(&site, me.0, &StaffEvent::Disabled);
    assert!(!is_in(&mut desk, &site).await, "closed at once");
    assert_eq!(desk.sign_in(&site).await.status, 422);
}

#[tokio::test]
async fn a_form_from_elsewhere_signs_nobody_in_or_out() {
    let site = Site::new();
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let ask = crate::wire::Ask::form("/desk/sign-out", &[]);
    assert_eq!(desk.send(&site, ask.clone()).await.status, 403, "without its token");
    let foreign = ask.header("sec-fetch-site", "cross-site");
    assert_eq!(desk.send(&site, foreign).await.status, 403);
    assert!(is_in(&mut desk, &site).await);
}
