//! A server whose line stands in Redis: one thread, like ours; the head of a request is compared, not parsed, and an answer
//! is one write. It does less than our lane does for the same request, so that what differs is the line.
use super::WAITING;
use super::resp::{command, reply};
use anyhow::{Context, Result, ensure};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::{LocalSet, spawn_local};
use waiting_room::{CampaignTag, KeyId, KeyRing, NodeId, Purpose, Ticket, TicketId, TicketKind};

pub(super) const COUNTER_JOIN: &str = "/counter/tickets";
pub(super) const COUNTER_LOOK: &str = "/counter.json";
pub(super) const SET_JOIN: &str = "/set/tickets";
pub(super) const SET_LOOK: &str = "/set/place";
pub(super) const TICKET_HEADER: &str = "charye-ticket: ";
const SET: &[u8] = b"waiting";
const HEAD_MAX: usize = 2048;
/// Of both ends of a measurement; nobody else's.
const SECRET: [u8; 32] = [7; 32];

fn keys() -> KeyRing {
    KeyRing::new(KeyId(1), &SECRET)
}

/// As the service seals them: the same bytes, the same MAC.
pub(super) fn ticket(number: u64) -> String {
    sealed(&keys(), number)
}

fn sealed(keys: &KeyRing, number: u64) -> String {
    let ticket = Ticket {
        campaign: CampaignTag(1),
        kind: TicketKind::Line,
        bucket: 0,
        node: NodeId { node: 1, incarnation: 1 },
        sequence: number as u32,
        id: TicketId(u128::from(number).to_be_bytes()),
        place_number: Some(number),
        generation: 0,
    };
    ticket.seal(keys)
}

/// Sixteen bytes, as the number of a ticket has.
fn member(number: u64) -> [u8; 16] {
    u128::from(number % WAITING).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes()
}

pub(super) fn zadd(number: u64, score: u64) -> Vec<u8> {
    command(&[b"ZADD", SET, score.to_string().as_bytes(), &member(number)])
}

/// Serves until it is ended.
pub(in super::super) fn run(socket: &str, port: &str, document: &str) -> Result<()> {
    let document = std::fs::read(document)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, serve(Path::new(socket), port.parse()?, document))
}

async fn serve(socket: &Path, port: u16, document: Vec<u8>) -> Result<()> {
    let (reading, writing) = UnixStream::connect(socket).await?.into_split();
    let redis = Rc::new(Redis::default());
    spawn_local(write(Rc::clone(&redis), writing));
    spawn_local(read(Rc::clone(&redis), reading));
    let peer = Rc::new(Peer { redis, keys: keys(), come: Cell::new(0), looked: Cell::new(0), document });
    peer.redis.ask(&command(&[b"INCR", b"serving"])).await?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        spawn_local(answer_all(Rc::clone(&peer), stream));
    }
}

/// Everybody's questions over one connection: whatever came up in one turn of the loop leaves in one write.
#[derive(Default)]
struct Redis {
    out: RefCell<Vec<u8>>,
    waiting: RefCell<VecDeque<oneshot::Sender<Option<i64>>>>,
    asked: Notify,
}

impl Redis {
    fn send(&self, command: &[u8]) -> oneshot::Receiver<Option<i64>> {
        let (sender, receiver) = oneshot::channel();
        self.out.borrow_mut().extend_from_slice(command);
        self.waiting.borrow_mut().push_back(sender);
        self.asked.notify_one();
        receiver
    }

    async fn ask(&self, command: &[u8]) -> Result<i64> {
        self.send(command).await?.context("Redis has no such number")
    }
}

async fn write(redis: Rc<Redis>, mut writing: OwnedWriteHalf) -> Result<()> {
    let mut bytes = Vec::new();
    loop {
        redis.asked.notified().await;
        // Behind whoever is ready now and may have a question, too.
        tokio::task::yield_now().await;
        std::mem::swap(&mut bytes, &mut redis.out.borrow_mut());
        writing.write_all(&bytes).await?;
        bytes.clear();
    }
}

async fn read(redis: Rc<Redis>, mut reading: OwnedReadHalf) -> Result<()> {
    let mut received = Vec::with_capacity(64 * 1024);
    loop {
        ensure!(reading.read_buf(&mut received).await? > 0, "Redis has gone");
        let mut at = 0;
        while let Some((number, length)) = reply(&received[at..])? {
            at += length;
            let asker = redis.waiting.borrow_mut().pop_front().context("an answer that nobody waits for")?;
            // Whoever has gone meanwhile misses nothing.
            asker.send(number).ok();
        }
        received.drain(..at);
    }
}

struct Peer {
    redis: Rc<Redis>,
    keys: KeyRing,
    come: Cell<u64>,
    looked: Cell<u64>,
    document: Vec<u8>,
}

