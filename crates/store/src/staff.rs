//! What somebody does in the name of a clinic, or of the campaign's office. Who is allowed to is decided before the
//! ledger, by their role.

use booking::{AppointmentId, CampaignId, ClinicId, RegionCode, SlotId};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::num::NonZeroU32;

#[derive(Debug, Clone)]
pub enum StaffUse {
    /// Free places of a slot are not offered for now.
    Block {
        slot: SlotId,
        places: NonZeroU32,
    },
    Unblock {
        slot: SlotId,
        places: NonZeroU32,
    },
    SetCapacity(SetCapacity),
    SetSupply(SetSupply),
    /// 접수.
    CheckIn(RecordVisit),
    /// 접종하지 않음.
    NoShow(RecordVisit),
    /// 접종 완료.
    Fulfil(RecordVisit),
}

/// What became of a visit, as the clinic where it was says.
#[derive(Debug, Clone, Copy)]
pub struct RecordVisit {
    pub clinic: ClinicId,
    pub appointment: AppointmentId,
    /// Something was recorded wrongly, or not when it happened. Of no meaning for a check-in.
    pub is_correction: bool,
}

/// The clinic says how many places each band of a day has, or one of them.
#[derive(Debug, Clone, Copy)]
pub struct SetCapacity {
    pub clinic: ClinicId,
    pub visit_on: Date,
    /// One band; None for every band of the day.
    pub starts_min: Option<u16>,
    /// Places in a band; None takes back what was said, and the country's list counts again.
    pub capacity: Option<u16>,
    /// Also where people have more places than that: they keep them, and are named to be re-offered.
    pub even_below: bool,
}

/// The doses of a campaign are shared out anew, in one step.
#[derive(Debug, Clone)]
pub struct SetSupply {
    pub campaign: CampaignId,
    /// None: the total stays.
    pub total: Option<u64>,
    /// The 시·도 whose share changes, with their first doses.
    pub allotted: BTreeMap<RegionCode, u32>,
    /// Also where more is taken than that: nobody loses a dose, and what is short is told.
    pub even_below: bool,
}

impl StaffUse {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Block { .. } => "block",
            Self::Unblock { .. } => "unblock",
            Self::SetCapacity(_) => "set_capacity",
            Self::SetSupply(_) => "set_supply",
            Self::CheckIn(_) => "check_in",
            Self::NoShow(_) => "no_show",
            Self::Fulfil(_) => "fulfil",
        }
    }
}
