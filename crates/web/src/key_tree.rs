//! A key for everybody out of one secret, of which single ones can be destroyed.
//!
//! The tree of Goldreich, Goldwasser and Micali (1986): a node's two children are pseudo-random functions of it, the
//! leaves are the keys. To destroy a leaf, every node above it is replaced by the siblings along its path: from these
//! every other leaf can still be made, and nothing makes this one any more (a puncturable pseudo-random function; Boneh
//! and Waters, Kiayias et al., Boyle, Goldwasser and Ivan, all 2013; used as here by Aviram, Gellert and Jager, 2019).
//! The step is HMAC-SHA-256. What is kept is small: one node while nobody is gone, nothing while nobody is left, and
//! at most one node of 37 bytes for each run of neighbours in between and for each level of the tree.
//!
//! **Versions.** Each tree that takes the place of another has the next number. The leaves from the end on are nobody's:
//! each seals the tree of one version for other nodes, and is destroyed when the next version takes its place. So
//! whoever has an older tree can open every later one, and nobody who has kept only later ones can open an older one,
//! wherever a copy of its seal has stayed.

use crate::cipher::AesGcmSiv;
use booking::PersonKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Randomness;

/// Four thousand million people: keys of registrations that came to nothing are not used again.
const HEIGHT: u8 = 32;
const MAGIC: [u8; 8] = *b"CHRYTREE";
const SUM_LENGTH: usize = 8;
const NODE_LENGTH: usize = 37;
const SEALED_AS: &str = "key tree";

/// The nodes that are left, by the first leaf under them. No two of them overlap.
#[derive(Clone, Default)]
pub struct KeyTree {
    nodes: BTreeMap<u32, Node>,
}

#[derive(Clone)]
struct Node {
    height: u8,
    secret: [u8; 32],
}

/// A file that is none, was cut or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoKeyTree;

impl KeyTree {
    pub fn new(secret: [u8; 32]) -> Self {
        Self { nodes: BTreeMap::from([(0, Node { height: HEIGHT, secret })]) }
    }

    /// None when it was destroyed.
    pub fn key(&self, leaf: PersonKey) -> Option<[u8; 32]> {
        let (first, node) = self.above(leaf)?;
        let turns = (0..node.height).rev().map(|level| ((leaf.0 - first) >> level) & 1);
        Some(turns.fold(node.secret, child))
    }

    pub fn is_destroyed(&self, leaf: PersonKey) -> bool {
        self.above(leaf).is_none()
    }

    /// One that was destroyed before stays so.
    pub fn destroy(&mut self, leaf: PersonKey) {
        let Some((mut first, node)) = self.above(leaf) else { return };
        let mut secret = node.secret;
        let height = node.height;
        self.nodes.remove(&first);
        for level in (0..height).rev() {
            let turn = ((leaf.0 - first) >> level) & 1;
            let sibling = Node { height: level, secret: child(secret, 1 - turn) };
            self.nodes.insert(if turn == 0 { first + (1 << level) } else { first }, sibling);
            secret = child(secret, turn);
            first += turn << level;
        }
    }

    /// How many trees were there before this one.
    pub fn version(&self) -> u32 {
        let ends = self.nodes.last_key_value().map_or(0, |(at, node)| u64::from(*at) + (1 << node.height));
        (u64::from(u32::MAX) + 1 - ends) as u32
    }

    /// To be called before it takes the place of the tree that it was made of.
    pub fn end_version(&mut self) {
        self.destroy(seal_of(self.version()));
    }

    /// For whoever has this tree or an earlier one.
    pub fn seal(&self, random: Arc<dyn Randomness>) -> Vec<u8> {
        let key = self.key(seal_of(self.version())).expect("a tree has the key of its own version");
        AesGcmSiv::new(&key, random).seal(SEALED_AS, &self.to_bytes())
    }

