//! A campaign may want a code from the recipient: it goes to the phone on record, and nothing before it tells whether
//! name and number belong to anybody (threats T9, T10, T12, promise F6).

use crate::people::{Named, roster, verified};
use crate::person::Person;
use crate::program::{Program, text};
use crate::site::{Site, Wanted};
use crate::wire::Answer;
use booking::PersonId;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::MemoryRoster;
use web::messages::deliver_waiting;

/// Of the mother on the roster; the father has none there.
const ON_RECORD: &str = "01000008111";

pub(crate) fn wanted() -> Wanted {
    Wanted { recipient_code: true, ..roster() }
}

/// The code that came last, with the challenge that it belongs to.
pub(crate) fn proof(site: &Site, asked: &Answer) -> Value {
    json!({"challenge": text(asked, "challenge"), "code": code(site)})
}

fn code(site: &Site) -> String {
    site.outbox.of_phone(ON_RECORD)[0].code.clone().unwrap()
}

fn codes_sent(site: &Site) -> usize {
    site.outbox.of_phone(ON_RECORD).iter().filter(|message| message.code.is_some()).count()
}

fn another_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

async fn helper(site: &Site, number: u32) -> Person {
    let mut helper = Person::number(number);
    helper.verify(site).await;
    helper
}

async fn asks(site: &Site, helper: &mut Person, named: Named) {
    let asked = helper.post(site, "/people/add", &named.fields()).await;
    assert_eq!((asked.status, asked.location()), (303, "/people/code"), "{asked:?}");
}

#[tokio::test]
async fn whoever_reads_the_code_out_may_be_booked_for() {
    let site = Site::with(wanted());
    let mut child = helper(&site, 1).await;
    let form = child.get(&site, "/people/add").await;
    assert!(form.body.contains("인증번호 보내기") && !form.body.contains("name=\"phone\""), "{form:?}");
    asks(&site, &mut child, Named::mother()).await;
    assert!(site.outbox.of_phone(Named::mother().phone).is_empty(), "never the phone that a helper types");
    let sent = site.outbox.of_phone(ON_RECORD);
    assert!(sent.len() == 1 && sent[0].text.contains("사○일님이"), "who asks: {sent:?}");
    for words in ["시험 접종", "바꾸고 취소할 수 있게", "아무에게도 알려 주지"] {
        assert!(sent[0].text.contains(words), "{words}: {sent:?}");
    }
    let page = child.get(&site, "/people/code").await;
    assert!(page.status == 200 && page.body.contains("어머니") && page.body.contains("1339"), "{page:?}");
    assert!(!page.body.contains("8111") && !page.body.contains("640305"), "{page:?}");
    let code = code(&site);
    let wrong = child.post(&site, "/people/code", &[("code", another_than(&code)), ("key", "c")]).await;
    assert!(
        wrong.status == 422 && wrong.body.contains("4번 더") && wrong.body.contains("code-error"),
        "{wrong:?}"
    );
    assert!(site.app.store.delegations_of(PersonId(1)).await.unwrap().is_empty());
    let again = child.get(&site, "/people/add").await;
    assert!(
        again.body.contains("어머니") && !again.body.contains("640305"),
        "kept but for the number: {again:?}"
    );
    let right = child.post(&site, "/people/code", &[("code", &code), ("key", "c")]).await;
    assert_eq!((right.status, right.location()), (303, "/people"), "{right:?}");
    assert!(child.cookie("recipient-code").is_empty());
    assert!(child.get(&site, "/people").await.body.contains("어머니"));
    assert!(!child.get(&site, "/people/add").await.body.contains("어머니"), "the form is finished");
    let given = site.app.store.delegations_of(PersonId(1)).await.unwrap();
    assert!(given.len() == 1 && given[0].proved_at.is_some(), "{given:?}");
    deliver_waiting(&site.app).await.unwrap();
    assert!(site.outbox.of_phone(ON_RECORD)[0].text.contains("대신 예약하실 수 있게 되었습니다"));
    let mut mother = Named::mother().in_person(&site).await;
    assert!(mother.get(&site, "/my").await.body.contains("인증번호로 허락함"));
}

