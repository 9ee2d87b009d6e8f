//! What staff do and see, in the words of the cases.
//!
//! ```text
//! clinic block C2 26 09:00 1
//! clinic capacity C2 26 09:00 3           one band; `whole` for the whole day; without a number: taken back
//! clinic capacity C2 26 09:00 0 anyway    even below what people have
//! office supply east 30 west 15 total 50
//! clinic checkin of kim                   `second`: of the second dose; `elsewhere`: at another clinic
//! clinic missed of kim, clinic vaccinate of kim fixed
//! see reoffer C2 -> lee@C2/26/09:00
//! ```

use super::{Play, name_of};
use crate::conformance::words::{Words, visit_day};
use crate::conformance::world::{EAST, WEST};
use crate::{RecordVisit, SetCapacity, SetSupply, StaffUse};
use booking::{AppointmentId, CampaignId, ClinicId, PersonId, RegionCode};
use std::num::NonZeroU32;

pub(super) fn does(
    (campaign, visit): (CampaignId, RecordVisit),
    verb: &str,
    words: &Words,
) -> Option<StaffUse> {
    let slot = || words.slot.expect("the verb is of a slot");
    let places =
        || u32::try_from(words.count.unwrap_or(1)).ok().and_then(NonZeroU32::new).expect("some places");
    Some(match verb {
        "block" => StaffUse::Block { slot: slot(), places: places() },
        "unblock" => StaffUse::Unblock { slot: slot(), places: places() },
        "capacity" => StaffUse::SetCapacity(SetCapacity {
            clinic: slot().clinic,
            visit_on: slot().visit_on,
            starts_min: (!words.adds("whole")).then_some(slot().starts_min),
            capacity: words.count.map(|places| u16::try_from(places).expect("a clinic is not that large")),
            even_below: words.adds("anyway"),
        }),
        "supply" => StaffUse::SetSupply(SetSupply {
            campaign,
            total: words.total,
            allotted: words.shares.iter().copied().collect(),
            even_below: words.adds("anyway"),
        }),
        "checkin" => StaffUse::CheckIn(visit),
        "missed" => StaffUse::NoShow(visit),
        "vaccinate" => StaffUse::Fulfil(visit),
        _ => return None,
    })
}

impl Play {
    /// At the clinic of the appointment, or at the next one.
    pub(super) fn visit(&self, appointment: AppointmentId, words: &Words) -> RecordVisit {
        let known = self.stage.wait_for(self.stage.subject.store().appointment(appointment));
        let clinic = known.expect("the store is well").map_or(ClinicId(1), |one| one.place.slot.clinic);
        let clinic = if words.adds("elsewhere") { ClinicId(clinic.0 + 1) } else { clinic };
        RecordVisit { clinic, appointment, is_correction: words.adds("fixed") }
    }

    pub(super) fn see_staff(&self, words: &[&str]) -> Option<String> {
        Some(match *words {
            ["reoffer", clinic] => self.see_reoffer(clinic_named(clinic)),
            ["supply"] => self.see_supply(),
            ["vials", clinic, day] => self.see_vials(clinic_named(clinic), day),
            ["sheet", clinic, day] => self.see_sheet(clinic_named(clinic), day),
            _ => return None,
        })
    }

    pub(super) fn name(&self, person: PersonId) -> &str {
        self.people.iter().find(|(_, one)| **one == person).map_or("nobody", |(name, _)| name)
    }

    /// `lee@C2/26/09:00 kim@C2/26/09:00`: in the order in which they are to be re-offered.
    fn see_reoffer(&self, clinic: ClinicId) -> String {
        let list = self.stage.wait_for(self.stage.subject.store().reoffer_list(clinic));
        let list = list.expect("the store is well");
        let visits = list
            .iter()
            .map(|(_, one)| format!("{}@{}", self.name(one.place.recipient), name_of(one.place.slot)));
        or_none(&visits.collect::<Vec<_>>())
    }

    /// `total 45 east 40-3 west 5-0`: doses, and how many of them are taken.
    fn see_supply(&self) -> String {
        let supply = self.stage.wait_for(self.stage.subject.store().supply(self.campaign));
        let supply = supply.expect("the store is well").expect("the campaign is known");
        let name = |sido| {
            if sido == EAST {
                "east"
            } else if sido == WEST {
                "west"
            } else {
                "nowhere"
            }
        };
        let rows =
            supply.sidos.iter().map(|(sido, row)| format!(" {} {}-{}", name(*sido), row.doses, row.taken));
        format!("total {}{}", supply.total, rows.collect::<String>())
    }

    /// `3 doses 1 vials 7 over`
    fn see_vials(&self, clinic: ClinicId, day: &str) -> String {
        let vials = self.clinic_day(clinic, day).vials;
        format!("{} doses {} vials {} over", vials.doses, vials.vials, vials.left_over)
    }

    /// `kim@C2/26/09:00 lee@C2/26/09:30`: in the order of the day.
    fn see_sheet(&self, clinic: ClinicId, day: &str) -> String {
        let visits = self.clinic_day(clinic, day).visits;
        let visits = visits
            .iter()
            .map(|(_, one)| format!("{}@{}", self.name(one.place.recipient), name_of(one.place.slot)));
        or_none(&visits.collect::<Vec<_>>())
    }

    fn clinic_day(&self, clinic: ClinicId, day: &str) -> crate::ClinicDay {
        let store = self.stage.subject.store();
        let read = self.stage.wait_for(store.clinic_day(self.campaign, clinic, visit_day(day)));
        read.expect("the store is well").expect("the clinic is known")
    }
}

fn clinic_named(text: &str) -> ClinicId {
    ClinicId(text.strip_prefix('C').and_then(|number| number.parse().ok()).expect("a clinic is C1"))
}

fn or_none(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(" ") }
}

/// `east`, `west`; anything else is a region that is no 시·도.
pub(in crate::conformance) fn sido_named(name: &str) -> Option<RegionCode> {
    match name {
        "east" => Some(EAST),
        "west" => Some(WEST),
        "nowhere" => Some(RegionCode(9)),
        _ => None,
    }
}
