//! One person of the crowd: what they ask next, and what they make of an answer. They stand in line, poll as the service
//! tells them to, prove who they are when it is their turn, look for a time, hold it and confirm it.
use crate::data::roster::with_wrong_digit;
use crate::kills::CAMPAIGN;
use std::fmt::Write as _;

const CLINICS: u32 = 13_000;
/// The first ticket is a place once its second is over.
const SETTLING_MS: u32 = 1_500;
/// Between two steps of somebody inside, on the average.
const THINKING_MS: u32 = 150;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    FirstPage,
    Join,
    Place,
    Poll,
    Claim,
    Code,
    Verify,
    Enter,
    Look,
    Hold,
    Confirm,
    /// Of somebody who has booked.
    Own,
}

impl Step {
    /// In front of the gate: answered from memory.
    pub(super) fn is_outside(self) -> bool {
        self <= Self::Poll
    }

    /// Behind the gate, for whoever has a pass.
    pub(super) fn is_inside(self) -> bool {
        matches!(self, Self::Look | Self::Hold | Self::Confirm)
    }
}

/// What comes after an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The next step, so many milliseconds later.
    In(u32),
    Booked,
    /// They wanted to look, no more.
    Leaves,
    /// The answer is not one that this crowd understands.
    Wrong,
}

pub(super) struct Person {
    number: u32,
    pub(super) step: Step,
    ticket: String,
    queue_number: u64,
    challenge: String,
    code: String,
    session: String,
    pass: String,
    hold: String,
    day: String,
    time: String,
    /// A key for each thing that is asked for; the same for each try.
    looks: u32,
}

impl Person {
    pub(super) fn new(number: u32) -> Self {
        let [ticket, challenge, code, session, pass, hold, day, time] = [const { String::new() }; 8];
        Self {
            number,
            step: Step::FirstPage,
            ticket,
            queue_number: 0,
            challenge,
            code,
            session,
            pass,
            hold,
            day,
            time,
            looks: 0,
        }
    }

    /// Looks at the gate document once; their turn is far away.
    pub(super) fn far_back(number: u32) -> Self {
        Self { step: Step::Poll, queue_number: u64::MAX, ..Self::new(number) }
    }

    /// Looks at what they have booked, once.
    pub(super) fn looking(session: &str) -> Self {
        Self { step: Step::Own, session: session.to_owned(), ..Self::new(0) }
    }

    /// They only look in; whatever they hear, they leave.
    pub(super) fn only_looks(&self) -> bool {
        self.step == Step::Own || self.queue_number == u64::MAX
    }

    pub(super) fn session(&self) -> &str {
        &self.session
    }

    pub(super) fn hold(&self) -> &str {
        &self.hold
    }

