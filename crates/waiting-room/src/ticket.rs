//! 대기표: a signed place in line. It gives no right to book.

use crate::{KeyRing, NodeId, Purpose};

/// Of a ticket whose place was never taken over: most of them, and what an earlier release reads.
const FIRST_VERSION: u8 = 1;
const FIRST_LENGTH: usize = 41;
/// With its generation.
const MOVED_VERSION: u8 = 2;
const MOVED_LENGTH: usize = FIRST_LENGTH + 2;
const UNSETTLED: u64 = u64::MAX;

/// The campaign, as the line knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CampaignTag(pub u16);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TicketId(pub [u8; 16]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketKind {
    /// Taken before the opening.
    Lobby = 1,
    /// Taken after it.
    Line = 2,
}

/// Fixed-width fields; never bound to an address. Order of the line: bucket, then sequence, then node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    pub campaign: CampaignTag,
    pub kind: TicketKind,
    /// The arrival second, numbered by the shared store.
    pub bucket: u32,
    pub node: NodeId,
    /// How many on that node in that bucket came before.
    pub sequence: u32,
    pub id: TicketId,
    /// As the places were given; final once known, None while the bucket is open. In a line that is drawn it is not the
    /// number by which people are called.
    pub place_number: Option<u64>,
    /// How often the place was taken over before; the newest counts.
    pub generation: u16,
}

impl Ticket {
    /// Of a place that goes on elsewhere: all that is needed of a settled ticket is its number.
    pub fn moved(campaign: CampaignTag, place_number: u64, generation: u16) -> Self {
        Self {
            campaign,
            kind: TicketKind::Line,
            bucket: 0,
            node: NodeId { node: 0, incarnation: 0 },
            sequence: 0,
            id: Self::place_id(place_number),
            place_number: Some(place_number),
            generation,
        }
    }

    /// Names a settled place, whichever ticket of it somebody carries.
    pub fn place_id(place_number: u64) -> TicketId {
        let mut id = [0; 16];
        id[8..].copy_from_slice(&place_number.to_be_bytes());
        TicketId(id)
    }

    pub fn seal(&self, keys: &KeyRing) -> String {
        let bytes = self.to_bytes();
        let length = if self.generation == 0 { FIRST_LENGTH } else { MOVED_LENGTH };
        keys.seal(Purpose::Ticket, &bytes[..length])
    }

    /// None for anything forged, foreign in kind, or of another version.
    pub fn open(keys: &KeyRing, token: &str) -> Option<Self> {
        Self::from_bytes(&keys.open(Purpose::Ticket, token)?)
    }

    fn to_bytes(self) -> [u8; MOVED_LENGTH] {
        let mut bytes = [0; MOVED_LENGTH];
        bytes[0] = if self.generation == 0 { FIRST_VERSION } else { MOVED_VERSION };
        bytes[1..3].copy_from_slice(&self.campaign.0.to_be_bytes());
        bytes[3] = self.kind as u8;
        bytes[4..8].copy_from_slice(&self.bucket.to_be_bytes());
        bytes[8..10].copy_from_slice(&self.node.node.to_be_bytes());
        bytes[10..13].copy_from_slice(&self.node.incarnation.to_be_bytes()[1..]);
        bytes[13..17].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[17..33].copy_from_slice(&self.id.0);
        bytes[33..FIRST_LENGTH].copy_from_slice(&self.place_number.unwrap_or(UNSETTLED).to_be_bytes());
        bytes[FIRST_LENGTH..].copy_from_slice(&self.generation.to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (bytes, rest) = bytes.split_first_chunk::<FIRST_LENGTH>()?;
        let generation = match (bytes[0], rest) {
            (FIRST_VERSION, []) => 0,
            (MOVED_VERSION, [high, low]) => u16::from_be_bytes([*high, *low]),
            _ => return None,
        };
        let kind = match bytes[3] {
            1 => TicketKind::Lobby,
            2 => TicketKind::Line,
            _ => return None,
        };
        let place_number = u64::from_be_bytes(part(bytes, 33));
        Some(Self {
            campaign: CampaignTag(u16::from_be_bytes(part(bytes, 1))),
            kind,
            bucket: u32::from_be_bytes(part(bytes, 4)),
            node: NodeId {
                node: u16::from_be_bytes(part(bytes, 8)),
                incarnation: u32::from_be_bytes([0, bytes[10], bytes[11], bytes[12]]),
            },
            sequence: u32::from_be_bytes(part(bytes, 13)),
            id: TicketId(part(bytes, 17)),
            place_number: (place_number != UNSETTLED).then_some(place_number),
            generation,
        })
    }
}

impl std::fmt::Debug for TicketId {
    /// The first two bytes only: a log line must not carry a place in line.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TicketId({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

fn part<const N: usize>(bytes: &[u8; FIRST_LENGTH], from: usize) -> [u8; N] {
    std::array::from_fn(|position| bytes[from + position])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyId;

    fn ticket() -> Ticket {
        Ticket {
            campaign: CampaignTag(55),
            kind: TicketKind::Lobby,
            bucket: 70_000,
            node: NodeId { node: 3, incarnation: 0x00_12_34_56 },
            sequence: 4_000_000_000,
            id: TicketId([5; 16]),
            place_number: None,
            generation: 0,
        }
    }

    #[test]
    fn a_ticket_reads_back_as_it_was_sealed() {
        let keys = KeyRing::new(KeyId(1), &[1; 32]);
        let settled = Ticket { place_number: Some(1_204_551), kind: TicketKind::Line, ..ticket() };
        let moved = Ticket { generation: 0x01_02, ..settled };
        for ticket in [ticket(), settled, moved] {
            assert_eq!(Ticket::open(&keys, &ticket.seal(&keys)), Some(ticket));
        }
    }

    #[test]
    fn a_pass_or_another_length_is_no_ticket() {
        let keys = KeyRing::new(KeyId(1), &[1; 32]);
        assert_eq!(
            Ticket::open(&keys, &keys.seal(Purpose::Pass, &ticket().to_bytes()[..FIRST_LENGTH])),
            None
        );
        let bytes = ticket().to_bytes();
        for wrong in [&bytes[1..FIRST_LENGTH], &bytes[..FIRST_LENGTH - 1], &bytes[..MOVED_LENGTH]] {
            assert_eq!(Ticket::open(&keys, &keys.seal(Purpose::Ticket, wrong)), None);
        }
    }
}
