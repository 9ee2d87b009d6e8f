//! The reference of [`LineStore`]: forgets when the process ends, but not between two lives on the same value.

use crate::line::{
    AtTheDoor, GivenOrder, LeadStep, LedgerNews, LineState, LineStore, NodeState, NodeStep, Seen, Stepped,
};
use crate::{Led, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard};
use waiting_room::{Bucket, CampaignTag, NodeId};

#[derive(Debug, Default)]
pub struct MemoryLine {
    lines: Mutex<HashMap<CampaignTag, State>>,
    /// For a test that must notice.
    forgets_fences: bool,
}

#[derive(Debug, Default)]
struct State {
    lives: u32,
    open_bucket: u32,
    nodes: BTreeMap<NodeId, NodeState>,
    /// (bucket, node) → the end of the reservation.
    reserved: BTreeMap<(u32, NodeId), u32>,
    counts: BTreeMap<(u32, NodeId), u32>,
    term: u64,
    leader: Option<NodeId>,
    led: Led,
    news: Option<LedgerNews>,
    orders: Vec<GivenOrder>,
    gone: BTreeSet<NodeId>,
}

impl MemoryLine {
    /// A line that lets nodes go on that were fenced.
    #[cfg(feature = "conformance")]
    pub fn forgetting_fences() -> Self {
        Self { forgets_fences: true, ..Self::default() }
    }

    /// The processes of all nodes have ended: what a store on one machine knows of itself.
    pub fn everybody_is_gone(&self) {
        for state in self.lines().values_mut() {
            state.gone = state.nodes.keys().copied().collect();
        }
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<CampaignTag, State>> {
        self.lines.lock().expect("no step panics")
    }

    fn with<T>(&self, campaign: CampaignTag, work: impl FnOnce(&mut State) -> T) -> T {
        work(self.lines().entry(campaign).or_default())
    }
}

impl LineStore for MemoryLine {
    fn join(&self, campaign: CampaignTag) -> Result<NodeId, StoreError> {
        Ok(self.with(campaign, State::join))
    }

    fn look(&self, campaign: CampaignTag, settled_from: u32) -> Result<LineState, StoreError> {
        Ok(self.with(campaign, |state| state.look(settled_from)))
    }

    fn step(&self, campaign: CampaignTag, node: NodeId, step: &NodeStep) -> Result<Stepped, StoreError> {
        Ok(self.with(campaign, |state| {
            if self.forgets_fences { state.forget_fences(node, step) } else { state.step(node, step) }
        }))
    }

    fn claim(&self, campaign: CampaignTag, node: NodeId, seen: &Seen) -> Result<bool, StoreError> {
        Ok(self.with(campaign, |state| state.claim(node, seen)))
    }

    fn order(&self, campaign: CampaignTag, order: &GivenOrder) -> Result<u64, StoreError> {
        Ok(self.with(campaign, |state| {
            state.orders.push(order.clone());
            state.orders.len() as u64
        }))
    }

    fn orders(&self, campaign: CampaignTag, after: u64) -> Result<Vec<(u64, GivenOrder)>, StoreError> {
        let numbered = |state: &mut State| (1..).zip(state.orders.iter().cloned()).collect::<Vec<_>>();
        let all = self.with(campaign, numbered);
        Ok(all.into_iter().filter(|(number, _)| *number > after).collect())
    }

    fn tell(&self, campaign: CampaignTag, news: &LedgerNews) -> Result<(), StoreError> {
        self.with(campaign, |state| state.news = Some(news.clone()));
        Ok(())
    }
}

impl State {
    fn join(&mut self) -> NodeId {
        self.lives += 1;
        let is_taken = |number: &u16| self.nodes.keys().any(|id| id.node == *number);
        let node =
            (1..u16::MAX).find(|number| !is_taken(number)).expect("there are fewer nodes than numbers");
        let id = NodeId { node, incarnation: self.lives };
        self.nodes
            .insert(id, NodeState { id, beat: 0, given: 0, door: AtTheDoor::default(), is_gone: false });
        id
    }