    pub(super) fn request(&self, out: &mut String) {
        out.clear();
        let key = self.looks;
        let who = |line: &str, value: &str| format!("{line}: {value}\r\n");
        let session = || who("charye-session", &self.session);
        let inside = || session() + &who("charye-pass", &self.pass) + &format!("idempotency-key: {key}\r\n");
        let slots =
            || format!("/api/v1/campaigns/{CAMPAIGN}/clinics/{}/slots", clinic(self.number, self.looks));
        match self.step {
            Step::FirstPage => get(out, "/", ""),
            Step::Join => post(out, &format!("/gate/{CAMPAIGN}/tickets"), "", ""),
            Step::Place => {
                get(out, &format!("/gate/{CAMPAIGN}/ticket"), &who("charye-ticket", &self.ticket));
            }
            Step::Poll => get(out, &format!("/gate/{CAMPAIGN}.json"), ""),
            Step::Claim => post(out, "/api/v1/identity", "", &self.claim()),
            Step::Code => post(out, "/api/v1/demo/outbox", "", &format!(r#"{{"phone":"{}"}}"#, self.phone())),
            Step::Verify => {
                let body = format!(r#"{{"challenge":"{}","code":"{}"}}"#, self.challenge, self.code);
                post(out, "/api/v1/identity/verify", "", &body);
            }
            Step::Enter => {
                let who = session() + &who("charye-ticket", &self.ticket);
                post(out, &format!("/api/v1/campaigns/{CAMPAIGN}/passes"), &who, "{}");
            }
            Step::Look => get(out, &slots(), &inside()),
            Step::Hold => {
                let clinic = clinic(self.number, self.looks);
                let (day, time) = (&self.day, &self.time);
                let body = format!(
                    r#"{{"campaign":"{CAMPAIGN}","clinic":"{clinic}","date":"{day}","time":"{time}"}}"#
                );
                post(out, "/api/v1/holds", &inside(), &body);
            }
            Step::Confirm => {
                post(out, "/api/v1/appointments", &inside(), &format!(r#"{{"hold":"{}"}}"#, self.hold));
            }
            Step::Own => get(out, "/api/v1/appointments", &session()),
        }
    }

    fn phone(&self) -> String {
        format!("010{:08}", 10_000_000 + self.number)
    }

    /// Somebody of the demo's age group, with a wrong check digit; another birthday for each hundred thousand.
    fn claim(&self) -> String {
        let (day, serial) = (1 + self.number / 100_000, self.number % 100_000);
        let number = with_wrong_digit(&format!("6403{day:02}1{serial:05}"));
        format!(r#"{{"name":"Test","number":"{number}","phone":"{}"}}"#, self.phone())
    }

    /// After a good answer. `chance` is any number.
    pub(super) fn heard(&mut self, body: &[u8], chance: u32) -> Next {
        let thinking = Next::In(chance % (2 * THINKING_MS));
        match self.step {
            Step::FirstPage => self.goes_to(Step::Join, thinking),
            Step::Join => self.keeps(body, "ticket", |it| &mut it.ticket, Step::Place, Next::In(SETTLING_MS)),
            Step::Place => self.place(body, chance),
            Step::Poll => self.poll(body, chance),
            Step::Claim => self.keeps(body, "challenge", |it| &mut it.challenge, Step::Code, Next::In(0)),
            Step::Code => self.keeps(body, "code", |it| &mut it.code, Step::Verify, thinking),
            Step::Verify => self.keeps(body, "session", |it| &mut it.session, Step::Enter, thinking),
            Step::Enter => self.keeps(body, "pass", |it| &mut it.pass, Step::Look, thinking),
            Step::Look => {
                if self.chooses(body) {
                    return self.goes_to(Step::Hold, thinking);
                }
                self.looks += 1;
                thinking
            }
            Step::Hold => self.keeps(body, "hold", |it| &mut it.hold, Step::Confirm, thinking),
            Step::Confirm => Next::Booked,
            Step::Own => Next::Leaves,
        }
    }

    /// The place was taken meanwhile, or the like: looks again, for another.
    pub(super) fn refused(&mut self) {
        if self.step.is_inside() {
            self.looks += 1;
            self.step = Step::Look;
        } else if self.step >= Step::Claim {
            self.step = if self.session.is_empty() { Step::Claim } else { Step::Place };
        }
    }

    fn goes_to(&mut self, step: Step, next: Next) -> Next {
        self.step = step;
        next
    }

    fn keeps(
        &mut self,
        body: &[u8],
        name: &str,
        field: impl Fn(&mut Self) -> &mut String,
        step: Step,
        next: Next,
    ) -> Next {
        let Some(value) = text(body, name) else { return Next::Wrong };
        value.clone_into(field(self));
        self.goes_to(step, next)
    }

    fn place(&mut self, body: &[u8], chance: u32) -> Next {
        let Some(ticket) = text(body, "ticket") else { return Next::Wrong };
        ticket.clone_into(&mut self.ticket);
        if text(body, "state") == Some("called") {
            let proved = if self.session.is_empty() { Step::Claim } else { Step::Enter };
            return self.goes_to(proved, Next::In(chance % 100));
        }
        let Some(place) = number(body, "queue_number") else { return Next::In(SETTLING_MS) };
        self.queue_number = place;
        // The page that says so reads the document at once.
        self.goes_to(Step::Poll, Next::In(chance % 1_000))
    }

    /// The gate document says when to look again.
    fn poll(&mut self, body: &[u8], chance: u32) -> Next {
        let Some(serving) = number(body, "serving_number") else { return Next::Wrong };
        if self.only_looks() {
            return Next::Leaves;
        }
        if self.queue_number < serving {
            return self.goes_to(Step::Place, Next::In(0));
        }
        let ahead = self.queue_number - serving;
        Next::In(jittered(wait_s(body, ahead), chance))
    }

    /// A time that is free, another one for each person.
    fn chooses(&mut self, body: &[u8]) -> bool {
        let Ok(body) = std::str::from_utf8(body) else { return false };
        let days: Vec<&str> = body.split(r#"{"date":""#).skip(1).collect();
        let first = self.number as usize / CLINICS as usize;
        for day in (0..days.len()).map(|turn| days[(first + turn) % days.len()]) {
            let free = |time: &&str| time.contains(r#""free":"#) && !time.contains(r#""free":0"#);
            let Some(time) = day.split(r#"{"starts_at":""#).skip(1).find(free) else { continue };
            day[..10].clone_into(&mut self.day);
            time[..5].clone_into(&mut self.time);
            return true;
        }
        false
    }
}

fn clinic(number: u32, looks: u32) -> String {
    format!("C{:05}", 1 + (number * 37 + looks) % CLINICS)
}

/// Within a fifth more than the service says, so that nobody comes with anybody else.
fn jittered(seconds: u64, chance: u32) -> u32 {
    let milliseconds = seconds as u32 * 1_000;
    milliseconds + chance % (milliseconds / 5 + 1)
}

/// `"poll":[[500,5],[2000,10],…,[null,120]]`
fn wait_s(body: &[u8], ahead: u64) -> u64 {
    let bands = std::str::from_utf8(body).ok().and_then(|body| body.split_once(r#""poll":[["#));
    let mut bands = bands.map_or("", |(_, bands)| bands).split("],[");
    let of = |band: &str| {
        let (below, seconds) = band.split_once(',')?;
        let digits = seconds.trim_end_matches(|letter: char| !letter.is_ascii_digit());
        let seconds = digits.split(']').next()?.parse().ok()?;
        (below == "null" || ahead < below.parse().ok()?).then_some(seconds)
    };
    bands.find_map(of).unwrap_or(5)
}

fn get(out: &mut String, path: &str, headers: &str) {
    write!(out, "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n").expect("a string takes it");
}

fn post(out: &mut String, path: &str, headers: &str, body: &str) {
    let length = body.len();
    write!(
        out,
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
    .expect("a string takes it");
}

/// The text behind a name of a flat document.
fn text<'a>(body: &'a [u8], name: &str) -> Option<&'a str> {
    let body = std::str::from_utf8(body).ok()?;
    let (_, value) = body.split_once(&format!("\"{name}\":\""))?;
    value.split('"').next()
}

/// The whole part of the number behind a name.
fn number(body: &[u8], name: &str) -> Option<u64> {
    let body = std::str::from_utf8(body).ok()?;
    let (_, value) = body.split_once(&format!("\"{name}\":"))?;
    let end = value.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(value.len());
    value[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"serving_number":7,"poll":[[500,5],[2000,10],[null,120]],"pass_epoch":1}"#;

    #[test]
    fn the_wait_between_two_polls_is_what_the_document_says_for_so_many_ahead() {
        let waits = [0, 499, 500, 2_000, 9_999_999].map(|ahead| wait_s(DOCUMENT.as_bytes(), ahead));
        assert_eq!(waits, [5, 5, 10, 120, 120]);
    }

    #[test]
    fn whoever_is_called_asks_for_their_place_and_nobody_before() {
        let mut person = Person::new(3);
        person.step = Step::Poll;
        person.queue_number = 7;
        assert!(matches!(person.heard(DOCUMENT.as_bytes(), 0), Next::In(5_000)));
        assert_eq!(person.step, Step::Poll);
        person.queue_number = 6;
        assert_eq!(person.heard(DOCUMENT.as_bytes(), 0), Next::In(0));
        assert_eq!(person.step, Step::Place);
    }

    #[test]
    fn a_time_that_is_free_is_chosen_and_a_full_clinic_is_left() {
        let full = r#"{"days":[{"date":"2026-12-01","times":[{"starts_at":"09:00","free":0}]}]}"#;
        let free = full.replace(r#""free":0}"#, r#""free":0},{"starts_at":"09:30","free":2}"#);
        let mut person = Person::new(3);
        assert!(!person.chooses(full.as_bytes()));
        assert!(person.chooses(free.as_bytes()));
        assert_eq!((person.day.as_str(), person.time.as_str()), ("2026-12-01", "09:30"));
    }
}
