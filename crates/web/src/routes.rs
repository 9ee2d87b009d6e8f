//! The whole URL table on one screen. Each line states method, path, guard and handler; the tests of refusal and
//! caching, and `/openapi.json`, are generated from it.
//!
//! Not here, because they are answered before any handler: `GET /`, the gate document, `POST /gate/{campaign}/tickets`,
//! `/regions…`, `/availability/…` and `/static/…` ([`crate::front`]).

use crate::app::App;
use crate::claim::{CLAIM, WHO_OPTIONAL};
use crate::context::{Context, Wants};
use crate::error::Problem;
use crate::fields::{Field, Kind};
use crate::journey::people::{NAMED, NAMED_BY};
use crate::lang::Lang;
use crate::overload::Plane;
use crate::serve::serve;
use crate::staff::account::Power;
use crate::wait_list::{PLACE, WAIT, WAIT_OPTIONAL};
use crate::{api, journey};
use axum::Router;
use axum::body::Body;
use axum::extract::RawPathParams;
use axum::extract::rejection::RawPathParamsRejection;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::{Method, Request, Response};
use hyper::http;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

/// Who may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    Public,
    /// Where a demo shows what a real service sends to phones.
    DemoOnly,
    /// A verified person.
    Identified,
    /// A verified person whose turn it is.
    Admitted,
    /// Whoever asks by the staff's own way, from an address of theirs.
    StaffDoor,
    /// A member of staff who is signed in and may.
    Staff(Power),
}

pub type Handled<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, Problem>> + Send + 'a>>;
pub type Handler = for<'a> fn(&'a mut Context) -> Handled<'a>;

pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub guard: Guard,
    pub wants: Wants,
    pub needs_form_token: bool,
    /// What a program must send.
    pub fields: &'static [Field],
    /// What a program may send besides.
    pub optional: &'static [Field],
    /// The name of the answer's schema in the API description.
    pub answer: &'static str,
    pub handler: Handler,
}

impl Route {
    /// Who works for it.
    pub fn plane(&self) -> Plane {
        match self.guard {
            Guard::Staff(_) => Plane::Desk,
            _ if self.asks_the_ledger() => Plane::Booking,
            _ => Plane::Gate,
        }
    }

    /// Whether an answer may wait for the ledger. What does not must never stand in a queue behind what does: the
    /// waiting page lives when the store is slow or gone.
    pub fn asks_the_ledger(&self) -> bool {
        match self.guard {
            Guard::Identified | Guard::Admitted | Guard::Staff(_) => true,
            // The end of an identity check registers a person; leaving ends a session for every device.
            Guard::Public => {
                self.method == Method::POST
                    && ["/identity/code", "/identity/verify", "/identity/leave"]
                        .iter()
                        .any(|end| self.path.ends_with(end))
            }
            Guard::DemoOnly | Guard::StaffDoor => false,
        }
    }
}

macro_rules! run {
    ($handler:path) => {
        |ctx| Box::pin($handler(ctx))
    };
}

fn page(method: Method, path: &'static str, guard: Guard, handler: Handler) -> Route {
    Route {
        method,
        path,
        guard,
        wants: Wants::Page,
        needs_form_token: true,
        fields: &[],
        optional: &[],
        answer: "",
        handler,
    }
}

fn api(
    method: Method,
    path: &'static str,
    guard: Guard,
    fields: &'static [Field],
    answer: &'static str,
    handler: Handler,
) -> Route {
    Route {
        method,
        path,
        guard,
        wants: Wants::Json,
        needs_form_token: false,
        fields,
        optional: &[],
        answer,
        handler,
    }
}

const CODE: &[Field] =
    &[Field { name: "challenge", kind: Kind::Opaque }, Field { name: "code", kind: Kind::Code }];
