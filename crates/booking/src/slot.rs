//! 예약 시간: clinic × day × time band.

use crate::ClinicId;
use jiff::civil::Date;

/// Names one slot. The band is known by the minute of the day it starts at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId {
    pub clinic: ClinicId,
    pub visit_on: Date,
    /// Minutes from midnight, Korean time.
    pub starts_min: u16,
}

/// What a slot holds. Always `capacity = free + held + booked + blocked`, each at least 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SlotCounts {
    /// What the clinic says; where it says less than it gave before, what is taken.
    pub capacity: u32,
    pub held: u32,
    pub booked: u32,
    pub blocked: u32,
}

impl SlotCounts {
    pub fn taken(self) -> u32 {
        self.held + self.booked + self.blocked
    }

    pub fn free(self) -> u32 {
        self.capacity.checked_sub(self.taken()).expect("a slot is never filled over its capacity")
    }
}
