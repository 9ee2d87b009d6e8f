//! What only the leader does: it moves the serving number and writes the gate document, for every node.

use super::Gate;
use super::steering::{Facts, Steering};
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::Ordering;
use store::{LedgerNews, LineState, Load, NodeState};
use waiting_room::{AdmissionMeter, DosesLeft, GateDocument, NodeId, Orders, Phase, PhaseFacts};

/// At most one gate document a second, unless the phase changes.
const PUBLISH_EVERY: SignedDuration = SignedDuration::from_secs(1);
/// News that are the same for so many looks, one a tick, are no news.
const NEWS_GOOD_FOR_LOOKS: u32 = 10;

pub(super) struct Leading {
    steering: Steering,
    meter: AdmissionMeter,
    news: News,
    /// What operators ordered, all of it together.
    pub(super) orders: Orders,
}

/// What the ledger said last, and for how long it has not said anything else.
struct News {
    last: Option<LedgerNews>,
    looks: u32,
}

impl Leading {
    /// What was told before this process began may be old: the ledger is well when it says something new.
    pub(super) fn new(gate: &Gate, now: Timestamp, told: Option<LedgerNews>) -> Self {
        Self {
            steering: Steering::new(gate, now),
            meter: AdmissionMeter::default(),
            news: News { last: told, looks: NEWS_GOOD_FOR_LOOKS },
            orders: Orders::default(),
        }
    }

    /// From now on.
    pub(super) fn follow_orders(&mut self, gate: &Gate) {
        self.steering.follow(gate, &self.orders);
        let epoch = gate.settings.pass_epoch + self.orders.revocations;
        gate.pass_epoch.store(epoch, Ordering::Relaxed);
    }

    /// Every node hears the news, so that each knows them when it comes to lead.
    pub(super) fn hear(&mut self, news: Option<&LedgerNews>) {
        let number = |news: &LedgerNews| news.number;
        if news.map(number) == self.news.last.as_ref().map(number) {
            self.news.looks = self.news.looks.saturating_add(1);
        } else {
            self.news = News { last: news.cloned(), looks: 0 };
        }
    }

    pub(super) fn booking_is_well(&self) -> bool {
        self.news.looks < NEWS_GOOD_FOR_LOOKS && self.news.last.as_ref().is_some_and(|news| news.is_well)
    }

    /// The doors as the ledger committed them go into what is led.
    pub(super) fn see_the_doors(&self, state: &mut LineState) {
        use booking::Opening;
        match self.news.last.as_ref().map(|news| news.opening) {
            Some(Opening::Open { at }) => state.led.opened_at = Some(at),
            Some(Opening::Closed { at }) => state.led.closed_at = Some(at),
            Some(Opening::NotYet) | None => {}
        }
        if let Some(at) = self.orders.closed_at {
            state.led.closed_at.get_or_insert(at);
        }
    }

    pub(super) fn phase(&self, gate: &Gate, state: &LineState, now: Timestamp) -> Phase {
        Phase::of(&PhaseFacts {
            now,
            lobby_opens_at: gate.lobby_opens_at(),
            opens_at: gate.campaign.opens_at,
            opened: state.led.opened_at.is_some(),
            ordered: gate.is_ordered(),
            closed: state.led.closed_at.is_some(),
            paused: self.orders.is_paused,
            booking_is_well: self.booking_is_well(),
            doses_left: self.doses_left(gate).total,
        })
    }

    fn doses_left(&self, gate: &Gate) -> DosesLeft {
        let said = self.news.last.as_ref().and_then(|news| news.doses_left.clone());
        let regions = said
            .unwrap_or_else(|| gate.campaign.supply.iter().map(|(sido, doses)| (sido.0, *doses)).collect());
        DosesLeft { total: regions.values().map(|doses| u64::from(*doses)).sum(), regions }
    }

    /// Moves the serving number at the rate that is in force, never past the settled. `now` never goes back.
    pub(super) fn steer(
        &mut self,
        gate: &Gate,
        (own, nodes): &(NodeId, Vec<NodeState>),
        state: &mut LineState,
        (phase, now): (Phase, Timestamp),
    ) {
        let facts = Facts {
            now,
            term: state.term,
            own: *own,
            nodes,
            before: &state.led.steered,
            calls: phase.calls(),
            is_well: self.booking_is_well(),
            load: self.news.last.as_ref().map_or_else(Load::default, |news| news.load),
            settled: state.led.serving_number + waiting(gate, state),
            serving_number: state.led.serving_number,
        };
        let (steered, called) = self.steering.steer(gate, &facts);
        state.led.steered = steered;
        state.led.serving_number += called;
    }

    /// Every node measures, so that each knows the pace when it comes to lead.
    pub(super) fn measure(&mut self, gate: &Gate, state: &LineState, now: Timestamp) {
        if self.phase(gate, state, now).calls() && waiting(gate, state) > 0 {
            self.meter.record(state.led.serving_number, now);
        } else {
            self.meter.forget();
        }
    }

    /// The next document, when it is time for one.
    pub(super) fn document(
        &self,
        gate: &Gate,
        state: &LineState,
        (phase, now): (Phase, Timestamp),
        issued: u64,
    ) -> Option<GateDocument> {
        let published = gate.published();
        let before = published.facts.as_ref().map(|facts| &facts.document);
        let is_due = before.is_none_or(|before| {
            now.duration_since(before.as_of) >= PUBLISH_EVERY || now < before.as_of || phase != before.phase
        });
        let pace = self.meter.per_minute();
        // Until it is measured, pages look again as if everybody came in who may.
        let rate = state.led.steered.rate;
        let expected = pace.unwrap_or(rate.milli * 60 / 1_000);
        is_due.then(|| GateDocument {
            campaign: gate.campaign.slug.clone(),
            sequence: state.led.gate_sequence + 1,
            as_of: now,
            opens_at: gate.campaign.opens_at,
            closes_at: gate.campaign.closes_at,
            phase,
            serving_number: state.led.serving_number,
            tickets_issued: issued.max(before.map_or(0, |before| before.tickets_issued)),
            admissions_per_minute: pace,
            rate,
            doses_left: self.doses_left(gate),
            message: self.orders.message.clone(),
            poll: gate.settings.poll.paced(expected).stretched(self.orders.stretch),
            pass_epoch: gate.pass_epoch(),
        })
    }
}

/// Settled and not yet called.
fn waiting(gate: &Gate, state: &LineState) -> u64 {
    let settled = gate.line.read().expect("nothing panics while closing a bucket").settled();
    settled.saturating_sub(state.led.serving_number)
}
