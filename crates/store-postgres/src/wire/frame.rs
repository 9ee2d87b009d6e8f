//! Messages: a byte that says the kind, four for the length, the body.

use super::Statement;
use std::io::{self, Read};

/// A row of the journal is far smaller; more is not a server of ours.
const BYTES_MAX: usize = 1 << 30;
const BINARY: i16 = 1;

pub(super) struct Incoming {
    pub(super) kind: u8,
    pub(super) body: Vec<u8>,
}

impl Incoming {
    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut head = [0; 5];
        from.read_exact(&mut head)?;
        let [kind, length @ ..] = head;
        let length = u32::from_be_bytes(length) as usize;
        let body_bytes = length.checked_sub(4).filter(|bytes| *bytes <= BYTES_MAX).ok_or_else(too_long)?;
        let mut body = vec![0; body_bytes];
        from.read_exact(&mut body)?;
        Ok(Self { kind, body })
    }
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a message of an impossible length")
}

/// Messages on their way out, in one buffer.
#[derive(Default)]
pub(super) struct Outgoing(Vec<u8>);

impl Outgoing {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn message(&mut self, kind: u8, write: impl FnOnce(&mut Self)) {
        self.0.push(kind);
        self.sized(write);
    }

    /// With its length, that of the length included. The first message of a connection has no kind.
    pub(super) fn sized(&mut self, write: impl FnOnce(&mut Self)) {
        let start = self.0.len();
        self.int(0);
        write(self);
        let length = i32::try_from(self.0.len() - start).expect("a message is smaller than 2 GiB");
        self.0[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn int(&mut self, number: i32) {
        self.raw(&number.to_be_bytes());
    }

    pub(super) fn short(&mut self, number: i16) {
        self.raw(&number.to_be_bytes());
    }

    /// Ends with a zero, and has none inside: an attacker's text never comes this way.
    pub(super) fn text(&mut self, text: &str) {
        assert!(!text.contains('\0'), "a text of the protocol ends at its first zero");
        self.raw(text.as_bytes());
        self.0.push(0);
    }

    /// Parse, Bind and Execute of the unnamed statement.
    pub(super) fn statement(&mut self, statement: &Statement<'_>) {
        let count = i16::try_from(statement.values.len()).expect("a statement has a few values");
        self.message(b'P', |out| {
            out.text("");
            out.text(statement.sql);
            out.short(count);
            for value in &statement.values {
                out.int(value.oid());
            }
        });
        self.message(b'B', |out| {
            out.text("");
            out.text("");
            out.short(1);
            out.short(BINARY);
            out.short(count);
            for value in &statement.values {
                out.sized_value(|out| value.write(out));
            }
            out.short(1);
            out.short(BINARY);
        });
        self.message(b'E', |out| {
            out.text("");
            out.int(0);
        });
    }

    /// With its length, without that of the length.
    pub(super) fn sized_value(&mut self, write: impl FnOnce(&mut Self)) {
        let start = self.0.len();
        self.int(0);
        write(self);
        let length = i32::try_from(self.0.len() - start - 4).expect("a value is smaller than 2 GiB");
        self.0[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
}
