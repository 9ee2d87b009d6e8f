//! An operator's bad minute over the pages: the figures, the alarms and the orders are there when the ledger is not.

use crate::ledger::Mood;
use crate::person::Person;
use crate::site::{Site, Wanted};
use crate::staff::{Desk, on_duty};
use crate::wire::Answer;
use jiff::SignedDuration;
use store::LineStore as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use waiting_room::Order;
use web::staff::account::Role;

/// Each second noted, as the thread of the desk does.
async fn seconds(site: &Site, seconds: i64) {
    for _ in 0..seconds {
        site.seconds(1).await;
        site.app.staff.as_ref().unwrap().console.note(&site.app);
    }
}

async fn order(desk: &mut Desk, site: &Site, fields: &[(&str, &str)]) -> Answer {
    // The code of the sign-in is spent.
    site.clock.advance(SignedDuration::from_secs(30));
    let code = desk.code(site);
    let fields = [fields, &[("why", "저장이 느려짐"), ("code", &code)]].concat();
    desk.post(site, "/desk/operator/orders", &fields).await
}

fn orders(site: &Site) -> Vec<Order> {
    let given = site.line.orders(site.app.gate.tag, 0).unwrap();
    given.into_iter().map(|(_, given)| given.order).collect()
}

#[tokio::test]
async fn the_figures_are_those_of_the_line_and_of_the_ledger() {
    let site = Site::with(Wanted { admissions_per_second: 1, ..Wanted::default() });
    let (mut desk, _) = on_duty(&site, "park", Role::Operator, "all").await;
    site.seconds(1).await;
    let mut people = [1, 2, 3, 4, 5].map(Person::number);
    for person in &mut people {
        person.join(&site).await;
        person.settle(&site).await;
        person.verify(&site).await;
    }
    site.open().await;
    seconds(&site, 1).await;
    people[0].enter(&site).await;
    seconds(&site, 1).await;
    let page = desk.get(&site, "/desk/operator").await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("열림") && page.body.contains("경보 없음"), "{page:?}");
    assert!(page.body.contains("<dt>입장</dt><dd>1.0 <small>명/초"), "{page:?}");
    assert!(page.body.contains("<dt>남은 디스크</dt><dd>40 <small>GiB"), "{page:?}");
    assert!(page.body.contains("<dt>줄을 보는 프로세스</dt><dd>1 <small>"), "{page:?}");
    let english = desk.get(&site, "/en/desk/operator").await;
    assert!(english.body.contains("No alarm") && english.body.contains("<dt>Admitted</dt>"), "{english:?}");
}

#[tokio::test]
async fn while_the_ledger_is_dead_the_screen_says_so_and_orders_are_obeyed() {
    let site = Site::new();
    site.open().await;
    let (mut desk, _) = on_duty(&site, "park", Role::Operator, "all").await;
    seconds(&site, 3).await;
    site.ledger.feel(Mood::Gone);
    seconds(&site, 15).await;
    let page = desk.get(&site, "/desk/operator").await;
    assert!(page.status == 200 && page.body.contains("예약을 저장하지 못하고 있습니다."), "{page:?}");
    let fields = [("what", "message"), ("ko", "잠시 점검합니다"), ("en", "Back soon")];
    let answer = order(&mut desk, &site, &fields).await;
    assert_eq!((answer.status, answer.location()), (303, "/desk/operator/orders"), "{answer:?}");
    seconds(&site, 2).await;
    let document = site.app.gate.published();
    assert_eq!(document.facts().document.message.1, "Back soon");
    let page = desk.get(&site, "/desk/operator/orders").await;
    assert!(page.body.contains("잠시 점검합니다") && page.body.contains("저장이 느려짐"), "{page:?}");
    let given = site.line.orders(site.app.gate.tag, 0).unwrap();
    assert_eq!((given[0].1.by.as_str(), given[0].1.why.as_str()), ("park", "저장이 느려짐"));
}

