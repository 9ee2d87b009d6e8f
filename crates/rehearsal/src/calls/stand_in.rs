//! A desk small enough to trust: the pages that an agent reads, in memory, with bad manners on request.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bytes::Bytes;

use super::AgentKey;
use crate::audit::Export;
use crate::logbook::slot;
use crate::wire::{Answer, Call, Fault};

const CLINICS: [&str; 3] = ["C00001", "C00002", "C00003"];
const DAY: &str = "2027-07-26";
const DAY_SAID: &str = "Mon 26 July 2027";
const TIMES: [(&str, &str); 2] = [("09:00", "9:00 am"), ("13:30", "1:30 pm")];

/// How the desk behaves; by default well.
#[derive(Clone, Copy)]
pub(super) struct Manners {
    pub(super) places_per_slot: u32,
    /// Every so-manieth request is told 503, is done and never answered, or finds nobody signed in; 0 for none.
    pub(super) busy_every: u64,
    pub(super) forgets_every: u64,
    pub(super) signs_out_every: u64,
    pub(super) is_dead: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Manners {
            places_per_slot: u32::MAX,
            busy_every: 0,
            forgets_every: 0,
            signs_out_every: 0,
            is_dead: false,
        }
    }
}

pub(super) struct StandIn {
    pub(super) manners: Manners,
    requests: u64,
    signed_in: Vec<String>,
    /// By name and number.
    people: HashMap<(String, String), usize>,
    holds: HashMap<usize, Place>,
    made: BTreeMap<usize, (Place, String)>,
    taken: HashMap<Place, u32>,
}

/// Clinic and time.
type Place = (String, String);

impl StandIn {
    pub(super) fn new(manners: Manners) -> Self {
        StandIn {
            manners,
            requests: 0,
            signed_in: Vec::new(),
            people: HashMap::new(),
            holds: HashMap::new(),
            made: BTreeMap::new(),
            taken: HashMap::new(),
        }
    }

    pub(super) fn booked(&self) -> u64 {
        self.made.len() as u64
    }

    /// Its record, which names the account of whoever was signed in.
    pub(super) fn export(&self) -> Export {
        let mut export = Export::default();
        for (person, ((clinic, time), login)) in &self.made {
            export.book(number(*person), *person as u64, slot(clinic, DAY, time).unwrap());
            let account = login.trim_start_matches("agent-").parse().unwrap();
            export.bookings.get_mut(&number(*person)).unwrap().staff = Some(account);
        }
        export
    }

    pub(super) fn reply(&mut self, call: &Call) -> Result<Answer, Fault> {
        self.requests += 1;
        let is_turn = |every: u64| every > 0 && self.requests.is_multiple_of(every);
        if self.manners.is_dead {
            return Err(Fault::NotSent);
        }
        if is_turn(self.manners.busy_every) {
            return Ok(Answer { retry_after: Some(Duration::from_secs(1)), ..page(503, "") });
        }
        let forgets = is_turn(self.manners.forgets_every);
        if is_turn(self.manners.signs_out_every) {
            self.signed_in.clear();
        }
        let answer = self.answer(call);
        if forgets { Err(Fault::NoAnswer) } else { Ok(answer) }
    }

