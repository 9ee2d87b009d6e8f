//! What a refusal costs beside an acceptance: the same request of one person, to a service that lets them and to one that
//! does not let one person ask so often. Both answers are pages; the processor time of the server is compared.
use super::load::{Connections, Load};
use super::rounds::{self, Generator, Measured, Scenario};
use super::{SERVER_CORE, report};
use crate::api::{call, text};
use crate::demo::on_core;
use crate::http;
use crate::process::{Guard, TempDir, free_port};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::fs;
use std::path::Path;

const PAGE: &str = "/my";
const ACCEPTED: &str = "accepted: the page of one's appointments";
const REFUSED: &str = "refused: 429";
/// What every request costs that goes through hyper: prepared bytes, before any handler.
const FLOOR: &str = "the floor: the first page, from memory";
const READY_SECONDS_MAX: u64 = 60;
const RATIO_MAX: f64 = 0.5;

/// `charye serve` of somebody's own limit, and a session in it.
struct Served {
    guard: Guard,
    port: u16,
    session: String,
}

pub(crate) fn run() -> Result<()> {
    let dir = TempDir::new()?;
    let lets = Served::start(&dir.path().join("lets"), u32::MAX)?;
    let refuses = Served::start(&dir.path().join("refuses"), 1)?;
    let measured = rounds::run(vec![
        lets.scenario(ACCEPTED, PAGE, 200),
        refuses.scenario(REFUSED, PAGE, 429),
        lets.scenario(FLOOR, "/", 200),
    ])?;
    print!("{}", report::report("A refusal beside an acceptance", &measured).text);
    let ratios = ratios(&measured);
    let ratio = ratios[ratios.len() / 2];
    println!(
        "- a refusal costs {ratio:.3} of an acceptance (median of {ratios:.3?}, sorted; processor time of the server)"
    );
    ensure!(ratio <= RATIO_MAX, "a refusal is too dear");
    Ok(())
}

/// Of each round, sorted.
fn ratios(measured: &[Measured]) -> Vec<f64> {
    let rounds = measured[0].rounds.iter().zip(&measured[1].rounds);
    let mut ratios: Vec<f64> = rounds.map(|(lets, refuses)| refuses.server_us / lets.server_us).collect();
    ratios.sort_by(f64::total_cmp);
    ratios
}

impl Served {
    fn start(dir: &Path, person_requests_max: u32) -> Result<Self> {
        fs::create_dir_all(dir)?;
        let (config, port) = (dir.join("charye.toml"), free_port()?);
        let limits = format!(
            "person_requests_per_second_max = {person_requests_max}\nperson_requests_at_once_max = {person_requests_max}"
        );
        let data = dir.join("data").display().to_string();
        let settings = format!(
            "listen = \"127.0.0.1:{port}\"\ndata = \"{data}\"\nlog_format = \"text\"\n[limits]\n{limits}\n"
        );
        fs::write(&config, settings)?;
        let program = workspace::release_dir()?.join("charye");
        let mut guard =
            Guard::spawn(on_core(SERVER_CORE, &program).args(["serve", "--config"]).arg(&config))?;
        let is_open = || {
            let health = http::get(port, "/healthz").ok();
            health.is_some_and(|answer| String::from_utf8_lossy(&answer.body).contains("\"booking\":true"))
        };
        guard.wait_until(READY_SECONDS_MAX, is_open).context("the service")?;
        Ok(Self { guard, port, session: session(port)? })
    }

    fn scenario(&self, name: &'static str, path: &str, expected_status: u16) -> Scenario {
        let header = format!("charye-session: {}\r\naccept-encoding: gzip\r\n", self.session);
        let load =
            Load { expected_status, ..Load::get_with(self.port, path, &header, Connections::KeptAlive) };
        Scenario { name, generator: Generator::Ours(load), server_ids: self.guard.family(), goal: None }
    }
}

/// Of a test person, over the API.
fn session(port: u16) -> Result<String> {
    let phone = "010-0000-0005";
    let claim = json!({"name": "Han Sarang", "number": "620101-5000044", "phone": phone});
    let challenge = text(&call(port, "/api/v1/identity", &[], &claim)?, "/challenge")?;
    let outbox = call(port, "/api/v1/demo/outbox", &[], &json!({"phone": phone}))?;
    let code = json!({"challenge": challenge, "code": text(&outbox, "/messages/0/code")?});
    text(&call(port, "/api/v1/identity/verify", &[], &code)?, "/session")
}
