//! One person, as an agent has them in hand.

use super::Frame;
use super::calls::{CallBox, CallStage};
use super::wrap_up::WrapUp;
use crate::pages::my::{AppointmentRow, AppointmentState};
use crate::pages::parts::{Errors, LineOrder, Phase, RefusalNote};
use askama::Template;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

/// How much of the numbers is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Masked,
    /// For a reason that is on record.
    InFull,
}

#[derive(Clone, Debug)]
pub struct PersonRow {
    pub row: AppointmentRow,
    pub change_href: Option<String>,
}

#[derive(Clone, Debug)]
pub struct HeldPlace {
    pub hold: String,
    /// Dose, day, time and clinic.
    pub places: Vec<(u8, Date, Time, String)>,
    pub until: Timestamp,
    pub is_change: bool,
    pub can_extend: bool,
}

/// `GET /desk/people/{person}`. Forms below `path`: `unmask` (`why`), `cancel` (`appointment`), `extend`, `release`,
/// `confirm` (`hold`), `call` (`call_to`, `call_number`), `call/end` (`result`), `note` (`reason`, `note`).
#[derive(Clone, Debug, Template)]
#[template(path = "desk/person.html", whitespace = "minimize")]
pub struct PersonPage {
    pub frame: Frame,
    pub path: String,
    pub name: String,
    pub born_on: Date,
    pub number: String,
    pub has_temporary_number: bool,
    pub phone: Option<String>,
    pub shown: Shown,
    pub appointments: Vec<PersonRow>,
    /// No first dose is booked or given.
    pub may_book: bool,
    pub held: Option<HeldPlace>,
    pub call: CallBox,
    pub wrap_up: WrapUp,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
}
