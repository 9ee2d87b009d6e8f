//! How a [`Change`] is written down: version, tag, fields. The layout is told in `docs/store-format.md`.
//!
//! Reading is strict: there is one way to write a change, and every other row of bytes is refused. A new variant gets
//! a new tag here and a line in the fixture; a tag is never given a second meaning, and a field is never added to one
//! that exists: that is what the version byte is for.

mod field;

use crate::StoreError;
use booking::{
    Act, Actor, Admission, Appointment, AppointmentState, AuditEntry, Change, Channel, Correction,
    Delegation, Hold, HoldEnd, LookUp, Message, MessageKind, Offer, OfferEnd, Origin, Outcome, Place,
    Relation, Removal, RemovalReason, Replaced, RequestKey, SlotCounts, SlotId, Supply, WaitEnd, WaitEntry,
    WaitScope,
};
use field::{Field, Reader, put_number, row, tagged};
use jiff::Timestamp;

/// The tag of [`Change::Answered`].
const ANSWERED: u8 = 13;

/// The first byte of every record that is written.
pub const VERSION: u8 = 3;

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
    read(bytes)
}

fn read<T: Field>(bytes: &[u8]) -> Result<T, StoreError> {
    let mut reader = Reader::new(bytes);
    if u8::take(&mut reader)? != VERSION {
        return Err(reader.damaged("an unknown version"));
    }
    let read = T::take(&mut reader)?;
    reader.finish()?;
    Ok(read)
}

/// Adds one audit entry to `out`, as it is hashed and exported.
pub fn encode_audit(entry: &AuditEntry, out: &mut Vec<u8>) {
    VERSION.put(out);
    entry.put(out);
}

/// Reads exactly one audit entry.
///
/// # Errors
/// As [`decode`].
pub fn decode_audit(bytes: &[u8]) -> Result<AuditEntry, StoreError> {
    read(bytes)
}

/// An outcome as it stands in [`Change::Answered`].
pub(crate) fn put_outcome(outcome: &Outcome, out: &mut Vec<u8>) {
    outcome.put(out);
}

/// Back from [`put_outcome`] of this very process.
pub(crate) fn outcome_of(bytes: &[u8]) -> Outcome {
    Outcome::take(&mut Reader::new(bytes)).expect("it was put there")
}

/// Key, hash of the body, time and outcome of an answer, the outcome as [`put_outcome`] writes it and not looked into.
pub(crate) type Answered<'a> = (RequestKey, [u8; 32], Timestamp, &'a [u8]);

/// Of a record that is kept among the answers.
pub(crate) fn answered(record: &[u8]) -> Result<Answered<'_>, StoreError> {
    let mut reader = Reader::new(record);
    if (u8::take(&mut reader)?, u8::take(&mut reader)?) != (VERSION, ANSWERED) {
        return Err(reader.damaged("no answer"));
    }
    Ok((Field::take(&mut reader)?, Field::take(&mut reader)?, Field::take(&mut reader)?, reader.rest()))
}

pub(crate) fn put_message(message: &Message, out: &mut Vec<u8>) {
    message.put(out);
}

/// Back from [`put_message`] of this very process.
pub(crate) fn message_of(bytes: &[u8]) -> Message {
    Message::take(&mut Reader::new(bytes)).expect("it was put there")
}

/// Adds a record to a list of records, each with its length before it.
pub fn frame(record: &[u8], list: &mut Vec<u8>) {
    put_number(record.len() as u64, list);
    list.extend_from_slice(record);
}

/// Encodes a change and adds it to a list of records.
pub fn append(change: &Change, list: &mut Vec<u8>) {
    let start = list.len();
    // Most records are so short that their length is one byte.
    list.push(0);
    encode(change, list);
    let length = list.len() - start - 1;
    if length < usize::from(field::MORE) {
        list[start] = length as u8;
    } else {
        let mut long = Vec::new();
        put_number(length as u64, &mut long);
        list.splice(start..=start, long);
    }
}

/// The changes of a list, each with its bytes.
#[derive(Debug)]
pub struct Records<'a>(&'a [u8]);

impl<'a> Records<'a> {
    pub fn of(list: &'a [u8]) -> Self {
        Self(list)
    }

    fn split(&mut self) -> Option<&'a [u8]> {
        let mut reader = Reader::new(self.0);
        let length = usize::try_from(reader.number().ok()?).ok()?;
        let (record, rest) = reader.rest().split_at_checked(length)?;
        self.0 = rest;
        Some(record)
    }

    /// The bytes of the next one. The error is [`StoreError::Corrupt`].
    pub(crate) fn next_bytes(&mut self) -> Option<Result<&'a [u8], StoreError>> {
        if self.0.is_empty() {
            return None;
        }
        let torn = || StoreError::Corrupt { at: "the length of a record".to_owned() };
        Some(self.split().ok_or_else(torn))
    }
}

