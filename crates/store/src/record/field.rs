//! One field: how it is put, how it is taken back. Numbers take as many bytes as they need, seven bits in each; most of
//! them are small. There is one way to write each: no byte more than needed.

use crate::StoreError;
use booking::{
    AppointmentId, CampaignId, ClinicId, ConsentVersion, DoseNumber, Few, HoldId, MessageId, PersonAlias,
    PersonId, PersonKey, RegionCode, RequestKey, SessionId, StaffId, TicketRef, WaitId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

pub(super) trait Field: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError>;
}

pub(super) struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, at: 0 }
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], StoreError> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return Err(self.damaged("the record ends too early"));
        };
        self.rest = rest;
        self.at += length;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, StoreError> {
        let Some((byte, rest)) = self.rest.split_first() else {
            return Err(self.damaged("the record ends too early"));
        };
        self.rest = rest;
        self.at += 1;
        Ok(*byte)
    }

    /// What [`put_number`] wrote.
    pub(super) fn number(&mut self) -> Result<u64, StoreError> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            let bits = u64::from(byte & !MORE);
            if shift > 63 || bits << shift >> shift != bits || (byte == 0 && shift > 0) {
                return Err(self.damaged("a number that is too long"));
            }
            number |= bits << shift;
            if byte & MORE == 0 {
                return Ok(number);
            }
            shift += 7;
        }
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn finish(&self) -> Result<(), StoreError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.damaged("bytes after the end")) }
    }

    pub(super) fn damaged(&self, what: &str) -> StoreError {
        StoreError::Corrupt { at: format!("byte {} of a record: {what}", self.at) }
    }
}

/// In a byte that is not the last one of its number.
pub(super) const MORE: u8 = 0x80;

/// Seven bits in a byte, the lowest first.
pub(super) fn put_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= u64::from(MORE) {
        out.push(number as u8 | MORE);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_length(length: usize, out: &mut Vec<u8>) {
    u32::try_from(length).expect("a record is smaller than 4 GiB").put(out);
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Field for $number {
            fn put(&self, out: &mut Vec<u8>) {
                put_number((*self).into(), out);
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
                Self::try_from(from.number()?).map_err(|_| from.damaged("a number that is too large"))
            }
        }
    )*};
}

impl Field for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        from.byte()
    }
}

/// Zero, then minus one, one, minus two, two.
impl Field for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        put_number((self << 1 ^ self >> 63).cast_unsigned(), out);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        let number = from.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

macro_rules! wrapped {
    ($($name:ident),*) => {$(
        impl Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                self.0.put(out);
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
                Field::take(from).map(Self)
            }
        }
    )*};
}

numbers!(u16, u32, u64);
wrapped!(AppointmentId, CampaignId, ClinicId, ConsentVersion, DoseNumber, HoldId, MessageId, PersonId);
wrapped!(PersonAlias, PersonKey, RegionCode, RequestKey, SessionId, StaffId, TicketRef, WaitId);

impl<const N: usize> Field for [u8; N] {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        Ok(from.bytes(N)?.try_into().expect("as many bytes as were asked for"))
    }
}

impl Field for bool {
    fn put(&self, out: &mut Vec<u8>) {
        u8::from(*self).put(out);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        match u8::take(from)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(from.damaged("neither yes nor no")),
        }
    }
}

/// UTF-8, as bytes.
impl Field for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_length(self.len(), out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        let bytes = Vec::<u8>::take(from)?;
        Self::from_utf8(bytes).map_err(|_| from.damaged("no text"))
    }
}

/// Seconds, then nanoseconds of the same sign in four bytes: no instant is rounded.
impl Field for Timestamp {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_second().put(out);
        out.extend_from_slice(&self.subsec_nanosecond().to_be_bytes());
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        let (second, nanosecond) = (i64::take(from)?, i32::from_be_bytes(Field::take(from)?));
        let exact = |at: &Timestamp| at.as_second() == second && at.subsec_nanosecond() == nanosecond;
        Timestamp::new(second, nanosecond).ok().filter(exact).ok_or_else(|| from.damaged("no such instant"))
    }
}

/// One number: 512 for a year, 32 for a month.
impl Field for Date {
    fn put(&self, out: &mut Vec<u8>) {
        (i64::from(self.year()) * 512 + i64::from(self.month()) * 32 + i64::from(self.day())).put(out);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        let number = i64::take(from)?;
        let year = i16::try_from(number >> 9).map_err(|_| from.damaged("no such year"))?;
        let (month, day) = ((number >> 5 & 15) as i8, (number & 31) as i8);
        Date::new(year, month, day).map_err(|_| from.damaged("no such day"))
    }
}

/// A count, then the items. Nothing is set aside for a count before its items are there.
impl<T: Field> Field for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_length(self.len(), out);
        for item in self {
            item.put(out);
        }
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        let count = u32::take(from)?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(T::take(from)?);
        }
        Ok(items)
    }
}

/// As a `Vec`.
impl<T: Field> Field for Few<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_length(self.len(), out);
        for item in self {
            item.put(out);
        }
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        let count = u32::take(from)?;
        (0..count).map(|_| T::take(from)).collect()
    }
}

/// Yes or no, then the value if there is one.
impl<T: Field> Field for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        Ok(if bool::take(from)? { Some(T::take(from)?) } else { None })
    }
}

/// A list of pairs in the order of their keys, each key once.
impl<K: Field + Ord + Copy, V: Field + Copy> Field for BTreeMap<K, V> {
    fn put(&self, out: &mut Vec<u8>) {
        self.iter().map(|(key, value)| (*key, *value)).collect::<Vec<(K, V)>>().put(out);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        let pairs = Vec::<(K, V)>::take(from)?;
        if pairs.is_sorted_by(|one, next| one.0 < next.0) {
            Ok(pairs.into_iter().collect())
        } else {
            Err(from.damaged("keys out of order"))
        }
    }
}

impl<A: Field, B: Field> Field for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        Ok((A::take(from)?, B::take(from)?))
    }
}

/// A struct is its fields in this order.
macro_rules! row {
    ($name:ident { $($field:ident),* }) => {
        impl Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($field.put(out);)*
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
                $(let $field = Field::take(from)?;)*
                Ok(Self { $($field),* })
            }
        }
    };
}

/// An enum is a tag byte and the fields of the variant in this order. A variant without a tag does not compile.
macro_rules! tagged {
    ($name:ident { $($tag:literal => $variant:ident $({ $($field:ident),* })? $(($item:ident))?,)* }) => {
        impl Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $($name::$variant $({ $($field),* })? $(($item))? => {
                        u8::put(&$tag, out);
                        $($($field.put(out);)*)?
                        $($item.put(out);)?
                    })*
                }
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
                match u8::take(from)? {
                    $($tag => {
                        $($(let $field = Field::take(from)?;)*)?
                        $(let $item = Field::take(from)?;)?
                        Ok($name::$variant $({ $($field),* })? $(($item))?)
                    })*
                    _ => Err(from.damaged(concat!("no such ", stringify!($name)))),
                }
            }
        }
    };
}

pub(super) use {row, tagged};
