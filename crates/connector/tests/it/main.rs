//! A connector between a line and a site, all on loopback: who is let in, and what goes through.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod stage;

use hyper::StatusCode;
use stage::{Asked, LINE_CLOSED_FOR, Stage};

#[tokio::test]
async fn only_whoever_was_handed_over_sees_the_site_and_comes_back_to_the_page_they_asked_for() {
    let stage = Stage::start().await;
    let turned = stage.ask(Asked::page("/seats?row=3")).await;
    assert_eq!(turned.status, StatusCode::SEE_OTHER);
    let mark = turned.location().strip_prefix("http://line.test/site?for=").expect("to the line").to_owned();
    let way = turned.cookie("way");
    let entered = stage.ask(Asked::page(&stage.enter_path(&mark, 1)).with_cookie(&way)).await;
    assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, "/seats?row=3"), "{entered:?}");
    let visit = entered.cookie("visit");
    let seen = stage.ask(Asked::page("/seats?row=3").with_cookie(&visit)).await;
    assert_eq!((seen.status, seen.json()["path"].as_str()), (StatusCode::OK, Some("/seats?row=3")));
    assert_eq!(stage.site_requests(), 1, "nothing else of all this reached the site");
}

#[tokio::test]
async fn another_browser_an_old_and_a_forged_handover_open_nothing() {
    let stage = Stage::start().await;
    let mine = stage.ask(Asked::page("/")).await;
    let mark = mine.mark();
    let other = stage.ask(Asked::page("/")).await;
    assert_ne!(mark, other.mark());
    let path = stage.enter_path(&mark, 1);
    let forged = format!("{}A", &path[..path.len() - 1]);
    for (what, asked) in [
        ("another browser", Asked::page(&path).with_cookie(&other.cookie("way"))),
        ("no cookie", Asked::page(&path)),
        ("forged", Asked::page(&forged).with_cookie(&mine.cookie("way"))),
        ("nothing", Asked::page("/.charye/enter").with_cookie(&mine.cookie("way"))),
    ] {
        let answer = stage.ask(asked).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}: {answer:?}");
        assert!(answer.text().contains("begin again") && answer.cookies().is_empty(), "{what}");
    }
    stage.minutes_pass(3).await;
    let late = stage.ask(Asked::page(&path).with_cookie(&mine.cookie("way"))).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert_eq!(stage.site_requests(), 0);
}

