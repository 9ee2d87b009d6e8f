//! Forms that are not ours: no token, another browser's token, another site's page.

use crate::person::Person;
use crate::rules::{Prey, address, prey};
use crate::site::{SLUG, Site};
use crate::wire::{Answer, Ask};
use serde_json::json;
use web::context::Wants;
use web::routes::{Route, table};

fn forms() -> impl Iterator<Item = &'static Route> {
    table().iter().filter(|route| route.method == "POST" && route.wants == Wants::Page)
}

/// The form of a route, as it would be sent from anywhere, without any word about where it comes from.
fn form(route: &Route, prey: &Prey, csrf: Option<&str>) -> Ask {
    let mut fields = vec![
        ("hold", prey.hold.as_str()),
        ("appointment", &prey.appointment),
        ("sure", "1"),
        ("key", "forged"),
        ("clinic", crate::site::CLINIC),
        ("date", crate::site::DAY),
        ("time", "10:00"),
        ("name", "위조"),
        ("number", "640305-1000000"),
        ("phone", "01099999999"),
    ];
    fields.extend(csrf.map(|token| ("csrf", token)));
    Ask::form(&address(route), &fields)
}

fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 403, "{what}: {answer:?}");
    assert!(answer.is_html() && answer.header("cache-control") == "no-store", "{what}");
    assert!(!answer.body.contains("위조"), "{what}: nothing typed elsewhere is shown here");
}

#[tokio::test]
async fn a_form_without_our_token_is_refused_and_changes_nothing() {
    let site = Site::new();
    let (holder, booker, prey) = prey(&site).await;
    let keys = &site.app.keys.tokens;
    let old = site.app.clock.now() - jiff::SignedDuration::from_hours(25);
    let stale = web::session::form_token(keys, holder.cookie("browser"), old);
    let theirs = booker.csrf.clone().unwrap();
    let mine = holder.csrf.clone().unwrap();
    let forged = format!("{}A", &mine[..mine.len() - 1]);
    let tokens = [
        None,
        Some(""),
        Some("x"),
        Some(&*theirs),
        Some(&*stale),
        Some(&*forged),
        Some(holder.cookie("session")),
    ];
    let before = site.state().await;
    for route in forms().filter(|route| route.path != "/wait") {
        for (position, token) in tokens.iter().enumerate() {
            for prefix in ["", "/en"] {
                let person = Person { prefix, ..holder.clone() };
                let answer = site.ask(&person.dressed(form(route, &prey, *token))).await;
                assert_refused(&answer, &format!("{prefix}{} with token {position}", route.path));
            }
        }
    }
    assert_eq!(site.state().await, before);
}

#[tokio::test]
async fn what_the_browser_says_comes_from_another_site_is_refused_even_with_a_good_token() {
    let site = Site::new();
    let (holder, _, prey) = prey(&site).await;
    let csrf = holder.csrf.clone().unwrap();
    let from_elsewhere = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "https://charye.test.evil.example"),
        ("origin", "http://charye.test"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    let before = site.state().await;
    for (name, value) in from_elsewhere {
        for route in forms() {
            for prefix in ["", "/en"] {
                let person = Person { prefix, ..holder.clone() };
                let ask = form(route, &prey, Some(&csrf)).header(name, value);
                let what = format!("{name}: {value} to {prefix}{}", route.path);
                assert_refused(&site.ask(&person.dressed(ask)).await, &what);
            }
        }
        let tickets = Ask::new("POST", &format!("/gate/{SLUG}/tickets")).header(name, value);
        let answer = site.ask(&tickets).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "FormExpired"), "{name}: {value}");
    }
    assert_eq!(site.state().await, before);
}

#[tokio::test]
async fn json_from_another_site_is_refused() {
    let site = Site::new();
    let (holder, _, prey) = prey(&site).await;
    let before = site.state().await;
    for route in table().iter().filter(|route| route.method == "POST" && route.wants == Wants::Json) {
        let body =
            json!({"hold": prey.hold, "name": "위조", "number": "640305-1000000", "phone": "01099999999"});
        for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
            let answer =
                site.ask(&holder.dressed(Ask::json(&address(route), &body).header(name, value))).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, "FormExpired"), "{}", route.path);
        }
    }
    assert_eq!(site.state().await, before);
}

