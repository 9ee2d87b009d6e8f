//! Finding a clinic: what is free is published, follows the bookings, and is never told when it is not known.

use crate::ledger::Mood;
use crate::person::Person;
use crate::site::{CLINIC, DAY, SIGUNGU, SLUG, Site};
use crate::wire::{Answer, Ask};
use booking::{Channel, RegionCode, StaffId};
use serde_json::Value;
use store::{AsStaff, Command, SetSupply, StaffAct, StaffUse};
use web::availability::feeder::SILENT_AFTER;
use web::search::PUBLIC_PER_SECOND_MAX;

const FULL: &str = "마감";
const UNKNOWN: &str = "지금은 알 수 없음";

fn file() -> String {
    format!("/availability/{SIGUNGU}.json")
}

async fn get(site: &Site, path: &str) -> Answer {
    site.ask(&Ask::get(path)).await
}

/// The letters of the clinic's whole days.
fn letters(answer: &Answer) -> String {
    answer.json()["clinics"][CLINIC].as_str().unwrap_or_default().to_owned()
}

/// Three people take the three places of the clinic on its first day.
async fn fill_a_day(site: &Site) -> Vec<Person> {
    let mut people = Vec::new();
    for (number, time) in [(1, "09:00"), (2, "09:30"), (3, "10:00")] {
        let mut person = Person::number(number);
        person.come_in(site).await;
        assert_eq!(person.hold(site, time, "one").await.location(), "/book/hold");
        people.push(person);
    }
    site.seconds(1).await;
    people
}

#[tokio::test]
async fn what_is_published_follows_the_bookings_within_a_second() {
    let site = Site::new();
    site.seconds(1).await;
    assert_eq!(letters(&get(&site, &file()).await), "mmm");
    let mut person = Person::number(1);
    person.come_in(&site).await;
    person.hold(&site, "09:00", "one").await;
    assert_eq!(letters(&get(&site, &file()).await), "mmm", "nothing is made for a request");
    site.seconds(1).await;
    assert_eq!(letters(&get(&site, &file()).await), "fmm");
    for (part, letters_of_part) in [("morning", "fmm"), ("afternoon", "---")] {
        let file = get(&site, &format!("/availability/{SIGUNGU}.{part}.json")).await;
        assert_eq!((file.json()["part"].as_str(), letters(&file).as_str()), (Some(part), letters_of_part));
    }
    let hold = person.hold_id(&site).await;
    person.post(&site, "/book/release", &[("hold", &hold), ("key", "back")]).await;
    site.seconds(1).await;
    assert_eq!(letters(&get(&site, &file()).await), "mmm");
}

/// However many places are free there: whoever chose it would be refused at the last step.
#[tokio::test]
async fn a_region_without_doses_is_told_before_it_is_chosen() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    let book = person.get(&site, "/book").await;
    assert!(!book.body.contains("백신 모두 예약됨"), "{book:?}");
    let allotted = [(RegionCode(1_100_000_000), 0)].into();
    let campaign = site.app.campaign().id;
    let none_left = SetSupply { campaign, total: None, allotted, even_below: false };
    let act = StaffAct::Use(StaffUse::SetSupply(none_left));
    let office: Command = AsStaff::over(Channel::Desk, StaffId(1), act).into();
    site.app.store.execute(office.into()).await.unwrap().unwrap();
    site.seconds(1).await;
    let book = person.get(&site, "/book").await;
    assert_eq!(book.body.matches("백신 모두 예약됨").count(), 1, "{book:?}");
    assert!(person.get(&site, "/en/book").await.body.contains("no doses left"));
}

