//! Connections to one service, kept open and shared by whoever wants to ask, from one thread: an open loop needs somebody
//! who never waits for an answer before the next request is sent.
use anyhow::{Context as _, Result};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::time::Duration;

const READ_BYTES: usize = 64 * 1024;
const EVENTS: usize = 1024;
const HOSTS: u8 = 50;

/// What was heard, in the order in which it came.
pub(super) struct Reply {
    pub(super) owner: u32,
    /// None: the connection ended before an answer did.
    pub(super) status: Option<u16>,
    pub(super) retry_after_s: Option<u32>,
    body: Range<usize>,
}

/// Whoever asked, and when; an answer to what was given up is nobody's.
struct Connection {
    stream: TcpStream,
    to_send: Vec<u8>,
    sent: usize,
    received: Vec<u8>,
    owner: Option<u32>,
    /// Has carried an answer already: it may have been closed for being idle just when it was used again.
    is_used: bool,
}

pub(super) struct Net {
    port: u16,
    /// The last byte of the next address: one alone has too few ports for all whom nobody waits for any more.
    host: u8,
    poll: Poll,
    events: Events,
    connections: Vec<Option<Connection>>,
    vacant: Vec<usize>,
    idle: Vec<usize>,
    /// More are not opened.
    most: usize,
    pub(super) replies: Vec<Reply>,
    bodies: Vec<u8>,
    scratch: Box<[u8]>,
}

impl Net {
    pub(super) fn new(port: u16, most: usize) -> Result<Self> {
        Ok(Self {
            port,
            host: 0,
            poll: Poll::new()?,
            events: Events::with_capacity(EVENTS),
            connections: Vec::new(),
            vacant: Vec::new(),
            idle: Vec::new(),
            most,
            replies: Vec::new(),
            bodies: Vec::new(),
            scratch: vec![0; READ_BYTES].into_boxed_slice(),
        })
    }

    pub(super) fn open(&self) -> usize {
        self.connections.len() - self.vacant.len()
    }

    pub(super) fn body(&self, reply: &Reply) -> &[u8] {
        &self.bodies[reply.body.clone()]
    }

    /// Under which connection it is on its way; None when there is no connection for it now.
    pub(super) fn send(&mut self, owner: u32, request: &[u8]) -> Result<Option<usize>> {
        let Some(at) = self.idle.pop().map_or_else(|| self.connect(), |at| Ok(Some(at)))? else {
            return Ok(None);
        };
        let connection = self.connections[at].as_mut().expect("an idle connection is there");
        connection.owner = Some(owner);
        connection.to_send.clear();
        connection.to_send.extend_from_slice(request);
        connection.sent = 0;
        connection.received.clear();
        if !connection.flush() {
            self.lost(at);
        }
        Ok(Some(at))
    }

    fn connect(&mut self) -> Result<Option<usize>> {
        if self.open() >= self.most {
            return Ok(None);
        }
        self.host = self.host % HOSTS + 1;
        let address: SocketAddr = (Ipv4Addr::new(127, 0, 0, self.host), self.port).into();
        let mut stream = TcpStream::connect(address).context("connecting")?;
        stream.set_nodelay(true)?;
        let at = self.vacant.pop().unwrap_or_else(|| {
            self.connections.push(None);
            self.connections.len() - 1
        });
        self.poll.registry().register(&mut stream, Token(at), Interest::READABLE | Interest::WRITABLE)?;
        let (to_send, received) = (Vec::new(), Vec::new());
        self.connections[at] =
            Some(Connection { stream, to_send, sent: 0, received, owner: None, is_used: false });
        Ok(Some(at))
    }

    /// Closes it under its request: whoever asked has gone.
    pub(super) fn give_up(&mut self, owner: u32, at: usize) {
        let is_theirs = |one: &Option<Connection>| one.as_ref().is_some_and(|one| one.owner == Some(owner));
        // A request that was sent again went over another one.
        let again = || self.connections.iter().position(is_theirs);
        let found = if is_theirs(&self.connections[at]) { Some(at) } else { again() };
        if let Some(at) = found {
            self.close(at);
        }
    }

    pub(super) fn close_all(&mut self) {
        (0..self.connections.len()).for_each(|at| self.close(at));
        self.idle.clear();
    }

    fn close(&mut self, at: usize) {
        if let Some(connection) = self.connections[at].take() {
            drop(connection);
            self.vacant.push(at);
        }
    }

