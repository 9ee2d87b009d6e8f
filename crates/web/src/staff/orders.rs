//! `/desk/operator/orders`: what an operator orders of the line, with a reason and a fresh code. The order itself is the
//! record of it, beside the line, so that all of this works while the ledger does not.

use crate::context::Context;
use crate::error::{Problem, refusal_note};
use crate::fields::{Field, Kind};
use crate::lang::Lang;
use crate::pages::desk::operator::{OrderRow, OrdersPage};
use crate::pages::parts::{Errors, FieldError};
use axum::body::Body;
use booking::Refusal;
use http::{Response, StatusCode};
use hyper::http;
use store::GivenOrder;
use waiting_room::{BadOrder, Order, Orders};

const ASKED: [Field; 2] =
    [Field { name: "why", kind: Kind::Words }, Field { name: "code", kind: Kind::Code }];
/// Shown of those that were given.
const SHOWN: usize = 12;

pub(super) async fn get(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let page = page(ctx, Errors::default(), None).await?;
    Ok(ctx.page(&page))
}

pub(super) async fn post(ctx: &mut Context) -> Result<Response<Body>, Problem> {
    let wished = wished(ctx);
    let mut errors = ctx.errors(&ASKED);
    let order = match wished {
        Ok(order) => order,
        Err(error) => {
            errors.0.insert(0, error);
            return invalid(ctx, errors).await;
        }
    };
    if !errors.is_empty() {
        return invalid(ctx, errors).await;
    }
    match ctx.spend_code("code").await {
        Ok(true) => {}
        Ok(false) => return invalid(ctx, code_error(ctx.lang)).await,
        Err(Problem::Refused(refusal)) => {
            let status = Problem::from(refusal.clone()).status();
            let page = page(ctx, Errors::default(), Some(&refusal)).await?;
            return Ok(ctx.page_with(status, &page));
        }
        Err(other) => return Err(other),
    }
    give(ctx, order).await?;
    Ok(ctx.see_other("/desk/operator/orders"))
}

/// A code that is not good, at its field.
pub(super) fn code_error(lang: Lang) -> Errors {
    code_error_at("code", lang)
}

pub(super) fn code_error_at(field: &'static str, lang: Lang) -> Errors {
    let message = lang.t(
        "인증번호가 맞지 않거나 이미 쓴 번호입니다. 새 번호를 기다려 주십시오.",
        "The code is not right, or was used before. Please wait for the next one.",
    );
    Errors(vec![field_error(field, message)])
}

