//! The stand-in's rules: a line, codes, passes and slots, just enough to keep the contract.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use hyper::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Manners, Reply, Sabotage};
use crate::audit::Export;
use crate::logbook::slot;

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
    taken: HashMap<Place, u32>,
    /// By idempotency key.
    holds: HashMap<String, Place>,
    /// By hold and idempotency key: a repetition under another key would book twice.
    booked: HashMap<String, Made>,
    /// Holds whose confirmation is never answered.
    forgotten: HashSet<String>,
}

type Place = (String, String, String);

#[derive(Clone)]
struct Made {
    number: u64,
    whose: u64,
    place: Place,
}

impl Model {
    pub(super) fn new(manners: Manners) -> Self {
        Model {
            manners,
            tickets: Vec::new(),
            codes: HashMap::new(),
            exchanges: 0,
            taken: HashMap::new(),
            holds: HashMap::new(),
            booked: HashMap::new(),
            forgotten: HashSet::new(),
        }
    }

    pub(super) fn booked(&self) -> u64 {
        let oversells = self.manners.sabotage == Some(Sabotage::OversellsByOne);
        let fits = self.taken.values().all(|taken| *taken <= self.manners.places_per_slot);
        assert!(fits || oversells, "oversold");
        self.booked.len() as u64
    }

    pub(super) fn export(&self) -> Export {
        let mut export = Export::default();
        for made in self.booked.values() {
            let (clinic, date, time) = &made.place;
            let made_at = slot(clinic, date, time).expect("a slot");
            match self.manners.sabotage.filter(|_| made.number == 17) {
                Some(Sabotage::LosesABooking) => continue,
                Some(Sabotage::MovesABooking) => {
                    let another = slot(clinic, date, if time == TIMES[0] { TIMES[1] } else { TIMES[0] });
                    export.book(made.number, made.whose, another.expect("a slot"));
                    continue;
                }
                Some(Sabotage::BooksTwice) => export.book(made.number + 100_000, made.whose, made_at),
                Some(Sabotage::InventsABooking) => export.book(100_000, made.whose + 10_000, made_at),
                _ => {}
            }
            export.book(made.number, made.whose, made_at);
        }
        export
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
                self.confirm(&text("hold"), &header("idempotency-key"), &header("charye-session"))
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

    /// The pace of the calls, or one that would be pleasant to hear.
    fn pace(&self, now: Duration) -> Option<u64> {
        let pleasant = if self.manners.sabotage == Some(Sabotage::TellsWaitsTooShort) { 20 } else { 1 };
        let is_measured = now > self.manners.opens_in + Duration::from_secs(2);
        is_measured.then_some(self.manners.admissions_per_second * 60 * pleasant)
    }

    fn gate(&self, now: Duration) -> Reply {
        let start: Timestamp = "2027-07-12T10:00:00Z".parse().unwrap();
        let at = |offset: Duration| (start + SignedDuration::try_from(offset).unwrap()).to_string();
        let document = json!({
            "campaign": "c55", "sequence": now.as_secs(), "as_of": at(now), "opens_at": at(self.manners.opens_in),
            "phase": self.phase(now), "serving_number": self.serving_number(now),
            "tickets_issued": self.tickets.len(), "admissions_per_minute": self.pace(now), "poll": [[100, 5], [1000, 20], [null, 60]],
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
        let number = match (self.manners.sabotage, index) {
            (Some(Sabotage::CallsOutOfOrder), 20) => 380,
            (Some(Sabotage::CallsOutOfOrder), 380) => 20,
            (Some(Sabotage::GivesANumberTwice), 20) => 19,
            _ => index as u64,
        };
        (now >= self.manners.opens_in && now >= given_at + SETTLES_AFTER).then_some(number)
    }

    fn ticket(&self, now: Duration, ticket: &str) -> Reply {
        let number = self.queue_number(now, ticket);
        let is_called = number.is_some_and(|number| number < self.serving_number(now));
        let state = match number {
            None => "issued",
            Some(_) if is_called || self.manners.sabotage == Some(Sabotage::LetsInEarly) => "called",
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
        let lost = u32::from(self.manners.loses_first_codes);
        let code = self.codes.get(phone).filter(|code| **code > lost).map(|code| format!("{code:06}"));
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
        let early = if self.manners.sabotage == Some(Sabotage::LetsInEarly) { 100 } else { 0 };
        let turned_away = self.manners.sabotage == Some(Sabotage::TurnsAwayTheCalled)
            && number.is_some_and(|number| number == 17 && self.serving_number(now) < 40);
        if turned_away || number.is_none_or(|number| number >= self.serving_number(now) + early) {
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
        let oversells = self.manners.sabotage == Some(Sabotage::OversellsByOne);
        let places = self.manners.places_per_slot + u32::from(oversells);
        places - self.taken.get(&key).copied().unwrap_or(0)
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
        if let Some((clinic, date, time)) = self.holds.get(key) {
            return held(key, clinic, date, time);
        }
        if self.free(&clinic, &date, &time) == 0 {
            return self.slot_full(&clinic);
        }
        let answer = held(key, &clinic, &date, &time);
        self.holds.insert(key.to_owned(), (clinic.clone(), date.clone(), time.clone()));
        *self.taken.entry((clinic, date, time)).or_default() += 1;
        answer
    }

    fn slot_full(&self, clinic: &str) -> Reply {
        let all = DAYS.iter().flat_map(|date| TIMES.iter().map(move |time| (date, time)));
        let free = all.filter(|(date, time)| self.free(clinic, date, time) > 0);
        let nearest: Vec<Value> =
            free.map(|(date, time)| json!({"clinic": clinic, "date": date, "time": time})).collect();
        Reply::json(409, &json!({"code": "SlotFull", "nearest": nearest}))
    }

    fn confirm(&mut self, hold: &str, key: &str, session: &str) -> Reply {
        let Some(place) = self.holds.get(hold).cloned() else { return Reply::problem(409, "HoldExpired") };
        let count = self.booked.len() as u64 + 1;
        let is_shared = self.manners.sabotage == Some(Sabotage::SharesANumber) && count == 18;
        let number = if is_shared { 17 } else { count };
        let whose = session.trim_start_matches("s-").parse().expect("a phone");
        let is_new = !self.booked.contains_key(&format!("{hold} {key}"));
        let made = self.booked.entry(format!("{hold} {key}")).or_insert(Made { number, whose, place });
        let (clinic, date, time) = &made.place;
        let seen = json!({
            "number": format!("{:010}", made.number), "clinic": clinic, "date": date, "time": time, "dose": 1,
        });
        let mut reply = Reply::json(201, &json!({"appointment": seen, "appointments": [seen]}));
        let forgets = self.manners.forgets_every;
        let forgotten = is_new && forgets > 0 && made.number.is_multiple_of(forgets);
        if forgotten {
            self.forgotten.insert(hold.to_owned());
        }
        reply.is_silent = self.manners.confirms_silently || self.forgotten.contains(hold);
        reply
    }
}

fn held(key: &str, clinic: &str, date: &str, time: &str) -> Reply {
    Reply::json(201, &json!({ "hold": key, "clinic": clinic, "date": date, "time": time }))
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
