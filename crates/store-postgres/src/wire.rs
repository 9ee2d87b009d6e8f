//! PostgreSQL's protocol, version 3, as far as one connection of ours needs it.
//!
//! Written out instead of taken from a crate, because of what a crate brings along: the usual one adds 39 packages to
//! the lock. What is here is small for three reasons: values travel in binary, every statement is unnamed (nothing
//! outlives its transaction, so pgbouncer may hand each transaction to another server connection), and a whole
//! transaction is one write and one Sync: after the first error the server skips the rest, the COMMIT too.
//!
//! No TLS: the database stands in a network of its own, behind pgbouncer or a tunnel.

mod frame;
mod login;
mod value;

pub(crate) use value::{Row, Value};

use crate::address::{Address, Host};
use frame::{Incoming, Outgoing};
use std::io::{self, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;
use store::Randomness;

/// One statement of a transaction. `$1`, `$2` … are its values.
pub(crate) struct Statement<'a> {
    pub(crate) sql: &'a str,
    pub(crate) values: Vec<Value<'a>>,
}

impl<'a> Statement<'a> {
    pub(crate) fn new(sql: &'a str, values: Vec<Value<'a>>) -> Self {
        Self { sql, values }
    }
}

/// Why a pipeline of statements did not do all it was to do.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server refused a statement and skipped those after it; the transaction, if one was begun, is over.
    Refused(Refused),
    /// Nobody knows how far it came: no answer, half an answer, or a warning where none belongs.
    Lost(io::Error),
}

/// What the server says when it refuses.
#[derive(Debug)]
pub(crate) struct Refused {
    /// SQLSTATE.
    pub(crate) code: String,
    message: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.code, self.message)
    }
}

impl std::error::Error for Refused {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Lost(error)
    }
}

trait Duplex: Read + Write + Send {}
impl<T: Read + Write + Send> Duplex for T {}

/// A connection. After a [`Failure::Lost`] it is good for nothing.
pub(crate) struct Connection {
    stream: BufReader<Box<dyn Duplex>>,
    out: Outgoing,
    /// Whether the server waits for the end of a transaction.
    is_open: bool,
}

/// How long the server may be silent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) connect: Duration,
    pub(crate) reply: Duration,
}

const BUFFER_BYTES: usize = 64 << 10;

impl Connection {
    pub(crate) fn open(
        address: &Address,
        host: &Host,
        patience: Patience,
        randomness: &dyn Randomness,
    ) -> Result<Self, Failure> {
        let stream = dial(host, patience)?;
        let mut connection = Self {
            stream: BufReader::with_capacity(BUFFER_BYTES, stream),
            out: Outgoing::default(),
            is_open: false,
        };
        connection.log_in(address, randomness)?;
        Ok(connection)
    }

