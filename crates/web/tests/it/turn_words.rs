//! A message when one's turn is near: for whoever asked, once, and not too early.

use crate::person::Person;
use crate::site::{Site, Wanted};
use jiff::SignedDuration;
use store::conformance::world;
use waiting_room::draw::{PublicSource, Schedule};
use web::gate::drawing::DrawRules;
use web::turn_words::tell_due;

const WORDS: &str = "약 10분 뒤에 차례가 됩니다";

fn told(site: &Site, person: &Person) -> usize {
    site.outbox.of_phone(&person.phone).iter().filter(|message| message.text.contains(WORDS)).count()
}

async fn wish(site: &Site, person: &mut Person, wish: &str) {
    let answer = person.post(site, "/wait/word", &[("wish", wish)]).await;
    assert_eq!((answer.status, answer.location()), (303, "/wait"), "{answer:?}");
}

/// One a second: 600 in ten minutes.
fn slow() -> Wanted {
    Wanted { admissions_per_second: 1, ..Wanted::default() }
}

/// Tickets of nobody, so that the line is long.
async fn crowd(site: &Site, tickets: u32) {
    for number in 0..tickets {
        let ask = crate::wire::Ask::new("POST", &format!("/gate/{}/tickets", crate::site::SLUG));
        assert_eq!(site.ask(&ask).await.status, 201);
        if number % 30 == 29 {
            site.after(SignedDuration::from_secs(1)).await;
        }
    }
}

/// And the number in line.
async fn verified(site: &Site, number: u32) -> (Person, u64) {
    let mut person = Person::number(number);
    person.join(site).await;
    let queue_number = person.settle(site).await;
    person.verify(site).await;
    (person, queue_number)
}

#[tokio::test]
async fn whoever_asked_is_told_ten_minutes_before_their_turn_and_once() {
    let site = Site::with(slow());
    crowd(&site, 660).await;
    let (mut asked, queue_number) = verified(&site, 1).await;
    let (mut changed_mind, _) = verified(&site, 2).await;
    let (silent, _) = verified(&site, 3).await;
    let offered = asked.get(&site, "/wait").await.body;
    assert!(offered.contains("차례가 가까워지면 문자 받기"), "{offered}");
    wish(&site, &mut asked, "yes").await;
    wish(&site, &mut changed_mind, "yes").await;
    wish(&site, &mut changed_mind, "no").await;
    assert_eq!(tell_due(&site.app).await.unwrap(), 0, "nobody is called yet");
    site.open().await;
    site.seconds(2).await;
    assert_eq!(tell_due(&site.app).await.unwrap(), 0, "eleven minutes away");
    let ahead = || queue_number - site.app.gate.serving_number();
    while tell_due(&site.app).await.unwrap() == 0 {
        site.seconds(1).await;
        assert!(ahead() > 500, "never told");
    }
    let pace = site.app.gate.published().facts().document.admissions_per_minute.unwrap();
    let told_ahead = ahead();
    assert!((9 * pace..10 * pace).contains(&told_ahead), "{told_ahead} ahead, {pace} a minute");
    assert_eq!(tell_due(&site.app).await.unwrap(), 0, "once");
    assert_eq!([&asked, &changed_mind, &silent].map(|person| told(&site, person)), [1, 0, 0]);
}

#[tokio::test]
async fn without_a_proven_identity_there_is_nobody_to_tell() {
    let site = Site::with(slow());
    let mut stranger = Person::number(1);
    stranger.join(&site).await;
    stranger.settle(&site).await;
    assert!(!stranger.get(&site, "/wait").await.body.contains("차례가 가까워지면"));
    let refused = stranger.post(&site, "/wait/word", &[("wish", "yes")]).await;
    assert_ne!(refused.location(), "/wait", "{refused:?}");
}

#[tokio::test]
async fn in_a_drawn_line_the_turn_counts_and_not_who_came_first() {
    let source = PublicSource {
        name: "beacon".to_owned(),
        address: String::new(),
        first_at: jiff::Timestamp::UNIX_EPOCH,
        every_s: 30,
        is_demo: true,
    };
    let draw = DrawRules { source, schedule: Schedule::usual(world::opens_at()) };
    let site = Site::with(Wanted { draw: Some(draw), ..slow() });
    crowd(&site, 660).await;
    let mut late = Person::number(1);
    late.join(&site).await;
    site.seconds(2).await;
    late.get(&site, "/wait").await;
    late.verify(&site).await;
    wish(&site, &mut late, "yes").await;
    site.open().await;
    for _ in 0..400 {
        if site.phase() == "open" {
            break;
        }
        site.after(SignedDuration::from_millis(500)).await;
    }
    assert_eq!(tell_due(&site.app).await.unwrap(), 1, "the only one who was drawn is the first");
    assert_eq!(told(&site, &late), 1);
}
