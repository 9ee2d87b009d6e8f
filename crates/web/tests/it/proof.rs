//! Proving it again: what cannot be undone asks for it, and leads back; a phone in another name is told the ways.

use crate::person::Person;
use crate::site::Site;
use crate::wire::{Answer, Ask};
use jiff::SignedDuration;
use serde_json::json;

async fn with_appointment(site: &Site, prefix: &'static str) -> (Person, String) {
    let mut person = Person { prefix, ..Person::number(1) };
    person.come_in(site).await;
    person.hold(site, "09:00", "h").await;
    person.confirm(site, "c").await;
    let number = person.appointment(site).await;
    (person, number)
}

/// The identity form that an address shows, sent with what it hides, up to the code.
async fn prove_by(site: &Site, person: &mut Person, address: &str) -> Answer {
    let page = person.get(site, address).await;
    let next = if page.body.contains("name=\"next\"") { page.hidden("next") } else { String::new() };
    let claim = person.claim();
    let mut fields = claim.each_ref().map(|(name, value)| (*name, value.as_str())).to_vec();
    fields.push(("next", &next));
    assert_eq!(person.post(site, "/identity", &fields).await.status, 303);
    let code = site.outbox.of_phone(&person.phone)[0].code.clone().unwrap();
    person.post(site, "/identity/code", &[("code", &code)]).await
}

#[tokio::test]
async fn cancelling_after_half_an_hour_asks_for_the_identity_and_leads_back() {
    for prefix in ["", "/en"] {
        let site = Site::new();
        let (mut person, number) = with_appointment(&site, prefix).await;
        site.after(SignedDuration::from_mins(30)).await;
        let fields = [("appointment", &*number), ("key", "x")];
        let stale = person.post(&site, "/my/cancel", &fields).await;
        assert_eq!(stale.status, 401, "{stale:?}");
        assert!(stale.body.contains(&format!("href=\"{prefix}/identity?next=my\"")), "{stale:?}");
        let back = prove_by(&site, &mut person, "/identity?next=my").await;
        assert_eq!(back.location(), format!("{prefix}/my"));
        assert!(person.get(&site, "/my").await.body.contains(&number), "nothing is lost");
        let asks = person.post(&site, "/my/cancel", &fields).await;
        assert!(asks.status == 200 && asks.body.contains("name=\"sure\""), "{asks:?}");
        let sure = [("appointment", &*number), ("key", "x"), ("sure", "1")];
        assert_eq!(person.post(&site, "/my/cancel", &sure).await.status, 200);
    }
}

#[tokio::test]
async fn a_session_of_less_than_half_an_hour_cancels_at_once() {
    let site = Site::new();
    let (mut person, number) = with_appointment(&site, "").await;
    site.after(SignedDuration::from_mins(29) - SignedDuration::from_secs(5)).await;
    person.verify(&site).await;
    site.after(SignedDuration::from_secs(30 * 60 - 1)).await;
    let sure = [("appointment", &*number), ("key", "x"), ("sure", "1")];
    assert_eq!(person.post(&site, "/my/cancel", &sure).await.status, 200);
}

#[tokio::test]
async fn the_way_back_leads_to_our_own_pages_only() {
    let site = Site::new();
    let elsewhere =
        ["https://evil.test", "//evil.test", "/outbox", "evil", "my%0d%0aset-cookie:x=1", "MY", ""];
    for (at, next) in elsewhere.iter().enumerate() {
        let mut person = Person::number(u32::try_from(at).unwrap() + 10);
        let page = person.get(&site, &format!("/identity?next={next}")).await;
        assert!(!page.body.contains("name=\"next\"") && !page.body.contains("evil"), "{next}: {page:?}");
        let claim = person.claim();
        let mut fields = claim.each_ref().map(|(name, value)| (*name, value.as_str())).to_vec();
        fields.push(("next", next));
        person.post(&site, "/identity", &fields).await;
        let code = site.outbox.of_phone(&person.phone)[0].code.clone().unwrap();
        let answer = person.post(&site, "/identity/code", &[("code", &code)]).await;
        assert_eq!((answer.status, answer.location()), (303, "/my"), "{next}");
    }
}

#[tokio::test]
async fn a_phone_in_another_name_is_refused_with_the_ways_to_book() {
    for (prefix, heading) in
        [("", "휴대전화가 본인 이름이 아닐 때"), ("/en", "When the phone is not in your name")]
    {
        let site = Site::new();
        let mut person = Person { prefix, phone: "010-0000-0404".to_owned(), ..Person::number(1) };
        let before = site.state().await;
        let claim = person.claim();
        let claim = claim.each_ref().map(|(name, value)| (*name, value.as_str()));
        let refused = person.post(&site, "/identity", &claim).await;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert!(refused.body.contains(&format!("href=\"{prefix}/help#phone\"")), "{refused:?}");
        assert!(refused.body.contains("305"), "{refused:?}");
        assert_eq!(site.state().await, before, "no code was sent");
        let help = person.get(&site, "/help").await;
        assert!(help.body.contains(&format!("id=\"phone\">{heading}")), "{help:?}");
        assert!(help.body.contains("id=\"foreigner\"") && help.body.contains("id=\"temporary\""));
        let claim = json!({"name": person.name, "number": person.number, "phone": person.phone});
        let answer = site.ask(&Ask::json("/api/v1/identity", &claim)).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "PhoneNotOwn"));
    }
}

/// The number stands in the form it was typed into, and masked on the next page; nowhere else.
#[tokio::test]
async fn the_number_is_shown_masked() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.join(&site).await;
    person.ask_for_code(&site).await;
    let page = person.get(&site, "/identity/code").await;
    assert!(page.body.contains("640305-1******"), "{page:?}");
    let back = person.number[8..].to_owned();
    assert!(!page.body.contains(&back));
    person.verify(&site).await;
    for path in ["/wait", "/my", "/outbox"] {
        assert!(!person.get(&site, path).await.body.contains(&back), "{path}");
    }
}