    /// Sends the statements in one write and reads the answers: the rows of each.
    ///
    /// A COMMIT among them was carried out when this returns without an error; after [`Failure::Refused`] it was not.
    pub(crate) fn run(&mut self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Failure> {
        for statement in statements {
            self.out.statement(statement);
        }
        self.out.message(b'S', |_| {});
        self.send()?;
        let replies = self.replies(statements.len());
        match replies {
            Ok(rows) => Ok(rows),
            Err(Failure::Refused(refused)) => {
                if self.is_open {
                    self.roll_back()?;
                }
                Err(Failure::Refused(refused))
            }
            Err(lost) => Err(lost),
        }
    }

    #[cfg(feature = "saboteur")]
    /// Several statements without values, in a transaction of their own.
    pub(crate) fn script(&mut self, sql: &str) -> Result<(), Failure> {
        self.out.message(b'Q', |out| out.text(sql));
        self.send()?;
        self.replies(0).map(drop)
    }

    /// Ends a transaction without an effect.
    pub(crate) fn roll_back(&mut self) -> Result<(), Failure> {
        self.out.message(b'Q', |out| out.text("ROLLBACK"));
        self.send()?;
        match self.replies(0) {
            Ok(_) => Ok(()),
            Err(Failure::Refused(refused)) => Err(lost(&refused.to_string())),
            Err(lost) => Err(lost),
        }
    }

    fn send(&mut self) -> io::Result<()> {
        let stream = self.stream.get_mut();
        stream.write_all(self.out.bytes())?;
        stream.flush()?;
        self.out.clear();
        Ok(())
    }

    fn read(&mut self) -> io::Result<Incoming> {
        Incoming::read(&mut self.stream)
    }

    /// Up to ReadyForQuery.
    fn replies(&mut self, expected: usize) -> Result<Vec<Vec<Row>>, Failure> {
        let mut replies = Replies::new(expected);
        loop {
            let message = self.read()?;
            if message.kind == b'Z' {
                self.is_open = message.body.first() != Some(&b'I');
                return replies.finish(&message);
            }
            replies.take(&message)?;
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.out.clear();
        self.out.message(b'X', |_| {});
        let _nobody_listens = self.send();
    }
}

/// What has come back of a pipeline.
struct Replies {
    expected: usize,
    done: Vec<Vec<Row>>,
    rows: Vec<Row>,
    refused: Option<Refused>,
    /// A warning during a COMMIT says that it is on one server only.
    warned: Option<String>,
    /// The last word on a COMMIT was a ROLLBACK.
    rolled_back: bool,
}

impl Replies {
    fn new(expected: usize) -> Self {
        Self {
            expected,
            done: Vec::with_capacity(expected),
            rows: Vec::new(),
            refused: None,
            warned: None,
            rolled_back: false,
        }
    }

    fn take(&mut self, message: &Incoming) -> Result<(), Failure> {
        match message.kind {
            b'D' => self.rows.push(Row::read(&message.body)?),
            b'C' => {
                self.rolled_back = message.body.starts_with(b"ROLLBACK");
                self.done.push(std::mem::take(&mut self.rows));
            }
            b'E' => {
                let told = Told::read(&message.body);
                // A proxy tells of its own broken connections by class 08.
                if told.severity != "ERROR" || told.refused.code.starts_with("08") {
                    return Err(lost(&told.refused.to_string()));
                }
                self.refused.get_or_insert(told.refused);
            }
            b'N' => {
                let told = Told::read(&message.body);
                if told.severity == "WARNING" {
                    self.warned.get_or_insert(told.refused.to_string());
                }
            }
            // Parsed, bound, a setting, a notification, the names of columns, nothing to do.
            b'1' | b'2' | b'S' | b'A' | b'T' | b'I' | b'n' | b'3' => {}
            other => return Err(lost(&format!("a message of kind {:?}", char::from(other)))),
        }
        Ok(())
    }

    fn finish(self, ready: &Incoming) -> Result<Vec<Vec<Row>>, Failure> {
        if let Some(refused) = self.refused {
            return Err(Failure::Refused(refused));
        }
        if let Some(warning) = self.warned {
            return Err(lost(&warning));
        }
        let is_short = self.expected > 0 && self.done.len() != self.expected;
        if is_short || (self.expected > 0 && self.rolled_back) || ready.body.first() == Some(&b'E') {
            return Err(lost("a transaction that did not end as it was told to"));
        }
        Ok(self.done)
    }
}

/// An error or a notice.
struct Told {
    severity: String,
    refused: Refused,
}

impl Told {
    /// `V` is the severity that is never translated.
    fn read(body: &[u8]) -> Self {
        let field = |kind: u8| {
            let mut fields = body.split(|byte| *byte == 0);
            let found = fields.find(|field| field.first() == Some(&kind));
            found.map(|field| String::from_utf8_lossy(&field[1..]).into_owned()).unwrap_or_default()
        };
        Self { severity: field(b'V'), refused: Refused { code: field(b'C'), message: field(b'M') } }
    }
}

fn lost(what: &str) -> Failure {
    Failure::Lost(io::Error::new(io::ErrorKind::InvalidData, what.to_owned()))
}

fn dial(host: &Host, patience: Patience) -> io::Result<Box<dyn Duplex>> {
    match host {
        Host::Socket(path) => {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(patience.reply))?;
            stream.set_write_timeout(Some(patience.reply))?;
            Ok(Box::new(stream))
        }
        Host::Network { name, port } => {
            let mut last =
                io::Error::new(io::ErrorKind::NotFound, "the name of the database's host is unknown");
            for one in (name.as_str(), *port).to_socket_addrs()? {
                match TcpStream::connect_timeout(&one, patience.connect) {
                    Ok(stream) => {
                        stream.set_nodelay(true)?;
                        stream.set_read_timeout(Some(patience.reply))?;
                        stream.set_write_timeout(Some(patience.reply))?;
                        return Ok(Box::new(stream));
                    }
                    Err(error) => last = error,
                }
            }
            Err(last)
        }
    }
}
