//! The gate document as the crowd reads it: only what a waiting page needs.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

/// What a page assumes where the document names no band.
const POLL_DEFAULT: Duration = Duration::from_secs(5);
const POLL_MIN: Duration = Duration::from_secs(1);
const POLL_MAX: Duration = Duration::from_hours(1);

#[derive(Clone, Debug, Deserialize)]
pub struct GateDocument {
    pub phase: Phase,
    #[serde(default)]
    as_of: Option<Box<str>>,
    #[serde(default)]
    opens_at: Option<Box<str>>,
    #[serde(default)]
    serving_number: Option<u64>,
    #[serde(default)]
    tickets_issued: Option<u64>,
    #[serde(default)]
    admissions_per_minute: Option<u64>,
    /// `[places_ahead_below, seconds]`, nearest first; the last may have no end.
    #[serde(default)]
    poll: Vec<(Option<u64>, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Before,
    Lobby,
    Drawing,
    Open,
    Paused,
    Full,
    Closed,
    /// Also a phase this crowd does not know: it waits.
    #[serde(other)]
    Trouble,
}

impl GateDocument {
    pub fn serving_number(&self) -> u64 {
        self.serving_number.unwrap_or(0)
    }

    pub fn tickets_issued(&self) -> u64 {
        self.tickets_issued.unwrap_or(0)
    }

    /// The pace that was measured, from which waits are told.
    pub fn admissions_per_minute(&self) -> Option<u64> {
        self.admissions_per_minute
    }

    /// By the service's own two instants, so that no clock of the crowd is asked.
    pub fn opening_in(&self) -> Duration {
        let (Some(as_of), Some(opens_at)) =
            (instant(self.as_of.as_deref()), instant(self.opens_at.as_deref()))
        else {
            return Duration::ZERO;
        };
        Duration::try_from(opens_at.duration_since(as_of)).unwrap_or(Duration::ZERO)
    }

    pub(crate) fn calls(&self, queue_number: u64) -> bool {
        queue_number < self.serving_number()
    }

    /// Why nobody need wait any longer, in the words of the refusals.
    pub(crate) fn sends_home(&self) -> Option<&'static str> {
        match self.phase {
            Phase::Full => Some("CampaignFull"),
            Phase::Closed => Some("CampaignClosed"),
            Phase::Before | Phase::Lobby | Phase::Drawing | Phase::Open | Phase::Paused | Phase::Trouble => {
                None
            }
        }
    }

    pub(crate) fn gives_tickets(&self) -> bool {
        !matches!(self.phase, Phase::Before | Phase::Full | Phase::Closed)
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Paused)
    }

    /// When a page with this number asks again.
    pub(crate) fn poll_after(&self, queue_number: u64) -> Duration {
        let ahead = queue_number.saturating_sub(self.serving_number());
        let band = self.poll.iter().find(|(below, _)| below.is_none_or(|below| ahead < below));
        band.or(self.poll.last()).map_or(POLL_DEFAULT, |(_, seconds)| poll_seconds(*seconds))
    }
}

fn instant(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

/// A number of seconds from an answer, made harmless.
pub(crate) fn poll_seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(POLL_DEFAULT).clamp(POLL_MIN, POLL_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(more: &str) -> GateDocument {
        let text = format!(r#"{{"campaign":"c55","phase":"open","signature":"x"{more}}}"#);
        serde_json::from_str(&text).expect("a gate document")
    }

    #[test]
    fn the_time_to_the_opening_comes_from_the_document_itself() {
        let opening = r#","as_of":"2027-07-12T10:59:15Z","opens_at":"2027-07-12T20:00:00+09:00""#;
        assert_eq!(document(opening).opening_in(), Duration::from_secs(45));
        let open = r#","as_of":"2027-07-12T12:00:00Z","opens_at":"2027-07-12T20:00:00+09:00""#;
        assert_eq!(document(open).opening_in(), Duration::ZERO);
        assert_eq!(document("").opening_in(), Duration::ZERO);
    }

    #[test]
    fn pages_far_from_the_front_ask_less_often() {
        let gate = document(r#","serving_number":100,"poll":[[50,2],[1000,20.5],[null,90]]"#);
        let asked = [100, 149, 150, 5_000].map(|number| gate.poll_after(number).as_millis());
        assert_eq!(asked, [2_000, 2_000, 20_500, 90_000]);
        assert!(gate.calls(99) && !gate.calls(100));
    }

    #[test]
    fn an_odd_document_leads_to_no_tight_loop() {
        let gate = document(r#","serving_number":null,"poll":[[10,0],[20,-3]]"#);
        assert_eq!(gate.poll_after(1), POLL_MIN);
        assert_eq!(gate.poll_after(15), POLL_DEFAULT);
        assert_eq!(document("").poll_after(15), POLL_DEFAULT);
        let unknown: GateDocument = serde_json::from_str(r#"{"phase":"new"}"#).expect("a gate document");
        assert_eq!(unknown.phase, Phase::Trouble);
    }
}
