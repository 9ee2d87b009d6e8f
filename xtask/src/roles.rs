//! The released binary as several processes that share one folder: gates on one port, the process that has the ledger,
//! a desk; and what the others do when one of them is killed, stopped or replaced.
mod hand_over;
mod planes;
mod proxy;
mod site;

use crate::http::{self, Answer};
use crate::kills::look_until;
use crate::process::{Guard, TempDir, free_port};
use crate::workspace;
use anyhow::{Context as _, Result, bail, ensure};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const READY_SECONDS_MAX: u64 = 60;
/// Open since yesterday, for a month.
const CAMPAIGN: &str = "lobby_minutes = 60\nadmissions_per_second = 1000\n";

pub(crate) fn run(words: &[&str]) -> Result<()> {
    match words {
        [] => check(false),
        ["--long"] => check(true),
        ["planes"] => planes::run(),
        ["proxy"] => proxy::run(),
        ["site"] => site::run(),
        ["hand-over"] => hand_over::run(false),
        ["hand-over", "--long"] => hand_over::run(true),
        _ => bail!("`roles` takes planes, proxy, site, hand-over, --long"),
    }
}

pub(crate) fn check(is_long: bool) -> Result<()> {
    planes::run()?;
    match proxy::missing() {
        Some(why) => println!("SKIPPED: behind nginx: {why}"),
        None => proxy::run()?,
    }
    match site::missing() {
        Some(why) => println!("SKIPPED: the line before another site: {why}"),
        None => site::run()?,
    }
    hand_over::run(is_long)
}

/// A service of several processes.
struct Service {
    folder: TempDir,
    gate_port: u16,
    booking_port: u16,
}

/// One of its processes.
struct Process {
    guard: Guard,
    operator_port: u16,
}

impl Service {
    fn new() -> Result<Self> {
        let folder = TempDir::new()?;
        let at = |days: i64| -> Result<String> {
            let date = ["-u", "-d", &format!("{days} days"), "+%Y-%m-%dT00:00:00Z"];
            let out = Command::new("date").args(date).output().context("date")?;
            Ok(String::from_utf8(out.stdout)?.trim().to_owned())
        };
        let text = format!(
            "data = \"{}\"\n[campaign]\nopens_at = \"{}\"\ncloses_at = \"{}\"\n{CAMPAIGN}",
            folder.path().join("data").display(),
            at(-1)?,
            at(30)?
        );
        std::fs::write(folder.path().join("charye.toml"), text)?;
        Ok(Self { folder, gate_port: free_port()?, booking_port: free_port()? })
    }

    /// More of the configuration, before anything starts.
    fn add(&self, text: &str) -> Result<()> {
        let config = std::fs::read_to_string(self.config())? + text;
        Ok(std::fs::write(self.config(), config)?)
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("charye.toml")
    }

    fn start(&self, role: &str, port: u16) -> Result<Process> {
        let program = workspace::release_dir()?.join("charye");
        ensure!(program.is_file(), "{} is missing; run `cargo build --release`", program.display());
        let operator_port = free_port()?;
        let mut command = Command::new(&program);
        command.arg("serve").arg("--config").arg(self.config()).args(["--role", role]);
        command.args(["--listen", &format!("127.0.0.1:{port}")]);
        command.args(["--operator-listen", &format!("127.0.0.1:{operator_port}")]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Process { guard: Guard::spawn(&mut command)?, operator_port })
    }

    fn start_gate(&self) -> Result<Process> {
        let mut gate = self.start("gate", self.gate_port)?;
        gate.wait_until_ready()?;
        Ok(gate)
    }

    /// Ready once the line and, through a gate or not, the ledger are.
    fn start_booking(&self) -> Result<Process> {
        let mut booking = self.start("booking", self.booking_port)?;
        booking.wait_until_ready()?;
        let port = booking.operator_port;
        look_until("the ledger is open", || {
            let health = http::get(port, "/health/ready")?;
            Ok(String::from_utf8_lossy(&health.body).contains("\"ledger\":\"ok\""))
        })?;
        Ok(booking)
    }
}

impl Process {
    fn wait_until_ready(&mut self) -> Result<()> {
        let port = self.operator_port;
        let is_ready = || http::get(port, "/health/ready").is_ok_and(|answer| answer.status == 200);
        self.guard.wait_until(READY_SECONDS_MAX, is_ready)
    }

    fn signal(&mut self, signal: &str) -> Result<()> {
        let id = self.guard.child().id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status()?;
        ensure!(sent.success(), "kill {signal} {id}");
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    fn end(mut self) -> Result<()> {
        self.signal("-TERM")?;
        let status = self.guard.child().wait()?;
        ensure!(status.success(), "a process ended with {status}");
        Ok(())
    }
}

fn phase(port: u16) -> Result<String> {
    let health: serde_json::Value = serde_json::from_slice(&http::get(port, "/healthz")?.body)?;
    Ok(health["phase"].as_str().unwrap_or_default().to_owned())
}

fn wait_for_phase(port: u16, wanted: &str) -> Result<()> {
    look_until(&format!("the phase is {wanted}"), || Ok(phase(port).is_ok_and(|phase| phase == wanted)))
}

/// A page in words that tries again by itself.
fn is_apology(answer: &Answer) -> bool {
    let body = String::from_utf8_lossy(&answer.body);
    answer.status == 503 && answer.content_type.starts_with("text/html") && body.contains("<h1>")
}
