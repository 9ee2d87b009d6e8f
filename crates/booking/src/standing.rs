//! What the state of an appointment means for others.

use crate::{Appointment, AppointmentState};

impl Appointment {
    /// Whether it is still to come, or its person is there now.
    pub fn is_live(&self) -> bool {
        matches!(self.state, AppointmentState::Booked | AppointmentState::CheckedIn { .. })
    }

    /// Whether its dose was given.
    pub fn is_given(&self) -> bool {
        matches!(self.state, AppointmentState::Fulfilled { .. })
    }

    /// Whether it stands in the way of another one for the same dose.
    pub fn stands(&self) -> bool {
        self.is_live() || self.is_given()
    }

    /// Whether its place counts as booked; a place nobody came to is not given to another.
    pub fn takes_a_place(&self) -> bool {
        !matches!(self.state, AppointmentState::Cancelled { .. })
    }

    /// Whether a dose of that day is, or was, for it.
    pub fn needs_a_dose(&self) -> bool {
        self.stands()
    }
}
