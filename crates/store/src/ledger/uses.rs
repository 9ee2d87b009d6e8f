//! One function a use: facts from the tables, the decision from `booking`, the changes to write.

mod appointments;
mod audit;
mod clinics;
mod desk;
mod doors;
mod holds;
mod new_doses;
mod people;
mod retention;
mod visits;
mod waiting;

use super::Ledger;
use super::said::Layer;
use booking::{
    Campaign, CampaignId, Change, Country, Message, MessageId, MessageKind, Opening, Outcome, PersonId,
    Refusal, RegionCode, SlotId,
};
use jiff::Timestamp;

type Decided = Result<Outcome, Refusal>;
type Changes = Vec<Change>;

impl Ledger {
    /// Whether somebody may book, change and cancel for somebody.
    fn may_act(&self, campaign: CampaignId, person: PersonId, recipient: PersonId) -> bool {
        let key = (campaign, person, recipient);
        person == recipient || self.delegations.get(key).is_some_and(booking::DelegationRecord::is_live)
    }

    fn tell(&mut self, to: PersonId, kind: MessageKind, now: Timestamp, changes: &mut Changes) {
        let id = MessageId(self.next.message);
        self.write(Change::MessageQueued { id, message: Message { to, kind, queued_at: now } }, changes);
    }

    fn opening(&self, campaign: CampaignId) -> Opening {
        self.openings.get(campaign).copied().unwrap_or_default()
    }

    fn doses_left(&self, campaign: &Campaign, sido: RegionCode) -> u32 {
        let taken = self.supply.get((campaign.id, sido)).copied().unwrap_or(0);
        // Less than is taken may have been said: then nobody loses a dose, and none is left.
        self.allotted(campaign, sido, Layer::Pending).saturating_sub(taken)
    }

    /// What is kept of a person follows their registration; a journal where it does not is refused at the start.
    pub(super) fn registered(&self, person: PersonId) -> Result<(), Refusal> {
        let is_there = self.is_known_person(person) && self.people.get(person).is_some();
        if is_there { Ok(()) } else { Err(Refusal::IdentityNeeded) }
    }

    fn sido_of(&self, slot: SlotId) -> Option<RegionCode> {
        self.country.sido_at(slot.clinic)
    }
}

fn known(country: &Country, campaign: CampaignId) -> Result<&Campaign, Refusal> {
    country.campaign(campaign).ok_or(Refusal::CampaignUnknown)
}
