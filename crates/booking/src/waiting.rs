//! 대기 예약: a standing request for a place, and what is offered to those who wait.

use crate::{CampaignId, ClinicId, PersonId, Place, RegionCode, SlotId};
use jiff::Timestamp;
use jiff::civil::Date;

/// One live entry a person and campaign, for one clinic or one 시·군·구: whoever waited in several places would be
/// offered several, and keep all but one from others while they think.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitEntry {
    pub campaign: CampaignId,
    /// Who asked, for themselves or for somebody whom they help.
    pub booker: PersonId,
    pub recipient: PersonId,
    pub scope: WaitScope,
    /// From, until; any day of the campaign if None.
    pub days: Option<(Date, Date)>,
    pub entered_at: Timestamp,
    /// Times that were offered and not taken: they are not offered again.
    pub passed: Vec<SlotId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WaitScope {
    Clinic(ClinicId),
    /// 시·군·구.
    Sigungu(RegionCode),
}

/// Places kept for one who waits, until they answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The first dose, and the second where the campaign gives two.
    pub places: Vec<Place>,
    pub offered_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferEnd {
    Accepted,
    Declined,
    Expired,
    /// Whoever waited needs it no longer.
    Withdrawn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitEnd {
    /// They have an appointment, by the offer or otherwise.
    Booked,
    Left,
    /// Too many offers were not taken.
    Lapsed,
    /// The pass was revoked, or the person turned out to wait twice.
    Withdrawn,
}

impl WaitEntry {
    /// Whether a time is one they wait for; its clinic is within their scope already.
    pub fn wants(&self, slot: SlotId) -> bool {
        let on_their_days = self.days.is_none_or(|(from, until)| (from..=until).contains(&slot.visit_on));
        on_their_days && !self.passed.contains(&slot)
    }
}

impl Offer {
    /// Where the first dose would be.
    pub fn slot(&self) -> SlotId {
        self.places.first().expect("an offer is of a place").slot
    }
}
