//! Every guarded route against every kind of wrong credential, in both languages, as cookies and as headers.

use crate::person::Person;
use crate::rules::{Prey, guarded, prefixes, prey};
use crate::site::Site;
use crate::wire::{Answer, Ask};
use booking::PersonId;
use jiff::{SignedDuration, Timestamp};
use store::Clock as _;
use waiting_room::{CampaignTag, KeyId, KeyRing, Pass};
use web::context::Wants;
use web::routes::{Guard, Route};
use web::session::Session;

/// Somebody with something wrong in their pockets.
struct Case {
    name: String,
    person: Person,
    /// Whether the session alone is good: what asks for a session only lets them in.
    session_is_good: bool,
    /// The session was ended: they are asked who they are, not for their turn.
    session_is_over: bool,
}

fn case(name: impl Into<String>, person: Person, session_is_good: bool) -> Case {
    Case { name: name.into(), person, session_is_good, session_is_over: false }
}

/// The token with one character changed.
fn forged(token: &str, position: usize) -> String {
    let mut bytes = token.to_owned().into_bytes();
    bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}

fn places(token: &str) -> [usize; 7] {
    let last = token.len() - 1;
    [0, 1, 4, 10, last / 2, last - 12, last]
}

struct Suspects {
    holder: Person,
    booker: Person,
    gone: Person,
}

impl Suspects {
    fn cases(&self, site: &Site) -> Vec<Case> {
        let mut cases = vec![case("nothing at all", Person::number(1), false)];
        cases.extend(self.forged());
        cases.extend(self.mixed_up());
        cases.extend(self.minted(site));
        cases
    }

    fn forged(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (kind, session_is_good) in [("pass", true), ("session", false)] {
            let token = self.holder.cookie(kind);
            for position in places(token) {
                let person = self.holder.with_cookie(kind, &forged(token, position));
                cases.push(case(format!("{kind} forged at {position}"), person, session_is_good));
            }
            for garbage in ["", "A", "null", "undefined", "0", "AAAA.BBBB.CCCC", "%00"] {
                let person = self.holder.with_cookie(kind, garbage);
                cases.push(case(format!("{kind} `{garbage}`"), person, session_is_good));
            }
        }
        cases
    }

    fn mixed_up(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        let csrf = self.holder.csrf.clone().unwrap();
        for other in ["ticket", "session", "csrf", "browser"] {
            let token = if other == "csrf" { &csrf } else { self.holder.cookie(other) };
            cases.push(case(format!("{other} as pass"), self.holder.with_cookie("pass", token), true));
        }
        for other in ["ticket", "pass", "csrf", "browser"] {
            let token = if other == "csrf" { &csrf } else { self.holder.cookie(other) };
            cases.push(case(format!("{other} as session"), self.holder.with_cookie("session", token), false));
        }
        let theirs = self.booker.cookie("pass");
        cases.push(case("another person's pass", self.holder.with_cookie("pass", theirs), true));
        let other = self.booker.with_cookie("pass", self.holder.cookie("pass"));
        cases.push(case("my pass in another's hands", other, true));
        let mut ended = case("an ended session", self.gone.clone(), false);
        ended.session_is_over = true;
        cases.push(ended);
        cases
    }

    /// Signed with the service's own key, and wrong all the same.
    fn minted(&self, site: &Site) -> Vec<Case> {
        let keys = &site.app.keys.tokens;
        let now = site.clock.now();
        let good = Pass::open(keys, self.holder.cookie("pass")).unwrap();
        let wrong = [
            ("a pass of another campaign", Pass { campaign: CampaignTag(2), ..good }),
            ("a pass of campaign 0", Pass { campaign: CampaignTag(0), ..good }),
            ("a pass that ran out by idling", Pass { expires_at: now, ..good }),
            ("a pass past its end", Pass { ends_at: now, ..good }),
            ("a pass of an older epoch", Pass { epoch: good.epoch - 1, ..good }),
            ("a pass of an epoch to come", Pass { epoch: good.epoch + 1, ..good }),
            ("a pass of nobody", Pass { booker: 0, ..good }),
        ];
        let with_pass = |token: String| self.holder.with_cookie("pass", &token);
        let mut cases: Vec<Case> =
            wrong.into_iter().map(|(name, pass)| case(name, with_pass(pass.seal(keys)), true)).collect();
        let foreign = KeyRing::new(KeyId(1), &[99; 32]);
        cases.push(case("a pass of another key", with_pass(good.seal(&foreign)), true));
        let person = PersonId(good.booker);
        let old = Session::begin([7; 16], person, now - SignedDuration::from_hours(12));
        cases.push(case("an old session", self.holder.with_cookie("session", &old.seal(keys)), false));
        let fresh = Session::begin([7; 16], person, now).seal(&foreign);
        cases.push(case("a session of another key", self.holder.with_cookie("session", &fresh), false));
        cases
    }
}

