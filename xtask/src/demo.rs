//! The released binary in demo mode, started for a measurement or a walk and ended with its guard.
use crate::process::{Guard, free_port};
use crate::{http, workspace};
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

const READY_SECONDS_MAX: u64 = 60;

pub(crate) struct Options<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) opens_in: &'a str,
    pub(crate) listen: Ipv4Addr,
    /// The core it is kept on, for measurements.
    pub(crate) core: Option<&'a str>,
    /// None: one that is free.
    pub(crate) port: Option<u16>,
    /// Whatever else `charye demo` takes.
    pub(crate) more: &'a [&'a str],
}

pub(crate) struct Demo {
    pub(crate) guard: Guard,
    pub(crate) port: u16,
}

impl Demo {
    pub(crate) fn start(options: &Options) -> Result<Self> {
        let program = workspace::release_dir()?.join("charye");
        ensure!(program.is_file(), "{} is missing; run `cargo build --release`", program.display());
        let port = options.port.map_or_else(free_port, Ok)?;
        let mut command = match options.core {
            None => Command::new(&program),
            Some(core) => on_core(core, &program),
        };
        command.args(["demo", "--opens-in", options.opens_in, "--port", &port.to_string()]);
        command.args(["--listen", &options.listen.to_string(), "--dir"]).arg(options.dir);
        command.args(options.more);
        let mut guard = Guard::spawn(command.stdout(Stdio::piped()))?;
        let lines = lines_of(&mut guard)?;
        let address = format!("http://127.0.0.1:{port}/");
        let announced = |line: String| line.contains(&address);
        guard.wait_until(READY_SECONDS_MAX, || lines.try_iter().any(announced)).context("the demo")?;
        let is_healthy = || http::get(port, "/healthz").is_ok_and(|answer| answer.status == 200);
        guard.wait_until(READY_SECONDS_MAX, is_healthy).context("the demo's /healthz")?;
        // Whatever it prints from here on is read and dropped, so that it never waits for a reader.
        drop(lines);
        Ok(Self { guard, port })
    }
}

/// A command that runs `program` on one core and no other.
pub(crate) fn on_core(core: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program);
    command
}

fn lines_of(guard: &mut Guard) -> Result<mpsc::Receiver<String>> {
    let output = guard.child().stdout.take().context("its output is piped")?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // Nobody listens any more once it is ready; the pipe is emptied all the same.
            sender.send(line).ok();
        }
    });
    Ok(lines)
}
