//! One field: how it is put, how it is taken back. Numbers are big-endian and of fixed width.

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
    /// Of the record that is read.
    pub(super) version: u8,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, at: 0, version: super::VERSION }
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], StoreError> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return Err(self.damaged("the record ends too early"));
        };
        self.rest = rest;
        self.at += length;
        Ok(taken)
    }

    pub(super) fn finish(&self) -> Result<(), StoreError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.damaged("bytes after the end")) }
    }

    pub(super) fn damaged(&self, what: &str) -> StoreError {
        StoreError::Corrupt { at: format!("byte {} of a record: {what}", self.at) }
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Field for $number {
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }

            fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
                <[u8; size_of::<Self>()]>::take(from).map(Self::from_be_bytes)
            }
        }
    )*};
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

numbers!(u8, u16, u32, u64, i16, i32, i64);
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
        u32::try_from(self.len()).expect("a record is smaller than 4 GiB").put(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        let bytes = Vec::<u8>::take(from)?;
        Self::from_utf8(bytes).map_err(|_| from.damaged("no text"))
    }
}

/// Seconds, then nanoseconds of the same sign: no instant is rounded.
impl Field for Timestamp {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_second().put(out);
        self.subsec_nanosecond().put(out);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        let (second, nanosecond) = (i64::take(from)?, i32::take(from)?);
        let exact = |at: &Timestamp| at.as_second() == second && at.subsec_nanosecond() == nanosecond;
        Timestamp::new(second, nanosecond).ok().filter(exact).ok_or_else(|| from.damaged("no such instant"))
    }
}

impl Field for Date {
    fn put(&self, out: &mut Vec<u8>) {
        self.year().put(out);
        out.extend([self.month().cast_unsigned(), self.day().cast_unsigned()]);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, StoreError> {
        let (year, month, day) = (i16::take(from)?, u8::take(from)?, u8::take(from)?);
        Date::new(year, month.cast_signed(), day.cast_signed()).map_err(|_| from.damaged("no such day"))
    }
}

/// A count, then the items. Nothing is set aside for a count before its items are there.
impl<T: Field> Field for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        u32::try_from(self.len()).expect("a record is smaller than 4 GiB").put(out);
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
        u32::try_from(self.len()).expect("a record is smaller than 4 GiB").put(out);
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
