//! What each route of the table must be. Written by hand: a route that is new, gone or less guarded fails here first.

use crate::people::Named;
use crate::site::{CLINIC, DAY, SIGUNGU, SLUG, Site};
use crate::wire::Ask;
use serde_json::{Map, Value};
use web::context::Wants;
use web::routes::{Guard, Route, table};

use Guard::{Admitted, DemoOnly, Identified, Public};

pub(crate) const RULES: [(&str, &str, Guard); 95] = [
    ("GET", "/wait", Public),
    ("POST", "/wait", Public),
    ("POST", "/wait/word", Identified),
    ("GET", "/wait/code", Public),
    ("POST", "/wait/code", Public),
    ("POST", "/wait/back", Public),
    ("POST", "/wait/anew", Public),
    ("POST", "/gate/{campaign}/place", Public),
    ("GET", "/identity", Public),
    ("POST", "/identity", Public),
    ("GET", "/identity/code", Public),
    ("POST", "/identity/code", Public),
    ("POST", "/identity/code/resend", Public),
    ("POST", "/identity/leave", Public),
    ("POST", "/enter", Identified),
    ("GET", "/find", Public),
    ("GET", "/favourites", Identified),
    ("GET", "/favourites/clinics/{clinic}", Identified),
    ("POST", "/favourites/add", Identified),
    ("POST", "/favourites/remove", Identified),
    ("POST", "/favourites/first", Identified),
    ("GET", "/book", Admitted),
    ("GET", "/book/find", Admitted),
    ("GET", "/book/regions/{code}", Admitted),
    ("GET", "/book/clinics/{clinic}", Admitted),
    ("GET", "/book/clinics/{clinic}/{date}", Admitted),
    ("GET", "/book/hold", Admitted),
    ("POST", "/book/hold", Admitted),
    ("POST", "/book/extend", Admitted),
    ("POST", "/book/release", Admitted),
    ("POST", "/book/confirm", Admitted),
    ("GET", "/book/waitlist", Admitted),
    ("POST", "/book/waitlist", Admitted),
    ("POST", "/my/waitlist/accept", Identified),
    ("POST", "/my/waitlist/decline", Identified),
    ("POST", "/my/waitlist/leave", Identified),
    ("POST", "/api/v1/waits", Admitted),
    ("GET", "/api/v1/waits", Identified),
    ("POST", "/api/v1/waits/accept", Identified),
    ("POST", "/api/v1/waits/decline", Identified),
    ("POST", "/api/v1/waits/leave", Identified),
    ("GET", "/my", Identified),
    ("GET", "/my/looks", Identified),
    ("GET", "/my/booked", Identified),
    ("GET", "/my/booked/{number}", Identified),
    ("GET", "/my/calendar/{number}", Identified),
    ("POST", "/my/change", Identified),
    ("POST", "/my/change/stop", Identified),
    ("POST", "/my/message", Identified),
    ("POST", "/my/cancel", Identified),
    ("POST", "/my/helper/revoke", Identified),
    ("POST", "/my/helper/allow", Identified),
    ("GET", "/people", Identified),
    ("POST", "/people/party", Identified),
    ("GET", "/people/add", Identified),
    ("POST", "/people/add", Identified),
    ("GET", "/people/code", Identified),
    ("POST", "/people/code", Identified),
    ("POST", "/people/code/resend", Identified),
    ("POST", "/people/stop", Identified),
    ("GET", "/api/v1/recipients", Identified),
    ("POST", "/api/v1/recipients", Identified),
    ("POST", "/api/v1/recipients/code", Identified),
    ("POST", "/api/v1/recipients/stop", Identified),
    ("GET", "/api/v1/helpers", Identified),
    ("POST", "/api/v1/helpers/revoke", Identified),
    ("POST", "/api/v1/helpers/allow", Identified),
    ("GET", "/site", Public),
    ("GET", "/site/go", Admitted),
    ("GET", "/help", Public),
    ("GET", "/status", Public),
    ("GET", "/fairness", Public),
    ("GET", "/fairness/hours.csv", Public),
    ("GET", "/fairness/together.csv", Public),
    ("GET", "/draw", Public),
    ("GET", "/draw/files/{file}", Public),
    ("GET", "/outbox", DemoOnly),
    ("GET", "/gate/{campaign}/ticket", Public),
    ("POST", "/api/v1/identity", Public),
    ("POST", "/api/v1/identity/verify", Public),
    ("POST", "/api/v1/identity/leave", Public),
    ("POST", "/api/v1/campaigns/{campaign}/passes", Identified),
    ("GET", "/api/v1/campaigns/{campaign}/clinics/{clinic}/slots", Admitted),
    ("POST", "/api/v1/holds", Admitted),
    ("POST", "/api/v1/holds/extend", Admitted),
    ("POST", "/api/v1/holds/release", Admitted),
    ("POST", "/api/v1/appointments", Admitted),
    ("GET", "/api/v1/appointments", Identified),
    ("POST", "/api/v1/appointments/change", Identified),
    ("GET", "/api/v1/appointments/{number}/calendar", Identified),
    ("POST", "/api/v1/appointments/cancel", Identified),
    ("POST", "/api/v1/demo/outbox", DemoOnly),
    ("GET", "/healthz", Public),
    ("GET", "/openapi.json", Public),
    // Answered before any handler, and counted here so that nobody forgets it: `POST /gate/{campaign}/tickets`.
    ("POST", "/gate/{campaign}/tickets", Public),
];

