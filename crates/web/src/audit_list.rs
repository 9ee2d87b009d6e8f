//! A list of audit events, one JSON object a line: the head it begins from, the events, the head it ends at. The service
//! sends it ([`crate::staff`]) and `charye audit` writes and reads it.
//!
//! What people read of an event is made from its `entry`, which is what is hashed; a line that says something else is
//! found out. There is nothing in it that the record does not have: people are numbers, what staff said is sealed.

use crate::published::hex;
use booking::{Act, Actor, AppointmentId, AuditEntry, Channel, SlotId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{AuditEvent, AuditHead, record};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Begin(Head),
    Event(Box<Event>),
    End(Head),
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub incarnation: u32,
    pub seq: u64,
    pub hash: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub seq: u64,
    at: String,
    /// `citizen`, `helper` or `staff`, with a number.
    who: String,
    channel: String,
    /// The person, by number.
    whose: Option<u64>,
    what: Value,
    /// The 안내 번호 of a "no".
    refused: Option<u16>,
    /// Where staff sat and what they said, sealed.
    from_sealed: String,
    why_sealed: String,
    pub entry: String,
    pub hash: String,
}

impl Line {
    pub fn begin(head: &AuditHead) -> Self {
        Self::Begin(head.into())
    }

    pub fn event(event: &AuditEvent) -> Self {
        Self::Event(Box::new(event.into()))
    }

    pub fn end(head: &AuditHead) -> Self {
        Self::End(head.into())
    }

    /// With the end of the line.
    pub fn write(&self, out: &mut Vec<u8>) {
        serde_json::to_writer(&mut *out, self).expect("plain data becomes JSON, and memory takes it");
        out.push(b'\n');
    }
}

impl From<&AuditHead> for Head {
    fn from(head: &AuditHead) -> Self {
        Self { incarnation: head.incarnation, seq: head.seq, hash: hex(&head.hash) }
    }
}

impl From<&AuditEvent> for Event {
    fn from(event: &AuditEvent) -> Self {
        let entry = &event.entry;
        let mut bytes = Vec::new();
        record::encode_audit(entry, &mut bytes);
        Self {
            seq: event.seq,
            at: entry.at.to_string(),
            who: match entry.who {
                Actor::Citizen(person) => format!("citizen {}", person.0),
                Actor::Helper(person) => format!("helper {}", person.0),
                Actor::Staff(staff) => format!("staff {}", staff.0),
            },
            channel: channel(entry.from.channel).to_owned(),
            whose: entry.whose.map(|person| person.0),
            what: what(entry),
            refused: entry.refused,
            from_sealed: hex(&entry.from.sealed),
            why_sealed: hex(&entry.why),
            entry: hex(&bytes),
            hash: hex(&event.hash),
        }
    }
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Online => "online",
        Channel::Phone => "phone",
        Channel::Desk => "desk",
        Channel::Clinic => "clinic",
        Channel::Server => "server",
    }
}

fn what(entry: &AuditEntry) -> Value {
    let slot = |slot: SlotId| {
        let (hour, minute) = (slot.starts_min / 60, slot.starts_min % 60);
        format!("{} {} {hour:02}:{minute:02}", slot.clinic, slot.visit_on)
    };
    let of = |name: &str, id: AppointmentId| json!({ name: { "appointment": id.number() } });
    match &entry.what {
        Act::Booked { appointment, slot: at } => {
            json!({ "booked": { "appointment": appointment.number(), "slot": slot(*at) } })
        }
        Act::Moved { appointment, from, to } => {
            json!({ "moved": { "appointment": appointment.number(), "from": slot(*from), "to": slot(*to) } })
        }
        Act::Cancelled { appointment } => of("cancelled", *appointment),
        Act::CheckedIn { appointment } => of("checked_in", *appointment),
        Act::NoShow { appointment } => of("no_show", *appointment),
        Act::Fulfilled { appointment } => of("fulfilled", *appointment),
        Act::LookedUp(what) => json!({ "looked_up": format!("{what:?}") }),
        Act::EligibilityCorrected { campaign, eligible, also_admitted } => json!({
            "eligibility_corrected": { "campaign": campaign.0, "eligible": eligible, "also_admitted": also_admitted }
        }),
        Act::AdmissionRevoked { campaign } => json!({ "admission_revoked": { "campaign": campaign.0 } }),
        Act::Merged { merged } => json!({ "merged": { "person": merged.0 } }),
        Act::Used(name) => json!({ "used": name }),
    }
}