/// None where the case may pass.
fn expected(route: &Route, case: &Case, prefix: &str) -> Option<(u16, String)> {
    let page = route.wants == Wants::Page;
    let next = match route.path {
        "/my" => "?next=my",
        "/my/booked" => "?next=booked",
        _ => "",
    };
    let asked_who = if page { (303, format!("{prefix}/identity{next}")) } else { (401, String::new()) };
    match route.guard {
        Guard::Identified if case.session_is_good => None,
        Guard::Identified => Some(asked_who),
        Guard::Admitted if case.session_is_over => Some(asked_who),
        Guard::Admitted => Some((403, String::new())),
        Guard::Public | Guard::DemoOnly | Guard::StaffDoor | Guard::Staff(_) => None,
    }
}

/// Tokens as a program sends them.
fn in_headers(person: &Person, ask: Ask) -> Ask {
    let named = ["ticket", "session", "pass"].map(|name| (name, person.cookie(name)));
    named.iter().fold(ask, |ask, (name, token)| ask.header(&format!("charye-{name}"), token))
}

fn assert_refused(answer: &Answer, expected: &(u16, String), what: &str) {
    assert_eq!((answer.status, answer.location()), (expected.0, expected.1.as_str()), "{what}: {answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    for cookie in answer.all("set-cookie") {
        let name = cookie.split('=').next().unwrap();
        assert!(!["charye-pass", "charye-session"].contains(&name), "{what}: a refusal gives {cookie}");
    }
}

async fn suspects(site: &Site) -> (Suspects, Prey) {
    let (holder, booker, prey) = prey(site).await;
    let mut leaving = Person::number(73);
    leaving.come_in(site).await;
    let gone = leaving.clone();
    assert_eq!(leaving.post(site, "/identity/leave", &[]).await.status, 303);
    assert_eq!((leaving.cookie("session"), leaving.cookie("pass")), ("", ""), "leaving empties the pockets");
    (Suspects { holder, booker, gone }, prey)
}

#[tokio::test]
async fn no_wrong_credential_passes_any_guard_and_nothing_changes() {
    let site = Site::new();
    let (suspects, prey) = suspects(&site).await;
    let before = site.state().await;
    let mut cells = 0;
    for case in suspects.cases(&site) {
        for route in guarded() {
            for prefix in prefixes(route) {
                let what = format!("{} with {prefix}{} {}", case.name, route.method, route.path);
                let Some(expected) = expected(route, &case, prefix) else { continue };
                let person = Person { prefix, ..case.person.clone() };
                let answer = site.ask(&person.dressed(prey.ask(route))).await;
                assert_refused(&answer, &expected, &what);
                if route.wants == Wants::Json {
                    let answer = site.ask(&in_headers(&person, prey.ask(route))).await;
                    assert_refused(&answer, &expected, &format!("{what}, in headers"));
                }
                cells += 1;
            }
        }
        assert_eq!(site.state().await, before, "{} changed something", case.name);
    }
    assert!(cells > 1_000, "{cells}");
}

/// The test above means something only if the good credentials pass.
#[tokio::test]
async fn the_right_credentials_pass_every_guard() {
    for route in guarded() {
        for prefix in prefixes(route) {
            let site = Site::new();
            let (holder, _, prey) = prey(&site).await;
            let person = Person { prefix, ..holder };
            let answer = site.ask(&person.dressed(prey.ask(route))).await;
            let what = format!("{prefix}{} {}: {answer:?}", route.method, route.path);
            assert!(![401, 403].contains(&answer.status) && answer.status < 500, "{what}");
            assert_ne!(answer.location(), format!("{prefix}/identity"), "{what}");
        }
    }
}

#[tokio::test]
async fn before_the_opening_nothing_lets_anybody_in() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.join(&site).await;
    person.settle(&site).await;
    person.verify(&site).await;
    let prey =
        Prey { hold: "1".to_owned(), appointment: "00000-00000".to_owned(), recipient: "0".repeat(32) };
    let before = site.state().await;
    for route in guarded().filter(|route| route.guard == Guard::Admitted) {
        for prefix in prefixes(route) {
            let early = Person { prefix, ..person.clone() };
            let answer = site.ask(&early.dressed(prey.ask(route))).await;
            assert_refused(&answer, &(403, String::new()), route.path);
        }
    }
    assert_eq!(person.enter(&site).await.location(), "/wait");
    let passes = site.ask(&in_headers(&person, Ask::json(&passes(), &serde_json::json!({})))).await;
    assert_eq!((passes.status, passes.code().as_str()), (409, "NotYourTurn"));
    assert_eq!(site.state().await, before);
}

fn passes() -> String {
    format!("/api/v1/campaigns/{}/passes", crate::site::SLUG)
}