impl<'a> Iterator for Records<'a> {
    /// The error is [`StoreError::Corrupt`]; nothing follows it.
    type Item = Result<(&'a [u8], Change), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.next_bytes()?.and_then(|record| Ok((record, decode(record)?)));
        if read.is_err() {
            self.0 = &[];
        }
        Some(read)
    }
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
    13 => Answered { key, body, at, outcome },
    14 => PersonKnownAs { person, alias },
    15 => PersonUpdated { person, sealed },
    16 => DelegationGiven { campaign, booker, recipient, delegation },
    17 => DelegationEnded { campaign, booker, recipient, by, at },
    18 => HelperAllowed { campaign, booker, recipient },
    19 => DraftSaved { person, sealed },
    20 => PlaceAbandoned { campaign, booker, at },
    21 => Moved { id, to, by, at },
    30 => Blocked { slot, places, by, at },
    31 => Unblocked { slot, places, by, at },
    32 => CapacitySet { clinic, visit_on, starts_min, capacity, by, at },
    33 => SupplySet { campaign, supply, by, at },
    34 => CheckedIn { id, number, by, at },
    35 => NoShow { id, dropped, by, at },
    36 => Fulfilled { id, is_correction, by, at },
    40 => Audited(entry),
    41 => Waited { id, entry },
    42 => WaitEnded { id, end, at },
    43 => PlaceAwaited { slot },
    44 => PlaceOffered { id, offer },
    45 => PlacePassed { slot },
    46 => OfferEnded { id, end, at },
    47 => EligibilityCorrected { campaign, person, correction },
    48 => AdmissionRevoked { campaign, person, at },
    49 => PeopleMerged { survivor, merged, at },
    50 => DelegationProved { campaign, booker, recipient, at },
    60 => PersonRemoved { person, removal },
    61 => KeysDestroyed { keys, at },
    62 => AliasesRenewed { person, old, new },
});

tagged!(WaitScope {
    1 => Clinic(clinic),
    2 => Sigungu(region),
});

tagged!(WaitEnd {
    1 => Booked,
    2 => Left,
    3 => Lapsed,
    4 => Withdrawn,
});

tagged!(OfferEnd {
    1 => Accepted,
    2 => Declined,
    3 => Expired,
    4 => Withdrawn,
});

row!(WaitEntry { campaign, booker, recipient, scope, days, entered_at, passed });
row!(Offer { places, offered_at, expires_at });
row!(Correction { eligible, also_admitted, at });

tagged!(Actor {
    1 => Citizen(person),
    2 => Helper(person),
    3 => Staff(staff),
});

tagged!(Channel {
    1 => Online,
    2 => Phone,
    3 => Desk,
    4 => Clinic,
    5 => Server,
});

tagged!(Act {
    1 => Booked { appointment, slot },
    2 => Moved { appointment, from, to },
    3 => Cancelled { appointment },
    4 => LookedUp(what),
    5 => EligibilityCorrected { campaign, eligible, also_admitted },
    6 => AdmissionRevoked { campaign },
    7 => Merged { merged },
    8 => Used(name),
    9 => CheckedIn { appointment },
    10 => NoShow { appointment },
    11 => Fulfilled { appointment },
});

tagged!(LookUp {
    1 => Person,
    2 => Appointments,
    3 => Delegations,
    4 => DayList,
    5 => WaitList,
    6 => DeskList,
    7 => Audit,
    8 => Export,
    150 => Numbers,
    151 => CallBack,
    152 => CallNote,
    153 => Review,
});

row!(AuditEntry { at, who, from, whose, what, why, refused });
row!(Origin { channel, sealed });

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
    13 => Moved(appointments),
    14 => DelegationGiven(recipient),
    15 => DelegationEnded,
    16 => HelperAllowed,
    17 => DraftSaved,
    18 => Reminded { people },
    40 => LookedUp,
    41 => Waiting { id, entry },
    42 => WaitLeft,
    43 => OfferDeclined,
    44 => EligibilityCorrected(person),
    45 => AdmissionRevoked,
    46 => Merged { desk_cases },
    30 => Blocked(counts),
    31 => Unblocked(counts),
    32 => CapacitySet { over },
    33 => SupplySet(supply),
    34 => CheckedIn { id, number },
    35 => NoShow { id, dropped },
    36 => Fulfilled(id),
    60 => Removed { people },
    61 => KeysDestroyed { keys },
    62 => AliasesRenewed,
});

tagged!(RemovalReason {
    1 => PeriodOver,
    2 => Asked,
    3 => KeyGone,
});

tagged!(HoldEnd {
    1 => Confirmed,
    2 => Released,
    3 => Expired,
});

tagged!(AppointmentState {
    1 => Booked,
    2 => Cancelled { at },
    30 => CheckedIn { at, number },
    31 => Fulfilled { at },
    32 => NoShow { at },
});

// 3 told of a move without its old place.
tagged!(MessageKind {
    1 => Booked(id),
    2 => Cancelled(id),
    4 => Reminder(id),
    5 => DelegationGiven { booker },
    6 => DelegationEnded { recipient },
    7 => Moved { id, from },
    25 => PlaceOffered { recipient, slot, until },
    26 => OfferLapsed { recipient, slot, waiting },
    27 => EligibilityCorrected { eligible },
    28 => AdmissionRevoked,
    20 => NoShow(id),
    21 => Fulfilled(id),
});

tagged!(Relation {
    1 => Parent,
    2 => Spouse,
    3 => Child,
    4 => Sibling,
    5 => OtherFamily,
    6 => Carer,
});

row!(Admission { ticket, queue_number, admitted_at, expires_at, eligible });
row!(Removal { reason, keys, draft, messages, delegations, at });
row!(Replaced { appointment, slot });
row!(Delegation { relation, eligible, consent, given_at });
row!(Place { recipient, dose, slot });
row!(SlotId { clinic, visit_on, starts_min });
row!(SlotCounts { capacity, held, booked, blocked });
row!(Supply { total, allotted });
row!(Appointment { campaign, place, booker, booked_at, state });
row!(Message { to, kind, queued_at });

row!(Hold { campaign, booker, places, held_at, expires_at, extended, replaces });

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
