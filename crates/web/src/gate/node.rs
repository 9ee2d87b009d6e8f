//! This process as a node of the line: its life, its bucket and reservation, and whom it sees stir.

use super::Gate;
use super::issuing::Issuing;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::{AtTheDoor, LeadStep, LineState, LineStore, NodeState, NodeStep, Seen, Stepped, StoreError};
use waiting_room::NodeId;

/// How long tickets share an arrival bucket.
const BUCKET: SignedDuration = SignedDuration::from_secs(1);
/// A node says so often that it lives, when it has nothing else to say.
const STIR_EVERY: Duration = Duration::from_millis(500);
/// And so often while people come to its door: the leader divides the rate by where they stand.
const SAY_THE_DOOR_EVERY: Duration = Duration::from_millis(200);
/// In so many looks, one a tick and so 3 s at the least, a living node stirs. Looks and not seconds: whoever was stopped
/// or asleep finds everybody else as they were.
const SILENT_LOOKS: u32 = 30;
/// A node that did not stir in so many looks has no part of the rate: its own door has shut itself by then
/// ([`super::PART_GOOD_FOR`]).
const QUIET_LOOKS: u32 = 12;
/// So long after it began its last step a node gives tickets: it is less than [`SILENT_LOOKS`] ticks, so nobody has
/// taken it for dead.
const GOOD_FOR: Duration = Duration::from_secs(2);

pub(super) struct Node {
    store: Arc<dyn LineStore>,
    pub(super) gate: Arc<Gate>,
    pub(super) id: NodeId,
    stirred_at: Duration,
    /// As it was said last.
    door: AtTheDoor,
    /// A bucket that has ended and whose count is not durable yet.
    closing: Option<(u32, u32)>,
    settled_until: u32,
    /// When the open bucket was first seen, by this node's clock.
    open_since: (u32, Timestamp),
    silence: HashMap<NodeId, Silence>,
}

#[derive(Clone, Copy)]
struct Silence {
    beat: u64,
    looks: u32,
}

impl Node {
    pub(super) fn new(store: Arc<dyn LineStore>, gate: Arc<Gate>, now: Timestamp) -> Self {
        let id = gate.issuing().node;
        let (closing, silence) = (None, HashMap::new());
        Self {
            store,
            gate,
            id,
            stirred_at: Duration::ZERO,
            door: AtTheDoor::default(),
            closing,
            settled_until: 0,
            open_since: (0, now),
            silence,
        }
    }

    /// How the line stands; joins it again if this node was taken for dead.
    pub(super) fn look(&mut self, now: Timestamp) -> Result<LineState, StoreError> {
        let mut state = self.store.look(self.gate.tag, self.settled_until)?;
        if state.node(self.id).is_none() {
            self.join_again(state.open_bucket)?;
            state = self.store.look(self.gate.tag, self.settled_until)?;
        }
        self.settled_until = state.settled_until;
        let mut line = self.gate.line.write().expect("nothing panics while closing a bucket");
        for bucket in std::mem::take(&mut state.settled) {
            line.close(bucket);
        }
        drop(line);
        if state.open_bucket != self.open_since.0 {
            self.open_since = (state.open_bucket, now);
        }
        self.watch(&state);
        Ok(state)
    }

    /// What was given before stays good: its buckets were closed at the end of their reservations.
    fn join_again(&mut self, open_bucket: u32) -> Result<(), StoreError> {
        tracing::warn!(
            node = self.id.node,
            life = self.id.incarnation,
            "taken for dead; joins the line again"
        );
        self.gate.issuing().stop();
        self.id = self.store.join(self.gate.tag)?;
        *self.gate.issuing() = Issuing::new(self.id, open_bucket, 0);
        self.closing = None;
        self.reserve_more()
    }

    fn watch(&mut self, state: &LineState) {
        let before = std::mem::take(&mut self.silence);
        for node in state.nodes.iter().filter(|node| node.id != self.id) {
            let looks = match before.get(&node.id) {
                Some(silence) if silence.beat == node.beat => silence.looks + 1,
                _ => 0,
            };
            self.silence.insert(node.id, Silence { beat: node.beat, looks });
        }
    }

    fn is_silent(&self, node: &NodeState) -> bool {
        let is_silent = |silence: &Silence| silence.looks >= SILENT_LOOKS;
        node.id != self.id && (node.is_gone || self.silence.get(&node.id).is_some_and(is_silent))
    }

    /// Who has a part of the rate.
    pub(super) fn stirring(&self, state: &LineState) -> Vec<NodeState> {
        let is_quiet = |id: &NodeId| self.silence.get(id).is_some_and(|silence| silence.looks >= QUIET_LOOKS);
        state.nodes.iter().filter(|node| !node.is_gone && !is_quiet(&node.id)).copied().collect()
    }

    /// Whom the leader should fence.
    pub(super) fn silent(&self, state: &LineState) -> Vec<(NodeId, u64)> {
        let silent = state.nodes.iter().filter(|node| self.is_silent(node));
        silent.map(|node| (node.id, node.beat)).collect()
    }

    /// Takes the lead where nobody has it, or whoever has it is silent.
    pub(super) fn lead_if_nobody_does(&mut self, state: &mut LineState) -> Result<(), StoreError> {
        let leader = state.leader.and_then(|leader| state.node(leader)).copied();
        if leader.is_some_and(|leader| leader.id == self.id || !self.is_silent(&leader)) {
            return Ok(());
        }
        let seen = Seen { term: state.term, leader: leader.map(|leader| (leader.id, leader.beat)) };
        if self.store.claim(self.gate.tag, self.id, &seen)? {
            state.term += 1;
            state.leader = Some(self.id);
            tracing::info!(
                node = self.id.node,
                life = self.id.incarnation,
                term = state.term,
                "leads the line"
            );
        }
        Ok(())
    }