    /// Hears for so long, or until something is heard: [`Net::replies`].
    pub(super) fn hear(&mut self, at_most: Duration) -> Result<()> {
        self.replies.clear();
        self.bodies.clear();
        let mut events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        let polled = self.poll.poll(&mut events, Some(at_most));
        match polled {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            polled => polled.context("waiting for answers")?,
        }
        for event in &events {
            self.look_at(event.token().0);
        }
        self.events = events;
        Ok(())
    }

    fn look_at(&mut self, at: usize) {
        let Some(connection) = &mut self.connections[at] else { return };
        if !connection.flush() {
            return self.lost(at);
        }
        loop {
            match connection.stream.read(&mut self.scratch) {
                Ok(0) => return self.lost(at),
                Ok(length) => connection.received.extend_from_slice(&self.scratch[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::NotConnected => return,
                Err(_) => return self.lost(at),
            }
            let Some(head) = Head::read(&connection.received) else { continue };
            let end = head.length + head.body_length;
            if connection.received.len() < end {
                continue;
            }
            let Some(owner) = connection.owner.take() else { return self.lost(at) };
            let start = self.bodies.len();
            self.bodies.extend_from_slice(&connection.received[head.length..end]);
            let body = start..self.bodies.len();
            let (status, retry_after_s) = (Some(head.status), head.retry_after_s);
            self.replies.push(Reply { owner, status, retry_after_s, body });
            connection.is_used = true;
            if head.closes {
                return self.close(at);
            }
            self.idle.push(at);
            return;
        }
    }

    fn lost(&mut self, at: usize) {
        let Some(connection) = self.connections[at].take() else { return };
        self.vacant.push(at);
        match connection.owner {
            None => self.idle.retain(|idle| *idle != at),
            // As browsers do: a kept connection that ends under a request was closed for being idle.
            Some(owner) if connection.is_used && connection.received.is_empty() => {
                if !matches!(self.send(owner, &connection.to_send), Ok(Some(_))) {
                    self.replies.push(Reply { owner, status: None, retry_after_s: None, body: 0..0 });
                }
            }
            Some(owner) => self.replies.push(Reply { owner, status: None, retry_after_s: None, body: 0..0 }),
        }
    }
}

impl Connection {
    /// False when the other side is gone.
    fn flush(&mut self) -> bool {
        while self.sent < self.to_send.len() {
            match self.stream.write(&self.to_send[self.sent..]) {
                Ok(length) => self.sent += length,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected),
            }
        }
        true
    }
}

struct Head {
    status: u16,
    length: usize,
    body_length: usize,
    retry_after_s: Option<u32>,
    closes: bool,
}

impl Head {
    /// None until it is whole.
    fn read(received: &[u8]) -> Option<Self> {
        let length = received.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
        let text = std::str::from_utf8(&received[..length]).ok()?;
        let mut lines = text.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let mut head = Self { status, length, body_length: 0, retry_after_s: None, closes: false };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.body_length = value.parse().ok()?;
            } else if name.eq_ignore_ascii_case("retry-after") {
                head.retry_after_s = value.parse().ok();
            } else if name.eq_ignore_ascii_case("connection") {
                head.closes = value.eq_ignore_ascii_case("close");
            }
        }
        Some(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::TcpListener;

    #[test]
    fn a_kept_connection_carries_one_request_after_the_other_and_what_is_given_up_is_closed() {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        let mut net = Net::new(listener.local_addr().unwrap().port(), 1).unwrap();
        assert!(net.send(7, b"a").unwrap().is_some());
        assert!(net.send(8, b"b").unwrap().is_none(), "there is one connection only");
        let (mut server, _) = listener.accept().unwrap();
        for owner in [7, 9] {
            let mut seen = [0];
            while net.replies.is_empty() {
                net.hear(Duration::from_millis(1)).unwrap();
                server.set_nonblocking(true).unwrap();
                if server.read(&mut seen).is_ok() {
                    server
                        .write_all(b"HTTP/1.1 503 x\r\nRetry-After: 4\r\ncontent-length: 2\r\n\r\nok")
                        .unwrap();
                }
            }
            let reply = &net.replies[0];
            assert_eq!((reply.owner, reply.status, reply.retry_after_s), (owner, Some(503), Some(4)));
            assert_eq!(net.body(reply), b"ok");
            if owner == 7 {
                assert!(net.send(9, b"c").unwrap().is_some());
                net.replies.clear();
            }
        }
        let at = net.send(10, b"d").unwrap().unwrap();
        net.give_up(10, at);
        assert_eq!(net.open(), 0);
    }
}
