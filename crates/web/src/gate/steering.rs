//! How quickly the line moves: the leader measures what the booking plane bears and who comes of those who are called,
//! and divides the rate among the doors of all nodes.

use super::{Gate, RateRule};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use store::{AtTheDoor, Load, NodeState};
use waiting_room::{
    CallFacts, Calling, NodeId, Orders, Pace, PlaneFacts, RateInForce, RateLimits, RateReason, Steered,
    StrainLimits,
};

const MILLI: u64 = 1_000;

/// What the leader knows at a tick. `now` never goes back.
pub(super) struct Facts<'a> {
    pub(super) now: Timestamp,
    /// In which this node leads.
    pub(super) term: u64,
    pub(super) own: NodeId,
    /// Those that have stirred of late.
    pub(super) nodes: &'a [NodeState],
    /// As the last step left it, of whichever leader.
    pub(super) before: &'a Steered,
    /// Whether people are called now.
    pub(super) calls: bool,
    pub(super) is_well: bool,
    pub(super) load: Load,
    pub(super) settled: u64,
    pub(super) serving_number: u64,
}

pub(super) struct Steering {
    rule: RateRule,
    limits: RateLimits,
    pace: Pace,
    calling: Calling,
    /// Of each node, as it was seen last; and the sum of what came since.
    seen: HashMap<NodeId, u64>,
    arrived: u64,
    /// The term for which pace and calling stand; 0 before the first.
    term: u64,
    called: bool,
}

impl Steering {
    pub(super) fn new(gate: &Gate, now: Timestamp) -> Self {
        let limits = limits(gate, &Orders::default());
        let (rule, first) = (gate.settings.rate_rule, first(gate, limits));
        let (pace, calling) = (Pace::new(limits, first, StrainLimits::default(), now), Calling::default());
        Self { rule, limits, pace, calling, seen: HashMap::new(), arrived: 0, term: 0, called: false }
    }

    pub(super) fn follow(&mut self, gate: &Gate, orders: &Orders) {
        self.limits = limits(gate, orders);
        self.pace.set_limits(self.limits);
    }

    /// What is in force from now on, and how many more are called.
    pub(super) fn steer(&mut self, gate: &Gate, facts: &Facts<'_>) -> (Steered, u64) {
        if facts.term != self.term {
            self.take_over(gate, facts);
        }
        let rate = self.rate(facts);
        let doors = doors(gate, facts);
        self.count_arrivals(&doors);
        let waiting: Vec<(NodeId, u64)> = doors.iter().map(|(id, door)| (*id, door.waiting)).collect();
        let called = if facts.calls && rate.milli > 0 {
            self.calling.call(&CallFacts {
                now: facts.now,
                rate: u32::try_from(rate.milli / MILLI).expect("not above the ceiling"),
                settled: facts.settled,
                serving_number: facts.serving_number,
                arrived: self.arrived,
                at_the_door: doors.iter().map(|(_, door)| door.waiting).sum(),
            })
        } else {
            self.calling.rest(facts.now);
            0
        };
        let parts = Steered::parts_of(&waiting);
        (Steered { rate, come_ppm: self.calling.come_ppm(), parts }, called)
    }

    /// What a node had counted before it was first seen, or before it came back as another, came to nobody here.
    fn count_arrivals(&mut self, doors: &[(NodeId, AtTheDoor)]) {
        for (id, door) in doors {
            let before = self.seen.insert(*id, door.arrived).unwrap_or(door.arrived);
            self.arrived += door.arrived.saturating_sub(before);
        }
    }

    /// From where the leader before was.
    fn take_over(&mut self, gate: &Gate, facts: &Facts<'_>) {
        let found = u32::try_from(facts.before.rate.milli / MILLI).unwrap_or(u32::MAX);
        let first = if found > 0 { found } else { first(gate, self.limits) };
        self.pace = Pace::new(self.limits, first, StrainLimits::default(), facts.now);
        self.calling = Calling::resumed(facts.before.come_ppm);
        self.seen.clear();
        self.term = facts.term;
        self.called = false;
    }

    fn rate(&mut self, facts: &Facts<'_>) -> RateInForce {
        if self.rule == RateRule::Fixed {
            return RateInForce { milli: u64::from(self.limits.ceiling) * MILLI, why: RateReason::Set };
        }
        let called_before = std::mem::replace(&mut self.called, facts.calls);
        if facts.calls && !called_before {
            self.pace.ramp();
        } else {
            self.pace.look(&plane(facts), facts.now);
        }
        self.pace.in_force()
    }
}

fn plane(facts: &Facts<'_>) -> PlaneFacts {
    let Load { commit_us, depth, answered, failed } = facts.load;
    let micros = |us| SignedDuration::from_micros(i64::try_from(us).unwrap_or(i64::MAX));
    let is_used = facts.calls && facts.settled > facts.serving_number;
    PlaneFacts { is_well: facts.is_well, is_used, commit: commit_us.map(micros), depth, answered, failed }
}

/// The operator's ceiling wins over every floor.
fn limits(gate: &Gate, orders: &Orders) -> RateLimits {
    let ceiling = orders.rate.unwrap_or(gate.settings.admissions_per_second);
    let floor = match gate.settings.rate_rule {
        RateRule::Fixed => ceiling,
        RateRule::Steered { floor, .. } => orders.floor.unwrap_or(floor),
    };
    RateLimits { floor: floor.min(ceiling), ceiling }
}

fn first(gate: &Gate, limits: RateLimits) -> u32 {
    match gate.settings.rate_rule {
        RateRule::Steered { inside_max: Some(inside_max), stay, .. } => {
            Pace::by_littles_law(inside_max, stay)
        }
        RateRule::Steered { inside_max: None, .. } | RateRule::Fixed => limits.ceiling,
    }
}

/// One's own as it is now.
fn doors(gate: &Gate, facts: &Facts<'_>) -> Vec<(NodeId, AtTheDoor)> {
    let door = |node: &NodeState| if node.id == facts.own { gate.at_the_door() } else { node.door };
    facts.nodes.iter().map(|node| (node.id, door(node))).collect()
}