    fn answer(&mut self, call: &Call) -> Answer {
        let form = fields(&call.body);
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        let path = call.path.strip_prefix("/en/desk").expect("agents stay at the desk");
        if path == "/sign-in" {
            self.signed_in.push(field("login"));
            let cookie = format!("charye-staff={}; HttpOnly", field("login"));
            return Answer { cookies: vec![cookie.into()], ..see("/en/desk") };
        }
        let cookie = call.headers.iter().find(|(name, _)| *name == "cookie").map_or("", |(_, value)| value);
        let login = cookie.strip_prefix("charye-staff=").unwrap_or("").to_owned();
        if !self.signed_in.contains(&login) {
            return see("/en/desk/sign-in");
        }
        let parts: Vec<&str> = path.split(['/', '?']).collect();
        match parts[..] {
            [_, "people", "find"] => page(404, "<p>Reference 649</p>"),
            [_, "people", "new"] if form.is_empty() => page(200, ""),
            [_, "people", "new"] => {
                let next = self.people.len();
                let person = *self.people.entry((field("name"), field("number"))).or_insert(next);
                see(&format!("/en/desk/people/{person}"))
            }
            [_, "people", person] => page(200, &self.person(person.parse().unwrap())),
            [_, "people", person, "clinics", query] if query.starts_with("q=") => {
                let row =
                    |id: &str| format!("<a class=\"row\" href=\"/en/desk/people/{person}/clinics/{id}\">");
                page(200, &CLINICS.map(row).concat())
            }
            [_, "people", person, "clinics", clinic] => {
                let row =
                    format!("<a class=\"row\" href=\"/en/desk/people/{person}/clinics/{clinic}/{DAY}\">");
                page(200, &row)
            }
            [_, "people", person, "clinics", clinic, DAY] => page(200, &self.times(person, clinic)),
            [_, "people", person, "hold"] => self.hold(person, (field("clinic"), field("time"))),
            [_, "people", person, "confirm"] => {
                let person: usize = person.parse().unwrap();
                if let Some(place) = self.holds.remove(&person) {
                    self.made.insert(person, (place, login));
                }
                see(&format!("/en/desk/people/{person}"))
            }
            [_, "people", person, "release"] => {
                if let Some(place) = self.holds.remove(&person.parse().unwrap()) {
                    *self.taken.get_mut(&place).unwrap() -= 1;
                }
                see(&format!("/en/desk/people/{person}"))
            }
            _ => panic!("no such page: {path}"),
        }
    }

    fn person(&self, person: usize) -> String {
        let form = |what: &str| {
            format!(
                "<form method=\"post\" action=\"/en/desk/people/{person}/{what}\"><input type=\"hidden\" name=\"key\" value=\"k\"><input type=\"hidden\" name=\"hold\" value=\"{person}\"></form>"
            )
        };
        if let Some(((clinic, time), _)) = self.made.get(&person) {
            let said = TIMES.iter().find(|(known, _)| known == time).unwrap().1;
            let text = number(person).to_string();
            let (front, back) = text.split_at(5);
            return format!(
                "<article class=\"box\"><h3>Dose 1: {DAY_SAID} {said}</h3><p><span class=\"tag many\">Booked</span> <span lang=\"ko\">{clinic}</span> <span class=\"num nb\">{front}-{back}</span></p></article>"
            );
        }
        if self.holds.contains_key(&person) {
            return form("confirm") + &form("release");
        }
        format!("<a class=\"btn main\" href=\"/en/desk/people/{person}/clinics\">")
    }

    fn times(&self, person: &str, clinic: &str) -> String {
        let taken = |time: &str| self.taken.get(&(clinic.to_owned(), time.to_owned())).copied().unwrap_or(0);
        let input = |(time, _): (&str, &str)| {
            let off = if taken(time) >= self.manners.places_per_slot { " disabled" } else { "" };
            format!("<input type=\"radio\" name=\"time\" value=\"{time}\"{off}>")
        };
        format!(
            "<form method=\"post\" action=\"/en/desk/people/{person}/hold\"><input type=\"hidden\" name=\"key\" value=\"k\"><input type=\"hidden\" name=\"clinic\" value=\"{clinic}\"><input type=\"hidden\" name=\"date\" value=\"{DAY}\">{}</form>",
            TIMES.map(input).concat()
        )
    }

    fn hold(&mut self, person: &str, place: Place) -> Answer {
        let id = person.parse().unwrap();
        if self.holds.get(&id) != Some(&place) {
            let taken = self.taken.entry(place.clone()).or_default();
            if *taken >= self.manners.places_per_slot {
                return page(409, &format!("<p>Reference 311</p>{}", self.times(person, &place.0)));
            }
            *taken += 1;
            self.holds.insert(id, place);
        }
        see(&format!("/en/desk/people/{person}"))
    }
}

pub(super) fn keys(agents: u32) -> Vec<AgentKey> {
    let key = |agent| AgentKey { login: format!("agent-{agent}"), password: "four words".to_owned() };
    (0..agents).map(key).collect()
}

fn number(person: usize) -> u64 {
    1_000_000_000 + person as u64
}

fn page(status: u16, body: &str) -> Answer {
    let body = Bytes::from(body.to_owned());
    Answer { status, retry_after: None, location: None, cookies: Vec::new(), body }
}

fn see(to: &str) -> Answer {
    Answer { location: Some(to.into()), ..page(303, "") }
}

/// Only what keys and values of these forms are made of.
fn fields(body: &[u8]) -> HashMap<String, String> {
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.replace("%2D", "-").replace("%3A", ":"))).collect()
}
