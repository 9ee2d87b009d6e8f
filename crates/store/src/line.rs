//! What the waiting room must remember: counts per second, the serving number, whether the doors have opened.

use crate::StoreError;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Mutex;
use waiting_room::{Bucket, CampaignTag, NodeId};

/// Durable memory of the line, a file of its own. Calls block; they come from the gate's keeper, once a tick.
pub trait LineStore: Send + Sync {
    /// Begins a new life of this node: closes what an earlier life left open, at the end of its reservation, and
    /// returns all there is.
    fn begin(&self, campaign: CampaignTag) -> Result<LineRecord, StoreError>;

    /// One durable step, all or nothing. What it says may be published when it returns, not before.
    fn save(&self, campaign: CampaignTag, step: &LineStep) -> Result<(), StoreError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRecord {
    pub node: NodeId,
    pub closed: Vec<Bucket>,
    /// The number of the next bucket; buckets are numbered by the store, never by a clock.
    pub next_bucket: u32,
    pub serving_number: u64,
    pub gate_sequence: u64,
    pub opened_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

/// What changed since the step before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineStep {
    /// The bucket that ends, and how many tickets this node gave in it.
    pub close: Option<(u32, u32)>,
    /// A bucket that tickets are or will be given in, and the end of the reservation in it.
    pub reserve: Option<(u32, u32)>,
    pub serving_number: u64,
    /// Gate documents are numbered for ever; a restart goes on behind this number.
    pub gate_sequence: u64,
    pub opened_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

/// The reference: forgets when the process ends, but not between two lives begun on the same value.
#[derive(Debug, Default)]
pub struct MemoryLine(Mutex<MemoryState>);

#[derive(Debug, Default)]
struct MemoryState {
    incarnation: u32,
    closed: Vec<Bucket>,
    /// Bucket → end of the reservation in it. Around a change of bucket there are two.
    open: BTreeMap<u32, u32>,
    last: LineStep,
}

impl LineStore for MemoryLine {
    fn begin(&self, _campaign: CampaignTag) -> Result<LineRecord, StoreError> {
        let mut state = self.0.lock().expect("no step panics");
        let earlier = NodeId { node: 1, incarnation: state.incarnation };
        for (number, reserved) in std::mem::take(&mut state.open) {
            state.closed.push(Bucket { number, counts: vec![(earlier, reserved)] });
        }
        state.incarnation += 1;
        Ok(LineRecord {
            node: NodeId { node: 1, incarnation: state.incarnation },
            next_bucket: state.closed.last().map_or(0, |bucket| bucket.number + 1),
            closed: state.closed.clone(),
            serving_number: state.last.serving_number,
            gate_sequence: state.last.gate_sequence,
            opened_at: state.last.opened_at,
            closed_at: state.last.closed_at,
        })
    }

    fn save(&self, _campaign: CampaignTag, step: &LineStep) -> Result<(), StoreError> {
        let mut state = self.0.lock().expect("no step panics");
        let node = NodeId { node: 1, incarnation: state.incarnation };
        if let Some((number, count)) = step.close {
            state.closed.push(Bucket { number, counts: vec![(node, count)] });
            state.open.remove(&number);
        }
        state.open.extend(step.reserve);
        state.last = step.clone();
        Ok(())
    }
}
