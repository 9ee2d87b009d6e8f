//! The list of audit events that the service sends and `charye audit export` writes, as far as appointments go.

use std::collections::HashMap;
use std::io::{self, BufRead};

use booking::SlotId;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::logbook::{number, slot};

/// As the record calls what an agent does when a caller says yes.
const CONFIRM: &str = "confirm";

/// Every appointment of the list, by its number.
#[derive(Clone, Debug, Default)]
pub struct Export {
    pub bookings: HashMap<u64, Booking>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    pub slot: SlotId,
    /// The person, by the service's own number.
    pub whose: u64,
    /// The account of the agent who made it; None of whoever made it themselves.
    pub staff: Option<u64>,
    pub is_live: bool,
}

#[derive(Deserialize)]
struct Line {
    event: Option<Event>,
    end: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    at: String,
    #[serde(default)]
    who: String,
    whose: Option<u64>,
    what: What,
    refused: Option<u16>,
}

/// What was booked for one person in one instant.
#[derive(Default)]
struct OneStep {
    at: String,
    whose: Option<u64>,
    numbers: Vec<u64>,
}

impl OneStep {
    fn goes_on(&mut self, event: &Event) {
        if self.at != event.at || self.whose != event.whose {
            *self = OneStep { at: event.at.clone(), whose: event.whose, numbers: Vec::new() };
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum What {
    Booked { booked: Booked },
    Moved { moved: Moved },
    Cancelled { cancelled: Cancelled },
    Used { used: String },
    Other {},
}

#[derive(Deserialize)]
struct Booked {
    appointment: String,
    slot: String,
}

#[derive(Deserialize)]
struct Moved {
    appointment: String,
    to: String,
}

#[derive(Deserialize)]
struct Cancelled {
    appointment: String,
}

impl Export {
    /// # Errors
    /// A line that is not of such a list, by its number; or a list that was cut: what is not in it may be there.
    pub fn read(list: impl BufRead) -> io::Result<Self> {
        let mut export = Export::default();
        let mut is_whole = false;
        let mut step = OneStep::default();
        for (at, text) in list.lines().enumerate() {
            let line: Line = serde_json::from_str(&text?).map_err(|error| wrong(at, &error.to_string()))?;
            is_whole = line.end.is_some();
            if let Some(event) = line.event {
                step.goes_on(&event);
                export
                    .add(&event, &mut step)
                    .ok_or_else(|| wrong(at, "an appointment that cannot be read"))?;
            }
        }
        if !is_whole {
            let cut = "the list is cut: its last line, the head, is missing";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, cut));
        }
        Ok(export)
    }

    pub fn book(&mut self, number: u64, whose: u64, slot: SlotId) {
        self.bookings.insert(number, Booking { slot, whose, staff: None, is_live: true });
    }

    pub(super) fn live(&self) -> impl Iterator<Item = (u64, &Booking)> {
        self.bookings
            .iter()
            .filter(|(_, booking)| booking.is_live)
            .map(|(number, booking)| (*number, booking))
    }

    fn add(&mut self, event: &Event, step: &mut OneStep) -> Option<()> {
        match &event.what {
            What::Booked { booked } => {
                let number = number(&booked.appointment)?;
                self.book(number, event.whose?, named(&booked.slot)?);
                step.numbers.push(number);
            }
            What::Moved { moved } => {
                self.bookings.get_mut(&number(&moved.appointment)?)?.slot = named(&moved.to)?;
            }
            What::Cancelled { cancelled } => {
                self.bookings.get_mut(&number(&cancelled.appointment)?)?.is_live = false;
            }
            What::Used { used } if used == CONFIRM && event.refused.is_none() => {
                // An agent's act stands behind what came of it, in the same step.
                let account = event.who.strip_prefix("staff ").map(str::parse).transpose().ok()?;
                for number in &step.numbers {
                    self.bookings.get_mut(number)?.staff = account;
                }
            }
            What::Used { .. } | What::Other {} => {}
        }
        Some(())
    }
}

/// `C00042 2027-07-26 09:30`.
fn named(text: &str) -> Option<SlotId> {
    let mut words = text.split(' ');
    slot(words.next()?, words.next()?, words.next()?)
}

fn wrong(at: usize, what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("line {} of the export: {what}", at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bookings_moves_and_cancellations_are_read_and_the_rest_is_passed_over() {
        let list = r#"{"begin":{"incarnation":1,"seq":0,"hash":"00"}}
{"event":{"seq":1,"whose":5,"what":{"booked":{"appointment":"10000-00001","slot":"C00001 2027-07-26 09:00"}}}}
{"event":{"seq":2,"at":"2","who":"citizen 6","whose":6,"what":{"booked":{"appointment":"10000-00002","slot":"C00001 2027-07-26 09:00"}}}}
{"event":{"seq":2,"at":"2","who":"staff 4","whose":6,"what":{"used":"confirm"},"refused":null}}
{"event":{"seq":2,"at":"3","who":"staff 5","whose":6,"what":{"used":"confirm"},"refused":null}}
{"event":{"seq":3,"whose":5,"what":{"moved":{"appointment":"10000-00001","from":"C00001 2027-07-26 09:00","to":"C00002 2027-07-27 10:30"}}}}
{"event":{"seq":4,"whose":6,"what":{"cancelled":{"appointment":"10000-00002"}}}}
{"event":{"seq":5,"whose":null,"what":{"used":"backup"}}}
{"end":{"incarnation":1,"seq":5,"hash":"00"}}"#;
        let export = Export::read(list.as_bytes()).unwrap();
        let moved = slot("C00002", "2027-07-27", "10:30").unwrap();
        assert_eq!(
            export.bookings[&1_000_000_001],
            Booking { slot: moved, whose: 5, staff: None, is_live: true }
        );
        assert_eq!(export.bookings[&1_000_000_002].staff, Some(4));
        assert_eq!(export.live().count(), 1);
        let (cut, _) = list.rsplit_once('\n').unwrap();
        assert!(Export::read(cut.as_bytes()).unwrap_err().to_string().contains("cut"));
        assert!(Export::read("{\"event\":{\"what\":{}}}\nnonsense".as_bytes()).is_err());
    }
}