#[tokio::test]
async fn json_under_another_name_is_refused() {
    let site = Site::new();
    let (holder, _, prey) = prey(&site).await;
    let body = json!({"hold": prey.hold, "appointment": prey.appointment, "name": "위조", "number": "640305-1000000", "phone": "01099999999"});
    let before = site.state().await;
    for route in table().iter().filter(|route| route.method == "POST" && route.wants == Wants::Json) {
        let kinds = [
            "text/plain",
            "text/plain;charset=UTF-8",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonp",
            "",
        ];
        for kind in kinds {
            let ask = Ask::new("POST", &address(route)).header("content-type", kind).body(body.to_string());
            let answer = site.ask(&holder.dressed(ask.header("idempotency-key", "k"))).await;
            let what = format!("{kind} to {}", route.path);
            assert_eq!((answer.status, answer.code().as_str()), (415, "BodyUnsupported"), "{what}");
        }
    }
    for route in forms() {
        let ask = Ask::json(&address(route), &body).header("sec-fetch-site", "same-origin");
        assert_eq!(
            site.ask(&holder.dressed(ask)).await.status,
            415,
            "a page takes forms only: {}",
            route.path
        );
    }
    assert_eq!(site.state().await, before);
}

#[tokio::test]
async fn a_form_that_the_browser_calls_ours_needs_no_token() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.get(&site, "/identity").await;
    let claim = [("name", "시험"), ("number", "640305-1000000"), ("phone", "01000000001")];
    let ours = Ask::form("/identity", &claim).header("sec-fetch-site", "same-origin");
    assert_eq!(person.send(&site, ours).await.status, 303);
    for origin in ["https://charye.test".to_owned(), format!("http://{}", site.address)] {
        let csrf = person.csrf(&site).await;
        let fields = [&[("csrf", csrf.as_str())], &claim[..]].concat();
        let ask = Ask::form("/identity", &fields).header("origin", &origin);
        assert_eq!(person.send(&site, ask).await.status, 303, "{origin}");
    }
}

/// The first page is the same bytes for everyone: its button carries no token, and giving a ticket harms nobody.
#[tokio::test]
async fn the_button_of_the_first_page_needs_no_token() {
    let site = Site::new();
    let answer = site.ask(&Ask::form("/wait", &[])).await;
    assert_eq!((answer.status, answer.location()), (303, "/wait"));
}

/// Browsers inside other apps and old ones say neither where a form comes from nor who sent it: the token decides.
#[tokio::test]
async fn a_browser_that_says_nothing_of_itself_is_served_by_its_form_token_alone() {
    let site = Site::new();
    let (holder, _, prey) = prey(&site).await;
    let csrf = holder.csrf.clone().unwrap();
    // Leaving ends the session: what comes after it would be asked who it is.
    let (leave, rest): (Vec<_>, Vec<_>) = forms().partition(|route| route.path.ends_with("/leave"));
    for route in rest.into_iter().chain(leave) {
        let silent = holder.dressed(form(route, &prey, Some(&csrf)));
        assert_ne!(site.ask(&silent).await.status, 403, "{} with the token", route.path);
        for site_said in ["none", "same-site", "cross-site", "unheard-of", ""] {
            let without = form(route, &prey, None).header("sec-fetch-site", site_said);
            let harmless = route.path == "/wait" && site_said == "none";
            if !harmless {
                let what = format!("{} without a token, from `{site_said}`", route.path);
                assert_refused(&site.ask(&holder.dressed(without)).await, &what);
            }
        }
    }
}

/// JSON needs no token, because no page elsewhere can send it without asking first: we agree to nobody who asks.
#[tokio::test]
async fn nobody_elsewhere_may_send_json_or_read_an_answer() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    for route in table() {
        let ask = Ask::new("OPTIONS", &address(route))
            .header("origin", "https://evil.example")
            .header("access-control-request-method", route.method.as_str())
            .header("access-control-request-headers", "content-type,idempotency-key,charye-session");
        let answer = site.ask(&holder.dressed(ask)).await;
        let allowed: Vec<_> =
            answer.headers.iter().filter(|(name, _)| name.starts_with("access-control-allow")).collect();
        assert!(allowed.is_empty() && answer.status >= 400, "{}: {answer:?}", route.path);
    }
}
