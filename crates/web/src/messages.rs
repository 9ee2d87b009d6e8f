//! Messages to people: what waits in the ledger's outbox is put into words and handed to a channel.

use crate::actions::open_person;
use crate::app::App;
use crate::claim::Claim;
use crate::wording;
use booking::{Appointment, AppointmentId, Message, MessageKind, PersonId};
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Command, StoreError};

const DELIVER_EVERY: Duration = Duration::from_millis(500);
const DELIVERED_AT_ONCE: usize = 500;

/// How many messages the demo shows.
const SHOWN_MAX: usize = 5_000;

/// Carries a message to a phone. A real one speaks to a message provider.
pub trait MessageChannel: Send + Sync {
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
    let Some(text) = text(app, message.kind).await? else { return Ok(None) };
    Ok(Some(OutgoingMessage { phone: person.phone, text, code: None, sent_at: app.clock.now() }))
}

type Wording = fn(&App, &Appointment, &str) -> String;

async fn text(app: &App, kind: MessageKind) -> Result<Option<String>, StoreError> {
    let (id, word): (AppointmentId, Wording) = match kind {
        MessageKind::Booked(id) => (id, wording::booked_message),
        MessageKind::Cancelled(id) => (id, wording::cancelled_message),
        MessageKind::Moved(id) => (id, wording::moved_message),
        MessageKind::Reminder(id) => (id, wording::reminder_message),
        MessageKind::DelegationGiven { booker: other } => {
            let helper = person(app, other).await?;
            return Ok(
                helper.map(|helper| wording::delegation_given_message(app, &masked_name(&helper.name)))
            );
        }
        MessageKind::DelegationEnded { recipient: other } => {
            let recipient = person(app, other).await?;
            return Ok(recipient
                .map(|recipient| wording::delegation_ended_message(app, &masked_name(&recipient.name))));
        }
    };
    let known = app.store.appointment(id).await?;
    Ok(known.map(|known| word(app, &known, &id.number())))
}

async fn person(app: &App, id: PersonId) -> Result<Option<Claim>, StoreError> {
    let record = app.store.person(id).await?;
    Ok(record.and_then(|record| open_person(app, &record.sealed)))
}

/// The first and the last letter stay: enough to know somebody by, too little to tell a stranger.
pub(crate) fn masked_name(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    match letters[..] {
        [] => String::new(),
        [first] => first.to_string(),
        [first, _] => format!("{first}○"),
        [first, .., last] => format!("{first}{}{last}", "○".repeat(letters.len() - 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::masked_name;

    #[test]
    fn a_name_is_masked_in_its_middle() {
        let masked = ["김", "김철", "김철수", "남궁철수"].map(masked_name);
        assert_eq!(masked, ["김", "김○", "김○수", "남○○수"]);
    }
}
