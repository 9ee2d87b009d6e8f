//! The request of each stage.

use serde_json::json;

use super::{Form, Stage, Visit};
use crate::scenario::Cast;
use crate::wire::Call;

impl Visit {
    pub(crate) fn ask(&self, person: u32, campaign: &str, cast: &Cast) -> Call {
        match &self.stage {
            Stage::Join => Call::post(format!("/gate/{campaign}/tickets"), ""),
            Stage::Settle { ticket } => {
                Call::get(format!("/gate/{campaign}/ticket")).with("charye-ticket", ticket)
            }
            Stage::Line { .. } => Call::get(format!("/gate/{campaign}.json")),
            Stage::Identify { .. } => identify(cast, person),
            Stage::ReadCode { .. } => Call::post(
                "/api/v1/demo/outbox".into(),
                json!({"phone": cast.person(person).phone}).to_string(),
            ),
            Stage::Verify { challenge, code, .. } => Call::post(
                "/api/v1/identity/verify".into(),
                json!({"challenge": challenge, "code": code}).to_string(),
            ),
            Stage::Exchange { ticket, session } => {
                Call::post(format!("/api/v1/campaigns/{campaign}/passes"), "")
                    .with("charye-ticket", ticket)
                    .with("charye-session", session)
                    .with("idempotency-key", &key(cast, person, "pass", 0))
            }
            Stage::Region(form) => Call::get(format!("/static/clinics/{}.json", form.region)),
            Stage::Slots(form) => behind_the_pass(
                form,
                Call::get(format!("/api/v1/campaigns/{campaign}/clinics/{}/slots", form.clinic)),
            ),
            Stage::Hold(form, place) => {
                let body = json!({
                    "campaign": campaign, "clinic": place.clinic, "date": place.date, "time": place.time,
                });
                behind_the_pass(form, Call::post("/api/v1/holds".into(), body.to_string()))
                    .with("idempotency-key", &key(cast, person, "hold", form.holds_tried))
            }
            Stage::Confirm(form, hold) => {
                let body = json!({ "hold": hold });
                behind_the_pass(form, Call::post("/api/v1/appointments".into(), body.to_string()))
                    .with("idempotency-key", &key(cast, person, "confirm", form.holds_tried))
            }
        }
    }
}

fn identify(cast: &Cast, person: u32) -> Call {
    let someone = cast.person(person);
    let body = json!({
        "name": someone.name, "number": someone.number, "phone": someone.phone,
    });
    Call::post("/api/v1/identity".into(), body.to_string())
}

fn behind_the_pass(form: &Form, call: Call) -> Call {
    call.with("charye-session", &form.session).with("charye-pass", &form.pass)
}

/// The same for every repetition of the same wish, another for another wish.
fn key(cast: &Cast, person: u32, what: &str, attempt: u8) -> String {
    format!("{what}-{:016x}-{person:08x}-{attempt}", cast.seed())
}