    /// A tree of the same history, of this version or a later one; None: it is not.
    pub fn open(&self, version: u32, sealed: &[u8], random: Arc<dyn Randomness>) -> Option<Self> {
        let bytes = AesGcmSiv::new(&self.key(seal_of(version))?, random).open(SEALED_AS, sealed)?;
        Self::from_bytes(&bytes).ok().filter(|tree| tree.version() == version)
    }

    fn above(&self, leaf: PersonKey) -> Option<(u32, &Node)> {
        let (first, node) = self.nodes.range(..=leaf.0).next_back()?;
        let is_under = u64::from(leaf.0 - first) < 1 << node.height;
        is_under.then_some((*first, node))
    }

    /// How many nodes are kept.
    pub fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// [`MAGIC`], the number of nodes (u32), of each its first leaf (u32), height and secret, in order; then the first
    /// bytes of the SHA-256 of all that.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(MAGIC.len() + 4 + self.nodes.len() * NODE_LENGTH + SUM_LENGTH);
        bytes.extend(MAGIC);
        bytes.extend((self.nodes.len() as u32).to_be_bytes());
        for (first, node) in &self.nodes {
            bytes.extend(first.to_be_bytes());
            bytes.push(node.height);
            bytes.extend(node.secret);
        }
        let sum = Sha256::digest(&bytes);
        bytes.extend(&sum[..SUM_LENGTH]);
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoKeyTree> {
        let (body, sum) = bytes.split_last_chunk::<SUM_LENGTH>().ok_or(NoKeyTree)?;
        let is_whole = Sha256::digest(body)[..SUM_LENGTH] == *sum;
        let list = body.strip_prefix(&MAGIC).filter(|_| is_whole).ok_or(NoKeyTree)?;
        let (count, list) = list.split_first_chunk::<4>().ok_or(NoKeyTree)?;
        let (rows, rest) = list.as_chunks::<NODE_LENGTH>();
        if rows.len() != u32::from_be_bytes(*count) as usize || !rest.is_empty() {
            return Err(NoKeyTree);
        }
        rows.iter().try_fold(Self::default(), Self::with)
    }

    /// With the next node, which begins where the ones before have ended, or later.
    fn with(mut self, row: &[u8; NODE_LENGTH]) -> Result<Self, NoKeyTree> {
        let (first, rest) = row.split_first_chunk::<4>().expect("a node is longer");
        let (height, secret) = rest.split_first_chunk::<1>().expect("a node is longer");
        let (first, height) = (u32::from_be_bytes(*first), height[0]);
        let secret = secret.try_into().expect("a node ends with its secret");
        let ends = self.nodes.last_key_value().map_or(0, |(at, node)| u64::from(*at) + (1 << node.height));
        let is_in_place = height <= HEIGHT && u64::from(first) % (1 << height) == 0 && ends <= first.into();
        if !is_in_place {
            return Err(NoKeyTree);
        }
        self.nodes.insert(first, Node { height, secret });
        Ok(self)
    }
}

/// The leaf that seals the tree of that version.
fn seal_of(version: u32) -> PersonKey {
    PersonKey(u32::MAX - version)
}

