//! Promise F5: who may do what, from the table of the staff's routes. What each route needs is written here by hand once
//! more: one that is new, gone or less guarded fails first.

use crate::person::Person;
use crate::site::Site;
use crate::staff::{Desk, account, caller, on_duty, write};
use crate::wire::{Answer, Ask, Wire};
use jiff::civil::date;
use web::routes::{Guard, Route};
use web::staff::account::{Grant, Power, Role, StaffPlace};
use web::staff::book::StaffEvent;
use web::staff::routes::table;

use Guard::StaffDoor;

const ACCOUNT: Guard = Guard::Staff(Power::Account);
const PEOPLE: Guard = Guard::Staff(Power::People);
const STOP: Guard = Guard::Staff(Power::Stop);
const RECORD: Guard = Guard::Staff(Power::Record);
const EXPORT: Guard = Guard::Staff(Power::Export);
const CAMPAIGN: Guard = Guard::Staff(Power::Campaign);
const LINE: Guard = Guard::Staff(Power::Line);

const RULES: [(&str, &str, Guard); 45] = [
    ("GET", "/", StaffDoor),
    ("GET", "/desk/sign-in", StaffDoor),
    ("POST", "/desk/sign-in", StaffDoor),
    ("GET", "/desk/setup", StaffDoor),
    ("POST", "/desk/setup", StaffDoor),
    ("POST", "/desk/setup/finish", StaffDoor),
    ("POST", "/desk/sign-out", ACCOUNT),
    ("GET", "/desk", ACCOUNT),
    ("GET", "/desk/record", RECORD),
    ("GET", "/desk/review", RECORD),
    ("POST", "/desk/review", RECORD),
    ("GET", "/desk/audit", EXPORT),
    ("GET", "/desk/campaign", CAMPAIGN),
    ("POST", "/desk/campaign/preview", CAMPAIGN),
    ("GET", "/desk/campaign/notice", CAMPAIGN),
    ("POST", "/desk/campaign/notice", CAMPAIGN),
    ("GET", "/desk/campaign/eligibility", CAMPAIGN),
    ("POST", "/desk/campaign/eligibility", CAMPAIGN),
    ("GET", "/desk/operator", LINE),
    ("GET", "/desk/operator/live", LINE),
    ("GET", "/desk/operator/orders", LINE),
    ("POST", "/desk/operator/orders", LINE),
    ("GET", "/desk/stop", STOP),
    ("POST", "/desk/stop", STOP),
    ("POST", "/desk/stop/agree", STOP),
    ("POST", "/desk/stop/withdraw", STOP),
    ("GET", "/desk/codes", PEOPLE),
    ("GET", "/desk/calls", PEOPLE),
    ("POST", "/desk/calls/take", PEOPLE),
    ("POST", "/desk/people/find", PEOPLE),
    ("GET", "/desk/people/new", PEOPLE),
    ("POST", "/desk/people/new", PEOPLE),
    ("GET", "/desk/people/{person}", PEOPLE),
    ("POST", "/desk/people/{person}/unmask", PEOPLE),
    ("POST", "/desk/people/{person}/cancel", PEOPLE),
    ("GET", "/desk/people/{person}/clinics", PEOPLE),
    ("GET", "/desk/people/{person}/clinics/{clinic}", PEOPLE),
    ("GET", "/desk/people/{person}/clinics/{clinic}/{date}", PEOPLE),
    ("POST", "/desk/people/{person}/call", PEOPLE),
    ("POST", "/desk/people/{person}/call/end", PEOPLE),
    ("POST", "/desk/people/{person}/note", PEOPLE),
    ("POST", "/desk/people/{person}/hold", PEOPLE),
    ("POST", "/desk/people/{person}/extend", PEOPLE),
    ("POST", "/desk/people/{person}/release", PEOPLE),
    ("POST", "/desk/people/{person}/confirm", PEOPLE),
];

#[test]
fn every_route_of_the_staff_is_listed_with_its_power() {
    let listed: Vec<_> =
        table().iter().map(|route| (route.method.as_str(), route.path, route.guard)).collect();
    for rule in RULES {
        assert!(listed.contains(&rule), "not as written here: {rule:?}");
    }
    for route in &listed {
        assert!(RULES.contains(route), "no rule for {route:?}");
    }
}

/// The address of a route about somebody whom another agent has in hand.
fn address(route: &Route, person: &str) -> String {
    let path = route.path.replace("/desk/people/{person}", person);
    path.replace("{clinic}", crate::site::CLINIC).replace("{date}", crate::site::DAY)
}

async fn asked(desk: &mut Desk, site: &Site, route: &Route, person: &str) -> Answer {
    let path = address(route, person);
    if route.method == "GET" { desk.get(site, &path).await } else { desk.post(site, &path, &[]).await }
}

