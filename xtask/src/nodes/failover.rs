//! People book through two nodes while the three machines of the database fail: killed, stopped, cut off, all at once.
//!
//! The cluster is `examples/patroni/cluster.sh`, which a reader can run: etcd, Patroni and PostgreSQL in network
//! namespaces, strict synchronous replication. Truth is what people were told. The saboteur is the same cluster with
//! replication that nobody waits for, which must lose something by the same blow.
use super::site::{Node, Site};
use super::storm::judge;
use crate::card::Figure;
use crate::check::install::is_root;
use crate::clock;
use crate::kills::{Told, book, look_until, lost};
use crate::process::TempDir;
use crate::workspace;
use anyhow::{Context as _, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const NODES: usize = 2;
const BOOKERS: usize = 4;
const BLOWS: usize = 3;
const BLOWS_LONG: usize = 100;
/// Appointments that are told between two blows, at least.
const BOOKED_BETWEEN: usize = 4;
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Until everybody books again after a blow. The key of a dead primary lives for 20 s.
const RECOVERED_WITHIN: Duration = Duration::from_mins(2);
/// How long a machine is stopped, or one that is not missed is cut off.
const STRUCK_FOR: Duration = Duration::from_secs(25);
const SABOTEUR_TRIES: usize = 3;
/// Booked while no other machine hears of it.
const BOOKED_ALONE_WITHIN: Duration = Duration::from_secs(3);

/// What happens to a machine of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blow {
    KillPrimary,
    /// Nobody hears the primary any more, then it dies, then the others are heard again.
    LonelyDeath,
    CutPrimary,
    StopPrimary,
    CutStandby,
    KillEtcdLeader,
    KillAll,
}

const ALL: [Blow; 7] = [
    Blow::KillPrimary,
    Blow::LonelyDeath,
    Blow::KillAll,
    Blow::StopPrimary,
    Blow::CutPrimary,
    Blow::CutStandby,
    Blow::KillEtcdLeader,
];

/// Why it cannot run here.
pub(crate) fn missing() -> Option<String> {
    if !is_root() {
        return Some("network namespaces are made by root only".to_owned());
    }
    let programs = ["/usr/bin/patroni", "/usr/bin/etcd", "/usr/bin/etcdctl", "/usr/lib/postgresql"];
    if let Some(program) = programs.iter().find(|program| !Path::new(program).exists()) {
        return Some(format!(
            "{program} is missing: Debian packages patroni etcd-server etcd-client postgresql"
        ));
    }
    let space = ["netns", "add", "charye-try"];
    let made = Command::new("ip").args(space).stderr(Stdio::null()).status().is_ok_and(|done| done.success());
    if !made {
        return Some("network namespaces cannot be made here".to_owned());
    }
    let gone = Command::new("ip").args(["netns", "delete", "charye-try"]).status();
    gone.err().map(|error| format!("a network namespace cannot be deleted: {error}"))
}

pub(crate) fn check(is_long: bool) -> Result<()> {
    rounds(if is_long { BLOWS_LONG } else { BLOWS })
}

pub(crate) fn rounds(blows: usize) -> Result<()> {
    // On a slow machine nobody may have booked while the primary was alone.
    let mut caught = 0;
    for _ in 0..SABOTEUR_TRIES {
        caught = lost_where_nobody_waits()?;
        if caught > 0 {
            break;
        }
    }
    println!("{blows} blows to a cluster of three, {BOOKERS} people at a time through {NODES} nodes");
    let cluster = Cluster::start("sync")?;
    let site = Site::at(NODES, &cluster.address)?;
    let told = Told::default();
    let mut silences: Vec<Duration> = under_load(&site.ports(), &told, |told| {
        (0..blows).map(|number| cluster.strike(ALL[number % ALL.len()], told)).collect()
    })?;
    let violations = judge(&site, &told)?;
    silences.sort_unstable();
    let at = |percent: usize| silences[(silences.len() - 1) * percent / 100].as_secs_f64();
    Figure {
        promise: "A6".to_owned(),
        test: "the database's machines fail under load".to_owned(),
        runs: blows as u64,
        of: "blows".to_owned(),
        violations: violations as u64,
        saboteur: "replication that nobody waits for".to_owned(),
        caught: caught as u64,
        more: format!(
            "{} appointments acknowledged, each found at {NODES} nodes, none twice; nobody was answered for {:.1} s \
             (p50), {:.1} s (p99)",
            told.count(),
            at(50),
            at(99)
        ),
    }
    .tell()
}

