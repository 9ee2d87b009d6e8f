//! `charye line`: what an operator orders of the line, and what was ordered. Every order is a row of its own beside the
//! line, with who, when and why; the service takes it up within a tick, whether its ledger lives or not.

mod preview;

use crate::cli::{Given, Steering, SteeringPlaces, SteeringWhat};
use crate::service::open_line;
use crate::system::SystemClock;
use crate::verify::config;
use crate::{config::Config, country};
use anyhow::{Result, bail, ensure};
use std::process::ExitCode;
use std::sync::Arc;
use store::{Clock as _, GivenOrder, LineStore};
use waiting_room::{BadOrder, CampaignTag, Order, Orders, RateReason, Strain};

/// Of a reason, and of a name.
const CHARS_MAX: usize = 200;

pub(crate) fn run(steering: &Steering) -> Result<ExitCode> {
    let (order, given) = match &steering.what {
        SteeringWhat::Show { of } => return show(of),
        SteeringWhat::Preview { folder, ko, en, of } => return preview::write(folder, (ko, en), of),
        SteeringWhat::Pause(given) => (Order::Pause, given),
        SteeringWhat::Resume(given) => (Order::Resume, given),
        SteeringWhat::Rate { per_second, given } => {
            (Order::Rate((*per_second > 0).then_some(*per_second)), given)
        }
        SteeringWhat::Floor { per_second, given } => {
            (Order::Floor((*per_second > 0).then_some(*per_second)), given)
        }
        SteeringWhat::Stretch { factor, given } => (Order::Stretch(*factor), given),
        SteeringWhat::Message { ko, en, given } => (Order::Message { ko: ko.clone(), en: en.clone() }, given),
        SteeringWhat::Revoke(given) => (Order::RevokePasses, given),
        SteeringWhat::Close(given) => (Order::Close, given),
    };
    give(order, given)
}

fn give(order: Order, given: &Given) -> Result<ExitCode> {
    if let Err(bad) = order.check() {
        bail!(words(bad));
    }
    for (name, text) in [("--by", &given.by), ("--why", &given.why)] {
        let fits = !text.trim().is_empty()
            && text.chars().count() <= CHARS_MAX
            && !text.chars().any(char::is_control);
        ensure!(fits, "{name}: 1~{CHARS_MAX}자로 적어 주십시오 / must have 1 to {CHARS_MAX} characters");
    }
    let (line, tag) = line(&given.of)?;
    let order =
        GivenOrder { given_at: SystemClock.now(), by: given.by.clone(), why: given.why.clone(), order };
    let number = line.order(tag, &order)?;
    println!("지시했습니다 / ordered  {number}  {}", in_a_line(&order.order));
    Ok(ExitCode::SUCCESS)
}

fn show(of: &SteeringPlaces) -> Result<ExitCode> {
    let (line, tag) = line(of)?;
    let mut orders = Orders::default();
    for (number, given) in line.orders(tag, 0)? {
        orders.follow(&given.order, given.given_at);
        println!("{number}  {}  {}  {}  — {}", given.given_at, given.by, in_a_line(&given.order), given.why);
    }
    let state = line.look(tag, u32::MAX)?;
    println!("지금 / now");
    println!("  부른 번호 / called up to     {}", state.led.serving_number);
    println!("  멈춤 / paused                {}", yes(orders.is_paused));
    let rate = state.led.steered.rate;
    let (whole, milli) = (rate.milli / 1_000, rate.milli % 1_000);
    println!("  초당 입장 / admitted a second  {whole}.{milli:03}  {}", why(rate.why));
    println!("    상한 / at the most         {}", ordered(orders.rate));
    println!("    하한 / at the least        {}", ordered(orders.floor));
    println!("  부르면 오는 사람 / of the called come  {} %", state.led.steered.come_ppm / 10_000);
    println!("  묻는 간격 / pages ask          × {}", orders.stretch);
    println!("  안내말 / message             {:?} {:?}", orders.message.0, orders.message.1);
    println!("  입장권 무효 / passes ended     {}", orders.revocations);
    println!("  끝냄 / closed                {}", yes(orders.closed_at.is_some()));
    Ok(ExitCode::SUCCESS)
}

fn line(of: &SteeringPlaces) -> Result<(Arc<dyn LineStore>, CampaignTag)> {
    let config: Config = config(&of.places, of.data.as_ref())?;
    ensure!(
        config.store.is_some() || config.data.join("line.db").is_file(),
        "여기에는 대기 줄이 없습니다. 먼저 서비스를 한 번 켜십시오 / there is no line here; start the service once: {}",
        config.data.display()
    );
    let (country, _) = country::load(&config.data, country::SOME_DAY)?;
    Ok((open_line(&config)?, CampaignTag(country.campaigns()[0].id.0)))
}

fn ordered(rate: Option<u32>) -> String {
    rate.map_or("설정값 / as configured".to_owned(), |rate| rate.to_string())
}

fn why(why: RateReason) -> &'static str {
    match why {
        RateReason::Set => "고정 / fixed",
        RateReason::Ceiling => "상한 / the most that is allowed",
        RateReason::Rising => "올라가는 중 / going up",
        RateReason::Strained(Strain::Slow) => "원장 기록이 느림 / the ledger's commits are slow",
        RateReason::Strained(Strain::Deep) => "원장에 명령이 밀림 / commands wait for the ledger",
        RateReason::Strained(Strain::Failing) => "자리를 못 얻은 요청이 많음 / many requests find no room",
        RateReason::Strained(Strain::Sick) => "원장이 답하지 않음 / the ledger takes no bookings",
    }
}

fn in_a_line(order: &Order) -> String {
    order.text().replace('\n', " · ")
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "예 / yes" } else { "아니요 / no" }
}

fn words(bad: BadOrder) -> String {
    match bad {
        BadOrder::Unreadable => "읽을 수 없는 지시입니다 / there is no such order".to_owned(),
        BadOrder::OutOfRange { max } => format!("1~{max} 사이여야 합니다 / must be from 1 to {max}"),
        BadOrder::MessageUnfit { chars_max } => {
            format!(
                "안내말은 {chars_max}자까지, 줄을 바꾸지 않고 적습니다 / a message has at most {chars_max} characters, in one line"
            )
        }
    }
}
