//! The gate's document and joins beside nginx with a static file of the same bytes, above a server that does nothing, and
//! beside a line in Redis.
use super::floor::Floor;
use super::load::{Connections, Load};
use super::nginx::{self, Nginx};
use super::redis::{self, RedisPeer};
use super::rounds::{self, Generator, Goal, Scenario};
use super::{SERVER_CORE, memory, report};
use crate::card::Figure;
use crate::demo::{Demo, Options};
use crate::http;
use crate::process::TempDir;
use anyhow::{Context, Result, ensure};
use std::net::Ipv4Addr;

const DOCUMENT: &str = "/gate/c55.json";
const TICKETS: &str = "/gate/c55/tickets";
const DOCUMENT_RATIO_MIN: f64 = 1.4;
const JOIN_RATIO_MIN: f64 = 1.2;
const FLOOR_RATIO_MIN: f64 = 0.6;
const NEW_EACH_RATIO_MIN: f64 = 1.0;
const COUNTER_RATIO_MIN: f64 = 1.3;
const SET_RATIO_MIN: f64 = 1.5;
/// For each person who waits: a few counters, whoever comes.
const BYTES_EACH_MAX: f64 = 16.0;

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
    let floor = Floor::start(&document.body)?;
    let redis = RedisPeer::start(&document.body)?;
    let (resident_before, issued_before) = (memory::resident_bytes(&demo.guard.family()), issued(demo.port)?);
    let measured = rounds::run(
        scenarios((&nginx, &floor), &demo).into_iter().chain(beside_redis(&redis, &demo)).collect(),
    )?;
    let grown = memory::resident_bytes(&demo.guard.family()).saturating_sub(resident_before);
    let people = issued(demo.port)?.saturating_sub(issued_before);
    let title =
        format!("The gate beside nginx and a line in Redis, document of {} bytes", document.body.len());
    let report = report::report(&title, &measured);
    print!("{}", report.text);
    let each = grown as f64 / people.max(1) as f64;
    println!(
        "- memory for each person who waits: {:.2} bytes here (the process grew by {grown} bytes while {people} people \
         joined), {:.0} bytes in a sorted set of {} (Redis's own account)",
        each,
        redis.bytes_each,
        redis::WAITING,
    );
    Figure {
        promise: "D6".to_owned(),
        test: "memory for whoever waits".to_owned(),
        runs: people,
        of: "people who joined".to_owned(),
        violations: u64::from(each > BYTES_EACH_MAX),
        saboteur: "a line in a sorted set of Redis".to_owned(),
        caught: u64::from(redis.bytes_each > BYTES_EACH_MAX),
        more: format!("{each:.1} bytes each beside {:.0}", redis.bytes_each),
    }
    .tell()?;
    ensure!(report.goals_met, "a goal is missed");
    Ok(())
}

fn scenarios((nginx, floor): (&Nginx, &Floor), demo: &Demo) -> Vec<Scenario> {
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
        ours("gate", document(kept), "nginx", DOCUMENT_RATIO_MIN),
        ours("join", join(kept), "nginx", JOIN_RATIO_MIN),
        Scenario {
            name: "epoll",
            generator: Generator::Ours(Load::get(floor.port, nginx::FILE, kept)),
            server_ids: floor.guard.family(),
            goal: None,
        },
        ours("gate, beside epoll", document(kept), "epoll", FLOOR_RATIO_MIN),
        file("nginx, new connection", new),
        ours("gate, new connection", document(new), "nginx, new connection", NEW_EACH_RATIO_MIN),
        ours("join, new connection", join(new), "nginx, new connection", NEW_EACH_RATIO_MIN),
    ]
}

/// The same questions to a line in Redis. A look costs one of ours nothing of its own: the document is everybody's.
fn beside_redis(redis: &RedisPeer, demo: &Demo) -> Vec<Scenario> {
    let scenario =
        |name, load, server_ids, goal| Scenario { name, generator: Generator::Ours(load), server_ids, goal };
    let theirs = |name, load| scenario(name, load, redis.server_ids(), None);
    let ours = |name, load, peer, ratio_min| {
        scenario(name, load, demo.guard.family(), Some(Goal { peer, ratio_min }))
    };
    let join = || Load::post(demo.port, TICKETS, Connections::KeptAlive);
    let look = || Load::get(demo.port, DOCUMENT, Connections::KeptAlive);
    vec![
        theirs("Redis, INCR + GET", redis.counter_join()),
        ours("join, beside INCR + GET", join(), "Redis, INCR + GET", COUNTER_RATIO_MIN),
        theirs("Redis, GET", redis.counter_look()),
        ours("gate, beside GET", look(), "Redis, GET", COUNTER_RATIO_MIN),
        theirs("Redis, ZADD + ZRANK", redis.set_join()),
        ours("join, beside ZADD + ZRANK", join(), "Redis, ZADD + ZRANK", SET_RATIO_MIN),
        theirs("Redis, ZRANK", redis.set_look()),
        ours("gate, beside ZRANK", look(), "Redis, ZRANK", SET_RATIO_MIN),
    ]
}

/// Tickets given so far, by the gate document.
fn issued(port: u16) -> Result<u64> {
    let document = http::get(port, DOCUMENT)?;
    let document: serde_json::Value = serde_json::from_slice(&document.body)?;
    document["tickets_issued"].as_u64().context("tickets_issued")
}
