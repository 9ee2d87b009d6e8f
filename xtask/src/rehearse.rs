//! A rehearsal of the released binary, as CI makes it: a crowd of hundreds within seconds, and its audit. Then another
//! that is killed in the middle and started again, and a third look at the first with a booking taken out of the list,
//! which the audit must notice.
use crate::card::Figure;
use crate::demo::{Demo, Options};
use crate::process::{Guard, TempDir, free_port};
use crate::{clock, workspace};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const SECONDS_MAX: u64 = 180;
/// People a second at the most.
const RATE: u32 = 300;
/// So much of the second crowd is booked when the service is killed, at the least.
const KILL_AFTER: Duration = Duration::from_secs(7);

pub(crate) fn run() -> Result<()> {
    let dir = TempDir::new()?;
    let calm = rehearse(&dir.path().join("calm"), false)?;
    let killed = rehearse(&dir.path().join("killed"), true)?;
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
fn rehearse(dir: &Path, is_killed: bool) -> Result<Value> {
    let (data, out) = (dir.join("data"), dir.join("out"));
    let port = free_port()?;
    let mut demo = start(&data, port)?;
    let mut crowd = Guard::spawn(
        Command::new(workspace::release_dir()?.join("charye"))
            .args(["rehearse", "--scenario", "ten-seconds", "--at", &format!("127.0.0.1:{port}")])
            .args(["--admissions-per-second", &RATE.to_string()])
            .arg("--data")
            .arg(&data)
            .arg("--out")
            .arg(&out)
            .stdout(Stdio::null()),
    )?;
    if is_killed {
        thread::sleep(KILL_AFTER);
        demo.guard.crash()?;
        demo = start(&data, port)?;
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
    Ok(report)
}

fn start(data: &Path, port: u16) -> Result<Demo> {
    Demo::start(&Options {
        dir: data,
        opens_in: "4s",
        listen: Ipv4Addr::LOCALHOST,
        core: None,
        port: Some(port),
        more: &["--admissions-per-second", &RATE.to_string()],
    })
}

/// The same logbook beside a list that lacks its last booking.
fn lost_booking_is_noticed(data: &Path, out: &Path) -> Result<bool> {
    let list = out.join("audit.jsonl");
    let text = fs::read_to_string(&list)?;
    let mut kept: Vec<&str> = text.lines().collect();
    let last = kept.iter().rposition(|line| line.contains("\"booked\"")).context("a booking")?;
    kept.remove(last);
    fs::write(&list, kept.join("\n"))?;
    let status = Command::new(workspace::release_dir()?.join("charye"))
        .args(["rehearse", "--audit-again"])
        .arg("--data")
        .arg(data)
        .arg("--out")
        .arg(out)
        .stdout(Stdio::null())
        .status()?;
    Ok(status.code() == Some(3))
}
