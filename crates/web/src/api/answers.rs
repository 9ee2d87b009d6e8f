//! What programs are answered with; their schemas in `/openapi.json` are made from these types.

use schemars::JsonSchema;
use serde::Serialize;

/// Where a ticket stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TicketStatus {
    /// The ticket, signed again with its number once that is known.
    pub ticket: String,
    /// `issued`, `undrawn`, `settled` or `called`.
    pub state: &'static str,
    pub queue_number: Option<u64>,
    pub places_ahead: Option<u64>,
    /// By which the place can be taken over elsewhere; known with the number.
    pub place_code: Option<String>,
    pub poll_after_seconds: f64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ChallengeSent {
    pub challenge: String,
    /// RFC 3339.
    pub expires_at: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct SessionBegun {
    pub session: String,
    pub expires_at: String,
    /// The place in line that counts: the earliest on which this person proved who they are.
    pub ticket: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct PassGiven {
    pub pass: String,
    /// Moves with activity, up to `ends_at`.
    pub expires_at: String,
    pub ends_at: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ClinicSlots {
    pub clinic: String,
    pub days: Vec<DaySlots>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DaySlots {
    pub date: String,
    pub times: Vec<TimeSlot>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TimeSlot {
    pub starts_at: String,
    pub free: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct HoldGiven {
    pub hold: String,
    pub clinic: String,
    pub date: String,
    pub time: String,
    pub expires_at: String,
    pub places: Vec<PlaceHeld>,
}

/// Who gets which dose when; all at the clinic of the hold.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlaceHeld {
    /// As in `GET /api/v1/recipients`.
    pub recipient: String,
    pub dose: u8,
    pub date: String,
    pub time: String,
}

/// New places for an appointment, and for its second dose where the old one no longer fits. `from` stands until the hold
/// is confirmed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangeHeld {
    pub hold: String,
    pub expires_at: String,
    pub from: Vec<PlaceSeen>,
    pub to: Vec<PlaceSeen>,
    /// What confirming needs.
    pub pass: String,
}

/// Where an appointment is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlaceSeen {
    pub number: String,
    pub clinic: String,
    pub date: String,
    pub time: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct CalendarGiven {
    /// A calendar file (RFC 5545).
    pub calendar: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct HoldExtended {
    pub hold: String,
    pub expires_at: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct AppointmentMade {
    /// The first of them.
    pub appointment: AppointmentSeen,
    /// Everybody's, the second doses too.
    pub appointments: Vec<AppointmentSeen>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Appointments {
    pub appointments: Vec<AppointmentSeen>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct AppointmentSeen {
    pub number: String,
    /// As in `GET /api/v1/recipients`.
    pub recipient: String,
    /// `booked` or `cancelled`.
    pub state: &'static str,
    pub clinic: String,
    pub date: String,
    pub time: String,
    pub dose: u8,
    pub booked_at: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OutboxMessages {
    pub messages: Vec<OutboxMessageSeen>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct OutboxMessageSeen {
    pub text: String,
    pub code: Option<String>,
    pub sent_at: String,
}

/// The process answers. `booking` is false while the ledger is sick; the process is alive all the same.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Health {
    pub alive: bool,
    pub booking: bool,
    pub phase: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Done {
    pub done: bool,
}
