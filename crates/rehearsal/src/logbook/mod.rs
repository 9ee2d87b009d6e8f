//! What each person was told, in the order in which they heard it: the truth of a rehearsal.
//!
//! A compact binary file, one entry an answer. It holds no name, number or phone: a person is their place in the crowd.
//! To add a thing that is heard: a variant of [`Heard`] with a tag of its own, here and in `file`.

mod file;

pub use file::{Reader, Writer};

use booking::{ClinicId, SlotId};
use serde::Serialize;

/// One answer as somebody heard it. Times are microseconds from the start of the rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub heard_us: u64,
    /// Since the person wanted to send it, not since it was sent: what waits in the crowd's own machine counts.
    pub waited_us: u64,
    /// None: the crowd's shared copy of the gate document.
    pub person: Option<u32>,
    pub step: Step,
    pub heard: Heard,
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Gate,
    Join,
    Settle,
    Identity,
    Enter,
    Look,
    Hold,
    Confirm,
    /// Of the phone: ringing and waiting; a call from its answer to its end.
    Call,
    Talk,
    /// Of an agent at the desk: who it is, who calls, where something is free, and the place itself.
    SignIn,
    DeskFind,
    DeskLook,
    DeskHold,
    DeskConfirm,
}

impl Step {
    pub const ALL: [Step; 15] = [
        Step::Gate,
        Step::Join,
        Step::Settle,
        Step::Identity,
        Step::Enter,
        Step::Look,
        Step::Hold,
        Step::Confirm,
        Step::Call,
        Step::Talk,
        Step::SignIn,
        Step::DeskFind,
        Step::DeskLook,
        Step::DeskHold,
        Step::DeskConfirm,
    ];

    /// Not an answer of the service.
    pub fn is_of_the_phone(self) -> bool {
        matches!(self, Step::Call | Step::Talk)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A good answer that promises nothing.
    Fine,
    /// Of the gate document: everybody below this number may enter; the measured pace, if it says one.
    Gate {
        serving_number: u64,
        admissions_per_minute: Option<u64>,
    },
    /// A queue number.
    Placed {
        queue_number: u64,
    },
    Held {
        slot: Option<SlotId>,
    },
    /// Acknowledged appointments, by number.
    Booked(Vec<(u64, SlotId)>),
    /// A "no" by its code.
    No(String),
    /// Told to come later.
    Busy(String),
    /// The service has surely not seen it.
    NotSent,
    /// It may have been done.
    NoAnswer,
    /// On the phone: the wait, from so long to so long.
    Told {
        low_ms: u64,
        high_ms: u64,
    },
    /// On the phone, by this agent.
    Answered {
        agent: u32,
    },
    /// Gave up.
    HungUp,
}

/// `C00042`, `2027-07-26`, `09:30`.
pub fn slot(clinic: &str, date: &str, time: &str) -> Option<SlotId> {
    let (hour, minute) = time.split_once(':')?;
    let starts_min = hour.parse::<u16>().ok()?.checked_mul(60)?.checked_add(minute.parse().ok()?)?;
    Some(SlotId { clinic: ClinicId::parse(clinic)?, visit_on: date.parse().ok()?, starts_min })
}

/// The number of an appointment without its dash.
pub fn number(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn place() -> SlotId {
        SlotId { clinic: ClinicId(42), visit_on: date(2027, 7, 26), starts_min: 570 }
    }

    fn all() -> Vec<Heard> {
        vec![
            Heard::Fine,
            Heard::Gate { serving_number: 3_524_000, admissions_per_minute: None },
            Heard::Gate { serving_number: 0, admissions_per_minute: Some(60_000) },
            Heard::Placed { queue_number: 7 },
            Heard::Held { slot: Some(place()) },
            Heard::Held { slot: None },
            Heard::Booked(vec![(1_234_567_890, place()), (1, place())]),
            Heard::No("SlotFull".to_owned()),
            Heard::No("NotYourTurn".to_owned()),
            Heard::Busy("SlotFull".to_owned()),
            Heard::NotSent,
            Heard::NoAnswer,
            Heard::Told { low_ms: 0, high_ms: 780_000 },
            Heard::Answered { agent: 649 },
            Heard::HungUp,
        ]
    }

    #[test]
    fn what_was_written_is_read_back() {
        let entry = |(number, heard): (usize, Heard)| Entry {
            heard_us: 1_000_000 + number as u64 * 317,
            waited_us: number as u64 * 1_000,
            person: (number > 0).then_some(number as u32),
            step: Step::ALL[number % Step::ALL.len()],
            heard,
        };
        let entries: Vec<Entry> = all().into_iter().enumerate().map(entry).collect();
        let mut writer = Writer::new(Vec::new()).unwrap();
        for entry in &entries {
            writer.write(entry).unwrap();
        }
        let bytes = writer.finish().unwrap();
        assert!(bytes.len() < entries.len() * 24, "{} bytes", bytes.len());
        let read: Vec<Entry> = Reader::new(bytes.as_slice()).unwrap().map(Result::unwrap).collect();
        assert_eq!(read, entries);
        for cut in 0..bytes.len() {
            let read = Reader::new(&bytes[..cut]).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            assert!(read.is_err() || read.is_ok_and(|some| some.len() < entries.len()), "cut at {cut}");
        }
    }

    #[test]
    fn places_and_numbers_are_read_as_the_service_writes_them() {
        assert_eq!(slot("C00042", "2027-07-26", "09:30"), Some(place()));
        assert_eq!(slot("C00042", "2027-07-26", "0930"), None);
        assert_eq!(number("12345-67890"), Some(1_234_567_890));
    }
}
