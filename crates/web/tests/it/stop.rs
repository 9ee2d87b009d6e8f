//! The biggest buttons want two people, and for a minute either can take it back; also while the ledger is dead.

use crate::ledger::Mood;
use crate::site::Site;
use crate::staff::{Desk, on_duty};
use crate::wire::Answer;
use jiff::SignedDuration;
use store::LineStore as _;
use waiting_room::Order;
use web::staff::account::Role;

async fn seconds(site: &Site, seconds: i64) {
    for _ in 0..seconds {
        site.seconds(1).await;
        site.app.staff.as_ref().unwrap().carry_out_what_is_due(&site.app);
    }
}

fn given(site: &Site) -> Vec<(String, Order)> {
    let given = site.line.orders(site.app.gate.tag, 0).unwrap();
    given.into_iter().map(|(_, given)| (given.by, given.order)).collect()
}

async fn two(site: &Site) -> [Desk; 2] {
    let (operator, _) = on_duty(site, "park", Role::Operator, "all").await;
    let (manager, _) = on_duty(site, "choi", Role::Manager, "all").await;
    // The codes of their sign-ins are spent.
    site.clock.advance(SignedDuration::from_secs(60));
    [operator, manager]
}

async fn propose(desk: &mut Desk, site: &Site, what: &str) -> Answer {
    let code = desk.code(site);
    desk.post(site, "/desk/stop", &[("what", what), ("why", "백신 회수"), ("code", &code)]).await
}

async fn agree(desk: &mut Desk, site: &Site, proposal: &str) -> Answer {
    let code = desk.code(site);
    desk.post(site, "/desk/stop/agree", &[("proposal", proposal), ("agree_code", &code)]).await
}

#[tokio::test]
async fn a_campaign_closes_a_minute_after_a_second_person_agreed_and_not_before() {
    let site = Site::new();
    site.open().await;
    let [mut operator, mut manager] = two(&site).await;
    site.ledger.feel(Mood::Gone);
    assert_eq!(propose(&mut manager, &site, "close").await.location(), "/desk/stop");
    let own = manager.get(&site, "/desk/stop").await;
    assert!(
        own.body.contains("다른 담당자가 자신의 계정으로") && !own.body.contains("agree_code"),
        "{own:?}"
    );
    site.clock.advance(SignedDuration::from_secs(30));
    let alone = agree(&mut manager, &site, "1").await;
    assert!(alone.status == 403 && alone.body.contains("767"), "{alone:?}");
    let page = operator.get(&site, "/desk/stop").await;
    assert!(page.body.contains("다시 열 수 없습니다") && page.body.contains("agree_code"), "{page:?}");
    let wrong = [("proposal", "1"), ("agree_code", "000000")];
    let wrong = operator.post(&site, "/desk/stop/agree", &wrong).await;
    assert!(wrong.status == 422 && wrong.body.contains("agree_code-error"), "{wrong:?}");
    seconds(&site, 120).await;
    assert_eq!(given(&site), [], "one alone does nothing");
    assert_eq!(agree(&mut operator, &site, "1").await.location(), "/desk/stop");
    seconds(&site, 59).await;
    assert_eq!(given(&site), []);
    seconds(&site, 3).await;
    assert_eq!(given(&site), [("choi + park".to_owned(), Order::Close)], "once");
    assert_eq!(site.phase(), "closed");
    assert!(operator.get(&site, "/desk/stop").await.body.contains("되었습니다."));
}

#[tokio::test]
async fn within_the_minute_either_takes_it_back_and_nothing_happens() {
    let site = Site::new();
    site.open().await;
    let [mut operator, mut manager] = two(&site).await;
    assert_eq!(propose(&mut operator, &site, "revoke").await.status, 303);
    let second = propose(&mut manager, &site, "close").await;
    assert!(second.status == 409 && second.body.contains("769"), "{second:?}");
    assert_eq!(agree(&mut manager, &site, "1").await.status, 303);
    seconds(&site, 50).await;
    let back = operator.post(&site, "/desk/stop/withdraw", &[("proposal", "1")]).await;
    assert_eq!(back.location(), "/desk/stop", "{back:?}");
    seconds(&site, 120).await;
    assert_eq!(given(&site), []);
    let late = operator.post(&site, "/desk/stop/withdraw", &[("proposal", "1")]).await;
    assert!(late.status == 409 && late.body.contains("768"), "{late:?}");
    assert!(manager.get(&site, "/desk/stop").await.body.contains("되돌렸습니다"));
}

#[tokio::test]
async fn what_two_agreed_on_is_carried_out_once_after_a_restart() {
    let site = Site::new();
    site.open().await;
    let [mut operator, mut manager] = two(&site).await;
    let epoch = site.app.gate.pass_epoch();
    assert_eq!(propose(&mut operator, &site, "revoke").await.status, 303);
    assert_eq!(agree(&mut manager, &site, "1").await.status, 303);
    let site = site.restarted();
    seconds(&site, 65).await;
    let site = site.restarted();
    seconds(&site, 5).await;
    assert_eq!(given(&site), [("park + choi".to_owned(), Order::RevokePasses)]);
    assert_eq!(site.app.gate.pass_epoch(), epoch + 1);
}

#[tokio::test]
async fn a_proposal_says_what_and_why_with_a_fresh_code() {
    let site = Site::new();
    let [mut operator, _] = two(&site).await;
    let nothing = operator.post(&site, "/desk/stop", &[]).await;
    for error in ["what-error", "why-error", "code-error"] {
        assert!(nothing.status == 422 && nothing.body.contains(error), "{error}: {nothing:?}");
    }
    let fields = [("what", "close"), ("why", "x"), ("code", "000000")];
    assert_eq!(operator.post(&site, "/desk/stop", &fields).await.status, 422);
    assert!(!operator.get(&site, "/desk/stop").await.body.contains("제안했습니다"), "nothing is proposed");
}
