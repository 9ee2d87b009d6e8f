//! The stand-in's rules: a line, codes, passes and slots, just enough to keep the contract.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use hyper::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Manners, Reply};

const SETTLES_AFTER: Duration = Duration::from_secs(2);
const CLINICS: [&str; 3] = ["C00001", "C00002", "C00003"];
const DAYS: [&str; 2] = ["2027-07-26", "2027-07-27"];
const TIMES: [&str; 2] = ["09:00", "09:30"];

pub(super) struct Model {
    manners: Manners,
    /// When each ticket was given; its index is the queue number.
    tickets: Vec<Duration>,
    codes: HashMap<String, u32>,
    exchanges: u64,
    taken: HashMap<(String, String, String), u32>,
    /// By idempotency key.
    holds: HashSet<String>,
    /// By hold and idempotency key: a repetition under another key would book twice.
    booked: HashSet<String>,
}

impl Model {
    pub(super) fn new(manners: Manners) -> Self {
        Model {
            manners,
            tickets: Vec::new(),
            codes: HashMap::new(),
            exchanges: 0,
            taken: HashMap::new(),
            holds: HashSet::new(),
            booked: HashSet::new(),
        }
    }

    pub(super) fn booked(&self) -> u64 {
        assert!(self.taken.values().all(|taken| *taken <= self.manners.places_per_slot), "oversold");
        self.booked.len() as u64
    }

    pub(super) fn reply(
        &mut self,
        now: Duration,
        method: &Method,
        path: &str,
        header: impl Fn(&str) -> String,
        body: &[u8],
    ) -> Reply {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| body[name].as_str().unwrap_or("").to_owned();
        match (method.as_str(), path) {
            ("GET", "/static/regions.json") => regions(),
            ("GET", "/static/clinics/1111000000.json") => clinics(),
            ("GET", "/gate/c55.json") => self.gate(now),
            ("POST", "/gate/c55/tickets") => self.give_ticket(now),
            ("GET", "/gate/c55/ticket") => self.ticket(now, &header("charye-ticket")),
            ("POST", "/api/v1/identity") => self.identify(text("phone")),
            ("POST", "/api/v1/demo/outbox") => self.outbox(&text("phone")),
            ("POST", "/api/v1/identity/verify") => self.verify(&text("challenge"), &text("code")),
            ("POST", "/api/v1/campaigns/c55/passes") => self.admit(now, &header("charye-ticket")),
            ("POST", "/api/v1/holds") if has_pass(&header) => {
                self.hold(&header("idempotency-key"), [text("clinic"), text("date"), text("time")])
            }
            ("POST", "/api/v1/appointments") if has_pass(&header) => {
                self.confirm(&text("hold"), &header("idempotency-key"))
            }
            ("GET", path) if path.ends_with("/slots") && has_pass(&header) => self.slots(path),
            _ => Reply::problem(404, "NotFound"),
        }
    }