fn child(secret: [u8; 32], turn: u32) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).expect("HMAC takes a key of any length");
    mac.update(b"charye key tree");
    mac.update(&[turn as u8]);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn tree() -> KeyTree {
        KeyTree::new([7; 32])
    }

    #[test]
    fn everybody_has_a_key_of_their_own_and_only_the_destroyed_one_is_gone() {
        let whole = tree();
        let mut tree = tree();
        let edges = [0, 1, 2, 3, 4, 5, 7, 8, 1_000, 1_001, u32::MAX - 1, u32::MAX].map(PersonKey);
        let keys: BTreeSet<_> = edges.iter().map(|leaf| whole.key(*leaf).unwrap()).collect();
        assert_eq!(keys.len(), edges.len());
        for (position, gone) in edges.iter().enumerate() {
            tree.destroy(*gone);
            tree.destroy(*gone);
            for (other, leaf) in edges.iter().enumerate() {
                let expected = if other <= position { None } else { whole.key(*leaf) };
                assert_eq!(tree.key(*leaf), expected, "{leaf:?} after {gone:?}");
                assert_eq!(tree.is_destroyed(*leaf), other <= position);
            }
            assert_eq!(tree.key(PersonKey(123_456)), whole.key(PersonKey(123_456)));
        }
    }

    /// The secrets that are kept are those of subtrees without the leaf: none of them is on its path.
    #[test]
    fn nothing_that_is_kept_leads_to_what_was_destroyed() {
        let mut tree = tree();
        let gone = PersonKey(0x5a5a_a5a5);
        let mut path = vec![[7; 32]];
        for level in (0..32).rev() {
            path.push(child(*path.last().unwrap(), (gone.0 >> level) & 1));
        }
        tree.destroy(gone);
        assert_eq!(tree.nodes(), 32);
        let bytes = tree.to_bytes();
        for secret in path {
            assert!(!bytes.windows(32).any(|window| window == secret));
        }
    }

    #[test]
    fn a_tree_is_opened_by_those_before_it_and_by_none_after_it() {
        struct Sevens;
        impl Randomness for Sevens {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(7);
            }
        }
        let random = || Arc::new(Sevens);
        let mut trees = vec![tree()];
        for gone in [3, 70_000, 4, u32::MAX / 2] {
            let mut next = trees.last().unwrap().clone();
            next.destroy(PersonKey(gone));
            next.end_version();
            trees.push(next);
        }
        let sealed: Vec<_> = trees.iter().map(|tree| tree.seal(random())).collect();
        for (ours, tree) in trees.iter().enumerate() {
            assert_eq!(tree.version() as usize, ours);
            for (other, sealed) in sealed.iter().enumerate() {
                let opened = tree.open(other as u32, sealed, random()).map(|tree| tree.to_bytes());
                assert_eq!(opened, (ours <= other).then(|| trees[other].to_bytes()), "{ours} opens {other}");
            }
            assert!(tree.open(ours as u32, &KeyTree::new([8; 32]).seal(random()), random()).is_none());
        }
    }

    #[test]
    fn neighbours_who_are_all_gone_take_no_room() {
        let mut tree = tree();
        (0..4_096).for_each(|leaf| tree.destroy(PersonKey(leaf)));
        assert_eq!(tree.nodes(), 32 - 12);
        assert_eq!(tree.to_bytes().len(), 8 + 4 + 20 * 37 + 8);
    }

    #[test]
    fn a_file_is_read_as_it_was_written_and_no_other() {
        let mut tree = tree();
        [3, 9, 70_000].map(PersonKey).into_iter().for_each(|leaf| tree.destroy(leaf));
        let bytes = tree.to_bytes();
        let read = KeyTree::from_bytes(&bytes).unwrap();
        assert_eq!(read.to_bytes(), bytes);
        assert_eq!(read.key(PersonKey(4)), tree.key(PersonKey(4)));
        for cut in 0..bytes.len() {
            assert_eq!(KeyTree::from_bytes(&bytes[..cut]).err(), Some(NoKeyTree));
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(KeyTree::from_bytes(&changed).err(), Some(NoKeyTree), "byte {at}");
        }
    }

    #[test]
    fn nodes_that_overlap_are_no_tree() {
        let bytes = |nodes: &[(u32, u8)]| {
            let nodes =
                nodes.iter().map(|(first, height)| (*first, Node { height: *height, secret: [1; 32] }));
            KeyTree { nodes: nodes.collect() }.to_bytes()
        };
        assert!(KeyTree::from_bytes(&bytes(&[(0, 2), (4, 2)])).is_ok());
        for wrong in [&[(0, 3), (4, 2)][..], &[(2, 2)], &[(0, 33)]] {
            assert_eq!(KeyTree::from_bytes(&bytes(wrong)).err(), Some(NoKeyTree), "{wrong:?}");
        }
    }
}
