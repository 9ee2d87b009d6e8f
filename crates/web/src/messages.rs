//! Messages to people: what waits in the ledger's outbox is put into words and handed to a channel.

use std::collections::VecDeque;
use std::sync::Mutex;

use jiff::Timestamp;

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