    fn phase(&self, now: Duration) -> &'static str {
        let by_time = if now < self.manners.gives_tickets_from {
            "before"
        } else if now < self.manners.opens_in {
            "lobby"
        } else {
            "open"
        };
        self.manners.phase.unwrap_or(by_time)
    }

    fn serving_number(&self, now: Duration) -> u64 {
        now.saturating_sub(self.manners.opens_in).as_secs() * self.manners.admissions_per_second
    }

    fn gate(&self, now: Duration) -> Reply {
        let start: Timestamp = "2027-07-12T10:00:00Z".parse().unwrap();
        let at = |offset: Duration| (start + SignedDuration::try_from(offset).unwrap()).to_string();
        let document = json!({
            "campaign": "c55", "sequence": now.as_secs(), "as_of": at(now), "opens_at": at(self.manners.opens_in),
            "phase": self.phase(now), "serving_number": self.serving_number(now),
            "tickets_issued": self.tickets.len(), "poll": [[100, 5], [1000, 20], [null, 60]],
            "doses_left": {}, "message": {}, "signature": "none",
        });
        Reply::json(200, &document)
    }

    fn give_ticket(&mut self, now: Duration) -> Reply {
        match self.phase(now) {
            "before" => return Reply::problem(409, "TooEarly"),
            "closed" => return Reply::problem(409, "CampaignClosed"),
            _ => {}
        }
        self.tickets.push(now);
        let ticket = format!("t{}", self.tickets.len() - 1);
        Reply::json(201, &json!({"ticket": ticket, "state": "issued", "poll_after_seconds": 1.5}))
    }

    fn queue_number(&self, now: Duration, ticket: &str) -> Option<u64> {
        let index: usize = ticket.strip_prefix('t')?.trim_end_matches('+').parse().ok()?;
        let given_at = *self.tickets.get(index)?;
        (now >= self.manners.opens_in && now >= given_at + SETTLES_AFTER).then_some(index as u64)
    }

    fn ticket(&self, now: Duration, ticket: &str) -> Reply {
        let number = self.queue_number(now, ticket);
        let is_called = number.is_some_and(|number| number < self.serving_number(now));
        let state = match number {
            None => "issued",
            Some(_) if is_called => "called",
            Some(_) => "settled",
        };
        // Re-signed: a crowd that keeps the old one is found out at the entrance.
        let ticket = if number.is_some() { format!("{ticket}+") } else { ticket.to_owned() };
        Reply::json(
            200,
            &json!({
                "ticket": ticket, "state": state, "queue_number": number, "places_ahead": null,
                "poll_after_seconds": 1.5,
            }),
        )
    }

    fn identify(&mut self, phone: String) -> Reply {
        let challenge = format!("ch-{phone}");
        *self.codes.entry(phone).or_default() += 1;
        Reply::json(202, &json!({ "challenge": challenge, "expires_at": "2027-07-12T11:00:00Z" }))
    }

    fn outbox(&self, phone: &str) -> Reply {
        let code = self.codes.get(phone).map(|code| format!("{code:06}"));
        Reply::json(
            200,
            &json!({"messages": [{"text": "a notice", "code": null}, {"text": "", "code": code}]}),
        )
    }

    fn verify(&self, challenge: &str, code: &str) -> Reply {
        let phone = challenge.trim_start_matches("ch-");
        if self.codes.get(phone).is_none_or(|sent| format!("{sent:06}") != code) {
            return Reply::problem(403, "WrongCode");
        }
        Reply::json(200, &json!({ "session": format!("s-{phone}") }))
    }

    fn admit(&mut self, now: Duration, ticket: &str) -> Reply {
        let number = self.queue_number(now, ticket).filter(|_| ticket.ends_with('+'));
        if number.is_none_or(|number| number >= self.serving_number(now)) {
            return Reply::problem(409, "NotYourTurn");
        }
        self.exchanges += 1;
        if !self.exchanges.is_multiple_of(self.manners.entrance_every) {
            return Reply::problem(429, "RateLimited").after(self.manners.retry_after);
        }
        Reply::json(201, &json!({"pass": "p", "expires_at": "2027-07-12T11:00:00Z"}))
    }

    fn free(&self, clinic: &str, date: &str, time: &str) -> u32 {
        let key = (clinic.to_owned(), date.to_owned(), time.to_owned());
        self.manners.places_per_slot - self.taken.get(&key).copied().unwrap_or(0)
    }

    fn slots(&self, path: &str) -> Reply {
        let clinic = path.split('/').nth(6).unwrap_or("");
        let times = |date: &str| -> Vec<Value> {
            TIMES.iter().map(|t| json!({"starts_at": t, "free": self.free(clinic, date, t)})).collect()
        };
        let days: Vec<Value> = DAYS.iter().map(|d| json!({"date": d, "times": times(d)})).collect();
        Reply::json(200, &json!({ "clinic": clinic, "days": days }))
    }

    fn hold(&mut self, key: &str, place: [String; 3]) -> Reply {
        let [clinic, date, time] = place;
        if self.holds.contains(key) {
            return Reply::json(201, &json!({ "hold": key }));
        }
        if self.free(&clinic, &date, &time) == 0 {
            return self.slot_full(&clinic);
        }
        self.holds.insert(key.to_owned());
        *self.taken.entry((clinic, date, time)).or_default() += 1;
        Reply::json(201, &json!({ "hold": key }))
    }

    fn slot_full(&self, clinic: &str) -> Reply {
        let all = DAYS.iter().flat_map(|date| TIMES.iter().map(move |time| (date, time)));
        let free = all.filter(|(date, time)| self.free(clinic, date, time) > 0);
        let nearest: Vec<Value> =
            free.map(|(date, time)| json!({"clinic": clinic, "date": date, "time": time})).collect();
        Reply::json(409, &json!({"code": "SlotFull", "nearest": nearest}))
    }

    fn confirm(&mut self, hold: &str, key: &str) -> Reply {
        if !self.holds.contains(hold) {
            return Reply::problem(409, "HoldExpired");
        }
        self.booked.insert(format!("{hold} {key}"));
        let mut reply = Reply::json(201, &json!({"appointment": {"number": "1"}}));
        reply.is_silent = self.manners.confirms_silently;
        reply
    }
}

fn has_pass(header: &impl Fn(&str) -> String) -> bool {
    header("charye-pass") == "p" && header("charye-session").starts_with("s-0100")
}

/// The second region has no clinics and no file.
fn regions() -> Reply {
    Reply::json(
        200,
        &json!({"regions": [
            {"code": "1100000000", "level": "sido", "parent": "", "name": "Sido"},
            {"code": "1111000000", "level": "sigungu", "parent": "1100000000", "name": "Sigungu A"},
            {"code": "1114000000", "level": "sigungu", "parent": "1100000000", "name": "Sigungu B"},
        ]}),
    )
}

fn clinics() -> Reply {
    let clinics: Vec<Value> = CLINICS.iter().map(|id| json!({"id": id, "name": "synthetic"})).collect();
    Reply::json(200, &json!({ "region": "1111000000", "clinics": clinics }))
}