/// The gate is not the only lock: a number below the serving number before the opening (which the keeper never makes)
/// would still meet the ledger.
#[tokio::test]
async fn a_called_number_before_the_opening_is_refused_by_the_ledger() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.join(&site).await;
    person.verify(&site).await;
    let admit = store::Admit {
        campaign: site.app.campaign().id,
        person: PersonId(1),
        candidate: store::conformance::world::ELIGIBLE,
        ticket: booking::TicketRef([1; 16]),
        queue_number: 0,
    };
    let refused = site.app.store.execute(store::Command::Admit(admit).into()).await.unwrap();
    assert!(matches!(refused, Err(booking::Refusal::TooEarly { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_ticket_that_is_no_ticket_of_this_line_gets_nobody_in() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    let mut person = Person::number(5);
    person.join(&site).await;
    person.settle(&site).await;
    person.verify(&site).await;
    site.seconds(2).await;
    let good = person.cookie("ticket").to_owned();
    let mut wrong: Vec<String> = places(&good).map(|position| forged(&good, position)).into();
    wrong.extend(["pass", "session", "browser"].map(|kind| holder.cookie(kind).to_owned()));
    let ticket = site.app.gate.open_ticket(&good).unwrap();
    let elsewhere = waiting_room::Ticket { campaign: CampaignTag(2), ..ticket };
    wrong.push(elsewhere.seal(&site.app.keys.tokens));
    wrong.push(ticket.seal(&KeyRing::new(KeyId(1), &[98; 32])));
    let before = site.state().await;
    for token in wrong {
        let mut bearer = person.with_cookie("ticket", &token);
        assert_eq!(bearer.enter(&site).await.location(), "/wait", "{token}");
        let answer = site.ask(&in_headers(&bearer, Ask::json(&passes(), &serde_json::json!({})))).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "TicketNeeded"), "{token}");
    }
    assert_eq!(site.state().await, before);
    assert_eq!(person.enter(&site).await.location(), "/book", "with their own ticket they come in");
}

#[tokio::test]
async fn a_ticket_that_somebody_used_gets_nobody_else_in() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    let mut thief = Person::number(6);
    thief.verify(&site).await;
    let mut thief = thief.with_cookie("ticket", holder.cookie("ticket"));
    let before = site.state().await;
    let answer = thief.enter(&site).await;
    assert!(answer.status == 409 && answer.body.contains("312"), "{answer:?}");
    assert_eq!(site.state().await, before);
}

#[tokio::test]
async fn a_new_epoch_revokes_every_pass_and_gives_new_ones_without_a_new_wait() {
    let site = Site::new();
    let (mut holder, ..) = prey(&site).await;
    assert_eq!(holder.get(&site, "/book").await.status, 200);
    let site = site.restarted_with(|wanted| wanted.pass_epoch += 1);
    site.seconds(2).await;
    assert_eq!(holder.get(&site, "/book").await.status, 403);
    assert_eq!(holder.enter(&site).await.location(), "/book");
    assert_eq!(holder.get(&site, "/book/hold").await.status, 200, "the held place was kept");
}

#[tokio::test]
async fn a_pass_lives_by_activity_and_dies_without_it() {
    let site = Site::new();
    let mut person = Person::number(1);
    person.come_in(&site).await;
    for _ in 0..3 {
        site.after(SignedDuration::from_mins(14)).await;
        assert_eq!(person.get(&site, "/book").await.status, 200);
    }
    let idle = person.clone();
    site.after(SignedDuration::from_mins(15)).await;
    let late = person.get(&site, "/book").await;
    assert_eq!(late.status, 403, "{late:?}");
    assert_eq!(person.enter(&site).await.location(), "/book", "in again, without a new wait");
    let still: Timestamp = Pass::open(&site.app.keys.tokens, idle.cookie("pass")).unwrap().ends_at;
    assert!(still > site.clock.now(), "it idled out before its end");
}

#[tokio::test]
async fn the_wait_page_believes_no_pass_of_another_campaign() {
    let site = Site::new();
    let (holder, ..) = prey(&site).await;
    let keys = &site.app.keys.tokens;
    let good = Pass::open(keys, holder.cookie("pass")).unwrap();
    let elsewhere = Pass { campaign: CampaignTag(2), ..good }.seal(keys);
    let page = holder.with_cookie("pass", &elsewhere).get(&site, "/wait").await;
    assert!(page.body.contains("data-state=\"called\""), "{page:?}");
    let page = holder.clone().get(&site, "/wait").await;
    assert!(page.body.contains("data-state=\"admitted\""), "{page:?}");
}

#[tokio::test]
async fn without_a_demo_there_is_no_outbox() {
    let site = Site::with(crate::site::Wanted { demo: false, ..Default::default() });
    for ask in [
        Ask::get("/outbox"),
        Ask::get("/en/outbox"),
        Ask::json("/api/v1/demo/outbox", &serde_json::json!({"phone": "01000000001"})),
    ] {
        assert_eq!(site.ask(&ask).await.status, 404, "{ask:?}");
    }
}