/// The answer without what is random in every page, and without the name that was typed.
fn shape(answer: &Answer, named: Named) -> String {
    let mut body = String::new();
    for (position, piece) in answer.body.split("value=\"").enumerate() {
        body += if position == 0 { piece } else { piece.split_once('"').unwrap().1 };
    }
    let cookie = |value: &str| match value.split_once('=') {
        Some((name, rest)) => format!("{name} {}", rest.len()),
        None => value.to_owned(),
    };
    let headers = answer.headers.iter().filter(|(name, _)| name != "date").map(|(name, value)| {
        format!("{name}: {}", if name == "set-cookie" { cookie(value) } else { value.clone() })
    });
    format!("{} {:?} {}", answer.status, headers.collect::<Vec<_>>(), body.replace(named.name, "NAME"))
}

/// Names and numbers of one length, so that only who is meant differs.
fn pairs() -> [Named; 6] {
    [
        Named::mother(),
        Named::father(),
        Named { name: "어머나", ..Named::mother() },
        Named { number: "640305-2000009", ..Named::mother() },
        Named { name: "아버지", ..Named::mother() },
        Named { name: "없는이", number: "650505-2000005", phone: "01000008009" },
    ]
}

#[tokio::test]
async fn a_right_pair_a_wrong_one_and_one_without_a_phone_are_answered_alike() {
    let site = Site::with(wanted());
    let mut seen = BTreeSet::new();
    let mut written = BTreeSet::new();
    for (number, named) in (1..).zip(pairs()) {
        let mut helper = helper(&site, number).await;
        let before = site.ledger.written().len();
        let mut answers = vec![helper.post(&site, "/people/add", &named.fields()).await];
        answers.push(helper.get(&site, "/people/code").await);
        let wrong =
            if site.outbox.of_phone(ON_RECORD).is_empty() { "000000" } else { another_than(&code(&site)) };
        for _ in 0..6 {
            answers.push(helper.post(&site, "/people/code", &[("code", wrong), ("key", "c")]).await);
        }
        for again in 0..6 {
            let key = format!("again {again}");
            answers.push(helper.post(&site, "/people/code/resend", &[("key", &key)]).await);
        }
        answers.push(helper.get(&site, "/people/code").await);
        answers.push(helper.post(&site, "/people/add", &named.fields()).await);
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses[..8], [303, 200, 422, 422, 422, 422, 422, 429], "{named:?}", named = named.name);
        assert!(statuses[8..14].contains(&429), "{statuses:?}");
        seen.insert(answers.iter().map(|answer| shape(answer, named)).collect::<Vec<_>>());
        written.insert(site.ledger.written().len() - before);
    }
    assert_eq!(seen.len(), 1, "{seen:#?}");
    assert_eq!(written.len(), 1, "{written:?}");
    assert!(codes_sent(&site) >= 1);
    let others = pairs().map(|named| site.outbox.of_phone(named.phone).len());
    assert_eq!(others, [0; 6], "nobody else heard of it");
}

