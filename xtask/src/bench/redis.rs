//! The peers with a line in Redis: a counter (INCR, and GET for each look) and a sorted set (ZADD, and ZRANK for each look).
//! In front of it stands [`peer`], as lean as our own short lane and with the same ticket. Redis keeps nothing on a disk
//! here and is asked over a socket of the machine, all requests of a moment in one write: its best.
mod peer;
mod resp;

pub(super) use peer::run as run_peer;

use super::load::{Connections, Load};
use super::{PINNED, SERVER_CORE};
use crate::demo::on_core;
use crate::http;
use crate::process::{Guard, TempDir, free_port};
use anyhow::{Context, Result, ensure};
use peer::{COUNTER_JOIN, COUNTER_LOOK, SET_JOIN, SET_LOOK, TICKET_HEADER, ticket};
use std::path::{Path, PathBuf};

/// The word of this program for [`run_peer`].
pub(super) const PEER: &str = "redis-peer";
/// People in the sorted set, of whom each look asks for one.
pub(super) const WAITING: u64 = 1_000_000;
const FILL_BATCH: u64 = 1_000;
const READY_SECONDS_MAX: u64 = 10;

pub(super) struct RedisPeer {
    redis: Guard,
    peer: Guard,
    port: u16,
    /// Of Redis's own account, for each member of the sorted set.
    pub(super) bytes_each: f64,
    _dir: TempDir,
}

impl RedisPeer {
    /// `document`: what a look at the counter is answered with, around the number from Redis.
    pub(super) fn start(document: &[u8]) -> Result<Self> {
        let dir = TempDir::new()?;
        let socket = dir.path().join("redis.sock");
        let mut command = on_core(SERVER_CORE, Path::new("redis-server"));
        command.args([
            "--port",
            "0",
            "--save",
            "",
            "--appendonly",
            "no",
            "--daemonize",
            "no",
            "--loglevel",
            "warning",
        ]);
        command.arg("--unixsocket").arg(&socket).arg("--dir").arg(dir.path());
        let mut redis = Guard::spawn(&mut command)?;
        redis
            .wait_until(READY_SECONDS_MAX, || resp::Talk::begin(&socket).is_ok())
            .context("redis-server (Debian package)")?;
        let bytes_each = fill(&socket)?;
        let (port, file) = (free_port()?, dir.path().join("document"));
        std::fs::write(&file, document)?;
        let mut peer = Guard::spawn(&mut peer_command(&socket, port, &file)?)?;
        peer.wait_until(READY_SECONDS_MAX, || {
            http::get(port, COUNTER_LOOK).is_ok_and(|answer| answer.status == 200)
        })
        .context("the peer in front of Redis")?;
        Ok(Self { redis, peer, port, bytes_each, _dir: dir })
    }

    pub(super) fn server_ids(&self) -> Vec<u32> {
        [self.redis.family(), self.peer.family()].concat()
    }

    pub(super) fn counter_join(&self) -> Load {
        Load::post(self.port, COUNTER_JOIN, Connections::KeptAlive)
    }

    pub(super) fn counter_look(&self) -> Load {
        Load::get(self.port, COUNTER_LOOK, Connections::KeptAlive)
    }

    pub(super) fn set_join(&self) -> Load {
        Load::post(self.port, SET_JOIN, Connections::KeptAlive)
    }

    pub(super) fn set_look(&self) -> Load {
        let header = format!("{TICKET_HEADER}{}\r\n", ticket(0));
        Load::get_with(self.port, SET_LOOK, &header, Connections::KeptAlive)
    }
}

fn peer_command(socket: &Path, port: u16, document: &Path) -> Result<std::process::Command> {
    let program: PathBuf = std::env::current_exe().context("this program")?;
    let mut command = on_core(SERVER_CORE, &program);
    command.args(["bench", PINNED, PEER]).arg(socket).arg(port.to_string()).arg(document);
    Ok(command)
}

/// A million people come; what they cost Redis.
fn fill(socket: &Path) -> Result<f64> {
    let mut talk = resp::Talk::begin(socket)?;
    let before = talk.memory_bytes()?;
    for batch in 0..WAITING / FILL_BATCH {
        let members = (batch * FILL_BATCH..(batch + 1) * FILL_BATCH).map(|number| peer::zadd(number, number));
        let replies = talk.ask_all(&members.collect::<Vec<_>>().concat(), FILL_BATCH)?;
        ensure!(replies.iter().all(|reply| *reply == Some(1)), "Redis did not take everybody");
    }
    Ok((talk.memory_bytes()? - before) as f64 / WAITING as f64)
}
