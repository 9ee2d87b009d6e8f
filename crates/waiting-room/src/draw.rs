//! The draw: in what order those enter who were verified in the lobby before the opening.
//!
//! Everything here follows from what is published: the list of participants, its root, and a value that a source
//! outside of this service gives out after the root is known ([`Schedule`]). Coming early or fast gains nothing, nor do
//! a thousand tickets: the list has one [`Leaf`] per person, and stands in the order of the leaves themselves.
//!
//! To add to it: whatever changes what is computed here changes [`VERSION`], which every published file names.

mod enrolment;
mod order;
mod places;
mod schedule;
mod tree;

pub use enrolment::Enrolment;
pub use order::{DrawnOrder, Participants, receipt};
pub use places::{Places, Seed};
pub use schedule::{PublicSource, Round, Schedule};
pub use tree::{Inclusion, Lobby, Root};

use crate::TicketId;
use sha2::{Digest as _, Sha256};

/// Of everything that is computed here.
pub const VERSION: u32 = 1;

/// Whoever takes part, as the published list names them: it tells nothing of the ticket or of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leaf(pub [u8; 32]);

impl Leaf {
    /// SHA-256 of a purpose, the campaign's slug with its length before it, and the ticket's id.
    pub fn of(campaign: &str, ticket: TicketId) -> Self {
        let hash = Sha256::new().chain_update(b"charye draw leaf 1\n").chain_update(named(campaign));
        Self(hash.chain_update(ticket.0).finalize().into())
    }
}

/// With its length (four bytes, the highest first), so that what follows cannot be taken for a part of it.
fn named(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u32).to_be_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}