async fn invalid(ctx: &Context, errors: Errors) -> Result<Response<Body>, Problem> {
    let page = page(ctx, errors, None).await?;
    Ok(ctx.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

pub(super) fn field_error(field: &'static str, message: impl Into<String>) -> FieldError {
    FieldError { field, message: message.into() }
}

/// What is ordered, or what is wrong with it.
fn wished(ctx: &Context) -> Result<Order, FieldError> {
    let lang = ctx.lang;
    let number = |name: &'static str| {
        let typed = ctx.fields.text(name);
        typed
            .parse::<u32>()
            .map_err(|_| field_error(name, lang.t("숫자로 적어 주십시오.", "Please write a number.")))
    };
    let (order, field) = match ctx.fields.typed("what") {
        "pause" => (Order::Pause, "what"),
        "resume" => (Order::Resume, "what"),
        "rate" => (Order::Rate(Some(number("rate")?)), "rate"),
        "as-configured" => (Order::Rate(None), "what"),
        "stretch" => (Order::Stretch(number("factor")?), "factor"),
        "message" => return message(ctx),
        _ => {
            let message = lang.t("무엇을 지시할지 골라 주십시오.", "Please choose what to order.");
            return Err(field_error("what", message));
        }
    };
    order.check().map(|()| order).map_err(|bad| field_error(field, bad_order(lang, bad)))
}

/// Whoever reads English is told too.
pub(super) fn message(ctx: &Context) -> Result<Order, FieldError> {
    let lang = ctx.lang;
    let (ko, en) = (ctx.fields.text("ko"), ctx.fields.text("en"));
    if ko.is_empty() != en.is_empty() {
        let field = if ko.is_empty() { "ko" } else { "en" };
        let message = lang.t(
            "한국어와 영어를 함께 적어 주십시오. 둘 다 비우면 안내말이 사라집니다.",
            "Please write both languages. With both empty the message goes.",
        );
        return Err(field_error(field, message));
    }
    let order = Order::Message { ko, en };
    order.check().map(|()| order).map_err(|bad| field_error("ko", bad_order(lang, bad)))
}

fn bad_order(lang: Lang, bad: BadOrder) -> String {
    match (bad, lang.is_ko()) {
        (BadOrder::Unreadable, _) => lang.t("그런 지시는 없습니다.", "There is no such order.").to_owned(),
        (BadOrder::OutOfRange { max }, true) => format!("1부터 {max} 사이로 적어 주십시오."),
        (BadOrder::OutOfRange { max }, false) => format!("Please write a number from 1 to {max}."),
        (BadOrder::MessageUnfit { chars_max }, true) => {
            format!("{chars_max}자까지, 줄을 바꾸지 않고 적어 주십시오.")
        }
        (BadOrder::MessageUnfit { chars_max }, false) => {
            format!("Please write at most {chars_max} characters, in one line.")
        }
    }
}

/// Durable when it returns; every node takes it up with its next look.
pub(super) async fn give(ctx: &Context, order: Order) -> Result<(), Problem> {
    let by = ctx.on_duty()?.account.login.clone();
    let given = GivenOrder { given_at: ctx.now, by, why: ctx.fields.text("why"), order };
    let (line, tag) = (ctx.staff()?.console.line.clone(), ctx.app.gate.tag);
    let ordered = tokio::task::spawn_blocking(move || line.order(tag, &given));
    let number = ordered.await.map_err(|_| Problem::Bug)??;
    tracing::info!(number, staff = ctx.me()?.0, "an operator gave an order");
    Ok(())
}

async fn given(ctx: &Context) -> Result<Vec<(u64, GivenOrder)>, Problem> {
    let (line, tag) = (ctx.staff()?.console.line.clone(), ctx.app.gate.tag);
    let given = tokio::task::spawn_blocking(move || line.orders(tag, 0));
    Ok(given.await.map_err(|_| Problem::Bug)??)
}

async fn page(ctx: &Context, errors: Errors, refusal: Option<&Refusal>) -> Result<OrdersPage, Problem> {
    let given = given(ctx).await?;
    let mut orders = Orders::default();
    for (_, one) in &given {
        orders.follow(&one.order, one.given_at);
    }
    let row = |(number, one): &(u64, GivenOrder)| OrderRow {
        number: *number,
        at: one.given_at,
        by: one.by.clone(),
        what: words(ctx.lang, &one.order),
        why: one.why.clone(),
    };
    let text = |name| ctx.fields.text(name);
    Ok(OrdersPage {
        frame: ctx.desk_frame(),
        phase: ctx.app.gate.published().phase,
        orders,
        configured_rate: ctx.app.gate.settings.admissions_per_second,
        what: text("what"),
        rate: text("rate"),
        factor: text("factor"),
        ko: text("ko"),
        en: text("en"),
        why: text("why"),
        errors,
        refusal: refusal.map(|refusal| refusal_note(ctx, refusal)),
        given: given.iter().rev().take(SHOWN).map(row).collect(),
    })
}

/// An order as the record of it says it.
fn words(lang: Lang, order: &Order) -> String {
    let fixed = |ko: &str, en: &str| lang.t(ko, en).to_owned();
    match order {
        Order::Pause => fixed("입장 멈춤", "admission paused"),
        Order::Resume => fixed("입장 다시 시작", "admission resumed"),
        Order::Rate(None) => fixed("입장 속도를 설정값으로", "rate as configured"),
        Order::Rate(Some(rate)) if lang.is_ko() => format!("1초에 많아야 {rate}명 입장"),
        Order::Rate(Some(rate)) => format!("at most {rate} admitted a second"),
        Order::Floor(None) => fixed("입장 속도의 하한을 설정값으로", "least rate as configured"),
        Order::Floor(Some(rate)) if lang.is_ko() => format!("1초에 적어도 {rate}명 입장"),
        Order::Floor(Some(rate)) => format!("at least {rate} admitted a second"),
        Order::Stretch(1) => fixed("화면이 묻는 간격을 보통으로", "pages ask as usual"),
        Order::Stretch(factor) if lang.is_ko() => format!("화면이 {factor}배 드물게 물음"),
        Order::Stretch(factor) => format!("pages ask {factor} times less often"),
        Order::Message { ko, en } if ko.is_empty() && en.is_empty() => {
            fixed("안내말 없앰", "message removed")
        }
        Order::Message { ko, en } => format!("{} “{ko}” “{en}”", fixed("안내말", "message")),
        Order::RevokePasses => fixed("모든 입장권 무효", "all passes ended"),
        Order::Close => fixed("줄을 끝냄", "line closed"),
    }
}