#[test]
fn every_route_of_the_table_has_its_rule() {
    let mut known: Vec<String> =
        RULES.map(|(method, path, guard)| format!("{method} {path} {guard:?}")).into();
    let mut built: Vec<String> =
        table().iter().map(|route| format!("{} {} {:?}", route.method, route.path, route.guard)).collect();
    built.push("POST /gate/{campaign}/tickets Public".to_owned());
    known.sort();
    built.sort();
    assert_eq!(known, built);
}

/// `/en` in front of pages, nothing in front of what programs ask.
pub(crate) fn prefixes(route: &Route) -> &'static [&'static str] {
    if route.wants == Wants::Page { &["", "/en"] } else { &[""] }
}

pub(crate) fn guarded() -> impl Iterator<Item = &'static Route> {
    table().iter().filter(|route| matches!(route.guard, Identified | Admitted))
}

/// The address of a route, for something that exists.
pub(crate) fn address(route: &Route) -> String {
    let path = route.path.replace("{campaign}", SLUG).replace("{clinic}", CLINIC).replace("{date}", DAY);
    path.replace("{file}", "rules.json").replace("{code}", SIGUNGU).replace("{number}", "00000-00000")
}

/// Everything that any guarded route could ask for, so that a missing guard would take effect.
pub(crate) struct Prey {
    pub(crate) hold: String,
    pub(crate) appointment: String,
    /// Somebody for whom the holder may book.
    pub(crate) recipient: String,
}

impl Prey {
    fn fields(&self) -> [(&'static str, &str); 15] {
        [
            ("campaign", SLUG),
            ("clinic", CLINIC),
            ("date", DAY),
            ("time", "10:00"),
            ("hold", &self.hold),
            ("appointment", &self.appointment),
            ("sure", "1"),
            ("name", "먹이"),
            ("number", "640305-2000002"),
            ("relation", "parent"),
            ("consent", "1"),
            ("party", &self.recipient),
            ("recipient", &self.recipient),
            ("helper", &self.recipient),
            ("key", "prey"),
        ]
    }

    /// A request that would do something, as from a page of ours.
    pub(crate) fn ask(&self, route: &Route) -> Ask {
        let address = address(route);
        let ask = if route.method == "GET" {
            Ask::get(&address)
        } else if route.wants == Wants::Page {
            Ask::form(&address, &self.fields())
        } else {
            let named = |(name, value): (&str, &str)| (name.to_owned(), Value::from(value));
            Ask::json(&address, &Value::Object(self.fields().map(named).into_iter().collect::<Map<_, _>>()))
        };
        ask.header("sec-fetch-site", "same-origin").header("idempotency-key", "prey")
    }
}

/// Somebody with a held place, and somebody with an appointment: what others may be after.
pub(crate) async fn prey(site: &Site) -> (crate::person::Person, crate::person::Person, Prey) {
    let (mut holder, mut booker) = (crate::person::Person::number(71), crate::person::Person::number(72));
    holder.come_in(site).await;
    booker.come_in(site).await;
    holder.hold(site, "09:00", "holder").await;
    booker.hold(site, "09:30", "booker").await;
    booker.confirm(site, "booker").await;
    let named = Named::mother();
    assert_eq!(holder.post(site, "/people/add", &named.fields()).await.location(), "/people");
    let people = holder.get(site, "/people").await;
    let prey = Prey {
        hold: holder.hold_id(site).await,
        appointment: booker.appointment(site).await,
        recipient: people.hidden("recipient"),
    };
    (holder, booker, prey)
}