    fn look(&self, settled_from: u32) -> LineState {
        let first_unsettled = self.reserved.keys().next().map_or(self.open_bucket, |(bucket, _)| *bucket);
        let settled_until = first_unsettled.min(self.open_bucket);
        let mut settled: Vec<Bucket> = Vec::new();
        let asked = (settled_from, FIRST_NODE)..(settled_until.max(settled_from), FIRST_NODE);
        for ((number, node), count) in self.counts.range(asked) {
            match settled.last_mut() {
                Some(bucket) if bucket.number == *number => bucket.counts.push((*node, *count)),
                _ => settled.push(Bucket { number: *number, counts: vec![(*node, *count)] }),
            }
        }
        let in_open = self.counts.iter().filter(|((bucket, _), _)| *bucket == self.open_bucket);
        let nodes = self.nodes.values();
        LineState {
            open_bucket: self.open_bucket,
            settled,
            settled_until,
            left_in_open: in_open.map(|(_, count)| u64::from(*count)).sum(),
            nodes: nodes.map(|node| NodeState { is_gone: self.gone.contains(&node.id), ..*node }).collect(),
            term: self.term,
            leader: self.leader,
            led: self.led.clone(),
            news: self.news.clone(),
        }
    }

    fn step(&mut self, node: NodeId, step: &NodeStep) -> Stepped {
        if !self.nodes.contains_key(&node) {
            return Stepped::Fenced;
        }
        let open_bucket = match &step.lead {
            Some(lead) if self.leader != Some(node) || self.term != lead.term => return Stepped::NotLeading,
            Some(lead) => lead.open_bucket,
            None => self.open_bucket,
        };
        let may_reserve =
            |(bucket, _): (u32, u32)| bucket == open_bucket || self.reserved.contains_key(&(bucket, node));
        if !step.reserve.is_none_or(may_reserve) {
            return Stepped::BucketOver;
        }
        if let Some(lead) = &step.lead {
            self.lead(lead);
        }
        if let Some((bucket, end)) = step.reserve {
            let reserved = self.reserved.entry((bucket, node)).or_default();
            *reserved = end.max(*reserved);
        }
        if let Some((bucket, count)) = step.close {
            let reserved = self.reserved.remove(&(bucket, node)).expect("what is closed was reserved");
            assert!(count <= reserved, "{count} tickets out of a reservation of {reserved}");
            self.counts.insert((bucket, node), count);
        }
        if step.leaves {
            self.end(node);
        } else if let Some(state) = self.nodes.get_mut(&node) {
            state.beat += 1;
            state.given = step.given;
            state.door = step.door;
        }
        Stepped::Done
    }

    /// Whoever was fenced stays among the nodes, and may close once more what was closed for it.
    fn forget_fences(&mut self, node: NodeId, step: &NodeStep) -> Stepped {
        if let Some((bucket, _)) = step.close {
            self.reserved.entry((bucket, node)).or_insert(u32::MAX);
        }
        let stepped = self.step(node, step);
        for (fenced, beat) in step.lead.iter().flat_map(|lead| &lead.fence) {
            let id = *fenced;
            let door = AtTheDoor::default();
            let forgotten = NodeState { id, beat: *beat, given: 0, door, is_gone: false };
            self.nodes.entry(id).or_insert(forgotten);
        }
        stepped
    }

    fn lead(&mut self, lead: &LeadStep) {
        self.open_bucket = lead.open_bucket;
        self.led = lead.led.clone();
        for (node, beat) in &lead.fence {
            if self.nodes.get(node).is_some_and(|state| state.beat == *beat) {
                self.end(*node);
            }
        }
    }

    /// Whatever is still reserved counts to its end.
    fn end(&mut self, node: NodeId) {
        let reserved = std::mem::take(&mut self.reserved);
        let (of_the_node, others) = reserved.into_iter().partition(|((_, owner), _)| *owner == node);
        self.reserved = others;
        self.counts.extend::<BTreeMap<_, _>>(of_the_node);
        self.nodes.remove(&node);
        self.gone.remove(&node);
        self.leader = self.leader.filter(|leader| *leader != node);
    }

    fn claim(&mut self, node: NodeId, seen: &Seen) -> bool {
        let leader = self.leader.and_then(|leader| self.nodes.get(&leader));
        let now = Seen { term: self.term, leader: leader.map(|state| (state.id, state.beat)) };
        if now != *seen || !self.nodes.contains_key(&node) {
            return false;
        }
        self.term += 1;
        self.leader = Some(node);
        true
    }
}

const FIRST_NODE: NodeId = NodeId { node: 0, incarnation: 0 };
