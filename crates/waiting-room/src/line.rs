//! The order of the line, from counts per bucket and node alone.

use crate::Ticket;
use std::collections::HashMap;

/// A node of the gate and which of its lives: after a restart it is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    pub node: u16,
    /// 24 bits travel in a ticket.
    pub incarnation: u32,
}

/// A closed bucket: how many tickets each node gave in it. For a node that died, the end of its reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    pub number: u32,
    pub counts: Vec<(NodeId, u32)>,
}

/// All closed buckets. Eight bytes and a few per second in which somebody came; nothing per person.
#[derive(Debug, Default)]
pub struct Line {
    settled: u64,
    buckets: HashMap<u32, Settled>,
}

#[derive(Debug)]
struct Settled {
    before: u64,
    counts: Vec<(NodeId, u32)>,
}

impl Line {
    /// Buckets close in their order; the numbers given out before never change.
    pub fn close(&mut self, bucket: Bucket) {
        let count: u64 = bucket.counts.iter().map(|(_, count)| u64::from(*count)).sum();
        let closed = Settled { before: self.settled, counts: bucket.counts };
        let twice = self.buckets.insert(bucket.number, closed);
        assert!(twice.is_none(), "bucket {} closed twice", bucket.number);
        self.settled += count;
    }

    /// How many places are settled.
    pub fn settled(&self) -> u64 {
        self.settled
    }

    /// The final number of a ticket's place, from 0, in the order in which they were given; None while its bucket is open, or if this line never gave it.
    pub fn place_number(&self, ticket: &Ticket) -> Option<u64> {
        let bucket = self.buckets.get(&ticket.bucket)?;
        let (_, own_count) = bucket.counts.iter().find(|(node, _)| *node == ticket.node)?;
        if ticket.sequence >= *own_count {
            return None;
        }
        Some(bucket.before + rank(&bucket.counts, ticket.node, ticket.sequence))
    }
}

/// How many tickets of the bucket stand before (sequence, node): of every node those with a lower sequence, and of
/// the nodes numbered before also the one with the same sequence.
fn rank(counts: &[(NodeId, u32)], node: NodeId, sequence: u32) -> u64 {
    counts
        .iter()
        .map(|(other, count)| {
            let up_to = u64::from(sequence) + u64::from(*other < node);
            u64::from(*count).min(up_to)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CampaignTag, TicketId, TicketKind};
    use proptest::prelude::*;

    fn node(node: u16) -> NodeId {
        NodeId { node, incarnation: 1 }
    }

    fn ticket(bucket: u32, node: NodeId, sequence: u32) -> Ticket {
        let id = TicketId([0; 16]);
        Ticket {
            campaign: CampaignTag(1),
            kind: TicketKind::Line,
            bucket,
            node,
            sequence,
            id,
            place_number: None,
            generation: 0,
        }
    }

    #[test]
    fn an_open_bucket_has_no_numbers_yet() {
        let mut line = Line::default();
        assert_eq!(line.place_number(&ticket(1, node(1), 0)), None);
        line.close(Bucket { number: 1, counts: vec![(node(1), 3)] });
        assert_eq!(line.place_number(&ticket(1, node(1), 2)), Some(2));
        assert_eq!(line.place_number(&ticket(1, node(1), 3)), None);
        assert_eq!(line.place_number(&ticket(1, node(2), 0)), None);
    }

    #[test]
    fn a_new_life_of_a_node_is_another_node() {
        let mut line = Line::default();
        line.close(Bucket { number: 7, counts: vec![(node(1), 2)] });
        let reborn = NodeId { node: 1, incarnation: 2 };
        assert_eq!(line.place_number(&ticket(7, reborn, 0)), None);
    }

    proptest! {
        /// Numbers are exactly 0..n, and follow (bucket, sequence, node).
        #[test]
        fn every_ticket_has_one_number_in_order(counts in prop::collection::vec(prop::collection::vec(0_u32..6, 3), 1..8)) {
            let mut line = Line::default();
            let mut order = Vec::new();
            for (bucket, per_node) in counts.iter().enumerate() {
                let bucket = bucket as u32;
                let of_nodes: Vec<_> = (0_u16..).zip(per_node).map(|(n, count)| (node(n), *count)).collect();
                for (node, count) in &of_nodes {
                    order.extend((0..*count).map(|sequence| (bucket, sequence, *node)));
                }
                line.close(Bucket { number: bucket, counts: of_nodes });
            }
            order.sort_unstable();
            for (expected, (bucket, sequence, node)) in order.into_iter().enumerate() {
                prop_assert_eq!(line.place_number(&ticket(bucket, node, sequence)), Some(expected as u64));
            }
        }
    }
}
