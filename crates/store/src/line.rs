//! What the waiting room must remember, and how several nodes form one line on it.
//!
//! A node is one life of one process. It reserves sequences in the open bucket durably, ahead of use, and says how many
//! it gave when the bucket is over. One node leads: it opens the next bucket, moves the serving number, writes the gate
//! document; the others read what it wrote. No clock of a machine is compared with that of another: a node stirs with
//! each step, whoever watches counts looks in which it did not, and what is done about a silent node (fencing it,
//! taking its lead) is done by the store only if it has not stirred since.

use crate::StoreError;
use booking::Opening;
use jiff::Timestamp;
use std::collections::BTreeMap;
use waiting_room::{Bucket, CampaignTag, NodeId, Order, Steered};

/// Durable memory of the line, apart from the ledger. Calls block; they come from the gate's keeper, some a tick.
pub trait LineStore: Send + Sync {
    /// Begins a new node, after a check that the memory is whole.
    fn join(&self, campaign: CampaignTag) -> Result<NodeId, StoreError>;

    /// How the line stands, with the buckets that were settled since `settled_from`
    /// ([`LineState::settled_until`] of the look before, or 0).
    fn look(&self, campaign: CampaignTag, settled_from: u32) -> Result<LineState, StoreError>;

    /// One durable step of a node, all or nothing. What it says may be seen when it returned [`Stepped::Done`], not
    /// before.
    fn step(&self, campaign: CampaignTag, node: NodeId, step: &NodeStep) -> Result<Stepped, StoreError>;

    /// Takes the lead, if it is still as it was seen, and the leader of then has not stirred since.
    fn claim(&self, campaign: CampaignTag, node: NodeId, seen: &Seen) -> Result<bool, StoreError>;

    /// What an operator orders, kept for good; answers its number, one more than that of the order before.
    ///
    /// # Errors
    /// [`StoreError`]; then it may have been given or not, and is looked for before it is given again.
    fn order(&self, campaign: CampaignTag, order: &GivenOrder) -> Result<u64, StoreError>;

    /// The orders after that number, the first first.
    fn orders(&self, campaign: CampaignTag, after: u64) -> Result<Vec<(u64, GivenOrder)>, StoreError>;

    /// What the ledger says. It need not be durable: it is told again and again, and the ledger remembers.
    fn tell(&self, campaign: CampaignTag, news: &LedgerNews) -> Result<(), StoreError>;
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineState {
    /// The bucket in which reservations begin. Numbered by the store, never by a clock.
    pub open_bucket: u32,
    /// Those that were asked for, by their number; one in which nobody came is not among them.
    pub settled: Vec<Bucket>,
    /// Every bucket below is settled.
    pub settled_until: u32,
    /// Counts in the open bucket of nodes that have gone.
    pub left_in_open: u64,
    /// Those that were not fenced and did not leave.
    pub nodes: Vec<NodeState>,
    /// One more with each change of the lead.
    pub term: u64,
    pub leader: Option<NodeId>,
    pub led: Led,
    pub news: Option<LedgerNews>,
}

impl LineState {
    pub fn node(&self, id: NodeId) -> Option<&NodeState> {
        self.nodes.iter().find(|node| node.id == id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeState {
    pub id: NodeId,
    /// One more with each of its steps.
    pub beat: u64,
    /// Tickets of it that are not settled yet, as it said last.
    pub given: u32,
    pub door: AtTheDoor,
    /// The store knows for certain that its process has ended. Where it cannot know, never.
    pub is_gone: bool,
}

/// What the leader writes, whole, with each of its steps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Led {
    pub serving_number: u64,
    /// Gate documents are numbered for ever.
    pub gate_sequence: u64,
    /// The gate document of that number, as it is published by every node; empty before the first.
    pub document: Vec<u8>,
    pub opened_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// How quickly the line moves; the next leader goes on from it.
    pub steered: Steered,
}

/// Who has come to the door of a node, of those who were called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AtTheDoor {
    /// Different people since the node began.
    pub arrived: u64,
    /// Who stand there now.
    pub waiting: u64,
}

/// What changed at a node since the step before. An empty one says that it lives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeStep {
    pub lead: Option<LeadStep>,
    /// A bucket in which tickets are or will be given, and the end of the reservation in it.
    pub reserve: Option<(u32, u32)>,
    /// A bucket in which this node gives no more, and how many it gave.
    pub close: Option<(u32, u32)>,
    /// [`NodeState::given`].
    pub given: u32,
    pub door: AtTheDoor,
    /// The node goes; it has closed whatever it reserved.
    pub leaves: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeadStep {
    /// In which this node leads.
    pub term: u64,
    /// The open bucket from now on: as it was, or the next.
    pub open_bucket: u32,
    pub led: Led,
    /// Nodes to be fenced, each only if its beat is still this one: their reservations become their counts.
    pub fence: Vec<(NodeId, u64)>,
}

/// The lead as somebody saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub term: u64,
    /// With its beat; None when nobody led.
    pub leader: Option<(NodeId, u64)>,
}

/// What became of a step. Of one that was not done nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    Done,
    /// The node was taken for dead: what it reserved is closed, and it gives nothing any more. It may join as another.
    Fenced,
    /// Another node leads now.
    NotLeading,
    /// The bucket to reserve in is not the open one any more.
    BucketOver,
}

