//! Connections: as many people with an open page as a machine shall bear, and a rush of them. Several gate processes share
//! one port on one core; the people come from several processes on the other, each as many as its descriptors allow.
mod client;
mod kernel;

pub(super) use client::run as run_client;

use super::{PINNED, SERVER_CORE, memory};
use crate::card::Figure;
use crate::demo::on_core;
use crate::http;
use crate::kills::CAMPAIGN;
use crate::process::{Guard, TempDir, free_port};
use crate::{clock, workspace};
use anyhow::{Context as _, Result, ensure};
use client::Seen;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// The word of this program for [`run_client`].
pub(super) const CLIENT: &str = "connections-client";
/// As released (`connections_max`).
const CEILING: u64 = 15_000;
/// Of one of the processes that the people come from.
const CLIENT_MAX: u64 = 17_000;
const BYTES_EACH_MAX: f64 = 12_000.0;
const READY_SECONDS_MAX: u64 = 60;
const SETTLED: Duration = Duration::from_secs(3);

struct Sizes {
    gates: u64,
    idle: u64,
    idle_over_s: u64,
    rush: u64,
    rush_over_s: u64,
}

const SHORT: Sizes = Sizes { gates: 1, idle: 14_000, idle_over_s: 4, rush: 20_000, rush_over_s: 4 };
/// Each address of the port gets its share by chance: some hundreds below the ceiling there is room for that.
const LONG: Sizes = Sizes { gates: 5, idle: 72_000, idle_over_s: 20, rush: 100_000, rush_over_s: 10 };

