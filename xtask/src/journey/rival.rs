//! Somebody else, who books over the API while a person still looks at the page.
use super::people::Person;
use crate::api::{call, read, text};
use crate::http::{self, Header};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::time::Duration;

const CAMPAIGN: &str = "c55";
const LOOK_EVERY: Duration = Duration::from_millis(200);
const LOOKS_MAX: u32 = 150;

pub(crate) struct Rival {
    port: u16,
    session: String,
    pass: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) clinic: String,
    pub(crate) date: String,
    pub(crate) time: String,
}

/// Their turn has come and they have proved who they are; they are still outside.
pub(crate) struct Called {
    port: u16,
    session: String,
    ticket: String,
}

impl Called {
    pub(crate) async fn wait(port: u16, person: Person) -> Result<Self> {
        let ticket = called_ticket(port).await?;
        let claim = json!({"name": person.name, "number": person.number, "phone": person.phone});
        let challenge = text(&call(port, "/api/v1/identity", &[], &claim)?, "/challenge")?;
        let outbox = call(port, "/api/v1/demo/outbox", &[], &json!({"phone": person.phone}))?;
        let code = json!({"challenge": challenge, "code": text(&outbox, "/messages/0/code")?});
        let session = text(&call(port, "/api/v1/identity/verify", &[], &code)?, "/session")?;
        Ok(Self { port, session, ticket })
    }

    /// Presses until the entrance, which lets in so many a second, lets them in.
    pub(crate) async fn enter(self) -> Result<Rival> {
        let headers = [("charye-session", self.session.as_str()), ("charye-ticket", self.ticket.as_str())];
        let passes = format!("/api/v1/campaigns/{CAMPAIGN}/passes");
        for _ in 0..LOOKS_MAX {
            if let Ok(given) = call(self.port, &passes, &headers, &json!({})) {
                return Ok(Rival { port: self.port, pass: text(&given, "/pass")?, session: self.session });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!("a called person never got a pass")
    }
}

impl Rival {
    /// Stands in line like everybody, proves who they are, and comes in.
    pub(crate) async fn enter(port: u16, person: Person) -> Result<Self> {
        Called::wait(port, person).await?.enter().await
    }

    /// A slot with one free place, in that 시·군·구.
    pub(crate) fn scarce_slot(&self, sigungu: &str) -> Result<Slot> {
        let file = read(&http::get(self.port, &format!("/static/clinics/{sigungu}.json"))?)?;
        let clinics = file["clinics"].as_array().context("no list of clinics")?;
        for clinic in clinics.iter().filter_map(|clinic| clinic["id"].as_str()) {
            let path = format!("/api/v1/campaigns/{CAMPAIGN}/clinics/{clinic}/slots");
            let slots = read(&http::get_with(self.port, &path, &self.headers())?)?;
            if let Some((date, time)) = one_free(&slots) {
                return Ok(Slot { clinic: clinic.to_owned(), date, time });
            }
        }
        bail!("no clinic in {sigungu} has a time with one place")
    }

    /// The first time that is free at the clinic.
    pub(crate) fn first_slot(&self, clinic: &str) -> Result<Slot> {
        let path = format!("/api/v1/campaigns/{CAMPAIGN}/clinics/{clinic}/slots");
        let slots = read(&http::get_with(self.port, &path, &self.headers())?)?;
        let (date, time) = one_free(&slots).context("it has no time with one place")?;
        Ok(Slot { clinic: clinic.to_owned(), date, time })
    }

    /// Holds the slot; what comes back is the hold.
    pub(crate) fn take(&self, slot: &Slot) -> Result<String> {
        let wanted =
            json!({"campaign": CAMPAIGN, "clinic": slot.clinic, "date": slot.date, "time": slot.time});
        text(&self.ask("/api/v1/holds", "the-last-place", &wanted)?, "/hold")
    }

    /// The number of the appointment.
    pub(crate) fn book(&self, slot: &Slot) -> Result<String> {
        let hold = self.take(slot)?;
        let booked = self.ask("/api/v1/appointments", "booked", &json!({ "hold": hold }))?;
        text(&booked, "/appointment/number")
    }

    pub(crate) fn cancel(&self, number: &str) -> Result<()> {
        let wanted = json!({ "appointment": number });
        self.ask("/api/v1/appointments/cancel", "cancelled", &wanted).map(drop)
    }

    fn ask(&self, path: &str, key: &str, wanted: &Value) -> Result<Value> {
        let [session, pass] = self.headers();
        call(self.port, path, &[session, pass, ("idempotency-key", key)], wanted)
    }

    fn headers(&self) -> [Header<'_>; 2] {
        [("charye-session", &self.session), ("charye-pass", &self.pass)]
    }
}

/// A new ticket, as it stands in a cookie or header.
pub(crate) fn new_ticket(port: u16) -> Result<String> {
    text(&call(port, &format!("/gate/{CAMPAIGN}/tickets"), &[], &json!({}))?, "/ticket")
}

async fn called_ticket(port: u16) -> Result<String> {
    let ticket = new_ticket(port)?;
    for _ in 0..LOOKS_MAX {
        let path = format!("/gate/{CAMPAIGN}/ticket");
        let status = read(&http::get_with(port, &path, &[("charye-ticket", &ticket)])?)?;
        if status["state"] == "called" {
            return Ok(ticket);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    bail!("a ticket was never called")
}

/// The public document of the line.
pub(crate) fn gate_document(port: u16) -> Result<Value> {
    read(&http::get(port, &format!("/gate/{CAMPAIGN}.json"))?)
}

fn one_free(slots: &Value) -> Option<(String, String)> {
    slots["days"].as_array()?.iter().find_map(|day| {
        let time = day["times"].as_array()?.iter().find(|time| time["free"] == 1)?;
        Some((day["date"].as_str()?.to_owned(), time["starts_at"].as_str()?.to_owned()))
    })
}
