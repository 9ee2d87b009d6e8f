//! Values in the server's binary form: numbers of eight bytes, byte strings, texts, and lists of them.

use super::frame::Outgoing;
use std::io;

#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    OwnBytes(Vec<u8>),
    OwnText(String),
    Numbers(Vec<i64>),
    ByteStrings(Vec<&'a [u8]>),
}

const INT8: i32 = 20;
const BYTEA: i32 = 17;
const TEXT: i32 = 25;
const INT8_LIST: i32 = 1016;
const BYTEA_LIST: i32 = 1001;

impl Value<'_> {
    /// The number of the type, the same in every PostgreSQL.
    pub(super) fn oid(&self) -> i32 {
        match self {
            Self::Number(_) => INT8,
            Self::Bytes(_) | Self::OwnBytes(_) => BYTEA,
            Self::Text(_) | Self::OwnText(_) => TEXT,
            Self::Numbers(_) => INT8_LIST,
            Self::ByteStrings(_) => BYTEA_LIST,
        }
    }

    pub(super) fn write(&self, out: &mut Outgoing) {
        match self {
            Self::Number(number) => out.raw(&number.to_be_bytes()),
            Self::Bytes(bytes) => out.raw(bytes),
            Self::Text(text) => out.raw(text.as_bytes()),
            Self::OwnBytes(bytes) => out.raw(bytes),
            Self::OwnText(text) => out.raw(text.as_bytes()),
            Self::Numbers(numbers) => {
                list(out, INT8, numbers.iter().map(|number| number.to_be_bytes()));
            }
            Self::ByteStrings(strings) => list(out, BYTEA, strings.iter().copied()),
        }
    }
}

/// One dimension, no nulls, numbered from one.
fn list<T: AsRef<[u8]>>(out: &mut Outgoing, of: i32, items: impl ExactSizeIterator<Item = T>) {
    let count = i32::try_from(items.len()).expect("a batch is smaller than that");
    out.int(i32::from(count > 0));
    out.int(0);
    out.int(of);
    if count > 0 {
        out.int(count);
        out.int(1);
    }
    for item in items {
        out.sized_value(|out| out.raw(item.as_ref()));
    }
}

/// The columns of a row; none of ours is null.
#[derive(Debug)]
pub(crate) struct Row(Vec<Vec<u8>>);

impl Row {
    pub(super) fn read(body: &[u8]) -> io::Result<Self> {
        Self::split(body).ok_or_else(|| odd("a row that ends too early, or a null"))
    }

    fn split(body: &[u8]) -> Option<Self> {
        let (count, mut rest) = body.split_first_chunk::<2>()?;
        let mut columns = Vec::new();
        for _ in 0..u16::from_be_bytes(*count) {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let length = usize::try_from(i32::from_be_bytes(*length)).ok()?;
            let (column, after) = after.split_at_checked(length)?;
            columns.push(column.to_vec());
            rest = after;
        }
        Some(Self(columns))
    }

    pub(crate) fn columns(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn number(&self, column: usize) -> io::Result<i64> {
        let bytes = <[u8; 8]>::try_from(self.bytes(column)?).map_err(|_| odd("no number"))?;
        Ok(i64::from_be_bytes(bytes))
    }

    pub(crate) fn bytes(&self, column: usize) -> io::Result<&[u8]> {
        self.0.get(column).map(Vec::as_slice).ok_or_else(|| odd("a column is missing"))
    }

    pub(crate) fn take_bytes(&mut self, column: usize) -> Vec<u8> {
        self.0.get_mut(column).map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn text(&self, column: usize) -> io::Result<String> {
        Ok(String::from_utf8_lossy(self.bytes(column)?).into_owned())
    }

    /// For tests: every column as a number or a text.
    #[cfg(feature = "saboteur")]
    pub(crate) fn texts(&self) -> io::Result<Vec<String>> {
        (0..self.0.len())
            .map(|at| self.number(at).map_or_else(|_| self.text(at), |number| Ok(number.to_string())))
            .collect()
    }

    pub(crate) fn hash(&self, column: usize) -> io::Result<[u8; 32]> {
        self.bytes(column)?.try_into().map_err(|_| odd("no hash"))
    }
}

fn odd(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_cut_anywhere_is_an_error_and_no_panic() {
        let whole = [0, 2, 0, 0, 0, 1, 7, 0, 0, 0, 2, 8, 9];
        assert_eq!(Row::split(&whole).unwrap().0, [vec![7], vec![8, 9]]);
        for length in 0..whole.len() {
            assert!(Row::split(&whole[..length]).is_none(), "{length} bytes");
        }
    }

    #[test]
    fn a_null_is_an_error() {
        assert!(Row::read(&[0, 1, 255, 255, 255, 255]).is_err());
    }
}
