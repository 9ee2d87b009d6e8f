//! The released service on a core of its own, with the limits that a run is about.
use crate::bench::SERVER_CORE;
use crate::demo::on_core;
use crate::http;
use crate::process::{Guard, TempDir, free_port};
use crate::{clock, workspace};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const READY_SECONDS_MAX: u64 = 60;

/// What stands in the configuration.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) admissions_per_second: u32,
    pub(super) booking_requests_max: u32,
    pub(super) booking_wait_ms_max: u32,
}

impl Limits {
    /// As released, with a gate that lets in so many.
    pub(super) fn gated(admissions_per_second: u32) -> Self {
        Self { admissions_per_second, booking_requests_max: 512, booking_wait_ms_max: 30 }
    }

    /// No gate to speak of.
    pub(super) fn ungated() -> Self {
        Self::gated(100_000)
    }

    /// The saboteur: nobody is kept outside, and whoever finds no room waits.
    pub(super) fn unbounded() -> Self {
        Self { booking_requests_max: 1_000_000, booking_wait_ms_max: 3_600_000, ..Self::ungated() }
    }
}

pub(super) struct Service {
    /// With the ledger.
    guard: Guard,
    gate: Option<Guard>,
    pub(super) port: u16,
    ledger_port: u16,
    pub(super) dir: TempDir,
}

impl Service {
    pub(super) fn start(limits: &Limits) -> Result<Self> {
        let (dir, port) = (TempDir::new()?, free_port()?);
        let guard = spawn(&configured(&dir, limits)?, "all", port)?;
        Self { guard, gate: None, port, ledger_port: port, dir }.opened()
    }

    /// One process for the gate, one with the ledger; people come to the first.
    pub(super) fn start_divided(limits: &Limits) -> Result<Self> {
        let (dir, port) = (TempDir::new()?, free_port()?);
        let config = configured(&dir, limits)?;
        let ledger_port = free_port()?;
        let guard = spawn(&config, "booking", ledger_port)?;
        // The first makes the folder.
        let alone = Self { guard, gate: None, port: ledger_port, ledger_port, dir }.opened()?;
        Self { gate: Some(spawn(&config, "gate", port)?), port, ..alone }.opened()
    }

    fn opened(mut self) -> Result<Self> {
        let says = |port: u16, what: &str| {
            let health = http::get(port, "/healthz");
            health.is_ok_and(|answer| String::from_utf8_lossy(&answer.body).contains(what))
        };
        let (port, ledger_port) = (self.port, self.ledger_port);
        let is_open = || says(ledger_port, "\"booking\":true") && says(port, "\"phase\":\"open\"");
        self.guard.wait_until(READY_SECONDS_MAX, is_open).context("the service")?;
        Ok(self)
    }

    pub(super) fn ids(&self) -> Vec<u32> {
        let mut ids = self.guard.family();
        ids.extend(self.gate.iter().flat_map(Guard::family));
        ids
    }

    /// To the process that has the ledger, which may be all there is.
    pub(super) fn signal_ledger(&self, signal: &str) -> Result<()> {
        let id = self.guard.family()[0].to_string();
        let sent = Command::new("kill").args([signal, &id]).status()?;
        ensure!(sent.success(), "kill {signal} {id}");
        Ok(())
    }
}

fn configured(dir: &TempDir, limits: &Limits) -> Result<PathBuf> {
    let now = jiff::Timestamp::from_second(clock::unix_seconds().cast_signed())?;
    let (opens, closes) =
        (now - jiff::SignedDuration::from_hours(24), now + jiff::SignedDuration::from_hours(24 * 30));
    let Limits { admissions_per_second, booking_requests_max, booking_wait_ms_max } = limits;
    let text = format!(
        "data = \"{}\"\n[campaign]\nopens_at = \"{opens}\"\ncloses_at = \"{closes}\"\nlobby_minutes = 60\n\
         admissions_per_second = {admissions_per_second}\n\
         [rate]\nrule = \"fixed\"\n\
         [limits]\nconnections_per_address_max = 15000\nbooking_requests_max = {booking_requests_max}\n\
         booking_wait_ms_max = {booking_wait_ms_max}\n",
        dir.path().join("data").display()
    );
    let config = dir.path().join("charye.toml");
    fs::write(&config, text)?;
    Ok(config)
}

fn spawn(config: &Path, role: &str, port: u16) -> Result<Guard> {
    let program = workspace::release_dir()?.join("charye");
    let mut command = on_core(SERVER_CORE, &program);
    command.args(["serve", "--role", role, "--listen", &format!("0.0.0.0:{port}"), "--config"]).arg(config);
    Guard::spawn(command.stdout(Stdio::null()).stderr(Stdio::null()))
}