#[tokio::test]
async fn full_closed_and_unknown_are_three_things() {
    let site = Site::new();
    fill_a_day(&site).await;
    let day = format!("/find?region={SIGUNGU}&day={DAY}");
    let full = get(&site, &day).await;
    assert_eq!(letters(&get(&site, &file()).await), "nmm");
    assert!(full.body.contains("tag none") && full.body.contains(FULL), "{full:?}");
    assert!(!full.body.contains("tag unknown"), "{full:?}");

    site.ledger.feel(Mood::Gone);
    site.after(SILENT_AFTER).await;
    assert_eq!(letters(&get(&site, &file()).await), "nmm", "until then what was true is told, with its time");
    site.seconds(1).await;
    let (unknown, page) = (get(&site, &day).await, get(&site, &format!("/regions/{SIGUNGU}")).await);
    for answer in [&unknown, &page] {
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains("tag unknown") && answer.body.contains(UNKNOWN), "{answer:?}");
        assert!(!answer.body.contains("tag none") && !answer.body.contains("tag many"), "{answer:?}");
        assert!(answer.body.contains("마감되었다는 뜻은 아닙니다"), "{answer:?}");
    }
    let file = get(&site, &file()).await.json();
    assert_eq!((&file["as_of"], file["clinics"].as_object().unwrap().len()), (&Value::Null, 0));

    site.ledger.feel(Mood::Well);
    site.seconds(1).await;
    assert!(get(&site, &day).await.body.contains("tag none"));
}

#[tokio::test]
async fn every_figure_has_its_time_and_the_time_stays_near() {
    let site = Site::new();
    site.open().await;
    let as_of = |answer: &Answer| answer.json()["as_of"].as_str().unwrap().to_owned();
    assert_eq!(as_of(&get(&site, &file()).await), "2027-07-12T11:00:00Z");
    site.seconds(30).await;
    let later = as_of(&get(&site, &file()).await);
    assert!(("2027-07-12T11:00:20Z"..="2027-07-12T11:00:32Z").contains(&later.as_str()), "{later}");
    let page = get(&site, &format!("/regions/{SIGUNGU}")).await;
    assert!(page.body.contains("<span class=\"num\">20:00:"), "{page:?}");
}

#[tokio::test]
async fn who_has_a_file_that_did_not_change_gets_no_second_one() {
    let site = Site::new();
    site.seconds(1).await;
    for path in [file(), format!("/regions/{SIGUNGU}"), format!("/en/regions/{SIGUNGU}")] {
        let first = get(&site, &path).await;
        assert!(first.header("cache-control").contains("max-age=1"), "{first:?}");
        site.seconds(1).await;
        let again = site.ask(&Ask::get(&path).header("if-none-match", first.header("etag"))).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
    }
}

#[tokio::test]
async fn the_lists_stand_when_the_ledger_never_came() {
    let site = Site::new();
    site.ledger.feel(Mood::Gone);
    site.seconds(20).await;
    let asked = site.ledger.asked();
    for path in [
        "/regions",
        "/regions/1100000000",
        &format!("/regions/{SIGUNGU}"),
        &format!("/en/regions/{SIGUNGU}"),
        &file(),
        "/static/districts.json",
        "/static/regions.json",
        &format!("/static/clinics/{SIGUNGU}.json"),
        "/find",
        &format!("/find?region={SIGUNGU}&free=1"),
        "/en/find?q=clinic",
    ] {
        assert_eq!(get(&site, path).await.status, 200, "{path}");
    }
    assert_eq!(site.ledger.asked(), asked, "none of them asks it");
    assert!(get(&site, &format!("/find?region={SIGUNGU}")).await.body.contains(UNKNOWN));
}

#[tokio::test]
async fn a_restart_knows_what_was_taken_before() {
    let site = Site::new();
    fill_a_day(&site).await;
    let site = site.restarted();
    assert_eq!(get(&site, &file()).await.json()["as_of"], Value::Null);
    site.seconds(1).await;
    assert_eq!(letters(&get(&site, &file()).await), "nmm");
}

#[tokio::test]
async fn behind_the_gate_the_same_search_has_numbers_and_leads_to_the_times() {
    let site = Site::new();
    let mut people = fill_a_day(&site).await;
    let page = people[0].get(&site, &format!("/book/find?region={SIGUNGU}")).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("3자리") && page.body.contains("6자리"), "{page:?}");
    assert!(page.body.contains(&format!("href=\"/book/clinics/{CLINIC}/2027-07-27\"")), "{page:?}");
    assert!(
        !page.body.contains(&format!("href=\"/book/clinics/{CLINIC}/{DAY}\"")),
        "a full day leads nowhere"
    );
    let outside = get(&site, &format!("/find?region={SIGUNGU}")).await;
    assert!(!outside.body.contains("자리</") && !outside.body.contains("/book/clinics/"), "{outside:?}");
}