pub(super) fn run(is_short: bool) -> Result<()> {
    let sizes = if is_short { SHORT } else { LONG };
    let service = Service::start(&sizes)?;
    let (idle, bytes_each) = service.idle(&sizes)?;
    let before = kernel::listen_drops()?;
    let (rush, people) = service.come(sizes.rush, sizes.rush_over_s)?;
    let drops = kernel::listen_drops()? - before;
    let ceiling = sizes.gates * CEILING;
    println!("## Connections: {} gate processes on one core, at most {CEILING} each\n", sizes.gates);
    println!(
        "| what | connections | within s | served | told to come again | failed | answered p50, p99 ms | generator late p99 ms |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    println!("| open and idle | {} | {} | {idle}", sizes.idle, sizes.idle_over_s);
    println!("| a rush | {} | {} | {rush}", sizes.rush, sizes.rush_over_s);
    println!("\n- {bytes_each:.0} bytes resident for each idle connection (goal {BYTES_EACH_MAX:.0})");
    println!(
        "- served in the rush: {} of a ceiling of {ceiling}; dropped by the kernel (TcpExtListenDrops): {drops}",
        rush.served
    );
    drop((service, people));
    let figure = Figure {
        promise: "D4".to_owned(),
        test: "a rush of connections".to_owned(),
        runs: sizes.rush,
        of: "connections".to_owned(),
        // Whoever heard nothing above the ceiling, or was refused below it.
        violations: rush.failed + ceiling.saturating_sub(rush.served) + drops,
        saboteur: "gates that accept nobody".to_owned(),
        caught: nobody_accepts()?,
        more: format!(
            "{} served, {} told to come again, {drops} dropped by the kernel",
            rush.served, rush.turned_away
        ),
    };
    ensure!(idle.served == sizes.idle && idle.failed == 0, "not everybody below the ceiling was served");
    ensure!(bytes_each <= BYTES_EACH_MAX, "an idle connection is too dear");
    figure.tell()
}

/// The saboteur: the same rush at a gate whose process stands still, so that everybody is in the kernel's hands. How many
/// of them heard nothing.
fn nobody_accepts() -> Result<u64> {
    let service = Service::start(&SHORT)?;
    let signal = |signal: &str| -> Result<()> {
        let ids = service.ids();
        let sent = Command::new("kill").arg(signal).args(ids.iter().map(u32::to_string)).status()?;
        ensure!(sent.success(), "kill {signal}");
        Ok(())
    };
    signal("-STOP")?;
    let seen = service.come(SHORT.rush, SHORT.rush_over_s);
    signal("-CONT")?;
    Ok(seen?.0.failed)
}

struct Service {
    port: u16,
    gates: Vec<Guard>,
    _booking: Guard,
    _folder: TempDir,
}

impl Service {
    fn start(sizes: &Sizes) -> Result<Self> {
        let (folder, port, booking_port) = (TempDir::new()?, free_port()?, free_port()?);
        let config = configured(&folder)?;
        let ready = |port: u16| http::get(port, "/healthz").is_ok_and(|answer| answer.status == 200);
        let mut booking = spawn(&config, "booking", booking_port)?;
        booking
            .wait_until(READY_SECONDS_MAX, || ready(booking_port))
            .context("the process with the ledger")?;
        let mut gates = Vec::new();
        for _ in 0..sizes.gates {
            let mut gate = spawn(&config, "gate", port)?;
            gate.wait_until(READY_SECONDS_MAX, || ready(port)).context("a gate")?;
            gates.push(gate);
        }
        // The last one begins to listen after it was started; whoever asks before is answered by another.
        thread::sleep(SETTLED);
        Ok(Self { port, gates, _booking: booking, _folder: folder })
    }

    fn ids(&self) -> Vec<u32> {
        self.gates.iter().flat_map(Guard::family).collect()
    }

    /// Everybody looks once and keeps the connection; what each of them costs the gates.
    fn idle(&self, sizes: &Sizes) -> Result<(Seen, f64)> {
        let (resident, open) = (memory::resident_bytes(&self.ids()), kernel::descriptors(&self.ids()));
        let (seen, people) = self.come(sizes.idle, sizes.idle_over_s)?;
        thread::sleep(SETTLED);
        let held = kernel::descriptors(&self.ids()).saturating_sub(open);
        ensure!(held >= sizes.idle, "{held} of {} connections are held", sizes.idle);
        let grown = memory::resident_bytes(&self.ids()).saturating_sub(resident);
        drop(people);
        let deadline = clock::now() + Duration::from_secs(READY_SECONDS_MAX);
        while kernel::descriptors(&self.ids()) > open + sizes.gates {
            ensure!(clock::now() < deadline, "connections stay after everybody has gone");
            thread::sleep(SETTLED);
        }
        Ok((seen, grown as f64 / held as f64))
    }

    /// They stay as long as the guards.
    fn come(&self, people: u64, over_s: u64) -> Result<(Seen, Vec<Guard>)> {
        let clients = people.div_ceil(CLIENT_MAX);
        let mut guards = Vec::new();
        for client in 0..clients {
            let count = people / clients + u64::from(client < people % clients);
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["bench", PINNED, CLIENT]);
            command.args([u64::from(self.port), client, count, over_s].map(|number| number.to_string()));
            guards.push(Guard::spawn(command.stdout(Stdio::piped()))?);
        }
        let mut all = Seen::default();
        for guard in &mut guards {
            let mut line = String::new();
            BufReader::new(guard.child().stdout.take().context("its output is piped")?)
                .read_line(&mut line)?;
            all.add(&Seen::parse(&line).with_context(|| format!("a client said {line:?}"))?);
        }
        Ok((all, guards))
    }
}

fn configured(folder: &TempDir) -> Result<PathBuf> {
    let now = jiff::Timestamp::from_second(clock::unix_seconds().cast_signed())?;
    let day = jiff::SignedDuration::from_hours(24);
    let text = format!(
        "data = \"{}\"\n[campaign]\nopens_at = \"{}\"\ncloses_at = \"{}\"\nlobby_minutes = 60\n\
         [limits]\nconnections_max = {CEILING}\nconnections_per_address_max = {CEILING}\nhead_seconds_max = 600\n",
        folder.path().join("data").display(),
        now - day,
        now + day * 30,
    );
    let config = folder.path().join("charye.toml");
    std::fs::write(&config, text)?;
    Ok(config)
}

fn spawn(config: &Path, role: &str, port: u16) -> Result<Guard> {
    let program = workspace::release_dir()?.join("charye");
    let mut command = on_core(SERVER_CORE, &program);
    command.args(["serve", "--role", role, "--listen", &format!("0.0.0.0:{port}"), "--config"]).arg(config);
    Guard::spawn(command.stdout(Stdio::null()).stderr(Stdio::null()))
}

fn request() -> String {
    format!("GET /gate/{CAMPAIGN}.json HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
}
