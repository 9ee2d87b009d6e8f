//! How the service runs, and the orders to the line.

use super::Frame;
use crate::lang::Lang;
use crate::pages::parts::{Errors, Phase, RefusalNote};
use crate::staff::Alarm;
use askama::Template;
use jiff::Timestamp;
use waiting_room::Orders;

/// One figure, to be read from afar.
#[derive(Clone, Debug)]
pub struct Tile {
    pub label: String,
    pub value: String,
    pub unit: String,
    /// An alarm says why.
    pub is_bad: bool,
}

/// One figure over the last minutes. The line is drawn in a field of 300 by 60.
#[derive(Clone, Debug)]
pub struct Chart {
    pub title: String,
    pub latest: String,
    pub most: String,
    /// Points of an SVG polyline; empty before there are two.
    pub points: String,
}

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 60.0;
/// Room for the width of the line.
const EDGE: f64 = 2.0;

impl Chart {
    /// From the oldest value to the newest, from zero to the most.
    pub fn of(title: String, values: &[f64], said: impl Fn(f64) -> String) -> Self {
        let most = values.iter().copied().fold(0.0, f64::max);
        let step = WIDTH / (values.len().max(2) - 1) as f64;
        let height = |value: f64| if most > 0.0 { value / most * (HEIGHT - 2.0 * EDGE) } else { 0.0 };
        let point = |(place, value): (usize, &f64)| {
            format!("{:.0},{:.1}", step * place as f64, HEIGHT - EDGE - height(*value))
        };
        let points: Vec<String> = values.iter().enumerate().map(point).collect();
        let points = if values.len() < 2 { String::new() } else { points.join(" ") };
        Self { title, latest: said(values.last().copied().unwrap_or(0.0)), most: said(most), points }
    }
}

/// What changes each second: a part of the page, and the text of an event.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/operator_live.html", whitespace = "minimize")]
pub struct LivePart {
    pub lang: Lang,
    pub at: Timestamp,
    pub phase: Phase,
    pub alarms: Vec<Alarm>,
    pub tiles: Vec<Tile>,
    pub charts: Vec<Chart>,
}

/// `GET /desk/operator`: renews itself, by its script or by the page as a whole.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/operator.html", whitespace = "minimize")]
pub struct OperatorPage {
    pub frame: Frame,
    pub live: LivePart,
}

/// An order that was given.
#[derive(Clone, Debug)]
pub struct OrderRow {
    pub number: u64,
    pub at: Timestamp,
    pub by: String,
    pub what: String,
    pub why: String,
}

/// `GET /desk/operator/orders`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/operator_orders.html", whitespace = "minimize")]
pub struct OrdersPage {
    pub frame: Frame,
    pub phase: Phase,
    /// What all orders together come to.
    pub orders: Orders,
    /// People admitted a second where nothing is ordered.
    pub configured_rate: u32,
    /// What was typed.
    pub what: String,
    pub rate: String,
    pub factor: String,
    pub ko: String,
    pub en: String,
    pub why: String,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
    /// The newest first.
    pub given: Vec<OrderRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_goes_from_left_to_right_and_its_most_is_at_the_top() {
        let chart = Chart::of("x".to_owned(), &[0.0, 5.0, 10.0], |value| format!("{value}"));
        assert_eq!(chart.points, "0,58.0 150,30.0 300,2.0");
        assert_eq!((chart.latest.as_str(), chart.most.as_str()), ("10", "10"));
        let flat = Chart::of("x".to_owned(), &[0.0, 0.0], |value| format!("{value}"));
        assert_eq!(flat.points, "0,58.0 300,58.0", "nothing is at the bottom");
        assert!(Chart::of("x".to_owned(), &[1.0], |value| format!("{value}")).points.is_empty());
    }
}
