//! The counters as Prometheus reads them (text format 0.0.4). Few, named with their units. Written here and not by a
//! library: the names are fixed, nothing registers itself, and the format is lines.

use super::Watching;
use super::process::Process;
use crate::app::App;
use crate::overload::{Plane, PlaneFigures};
use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use store::{BOUNDS_US, Measured};

pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Everything, at this moment.
pub fn exposition(app: &App) -> String {
    let mut text = Text(String::with_capacity(8 * 1_024));
    requests(&mut text, &app.watching);
    planes(&mut text, app);
    line(&mut text, app);
    ledger(&mut text, app);
    process(&mut text);
    text.0
}

struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}").expect(TO_MEMORY);
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let (open, close) = if labels.is_empty() { ("", "") } else { ("{", "}") };
        writeln!(self.0, "{name}{open}{labels}{close} {value}").expect(TO_MEMORY);
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, "", value);
    }

    fn histogram(&mut self, name: &str, labels: &str, measured: &Measured) {
        let comma = if labels.is_empty() { "" } else { "," };
        for (bound, within) in BOUNDS_US.iter().zip(measured.within) {
            let le = seconds(*bound);
            self.sample(&format!("{name}_bucket"), &format!("{labels}{comma}le=\"{le}\""), within);
        }
        self.sample(&format!("{name}_bucket"), &format!("{labels}{comma}le=\"+Inf\""), measured.count());
        self.sample(&format!("{name}_sum"), labels, seconds(measured.total_us));
        self.sample(&format!("{name}_count"), labels, measured.count());
    }
}

const TO_MEMORY: &str = "writing to memory cannot fail";

fn seconds(us: u64) -> f64 {
    us as f64 / 1_000_000.0
}

fn of_plane(plane: Plane) -> String {
    format!("plane=\"{}\"", plane.name())
}

fn count(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn requests(text: &mut Text, watching: &Watching) {
    text.family(
        "charye_requests_total",
        "counter",
        "Requests that reached a handler, by plane and class of status.",
    );
    for plane in Plane::ALL {
        for (class, counter) in watching.planes[plane as usize].classes.iter().enumerate() {
            let labels = format!("{},class=\"{}xx\"", of_plane(plane), class + 1);
            text.sample("charye_requests_total", &labels, count(counter));
        }
    }
    let help = "Requests answered from memory before any handler: first page, gate document, tickets, files.";
    text.one("charye_requests_from_memory_total", "counter", help, count(&watching.from_memory));
    let help = "Requests whose asker had gone before the answer was made.";
    text.one("charye_requests_gone_total", "counter", help, count(&watching.gone));
    text.family(
        "charye_request_duration_seconds",
        "histogram",
        "From the head of a request to its answer, by plane.",
    );
    for plane in Plane::ALL {
        let measured = watching.planes[plane as usize].took.read();
        text.histogram("charye_request_duration_seconds", &of_plane(plane), &measured);
    }
    text.family("charye_refusals_total", "counter", "Answers that were not what was wished, by code.");
    let refusals = watching.refusals.lock().expect("nothing panics while counting");
    for (code, times) in &*refusals {
        text.sample("charye_refusals_total", &format!("code=\"{code}\""), times);
    }
    let (accepted, ended) = (count(&watching.connections_accepted), count(&watching.connections_ended));
    text.one("charye_connections_accepted_total", "counter", "Connections of the public.", accepted);
    let help = "Connections of the public that are open.";
    text.one("charye_connections_open", "gauge", help, accepted.saturating_sub(ended));
}

type PlaneGauge = (&'static str, &'static str, fn(&PlaneFigures) -> f64);

const PLANE_GAUGES: [PlaneGauge; 4] = [
    ("charye_in_flight_requests", "Requests that are worked on, by plane.", |plane| {
        f64::from(plane.in_flight)
    }),
    ("charye_limit_requests", "Requests that may be worked on at once; it adapts itself.", |plane| {
        f64::from(plane.limit)
    }),
    ("charye_waiting_requests", "Requests that wait for a place at their plane.", |plane| {
        plane.waiting as f64
    }),
    ("charye_waiting_age_seconds", "How long the first of them has waited.", |plane| {
        plane.oldest_waits.as_secs_f64()
    }),
];

fn planes(text: &mut Text, app: &App) {
    let figures: Vec<(Plane, PlaneFigures)> =
        Plane::ALL.into_iter().filter_map(|plane| Some((plane, app.planes.figures(plane)?))).collect();
    for (name, help, value) in PLANE_GAUGES {
        text.family(name, "gauge", help);
        for (plane, figures) in &figures {
            text.sample(name, &of_plane(*plane), value(figures));
        }
    }
    text.family(
        "charye_shed_requests_total",
        "counter",
        "Requests that found no room at their plane, by reason.",
    );
    for (plane, figures) in &figures {
        for (reason, times) in [("full", figures.shed_full), ("waited", figures.shed_waited)] {
            let labels = format!("{},reason=\"{reason}\"", of_plane(*plane));
            text.sample("charye_shed_requests_total", &labels, times);
        }
    }
}

fn line(text: &mut Text, app: &App) {
    let published = app.gate.published();
    let document = &published.facts().document;
    let (issued, serving) = (document.tickets_issued, document.serving_number);
    text.one("charye_line_tickets_total", "counter", "Tickets whose number is settled.", issued);
    text.one("charye_line_serving_number", "gauge", "Everybody below it may enter.", serving);
    let waiting = issued.saturating_sub(serving);
    text.one("charye_line_waiting_tickets", "gauge", "Settled tickets that are not called.", waiting);
    let age = app.gate.published_for().as_secs_f64();
    text.one("charye_line_document_age_seconds", "gauge", "Since the keeper published.", age);
    let help = "Doses neither held nor booked.";
    text.one("charye_doses_left", "gauge", help, document.doses_left.total);
}

fn ledger(text: &mut Text, app: &App) {
    let is_well = u8::from(app.store.is_well());
    text.one("charye_ledger_well", "gauge", "1 while the ledger takes writes.", is_well);
    if let Some(writing) = app.store.writing() {
        let waiting = writing.commands_waiting;
        text.one("charye_ledger_waiting_commands", "gauge", "Commands that wait for the writer.", waiting);
        text.one("charye_ledger_commands_total", "counter", "Commands that were answered.", writing.commands);
        let help = "From the decision of a batch until it is durable.";
        text.family("charye_ledger_commit_duration_seconds", "histogram", help);
        text.histogram("charye_ledger_commit_duration_seconds", "", &writing.commits);
    }
    if let Some(lag) = app.store.views_lag() {
        let rows = lag.journal_seq.saturating_sub(lag.views_seq);
        text.one(
            "charye_views_lag_rows",
            "gauge",
            "Rows of the journal that the views do not hold yet.",
            rows,
        );
    }
}

fn process(text: &mut Text) {
    let process = Process::read();
    let help = "Resident memory of the process.";
    text.one("process_resident_memory_bytes", "gauge", help, process.resident_bytes);
    text.one("process_open_fds", "gauge", "Open file descriptors of the process.", process.open_files);
}
