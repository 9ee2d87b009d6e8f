//! What staff put right about people.

use super::{Changes, Decided, known};
use crate::ledger::Ledger;
use crate::{CorrectEligibility, sealed};
use booking::rules;
use booking::{
    CampaignId, Change, Correction, DoseNumber, Hold, HoldEnd, HoldId, MessageKind, Outcome, PersonId, Place,
    WaitEnd,
};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Ledger {
    /// Of one person at once. Where it means the admitted too, what they hold and wait for ends in the same step; an
    /// appointment is cancelled by an act of its own.
    pub(in crate::ledger) fn correct_eligibility(
        &mut self,
        wanted: &CorrectEligibility,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let CorrectEligibility { campaign, aliases, sealed, eligible, also_admitted } = wanted;
        let campaign = known(&country, *campaign)?.id;
        let person = self.find_or_add(aliases, sealed, changes);
        let correction = Correction { eligible: *eligible, also_admitted: *also_admitted, at: now };
        self.write(Change::EligibilityCorrected { campaign, person, correction }, changes);
        if !eligible && *also_admitted {
            self.release_holds_for(campaign, person, changes);
            self.end_wait_of((campaign, person), WaitEnd::Withdrawn, now, changes);
        }
        self.tell(person, MessageKind::EligibilityCorrected { eligible: *eligible }, now, changes);
        Ok(Outcome::EligibilityCorrected(person))
    }

    /// The pass ends, what was held with it is given back, and its ticket is spent. Whoever is to be kept out is
    /// corrected besides; otherwise they may wait in line anew.
    pub(in crate::ledger) fn revoke_admission(
        &mut self,
        campaign: CampaignId,
        person: PersonId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let country = Arc::clone(&self.country);
        let campaign = known(&country, campaign)?.id;
        rules::revoke_admission(self.admissions.get((campaign, person)))?;
        if let Some(id) = self.hold_of.get((campaign, person)).copied() {
            self.write(Change::HoldEnded { id, end: HoldEnd::Released }, changes);
        }
        self.end_wait_of((campaign, person), WaitEnd::Withdrawn, now, changes);
        self.write(Change::AdmissionRevoked { campaign, person, at: now }, changes);
        self.tell(person, MessageKind::AdmissionRevoked, now, changes);
        Ok(Outcome::AdmissionRevoked)
    }

    fn release_holds_for(&mut self, campaign: CampaignId, person: PersonId, changes: &mut Changes) {
        for id in self.holds_with(campaign, person) {
            let hold = self.holds.get(id).expect("it was just found");
            if hold.places.iter().any(|place| place.recipient == person) {
                self.write(Change::HoldEnded { id, end: HoldEnd::Released }, changes);
            }
        }
    }

    /// The hold of a person, and those of their helpers.
    fn holds_with(&self, campaign: CampaignId, person: PersonId) -> BTreeSet<HoldId> {
        let keys = self.delegated.get(person).into_iter().flatten();
        let helpers = keys.filter(|(of, _, recipient)| (*of, *recipient) == (campaign, person));
        let bookers = helpers.map(|(_, booker, _)| *booker).chain([person]);
        bookers.filter_map(|booker| self.hold_of.get((campaign, booker))).copied().collect()
    }

    /// Both names are one person's from now on. Places held for a new booking go over where that leaves one hold, those
    /// for a change are given back, drafts go over where there is none; of two who wait the earlier stays. Two appointments for the same dose stay both, and go to the desk.
    pub(in crate::ledger) fn merge_people(
        &mut self,
        survivor: PersonId,
        merged: PersonId,
        now: Timestamp,
        changes: &mut Changes,
    ) -> Decided {
        let both_known = [survivor, merged].iter().all(|person| self.people.get(*person).is_some());
        rules::merge(survivor, merged, both_known)?;
        let country = Arc::clone(&self.country);
        for campaign in country.campaigns() {
            self.carry_holds(campaign.id, survivor, merged, changes);
            self.one_wait((campaign.id, survivor), merged, now, changes);
        }
        self.carry_draft(survivor, merged, changes);
        let before = self.cases_of(survivor) + self.cases_of(merged);
        self.write(Change::PeopleMerged { survivor, merged, at: now }, changes);
        let desk_cases = self.cases_of(survivor).saturating_sub(before);
        Ok(Outcome::Merged { desk_cases })
    }

    fn cases_of(&self, person: PersonId) -> u32 {
        let campaigns = self.country.campaigns().iter();
        let keys = campaigns
            .flat_map(|campaign| (1..=campaign.doses).map(|dose| (campaign.id, person, DoseNumber(dose))));
        keys.filter(|key| !self.one_too_many(*key).is_empty()).count() as u32
    }

    fn carry_holds(
        &mut self,
        campaign: CampaignId,
        survivor: PersonId,
        merged: PersonId,
        changes: &mut Changes,
    ) {
        let now = |person: PersonId| if person == merged { survivor } else { person };
        let mut concerned = self.holds_with(campaign, merged);
        concerned.extend(self.holds_with(campaign, survivor));
        for id in concerned {
            let hold = self.holds.get(id).expect("it was just found").clone();
            let places =
                hold.places.iter().map(|place| Place { recipient: now(place.recipient), ..*place }).collect();
            let renamed = Hold { booker: now(hold.booker), places, ..hold.clone() };
            let is_theirs = renamed.places.iter().any(|place| place.recipient == survivor);
            let leans_on_theirs = is_theirs && !stands_alone(&hold);
            if renamed == hold && !leans_on_theirs {
                continue;
            }
            self.write(Change::HoldEnded { id, end: HoldEnd::Released }, changes);
            let has_other = self.hold_of.get((campaign, renamed.booker)).is_some();
            if !has_other && !leans_on_theirs && !names_twice(&renamed) {
                self.write(Change::Held { id, hold: renamed }, changes);
            }
        }
    }

    fn one_wait(
        &mut self,
        (campaign, survivor): (CampaignId, PersonId),
        merged: PersonId,
        now: Timestamp,
        changes: &mut Changes,
    ) {
        let is_booked = |person| self.live.get((campaign, person, DoseNumber(1))).is_some();
        let booked = is_booked(survivor) || is_booked(merged);
        let own = self.waits.of_person(campaign, survivor);
        let other = self.waits.of_person(campaign, merged);
        if booked {
            self.end_wait_of((campaign, survivor), WaitEnd::Booked, now, changes);
            self.end_wait_of((campaign, merged), WaitEnd::Booked, now, changes);
        } else if let (Some(own), Some(other)) = (own, other) {
            let later = if own > other { survivor } else { merged };
            self.end_wait_of((campaign, later), WaitEnd::Withdrawn, now, changes);
        }
    }

    fn carry_draft(&mut self, survivor: PersonId, merged: PersonId, changes: &mut Changes) {
        let Some(sealed) = self.drafts.get(merged).cloned() else { return };
        // One that is sealed for its person alone opens for nobody else.
        if self.drafts.get(survivor).is_none() && sealed::person_key(&sealed).is_none() {
            self.write(Change::DraftSaved { person: survivor, sealed }, changes);
        }
        self.write(Change::DraftSaved { person: merged, sealed: Vec::new() }, changes);
    }
}

/// A new booking from the first dose on: it was not planned around an appointment of which there may be two now.
fn stands_alone(hold: &Hold) -> bool {
    hold.replaces.is_empty() && hold.places.iter().any(|place| place.dose == DoseNumber(1))
}

/// Two of those for whom places are held turned out to be one.
fn names_twice(hold: &Hold) -> bool {
    let people: BTreeSet<_> = hold.places.iter().map(|place| (place.recipient, place.dose)).collect();
    people.len() < hold.places.len()
}
