//! The floor under every server: one thread that asks epoll who is ready, reads once, looks for the end of the head, and
//! writes the same bytes. It parses nothing, limits nothing, and no server that does its work can be faster.
use super::nginx::FILE;
use super::{PINNED, SERVER_CORE};
use crate::demo::on_core;
use crate::http;
use crate::process::{Guard, TempDir, free_port};
use anyhow::{Context, Result};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};

/// The word of this program for [`run`].
pub(super) const FLOOR: &str = "floor-server";
const READY_SECONDS_MAX: u64 = 10;
const HEAD_MAX: usize = 4096;
const LISTENER: Token = Token(0);

pub(super) struct Floor {
    pub(super) guard: Guard,
    pub(super) port: u16,
    _dir: TempDir,
}

impl Floor {
    pub(super) fn start(document: &[u8]) -> Result<Self> {
        let dir = TempDir::new()?;
        let (port, file) = (free_port()?, dir.path().join("document"));
        std::fs::write(&file, document)?;
        let program = std::env::current_exe().context("this program")?;
        let mut command = on_core(SERVER_CORE, &program);
        command.args(["bench", PINNED, FLOOR]).arg(port.to_string()).arg(&file);
        let mut guard = Guard::spawn(&mut command)?;
        let is_ready = || http::get(port, FILE).is_ok_and(|answer| answer.status == 200);
        guard.wait_until(READY_SECONDS_MAX, is_ready).context("the floor")?;
        Ok(Self { guard, port, _dir: dir })
    }
}

/// Serves until it is ended.
pub(super) fn run(port: &str, document: &str) -> Result<()> {
    let document = std::fs::read(document)?;
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        document.len()
    );
    let answer = [head.into_bytes(), document].concat();
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse()?)))?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let (mut events, mut head) = (Events::with_capacity(1024), [0; HEAD_MAX]);
    let (mut connections, mut next) = (HashMap::new(), 1);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                accept(&listener, &poll, (&mut connections, &mut next))?;
            } else if let Some(stream) = connections.get_mut(&event.token())
                && !serve(stream, &mut head, &answer)
            {
                connections.remove(&event.token());
            }
        }
    }
}

fn accept(
    listener: &TcpListener,
    poll: &Poll,
    (connections, next): (&mut HashMap<Token, TcpStream>, &mut usize),
) -> Result<()> {
    loop {
        match listener.accept() {
            Ok((mut stream, _)) => {
                stream.set_nodelay(true)?;
                poll.registry().register(&mut stream, Token(*next), Interest::READABLE)?;
                connections.insert(Token(*next), stream);
                *next += 1;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// One read and one write; what was read short was read to the end. False when the client has gone.
fn serve(stream: &mut TcpStream, head: &mut [u8], answer: &[u8]) -> bool {
    match stream.read(head) {
        Ok(0) => false,
        // A head in two pieces comes from nobody here: the generator writes each at once.
        Ok(length) => !head[..length].ends_with(b"\r\n\r\n") || stream.write_all(answer).is_ok(),
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}