async fn answer_all(peer: Rc<Peer>, mut stream: TcpStream) -> Result<()> {
    let mut head = [0; HEAD_MAX];
    let (mut filled, mut answer) = (0, Vec::with_capacity(2048));
    loop {
        let length = stream.read(&mut head[filled..]).await?;
        ensure!(length > 0, "the client has gone");
        filled += length;
        if head[..filled].ends_with(b"\r\n\r\n") {
            answer.clear();
            peer.answer(&head[..filled], &mut answer).await?;
            stream.write_all(&answer).await?;
            filled = 0;
        }
    }
}

impl Peer {
    async fn answer(&self, head: &[u8], answer: &mut Vec<u8>) -> Result<()> {
        let (_, path) = head.split_at(head.iter().position(|byte| *byte == b' ').context("a path")? + 1);
        let asks =
            |for_path: &str| path.starts_with(for_path.as_bytes()) && path.get(for_path.len()) == Some(&b' ');
        if asks(COUNTER_LOOK) {
            let serving = self.redis.ask(&command(&[b"GET", b"serving"])).await?;
            document(&self.document, serving, answer);
        } else if asks(COUNTER_JOIN) {
            let (number, serving) = (
                self.redis.send(&command(&[b"INCR", b"joined"])),
                self.redis.send(&command(&[b"GET", b"serving"])),
            );
            let number = number.await?.context("a counter counts")?;
            created(&sealed(&self.keys, number as u64), serving.await?.unwrap_or(0), answer);
        } else if asks(SET_LOOK) {
            self.known(head)?;
            let rank = self.redis.ask(&command(&[b"ZRANK", SET, &member(self.somebody())])).await?;
            place(rank, answer);
        } else if asks(SET_JOIN) {
            // One comes for each who goes, so that a million wait all the time.
            let number = next(&self.come);
            let (added, rank) = (
                self.redis.send(&zadd(number, WAITING + number)),
                self.redis.send(&command(&[b"ZRANK", SET, &member(number)])),
            );
            added.await?;
            created(&sealed(&self.keys, number), rank.await?.context("they have just come")?, answer);
        } else {
            anyhow::bail!("nobody asks this");
        }
        Ok(())
    }

    /// A place of the line is told to its ticket only.
    fn known(&self, head: &[u8]) -> Result<()> {
        let head = str::from_utf8(head)?;
        let (_, rest) = head.split_once(TICKET_HEADER).context("a ticket")?;
        let token = rest.split("\r\n").next().context("a ticket")?;
        ensure!(self.keys.open(Purpose::Ticket, token).is_some(), "a forged ticket");
        Ok(())
    }

    /// Each look is another person's.
    fn somebody(&self) -> u64 {
        next(&self.looked).wrapping_mul(7_919) % WAITING
    }
}

fn next(counter: &Cell<u64>) -> u64 {
    counter.set(counter.get() + 1);
    counter.get()
}

const COMMON: &str = "content-type: application/json\r\nx-content-type-options: nosniff\r\n";

/// The numbers take as many bytes, whatever they are.
fn document(document: &[u8], serving: i64, answer: &mut Vec<u8>) {
    let number = format!("{serving:010}");
    let rest = &document[number.len().min(document.len())..];
    let length = number.len() + rest.len();
    answer.extend_from_slice(
        format!("HTTP/1.1 200 OK\r\n{COMMON}cache-control: public, max-age=1\r\ncontent-length: {length}\r\n\r\n{number}").as_bytes(),
    );
    answer.extend_from_slice(rest);
}

fn created(token: &str, told: i64, answer: &mut Vec<u8>) {
    let body = format!(r#"{{"ticket":"{token}","state":"issued","told":{told:010}}}"#);
    let length = body.len();
    let cookie = format!("charye-ticket={token}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax");
    answer.extend_from_slice(
        format!("HTTP/1.1 201 Created\r\n{COMMON}cache-control: no-store\r\nset-cookie: {cookie}\r\ncontent-length: {length}\r\n\r\n{body}").as_bytes(),
    );
}

fn place(rank: i64, answer: &mut Vec<u8>) {
    let body = format!(r#"{{"state":"settled","places_ahead":{rank:010},"poll_after_seconds":5}}"#);
    let length = body.len();
    answer.extend_from_slice(
        format!(
            "HTTP/1.1 200 OK\r\n{COMMON}cache-control: no-store\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .as_bytes(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peer_gives_the_ticket_that_the_service_would_and_knows_it_again() {
        let token = ticket(5);
        let opened = Ticket::open(&keys(), &token).expect("its own");
        assert_eq!(opened.place_number, Some(5));
        assert_ne!(member(5), member(6));
        assert_eq!(member(5), member(5 + WAITING), "one comes for each who goes");
    }
}
