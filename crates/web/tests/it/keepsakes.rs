//! What one takes along: the page to print, the calendar file, the message, the reminder.

use crate::person::Person;
use crate::site::Site;
use crate::wire::Answer;
use jiff::{SignedDuration, Timestamp};
use store::Clock as _;
use web::messages::deliver_waiting;
use web::reminders::{Reminded, Reminders};

async fn booked(site: &Site, number: u32, time: &str) -> (Person, String) {
    let mut person = Person::number(number);
    person.come_in(site).await;
    person.hold(site, time, "h").await;
    person.confirm(site, "c").await;
    let number = person.appointment(site).await;
    (person, number)
}

fn line<'a>(file: &'a Answer, name: &str) -> Vec<&'a str> {
    file.body.split("\r\n").filter_map(|line| line.strip_prefix(name)).collect()
}

#[tokio::test]
async fn a_calendar_file_has_both_doses_and_keeps_its_name_when_they_move() {
    let site = Site::new();
    let (mut person, number) = booked(&site, 1, "09:00").await;
    let path = format!("/my/calendar/{number}");
    let file = person.get(&site, &path).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert_eq!(file.header("cache-control"), "no-store");
    let disposition = format!("attachment; filename=\"charye-{number}.ics\"");
    assert_eq!(file.header("content-disposition"), disposition);
    assert_eq!(line(&file, "DTSTART:"), ["20270726T000000Z", "20270816T000000Z"]);
    assert_eq!(line(&file, "DTEND:"), ["20270726T003000Z", "20270816T003000Z"]);
    let sequences = |file: &Answer| -> Vec<u32> {
        line(file, "SEQUENCE:").iter().map(|sequence| sequence.parse().unwrap()).collect()
    };
    let (uids, before) = (line(&file, "UID:").join(" "), sequences(&file));
    assert!(uids.starts_with(&format!("{number}.c55@charye")), "{uids}");
    site.after(SignedDuration::from_secs(30)).await;
    person.post(&site, "/my/change", &[("appointment", &number), ("key", "k")]).await;
    person.hold(&site, "10:00", "h2").await;
    person.confirm(&site, "c2").await;
    let file = person.get(&site, &path).await;
    assert_eq!(line(&file, "DTSTART:")[0], "20270726T010000Z");
    assert_eq!(line(&file, "UID:").join(" "), uids);
    assert!(sequences(&file)[0] > before[0], "{before:?} {file:?}");
}

#[tokio::test]
async fn pages_files_and_messages_of_somebody_else_are_unknown() {
    let site = Site::new();
    let (_, number) = booked(&site, 1, "09:00").await;
    let (mut stranger, own) = booked(&site, 2, "09:30").await;
    let before = site.state().await;
    for name in [number.as_str(), "00000-00000", "x", "%2e%2e"] {
        for path in ["/my/calendar/", "/my/booked/", "/en/my/calendar/"] {
            let answer = stranger.get(&site, &format!("{path}{name}")).await;
            assert!(answer.status == 404 && !answer.body.contains("BEGIN:"), "{path}{name}: {answer:?}");
        }
    }
    for path in ["/my/message", "/my/change", "/my/cancel"] {
        let answer = stranger.post(&site, path, &[("appointment", &number), ("key", "k")]).await;
        assert!(answer.status == 404 && answer.body.contains("601"), "{path}: {answer:?}");
    }
    assert_eq!(site.state().await, before);
    let sure = [("appointment", own.as_str()), ("key", "q"), ("sure", "1")];
    stranger.post(&site, "/my/cancel", &sure).await;
    assert_eq!(stranger.get(&site, &format!("/my/calendar/{own}")).await.status, 409, "cancelled");
}

#[tokio::test]
async fn a_lost_number_is_found_by_identity_and_sent_again_a_few_times() {
    let site = Site::new();
    let (booked, number) = booked(&site, 1, "09:00").await;
    let mut person = Person { jar: std::collections::BTreeMap::new(), csrf: None, ..booked };
    assert_eq!(person.get(&site, "/my").await.location(), "/identity?next=my");
    person.verify(&site).await;
    assert!(person.get(&site, "/my").await.body.contains(&number));
    let ask = [("appointment", number.as_str()), ("key", "k")];
    for _ in 0..3 {
        let sent = person.post(&site, "/my/message", &ask).await;
        assert!(sent.status == 200 && sent.body.contains("다시 보냈습니다"), "{sent:?}");
        let text = site.outbox.of_phone(&person.phone)[0].text.clone();
        assert!(text.contains(&number) && text.contains("1차") && text.contains("2차"), "{text}");
    }
    let sent = site.outbox.newest(usize::MAX).len();
    let refused = person.post(&site, "/my/message", &ask).await;
    assert!(refused.status == 429 && refused.body.contains("605"), "{refused:?}");
    assert_eq!(site.outbox.newest(usize::MAX).len(), sent);
    site.after(SignedDuration::from_hours(1)).await;
    assert_eq!(person.post(&site, "/my/message", &ask).await.status, 200);
}

fn reminders_sent(site: &Site) -> usize {
    site.outbox.newest(usize::MAX).iter().filter(|message| message.text.contains("내일")).count()
}

#[tokio::test]
async fn everybody_is_reminded_once_on_the_day_before_after_ten_and_a_restart_knows() {
    let site = Site::new();
    for (number, time) in [(1, "09:00"), (2, "09:30")] {
        booked(&site, number, time).await;
    }
    let ten: Timestamp = "2027-07-25T01:00:00Z".parse().unwrap();
    let wait = ten.duration_since(site.clock.now());
    site.clock.advance(wait - SignedDuration::from_secs(1));
    let mut reminders = Reminders::default();
    assert_eq!(reminders.step(&site.app).await.unwrap(), Reminded::Nothing, "not before ten");
    site.clock.advance(SignedDuration::from_secs(1));
    site.ledger.feel(crate::ledger::Mood::Gone);
    assert_eq!(reminders.step(&site.app).await.unwrap(), Reminded::Nothing, "it leaves a sick ledger alone");
    site.ledger.feel(crate::ledger::Mood::Well);
    assert_eq!(reminders.step(&site.app).await.unwrap(), Reminded::People(2));
    assert_eq!(reminders.step(&site.app).await.unwrap(), Reminded::Nothing);
    let site = site.restarted();
    assert_eq!(Reminders::default().step(&site.app).await.unwrap(), Reminded::Nothing);
    deliver_waiting(&site.app).await.unwrap();
    assert_eq!(reminders_sent(&site), 2);
    site.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(
        Reminders::default().step(&site.app).await.unwrap(),
        Reminded::Nothing,
        "nobody is due that day"
    );
    let before_the_second: Timestamp = "2027-08-15T01:00:00Z".parse().unwrap();
    site.clock.advance(before_the_second.duration_since(site.clock.now()));
    assert_eq!(Reminders::default().step(&site.app).await.unwrap(), Reminded::People(2), "second doses too");
}