#[tokio::test]
async fn each_order_on_the_page_reaches_the_line_as_it_was_meant() {
    let site = Site::new();
    let (mut desk, _) = on_duty(&site, "park", Role::Operator, "all").await;
    let cases: [(&[(&str, &str)], Order); 6] = [
        (&[("what", "pause")], Order::Pause),
        (&[("what", "resume")], Order::Resume),
        (&[("what", "rate"), ("rate", "40")], Order::Rate(Some(40))),
        (&[("what", "as-configured")], Order::Rate(None)),
        (&[("what", "stretch"), ("factor", "4")], Order::Stretch(4)),
        (&[("what", "message")], Order::Message { ko: String::new(), en: String::new() }),
    ];
    for (fields, expected) in cases {
        assert_eq!(order(&mut desk, &site, fields).await.status, 303, "{expected:?}");
        assert_eq!(orders(&site).last(), Some(&expected));
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_is_not_given_and_the_field_says_why() {
    let site = Site::new();
    let (mut desk, _) = on_duty(&site, "park", Role::Operator, "all").await;
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[], "what-error"),
        (&[("what", "close")], "what-error"),
        (&[("what", "rate"), ("rate", "0")], "rate-error"),
        (&[("what", "rate"), ("rate", "forty")], "rate-error"),
        (&[("what", "stretch"), ("factor", "21")], "factor-error"),
        (&[("what", "message"), ("ko", "점검")], "en-error"),
    ];
    for (fields, error) in cases {
        let answer = order(&mut desk, &site, fields).await;
        assert!(
            answer.status == 422 && answer.body.contains(&format!("id=\"{error}\"")),
            "{fields:?} {answer:?}"
        );
        assert!(answer.body.contains("value=\"저장이 느려짐\""), "what was typed is kept");
    }
    let answer = desk.post(&site, "/desk/operator/orders", &[("what", "pause")]).await;
    assert!(answer.body.contains("why-error") && answer.body.contains("code-error"), "{answer:?}");
    assert_eq!(orders(&site), []);
}

#[tokio::test]
async fn an_open_screen_orders_nothing_without_the_code_of_the_moment_and_a_code_is_good_once() {
    let site = Site::new();
    let (mut desk, _) = on_duty(&site, "park", Role::Operator, "all").await;
    let spent = desk.code(&site);
    for code in [spent.as_str(), "000000"] {
        let fields = [("what", "pause"), ("why", "x"), ("code", code)];
        let answer = desk.post(&site, "/desk/operator/orders", &fields).await;
        assert!(answer.status == 422 && answer.body.contains("code-error"), "{answer:?}");
    }
    assert_eq!(order(&mut desk, &site, &[("what", "pause")]).await.status, 303);
    let again = [("what", "resume"), ("why", "x"), ("code", &*desk.code(&site))];
    assert_eq!(desk.post(&site, "/desk/operator/orders", &again).await.status, 422);
    assert_eq!(orders(&site), [Order::Pause]);
    // Guessing is slowed down as it is at the door.
    let guess = [("what", "pause"), ("why", "x"), ("code", "000000")];
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(desk.post(&site, "/desk/operator/orders", &guess).await.status);
    }
    assert!(statuses.ends_with(&[429]), "{statuses:?}");
}

#[tokio::test]
async fn the_figures_come_by_themselves_to_whoever_may_see_them() {
    let site = Site::new();
    site.open().await;
    let (desk, _) = on_duty(&site, "park", Role::Operator, "all").await;
    seconds(&site, 2).await;
    let mut stream = TcpStream::connect(site.staff_address).await.unwrap();
    let cookie = &desk.jar["charye-staff"];
    let head =
        format!("GET /desk/operator/live HTTP/1.1\r\nhost: desk\r\ncookie: charye-staff={cookie}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut heard = String::new();
    // Two events: the second comes by itself.
    while heard.matches("event: figures\n").count() < 2 {
        let mut bytes = [0; 16 * 1024];
        let count = stream.read(&mut bytes).await.unwrap();
        assert!(count > 0, "{heard}");
        heard.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    assert!(heard.contains("content-type: text/event-stream") && heard.contains("no-store"), "{heard}");
    assert!(heard.contains("data: <p class=\"state\"><span>열림"), "{heard}");
}
