//! The line before a site that is not ours: whose turn it is gets a handover that only their browser can use.

use crate::person::Person;
use crate::site::{SLUG, Site, Wanted};
use crate::wire::Ask;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::SignedDuration;
use store::Clock as _;
use waiting_room::Handover;
use web::app::OtherSite;

const ORIGIN: &str = "https://shop.test";
const MARK: [u8; 32] = [7; 32];

fn site() -> Site {
    let name = ("시험 공연 예매".to_owned(), "Test Tickets".to_owned());
    Site::with(Wanted {
        other_site: Some(OtherSite { origin: ORIGIN.to_owned(), name }),
        ..Wanted::default()
    })
}

fn asked(path: &str) -> String {
    format!("{path}?for={}", URL_SAFE_NO_PAD.encode(MARK))
}

fn opened(site: &Site, location: &str, at_site: &str) -> Option<Handover> {
    let hex = site.app.keys.gate_public_key();
    let key: Vec<u8> =
        (0..32).map(|byte| u8::from_str_radix(&hex[byte * 2..byte * 2 + 2], 16).unwrap()).collect();
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let token = location.strip_prefix("https://shop.test/.charye/enter?turn=").expect(location);
    Handover::open(token, SLUG, at_site, |bytes, signature| {
        key.verify_strict(bytes, &Signature::from_bytes(signature)).is_ok()
    })
}

#[tokio::test]
async fn whose_turn_it_is_is_handed_over_and_nobody_else() {
    let site = site();
    site.open().await;
    let mut kim = Person::number(1);
    assert_eq!(kim.get(&site, &asked("/site")).await.location(), "/", "without a ticket: to the first page");
    kim.join(&site).await;
    assert_eq!(kim.get(&site, &asked("/site")).await.location(), "/wait");
    assert_eq!(kim.get(&site, &asked("/site/go")).await.status, 403, "by the direct link nobody comes in");

    kim.come_in(&site).await;
    let page = kim.get(&site, "/wait").await;
    assert!(
        page.body.contains("href=\"https://shop.test/\"") && page.body.contains("시험 공연 예매"),
        "{page:?}"
    );
    assert_eq!(kim.get(&site, &asked("/site")).await.location(), asked("/site/go"));
    let answer = kim.get(&site, &asked("/site/go")).await;
    assert_eq!((answer.status, answer.header("referrer-policy")), (303, "no-referrer"));
    let handover = opened(&site, answer.location(), ORIGIN).unwrap();
    assert!(handover.is_good(3, &MARK, site.clock.now()));
    assert!(!handover.is_good(3, &MARK, site.clock.now() + SignedDuration::from_mins(2)));
    assert_eq!(opened(&site, answer.location(), "https://other.test"), None);
    let again = kim.get(&site, &asked("/site/go")).await;
    assert_eq!(opened(&site, again.location(), ORIGIN).unwrap().visitor, handover.visitor, "the same person");

    let mut lee = Person::number(2);
    lee.come_in(&site).await;
    let theirs = lee.get(&site, &asked("/site/go")).await;
    assert_ne!(opened(&site, theirs.location(), ORIGIN).unwrap().visitor, handover.visitor);
}

#[tokio::test]
async fn a_mark_that_is_none_and_a_service_without_a_site_lead_nowhere() {
    let without = Site::new();
    without.open().await;
    let mut kim = Person::number(1);
    kim.come_in(&without).await;
    for path in ["/site", "/site/go"] {
        assert_eq!(kim.get(&without, &asked(path)).await.status, 404, "{path}");
    }
    let with = site();
    with.open().await;
    let mut lee = Person::number(2);
    lee.come_in(&with).await;
    for query in ["", "?for=", "?for=AAAA", "?for=%00", "?to=https://evil.test", "?for=한글"] {
        for path in ["/site", "/site/go"] {
            let answer = lee.send(&with, Ask::get(&format!("{path}{query}"))).await;
            assert!(matches!(answer.status, 400 | 404), "{path}{query}: {answer:?}");
        }
    }
}
