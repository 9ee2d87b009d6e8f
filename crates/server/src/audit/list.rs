//! A list of audit events, one JSON object a line: the head it begins from, the events, the head it ends at.
//!
//! What people read of an event is made from its `entry`, which is what is hashed; a line that says something else is
//! found out.

use super::unhex;
use crate::audit;
use anyhow::{Context as _, Result, ensure};
use booking::{Act, Actor, AppointmentId, AuditEntry, Channel, SlotId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::path::Path;
use store::{AuditEvent, AuditHead, record, verify_audit};
use web::published::hex;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Begin(Head),
    Event(Box<Event>),
    End(Head),
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    incarnation: u32,
    seq: u64,
    hash: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Event {
    seq: u64,
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
    entry: String,
    hash: String,
}

impl From<&AuditHead> for Head {
    fn from(head: &AuditHead) -> Self {
        Self { incarnation: head.incarnation, seq: head.seq, hash: hex(&head.hash) }
    }
}

impl Head {
    fn read(&self) -> Result<AuditHead> {
        let hash = unhex(&self.hash).and_then(|hash| hash.try_into().ok());
        let hash = hash.context("머리의 해시를 읽을 수 없습니다 / the hash of a head cannot be read")?;
        Ok(AuditHead { incarnation: self.incarnation, seq: self.seq, hash })
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

/// Writes the list of the events after `begin`.
pub(crate) fn write<'a>(
    out: &mut impl Write,
    begin: &AuditHead,
    events: impl Iterator<Item = &'a AuditEvent>,
    end: &AuditHead,
) -> Result<()> {
    let mut put = |line: &Line| -> Result<()> {
        serde_json::to_writer(&mut *out, line)?;
        Ok(out.write_all(b"\n")?)
    };
    put(&Line::Begin(begin.into()))?;
    for event in events {
        put(&Line::Event(Box::new(event.into())))?;
    }
    put(&Line::End(end.into()))
}

/// What a list holds, once it has proved itself.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) events: usize,
    pub(crate) end: AuditHead,
    /// Whether it begins with the first event, or at a head that was given away; otherwise nobody knows what was before.
    pub(crate) is_anchored: bool,
}

/// # Errors
/// The first line or event that is not as it was written.
pub(crate) fn check(path: &Path, heads: Option<&Path>) -> Result<Listed> {
    let heads = audit::named_heads(heads)?;
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    let mut events = Vec::new();
    let (mut begin, mut end) = (None, None);
    for (number, text) in std::io::BufReader::new(file).lines().enumerate() {
        let number = number + 1;
        let wrong =
            || format!("{number}번째 줄이 목록의 줄이 아닙니다 / line {number} is not of such a list");
        let text = text.with_context(wrong)?;
        let line: Line = serde_json::from_str(&text).with_context(wrong)?;
        // Letter by letter: nothing is said beside what is understood, and nothing is left out.
        ensure!(serde_json::to_string(&line)? == text, wrong());
        match line {
            Line::Begin(head) if number == 1 => begin = Some(head.read()?),
            Line::Event(event) if begin.is_some() && end.is_none() => {
                events.push(read(&event).with_context(wrong)?);
            }
            Line::End(head) if begin.is_some() && end.is_none() => end = Some(head.read()?),
            _ => ensure!(false, wrong()),
        }
    }
    let cut = "목록이 잘렸습니다 / the list is cut";
    let (begin, end) = (begin.context(cut)?, end.context(cut)?);
    let first = AuditHead::begin(begin.incarnation);
    ensure!(
        begin.seq > 0 || begin == first,
        "목록의 시작이 첫 머리가 아닙니다 / the list does not begin from the first head"
    );
    let found = verify_audit(begin, &events, &heads)?;
    ensure!(found == end, "목록의 끝이 그 머리가 아닙니다 / the list does not end at its head");
    let is_anchored = begin == first || heads.contains(&begin);
    Ok(Listed { events: events.len(), end, is_anchored })
}

fn read(event: &Event) -> Result<AuditEvent> {
    let bytes = unhex(&event.entry).context("entry")?;
    let hash = unhex(&event.hash).and_then(|hash| hash.try_into().ok()).context("hash")?;
    let read = AuditEvent { seq: event.seq, entry: record::decode_audit(&bytes)?, hash };
    ensure!(
        Event::from(&read) == *event,
        "{}번째 사건: 읽히는 말이 기록과 다릅니다 / event {} says something else than its entry",
        event.seq,
        event.seq
    );
    Ok(read)
}
