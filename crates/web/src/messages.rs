//! Messages to people: what waits in the ledger's outbox is put into words and handed to a channel.

use crate::actions::open_person;
use crate::app::App;
use crate::claim::Claim;
use crate::error::Problem;
use crate::journey::my::second_of;
use crate::remembered::Remembered;
use crate::wording::{self, Visit};
use booking::{AppointmentId, Message, MessageKind, PersonId, Refusal};
use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Command, StoreError};

const DELIVER_EVERY: Duration = Duration::from_millis(500);
const DELIVERED_AT_ONCE: usize = 500;

/// How often somebody may ask for a message again, and in what time.
const RESENDS_MAX: usize = 3;
const RESENDS_PER: SignedDuration = SignedDuration::from_hours(1);

/// How many messages the demo shows.
const SHOWN_MAX: usize = 5_000;

/// Carries a message to a phone. A real one speaks to a message provider.
pub trait MessageChannel: Send + Sync {
    /// Takes it over and returns at once: how long an answer takes must not tell whether there was somebody to reach.
    fn send(&self, message: OutgoingMessage);
}

#[derive(Debug, Clone)]
pub struct OutgoingMessage {
    pub phone: String,
    pub text: String,
    /// A one-time code inside the text, shown large.
    pub code: Option<String>,
    pub sent_at: Timestamp,
}

/// The demo's channel: keeps the newest messages in memory and shows them on a page.
#[derive(Default)]
pub struct DemoOutbox(Mutex<VecDeque<OutgoingMessage>>);

impl DemoOutbox {
    /// Newest first.
    pub fn newest(&self, limit: usize) -> Vec<OutgoingMessage> {
        self.lock().iter().take(limit).cloned().collect()
    }

