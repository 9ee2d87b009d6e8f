//! The frozen list and its Merkle tree, as in RFC 9162, section 2.1 (SHA-256; 0 before a leaf, 1 before two nodes).

use super::Leaf;
use sha2::{Digest as _, Sha256};

/// Leaves of a part of the tree whose inner nodes are not kept: a proof makes that many hashes again.
const PART: usize = 1 << 10;

/// The root of the tree: whoever knows it knows whether a list is the one that was frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root(pub [u8; 32]);

/// Everybody who takes part, in the order of their leaves; that order says nothing about who came when.
#[derive(Debug, Clone)]
pub struct Lobby {
    leaves: Vec<Leaf>,
    /// The roots of the parts.
    parts: Vec<[u8; 32]>,
}

/// That a leaf stands in the list: the hashes beside its way to the root, the lowest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// Of the leaf in the list, from 0.
    pub position: u64,
    /// Leaves in the list.
    pub count: u64,
    pub path: Vec<[u8; 32]>,
}

impl Lobby {
    /// A leaf counts once, however often it is given.
    pub fn freeze(mut leaves: Vec<Leaf>) -> Self {
        leaves.sort_unstable();
        leaves.dedup();
        let parts = leaves.chunks(PART).map(|part| top(hashed(part))).collect();
        Self { leaves, parts }
    }

    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    pub fn count(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// Where a leaf stands in the list.
    pub fn position(&self, leaf: Leaf) -> Option<u64> {
        self.leaves.binary_search(&leaf).ok().map(|position| position as u64)
    }

    /// Of an empty list the hash of nothing.
    pub fn root(&self) -> Root {
        Root(if self.leaves.is_empty() { Sha256::digest([]).into() } else { top(self.parts.clone()) })
    }

    /// None for a leaf that is not in the list.
    pub fn inclusion(&self, leaf: Leaf) -> Option<Inclusion> {
        let position = self.position(leaf)? as usize;
        let (part, within) = (position / PART, position % PART);
        let leaves = self.leaves.chunks(PART).nth(part)?;
        let mut path = beside(hashed(leaves), within);
        path.extend(beside(self.parts.clone(), part));
        Some(Inclusion { position: position as u64, count: self.count(), path })
    }
}

impl Inclusion {
    /// Whether the leaf stands at that position of a list with that root.
    pub fn leads(&self, leaf: Leaf, root: Root) -> bool {
        if self.position >= self.count {
            return false;
        }
        let (mut node, mut path) = (of_leaf(leaf), self.path.iter());
        let (mut position, mut width) = (self.position, self.count);
        while width > 1 {
            if position ^ 1 < width {
                let Some(sibling) = path.next() else { return false };
                node = if position & 1 == 0 { of_pair(&node, sibling) } else { of_pair(sibling, &node) };
            }
            (position, width) = (position >> 1, width.div_ceil(2));
        }
        path.next().is_none() && Root(node) == root
    }
}

fn of_leaf(leaf: Leaf) -> [u8; 32] {
    Sha256::new().chain_update([0]).chain_update(leaf.0).finalize().into()
}

fn of_pair(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

fn hashed(leaves: &[Leaf]) -> Vec<[u8; 32]> {
    leaves.iter().map(|leaf| of_leaf(*leaf)).collect()
}

/// One without a neighbour goes up as it is.
fn above(nodes: &[[u8; 32]]) -> Vec<[u8; 32]> {
    nodes.chunks(2).map(|pair| pair.get(1).map_or(pair[0], |right| of_pair(&pair[0], right))).collect()
}

fn top(mut nodes: Vec<[u8; 32]>) -> [u8; 32] {
    while nodes.len() > 1 {
        nodes = above(&nodes);
    }
    nodes[0]
}

fn beside(mut nodes: Vec<[u8; 32]>, mut position: usize) -> Vec<[u8; 32]> {
    let mut path = Vec::new();
    while nodes.len() > 1 {
        path.extend(nodes.get(position ^ 1));
        nodes = above(&nodes);
        position >>= 1;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TicketId;

    fn leaves(count: u32) -> Vec<Leaf> {
        (0..count).map(|n| Leaf::of("c55", TicketId(u128::from(n).to_be_bytes()))).collect()
    }

    /// As the RFC writes it: cut at the largest power of two below the count.
    fn by_the_rfc(leaves: &[Leaf]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => of_leaf(*leaf),
            _ => {
                let cut = leaves.len().next_power_of_two() / 2;
                of_pair(&by_the_rfc(&leaves[..cut]), &by_the_rfc(&leaves[cut..]))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_rfc_for_every_size() {
        for count in (0..70).chain([1_023, 1_024, 1_025, 2_049, 5_000]) {
            let lobby = Lobby::freeze(leaves(count));
            assert_eq!(lobby.root().0, by_the_rfc(lobby.leaves()), "{count} leaves");
        }
    }

    #[test]
    fn everybody_can_prove_their_leaf_and_nobody_another_one() {
        for count in [1, 2, 3, 7, 64, 1_024, 1_500, 2_050] {
            let lobby = Lobby::freeze(leaves(count));
            let root = lobby.root();
            let stranger = Leaf::of("c55", TicketId([9; 16]));
            for leaf in lobby.leaves().iter().step_by(1 + count as usize / 40) {
                let proof = lobby.inclusion(*leaf).unwrap();
                assert!(proof.leads(*leaf, root));
                assert!(!proof.leads(stranger, root));
                let elsewhere = Inclusion { position: proof.position + 1, ..proof.clone() };
                assert!(!elsewhere.leads(*leaf, root));
                let longer =
                    Inclusion { path: [proof.path.clone(), vec![[0; 32]]].concat(), ..proof.clone() };
                assert!(!longer.leads(*leaf, root));
                let shorter =
                    Inclusion { path: proof.path[..proof.path.len().saturating_sub(1)].to_vec(), ..proof };
                assert_eq!(shorter.leads(*leaf, root), count == 1);
            }
            assert_eq!(lobby.inclusion(stranger), None);
        }
    }

    #[test]
    fn the_list_is_the_same_in_whatever_order_and_however_often_they_were_written_down() {
        let mut again = leaves(300);
        again.reverse();
        again.extend(leaves(100));
        assert_eq!(Lobby::freeze(again).root(), Lobby::freeze(leaves(300)).root());
        assert_ne!(Lobby::freeze(leaves(299)).root(), Lobby::freeze(leaves(300)).root());
    }
}