#[tokio::test]
async fn programs_are_answered_alike_too_and_the_code_is_the_helpers_own() {
    let site = Site::with(wanted());
    let mut seen = BTreeSet::new();
    let mut first = None;
    for (number, named) in (1..).zip(pairs()) {
        let program = verified(&site, number).await;
        let asked = program.post(&site, "/api/v1/recipients", &named.json()).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        let challenge = text(&asked, "challenge");
        let shown = asked.body.replace(&challenge, "");
        let wrong = json!({"challenge": challenge, "code": another_than(&code(&site))});
        let wrong = program.post(&site, "/api/v1/recipients/code", &wrong).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (422, "RecipientCodeWrong"));
        seen.insert((challenge.len(), shown, wrong.body));
        first.get_or_insert((program, asked));
    }
    assert_eq!(seen.len(), 1, "{seen:#?}");
    let (program, asked) = first.unwrap();
    let proof = proof(&site, &asked);
    let other = verified(&site, 9).await;
    let foreign = other.post(&site, "/api/v1/recipients/code", &proof).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (409, "RecipientCodeUnknown"));
    let added = program.post(&site, "/api/v1/recipients/code", &proof).await;
    assert_eq!(added.status, 201, "{added:?}");
    let again = program.post(&site, "/api/v1/recipients/code", &proof).await;
    assert_eq!((again.status, &again.body), (201, &added.body), "sent twice, answered the same");
    let stop = json!({"recipient": text(&added, "recipient")});
    site.after(SignedDuration::from_secs(1)).await;
    assert_eq!(program.post(&site, "/api/v1/recipients/stop", &stop).await.status, 200);
    let over = program.post(&site, "/api/v1/recipients/code", &proof).await;
    assert_eq!((over.status, over.code().as_str()), (403, "RecipientCodeNeeded"), "one code, one leave");
}

#[tokio::test]
async fn pressed_twice_one_message_goes_out_and_one_more_brings_the_same_code() {
    let site = Site::with(wanted());
    let mut child = helper(&site, 1).await;
    asks(&site, &mut child, Named::mother()).await;
    asks(&site, &mut child, Named::mother()).await;
    assert_eq!(codes_sent(&site), 1);
    let first = code(&site);
    site.after(SignedDuration::from_mins(9)).await;
    for _ in 0..2 {
        let again = child.post(&site, "/people/code/resend", &[("key", "again")]).await;
        assert_eq!(again.location(), "/people/code", "{again:?}");
    }
    assert_eq!((codes_sent(&site), code(&site)), (2, first.clone()));
    site.after(SignedDuration::from_mins(9)).await;
    let right = child.post(&site, "/people/code", &[("code", &first), ("key", "c")]).await;
    assert_eq!(right.location(), "/people", "it is good for longer: {right:?}");
}

#[tokio::test]
async fn a_code_that_is_over_asks_for_the_form_again_with_what_was_typed() {
    let site = Site::with(wanted());
    let mut child = helper(&site, 1).await;
    assert_eq!(child.get(&site, "/people/code").await.location(), "/people/add");
    asks(&site, &mut child, Named::mother()).await;
    let code = code(&site);
    site.after(SignedDuration::from_mins(10)).await;
    for over in [
        child.get(&site, "/people/code").await,
        child.post(&site, "/people/code", &[("code", &code), ("key", "c")]).await,
        child.post(&site, "/people/code/resend", &[("key", "r")]).await,
    ] {
        assert!(over.status == 409 && over.body.contains("338") && over.body.contains("어머니"), "{over:?}");
    }
}

#[tokio::test]
async fn a_restart_keeps_the_code_good_and_a_pair_that_left_the_roster_makes_it_wrong() {
    let site = Site::with(wanted());
    let mut child = helper(&site, 1).await;
    asks(&site, &mut child, Named::mother()).await;
    let code = code(&site);
    let nobody: Arc<MemoryRoster> = Arc::new(MemoryRoster::of([]));
    let site = site.restarted_with(|wanted| wanted.roster = Some(nobody));
    let gone = child.post(&site, "/people/code", &[("code", &code), ("key", "c")]).await;
    assert!(gone.status == 422 && gone.body.contains("4번 더"), "{gone:?}");
    let site = site.restarted_with(|other| other.roster = wanted().roster);
    let right = child.post(&site, "/people/code", &[("code", &code), ("key", "c")]).await;
    assert_eq!(right.location(), "/people", "{right:?}");
}

