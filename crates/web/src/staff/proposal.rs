//! What wants two people: one proposes, another one agrees, and for a while anybody of them may still withdraw it. Each
//! step is an event of the staff's book, so a restart forgets nothing. At most one proposal is open.

use super::Staff;
use super::book::{Accounts, StaffEntry, StaffEvent};
use crate::app::App;
use booking::Refusal;
use jiff::{SignedDuration, Timestamp};
use store::{GivenOrder, StoreError};
use waiting_room::Order;

/// For so long the second person may agree.
pub const OPEN_FOR: SignedDuration = SignedDuration::from_mins(15);
/// After so long it is carried out.
pub const UNDO_FOR: SignedDuration = SignedDuration::from_secs(60);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub number: u64,
    pub order: Order,
    pub why: String,
    /// The account.
    pub by: u64,
    pub at: Timestamp,
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    Agreed { by: u64, due_at: Timestamp },
    Withdrawn,
    CarriedOut,
}

impl Proposal {
    /// Whether anything can still come of it.
    pub fn is_live(&self, now: Timestamp) -> bool {
        match self.state {
            State::Open => now < self.at + OPEN_FOR,
            State::Agreed { .. } => true,
            State::Withdrawn | State::CarriedOut => false,
        }
    }
}

/// The last one that was made.
#[derive(Debug, Default)]
pub struct Proposals(Option<Proposal>);

impl Proposals {
    pub(super) fn follow(&mut self, entry: &StaffEntry) {
        if let StaffEvent::Proposed { order, why } = &entry.what {
            let number = self.next();
            let Ok(order) = Order::parse(order) else { return };
            let (why, by, at) = (why.clone(), entry.account, entry.at);
            self.0 = Some(Proposal { number, order, why, by, at, state: State::Open });
            return;
        }
        let (number, state) = match entry.what {
            StaffEvent::Agreed { proposal, due_at } => {
                (proposal, State::Agreed { by: entry.account, due_at })
            }
            StaffEvent::Withdrawn { proposal } => (proposal, State::Withdrawn),
            StaffEvent::CarriedOut { proposal } => (proposal, State::CarriedOut),
            _ => return,
        };
        if let Some(known) = self.0.as_mut().filter(|known| known.number == number) {
            known.state = state;
        }
    }

    fn next(&self) -> u64 {
        self.0.as_ref().map_or(1, |last| last.number + 1)
    }

    pub fn last(&self) -> Option<&Proposal> {
        self.0.as_ref()
    }

    /// Whether another one may be made.
    pub(super) fn check_free(&self, now: Timestamp) -> Result<(), Refusal> {
        let is_live = self.0.as_ref().is_some_and(|last| last.is_live(now));
        if is_live { Err(Refusal::ProposedBefore) } else { Ok(()) }
    }

    /// The step of the second person.
    pub(super) fn agree(&self, number: u64, by: u64, now: Timestamp) -> Result<StaffEvent, Refusal> {
        let known = self.live(number, now)?;
        match known.state {
            State::Open if known.by == by => Err(Refusal::SecondPersonNeeded),
            State::Open => Ok(StaffEvent::Agreed { proposal: number, due_at: now + UNDO_FOR }),
            _ => Err(Refusal::ProposalOver),
        }
    }

    pub(super) fn withdraw(&self, number: u64, now: Timestamp) -> Result<StaffEvent, Refusal> {
        let known = self.live(number, now)?;
        // From then on it may be under way.
        let is_due = matches!(known.state, State::Agreed { due_at, .. } if now >= due_at);
        if is_due { Err(Refusal::ProposalOver) } else { Ok(StaffEvent::Withdrawn { proposal: number }) }
    }

    fn live(&self, number: u64, now: Timestamp) -> Result<&Proposal, Refusal> {
        let known = self.0.as_ref().filter(|known| known.number == number && known.is_live(now));
        known.ok_or(Refusal::ProposalOver)
    }

