//! Messages to people: what waits in the ledger's outbox is put into words and handed to a channel.

use crate::actions::open_person;
use crate::app::App;
use crate::wording;
use booking::{Message, MessageKind};
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

async fn deliver_waiting(app: &App) -> Result<(), StoreError> {
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

/// None where the person cannot be read any more: there is nobody to tell.
async fn outgoing(app: &App, message: &Message) -> Result<Option<OutgoingMessage>, StoreError> {
    let (appointment, is_cancelled) = match message.kind {
        MessageKind::Booked(appointment) => (appointment, false),
        MessageKind::Cancelled(appointment) => (appointment, true),
    };
    let Some(record) = app.store.person(message.to).await? else { return Ok(None) };
    let Some(person) = open_person(app, &record.sealed) else { return Ok(None) };
    let Some(known) = app.store.appointment(appointment).await? else { return Ok(None) };
    let number = appointment.number();
    let text = if is_cancelled {
        wording::cancelled_message(app, &known, &number)
    } else {
        wording::booked_message(app, &known, &number)
    };
    Ok(Some(OutgoingMessage { phone: person.phone, text, code: None, sent_at: app.clock.now() }))
}
