//! How a [`Change`] is written down: version, tag, fields. The layout is told in `docs/store-format.md`.
//!
//! Reading is strict: there is one way to write a change, and every other row of bytes is refused. A new variant gets
//! a new tag here and a line in the fixture; a tag is never given a second meaning, and a field is never added to one
//! that exists: that is what the version byte is for.

mod field;

use crate::StoreError;
use booking::{
    Admission, Appointment, AppointmentState, Change, Hold, HoldEnd, Message, MessageKind, Outcome, Place,
    SlotId,
};
use field::{Field, Reader, row, tagged};

/// The first byte of every record.
pub const VERSION: u8 = 1;

/// Adds one record to `out`.
pub fn encode(change: &Change, out: &mut Vec<u8>) {
    VERSION.put(out);
    change.put(out);
}

/// Reads exactly one record.
///
/// # Errors
/// [`StoreError::Corrupt`] names the byte where the record stops making sense.
pub fn decode(bytes: &[u8]) -> Result<Change, StoreError> {
    let mut reader = Reader::new(bytes);
    if u8::take(&mut reader)? != VERSION {
        return Err(reader.damaged("an unknown version"));
    }
    let change = Change::take(&mut reader)?;
    reader.finish()?;
    Ok(change)
}

tagged!(Change {
    1 => Opened { campaign, at },
    2 => Closed { campaign, at },
    3 => PersonRegistered { person, alias, sealed },
    4 => SessionEnded { session, until },
    5 => Admitted { campaign, person, admission },
    6 => Held { id, hold },
    7 => HoldExtended { id, expires_at },
    8 => HoldEnded { id, end },
    9 => Booked { id, appointment },
    10 => Cancelled { id, by, at },
    11 => MessageQueued { id, message },
    12 => MessageSent { id },
    13 => Answered { key, body, outcome, at },
});

tagged!(Outcome {
    1 => Opened,
    2 => Closed,
    3 => Registered(person),
    4 => SessionEnded,
    5 => Admitted(admission),
    6 => Held { id, hold },
    7 => Extended { id, expires_at },
    8 => Released,
    9 => Expired { holds },
    10 => Booked(appointments),
    11 => Cancelled(id),
    12 => MessagesSent,
});

tagged!(HoldEnd {
    1 => Confirmed,
    2 => Released,
    3 => Expired,
});

tagged!(AppointmentState {
    1 => Booked,
    2 => Cancelled { at },
});

tagged!(MessageKind {
    1 => Booked(id),
    2 => Cancelled(id),
});

row!(Admission { ticket, queue_number, admitted_at, expires_at, eligible });
row!(Hold { campaign, booker, places, held_at, expires_at, extended });
row!(Place { recipient, dose, slot });
row!(SlotId { clinic, visit_on, starts_min });
row!(Appointment { campaign, place, booker, booked_at, state });
row!(Message { to, kind, queued_at });

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
