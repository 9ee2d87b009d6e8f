//! One's own appointments.

use super::Chrome;
use super::people::HelperRow;
use super::wait_list::WaitRow;
use askama::Template;
use jiff::civil::{Date, Time};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppointmentState {
    Booked,
    /// At the clinic now; the number of the arrival.
    CheckedIn {
        number: u16,
    },
    Fulfilled,
    Cancelled,
    NoShow,
}

#[derive(Clone, Debug)]
pub struct AppointmentRow {
    pub number: String,
    pub state: AppointmentState,
    pub recipient_name: String,
    /// With several people: on the first of each.
    pub heading: Option<String>,
    pub clinic_name: String,
    pub clinic_address: String,
    pub clinic_phone: Option<String>,
    pub date: Date,
    pub time: Time,
    pub vaccine: String,
    pub dose_number: u8,
    /// The last day on which it can be changed or cancelled here; `None` when it no longer can.
    pub cancel_until: Option<Date>,
    /// Its page to print.
    pub href: Option<String>,
    /// Its calendar file.
    pub calendar_href: Option<String>,
}

/// `GET /my`. Forms: `POST /my/change`, `/my/cancel`, `/my/message`, each with `appointment`, `csrf`, `key`; `/my/cancel`
/// without `sure` asks once more.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/my.html", whitespace = "minimize")]
pub struct MyPage {
    pub chrome: Chrome,
    pub csrf: String,
    pub key: String,
    pub appointments: Vec<AppointmentRow>,
    /// What was just done, for example a cancellation.
    pub done: Option<String>,
    /// Who may book for the person, and from whom they took the leave.
    pub helpers: Vec<HelperRow>,
    /// Who waits for a place that may come back.
    pub waits: Vec<WaitRow>,
    /// A place is held and waits for its confirmation.
    pub has_hold: bool,
}

impl MyPage {
    fn is_offered(&self) -> bool {
        self.waits.iter().any(|wait| wait.offer.is_some())
    }

    fn may_book(&self) -> bool {
        let is_settled = |row: &AppointmentRow| match row.state {
            AppointmentState::Booked | AppointmentState::CheckedIn { .. } | AppointmentState::Fulfilled => {
                true
            }
            AppointmentState::Cancelled | AppointmentState::NoShow => false,
        };
        !self.has_hold && !self.appointments.iter().any(is_settled)
    }
}
