//! Nodes of the released binary, each with folders of its own, on one database.
use super::cable::Cable;
use crate::bench::ledger::postgres::Server;
use crate::http;
use crate::kills::look_until;
use crate::process::{Guard, TempDir, free_port};
use crate::workspace;
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const READY_SECONDS_MAX: u64 = 60;
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

pub(super) struct Site {
    /// In the order of their fields: nodes end before their database.
    pub(super) nodes: Vec<Node>,
    database: Database,
    folder: TempDir,
    opening: Opening,
    /// Which release the nodes run; None for the one that was built here.
    release: Option<PathBuf>,
}

/// When the doors open, and how fast people come in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    pub(super) in_seconds: i64,
    pub(super) admissions_per_second: u32,
}

/// Since yesterday.
const OPEN: Opening = Opening { in_seconds: -86_400, admissions_per_second: 1_000 };

enum Database {
    /// Each node has a cable of its own to it.
    Server(Server),
    /// Nodes find the primary by themselves.
    Address(String),
}

/// One node, whether it runs or not.
pub(super) struct Node {
    process: Option<Guard>,
    pub(super) port: u16,
    operator_port: u16,
    folder: PathBuf,
    cable: Option<Cable>,
    /// By how much its clock is wrong, in words of libfaketime.
    clock: Option<&'static str>,
    /// Which release it runs, from its next start on.
    pub(super) program: PathBuf,
}

impl Site {
    /// So many nodes, all ready. The key folder of the first is copied for the others.
    pub(super) fn start(nodes: usize) -> Result<Self> {
        Self::start_with(nodes, None)
    }

    /// Nodes of an earlier release.
    pub(super) fn start_with(nodes: usize, release: Option<PathBuf>) -> Result<Self> {
        let server = Server::start()?;
        server.psql(&["-c", "CREATE DATABASE charye"])?;
        Self::of(nodes, Database::Server(server), OPEN, release)
    }

    /// On a database that somebody else keeps.
    pub(super) fn at(nodes: usize, address: &str) -> Result<Self> {
        Self::opening(nodes, address, OPEN)
    }

    pub(super) fn opening(nodes: usize, address: &str, opening: Opening) -> Result<Self> {
        Self::of(nodes, Database::Address(address.to_owned()), opening, None)
    }

    fn of(nodes: usize, database: Database, opening: Opening, release: Option<PathBuf>) -> Result<Self> {
        let mut site = Self { nodes: Vec::new(), database, folder: TempDir::new()?, opening, release };
        for number in 0..nodes {
            let mut node = site.add(number, "charye")?;
            node.start()?;
            site.nodes.push(node);
        }
        Ok(site)
    }

    /// Not started.
    fn add(&self, number: usize, database: &str) -> Result<Node> {
        let (cable, store) = match &self.database {
            Database::Address(address) => (None, address.clone()),
            Database::Server(server) => {
                let cable = Cable::to(&server.folder().join(format!(".s.PGSQL.{}", server.port())))?;
                let store = format!("postgres://postgres@127.0.0.1:{}/{database}", cable.port);
                (Some(cable), store)
            }
        };
        let node = Node {
            process: None,
            port: free_port()?,
            operator_port: free_port()?,
            folder: self.folder.path().join(number.to_string()),
            cable,
            clock: None,
            program: self.release.clone().map_or_else(program, Ok)?,
        };
        fs::create_dir_all(&node.folder)?;
        node.write_config(&store, self.opening)?;
        if let Some(first) = self.nodes.first() {
            copy_keys(&first.folder.join("keys"), &node.folder.join("keys"))?;
        }
        Ok(node)
    }

    /// The saboteur: a node with the same keys on a database that has lost everything.
    pub(super) fn on_another_database(&self) -> Result<Node> {
        let Database::Server(server) = &self.database else { bail!("the database is not ours") };
        server.psql(&["-c", "CREATE DATABASE another"])?;
        let mut node = self.add(self.nodes.len(), "another")?;
        node.start()?;
        Ok(node)
    }

    pub(super) fn ports(&self) -> Vec<u16> {
        self.nodes.iter().map(|node| node.port).collect()
    }

    /// What `charye audit export` says of the database.
    pub(super) fn export(&self, list: &Path) -> Result<()> {
        let list = list.to_str().context("a folder with a readable name")?;
        charye(&self.nodes[0].folder, &["audit", "export", "database", list]).map(drop)
    }