/// The saboteur: how many are lost by one lonely death of a primary that waited for nobody.
fn lost_where_nobody_waits() -> Result<usize> {
    println!("the saboteur: replication that nobody waits for");
    let cluster = Cluster::start("async")?;
    let mut site = Site::at(NODES, &cluster.address)?;
    let told = Told::default();
    let ports = site.ports();
    let missing = under_load(&ports, &told, |told| {
        wait_until_booked(told)?;
        cluster.deal(Blow::LonelyDeath, told)?;
        cluster.wait_until_healthy()?;
        let before = told.since(0);
        let mut missing = 0;
        // They notice, and acknowledge nothing more until they are started again.
        for node in &mut site.nodes {
            node.kill()?;
            node.start()?;
            missing = missing.max(lost(node.port, &before)?);
        }
        // Whoever waits with a ticket that is lost, too, would wait for a long time.
        site.nodes.iter_mut().try_for_each(Node::kill)?;
        Ok(missing)
    })?;
    println!("{missing} of {} acknowledged appointments are gone", told.count());
    Ok(missing)
}

fn under_load<T>(ports: &[u16], told: &Told, work: impl FnOnce(&Told) -> Result<T>) -> Result<T> {
    let (is_over, turn) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..BOOKERS {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let port = ports[turn.fetch_add(1, Ordering::Relaxed) % NODES];
                    // What a blow cut short is unknown: it may have been carried out or not.
                    drop(book(port, told));
                    thread::sleep(LOOK_EVERY);
                }
            });
        }
        let done = work(told);
        is_over.store(true, Ordering::Relaxed);
        done
    })
}

fn wait_until_booked(told: &Told) -> Result<()> {
    let goal = told.count() + BOOKED_BETWEEN;
    look_until("people book between two blows", || Ok(told.count() >= goal))
}

/// With strict replication nobody is told anything meanwhile.
fn book_alone(told: &Told) {
    let (goal, end) = (told.count() + BOOKED_BETWEEN, clock::now() + BOOKED_ALONE_WITHIN);
    while told.count() < goal && clock::now() < end {
        thread::sleep(LOOK_EVERY);
    }
}

/// Three machines, until it is dropped.
pub(super) struct Cluster {
    pub(super) address: String,
    folder: PathBuf,
    /// Goes after the machines are gone.
    _dir: TempDir,
}

impl Cluster {
    pub(super) fn start(replication: &str) -> Result<Self> {
        let dir = TempDir::new()?;
        // The users of the machines come through it.
        ensure!(Command::new("chmod").arg("755").arg(dir.path()).status()?.success(), "chmod");
        let folder = dir.path().join("cluster");
        let mut cluster = Self { address: String::new(), folder, _dir: dir };
        let said = script(&["up", cluster.path()?, replication])?;
        let address = said.lines().last().context("the cluster has no address")?;
        address.trim().clone_into(&mut cluster.address);
        Ok(cluster)
    }

    fn path(&self) -> Result<&str> {
        self.folder.to_str().context("a folder with a readable name")
    }

    /// The number of a machine; asked until there is one.
    fn node(&self, what: &str) -> Result<String> {
        let mut number = String::new();
        look_until(what, || {
            script(&[what, self.path()?]).unwrap_or_default().trim().clone_into(&mut number);
            Ok(!number.is_empty())
        })?;
        Ok(number)
    }

    fn wait_until_healthy(&self) -> Result<()> {
        let path = self.path()?;
        look_until("the cluster is whole", || Ok(script(&["healthy", path]).is_ok()))
    }

    /// Answers for how long nobody was told anything.
    fn strike(&self, blow: Blow, told: &Told) -> Result<Duration> {
        wait_until_booked(told)?;
        self.wait_until_healthy()?;
        let silence = Silence::watch(told);
        thread::scope(|scope| {
            let watched = scope.spawn(|| silence.until_recovered());
            self.deal(blow, told)?;
            silence.is_dealt.store(true, Ordering::Relaxed);
            let Ok(longest) = watched.join() else { bail!("whoever watched panicked") };
            let longest = longest?;
            self.wait_until_healthy()?;
            println!("{blow:?}: nobody was answered for at most {:.1} s", longest.as_secs_f64());
            Ok(longest)
        })
    }