    /// What two people agreed on a while ago.
    fn due(&self, now: Timestamp) -> Option<(&Proposal, u64, Timestamp)> {
        let known = self.0.as_ref()?;
        match known.state {
            State::Agreed { by, due_at } if now >= due_at => Some((known, by, due_at)),
            _ => None,
        }
    }
}

impl Staff {
    /// Where it fails it is tried again with the next second.
    pub fn carry_out_what_is_due(&self, app: &App) {
        if let Err(error) = self.try_to_carry_out(app) {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "what two people agreed on is not carried out yet"
            );
        }
    }

    fn try_to_carry_out(&self, app: &App) -> Result<(), StoreError> {
        let now = app.clock.now();
        let due = self.book.look(|accounts| {
            let (proposal, second, due_at) = accounts.proposals.due(now)?;
            let by = format!("{} + {}", login(accounts, proposal.by), login(accounts, second));
            let given =
                GivenOrder { given_at: due_at, by, why: proposal.why.clone(), order: proposal.order.clone() };
            Some((proposal.number, proposal.by, given))
        })?;
        let Some((number, account, given)) = due else { return Ok(()) };
        // The process may have ended between the order and the note of it.
        let is_given = |one: &(u64, GivenOrder)| one.1 == given;
        if !self.console.line.orders(app.gate.tag, 0)?.iter().any(is_given) {
            self.console.line.order(app.gate.tag, &given)?;
        }
        let done = StaffEvent::CarriedOut { proposal: number };
        let entry = StaffEntry { at: now, by: None, from: String::new(), account, what: done };
        let _nothing_refuses = self.book.write(|_| Ok::<_, Refusal>(entry.clone()))?;
        tracing::info!(proposal = number, "what two people agreed on is carried out");
        Ok(())
    }
}

fn login(accounts: &Accounts, number: u64) -> String {
    let known = accounts.all().find(|account| account.id.0 == number);
    known.map_or_else(|| number.to_string(), |account| account.login.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn entry(second: i64, account: u64, what: StaffEvent) -> StaffEntry {
        StaffEntry { at: at(second), by: Some(account), from: String::new(), account, what }
    }

    fn proposed() -> Proposals {
        let mut proposals = Proposals::default();
        let what = StaffEvent::Proposed { order: Order::Close.text(), why: "x".to_owned() };
        proposals.follow(&entry(0, 1, what));
        proposals
    }

    #[test]
    fn whoever_proposes_cannot_agree_and_whoever_agrees_is_in_time() {
        let proposals = proposed();
        assert_eq!(proposals.agree(1, 1, at(5)), Err(Refusal::SecondPersonNeeded));
        assert_eq!(proposals.agree(2, 2, at(5)), Err(Refusal::ProposalOver), "another number");
        assert_eq!(proposals.agree(1, 2, at(900)), Err(Refusal::ProposalOver), "too late");
        assert_eq!(proposals.agree(1, 2, at(899)), Ok(StaffEvent::Agreed { proposal: 1, due_at: at(959) }));
        assert_eq!(proposals.check_free(at(899)), Err(Refusal::ProposedBefore));
        assert_eq!(proposals.check_free(at(900)), Ok(()), "an old one is in nobody's way");
    }

    #[test]
    fn what_is_agreed_is_due_after_a_minute_and_not_once_it_is_withdrawn() {
        let mut proposals = proposed();
        let agreed = proposals.agree(1, 2, at(10)).unwrap();
        proposals.follow(&entry(10, 2, agreed));
        assert!(proposals.due(at(69)).is_none());
        assert_eq!(proposals.due(at(70)).map(|(one, second, _)| (one.by, second)), Some((1, 2)));
        assert_eq!(proposals.agree(1, 3, at(20)), Err(Refusal::ProposalOver), "nobody agrees twice");
        assert_eq!(proposals.withdraw(1, at(70)), Err(Refusal::ProposalOver), "it may be under way");
        let withdrawn = proposals.withdraw(1, at(69)).unwrap();
        proposals.follow(&entry(69, 1, withdrawn));
        assert!(proposals.due(at(5_000)).is_none());
        assert_eq!(proposals.withdraw(1, at(70)), Err(Refusal::ProposalOver));
    }
}
