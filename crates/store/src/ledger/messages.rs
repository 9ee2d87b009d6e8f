//! The messages that wait, by their numbers, sixty-four and sixty-four together: they are queued in the order of the
//! numbers and mostly sent in it, so hardly any memory lies between them.

use booking::{Message, MessageId, PersonId};
use std::collections::BTreeMap;

const TOGETHER: u64 = 64;

#[derive(Debug, Default)]
pub(super) struct Messages(BTreeMap<u64, Vec<(MessageId, Message)>>);

impl Messages {
    pub(super) fn insert(&mut self, id: MessageId, message: Message) {
        let some = self.0.entry(id.0 / TOGETHER).or_default();
        let at = some.partition_point(|(other, _)| *other < id);
        match some.get_mut(at) {
            Some(there) if there.0 == id => there.1 = message,
            _ => some.insert(at, (id, message)),
        }
    }

    pub(super) fn remove(&mut self, id: MessageId) {
        let number = id.0 / TOGETHER;
        let Some(some) = self.0.get_mut(&number) else { return };
        some.retain(|(other, _)| *other != id);
        if some.is_empty() {
            self.0.remove(&number);
        }
    }

    /// Everything that waits for somebody.
    pub(super) fn withdraw(&mut self, person: PersonId) {
        for some in self.0.values_mut() {
            some.retain(|(_, message)| message.to != person);
        }
        self.0.retain(|_, some| !some.is_empty());
    }

    /// The oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(MessageId, Message)> {
        self.0.values().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use booking::{AppointmentId, MessageKind};
    use jiff::Timestamp;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_kept_as_a_map_keeps_them(steps in prop::collection::vec((0_u64..300, any::<bool>()), 0..400)) {
            let (mut messages, mut model) = (Messages::default(), BTreeMap::new());
            for (number, is_queued) in steps {
                let (id, to) = (MessageId(number), PersonId(number));
                let kind = MessageKind::Booked(AppointmentId(number));
                let message = Message { to, kind, queued_at: Timestamp::UNIX_EPOCH };
                if is_queued {
                    messages.insert(id, message);
                    model.insert(id, message);
                } else {
                    messages.remove(id);
                    model.remove(&id);
                }
            }
            let all: Vec<_> = messages.iter().copied().collect();
            prop_assert_eq!(all, model.into_iter().collect::<Vec<_>>());
        }
    }
}
