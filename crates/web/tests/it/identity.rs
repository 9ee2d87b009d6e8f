//! 본인확인 tells nothing about anybody before it has told who they are.

use crate::person::{Person, resident};
use crate::program::{Program, text};
use crate::site::Site;
use crate::wire::{Answer, Ask};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn wrong_codes_run_out_even_for_the_right_one() {
    let site = Site::new();
    let mut person = Person::number(1);
    let code = person.ask_for_code(&site).await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for left in (0..5).rev() {
        let answer = person.post(&site, "/identity/code", &[("code", wrong)]).await;
        let words = format!("{left}번 더 입력할 수 있습니다");
        assert!(answer.status == 422 && answer.body.contains(&words), "{answer:?}");
    }
    let answer = person.post(&site, "/identity/code", &[("code", &code)]).await;
    assert_eq!(answer.status, 429, "{answer:?}");
    assert_eq!(person.cookie("session"), "");
    assert!(site.ledger.written().is_empty(), "nobody was registered");
    assert_eq!(person.post(&site, "/identity/code/resend", &[]).await.location(), "/identity/code");
    person.verify(&site).await;
    assert_ne!(person.cookie("session"), "");
}

#[tokio::test]
async fn over_json_wrong_codes_run_out_too() {
    let site = Site::new();
    let program = Program::number(1);
    let (_, proof) = program.begin_identity(&site).await;
    let wrong = if proof["code"] == "000000" { "111111" } else { "000000" };
    let guess = json!({"challenge": proof["challenge"], "code": wrong});
    for left in (0..5).rev() {
        let answer = program.post(&site, "/api/v1/identity/verify", &guess).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "CodeWrong"));
        assert_eq!(answer.json()["tries_left"], left);
    }
    let answer = program.post(&site, "/api/v1/identity/verify", &proof).await;
    assert_eq!((answer.status, answer.code().as_str()), (429, "TooManyTries"));
}

#[tokio::test]
async fn a_code_ends_after_five_minutes() {
    let site = Site::new();
    let mut person = Person::number(1);
    let code = person.ask_for_code(&site).await;
    site.after(SignedDuration::from_mins(5)).await;
    let answer = person.post(&site, "/identity/code", &[("code", &code)]).await;
    assert!(answer.status == 409 && answer.body.contains("302"), "{answer:?}");
    assert_eq!(person.cookie("session"), "");
}

/// Status, address, size without the token, and which cookies are set; the tokens themselves are random.
fn shape(answer: &Answer) -> (u16, String, usize, Vec<String>) {
    let cookies = answer.all("set-cookie").map(|line| line.split('=').next().unwrap().to_owned()).collect();
    let token = if answer.status == 202 { text(answer, "challenge").len() } else { 0 };
    (answer.status, answer.location().to_owned(), answer.body.len() - token, cookies)
}

/// Who books, who is only known, who is too young, who is nobody: until the code is right they look alike.
#[tokio::test]
async fn known_and_unknown_people_get_equal_answers() {
    let site = Site::new();
    let mut booked = Person::number(1);
    booked.come_in(&site).await;
    booked.hold(&site, "09:00", "h").await;
    booked.confirm(&site, "c").await;
    let mut known = Person::number(2);
    known.verify(&site).await;
    let young = Person { number: resident("9903051", 3), ..Person::number(3) };
    let mut shapes = Vec::new();
    for like in [Person::number(1), Person::number(2), young, Person::number(4)] {
        let (name, number, phone) = (like.name.clone(), like.number.clone(), like.phone.clone());
        let mut stranger = Person::number(50);
        let claim = [("name", &*name), ("number", &*number), ("phone", &*phone)];
        let asked = stranger.post(&site, "/identity", &claim).await;
        let page = stranger.get(&site, "/identity/code").await;
        let wrong = stranger.post(&site, "/identity/code", &[("code", "12345x")]).await;
        let guess = stranger.post(&site, "/identity/code", &[("code", "000000")]).await;
        let again = stranger.post(&site, "/identity/code/resend", &[]).await;
        let own = stranger.get(&site, "/my").await;
        let json = site
            .ask(&Ask::json("/api/v1/identity", &json!({"name": name, "number": number, "phone": phone})))
            .await;
        shapes.push([asked, page, wrong, guess, again, own, json].map(|answer| shape(&answer)));
    }
    for other in &shapes[1..] {
        assert_eq!(other, &shapes[0]);
    }
}

#[tokio::test]
async fn every_identity_check_begins_a_session_under_a_new_id() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.verify(&site).await;
    let first = person.cookie("session").to_owned();
    person.verify(&site).await;
    assert_ne!(person.cookie("session"), first);
    let planted = Person::number(2).with_cookie("session", &first);
    let mut planted = planted;
    planted.verify(&site).await;
    assert_ne!(planted.cookie("session"), first, "a session put there by somebody else is not kept");
}

#[tokio::test]
async fn leaving_ends_the_session_everywhere() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    let copy = person.clone();
    let program = Program {
        session: copy.cookie("session").to_owned(),
        pass: copy.cookie("pass").to_owned(),
        ..Program::number(1)
    };
    assert_eq!(program.get(&site, "/api/v1/appointments").await.status, 200);
    assert_eq!(person.post(&site, "/identity/leave", &[]).await.location(), "/");
    assert_eq!(copy.clone().get(&site, "/my").await.location(), "/identity?next=my");
    let answer = program.get(&site, "/api/v1/appointments").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "IdentityNeeded"));
    assert_eq!(copy.clone().get(&site, "/book").await.location(), "/identity");
    let site = site.restarted();
    assert_eq!(copy.clone().get(&site, "/my").await.location(), "/identity?next=my", "also after a restart");
}

#[tokio::test]
async fn a_session_ends_by_itself_after_twelve_hours() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.verify(&site).await;
    site.after(SignedDuration::from_hours(12) - SignedDuration::from_secs(1)).await;
    assert_eq!(person.get(&site, "/my").await.status, 200);
    site.after(SignedDuration::from_secs(1)).await;
    assert_eq!(person.get(&site, "/my").await.location(), "/identity?next=my");
}