    /// Kills the primary, and starts it again when another one leads.
    pub(super) fn primary_dies(&self) -> Result<()> {
        self.deal(Blow::KillPrimary, &Told::default())?;
        self.wait_until_healthy()
    }

    /// Until the machine is there again.
    fn deal(&self, blow: Blow, told: &Told) -> Result<()> {
        let path = self.path()?;
        let primary = self.node("primary")?;
        let others = || ["1", "2", "3"].into_iter().filter(|node| *node != primary);
        match blow {
            Blow::KillPrimary => {
                script(&["kill", &primary])?;
                self.wait_for_another(&primary)?;
                script(&["start", &primary, path])?;
            }
            Blow::LonelyDeath => {
                others().try_for_each(|node| script(&["cut", node]).map(drop))?;
                book_alone(told);
                script(&["cut", &primary])?;
                script(&["kill", &primary])?;
                others().try_for_each(|node| script(&["mend", node]).map(drop))?;
                self.wait_for_another(&primary)?;
                script(&["mend", &primary])?;
                script(&["start", &primary, path])?;
            }
            Blow::CutPrimary => {
                script(&["cut", &primary])?;
                self.wait_for_another(&primary)?;
                script(&["mend", &primary])?;
            }
            Blow::StopPrimary => {
                script(&["stop", &primary])?;
                self.wait_for_another(&primary)?;
                script(&["cont", &primary])?;
            }
            Blow::CutStandby => {
                let standby = self.node("standby")?;
                script(&["cut", &standby])?;
                thread::sleep(STRUCK_FOR);
                script(&["mend", &standby])?;
            }
            Blow::KillEtcdLeader => {
                let leader = self.node("etcd-leader")?;
                script(&["kill-etcd", &leader])?;
                thread::sleep(STRUCK_FOR / 5);
                script(&["start-etcd", &leader, path])?;
            }
            Blow::KillAll => {
                ["1", "2", "3"].iter().try_for_each(|node| script(&["kill", node]).map(drop))?;
                ["1", "2", "3"].iter().try_for_each(|node| script(&["start", node, path]).map(drop))?;
            }
        }
        Ok(())
    }

    fn wait_for_another(&self, before: &str) -> Result<()> {
        look_until("another machine leads", || Ok(self.node("primary")? != before))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Ok(path) = self.path()
            && let Err(error) = script(&["down", path])
        {
            eprintln!("xtask: the cluster does not end: {error:#}");
        }
    }
}

/// The longest time without an answer, from the blow until people book as before.
struct Silence<'a> {
    told: &'a Told,
    is_dealt: AtomicBool,
}

impl<'a> Silence<'a> {
    fn watch(told: &'a Told) -> Self {
        Self { told, is_dealt: AtomicBool::new(false) }
    }

    fn until_recovered(&self) -> Result<Duration> {
        let (mut last, mut last_at, mut longest) = (self.told.count(), clock::now(), Duration::ZERO);
        let mut since_dealt = None;
        loop {
            thread::sleep(LOOK_EVERY);
            let (count, now) = (self.told.count(), clock::now());
            longest = longest.max(now - last_at);
            if count > last {
                (last, last_at) = (count, now);
            }
            if self.is_dealt.load(Ordering::Relaxed)
                && count >= *since_dealt.get_or_insert(count) + BOOKED_BETWEEN
            {
                return Ok(longest);
            }
            ensure!(now - last_at < RECOVERED_WITHIN, "nobody was answered for {:?}", now - last_at);
        }
    }
}

/// What it prints.
fn script(words: &[&str]) -> Result<String> {
    let script = workspace::root().join("examples/patroni/cluster.sh");
    let out = Command::new(&script).args(words).stdin(Stdio::null()).stderr(Stdio::piped()).output();
    let out = out.with_context(|| script.display().to_string())?;
    let errors = String::from_utf8_lossy(&out.stderr);
    ensure!(out.status.success(), "cluster.sh {}: {errors}", words[0]);
    Ok(String::from_utf8(out.stdout)?)
}