/// What was ordered, when, by whom and why: the record of it is the order itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenOrder {
    pub given_at: Timestamp,
    /// A name of the staff or of the machine's user.
    pub by: String,
    pub why: String,
    pub order: Order,
}

impl GivenOrder {
    /// As a store keeps it: when, by whom, why, what.
    pub fn texts(&self) -> [String; 4] {
        [self.given_at.to_string(), self.by.clone(), self.why.clone(), self.order.text()]
    }

    /// # Errors
    /// [`StoreError::Corrupt`] where something else stands.
    pub fn of_texts([given_at, by, why, what]: [String; 4]) -> Result<Self, StoreError> {
        let read = || Some((given_at.parse().ok()?, Order::parse(&what).ok()?));
        let corrupt = || StoreError::Corrupt { at: "an order of the line".to_owned() };
        let (given_at, order) = read().ok_or_else(corrupt)?;
        Ok(Self { given_at, by, why, order })
    }
}

/// What the line must know of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerNews {
    /// One more each time: news that do not change are no news, and the ledger is taken for sick.
    pub number: u64,
    pub as_of: Timestamp,
    /// Whether it accepts writes.
    pub is_well: bool,
    pub opening: Opening,
    /// Doses neither held nor booked, by 시·도; None while the ledger has never said.
    pub doses_left: Option<BTreeMap<u64, u32>>,
    pub load: Load,
}

/// How hard the ledger worked in the last second or so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Microseconds within which 99 of 100 commits were done; None when there were too few to say.
    pub commit_us: Option<u64>,
    /// Commands that wait for the writer.
    pub depth: u64,
    /// Requests that found room.
    pub answered: u64,
    /// Requests that found none.
    pub failed: u64,
}

impl Load {
    /// As a store keeps it.
    pub fn text(&self) -> String {
        let commit = self.commit_us.map_or("-".to_owned(), |us| us.to_string());
        format!("{commit} {} {} {}", self.depth, self.answered, self.failed)
    }

    /// Nothing at all is what an earlier release told; None for what [`Load::text`] never wrote.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let words: Vec<&str> = text.split(' ').collect();
        let [commit, depth, answered, failed] = words[..] else { return None };
        Some(Self {
            commit_us: if commit == "-" { None } else { Some(commit.parse().ok()?) },
            depth: depth.parse().ok()?,
            answered: answered.parse().ok()?,
            failed: failed.parse().ok()?,
        })
    }
}

impl<L: LineStore + ?Sized> LineStore for std::sync::Arc<L> {
    fn join(&self, campaign: CampaignTag) -> Result<NodeId, StoreError> {
        (**self).join(campaign)
    }

    fn look(&self, campaign: CampaignTag, settled_from: u32) -> Result<LineState, StoreError> {
        (**self).look(campaign, settled_from)
    }

    fn step(&self, campaign: CampaignTag, node: NodeId, step: &NodeStep) -> Result<Stepped, StoreError> {
        (**self).step(campaign, node, step)
    }

    fn claim(&self, campaign: CampaignTag, node: NodeId, seen: &Seen) -> Result<bool, StoreError> {
        (**self).claim(campaign, node, seen)
    }

    fn order(&self, campaign: CampaignTag, order: &GivenOrder) -> Result<u64, StoreError> {
        (**self).order(campaign, order)
    }

    fn orders(&self, campaign: CampaignTag, after: u64) -> Result<Vec<(u64, GivenOrder)>, StoreError> {
        (**self).orders(campaign, after)
    }

    fn tell(&self, campaign: CampaignTag, news: &LedgerNews) -> Result<(), StoreError> {
        (**self).tell(campaign, news)
    }
}
