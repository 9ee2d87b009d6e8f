//! The peer: PostgreSQL as one would write it first. A transaction for the hold and one for the confirmation, 32
//! clients, every commit durable.
use crate::process::{Guard, TempDir, free_port};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const USER: &str = "postgres";
const CLIENTS: &str = "32";
const READY_SECONDS_MAX: u64 = 60;
/// A place in each of as many times as the ledger is measured with, and room for many.
const SCHEMA: &str = "
    CREATE TABLE slot(id int PRIMARY KEY, held int NOT NULL, booked int NOT NULL, capacity int NOT NULL);
    INSERT INTO slot SELECT id, 0, 0, 1000 FROM generate_series(1, 2704000) id;
    CREATE TABLE hold(id bigserial PRIMARY KEY, person bigint NOT NULL UNIQUE, slot int NOT NULL,
        expires_at timestamptz NOT NULL);
    CREATE TABLE appointment(id bigserial PRIMARY KEY, person bigint NOT NULL UNIQUE, slot int NOT NULL,
        booked_at timestamptz NOT NULL);
    CREATE TABLE message(id bigserial PRIMARY KEY, person bigint NOT NULL, appointment bigint NOT NULL);
    VACUUM ANALYZE;";
const PAIR: &str = "\\set person random(1, 4000000000000000)
\\set slot random(1, 2704000)
BEGIN;
UPDATE slot SET held = held + 1 WHERE id = :slot AND held + booked < capacity;
INSERT INTO hold(person, slot, expires_at) VALUES (:person, :slot, now() + interval '5 minutes') RETURNING id AS hold \\gset
COMMIT;
BEGIN;
DELETE FROM hold WHERE id = :hold AND expires_at > now();
UPDATE slot SET held = held - 1, booked = booked + 1 WHERE id = :slot;
INSERT INTO appointment(person, slot, booked_at) VALUES (:person, :slot, now()) RETURNING id AS appointment \\gset
INSERT INTO message(person, appointment) VALUES (:person, :appointment);
COMMIT;
";

pub(crate) fn pairs_per_second(seconds: u64) -> Result<f64> {
    Server::start()?.pairs_per_second(seconds)
}

/// A PostgreSQL of our own, every commit durable, until it is dropped.
pub(crate) struct Server {
    programs: PathBuf,
    port: String,
    /// Ends before its folder.
    _guard: Guard,
    dir: TempDir,
}

impl Server {
    pub(crate) fn start() -> Result<Self> {
        let programs = programs()?;
        let dir = TempDir::new()?;
        owned_by_user(dir.path())?;
        let data = dir.path().join("data");
        run(as_user(&programs.join("initdb")).arg("-D").arg(&data).args(["-A", "trust", "--no-sync"]))?;
        let port = free_port()?.to_string();
        let server = serve(&programs, dir.path(), &data, &port)?;
        Ok(Self { programs, port, _guard: server, dir })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn port(&self) -> &str {
        &self.port
    }

    pub(crate) fn psql(&self, arguments: &[&str]) -> Result<String> {
        run(self.program("psql").arg("-q").args(arguments))
    }

    fn program(&self, name: &str) -> Command {
        let mut command = as_user(&self.programs.join(name));
        command.arg("-h").arg(self.dir.path()).args(["-p", &self.port]);
        command
    }

    /// The naive way, in a database that is made for it and dropped.
    pub(crate) fn pairs_per_second(&self, seconds: u64) -> Result<f64> {
        eprintln!("measuring: PostgreSQL");
        self.psql(&["-c", "CREATE DATABASE ledger"])?;
        for statement in SCHEMA.split_inclusive(';') {
            self.psql(&["-d", "ledger", "-c", statement])?;
        }
        let measured = self.naive(seconds);
        self.psql(&["-c", "DROP DATABASE ledger"])?;
        measured
    }

    fn naive(&self, seconds: u64) -> Result<f64> {
        let script = self.dir.path().join("pair.sql");
        fs::write(&script, PAIR)?;
        let mut bench = self.program("pgbench");
        bench.args(["-n", "-M", "prepared", "-c", CLIENTS, "-j", "2", "-T", &seconds.to_string(), "-f"]);
        let text = run(bench.arg(&script).arg("ledger"))?;
        speed(&text).with_context(|| format!("pgbench said: {text}"))
    }
}

fn serve(programs: &Path, dir: &Path, data: &Path, port: &str) -> Result<Guard> {
    let mut server = as_user(&programs.join("postgres"));
    server.arg("-D").arg(data).args(["-p", port, "-k"]).arg(dir);
    server.args(["-c", "listen_addresses=", "-c", "shared_buffers=1GB", "-c", "max_wal_size=8GB"]);
    let mut guard = Guard::spawn_group(&mut server)?;
    let is_ready = || {
        let mut ask = as_user(&programs.join("pg_isready"));
        ask.arg("-h").arg(dir).args(["-p", port, "-q"]).status().is_ok_and(|status| status.success())
    };
    guard.wait_until(READY_SECONDS_MAX, is_ready).context("postgres")?;
    Ok(guard)
}

/// Debian keeps the server's programs apart, by version.
fn programs() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").context("Debian package postgresql")?;
    let newest = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).max();
    newest.context("Debian package postgresql")
}

/// It refuses to run as root.
pub(crate) fn as_user(program: &Path) -> Command {
    let mut command = Command::new("runuser");
    command.args(["-u", USER, "--"]).arg(program).current_dir("/");
    command
}

fn owned_by_user(dir: &Path) -> Result<()> {
    run(Command::new("chown").arg(USER).arg(dir)).map(drop)
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {errors}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn speed(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_read_from_the_words_of_pgbench() {
        let text = "latency average = 7.8 ms\ntps = 4101.53 (without initial connection time)\n";
        assert_eq!(speed(text), Some(4101.53));
        assert_eq!(speed("failed"), None);
    }
}
