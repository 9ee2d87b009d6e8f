//! The service's answers, as far as a person reads them.

use serde::Deserialize;

use super::Place;

#[derive(Deserialize)]
pub(super) struct TicketAnswer {
    pub(super) ticket: Box<str>,
    #[serde(default)]
    pub(super) queue_number: Option<u64>,
    #[serde(default)]
    pub(super) state: Box<str>,
    #[serde(default)]
    pub(super) poll_after_seconds: f64,
}

#[derive(Deserialize)]
pub(super) struct ChallengeAnswer {
    pub(super) challenge: Box<str>,
}

#[derive(Deserialize)]
pub(super) struct OutboxAnswer {
    pub(super) messages: Vec<OutboxMessage>,
}

#[derive(Deserialize)]
pub(super) struct OutboxMessage {
    pub(super) code: Option<Box<str>>,
}

#[derive(Deserialize)]
pub(super) struct SessionAnswer {
    pub(super) session: Box<str>,
}

#[derive(Deserialize)]
pub(super) struct PassAnswer {
    pub(super) pass: Box<str>,
}

#[derive(Deserialize)]
pub(super) struct SlotsAnswer {
    pub(super) days: Vec<DayAnswer>,
}

#[derive(Deserialize)]
pub(super) struct DayAnswer {
    pub(super) date: Box<str>,
    pub(super) times: Vec<TimeAnswer>,
}

#[derive(Deserialize)]
pub(super) struct TimeAnswer {
    pub(super) starts_at: Box<str>,
    pub(super) free: i64,
}

#[derive(Deserialize)]
pub(super) struct HoldAnswer {
    pub(super) hold: Box<str>,
}

/// A hold as the logbook reads it.
#[derive(Deserialize)]
pub(super) struct HeldAnswer {
    #[serde(default)]
    pub(super) clinic: Box<str>,
    #[serde(default)]
    pub(super) date: Box<str>,
    #[serde(default)]
    pub(super) time: Box<str>,
}

#[derive(Deserialize)]
pub(super) struct MadeAnswer {
    pub(super) appointments: Vec<AppointmentAnswer>,
}

#[derive(Deserialize)]
pub(super) struct AppointmentAnswer {
    pub(super) number: Box<str>,
    pub(super) clinic: Box<str>,
    pub(super) date: Box<str>,
    pub(super) time: Box<str>,
}

#[derive(Deserialize)]
pub(super) struct SlotFullAnswer {
    #[serde(default)]
    pub(super) nearest: Vec<Place>,
}

impl SlotsAnswer {
    /// Day and time of every slot with a free place.
    pub(super) fn free_times(&self) -> Vec<(&str, &str)> {
        self.days.iter().flat_map(DayAnswer::free_times).collect()
    }
}

impl DayAnswer {
    fn free_times(&self) -> impl Iterator<Item = (&str, &str)> {
        self.times.iter().filter(|time| time.free > 0).map(|time| (&*self.date, &*time.starts_at))
    }
}
