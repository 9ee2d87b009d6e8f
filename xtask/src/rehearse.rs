//! A rehearsal of the released binary, as CI makes it: a crowd of hundreds within seconds, and its audit, for which an
//! operator takes the record away over HTTP. Then another
//! that is killed in the middle and started again, one of a minute beside its plan, and another look at the first with a booking taken out of the list,
//! which the audit must notice.
use crate::card::Figure;
use crate::demo::{Demo, Options};
use crate::journey::add_account;
use crate::process::{Guard, TempDir, free_port};
use crate::{clock, workspace};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const SECONDS_MAX: u64 = 180;
/// People a second at the most.
const RATE: u32 = 300;
/// So much of the second crowd is booked when the service is killed, at the least.
const KILL_AFTER: Duration = Duration::from_secs(7);

/// Who comes to a service that lets in so many a second.
#[derive(Clone, Copy)]
struct Crowd {
    scenario: &'static str,
    /// More words for the command.
    more: &'static [&'static str],
    people: u32,
    rate: u32,
    is_killed: bool,
}

const SHORT: Crowd = Crowd { scenario: "ten-seconds", more: &[], people: 600, rate: RATE, is_killed: false };
/// They wait long enough to be held against a plan, which counts in seconds.
const A_MINUTE: Crowd = Crowd { people: 3_000, rate: 50, ..SHORT };
/// An hour of calls within twelve seconds, beside the web.
const CALLS: Crowd = Crowd {
    scenario: "call-centre-day",
    more: &["--callers", "300", "--agents", "6", "--compress", "300", "--haste", "10"],
    people: 300,
    ..SHORT
};
/// How far the rehearsed curve of admissions may lie from the planned one.
const APART_PERCENT_MAX: f64 = 10.0;

pub(crate) fn run() -> Result<()> {
    let dir = TempDir::new()?;
    let calm = rehearse(&dir.path().join("calm"), SHORT)?;
    let killed = rehearse(&dir.path().join("killed"), Crowd { is_killed: true, ..SHORT })?;
    let apart = planned_apart(&rehearse(&dir.path().join("planned"), A_MINUTE)?)?;
    println!(
        "rehearsed beside planned: {apart:.1} % of the whole length apart (at most {APART_PERCENT_MAX})"
    );
    calls(&dir.path().join("calls"))?;
    let (data, out) = (dir.path().join("calm/data"), dir.path().join("calm/out"));
    order_and_rate(&calm, &killed, ten_times_the_rate_is_noticed(&data, &out)?)?;
    let caught = lost_booking_is_noticed(&data, &out)?;
    let of = |report: &Value, what: &str| report["audit"][what].as_u64().unwrap_or(0);
    Figure {
        promise: "A1".to_owned(),
        test: "rehearsal with audit".to_owned(),
        runs: of(&calm, "acknowledged") + of(&killed, "acknowledged"),
        of: "acknowledged appointments".to_owned(),
        violations: 0,
        saboteur: "a booking taken out of the exported list".to_owned(),
        caught: u64::from(caught),
        more: format!(
            "{} answers; with a kill -9 in the middle {} confirmations without an answer, {} of them booked",
            of(&calm, "answers") + of(&killed, "answers"),
            of(&killed, "unknown"),
            of(&killed, "unknown_booked")
        ),
    }
    .tell()
}