#[tokio::test]
async fn free_places_first_puts_a_full_clinic_behind_the_others() {
    let site = Site::new();
    fill_a_day(&site).await;
    let first = async |free: &str| {
        let page = get(&site, &format!("/find?region={SIGUNGU}&day={DAY}{free}")).await;
        let at = |id: &str| page.body.find(&format!("id=\"c{id}\"")).unwrap();
        if at(CLINIC) < at("C00002") { CLINIC } else { "C00002" }
    };
    assert_eq!((first("").await, first("&free=1").await), (CLINIC, "C00002"));
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_the_rest_of_the_form_is_kept() {
    let site = Site::new();
    site.seconds(1).await;
    for (prefix, words) in [("", "날짜는 2027-07-26 형식입니다."), ("/en", "A day looks like 2027-07-26.")]
    {
        let answer = get(&site, &format!("{prefix}/find?q=kept&day=2027-02-29&part=night")).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains(words) && answer.body.contains("value=\"kept\""), "{answer:?}");
        assert!(
            answer.body.contains("id=\"day-error\"") && answer.body.contains("href=\"#part\""),
            "{answer:?}"
        );
    }
    let long = get(&site, &format!("/find?q={}", "a".repeat(3_000))).await;
    assert!(long.status == 400 && long.body.contains("id=\"q-error\""), "{long:?}");
    let nul = get(&site, "/find?near=%00").await;
    assert!(nul.status == 400 && nul.body.contains("id=\"near-error\""), "{nul:?}");
    let huge = site.wire().ask(&Ask::get(&format!("/find?q={}", "a".repeat(1_000_000)))).await;
    assert!((400..500).contains(&huge.status), "{huge:?}");
    assert_eq!(get(&site, "/find").await.status, 200, "and the service goes on");
}

#[tokio::test]
async fn whatever_is_typed_finds_something_or_nothing() {
    let site = Site::new();
    site.seconds(1).await;
    for (path, clinics) in [
        ("/find?q=CLI%20nic", 6),
        ("/find?q=C00003", 1),
        ("/find?q=%F0%9F%99%82", 0),
        ("/find?q=%E1%84%80%E1%85%A1", 0),
        ("/find?q=%3Cscript%3E", 0),
        ("/find?centre=1111010100", 6),
        ("/find?near=town", 0),
        ("/find?near=%EC%97%86%EB%8A%94%EB%8F%99", 0),
        ("/find?unknown=1", 0),
        ("/find?page=9223372036854775808&q=clinic", 6),
    ] {
        let answer = get(&site, path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert_eq!(answer.body.matches("<li id=\"cC0").count(), clinics, "{path}: {answer:?}");
        assert!(!answer.body.contains("<script>"), "{path}");
    }
    let several = get(&site, "/find?near=town&q=1").await;
    assert_eq!(several.body.matches("href=\"/find?q=1&#38;centre=").count(), 3, "{several:?}");
}

#[tokio::test]
async fn a_crowd_that_searches_does_not_hold_up_the_line() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    for _ in 0..PUBLIC_PER_SECOND_MAX {
        assert_eq!(get(&site, "/find?q=clinic").await.status, 200);
    }
    let busy = get(&site, "/find?q=clinic").await;
    assert_eq!(busy.status, 503, "{busy:?}");
    assert!(!busy.header("retry-after").is_empty(), "{busy:?}");
    assert_eq!(get(&site, &format!("/gate/{SLUG}.json")).await.status, 200);
    assert_eq!(get(&site, &format!("/regions/{SIGUNGU}")).await.status, 200);
    assert_eq!(get(&site, "/find").await.status, 200, "the empty form is a file");
    assert_eq!(person.get(&site, "/book/find?q=clinic").await.status, 200);
    site.seconds(1).await;
    assert_eq!(get(&site, "/find?q=clinic").await.status, 200);
}

#[tokio::test]
async fn korean_names_on_english_pages_are_marked_as_korean() {
    let site = Site::new();
    site.seconds(1).await;
    for path in [format!("/en/regions/{SIGUNGU}"), format!("/en/find?region={SIGUNGU}")] {
        let page = get(&site, &path).await;
        assert!(page.body.contains("lang=\"ko\">clinic C00001</"), "{page:?}");
    }
}
