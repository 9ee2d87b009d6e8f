//! A PostgreSQL of the test's own: made in a folder of its own, stopped and removed with it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use store_postgres::{Address, run_script};

const USER: &str = "postgres";
const PORT: &str = "5432";
const BOUNCER_PORT: &str = "6432";
const WAITED_MAX: Duration = Duration::from_mins(1);

pub(crate) struct Cluster {
    folder: PathBuf,
    /// A shell that stops the server when its input ends: with this value, or with this process.
    server: Child,
    fsync: Fsync,
    made: AtomicU32,
    /// Of whoever is asked: the server, or pgbouncer before it.
    port: &'static str,
    bouncer: Option<Child>,
}

/// Whether commits wait for the disk. Rules do not depend on it, and without it a thousand of them take a second.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fsync {
    On,
    Off,
}

impl Cluster {
    /// None, said aloud, where PostgreSQL cannot run.
    pub(crate) fn start(fsync: Fsync) -> Option<Self> {
        let Some(programs) = programs() else {
            println!("SKIPPED: Debian's package postgresql is missing");
            return None;
        };
        let folder = folder();
        run(Command::new("chown").arg(USER).arg(&folder));
        let data = folder.join("data");
        run(as_user(&programs.join("initdb"))
            .arg("-D")
            .arg(&data)
            .args(["-A", "trust", "--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C"])
            .stdout(Stdio::null()));
        let server = serve(&programs, &folder, &data, fsync);
        let cluster = Self { server, folder, fsync, made: AtomicU32::new(0), port: PORT, bouncer: None };
        cluster.wait_until_ready();
        Some(cluster)
    }

    fn wait_until_ready(&self) {
        wait_until("PostgreSQL runs", || self.admin("SELECT 1::bigint").is_ok());
    }

    /// As if its machine lost power and came back: nothing is finished, and what was not on the disk is gone.
    pub(crate) fn crash(&mut self) {
        let (programs, data) = (programs().unwrap(), self.folder.join("data"));
        run(as_user(&programs.join("pg_ctl"))
            .arg("-D")
            .arg(&data)
            .args(["stop", "-m", "immediate", "-s"])
            .stdout(Stdio::null()));
        drop(self.server.stdin.take());
        let _gone = self.server.wait();
        self.server = serve(&programs, &self.folder, &data, self.fsync);
        self.wait_until_ready();
    }

    /// The same, behind pgbouncer in transaction mode with two connections for everybody.
    pub(crate) fn start_behind_pgbouncer(fsync: Fsync) -> Option<Self> {
        let program = Path::new("/usr/sbin/pgbouncer");
        if !program.exists() {
            println!("SKIPPED: Debian's package pgbouncer is missing");
            return None;
        }
        let mut cluster = Self::start(fsync)?;
        let folder = cluster.folder.display();
        fs::write(cluster.folder.join("users.txt"), format!("\"{USER}\" \"\"\n")).unwrap();
        let settings = format!(
            "[databases]\n* = host={folder} port={PORT}\n[pgbouncer]\nlisten_addr =\nlisten_port = {BOUNCER_PORT}\n\
             unix_socket_dir = {folder}\nauth_type = trust\nauth_file = {folder}/users.txt\n\
             pool_mode = transaction\ndefault_pool_size = 2\nlogfile = {folder}/pgbouncer.log\n"
        );
        let file = cluster.folder.join("pgbouncer.ini");
        fs::write(&file, settings).unwrap();
        let script = format!(
            "'{}' -q '{}' & pid=$!; read _; kill -INT $pid; wait $pid",
            program.display(),
            file.display()
        );
        let bouncer = as_user(Path::new("sh")).arg("-c").arg(script).stdin(Stdio::piped()).spawn().unwrap();
        (cluster.bouncer, cluster.port) = (Some(bouncer), BOUNCER_PORT);
        wait_until("pgbouncer runs", || run_script(&cluster.address("postgres"), "SELECT 1::bigint").is_ok());
        Some(cluster)
    }

    /// A database that is made now, and empty; the one before goes.
    pub(crate) fn fresh(&self) -> Address {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        if let Some(before) = number.checked_sub(1) {
            self.admin(&format!("DROP DATABASE booking_{before} WITH (FORCE)")).unwrap();
        }
        self.admin(&format!("CREATE DATABASE booking_{number}")).unwrap();
        self.address(&format!("booking_{number}"))
    }

    /// A second one beside it.
    pub(crate) fn another(&self) -> Address {
        self.admin("CREATE DATABASE another").unwrap();
        self.address("another")
    }

    fn address(&self, database: &str) -> Address {
        self.address_at(self.port, database)
    }

    fn address_at(&self, port: &str, database: &str) -> Address {
        let folder = self.folder.display();
        Address::parse(&format!("postgres://{USER}@/{database}?host={folder}&port={port}")).unwrap()
    }

    /// Said to the server itself.
    pub(crate) fn admin(&self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        run_script(&self.address_at(PORT, "postgres"), sql)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut bouncer) = self.bouncer.take() {
            drop(bouncer.stdin.take());
            let _gone = bouncer.wait();
        }
        drop(self.server.stdin.take());
        let _gone = self.server.wait();
        let _left_over = fs::remove_dir_all(&self.folder);
    }
}

fn serve(programs: &Path, folder: &Path, data: &Path, fsync: Fsync) -> Child {
    let fsync = if fsync == Fsync::On { "on" } else { "off" };
    let script = format!(
        "'{}' -D '{}' -p {PORT} -k '{}' -c listen_addresses= -c fsync={fsync} -c max_connections=50 \
         -c shared_buffers=64MB -c logging_collector=off > '{}' 2>&1 & pid=$!; read _; kill -INT $pid; wait $pid",
        programs.join("postgres").display(),
        data.display(),
        folder.display(),
        folder.join("log").display(),
    );
    as_user(Path::new("sh")).arg("-c").arg(script).stdin(Stdio::piped()).spawn().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a server of its own runs by the real clock")]
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < WAITED_MAX, "it never comes about that {what}");
        std::thread::yield_now();
    }
}

fn folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    // Short: the path of a socket has at most a hundred bytes.
    let folder = std::env::temp_dir().join(format!("charye-pg-{}-{number}", std::process::id()));
    let _left_over = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Debian keeps the server's programs apart, by version.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .max()
}

/// The server refuses to run as root.
fn as_user(program: &Path) -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    let mut command = if is_root { Command::new("runuser") } else { Command::new(program) };
    if is_root {
        command.args(["-u", USER, "--"]).arg(program);
    }
    command.current_dir("/");
    command
}

fn run(command: &mut Command) {
    let output = command.stderr(Stdio::piped()).spawn().and_then(Child::wait_with_output).unwrap();
    let _quiet = std::io::stderr().write_all(&output.stderr);
    assert!(output.status.success(), "{command:?}");
}