/// A call centre beside the web: who called is answered, or gives up and is told the truth; then the record of it is
/// falsified, twice, and the audit must notice.
fn calls(dir: &Path) -> Result<()> {
    let report = rehearse(dir, CALLS)?;
    let of = |pointer: &str| report.pointer(pointer).and_then(Value::as_u64).unwrap_or(0);
    let (booked, told) = (of("/calls/outcomes/booked"), of("/audit/calls_told/calls"));
    ensure!(booked > 30 && told > 30, "hardly anybody was served on the phone: {}", report["calls"]);
    let (data, out) = (dir.join("data"), dir.join("out"));
    let another = audit_falsified(&data, &out, |lines| {
        let at = lines.iter().position(|line| line.contains("\"used\":\"confirm\""))?;
        let (from, rest) = lines[at].split_once("\"who\":\"staff ")?;
        let (_, rest) = rest.split_once('"')?;
        lines[at] = format!("{from}\"who\":\"staff 999\"{rest}");
        Some(())
    })?;
    let lost = audit_falsified(&data, &out, |lines| {
        let agents = lines.iter().position(|line| line.contains("\"used\":\"confirm\""))?;
        lines.remove(agents - 1);
        Some(())
    })?;
    ensure!(another && lost, "the audit did not notice a falsified record of the phone");
    Figure {
        promise: "A1".to_owned(),
        test: "rehearsal of a call centre with audit".to_owned(),
        runs: of("/audit/by_phone"),
        of: "appointments acknowledged on the phone".to_owned(),
        violations: 0,
        saboteur: "one of them taken out of the list; one given to another agent".to_owned(),
        caught: u64::from(another) + u64::from(lost),
        more: format!(
            "{told} callers learnt whether their wait was told truly, {} waited longer",
            of("/audit/calls_told/too_short")
        ),
    }
    .tell()
}

/// Whether the audit of the rehearsal in `out` fails when its list is changed like this.
fn audit_falsified(
    data: &Path,
    out: &Path,
    falsify: impl FnOnce(&mut Vec<String>) -> Option<()>,
) -> Result<bool> {
    let list = out.join("audit.jsonl");
    let text = fs::read_to_string(&list)?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    falsify(&mut lines).context("nothing to falsify in the list")?;
    fs::write(&list, lines.join("\n"))?;
    let audited = Command::new(workspace::release_dir()?.join("charye"))
        .args(["rehearse", "--audit-again"])
        .arg("--data")
        .arg(data)
        .arg("--out")
        .arg(out)
        .stdout(Stdio::null())
        .status();
    fs::write(&list, text)?;
    Ok(audited?.code() == Some(3))
}

/// Of the same scenario, in percent; more than may be is an error, and so is a report that does not say it.
fn planned_apart(report: &Value) -> Result<f64> {
    let apart = report["planned_apart_percent"].as_f64().context("the report compares no plan")?;
    ensure!(apart <= APART_PERCENT_MAX, "rehearsed {apart:.1} % apart from the plan");
    Ok(apart)
}

/// Nobody in a hurry is overtaken, and nobody comes in above the rate: what the audit found, held once more against a
/// tenth of the rate.
fn order_and_rate(calm: &Value, killed: &Value, is_caught: bool) -> Result<()> {
    let people = |report: &Value| report["audit"]["let_in"]["people"].as_u64().unwrap_or(0);
    let excess = |report: &Value| report["audit"]["let_in"]["excess_ms"].as_u64().unwrap_or(0);
    Figure {
        promise: "C5".to_owned(),
        test: "rehearsal with audit".to_owned(),
        runs: people(calm) + people(killed),
        of: "people let in over HTTP".to_owned(),
        violations: 0,
        saboteur: "ten times the rate".to_owned(),
        caught: u64::from(is_caught),
        more: format!(
            "none out of order; at the most {} ms' worth above {RATE} a second, as the crowd heard it",
            excess(calm).max(excess(killed))
        ),
    }
    .tell()
}

/// The logbook of the first beside a tenth of the rate that the service was given.
fn ten_times_the_rate_is_noticed(data: &Path, out: &Path) -> Result<bool> {
    let tenth = (RATE / 10).to_string();
    let again = ["rehearse", "--audit-again", "--admissions-per-second", &tenth];
    let mut command = Command::new(workspace::release_dir()?.join("charye"));
    command.args(again).arg("--data").arg(data).arg("--out").arg(out);
    let output = command.output()?;
    let exceeded = String::from_utf8_lossy(&output.stdout)
        .lines()
        .any(|line| line.contains("more let in than the rate") && !line.trim_end().ends_with("| 0 |"));
    Ok(output.status.code() == Some(3) && exceeded)
}

