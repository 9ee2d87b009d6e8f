//! The file: a mark, then entries of small numbers, each byte of seven bits; times count from the entry before.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

use booking::{ClinicId, SlotId};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use super::{Entry, Heard, Step};

const MARK: &[u8; 8] = b"CHLOG\0\0\x01";
const DAYS_FROM: Date = date(2000, 1, 1);
const TEXT_BYTES_MAX: u64 = 200;

const FINE: u64 = 0;
const GATE: u64 = 1;
const PLACED: u64 = 2;
const HELD: u64 = 3;
const BOOKED: u64 = 4;
const NO: u64 = 5;
const BUSY: u64 = 6;
const NOT_SENT: u64 = 7;
const NO_ANSWER: u64 = 8;
const TOLD: u64 = 9;
const ANSWERED: u64 = 10;
const HUNG_UP: u64 = 11;

pub struct Writer<W> {
    out: W,
    heard_us: u64,
    /// Codes get a number at their first use, and only then are written out.
    codes: HashMap<String, u64>,
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// # Errors
    /// Of the writing.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(MARK)?;
        Ok(Writer { out, heard_us: 0, codes: HashMap::new(), line: Vec::new() })
    }

    /// Entries come in the order of their `heard_us`.
    ///
    /// # Errors
    /// Of the writing.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        self.line.clear();
        self.put(entry.heard_us.saturating_sub(self.heard_us));
        self.heard_us = self.heard_us.max(entry.heard_us);
        self.put(entry.waited_us);
        self.put(entry.person.map_or(0, |person| u64::from(person) + 1));
        self.put(entry.step as u64);
        self.put_heard(&entry.heard);
        self.out.write_all(&self.line)
    }

    /// # Errors
    /// Of the last writing.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn put_heard(&mut self, heard: &Heard) {
        match heard {
            Heard::Fine => self.put(FINE),
            Heard::Gate { serving_number, admissions_per_minute } => {
                self.put(GATE);
                self.put(*serving_number);
                self.put(admissions_per_minute.map_or(0, |pace| pace + 1));
            }
            Heard::Placed { queue_number } => {
                self.put(PLACED);
                self.put(*queue_number);
            }
            Heard::Held { slot } => {
                self.put(HELD);
                self.put(u64::from(slot.is_some()));
                if let Some(slot) = slot {
                    self.put_slot(*slot);
                }
            }
            Heard::Booked(places) => {
                self.put(BOOKED);
                self.put(places.len() as u64);
                for (number, slot) in places {
                    self.put(*number);
                    self.put_slot(*slot);
                }
            }
            Heard::No(code) => self.put_code(NO, code),
            Heard::Busy(code) => self.put_code(BUSY, code),
            Heard::NotSent => self.put(NOT_SENT),
            Heard::NoAnswer => self.put(NO_ANSWER),
            Heard::Told { low_ms, high_ms } => {
                self.put(TOLD);
                self.put(*low_ms);
                self.put(*high_ms);
            }
            Heard::Answered { agent } => {
                self.put(ANSWERED);
                self.put(u64::from(*agent));
            }
            Heard::HungUp => self.put(HUNG_UP),
        }
    }

    fn put_slot(&mut self, slot: SlotId) {
        self.put(u64::from(slot.clinic.0));
        let days = DAYS_FROM.until(slot.visit_on).map_or(0, |span| span.get_days());
        self.put(u64::try_from(days).unwrap_or(0));
        self.put(u64::from(slot.starts_min));
    }

    fn put_code(&mut self, tag: u64, code: &str) {
        self.put(tag);
        if let Some(number) = self.codes.get(code) {
            return self.put(*number);
        }
        let end = code.len().min(TEXT_BYTES_MAX as usize);
        let number = self.codes.len() as u64;
        self.codes.insert(code.to_owned(), number);
        self.put(number);
        self.put(end as u64);
        self.line.extend_from_slice(&code.as_bytes()[..end]);
    }

    fn put(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.line.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.line.push(value as u8);
    }
}

pub struct Reader<R> {
    input: R,
    heard_us: u64,
    codes: Vec<String>,
}

impl<R: BufRead> Reader<R> {
    /// # Errors
    /// What is no logbook.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mut mark = [0; 8];
        input.read_exact(&mut mark)?;
        if &mark != MARK {
            return Err(wrong("no logbook of a rehearsal"));
        }
        Ok(Reader { input, heard_us: 0, codes: Vec::new() })
    }

    fn entry(&mut self) -> io::Result<Entry> {
        self.heard_us += self.get()?;
        let waited_us = self.get()?;
        let person = self.get()?.checked_sub(1).map(|person| person as u32);
        let step = *Step::ALL.get(self.get()? as usize).ok_or_else(|| wrong("an unknown step"))?;
        Ok(Entry { heard_us: self.heard_us, waited_us, person, step, heard: self.heard()? })
    }

    fn heard(&mut self) -> io::Result<Heard> {
        Ok(match self.get()? {
            FINE => Heard::Fine,
            GATE => {
                Heard::Gate { serving_number: self.get()?, admissions_per_minute: self.get()?.checked_sub(1) }
            }
            PLACED => Heard::Placed { queue_number: self.get()? },
            HELD => Heard::Held { slot: if self.get()? == 0 { None } else { Some(self.slot()?) } },
            BOOKED => {
                let places = self.get()?;
                let place = |_| Ok((self.get()?, self.slot()?));
                Heard::Booked((0..places).map(place).collect::<io::Result<_>>()?)
            }
            NO => Heard::No(self.code()?),
            BUSY => Heard::Busy(self.code()?),
            NOT_SENT => Heard::NotSent,
            NO_ANSWER => Heard::NoAnswer,
            TOLD => Heard::Told { low_ms: self.get()?, high_ms: self.get()? },
            ANSWERED => Heard::Answered { agent: self.get()? as u32 },
            HUNG_UP => Heard::HungUp,
            _ => return Err(wrong("an unknown answer")),
        })
    }

    fn slot(&mut self) -> io::Result<SlotId> {
        let clinic = ClinicId(self.get()? as u32);
        let days = i32::try_from(self.get()?).map_err(|_| wrong("an impossible day"))?;
        let visit_on = DAYS_FROM.checked_add(days.days()).map_err(|_| wrong("an impossible day"))?;
        Ok(SlotId { clinic, visit_on, starts_min: self.get()? as u16 })
    }

    fn code(&mut self) -> io::Result<String> {
        let number = self.get()? as usize;
        if let Some(code) = self.codes.get(number) {
            return Ok(code.clone());
        }
        let length = self.get()?;
        if length > TEXT_BYTES_MAX || number != self.codes.len() {
            return Err(wrong("an impossible code"));
        }
        let mut text = vec![0; length as usize];
        self.input.read_exact(&mut text)?;
        let code = String::from_utf8(text).map_err(|_| wrong("an impossible code"))?;
        self.codes.push(code.clone());
        Ok(code)
    }

    fn get(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let mut byte = [0];
            self.input.read_exact(&mut byte)?;
            value |= u64::from(byte[0] & 0x7f) << shift;
            if byte[0] < 0x80 {
                return Ok(value);
            }
        }
        Err(wrong("a number without an end"))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.input.fill_buf() {
            Ok([]) => None,
            Ok(_) => Some(self.entry()),
            Err(error) => Some(Err(error)),
        }
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
