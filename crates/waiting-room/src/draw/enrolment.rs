//! Who takes part: people, not tickets.

use super::{Leaf, Lobby};
use crate::TicketId;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// One ticket per person, the first on which they proved who they are: a thousand more gain nothing. What a person is
/// known by never leaves it.
#[derive(Debug, Clone)]
pub struct Enrolment<P> {
    first: BTreeMap<P, TicketId>,
}

impl<P> Default for Enrolment<P> {
    fn default() -> Self {
        Self { first: BTreeMap::new() }
    }
}

impl<P: Ord> Enrolment<P> {
    /// Whether the person is new; whoever is not stays with the ticket that they had.
    pub fn enrol(&mut self, person: P, ticket: TicketId) -> bool {
        match self.first.entry(person) {
            Entry::Vacant(place) => {
                place.insert(ticket);
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    /// In the order of what people are known by.
    pub fn participants(&self) -> impl Iterator<Item = (&P, TicketId)> {
        self.first.iter().map(|(person, ticket)| (person, *ticket))
    }

    pub fn freeze(&self, campaign: &str) -> Lobby {
        Lobby::freeze(self.first.values().map(|ticket| Leaf::of(campaign, *ticket)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_again_stands_once_with_their_first_ticket() {
        let mut enrolment = Enrolment::default();
        assert!(enrolment.enrol("a", TicketId([1; 16])));
        assert!(enrolment.enrol("b", TicketId([2; 16])));
        assert!(!enrolment.enrol("a", TicketId([3; 16])));
        let lobby = enrolment.freeze("c55");
        assert_eq!(lobby.count(), 2);
        assert!(lobby.position(Leaf::of("c55", TicketId([1; 16]))).is_some());
        assert_eq!(lobby.position(Leaf::of("c55", TicketId([3; 16]))), None);
    }
}