const PLACE_CODE: &[Field] = &[Field { name: "place_code", kind: Kind::PlaceCode }];
const PHONE: &[Field] = &[Field { name: "phone", kind: Kind::Phone }];
const SLOT: &[Field] = &[
    Field { name: "campaign", kind: Kind::Opaque },
    Field { name: "clinic", kind: Kind::Clinic },
    Field { name: "date", kind: Kind::Day },
    Field { name: "time", kind: Kind::TimeOfDay },
];
const CHANGE: &[Field] = &[
    Field { name: "appointment", kind: Kind::AppointmentNumber },
    Field { name: "campaign", kind: Kind::Opaque },
    Field { name: "clinic", kind: Kind::Clinic },
    Field { name: "date", kind: Kind::Day },
    Field { name: "time", kind: Kind::TimeOfDay },
];
const FOR_WHOM: &[Field] =
    &[Field { name: "recipients", kind: Kind::References }, Field { name: "dose", kind: Kind::Number }];
const RECIPIENT: &[Field] = &[Field { name: "recipient", kind: Kind::Reference }];
const HELPER: &[Field] = &[Field { name: "helper", kind: Kind::Reference }];
const HOLD: &[Field] = &[Field { name: "hold", kind: Kind::Number }];
const APPOINTMENT: &[Field] = &[Field { name: "appointment", kind: Kind::AppointmentNumber }];

