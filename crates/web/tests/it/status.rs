//! Anybody can see how the service stands, and since when, whatever is broken.

use crate::ledger::Mood;
use crate::site::Site;
use crate::wire::Ask;
use store::Clock as _;
use web::lang::Lang;

async fn status(site: &Site) -> String {
    let answer = site.ask(&Ask::get("/en/status")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    answer.body
}

#[tokio::test]
async fn the_status_page_says_when_bookings_stopped_and_when_they_went_on() {
    let site = Site::new();
    site.open().await;
    let open = status(&site).await;
    assert!(
        open.contains("Whoever is called can book.") && open.contains("Works: bookings are stored"),
        "{open}"
    );

    site.ledger.feel(Mood::Gone);
    site.seconds(61).await;
    let broken_at = site.clock.now() - jiff::SignedDuration::from_secs(60);
    site.seconds(125).await;
    let broken = status(&site).await;
    assert!(
        broken.contains("nobody can book now") && broken.contains("nothing can be stored now"),
        "{broken}"
    );
    assert!(broken.contains("Works: everyone’s place is kept"), "the line lives on: {broken}");
    let since = format!("So since {}.", Lang::En.instant(broken_at));
    assert!(broken.contains(&since), "{since}: {broken}");

    site.ledger.feel(Mood::Well);
    site.seconds(2).await;
    let mended = status(&site).await;
    assert!(mended.contains("Whoever is called can book."), "{mended}");
    assert!(!mended.contains(&since), "it counts from when it was mended: {mended}");
}

#[tokio::test]
async fn whatever_state_the_ledger_is_in_the_status_page_asks_it_nothing() {
    let site = Site::new();
    site.ledger.feel(Mood::Hangs);
    let asked = site.ledger.asked();
    status(&site).await;
    assert_eq!(site.ledger.asked(), asked);
}
