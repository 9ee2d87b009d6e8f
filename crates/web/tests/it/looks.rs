//! Everybody sees what staff did with their data, and nothing of anybody else's.

use crate::person::Person;
use crate::site::Site;
use crate::staff::{Desk, caller, confirm, hold, on_duty, record_of};
use booking::{Act, Actor, CampaignId, Channel, ClinicId, DoseNumber, LookUp, PersonId, StaffId};
use jiff::SignedDuration;
use jiff::civil::date;
use std::collections::BTreeSet;
use store::{AsStaff, Clock as _, Command, Request, StaffAct, TakePlaces};
use web::looks::months::Month;
use web::staff::account::Role;

async fn read_on(site: &Site) {
    while site.app.looks.step(&site.app).await.unwrap() {}
}

async fn seen_by(site: &Site, number: u32) -> String {
    let mut citizen = Person::number(number);
    citizen.verify(site).await;
    citizen.get(site, "/my/looks").await.body
}

#[tokio::test]
async fn what_staff_did_for_somebody_they_see_themselves_and_nobody_else_does() {
    let site = Site::new();
    site.open().await;
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    assert!(seen_by(&site, 7).await.contains("불러오고 있어"), "nothing is known before the record is read");
    let person = caller(&mut desk, &site, 7).await;
    hold(&mut desk, &site, &person, "09:00", "h1").await;
    confirm(&mut desk, &site, &person, "c1").await;
    read_on(&site).await;
    let own = seen_by(&site, 7).await;
    for words in ["예약할 자리를 잡았습니다", "예약을 확정했습니다", "까지의 기록입니다"]
    {
        assert!(own.contains(words), "{words}: {own}");
    }
    assert!(!own.contains("hong"), "not who, but where: {own}");
    let other = seen_by(&site, 8).await;
    assert!(other.contains("본 적이 없습니다") && !other.contains("확정했습니다"), "{other}");
}

#[tokio::test]
async fn a_look_that_is_made_later_is_there_at_the_next_reading_with_its_reason() {
    let site = Site::new();
    site.open().await;
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let person = caller(&mut desk, &site, 7).await;
    read_on(&site).await;
    assert!(!seen_by(&site, 7).await.contains("번호 전체를"));
    let shown = desk.post(&site, &format!("{person}/unmask"), &[("why", "신분증과 대조")]).await;
    assert_eq!(shown.status, 200, "{shown:?}");
    read_on(&site).await;
    let own = seen_by(&site, 7).await;
    assert!(own.contains("번호 전체를 보았습니다") && own.contains("신분증과 대조"), "{own}");
}

/// The record used to name the first of a household only.
#[tokio::test]
async fn what_staff_try_for_a_household_is_on_record_for_each_of_them() {
    let site = Site::new();
    site.open().await;
    let (mut desk, me) = on_duty(&site, "hong", Role::Agent, "all").await;
    for number in [7, 8] {
        caller(&mut desk, &site, number).await;
    }
    let record = record_of(&site, me).await;
    let registered = record.iter().filter(|event| event.entry.what == Act::Used("register".to_owned()));
    let both: Vec<PersonId> = registered.filter_map(|event| event.entry.whose).collect();
    let slot = booking::SlotId { clinic: ClinicId(1), visit_on: date(2027, 7, 26), starts_min: 540 };
    let wanted = TakePlaces {
        campaign: CampaignId(1),
        booker: both[0],
        recipients: both.clone(),
        dose: DoseNumber(1),
        at: slot,
        is_change: false,
    };
    let clerk = StaffId(77);
    let act = StaffAct::InNameOf(Command::Hold(wanted));
    let order = Command::from(AsStaff::over(Channel::Phone, clerk, act));
    site.app.store.execute(Request::from(order)).await.unwrap().unwrap_err();
    let events = site.app.store.audit_since(0, 10_000).await.unwrap();
    let clerks = events.iter().filter(|event| event.entry.who == Actor::Staff(clerk));
    let named: BTreeSet<Option<PersonId>> = clerks.map(|event| event.entry.whose).collect();
    assert_eq!(named, both.iter().copied().map(Some).collect());
}

/// A month is looked through when it is over; what was found stays.
#[tokio::test]
async fn the_auditor_looks_a_month_through_and_what_was_found_is_on_record() {
    let site = Site::new();
    site.open().await;
    let (mut desk, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let person = caller(&mut desk, &site, 7).await;
    desk.post(&site, &format!("{person}/unmask"), &[("why", "신분증과 대조")]).await;
    let (mut auditor, me) = on_duty(&site, "gam", Role::Auditor, "all").await;
    let month = Month::of(site.clock.now());
    let now = auditor.get(&site, "/desk/review").await;
    assert!(now.body.contains("hong") && now.body.contains("끝난 뒤에"), "{}", now.body);
    let early = [("month", month.to_string()), ("finding", "이상 없음".to_owned())];
    let early = early.each_ref().map(|(name, text)| (*name, text.as_str()));
    assert_eq!(auditor.post(&site, "/desk/review", &early).await.status, 404, "the month is not over");

    site.after(SignedDuration::from_hours(24 * 31)).await;
    let secret = auditor.secret;
    let mut auditor = Desk::new(&site, "gam").await;
    auditor.secret = secret;
    assert_eq!(auditor.sign_in(&site).await.status, 303);
    let due = auditor.get(&site, "/desk/review").await;
    assert!(due.body.contains("아직 점검하지 않음"), "{}", due.body);
    let month_text = month.to_string();
    let silent = auditor.post(&site, "/desk/review", &[("month", &month_text), ("finding", " ")]).await;
    assert_eq!(silent.status, 422, "{silent:?}");
    let said = [("month", month_text.as_str()), ("finding", "번호를 본 1건, 본인과 통화한 기록과 맞음")];
    let done = auditor.post(&site, "/desk/review", &said).await;
    assert_eq!(done.status, 303, "{done:?}");
    let shown = auditor.get(&site, done.location()).await;
    for words in ["gam 님이 점검함", "본인과 통화한 기록과 맞음", "점검함"] {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
    let own = record_of(&site, me).await;
    assert!(own.iter().any(|event| event.entry.what == Act::LookedUp(LookUp::Review)));
}
