//! Proves a journal from its rows alone.
//!
//! A checker that runs the writer's code believes the writer's mistakes. This one is a model of its own, straight over
//! the decoded changes: it uses the country and the names of things, and neither `booking::rules` nor the `Ledger`. It
//! stops at the first record that breaks a claim and says which, where and by how much.
//!
//! Not proved again: who is of the group, that people were served in the order in which they waited, and the doses of somebody who was found to have two appointments for one (`places/names.rs`,
//! `places/waiting.rs`).
//!
//! To add a change: its arm in [`Proof::change`]; a change that this page does not know does not compile. To add a
//! claim: a [`Broken`], and a journal that breaks it in `tests/it/proof.rs`.

mod answers;
mod broken;
mod people;
mod places;
mod said;
mod trail;

pub use broken::{Broken, Claim, Offence};

use crate::record::Records;
use crate::{AuditHead, Ledger, StoreError};
use answers::Answers;
use booking::{Change, Country};
use jiff::Timestamp;
use people::People;
use places::Places;
use sha2::{Digest as _, Sha256};
use trail::Trail;

/// One row of the journal, as it stands on the disk.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub seq: u64,
    /// Milliseconds since 1970.
    pub at_ms: i64,
    pub body: &'a [u8],
    pub chain: [u8; 32],
}

/// Where a journal ends, or is said to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub seq: u64,
    pub chain: [u8; 32],
}

/// The state of the proof; feed it every row, in order, then ask [`Proof::finish`].
pub struct Proof<'a> {
    country: &'a Country,
    /// What `journal.head` says, where it says something.
    head: Option<Link>,
    last: Link,
    last_at_ms: Option<i64>,
    records: u64,
    people: People,
    places: Places,
    answers: Answers,
    trail: Trail,
    /// What the service makes of the same rows.
    beside: Option<Ledger>,
}

/// What was proved, in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    pub end: Link,
    /// Of the last row, milliseconds since 1970; None for an empty journal.
    pub last_at_ms: Option<i64>,
    pub records: u64,
    pub people: u64,
    pub holds_made: u64,
    pub holds_live: u64,
    pub appointments_made: u64,
    pub appointments_live: u64,
    pub answers: u64,
    /// Slots of which more is taken than the present list of clinics gives, all of it from before that list.
    pub slots_over_list: u64,
    /// The end of the audit record.
    pub audit: AuditHead,
    /// SHA-256 over holds, appointments, openings and who waits: two journals that mean the same have the same.
    pub digest: [u8; 32],
}

impl<'a> Proof<'a> {
    /// `list_since`: since when the country's list of clinics is in use; what was taken before is judged by lists
    /// that are gone, and only counted. None where there was never another.
    pub fn new(country: &'a Country, head: Option<Link>, list_since: Option<Timestamp>) -> Self {
        let kept = country.campaigns().iter().map(|campaign| campaign.limits.answers_kept).max();
        Self {
            country,
            head,
            last: Link { seq: 0, chain: [0; 32] },
            last_at_ms: None,
            records: 0,
            people: People::default(),
            places: Places::new(list_since),
            answers: Answers::new(kept.unwrap_or_default()),
            trail: Trail::new(),
            beside: None,
        }
    }

    /// Plays the rows to a ledger, too, and compares at the end: what the service would show is what was proved.
    #[must_use]
    pub fn beside(self, ledger: Ledger) -> Self {
        Self { beside: Some(ledger), ..self }
    }

    /// Holds the audit record against heads that were given away.
    #[must_use]
    pub fn anchored(mut self, heads: &[AuditHead]) -> Self {
        self.trail.anchored(heads);
        self
    }

    /// Only whether the row is there, as it was written, and can be read: how the rest of a journal is looked at in
    /// which an offence was found.
    ///
    /// # Errors
    /// As [`Proof::row`], of the claims that [`Claim::is_damage`] names.
    pub fn skim(&mut self, row: &Row<'_>) -> Result<(), Offence> {
        self.link(row).map_err(|broken| Offence { row: row.seq, record: None, broken })?;
        for (position, change) in changes(row.body).enumerate() {
            let record = Some(position as u32 + 1);
            change.map_err(|error| Offence { row: row.seq, record, broken: unreadable(&error) })?;
        }
        Ok(())
    }

