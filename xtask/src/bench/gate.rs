//! The gate's document and joins beside nginx with a static file of the same bytes.
use super::load::{Connections, Load};
use super::nginx::{self, Nginx};
use super::rounds::{self, Generator, Goal, Scenario};
use super::{SERVER_CORE, report};
use crate::demo::{Demo, Options};
use crate::http;
use crate::process::TempDir;
use anyhow::{Context, Result, ensure};
use std::net::Ipv4Addr;

const DOCUMENT: &str = "/gate/c55.json";
const TICKETS: &str = "/gate/c55/tickets";
const KEPT_ALIVE_RATIO_MIN: f64 = 1.2;
const NEW_EACH_RATIO_MIN: f64 = 1.0;

pub(crate) fn run() -> Result<()> {
    let dir = TempDir::new()?;
    let demo = Demo::start(&Options {
        dir: &dir.path().join("data"),
        opens_in: "3600s",
        listen: Ipv4Addr::UNSPECIFIED,
        core: Some(SERVER_CORE),
        port: None,
        more: &[],
    })?;
    let document = http::get(demo.port, DOCUMENT).context("the gate document")?;
    ensure!(document.status == 200, "{DOCUMENT} answers {}", document.status);
    let nginx = Nginx::start(&document.body, SERVER_CORE)?;
    let measured = rounds::run(scenarios(&nginx, &demo))?;
    let title = format!("The gate beside nginx, document of {} bytes", document.body.len());
    let report = report::report(&title, &measured);
    print!("{}", report.text);
    ensure!(report.goals_met, "a goal is missed");
    Ok(())
}

fn scenarios(nginx: &Nginx, demo: &Demo) -> Vec<Scenario> {
    let file = |name, connections| Scenario {
        name,
        generator: Generator::Ours(Load::get(nginx.port, nginx::FILE, connections)),
        server_ids: nginx.guard.family(),
        goal: None,
    };
    let ours = |name, load, peer, ratio_min| Scenario {
        name,
        generator: Generator::Ours(load),
        server_ids: demo.guard.family(),
        goal: Some(Goal { peer, ratio_min }),
    };
    let document = |connections| Load::get(demo.port, DOCUMENT, connections);
    let join = |connections| Load::post(demo.port, TICKETS, connections);
    let (kept, new) = (Connections::KeptAlive, Connections::NewEach);
    vec![
        file("nginx", kept),
        ours("gate", document(kept), "nginx", KEPT_ALIVE_RATIO_MIN),
        ours("join", join(kept), "nginx", KEPT_ALIVE_RATIO_MIN),
        file("nginx, new connection", new),
        ours("gate, new connection", document(new), "nginx, new connection", NEW_EACH_RATIO_MIN),
        ours("join, new connection", join(new), "nginx, new connection", NEW_EACH_RATIO_MIN),
    ]
}
