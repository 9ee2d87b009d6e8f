//! The staff's whole table. Each line names the power that it needs; the test of who may do what is made from it.

use super::account::Power;
use super::{
    booking, calls, campaign, codes, correction, export, operator, orders, people, record, review, setup,
    sign_in, stop, wrap_up,
};
use crate::context::Wants;
use crate::routes::{Guard, Handler, Route};
use http::Method;
use hyper::http;
use std::sync::LazyLock;

macro_rules! run {
    ($handler:path) => {
        |ctx| Box::pin($handler(ctx))
    };
}

fn page(method: Method, path: &'static str, guard: Guard, handler: Handler) -> Route {
    let (fields, optional, answer) = (&[], &[], "");
    Route {
        method,
        path,
        guard,
        wants: Wants::Page,
        needs_form_token: true,
        fields,
        optional,
        answer,
        handler,
    }
}

static TABLE: LazyLock<Vec<Route>> = LazyLock::new(|| {
    use Power::{Account, Campaign, Export, Line, People, Record, Stop};
    let (get, post) = (|| Method::GET, || Method::POST);
    let (door, duty) = (Guard::StaffDoor, Guard::Staff);
    vec![
        page(get(), "/", door, run!(sign_in::front)),
        page(get(), "/desk/sign-in", door, run!(sign_in::get)),
        page(post(), "/desk/sign-in", door, run!(sign_in::post)),
        page(get(), "/desk/setup", door, run!(setup::get)),
        page(post(), "/desk/setup", door, run!(setup::post)),
        page(post(), "/desk/setup/finish", door, run!(setup::finish)),
        page(post(), "/desk/sign-out", duty(Account), run!(sign_in::leave)),
        page(get(), "/desk", duty(Account), run!(people::home)),
        page(get(), "/desk/record", duty(Record), run!(record::get)),
        page(get(), "/desk/review", duty(Record), run!(review::get)),
        page(post(), "/desk/review", duty(Record), run!(review::post)),
        page(get(), "/desk/audit", duty(Export), run!(export::get)),
        page(get(), "/desk/campaign", duty(Campaign), run!(campaign::get)),
        page(post(), "/desk/campaign/preview", duty(Campaign), run!(campaign::preview)),
        page(get(), "/desk/campaign/notice", duty(Campaign), run!(campaign::get_notice)),
        page(post(), "/desk/campaign/notice", duty(Campaign), run!(campaign::post_notice)),
        page(get(), "/desk/campaign/eligibility", duty(Campaign), run!(correction::get)),
        page(post(), "/desk/campaign/eligibility", duty(Campaign), run!(correction::post)),
        page(get(), "/desk/operator", duty(Line), run!(operator::get)),
        page(get(), "/desk/operator/live", duty(Line), run!(operator::live)),
        page(get(), "/desk/operator/orders", duty(Line), run!(orders::get)),
        page(post(), "/desk/operator/orders", duty(Line), run!(orders::post)),
        page(get(), "/desk/stop", duty(Stop), run!(stop::get)),
        page(post(), "/desk/stop", duty(Stop), run!(stop::propose)),
        page(post(), "/desk/stop/agree", duty(Stop), run!(stop::agree)),
        page(post(), "/desk/stop/withdraw", duty(Stop), run!(stop::withdraw)),
        page(get(), "/desk/codes", duty(People), run!(codes::get)),
        page(get(), "/desk/calls", duty(People), run!(calls::get)),
        page(post(), "/desk/calls/take", duty(People), run!(calls::take)),
        page(post(), "/desk/people/find", duty(People), run!(people::find)),
        page(get(), "/desk/people/new", duty(People), run!(people::get_new)),
        page(post(), "/desk/people/new", duty(People), run!(people::add)),
        page(get(), "/desk/people/{person}", duty(People), run!(people::get)),
        page(post(), "/desk/people/{person}/unmask", duty(People), run!(people::unmask)),
        page(post(), "/desk/people/{person}/cancel", duty(People), run!(people::cancel)),
        page(get(), "/desk/people/{person}/clinics", duty(People), run!(booking::clinics)),
        page(get(), "/desk/people/{person}/clinics/{clinic}", duty(People), run!(booking::days)),
        page(get(), "/desk/people/{person}/clinics/{clinic}/{date}", duty(People), run!(booking::times)),
        page(post(), "/desk/people/{person}/call", duty(People), run!(calls::ask)),
        page(post(), "/desk/people/{person}/call/end", duty(People), run!(calls::end)),
        page(post(), "/desk/people/{person}/note", duty(People), run!(wrap_up::post)),
        page(post(), "/desk/people/{person}/hold", duty(People), run!(booking::hold)),
        page(post(), "/desk/people/{person}/extend", duty(People), run!(booking::extend)),
        page(post(), "/desk/people/{person}/release", duty(People), run!(booking::release)),
        page(post(), "/desk/people/{person}/confirm", duty(People), run!(booking::confirm)),
    ]
});

pub fn table() -> &'static [Route] {
    &TABLE
}
