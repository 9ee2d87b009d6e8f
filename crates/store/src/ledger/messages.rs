//! The messages that wait, by their numbers, sixty-four and sixty-four together: they are queued in the order of the
//! numbers and mostly sent in it, so hardly any memory lies between them. Each as bytes, a third of what it takes in a
//! table: hardly any is looked at before it is sent.

use crate::record;
use booking::{Message, MessageId, PersonId};
use std::collections::BTreeMap;

const TOGETHER: u64 = 64;

#[derive(Debug, Default)]
pub(super) struct Messages(BTreeMap<u64, Bundle>);

/// In the order of their numbers, each: which of the sixty-four, how many bytes, the bytes.
#[derive(Debug, Default)]
struct Bundle {
    bytes: Vec<u8>,
    /// None of them is behind it.
    last: u8,
}

const HEAD: usize = 2;

impl Bundle {
    /// Where each begins and ends, and which it is.
    fn places(&self) -> impl Iterator<Item = (std::ops::Range<usize>, u8)> {
        let mut next = 0;
        std::iter::from_fn(move || {
            let head = self.bytes.get(next..next + HEAD)?;
            let begin = next;
            next += HEAD + usize::from(head[1]);
            Some((begin..next, head[0]))
        })
    }

    fn message(&self, place: &std::ops::Range<usize>) -> Message {
        record::message_of(&self.bytes[place.start + HEAD..place.end])
    }

    fn put(&mut self, which: u8, message: &Message) {
        let at = if which > self.last { self.bytes.len() } else { self.make_room(which) };
        self.last = self.last.max(which);
        let end = self.bytes.len();
        self.bytes.extend([which, 0]);
        record::put_message(message, &mut self.bytes);
        let length = self.bytes.len() - end;
        self.bytes[end + 1] = u8::try_from(length - HEAD).expect("a message is a few dozen bytes");
        self.bytes[at..].rotate_right(length);
        // No more are to come.
        if u64::from(which) == TOGETHER - 1 {
            self.bytes.shrink_to_fit();
        }
    }

    /// Where it belongs, without the one that was there.
    fn make_room(&mut self, which: u8) -> usize {
        self.remove(which);
        let found = self.places().find(|(_, other)| *other > which);
        found.map_or(self.bytes.len(), |(place, _)| place.start)
    }

    fn remove(&mut self, which: u8) {
        let found = self.places().find(|(_, other)| *other == which);
        if let Some((place, _)) = found {
            self.bytes.drain(place);
        }
    }
}

fn number(id: MessageId) -> (u64, u8) {
    (id.0 / TOGETHER, (id.0 % TOGETHER) as u8)
}

impl Messages {
    pub(super) fn insert(&mut self, id: MessageId, message: &Message) {
        let (number, which) = number(id);
        self.0.entry(number).or_default().put(which, message);
    }

    pub(super) fn remove(&mut self, id: MessageId) {
        let (number, which) = number(id);
        let Some(bundle) = self.0.get_mut(&number) else { return };
        bundle.remove(which);
        if bundle.bytes.is_empty() {
            self.0.remove(&number);
        }
    }

    /// Everything that waits for somebody.
    pub(super) fn withdraw(&mut self, person: PersonId) {
        let theirs: Vec<MessageId> =
            self.iter().filter(|(_, message)| message.to == person).map(|(id, _)| id).collect();
        for id in theirs {
            self.remove(id);
        }
    }

    /// The oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (MessageId, Message)> {
        self.0.iter().flat_map(|(number, bundle)| {
            let all = bundle.places();
            all.map(move |(place, which)| {
                (MessageId(number * TOGETHER + u64::from(which)), bundle.message(&place))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use booking::{AppointmentId, MessageKind};
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn to(number: u64) -> Message {
        let kind = MessageKind::Booked(AppointmentId(number));
        Message { to: PersonId(number % 3), kind, queued_at: Timestamp::UNIX_EPOCH }
    }

    proptest! {
        #[test]
        fn they_are_kept_as_a_map_keeps_them(steps in prop::collection::vec((0_u64..300, 0..20), 0..400)) {
            let (mut messages, mut model) = (Messages::default(), BTreeMap::new());
            for (number, step) in steps {
                let id = MessageId(number);
                match step {
                    0 => {
                        messages.withdraw(PersonId(1));
                        model.retain(|_, message: &mut Message| message.to != PersonId(1));
                    }
                    1..8 => {
                        messages.remove(id);
                        model.remove(&id);
                    }
                    _ => {
                        messages.insert(id, &to(number));
                        model.insert(id, to(number));
                    }
                }
            }
            let all: Vec<_> = messages.iter().collect();
            prop_assert_eq!(all, model.into_iter().collect::<Vec<_>>());
        }
    }
}