    /// # Errors
    /// The first record of the row that breaks a claim.
    pub fn row(&mut self, row: &Row<'_>) -> Result<(), Offence> {
        self.link(row).map_err(|broken| Offence { row: row.seq, record: None, broken })?;
        for (position, change) in changes(row.body).enumerate() {
            let record = Some(position as u32 + 1);
            let judged = change.map_err(|error| unreadable(&error)).and_then(|change| {
                self.change(&change)?;
                self.trail.follow(&change)?;
                self.play(&change)
            });
            judged.map_err(|broken| Offence { row: row.seq, record, broken })?;
            self.records += 1;
        }
        if let Some(ledger) = &mut self.beside {
            ledger.commit();
        }
        let ended = self.places.end_of_row(self.country, &self.people).and_then(|()| self.trail.end_of_row());
        self.people.end_of_row();
        ended.map_err(|broken| Offence { row: row.seq, record: None, broken })
    }

    /// # Errors
    /// What can only be told at the end: rows that are missing there, counts that do not add up.
    pub fn finish(self) -> Result<Proved, Offence> {
        let end = self.last;
        let at_the_end = |broken| Offence { row: end.seq, record: None, broken };
        if let Some(head) = self.head.filter(|head| head.seq > end.seq) {
            return Err(at_the_end(Broken::EndsBeforeHead { head: head.seq }));
        }
        let slots_over_list = self.places.recount(self.country).map_err(at_the_end)?;
        self.trail.finish(self.beside.as_ref().map(Ledger::audit_head)).map_err(at_the_end)?;
        if let Some(ledger) = &self.beside {
            self.places.agree_with(self.country, ledger).map_err(at_the_end)?;
        }
        let mut proved = Proved {
            end,
            last_at_ms: self.last_at_ms,
            records: self.records,
            people: self.people.count(),
            answers: self.answers.count(),
            slots_over_list,
            audit: self.trail.head(),
            holds_made: 0,
            holds_live: 0,
            appointments_made: 0,
            appointments_live: 0,
            digest: [0; 32],
        };
        self.places.figures(&mut proved);
        proved.digest = self.places.digest(&self.people);
        Ok(proved)
    }

    /// Where the rows given so far end.
    pub fn end(&self) -> Link {
        self.last
    }

    fn play(&mut self, change: &Change) -> Result<(), Broken> {
        let Some(ledger) = &mut self.beside else { return Ok(()) };
        ledger.replay(change).map_err(|error| unreadable(&error))
    }

    fn link(&mut self, row: &Row<'_>) -> Result<(), Broken> {
        if row.seq != self.last.seq + 1 {
            return Err(Broken::RowMissing { row: self.last.seq + 1 });
        }
        let mut hash = Sha256::new();
        hash.update(self.last.chain);
        hash.update(row.seq.to_be_bytes());
        hash.update(row.at_ms.to_be_bytes());
        hash.update(row.body);
        let chain: [u8; 32] = hash.finalize().into();
        if chain != row.chain {
            return Err(Broken::ChainDoesNotHold);
        }
        self.last = Link { seq: row.seq, chain };
        self.last_at_ms = Some(row.at_ms);
        match self.head {
            Some(head) if head.seq == row.seq && head.chain != chain => Err(Broken::HeadKnowsAnother),
            _ => Ok(()),
        }
    }

