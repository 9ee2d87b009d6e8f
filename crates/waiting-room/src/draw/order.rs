//! The numbers of a line whose lobby was drawn.

use super::{Leaf, Lobby, Places};
use crate::{Line, Ticket};

/// Participants first, in the drawn order; behind them everybody else, first come, first served.
#[derive(Debug)]
pub struct DrawnOrder {
    campaign: String,
    lobby: Lobby,
    places: Places,
    /// The numbers that the participants would have had in the order of arrival, in order: theirs are not given again.
    arrivals: Vec<u64>,
}

impl DrawnOrder {
    /// None while the line has not settled the bucket of some participant.
    pub fn new(
        campaign: String,
        lobby: Lobby,
        places: Places,
        participants: &[Ticket],
        line: &Line,
    ) -> Option<Self> {
        let arrivals = participants.iter().map(|ticket| line.queue_number(ticket));
        let mut arrivals = arrivals.collect::<Option<Vec<u64>>>()?;
        arrivals.sort_unstable();
        Some(Self { campaign, lobby, places, arrivals })
    }

    pub fn lobby(&self) -> &Lobby {
        &self.lobby
    }

    pub fn places(&self) -> &Places {
        &self.places
    }

    /// None while the ticket's bucket is open, or if this line never gave it.
    pub fn queue_number(&self, ticket: &Ticket, line: &Line) -> Option<u64> {
        let arrival = line.queue_number(ticket)?;
        let position = self.lobby.position(Leaf::of(&self.campaign, ticket.id));
        Some(match position {
            Some(position) => self.places.place(position),
            None => self.behind(arrival),
        })
    }

    fn behind(&self, arrival: u64) -> u64 {
        let drawn_before = self.arrivals.partition_point(|drawn| *drawn < arrival) as u64;
        self.lobby.count() + arrival - drawn_before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Root, Seed};
    use crate::{Bucket, CampaignTag, NodeId, TicketId, TicketKind};
    use proptest::prelude::*;

    const NODE: NodeId = NodeId { node: 1, incarnation: 1 };

    fn ticket(bucket: u32, sequence: u32) -> Ticket {
        Ticket {
            campaign: CampaignTag(1),
            kind: TicketKind::Lobby,
            bucket,
            node: NODE,
            sequence,
            id: TicketId(u128::from(bucket * 1_000 + sequence).to_be_bytes()),
            queue_number: None,
            generation: 0,
        }
    }

    fn order(participants: &[Ticket], line: &Line) -> Option<DrawnOrder> {
        let leaves = participants.iter().map(|ticket| Leaf::of("c", ticket.id)).collect();
        let lobby = Lobby::freeze(leaves);
        let seed = Seed::of("c", Root([0; 32]), lobby.count(), "x");
        let places = Places::new(seed, lobby.count());
        DrawnOrder::new("c".to_owned(), lobby, places, participants, line)
    }

    proptest! {
        /// Numbers are exactly 0..n; the drawn stand before the others, and these in the order in which they came.
        #[test]
        fn everybody_has_one_number_and_the_drawn_stand_first(chosen in prop::collection::vec(any::<bool>(), 1..60)) {
            let mut line = Line::default();
            let all: Vec<_> = (0..chosen.len() as u32).map(|n| ticket(n / 7, n % 7)).collect();
            for number in 0..=chosen.len() as u32 / 7 {
                let count = all.iter().filter(|ticket| ticket.bucket == number).count() as u32;
                line.close(Bucket { number, counts: vec![(NODE, count)] });
            }
            let with = |drawn| all.iter().zip(&chosen).filter(move |(_, one)| **one == drawn).map(|(ticket, _)| *ticket);
            let participants: Vec<_> = with(true).collect();
            let order = order(&participants, &line).unwrap();
            let number = |ticket: Ticket| order.queue_number(&ticket, &line).unwrap();
            let mut drawn: Vec<_> = with(true).map(number).collect();
            drawn.sort_unstable();
            prop_assert!(drawn.iter().copied().eq(0..participants.len() as u64));
            prop_assert!(with(false).map(number).eq(participants.len() as u64..all.len() as u64));
        }
    }

    #[test]
    fn nobody_has_a_number_before_the_seconds_of_all_participants_are_over() {
        let mut line = Line::default();
        line.close(Bucket { number: 1, counts: vec![(NODE, 2)] });
        let participants = [ticket(1, 0), ticket(2, 0)];
        assert!(order(&participants, &line).is_none());
        line.close(Bucket { number: 2, counts: vec![(NODE, 1)] });
        let order = order(&participants, &line).unwrap();
        assert_eq!(order.queue_number(&ticket(1, 1), &line), Some(2));
        assert_eq!(order.queue_number(&ticket(3, 0), &line), None);
    }
}