/// Plays the canonical scenario at a service of its own; answers its report, which must say that it passes.
fn rehearse(dir: &Path, of: Crowd) -> Result<Value> {
    let (data, out) = (dir.join("data"), dir.join("out"));
    let (port, staff_port) = (free_port()?, free_port()?);
    let mut demo = start(&data, port, staff_port, of.rate)?;
    let operator = operator(dir, &data, staff_port)?;
    let desk = (of.scenario == CALLS.scenario).then(|| format!("127.0.0.1:{staff_port}"));
    let mut crowd = Guard::spawn(
        Command::new(workspace::release_dir()?.join("charye"))
            .args(["rehearse", "--scenario", of.scenario, "--at", &format!("127.0.0.1:{port}")])
            .args(of.more)
            .args(["--people", &of.people.to_string()])
            .args(["--admissions-per-second", &of.rate.to_string()])
            .arg("--operator")
            .arg(&operator)
            .arg("--data")
            .arg(&data)
            .arg("--out")
            .arg(&out)
            .args(desk.iter().flat_map(|desk| ["--desk", desk]))
            .stdout(Stdio::null()),
    )?;
    if of.is_killed {
        thread::sleep(KILL_AFTER);
        demo.guard.crash()?;
        demo = start(&data, port, staff_port, of.rate)?;
    }
    let deadline = clock::now() + Duration::from_secs(SECONDS_MAX);
    let status = loop {
        if let Some(status) = crowd.child().try_wait()? {
            break status;
        }
        ensure!(clock::now() < deadline, "the rehearsal is not over after {SECONDS_MAX} s");
        thread::sleep(Duration::from_millis(50));
    };
    drop(demo);
    let text = fs::read_to_string(out.join("report.json")).context("the report")?;
    ensure!(status.success(), "the rehearsal does not pass: {text}");
    let report: Value = serde_json::from_str(&text)?;
    ensure!(report["audit"]["acknowledged"].as_u64() > Some(100), "hardly anybody booked: {text}");
    let list = fs::read_to_string(out.join("audit.jsonl"))?;
    ensure!(list.contains("\"looked_up\":\"Export\""), "the record was not taken by the operator");
    Ok(report)
}

/// The credential of a new operator.
fn operator(dir: &Path, data: &Path, staff_port: u16) -> Result<PathBuf> {
    let setup = add_account(data, "rehearsal", "operator")?;
    let file = dir.join("operator.toml");
    fs::write(
        &file,
        format!("at = \"127.0.0.1:{staff_port}\"\nlogin = \"rehearsal\"\nsetup = \"{setup}\"\n"),
    )?;
    Ok(file)
}

fn start(data: &Path, port: u16, staff_port: u16, rate: u32) -> Result<Demo> {
    Demo::start(&Options {
        dir: data,
        opens_in: "4s",
        listen: Ipv4Addr::LOCALHOST,
        core: None,
        port: Some(port),
        more: &["--admissions-per-second", &rate.to_string(), "--staff-port", &staff_port.to_string()],
    })
}

/// The same logbook beside a list that lacks its last booking.
fn lost_booking_is_noticed(data: &Path, out: &Path) -> Result<bool> {
    audit_falsified(data, out, |lines| {
        let last = lines.iter().rposition(|line| line.contains("\"booked\""))?;
        lines.remove(last);
        Some(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rehearsal_far_from_its_plan_fails_and_so_does_one_that_was_held_against_none() {
        assert!(planned_apart(&json!({ "planned_apart_percent": 9.9 })).is_ok());
        for report in
            [json!({ "planned_apart_percent": 10.1 }), json!({ "planned_apart_percent": null }), json!({})]
        {
            assert!(planned_apart(&report).is_err(), "{report}");
        }
    }
}