    fn change(&mut self, change: &Change) -> Result<(), Broken> {
        match change {
            Change::Opened { campaign, at } => {
                self.people.open(*campaign, *at);
                Ok(())
            }
            Change::Closed { campaign, at } => self.people.close(*campaign, *at),
            Change::PersonRegistered { person, alias, .. } => self.people.register(*person, *alias),
            Change::PersonKnownAs { person, alias } => self.people.know_as(*person, *alias),
            Change::PersonUpdated { person, .. } | Change::DraftSaved { person, .. } => {
                self.people.known(*person)
            }
            Change::DelegationGiven { campaign, booker, recipient, .. }
            | Change::HelperAllowed { campaign, booker, recipient } => {
                self.people.give_leave((*campaign, *booker, *recipient))
            }
            Change::DelegationProved { campaign, booker, recipient, .. } => {
                self.people.may_act(*campaign, *booker, *recipient)
            }
            Change::DelegationEnded { campaign, booker, recipient, .. } => {
                self.people.end_leave((*campaign, *booker, *recipient))
            }
            Change::Admitted { campaign, person, admission } => {
                self.people.admit(*campaign, *person, *admission)
            }
            Change::Held { id, hold } => self.places.hold(self.country, &self.people, *id, hold),
            Change::HoldExtended { id, expires_at } => self.places.extend(*id, *expires_at),
            Change::HoldEnded { id, end } => self.places.end_hold(self.country, *id, *end),
            Change::Booked { id, appointment } => {
                self.places.book(self.country, &self.people, *id, appointment)
            }
            Change::Moved { id, to, by, at } => self.places.move_to(self.country, *id, *to, *by, *at),
            Change::Cancelled { id, by, at } => self.places.cancel(self.country, &self.people, *id, *by, *at),
            Change::CheckedIn { id, number, at, .. } => self.places.check_in(*id, *number, *at),
            Change::NoShow { id, dropped, at, .. } => self.places.no_show(self.country, *id, *dropped, *at),
            Change::Fulfilled { id, at, .. } => self.places.fulfil(*id, *at),
            Change::Answered { key, body, outcome, at } => {
                self.answers.answer(*key, *body, outcome, *at)?;
                self.places.bears_out(outcome)
            }
            Change::MessageQueued { id, .. } => self.people.queue(*id),
            Change::Blocked { slot, places, .. } => self.places.block(self.country, *slot, *places),
            Change::Unblocked { slot, places, .. } => self.places.unblock(*slot, *places),
            Change::CapacitySet { clinic, visit_on, starts_min, capacity, .. } => {
                self.places.said.capacity(*clinic, *visit_on, *starts_min, *capacity);
                Ok(())
            }
            Change::SupplySet { campaign, supply, .. } => {
                self.places.said.supply(*campaign, supply);
                Ok(())
            }
            Change::Waited { .. }
            | Change::WaitEnded { .. }
            | Change::PlaceAwaited { .. }
            | Change::PlaceOffered { .. }
            | Change::PlacePassed { .. }
            | Change::OfferEnded { .. }
            | Change::EligibilityCorrected { .. }
            | Change::AdmissionRevoked { .. }
            | Change::PeopleMerged { .. } => self.desk(change),
            Change::Audited(_) => Ok(()),
            Change::SessionEnded { .. } | Change::PlaceAbandoned { .. } | Change::MessageSent { .. } => {
                Ok(())
            }
        }
    }
}

impl Proof<'_> {
    /// Waiting, and what staff put right.
    fn desk(&mut self, change: &Change) -> Result<(), Broken> {
        match change {
            Change::Waited { id, entry } => self.places.wait(&self.people, *id, entry),
            Change::WaitEnded { id, .. } => self.places.end_wait(*id),
            Change::PlaceAwaited { slot } => {
                self.places.await_place(*slot);
                Ok(())
            }
            Change::PlacePassed { slot } => self.places.pass_place(*slot),
            Change::PlaceOffered { id, offer } => self.places.offer(self.country, *id, offer),
            Change::OfferEnded { id, end, at } => self.places.end_offer(self.country, *id, *end, *at),
            Change::EligibilityCorrected { campaign, person, correction } => {
                self.people.correct(*campaign, *person, *correction)
            }
            Change::AdmissionRevoked { campaign, person, .. } => {
                self.places.no_hold_with_pass(*campaign, *person)?;
                self.people.revoke(*campaign, *person)
            }
            Change::PeopleMerged { survivor, merged, .. } => {
                self.people.merge(*survivor, *merged)?;
                self.places.merge(*survivor, *merged)
            }
            other => unreachable!("{other:?} is proved elsewhere"),
        }
    }
}

fn unreadable(error: &StoreError) -> Broken {
    Broken::Unreadable { at: error.to_string() }
}

/// The changes of a row, in order.
pub fn changes(body: &[u8]) -> impl Iterator<Item = Result<Change, StoreError>> {
    Records::of(body).map(|read| read.map(|(_, change)| change))
}