    pub(super) fn leads(&self, state: &LineState) -> bool {
        state.leader == Some(self.id)
    }

    /// Whether there is anything to be said, or it is time to say that this node lives.
    pub(super) fn is_due(&self) -> bool {
        let silent_for = self.gate.clock.elapsed().saturating_sub(self.stirred_at);
        silent_for >= STIR_EVERY || silent_for >= SAY_THE_DOOR_EVERY && self.gate.at_the_door() != self.door
    }

    pub(super) fn step(&mut self, step: NodeStep) -> Result<Stepped, StoreError> {
        let began_at = self.gate.clock.elapsed();
        let door = self.gate.at_the_door();
        let step = NodeStep { given: self.unsettled(), door, ..step };
        let stepped = self.store.step(self.gate.tag, self.id, &step)?;
        if stepped == Stepped::Done {
            self.stirred_at = began_at;
            self.door = door;
            let now = self.gate.clock.elapsed();
            let had_run_out = self.gate.issuing().is_good_until(began_at + GOOD_FOR, now);
            if had_run_out {
                self.gate.reserved.notify_waiters();
            }
        }
        Ok(stepped)
    }

    /// Tickets of this node that are not settled yet.
    fn unsettled(&self) -> u32 {
        self.gate.issuing().count() + self.closing.map_or(0, |(_, count)| count)
    }

    /// How many tickets were given, as far as is known here.
    pub(super) fn issued(&self, state: &LineState) -> u64 {
        let others = state.nodes.iter().filter(|node| node.id != self.id).map(|node| u64::from(node.given));
        let settled = self.gate.line.read().expect("nothing panics while closing a bucket").settled();
        settled + u64::from(self.unsettled()) + others.sum::<u64>() + state.left_in_open
    }

    /// Follows the open bucket, and as the leader opens the next after a second in which somebody came: there is
    /// reserved first, then the old one is closed for good. True when anything was done.
    pub(super) fn keep_bucket(&mut self, now: Timestamp, state: &LineState) -> Result<bool, StoreError> {
        self.close_ended_bucket()?;
        let lead = (self.leads(state) && self.is_over(now, state)).then(|| LeadStep {
            term: state.term,
            open_bucket: state.open_bucket + 1,
            led: state.led.clone(),
            fence: Vec::new(),
        });
        let open = lead.as_ref().map_or(state.open_bucket, |lead| lead.open_bucket);
        let (number, first_reservation) = {
            let issuing = self.gate.issuing();
            (issuing.bucket, issuing.first_of_next_bucket())
        };
        if open == number {
            return Ok(false);
        }
        let reserve = Some((open, first_reservation));
        if self.step(NodeStep { lead, reserve, ..NodeStep::default() })? != Stepped::Done {
            return Ok(true);
        }
        let count = {
            let mut issuing = self.gate.issuing();
            let count = issuing.count();
            issuing.turn(open, first_reservation);
            count
        };
        self.gate.reserved.notify_waiters();
        self.closing = Some((number, count));
        self.close_ended_bucket()?;
        Ok(true)
    }

    fn is_over(&self, now: Timestamp, state: &LineState) -> bool {
        let age = now.duration_since(self.open_since.1);
        let others = state.nodes.iter().filter(|node| node.id != self.id);
        let somebody_came = self.gate.issuing().count() > 0
            || state.left_in_open > 0
            || others.into_iter().any(|node| node.given > 0);
        somebody_came && !(SignedDuration::ZERO..BUCKET).contains(&age)
    }

    /// Tried at every tick until it is durable: the count must not be lost while this node lives.
    fn close_ended_bucket(&mut self) -> Result<(), StoreError> {
        let Some(close) = self.closing else { return Ok(()) };
        if self.step(NodeStep { close: Some(close), ..NodeStep::default() })? == Stepped::Done {
            self.closing = None;
        }
        Ok(())
    }

    /// At the beginning of a life.
    pub(super) fn reserve_if_nothing_is(&mut self) -> Result<(), StoreError> {
        let is_reserved = self.gate.issuing().is_reserved();
        if is_reserved { Ok(()) } else { self.reserve_more() }
    }

    pub(super) fn reserve_more(&mut self) -> Result<(), StoreError> {
        let (bucket, wanted) = {
            let issuing = self.gate.issuing();
            if !issuing.runs_low() {
                return Ok(());
            }
            (issuing.bucket, issuing.wanted())
        };
        let reserve = Some((bucket, wanted));
        if self.step(NodeStep { reserve, ..NodeStep::default() })? == Stepped::Done {
            self.gate.issuing().grow(wanted);
            self.gate.reserved.notify_waiters();
        }
        Ok(())
    }

    /// Gives no more, and leaves no gap.
    pub(super) fn leave(mut self) -> Result<(), StoreError> {
        self.close_ended_bucket()?;
        let (bucket, count, is_reserved) = {
            let mut issuing = self.gate.issuing();
            let is_reserved = issuing.is_reserved();
            issuing.stop();
            (issuing.bucket, issuing.count(), is_reserved)
        };
        let close = is_reserved.then_some((bucket, count));
        self.step(NodeStep { close, leaves: true, ..NodeStep::default() }).map(|_| ())
    }
}