#[tokio::test]
async fn whoever_has_codes_sent_again_and_again_waits_and_a_code_in_hand_is_good_all_the_same() {
    let site = Site::with(wanted());
    let mut child = helper(&site, 1).await;
    asks(&site, &mut child, Named::mother()).await;
    let mut slowed = None;
    for again in 0..5 {
        let key = format!("again {again}");
        slowed = Some(child.post(&site, "/people/code/resend", &[("key", &key)]).await);
    }
    let slowed = slowed.unwrap();
    assert!(slowed.status == 429 && slowed.body.contains("code-error"), "{slowed:?}");
    assert_eq!(codes_sent(&site), 5);
    let code = code(&site);
    let right = child.post(&site, "/people/code", &[("code", &code), ("key", "c")]).await;
    assert_eq!(right.location(), "/people", "{right:?}");
    let mut other = helper(&site, 2).await;
    let paced = other.post(&site, "/people/add", &Named::mother().fields()).await;
    assert!(paced.status == 429 && paced.body.contains("304"), "her phone rests: {paced:?}");
    site.after(SignedDuration::from_mins(2)).await;
    asks(&site, &mut other, Named::mother()).await;
}

#[tokio::test]
async fn a_helper_who_was_turned_away_or_has_enough_to_do_sends_no_code() {
    let site = Site::with(wanted());
    let mut child = helper(&site, 1).await;
    asks(&site, &mut child, Named::mother()).await;
    child.post(&site, "/people/code", &[("code", &code(&site)), ("key", "c")]).await;
    let mut mother = Named::mother().in_person(&site).await;
    let leave = mother.get(&site, "/my").await.hidden("helper");
    let sure = [("helper", leave.as_str()), ("sure", "1"), ("key", "r")];
    assert_eq!(mother.post(&site, "/my/helper/revoke", &sure).await.location(), "/my");
    let sent = codes_sent(&site);
    let refused = child.post(&site, "/people/add", &Named::mother().fields()).await;
    assert!(refused.status == 403 && refused.body.contains("334"), "{refused:?}");
    let own = Named { name: child.name.clone().leak(), number: child.number.clone().leak(), phone: "" };
    let oneself = child.post(&site, "/people/add", &own.fields()).await;
    assert!(oneself.status == 422 && oneself.body.contains("333"), "{oneself:?}");
    assert_eq!(codes_sent(&site), sent);
}

/// What the browser keeps says nothing to whoever reads it.
#[tokio::test]
async fn the_cookie_is_sealed_and_an_altered_one_is_unknown() {
    let site = Site::with(wanted());
    let mut child = helper(&site, 1).await;
    asks(&site, &mut child, Named::mother()).await;
    let token = child.cookie("recipient-code").to_owned();
    let code = code(&site);
    let plain = String::from_utf8_lossy(&base64_of(&token)).into_owned();
    for secret in [code.as_str(), "640305", "어머니", ON_RECORD] {
        assert!(!token.contains(secret) && !plain.contains(secret), "{secret}");
    }
    let altered = if token.ends_with('A') { "B" } else { "A" };
    let mut forger = child.with_cookie("recipient-code", &format!("{}{altered}", &token[..token.len() - 1]));
    let refused = forger.post(&site, "/people/code", &[("code", &code), ("key", "c")]).await;
    assert_eq!(refused.status, 409, "{refused:?}");
}

fn base64_of(token: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).unwrap()
}

#[tokio::test]
async fn without_the_flag_nobody_is_asked_for_a_code() {
    let site = Site::with(roster());
    let program: Program = verified(&site, 1).await;
    assert_eq!(program.post(&site, "/api/v1/recipients", &Named::mother().json()).await.status, 201);
    let none = json!({"challenge": "x", "code": "000000"});
    let none = program.post(&site, "/api/v1/recipients/code", &none).await;
    assert_eq!((none.status, none.code().as_str()), (409, "RecipientCodeUnknown"));
}