#[tokio::test]
async fn a_visit_ends_when_it_is_idle_and_with_its_epoch() {
    let stage = Stage::start().await;
    let visit = stage.come_in().await;
    stage.minutes_pass(10).await;
    let seen = stage.ask(Asked::page("/").with_cookie(&visit)).await;
    assert_eq!(seen.status, StatusCode::OK);
    let extended = seen.cookie("visit");
    stage.minutes_pass(10).await;
    assert_eq!(stage.ask(Asked::page("/").with_cookie(&visit)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stage.ask(Asked::page("/").with_cookie(&extended)).await.status, StatusCode::OK);
    stage.new_epoch(2).await;
    assert_eq!(stage.ask(Asked::page("/").with_cookie(&extended)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn without_news_of_the_line_nobody_is_let_in_and_everybody_gets_words() {
    let stage = Stage::start().await;
    let visit = stage.come_in().await;
    let before = stage.site_requests();
    stage.line_falls_silent(LINE_CLOSED_FOR).await;
    for asked in [Asked::page("/").with_cookie(&visit), Asked::page("/")] {
        let answer = stage.ask(asked).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.text().contains("line silent"));
    }
    let check = stage.ask(Asked::page("/.charye/check").with_cookie(&visit)).await;
    assert_eq!(check.status, StatusCode::FORBIDDEN);
    assert_eq!(stage.site_requests(), before);
}

#[tokio::test]
async fn what_the_public_says_of_itself_and_what_is_ours_does_not_reach_the_site() {
    let stage = Stage::start().await;
    let visit = stage.come_in().await;
    let asked = Asked::page("/echo")
        .with_cookie(&format!("theme=dark; {visit}; lang=ko"))
        .with("x-charye-visitor", "somebody-else")
        .with("x-charye-anything", "1")
        .with("x-forwarded-for", "203.0.113.9")
        .with("x-forwarded-proto", "gopher")
        .with("forwarded", "for=203.0.113.9")
        .with("x-real-ip", "203.0.113.9")
        .with("connection", "close, x-hop, cookie")
        .with("x-hop", "1")
        .with("te", "trailers")
        .with("proxy-authorization", "x");
    let seen = stage.ask(asked).await.json();
    let headers = seen["headers"].as_object().unwrap();
    assert_eq!(headers["cookie"], "theme=dark; lang=ko");
    assert_eq!(headers["x-forwarded-for"], "127.0.0.1");
    assert_eq!(headers["x-forwarded-proto"], "http");
    assert_eq!(headers["x-forwarded-host"], "site.test");
    assert_eq!(headers["host"], "site.test");
    assert_eq!(headers["x-charye-visitor"], "01".repeat(16));
    for gone in
        ["x-charye-anything", "forwarded", "x-real-ip", "x-hop", "te", "proxy-authorization", "connection"]
    {
        assert!(!headers.contains_key(gone), "{gone} reached the site: {headers:?}");
    }
}

#[tokio::test]
async fn the_site_cannot_give_anybody_our_cookies_and_keeps_its_own() {
    let stage = Stage::start().await;
    let visit = stage.come_in().await;
    let answer = stage.ask(Asked::page("/sets-cookies").with_cookie(&visit)).await;
    assert_eq!(answer.cookies(), ["session=1; Path=/"]);
}

#[tokio::test]
async fn bodies_go_both_ways_as_they_come() {
    let stage = Stage::start().await;
    let visit = stage.come_in().await;
    let sent: Vec<u8> = (0..700_000_u32).map(|byte| byte as u8).collect();
    let answer = stage.ask(Asked::post("/back", sent.clone()).with_cookie(&visit)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body == sent, "{} of {} bytes came back", answer.body.len(), sent.len());
}

#[tokio::test]
async fn programs_are_told_and_a_form_leads_to_the_first_page() {
    let stage = Stage::start().await;
    let told = stage.ask(Asked::get("/api/seats")).await;
    assert_eq!(
        (told.status, told.json()["line"].as_str()),
        (StatusCode::UNAUTHORIZED, Some("http://line.test"))
    );
    let posted = stage.ask(Asked::post("/buy", Vec::new()).with("accept", "text/html")).await;
    let entered =
        stage.ask(Asked::page(&stage.enter_path(&posted.mark(), 1)).with_cookie(&posted.cookie("way")));
    assert_eq!(entered.await.location(), "/");
}

#[tokio::test]
async fn a_proxy_in_front_asks_and_is_answered() {
    let stage = Stage::start().await;
    let nobody = stage.ask(Asked::get("/.charye/check")).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let sent_on = stage.ask(Asked::page("/.charye/begin").with("x-charye-path", "/seats")).await;
    assert_eq!(sent_on.status, StatusCode::SEE_OTHER);
    let visit = stage.come_in().await;
    let somebody = stage.ask(Asked::get("/.charye/check").with_cookie(&visit)).await;
    assert_eq!(somebody.status, StatusCode::NO_CONTENT);
    assert_eq!(somebody.header("x-charye-visitor"), "01".repeat(16));
}

#[tokio::test]
async fn a_connection_that_changes_its_protocol_goes_through() {
    let stage = Stage::start().await;
    let visit = stage.come_in().await;
    assert_eq!(stage.say_through_an_upgrade(&visit, b"hello").await, b"hello");
}

#[tokio::test]
async fn a_site_that_is_gone_is_said_in_words() {
    let stage = Stage::without_a_site().await;
    let visit = stage.come_in().await;
    let answer = stage.ask(Asked::page("/").with_cookie(&visit)).await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert!(answer.text().contains("site silent"));
    for (named, said) in [("en-US,en;q=0.9", "in English"), ("en-US,ko;q=0.5", "site silent")] {
        let asked = Asked::page("/").with_cookie(&visit).with("accept-language", named);
        assert!(stage.ask(asked).await.text().contains(said), "{named}");
    }
}
