//! A campaign manager's opening night over the pages.

use crate::ledger::Mood;
use crate::person::{Person, name_of, resident};
use crate::site::Site;
use crate::staff::{Desk, on_duty, record_of};
use crate::wire::Answer;
use booking::Act;
use jiff::SignedDuration;
use web::staff::account::Role;

async fn send(desk: &mut Desk, site: &Site, path: &str, fields: &[(&str, &str)]) -> Answer {
    // The code of the sign-in is spent.
    site.clock.advance(SignedDuration::from_secs(30));
    site.seconds(1).await;
    let code = desk.code(site);
    desk.post(site, path, &[fields, &[("why", "병원에서 일함"), ("code", &code)]].concat()).await
}

#[tokio::test]
async fn who_may_book_then_is_answered_for_any_instant_and_birth_date() {
    let site = Site::new();
    let (mut desk, _) = on_duty(&site, "choi", Role::Manager, "all").await;
    let page = desk.get(&site, "/desk/campaign").await;
    assert!(
        page.status == 200 && page.body.contains("시험 접종") && page.body.contains("1962-01-01"),
        "{page:?}"
    );
    let opens_at = booking::KOREA.to_datetime(site.app.campaign().opens_at);
    let (date, time) = (opens_at.date().to_string(), opens_at.time().strftime("%H:%M").to_string());
    let asked = [("date", date.as_str()), ("time", time.as_str()), ("birth_date", "19640315")];
    let open = desk.post(&site, "/desk/campaign/preview", &asked).await;
    assert!(open.body.contains("예약 가능") && open.body.contains("출생은 대상입니다"), "{open:?}");
    let young = [asked[0], asked[1], ("birth_date", "19990315")];
    let young = desk.post(&site, "/desk/campaign/preview", &young).await;
    assert!(young.body.contains("출생은 대상이 아닙니다"), "{young:?}");
    let early =
        desk.post(&site, "/desk/campaign/preview", &[("date", "2027-07-01"), ("time", "20:00")]).await;
    assert!(early.body.contains("새로 예약할 수 있는 분이 없습니다"), "{early:?}");
    let wrong = desk.post(&site, "/desk/campaign/preview", &[("date", "someday"), ("time", "")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("date-error") && wrong.body.contains("time-error"));
    assert!(wrong.body.contains("value=\"someday\""), "what was typed is kept");
}

#[tokio::test]
async fn one_write_announces_something_to_everybody_in_both_languages_also_while_the_ledger_is_dead() {
    let site = Site::new();
    site.open().await;
    let mut person = Person::number(1);
    person.join(&site).await;
    let (mut desk, _) = on_duty(&site, "choi", Role::Manager, "all").await;
    site.ledger.feel(Mood::Gone);
    let path = "/desk/campaign/notice";
    let half = send(&mut desk, &site, path, &[("ko", "백신이 늦게 옵니다 <b>")]).await;
    assert!(half.status == 422 && half.body.contains("en-error"), "{half:?}");
    let fields = [("ko", "백신이 늦게 옵니다 <b>"), ("en", "The vaccine comes late")];
    let given = send(&mut desk, &site, path, &fields).await;
    assert_eq!((given.status, given.location()), (303, "/desk/campaign"), "{given:?}");
    site.seconds(2).await;
    for page in ["/", "/wait", "/identity", "/wait/code", "/help", "/status"] {
        let (ko, en) = (
            person.get(&site, page).await,
            person.get(&site, &format!("/en{}", page.trim_end_matches('/'))).await,
        );
        let times = ko.body.matches("백신이 늦게 옵니다 &#60;b&#62;").count();
        assert_eq!(times, 1, "{page}: once {ko:?}");
        assert!(en.body.contains("The vaccine comes late"), "{page}: {en:?}");
    }
    let page = desk.get(&site, "/desk/campaign").await;
    assert!(page.status == 200 && page.body.contains("지금은 저장된 예약을 물을 수 없어"), "{page:?}");
    let gone = send(&mut desk, &site, path, &[]).await;
    assert_eq!(gone.status, 303, "both empty take it away");
    site.seconds(2).await;
    assert!(!person.get(&site, "/help").await.body.contains("백신이 늦게"));
}

#[tokio::test]
async fn somebody_of_another_age_books_after_a_correction_which_is_on_record_with_its_reason() {
    let site = Site::new();
    site.open().await;
    let (mut desk, id) = on_duty(&site, "choi", Role::Manager, "all").await;
    let path = "/desk/campaign/eligibility";
    let (name, number) = (name_of(7), resident("9903051", 7));
    let who = [("name", name.as_str()), ("number", number.as_str())];
    let none = send(&mut desk, &site, path, &who).await;
    assert!(none.status == 422 && none.body.contains("eligible-error"), "{none:?}");
    let without = [who[0], who[1], ("eligible", "yes"), ("why", "x"), ("code", "000000")];
    let without = desk.post(&site, path, &without).await;
    assert!(without.status == 422 && without.body.contains("code-error"), "{without:?}");
    let is_correction =
        |act: &Act| matches!(act, Act::EligibilityCorrected { eligible: true, also_admitted: false, .. });
    let before = record_of(&site, id).await;
    assert!(!before.iter().any(|event| is_correction(&event.entry.what)));
    let done = send(&mut desk, &site, path, &[who[0], who[1], ("eligible", "yes")]).await;
    assert_eq!((done.status, done.location()), (303, "/desk/campaign/eligibility?done"), "{done:?}");
    assert!(desk.get(&site, "/desk/campaign/eligibility?done").await.body.contains("바로잡았습니다"));
    let after = record_of(&site, id).await;
    let event = after.iter().find(|event| is_correction(&event.entry.what)).expect("it is on record");
    assert!(!event.entry.why.is_empty() && event.entry.whose.is_some(), "{event:?}");
    // An agent finds them, and they may book now.
    let (mut agent, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let found = agent.post(&site, "/desk/people/new", &who).await;
    let person = found.location().to_owned();
    let hold =
        [("clinic", crate::site::CLINIC), ("date", crate::site::DAY), ("time", "09:00"), ("key", "k1")];
    let held = agent.post(&site, &format!("{person}/hold"), &hold).await;
    assert_eq!(held.status, 303, "{held:?}");
}