    /// What `charye verify` says of the database.
    pub(super) fn verified(&self) -> Result<Value> {
        let out = charye(&self.nodes[0].folder, &["verify", "database", "--json"])?;
        let report: Value = serde_json::from_str(&out)?;
        ensure!(report["ok"] == true, "the journal does not prove itself: {report}");
        Ok(report)
    }
}

impl Node {
    /// The saboteur's and the first one's differ in nothing but the database.
    fn write_config(&self, store: &str, opening: Opening) -> Result<()> {
        let at = |seconds: i64| -> Result<String> {
            let date = ["-u", "-d", &format!("{seconds} seconds"), "+%Y-%m-%dT%H:%M:%SZ"];
            let out = Command::new("date").args(date).output().context("date")?;
            Ok(String::from_utf8(out.stdout)?.trim().to_owned())
        };
        let text = format!(
            "listen = \"127.0.0.1:{}\"\noperator_listen = \"127.0.0.1:{}\"\ndata = \"{}\"\nkeys = \"{}\"\n\
             store = \"{store}\"\n\
             [campaign]\nopens_at = \"{}\"\ncloses_at = \"{}\"\nlobby_minutes = 60\n\
             admissions_per_second = {}\n",
            self.port,
            self.operator_port,
            self.folder.join("data").display(),
            self.folder.join("keys").display(),
            at(opening.in_seconds)?,
            at(30 * 86_400)?,
            opening.admissions_per_second
        );
        Ok(fs::write(self.folder.join("charye.toml"), text)?)
    }

    /// Until its line and its ledger are there.
    pub(super) fn start(&mut self) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.arg("serve").arg("--config").arg(self.folder.join("charye.toml"));
        if let Some(clock) = self.clock {
            command
                .env("LD_PRELOAD", FAKETIME)
                .env("FAKETIME", clock)
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        let log = fs::File::create(self.folder.join("log"))?;
        command.stdout(Stdio::null()).stderr(log);
        let mut guard = Guard::spawn(&mut command)?;
        let port = self.operator_port;
        let is_ready = || http::get(port, "/health/ready").is_ok_and(|answer| answer.status == 200);
        let ready = guard.wait_until(READY_SECONDS_MAX, is_ready);
        ready.with_context(|| fs::read_to_string(self.folder.join("log")).unwrap_or_default())?;
        self.process = Some(guard);
        self.wait_until_well(&["open", "lobby"])
    }

    pub(super) fn wait_until_open(&self) -> Result<()> {
        self.wait_until_well(&["open"])
    }

    fn wait_until_well(&self, phases: &[&str]) -> Result<()> {
        look_until("a node has the ledger and its doors", || {
            let Ok(answer) = http::get(self.port, "/healthz") else { return Ok(false) };
            let health: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            Ok(health["booking"] == true && phases.iter().any(|phase| health["phase"] == *phase))
        })
    }

    /// From its next start on, its clock is wrong. False where that cannot be done.
    pub(super) fn set_clock(&mut self, clock: &'static str) -> bool {
        let can = Path::new(FAKETIME).exists();
        self.clock = can.then_some(clock);
        can
    }

    pub(super) fn pull_cable(&self, is_pulled: bool) -> Result<()> {
        self.cable.as_ref().context("it has no cable")?.pull(is_pulled);
        Ok(())
    }

    pub(super) fn kill(&mut self) -> Result<()> {
        self.process.take().context("it runs")?.crash()
    }

    /// `-STOP` or `-CONT`.
    pub(super) fn signal(&mut self, signal: &str) -> Result<()> {
        let id = self.process.as_mut().context("it runs")?.child().id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status()?;
        ensure!(sent.success(), "kill {signal} {id}");
        Ok(())
    }
}

pub(super) fn program() -> Result<PathBuf> {
    let program = workspace::release_dir()?.join("charye");
    ensure!(program.is_file(), "{} is missing; run `cargo build --release`", program.display());
    Ok(program)
}

/// What it prints.
fn charye(folder: &Path, words: &[&str]) -> Result<String> {
    let mut command = Command::new(program()?);
    let out = command.args(words).arg("--config").arg(folder.join("charye.toml")).output()?;
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// As an operator does it: everything but the lock.
fn copy_keys(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        if file.file_name() != "people.lock" {
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}
