//! What every answer carries: who may keep a copy, what a browser may do with it, how cookies are bound.

use crate::person::Person;
use crate::rules::{address, prefixes, prey};
use crate::site::{SLUG, Site, Wanted};
use crate::wire::{Answer, Ask};
use web::routes::table;

fn assert_is_personal(answer: &Answer, what: &str) {
    assert_eq!(answer.header("cache-control"), "no-store", "{what}: {answer:?}");
    assert_is_safe(answer, what);
    for cookie in answer.all("set-cookie") {
        for wanted in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age="] {
            assert!(cookie.contains(wanted), "{what}: {cookie}");
        }
    }
}

fn assert_is_safe(answer: &Answer, what: &str) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}: {answer:?}");
    if answer.is_html() {
        let policy = answer.header("content-security-policy");
        for wanted in
            ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(wanted), "{what}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{what}: {policy}");
        assert!(!answer.body.contains(" style=\"") && !answer.body.contains("onclick="), "{what}");
    }
}

#[tokio::test]
async fn every_answer_of_a_route_is_for_its_person_alone() {
    let site = Site::new();
    let (holder, booker, prey) = prey(&site).await;
    for person in [Person::number(1), holder, booker] {
        for route in table() {
            for prefix in prefixes(route) {
                let what = format!("{} {prefix}{}", route.method, route.path);
                let bare = Person { prefix, ..person.clone() };
                let mut asks = vec![prey.ask(route), Ask::new(route.method.as_str(), &address(route))];
                asks.push(Ask::new("HEAD", &address(route)));
                asks.push(Ask::new("DELETE", &address(route)));
                asks.push(Ask::new("POST", &address(route)).body("x".repeat(20_000)));
                for ask in asks {
                    let answer = site.ask(&bare.dressed(ask)).await;
                    assert!(answer.status < 500, "{what}: {answer:?}");
                    // The search before anything was asked for is a file, the same for everybody.
                    if route.path == "/find" && answer.header("cache-control").starts_with("public") {
                        assert_eq!((answer.status, answer.header("set-cookie")), (200, ""), "{what}");
                        continue;
                    }
                    assert_is_personal(&answer, &what);
                }
            }
        }
    }
    for ask in [
        Ask::new("POST", &format!("/gate/{SLUG}/tickets")),
        Ask::get("/nowhere"),
        Ask::get("/api/v1/x"),
        Ask::get("/find?q=x"),
    ] {
        assert_is_personal(&site.ask(&ask).await, &ask.target);
    }
}

#[tokio::test]
async fn what_is_for_everybody_says_so_and_sets_no_cookie() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    let mut paths: Vec<String> = site.app.static_plane.keys().cloned().collect();
    paths.extend(["/", "/en", "/en/", &site.app.gate_document_path].map(str::to_owned));
    assert!(paths.len() > 20, "{paths:?}");
    for path in paths {
        let answer = site.ask(&holder.dressed(Ask::get(&path))).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("cache-control").starts_with("public, max-age="), "{path}: {answer:?}");
        assert_eq!(answer.all("set-cookie").count(), 0, "{path}");
        assert_eq!(answer.header("vary"), "accept-encoding", "{path}");
        assert_is_safe(&answer, &path);
        for own in [&holder.name, &holder.phone, holder.cookie("ticket")] {
            assert!(!answer.body.contains(own), "{path} is not for {own}");
        }
        let again = Ask::get(&path).header("if-none-match", answer.header("etag"));
        assert_eq!(site.ask(&again).await.status, 304, "{path}");
    }
}

#[tokio::test]
async fn everybody_gets_the_same_bytes_of_the_gate_document() {
    let site = Site::new();
    let (holder, booker, _) = prey(&site).await;
    let path = site.app.gate_document_path.clone();
    let one = site.ask(&holder.dressed(Ask::get(&path))).await;
    let other = site.ask(&booker.dressed(Ask::get(&path))).await;
    assert_eq!((&one.body, &one.headers), (&other.body, &other.headers));
}

#[tokio::test]
async fn behind_tls_every_cookie_is_bound_to_the_host() {
    let site = Site::with(Wanted { secure_cookies: true, ..Wanted::default() });
    let mut person = Person::number(1);
    let mut seen = Vec::new();
    for path in ["/wait", "/identity"] {
        let csrf = person.get(&site, "/identity").await;
        seen.extend(csrf.all("set-cookie").map(str::to_owned).collect::<Vec<_>>());
        let token = csrf.hidden("csrf");
        let fields =
            [("csrf", &*token), ("name", "시험"), ("number", "640305-1000000"), ("phone", "01000000001")];
        let answer = person.send(&site, Ask::form(path, &fields)).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        seen.extend(answer.all("set-cookie").map(str::to_owned).collect::<Vec<_>>());
    }
    assert_eq!(seen.len(), 4, "browser, ticket, challenge, what was typed: {seen:?}");
    for cookie in seen {
        assert!(cookie.starts_with("__Host-") && cookie.ends_with("; Secure"), "{cookie}");
    }
}