    /// Of one phone, newest first.
    pub fn of_phone(&self, phone: &str) -> Vec<OutgoingMessage> {
        self.lock().iter().filter(|message| message.phone == phone).cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<OutgoingMessage>> {
        self.0.lock().expect("nothing panics while holding the outbox")
    }
}

impl MessageChannel for DemoOutbox {
    fn send(&self, message: OutgoingMessage) {
        let mut messages = self.lock();
        messages.push_front(message);
        messages.truncate(SHOWN_MAX);
    }
}

/// Puts what waits in the ledger's outbox into words and hands it over, for ever. A message is marked as sent after it
/// was handed over: a crash in between sends it twice rather than never.
pub async fn deliver(app: Arc<App>) {
    let mut ticks = tokio::time::interval(DELIVER_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = deliver_waiting(&app).await {
            tracing::debug!(error = %error, "messages wait for the ledger");
        }
    }
}

/// Once; [`deliver`] does it for ever.
pub async fn deliver_waiting(app: &App) -> Result<(), StoreError> {
    let waiting = app.store.messages_waiting(DELIVERED_AT_ONCE).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let mut sent = Vec::with_capacity(waiting.len());
    for (id, message) in waiting {
        if let Some(outgoing) = outgoing(app, &message).await? {
            app.channel.send(outgoing);
        }
        sent.push(id);
    }
    let _ = app.store.execute(Command::MessagesSent { messages: sent }.into()).await?;
    Ok(())
}

/// None where the person cannot be read any more, or where no phone of theirs is known: there is nobody to tell.
async fn outgoing(app: &App, message: &Message) -> Result<Option<OutgoingMessage>, StoreError> {
    let known = person(app, message.to).await?;
    let Some(person) = known.filter(|person| !person.phone.is_empty()) else { return Ok(None) };
    let Some(text) = text(app, message).await? else { return Ok(None) };
    Ok(Some(OutgoingMessage { phone: person.phone, text, code: None, sent_at: app.clock.now() }))
}

async fn text(app: &App, message: &Message) -> Result<Option<String>, StoreError> {
    match message.kind {
        MessageKind::Booked(id) => told(app, message.to, id, wording::booked_message).await,
        MessageKind::Cancelled(id) => told(app, message.to, id, wording::cancelled_message).await,
        MessageKind::Moved { id, from } => {
            told(app, message.to, id, |visit| wording::moved_message(visit, from)).await
        }
        MessageKind::NoShow(id) => told(app, message.to, id, wording::missed_message).await,
        MessageKind::Fulfilled(id) => told(app, message.to, id, wording::fulfilled_message).await,
        MessageKind::Reminder(id) => told(app, message.to, id, wording::reminder_message).await,
        MessageKind::DelegationGiven { booker: other } => {
            let helper = person(app, other).await?;
            Ok(helper.map(|helper| wording::delegation_given_message(app, &masked_name(&helper.name))))
        }
        MessageKind::PlaceOffered { recipient, slot, until } => {
            let whose = whose(app, message.to, recipient).await?;
            Ok(Some(wording::place_offered_message(app, &whose, slot, until)))
        }
        MessageKind::OfferLapsed { recipient, slot, waiting } => {
            let whose = whose(app, message.to, recipient).await?;
            Ok(Some(wording::offer_lapsed_message(app, &whose, slot, waiting)))
        }
        MessageKind::EligibilityCorrected { eligible } => {
            Ok(Some(wording::eligibility_corrected_message(app, eligible)))
        }
        MessageKind::AdmissionRevoked => Ok(Some(wording::admission_revoked_message(app))),
        MessageKind::DelegationEnded { recipient: other } => {
            let recipient = person(app, other).await?;
            Ok(recipient
                .map(|recipient| wording::delegation_ended_message(app, &masked_name(&recipient.name))))
        }
    }
}

/// Whose it is, masked, for a reader who is somebody else; empty when the reader is meant.
async fn whose(app: &App, reader: PersonId, recipient: PersonId) -> Result<String, StoreError> {
    if reader == recipient {
        return Ok(String::new());
    }
    let known = person(app, recipient).await?;
    Ok(known.map_or_else(String::new, |person| format!("{}님의 ", masked_name(&person.name))))
}

/// An appointment in words for one reader: with its second dose, and with a name when it is somebody else's.
async fn told(
    app: &App,
    reader: PersonId,
    id: AppointmentId,
    word: impl Fn(&Visit<'_>) -> String,
) -> Result<Option<String>, StoreError> {
    let Some(appointment) = app.store.appointment(id).await? else { return Ok(None) };
    let recipient = appointment.place.recipient;
    let whose = if recipient == reader { None } else { person(app, recipient).await? };
    let own = app.store.appointments_of(recipient).await?;
    let visit = Visit {
        app,
        appointment: &appointment,
        number: id.number(),
        second: second_of(&own, &appointment).map(|(_, second)| second.place.slot),
        whose: whose.map(|person| masked_name(&person.name)),
    };
    Ok(Some(word(&visit)))
}

/// Sends what was sent when an appointment was made, as it stands now, to the phone on record of whoever asks. Not by
/// the ledger's outbox: nothing is lost with it, whoever does not get it asks once more.
pub async fn send_again(app: &App, reader: PersonId, id: AppointmentId) -> Result<(), Problem> {
    let now = app.clock.now();
    app.resends.take(reader, now)?;
    let again = Message { to: reader, kind: MessageKind::Booked(id), queued_at: now };
    if let Some(message) = outgoing(app, &again).await? {
        app.channel.send(message);
    }
    Ok(())
}

/// Who asked for a message again lately. In memory only: a restart forgives.
#[derive(Default)]
pub struct Resends(Mutex<Remembered<PersonId, VecDeque<Timestamp>>>);

impl Resends {
    fn take(&self, person: PersonId, now: Timestamp) -> Result<(), Refusal> {
        let mut lately = self.0.lock().expect("nothing panics while counting messages");
        if lately.get(&person).is_none() {
            lately.put(person, VecDeque::new());
        }
        let times = lately.get_mut(&person).expect("it was put there");
        while times.front().is_some_and(|at| *at + RESENDS_PER <= now) {
            times.pop_front();
        }
        match times.front() {
            Some(first) if times.len() >= RESENDS_MAX => {
                Err(Refusal::MessageTooSoon { again_at: *first + RESENDS_PER })
            }
            _ => {
                times.push_back(now);
                Ok(())
            }
        }
    }
}

pub(crate) async fn person(app: &App, id: PersonId) -> Result<Option<Claim>, StoreError> {
    let record = app.store.person(id).await?;
    Ok(record.and_then(|record| open_person(app, &record.sealed)))
}

/// Of a long name, how many letters are shown as hidden.
const HIDDEN_MAX: usize = 3;

/// The first and the last letter stay: enough to know somebody by, too little to tell a stranger.
pub(crate) fn masked_name(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    match letters[..] {
        [] => String::new(),
        [first] => first.to_string(),
        [first, _] => format!("{first}○"),
        [first, .., last] => format!("{first}{}{last}", "○".repeat((letters.len() - 2).min(HIDDEN_MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::masked_name;

    #[test]
    fn a_name_is_masked_in_its_middle() {
        let masked = ["김", "김철", "김철수", "남궁철수", "Nguyen Thi Hoa"].map(masked_name);
        assert_eq!(masked, ["김", "김○", "김○수", "남○○수", "N○○○a"]);
    }
}