static TABLE: LazyLock<Vec<Route>> = LazyLock::new(|| {
    use Guard::{Admitted, DemoOnly, Identified, Public};
    let (get, post) = (|| Method::GET, || Method::POST);
    vec![
        page(get(), "/wait", Public, run!(journey::wait::get)),
        Route { needs_form_token: false, ..page(post(), "/wait", Public, run!(journey::wait::post)) },
        page(post(), "/wait/word", Identified, run!(journey::wait::post_word)),
        page(get(), "/wait/code", Public, run!(journey::elsewhere::get)),
        page(post(), "/wait/code", Public, run!(journey::elsewhere::post)),
        page(post(), "/wait/back", Public, run!(journey::elsewhere::back)),
        page(post(), "/wait/anew", Public, run!(journey::elsewhere::anew)),
        page(get(), "/identity", Public, run!(journey::identity::get)),
        page(post(), "/identity", Public, run!(journey::identity::post)),
        page(get(), "/identity/code", Public, run!(journey::identity::get_code)),
        page(post(), "/identity/code", Public, run!(journey::identity::post_code)),
        page(post(), "/identity/code/resend", Public, run!(journey::identity::resend)),
        page(post(), "/identity/leave", Public, run!(journey::identity::leave)),
        page(post(), "/enter", Identified, run!(journey::enter::post)),
        page(get(), "/find", Public, run!(journey::search::get)),
        page(get(), "/favourites", Identified, run!(journey::favourites::get)),
        page(get(), "/favourites/clinics/{clinic}", Identified, run!(journey::favourites::ask)),
        page(post(), "/favourites/add", Identified, run!(journey::favourites::add)),
        page(post(), "/favourites/remove", Identified, run!(journey::favourites::remove)),
        page(post(), "/favourites/first", Identified, run!(journey::favourites::first)),
        page(get(), "/book", Admitted, run!(journey::find::regions)),
        page(get(), "/book/find", Admitted, run!(journey::search::get_booking)),
        page(get(), "/book/regions/{code}", Admitted, run!(journey::find::region)),
        page(get(), "/book/clinics/{clinic}", Admitted, run!(journey::find::days)),
        page(get(), "/book/clinics/{clinic}/{date}", Admitted, run!(journey::find::times)),
        page(get(), "/book/hold", Admitted, run!(journey::hold::get)),
        page(post(), "/book/hold", Admitted, run!(journey::hold::post)),
        page(post(), "/book/extend", Admitted, run!(journey::hold::extend)),
        page(post(), "/book/release", Admitted, run!(journey::hold::release)),
        page(post(), "/book/confirm", Admitted, run!(journey::hold::confirm)),
        page(get(), "/book/waitlist", Admitted, run!(journey::wait_list::get)),
        page(post(), "/book/waitlist", Admitted, run!(journey::wait_list::post)),
        page(post(), "/my/waitlist/accept", Identified, run!(journey::wait_list::accept)),
        page(post(), "/my/waitlist/decline", Identified, run!(journey::wait_list::decline)),
        page(post(), "/my/waitlist/leave", Identified, run!(journey::wait_list::leave)),
        page(get(), "/my", Identified, run!(journey::my::get)),
        page(get(), "/my/looks", Identified, run!(journey::looks::get)),
        page(get(), "/my/booked", Identified, run!(journey::my::booked)),
        page(get(), "/my/booked/{number}", Identified, run!(journey::my::one_booked)),
        page(get(), "/my/calendar/{number}", Identified, run!(journey::my::calendar_file)),
        page(post(), "/my/change", Identified, run!(journey::changing::post)),
        page(post(), "/my/change/stop", Identified, run!(journey::changing::stop)),
        page(post(), "/my/message", Identified, run!(journey::my::message)),
        page(post(), "/my/cancel", Identified, run!(journey::my::cancel)),
        page(post(), "/my/helper/revoke", Identified, run!(journey::people::revoke)),
        page(post(), "/my/helper/allow", Identified, run!(journey::people::allow)),
        page(get(), "/people", Identified, run!(journey::people::get)),
        page(post(), "/people/party", Identified, run!(journey::people::party)),
        page(get(), "/people/add", Identified, run!(journey::people::get_add)),
        page(post(), "/people/add", Identified, run!(journey::people::post_add)),
        page(get(), "/people/code", Identified, run!(journey::recipient_code::get)),
        page(post(), "/people/code", Identified, run!(journey::recipient_code::post)),
        page(post(), "/people/code/resend", Identified, run!(journey::recipient_code::resend)),
        page(post(), "/people/stop", Identified, run!(journey::people::stop)),
        page(get(), "/site", Public, run!(journey::site::get)),
        page(get(), "/site/go", Admitted, run!(journey::site::go)),
        page(get(), "/help", Public, run!(journey::help::get)),
        page(get(), "/status", Public, run!(journey::status::get)),
        page(get(), "/fairness", Public, run!(journey::fairness::get)),
        page(get(), "/fairness/hours.csv", Public, run!(journey::fairness::hours)),
        page(get(), "/fairness/together.csv", Public, run!(journey::fairness::together)),
        page(get(), "/draw", Public, run!(journey::draw::get)),
        page(get(), "/draw/files/{file}", Public, run!(journey::draw::file)),
        page(get(), "/outbox", DemoOnly, run!(journey::outbox::get)),
        api(get(), "/gate/{campaign}/ticket", Public, &[], "TicketStatus", run!(api::ticket)),
        api(post(), "/gate/{campaign}/place", Public, PLACE_CODE, "TicketStatus", run!(api::take_over)),
        Route {
            optional: &WHO_OPTIONAL,
            ..api(post(), "/api/v1/identity", Public, &CLAIM, "ChallengeSent", run!(api::identity))
        },
        api(post(), "/api/v1/identity/verify", Public, CODE, "SessionBegun", run!(api::verify)),
        api(post(), "/api/v1/identity/leave", Public, &[], "Done", run!(api::leave)),
        api(post(), "/api/v1/campaigns/{campaign}/passes", Identified, &[], "PassGiven", run!(api::pass)),
        api(
            get(),
            "/api/v1/campaigns/{campaign}/clinics/{clinic}/slots",
            Admitted,
            &[],
            "ClinicSlots",
            run!(api::slots),
        ),
        api(get(), "/api/v1/recipients", Identified, &[], "Recipients", run!(api::people::recipients)),
        Route {
            optional: NAMED_BY,
            ..api(post(), "/api/v1/recipients", Identified, NAMED, "RecipientAdded", run!(api::people::add))
        },
        api(post(), "/api/v1/recipients/code", Identified, CODE, "RecipientAdded", run!(api::people::code)),
        api(post(), "/api/v1/recipients/stop", Identified, RECIPIENT, "Done", run!(api::people::stop)),
        api(get(), "/api/v1/helpers", Identified, &[], "Helpers", run!(api::people::helpers)),
        api(post(), "/api/v1/helpers/revoke", Identified, HELPER, "Done", run!(api::people::revoke)),
        api(post(), "/api/v1/helpers/allow", Identified, HELPER, "Done", run!(api::people::allow)),
        Route {
            optional: FOR_WHOM,
            ..api(post(), "/api/v1/holds", Admitted, SLOT, "HoldGiven", run!(api::hold))
        },
        api(post(), "/api/v1/holds/extend", Admitted, HOLD, "HoldExtended", run!(api::extend)),
        api(post(), "/api/v1/holds/release", Admitted, HOLD, "Done", run!(api::release)),
        api(post(), "/api/v1/appointments", Admitted, HOLD, "AppointmentMade", run!(api::confirm)),
        Route {
            optional: WAIT_OPTIONAL,
            ..api(post(), "/api/v1/waits", Admitted, PLACE, "WaitJoined", run!(api::wait_list::join))
        },
        api(get(), "/api/v1/waits", Identified, &[], "Waits", run!(api::wait_list::own)),
        api(
            post(),
            "/api/v1/waits/accept",
            Identified,
            WAIT,
            "AppointmentMade",
            run!(api::wait_list::accept),
        ),
        api(post(), "/api/v1/waits/decline", Identified, WAIT, "Done", run!(api::wait_list::decline)),
        api(post(), "/api/v1/waits/leave", Identified, WAIT, "Done", run!(api::wait_list::leave)),
        api(get(), "/api/v1/appointments", Identified, &[], "Appointments", run!(api::appointments)),
        api(post(), "/api/v1/appointments/change", Identified, CHANGE, "ChangeHeld", run!(api::change)),
        api(
            get(),
            "/api/v1/appointments/{number}/calendar",
            Identified,
            &[],
            "CalendarGiven",
            run!(api::calendar),
        ),
        api(post(), "/api/v1/appointments/cancel", Identified, APPOINTMENT, "Done", run!(api::cancel)),
        api(post(), "/api/v1/demo/outbox", DemoOnly, PHONE, "OutboxMessages", run!(api::outbox)),
        api(get(), "/healthz", Public, &[], "Health", run!(api::health)),
        api(get(), "/openapi.json", Public, &[], "OpenApi", run!(api::openapi)),
    ]
});

