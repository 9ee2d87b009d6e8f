//! Who was drawn, and the numbers of a line whose lobby was drawn.

use super::{Leaf, Lobby, Places};
use crate::TicketId;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::sync::Arc;

/// The places of a line that take part, as they were frozen. 40 bytes for each, however long people wait.
#[derive(Debug, Clone)]
pub struct Participants {
    campaign: String,
    secret: [u8; 32],
    lobby: Lobby,
    /// In the order in which they were given, each with its position in the list.
    places: Vec<(u64, u32)>,
}

impl Participants {
    /// `place_numbers` of the line, each of another person. The secret of the draw makes receipts that nobody guesses.
    ///
    /// # Panics
    /// With more than four thousand million of them.
    pub fn freeze(campaign: String, secret: [u8; 32], place_numbers: &[u64]) -> Self {
        let leaf = |number: &u64| (Leaf::of(&campaign, receipt(&secret, *number)), *number);
        let mut listed: Vec<(Leaf, u64)> = place_numbers.iter().map(leaf).collect();
        listed.sort_unstable();
        listed.dedup();
        let lobby = Lobby::freeze(listed.iter().map(|(leaf, _)| *leaf).collect());
        let mut places: Vec<(u64, u32)> =
            listed.iter().zip(0..).map(|((_, number), at)| (*number, at)).collect();
        places.sort_unstable();
        Self { campaign, secret, lobby, places }
    }

    pub fn lobby(&self) -> &Lobby {
        &self.lobby
    }

    /// What a participant keeps to find themselves on the list. None for a place that does not take part.
    pub fn receipt(&self, place_number: u64) -> Option<TicketId> {
        self.position(place_number).map(|_| receipt(&self.secret, place_number))
    }

    pub fn leaf(&self, receipt: TicketId) -> Leaf {
        Leaf::of(&self.campaign, receipt)
    }

    fn position(&self, place_number: u64) -> Option<u32> {
        let at = self.places.binary_search_by_key(&place_number, |(number, _)| *number).ok()?;
        Some(self.places[at].1)
    }

    fn before(&self, place_number: u64) -> u64 {
        self.places.partition_point(|(number, _)| *number < place_number) as u64
    }
}

/// What stands for a place on the published list. It is told before the list is frozen, and is the same afterwards.
pub fn receipt(secret: &[u8; 32], place_number: u64) -> TicketId {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(b"charye draw receipt 1\n");
    mac.update(&place_number.to_be_bytes());
    let bytes: [u8; 32] = mac.finalize().into_bytes().into();
    TicketId(std::array::from_fn(|position| bytes[position]))
}

/// Participants first, in the drawn order; behind them everybody else, first come, first served.
#[derive(Debug, Clone)]
pub struct DrawnOrder {
    participants: Arc<Participants>,
    places: Places,
}

impl DrawnOrder {
    /// # Panics
    /// If the places are those of a list of another length.
    pub fn new(participants: Arc<Participants>, places: Places) -> Self {
        assert_eq!(places.count(), participants.lobby.count(), "places of another list");
        Self { participants, places }
    }

    pub fn places(&self) -> &Places {
        &self.places
    }

    /// From 0; no two places have the same.
    pub fn queue_number(&self, place_number: u64) -> u64 {
        match self.participants.position(place_number) {
            Some(position) => self.places.place(u64::from(position)),
            None => self.participants.lobby.count() + place_number - self.participants.before(place_number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Root, Seed};
    use proptest::prelude::*;

    const SECRET: [u8; 32] = [5; 32];

    fn drawn(place_numbers: &[u64]) -> DrawnOrder {
        let participants = Participants::freeze("c".to_owned(), SECRET, place_numbers);
        let count = participants.lobby().count();
        let seed = Seed::of("c", Root([0; 32]), count, "x");
        DrawnOrder::new(Arc::new(participants), Places::new(seed, count))
    }

    proptest! {
        /// Numbers are exactly 0..n; the drawn stand before the others, and these in the order in which they came.
        #[test]
        fn everybody_has_one_number_and_the_drawn_stand_first(chosen in prop::collection::vec(any::<bool>(), 1..60)) {
            let with = |wanted| {
                let all = (0..).zip(&chosen);
                all.filter(move |(_, drawn)| **drawn == wanted).map(|(number, _)| number).collect::<Vec<u64>>()
            };
            let (participants, others) = (with(true), with(false));
            let order = drawn(&participants);
            let numbers = |places: &[u64]| places.iter().map(|place| order.queue_number(*place)).collect::<Vec<_>>();
            let mut first = numbers(&participants);
            first.sort_unstable();
            prop_assert!(first.into_iter().eq(0..participants.len() as u64));
            prop_assert!(numbers(&others).into_iter().eq(participants.len() as u64..chosen.len() as u64));
        }
    }

    #[test]
    fn a_receipt_finds_its_place_on_the_list_and_is_known_before_it_is_frozen() {
        let participants = Participants::freeze("c".to_owned(), SECRET, &[9, 4, 7, 4]);
        assert_eq!(participants.lobby().count(), 3);
        for number in [4, 7, 9] {
            let own = participants.receipt(number).unwrap();
            assert_eq!(own, receipt(&SECRET, number));
            assert!(participants.lobby().inclusion(participants.leaf(own)).is_some());
        }
        assert_eq!(participants.receipt(5), None);
        assert_ne!(receipt(&SECRET, 4), receipt(&[6; 32], 4));
    }
}