fn guarded() -> impl Iterator<Item = (&'static Route, Power)> {
    table().iter().filter_map(|route| match route.guard {
        Guard::Staff(power) => Some((route, power)),
        _ => None,
    })
}

#[tokio::test]
async fn nobody_passes_who_is_not_signed_in_and_nobody_whose_role_does_not_do_it() {
    let site = Site::new();
    site.open().await;
    let (mut agent, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let person = caller(&mut agent, &site, 7).await;
    let before = site.state().await;
    let mut stranger = Desk::new(&site, "nobody").await;
    for (route, _) in guarded() {
        let answer = asked(&mut stranger, &site, route, &person).await;
        assert_eq!((answer.status, answer.location()), (303, "/desk/sign-in"), "{}", route.path);
    }
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Agent) {
        let (mut desk, _) = on_duty(&site, role.code(), role, "all").await;
        // What they may do has its tests elsewhere, and reading the record is itself on record.
        let others = guarded().filter(|(route, power)| {
            route.path != "/desk/sign-out" && (*power == Power::Account || !role.has(*power))
        });
        for (route, power) in others {
            let answer = asked(&mut desk, &site, route, &person).await;
            let expected = if role.has(power) { 200 } else { 403 };
            assert_eq!(answer.status, expected, "{role:?} {}", route.path);
            assert_eq!(answer.header("cache-control"), "no-store", "{}", route.path);
            assert!(!answer.body.contains("사람칠"), "{role:?} {}", route.path);
        }
    }
    assert_eq!(site.state().await, before, "nothing was done");
}

#[tokio::test]
async fn whom_one_agent_has_in_hand_no_other_can_open_and_nobody_is_found_by_counting() {
    let site = Site::new();
    site.open().await;
    let (mut agent, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let person = caller(&mut agent, &site, 7).await;
    let (mut other, _) = on_duty(&site, "kang", Role::Agent, "all").await;
    let before = site.state().await;
    let of_somebody = || guarded().map(|(route, _)| route).filter(|route| route.path.contains("{person}"));
    for route in of_somebody() {
        for name in [person.as_str(), "/desk/people/1", "/desk/people/AAAA"] {
            let answer = asked(&mut other, &site, route, name).await;
            assert!([400, 404].contains(&answer.status), "{} {name}: {answer:?}", route.path);
            assert!(!answer.body.contains("사람칠"), "{}", route.path);
        }
    }
    assert_eq!(site.state().await, before, "nothing was done");
}

#[tokio::test]
async fn a_role_that_has_ended_opens_nothing_from_the_next_request_on() {
    let site = Site::new();
    site.open().await;
    let (mut agent, id) = on_duty(&site, "hong", Role::Agent, "all").await;
    let person = caller(&mut agent, &site, 7).await;
    assert_eq!(agent.get(&site, &person).await.status, 200);
    let (from_on, until_on) = (date(2027, 7, 1), date(2027, 7, 2));
    let over = Grant { role: Role::Agent, place: StaffPlace::Country, from_on, until_on };
    write(&site, id.0, &StaffEvent::Granted(vec![over]));
    assert_eq!(agent.get(&site, &person).await.status, 403);
}

#[tokio::test]
async fn nothing_of_the_staff_is_on_the_public_address_and_nothing_of_the_public_on_theirs() {
    let site = Site::new();
    site.open().await;
    let (agent, _) = on_duty(&site, "hong", Role::Agent, "all").await;
    let cookie = format!("charye-staff={}", agent.jar["charye-staff"]);
    let mut public = Person::number(1);
    for route in table().iter().filter(|route| route.path != "/") {
        let path = address(route, "/desk/people/x");
        let ask =
            Ask::new(route.method.as_str(), &path).header("cookie", &cookie).header("x-charye-lane", "desk");
        let answer = site.ask(&ask).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
        assert!(!answer.body.contains("/static/desk"), "{path}: the staff's pages have another frame");
    }
    public.verify(&site).await;
    for path in ["/wait", "/my", "/identity", "/book", "/openapi.json", "/gate/c55.json", "/find"] {
        let answer = Wire::to(site.staff_address).ask(&public.dressed(Ask::get(path))).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn only_addresses_of_the_office_are_asked_in() {
    let mut wanted = crate::site::Wanted::default();
    wanted.socket.trusted_hops = 1;
    let site = Site::with(wanted);
    account(&site, "hong", Role::Agent, "all");
    let from = |address: &str| Ask::get("/desk/sign-in").header("x-forwarded-for", address);
    let mut wire = Wire::to(site.staff_address);
    assert_eq!(wire.ask(&from("10.1.2.3")).await.status, 200);
    let elsewhere = wire.ask(&from("10.2.2.3")).await;
    assert!(elsewhere.status == 403 && elsewhere.body.contains("760"), "{elsewhere:?}");
}