pub fn table() -> &'static [Route] {
    &TABLE
}

/// The table as a router; pages stand once in Korean and once under `/en`. Whatever it does not name is refused with a
/// page that helps: paths are compared byte by byte, so an upper-case or encoded one is simply not there.
pub fn router(app: &Arc<App>) -> Router {
    router_of(app, table())
}

/// The same for the staff's table.
pub fn staff_router(app: &Arc<App>) -> Router {
    router_of(app, crate::staff::routes::table())
}

fn router_of(app: &Arc<App>, table: &'static [Route]) -> Router {
    let mut router = Router::new();
    for route in table {
        router = router.route(route.path, method_router(app, route, Lang::Ko));
        if route.wants == Wants::Page {
            router = router.route(&format!("/en{}", route.path), method_router(app, route, Lang::En));
        }
    }
    let (missing, wrong_method) = (Arc::clone(app), Arc::clone(app));
    router
        .method_not_allowed_fallback(move |request: Request<Body>| {
            stray(Arc::clone(&wrong_method), &WRONG_METHOD, request)
        })
        .fallback(move |request: Request<Body>| stray(Arc::clone(&missing), &NOT_FOUND, request))
}

fn method_router(app: &Arc<App>, route: &'static Route, lang: Lang) -> MethodRouter {
    let filter = if route.method == Method::GET { MethodFilter::GET } else { MethodFilter::POST };
    let app = Arc::clone(app);
    on(filter, move |params: PathParams, request: Request<Body>| {
        let app = Arc::clone(&app);
        async move {
            match params {
                Ok(params) => serve(app, route, lang, named(&params), request).await,
                // Bytes that are no text name nothing of ours.
                Err(_) => stray(app, &NOT_FOUND, request).await,
            }
        }
    })
}

type PathParams = Result<RawPathParams, RawPathParamsRejection>;

fn named(params: &RawPathParams) -> HashMap<String, String> {
    params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

static NOT_FOUND: LazyLock<Route> = LazyLock::new(|| {
    page(Method::GET, "", Guard::Public, |_| Box::pin(std::future::ready(Err(Problem::NotFound))))
});
static WRONG_METHOD: LazyLock<Route> = LazyLock::new(|| {
    page(Method::GET, "", Guard::Public, |_| Box::pin(std::future::ready(Err(Problem::MethodNotAllowed))))
});

async fn stray(app: Arc<App>, route: &'static LazyLock<Route>, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path();
    let lang = if path == "/en" || path.starts_with("/en/") { Lang::En } else { Lang::Ko };
    serve(app, route, lang, HashMap::new(), request).await
}
