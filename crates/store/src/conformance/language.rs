//! The language of the cases: one step a line.
//!
//! ```text
//! campaign 2                      from here on, the campaign of two doses
//! kim hold C1 26 09:00 for kim,lee key a -> held
//! kim hold C1 8-16 09:00 dose 2 change -> held
//! son delegate kim                son may book for kim from now on; kim revoke son, kim allow son
//! +5m                             the clock moves
//! at 07-24 18:00                  the clock moves to then, Korean time
//! restart                         the store ends and begins again
//! see C1 26 09:00 -> free 0 held 1 booked 0
//! ```
//!
//! What stands behind the arrow is the whole answer or its first word. A key makes a request repeatable; when a line
//! with the same key and the same words succeeds again, it must get the very answer it got before.

mod desk;
mod own;
mod retention;
mod staff;

use super::audit;
use super::wording::{describe, name_of};
use super::words::{Words, duration, korean_time, parse, slot};
use super::world::CAMPAIGN;
use super::{Make, Stage};
use crate::{Admit, AsStaff, Clock as _, Command, Delegate, Keyed, Request, StaffAct, TakePlaces};
use booking::{
    AppointmentId, CampaignId, Candidate, Channel, ConsentVersion, DelegationRecord, DoseNumber, HoldId,
    Outcome, PersonAlias, PersonId, RegionCode, Relation, RequestKey, SessionId, SlotId, StaffId, TicketRef,
    WaitId,
};
use desk::said_by;
use jiff::civil::date;
use sha2::{Digest as _, Sha256};
pub(super) use staff::sido_named;
use std::collections::HashMap;

/// Plays a case on a fresh subject; panics at the first line that is answered otherwise. Returns the kinds of answers.
pub(super) fn play(title: &str, text: &str, make: Make<'_>) -> Vec<String> {
    let mut kinds = Vec::new();
    let mut play = Play {
        stage: Stage::new(make),
        campaign: CAMPAIGN,
        people: HashMap::new(),
        keys: 0,
        last: Last::default(),
    };
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (step, expected) = line.split_once(" -> ").unwrap_or((line, ""));
        let answer = play.step(step);
        let first_word = answer.split(' ').next().unwrap_or_default();
        assert!(expected == answer || expected == first_word, "{title}: `{line}` was answered `{answer}`");
        let ledger = play.stage.subject.ledger();
        let broken = super::invariants::check(&play.stage.country, &ledger);
        assert_eq!(broken, Ok(()), "{title}: after `{line}`");
        kinds.push(first_word.to_owned());
    }
    assert!(audit::proved(&play.stage).is_ok(), "{title}: {:?}", audit::proved(&play.stage));
    kinds
}

struct Play {
    stage: Stage,
    campaign: CampaignId,
    people: HashMap<String, PersonId>,
    /// Given to people until now, each to one.
    keys: u32,
    last: Last,
}

/// What people remember.
#[derive(Default)]
struct Last {
    hold: HashMap<String, HoldId>,
    appointment: HashMap<String, AppointmentId>,
    second: HashMap<String, AppointmentId>,
    wait: HashMap<String, WaitId>,
    answers: HashMap<(String, String), Outcome>,
}

impl Play {
    fn step(&mut self, step: &str) -> String {
        let (first, rest) = step.split_once(' ').unwrap_or((step, ""));
        match first {
            "restart" => self.stage.subject.reopen(),
            "see" => return self.see(rest),
            "campaign" => self.campaign = CampaignId(rest.parse().expect("a number")),
            "at" => {
                let now = self.stage.clock.now();
                self.stage.clock.advance(korean_time(rest).duration_since(now));
            }
            _ if first.starts_with('+') => self.stage.clock.advance(duration(first)),
            actor => return self.ask(actor, rest),
        }
        String::new()
    }

    fn ask(&mut self, actor: &str, words: &str) -> String {
        let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
        let options = match verb {
            "does" => said_by(rest).2,
            "looks" | "corrects" | "revokes" | "merges" => Words::default(),
            _ => parse(rest),
        };
        let unkeyed = words.split(" key ").next().unwrap_or(words);
        let keyed = options
            .key
            .as_deref()
            .map(|key| Keyed { key: RequestKey(hash(&format!("{actor} {key}"))), body: hash(unkeyed) });
        let command = match verb {
            "does" | "looks" | "corrects" | "revokes" | "merges" => self.as_staff(verb, rest),
            _ => self.command(actor, verb, &options),
        };
        let answer = self.stage.ask(Request { keyed, command }).expect("the store is well");
        let Ok(outcome) = &answer else { return describe(&answer) };
        self.remember(if verb == "does" { said_by(rest).0 } else { actor }, outcome);
        if let Some(key) = options.key {
            let earlier = self
                .last
                .answers
                .entry((format!("{actor} {key}"), unkeyed.to_owned()))
                .or_insert(outcome.clone());
            assert_eq!(earlier, outcome, "`{words}` was answered otherwise the second time");
        }
        describe(&answer)
    }

    fn command(&mut self, actor: &str, verb: &str, words: &Words) -> Command {
        let campaign = words.campaign.map_or(self.campaign, CampaignId);
        let of = words.of.as_deref().unwrap_or(actor);
        let hold = self.last.hold.get(of).copied().unwrap_or(HoldId(999_999));
        let made = if words.second { &self.last.second } else { &self.last.appointment };
        let appointment = made.get(of).copied().unwrap_or(AppointmentId(999_999));
        match verb {
            "open" => Command::Open { campaign },
            "close" => Command::Close { campaign },
            "register" => self.register(actor, words),
            "delegate" => self.delegate(campaign, actor, words),
            "drop" | "revoke" => {
                let (by, other) = (self.person(actor), self.person(words.other()));
                let (booker, recipient) = if verb == "drop" { (by, other) } else { (other, by) };
                Command::EndDelegation { campaign, by, booker, recipient }
            }
            "allow" => {
                let (recipient, booker) = (self.person(actor), self.person(words.other()));
                Command::AllowHelper { campaign, booker, recipient }
            }
            "draft" => {
                let sealed = words.name.clone().unwrap_or_default().into_bytes();
                Command::SaveDraft { person: self.person(actor), sealed }
            }
            "remind" => {
                let visit_on = words.slot.expect("reminders are of a day").visit_on;
                Command::Remind { visit_on, people_max: words.count.unwrap_or(10) }
            }
            "logout" => Command::EndSession { session: session(actor), until: self.stage.clock.now() },
            "expire" => Command::Expire { holds_max: words.count.expect("expire takes a count") },
            "sent" => Command::MessagesSent { messages: self.waiting_messages() },
            "enter" => Command::Admit(Admit {
                campaign,
                person: self.person(actor),
                candidate: candidate(words),
                ticket: ticket(words.with.as_deref().unwrap_or(actor)),
                queue_number: 0,
            }),
            "hold" => {
                let booker = self.person(actor);
                let recipients = words.recipients.iter().map(|name| self.person(name)).collect::<Vec<_>>();
                let nobody = words.recipients.first().is_some_and(|name| name == "nobody");
                Command::Hold(TakePlaces {
                    campaign,
                    booker,
                    recipients: match recipients {
                        _ if nobody => vec![],
                        none if none.is_empty() => vec![booker],
                        some => some,
                    },
                    dose: DoseNumber(words.dose),
                    at: words.slot.expect("a hold is of a slot"),
                    is_change: words.is_change,
                })
            }
            "extend" => Command::Extend { booker: self.person(actor), hold },
            "release" => Command::Release { booker: self.person(actor), hold },
            "confirm" => Command::Confirm { booker: self.person(actor), hold },
            "cancel" => Command::Cancel { person: self.person(actor), appointment },
            "remove" | "sweep" | "destroy" | "rename" => self.leaving(verb, words),
            "wait" | "leave" | "accept" | "decline" => self.waiting(actor, verb, words),
            other => {
                let visit = self.visit(appointment, words);
                let does = staff::does((campaign, visit), other, words)
                    .unwrap_or_else(|| panic!("no verb `{other}`"));
                AsStaff::over(Channel::Clinic, StaffId(1), StaffAct::Use(does)).into()
            }
        }
    }

    fn delegate(&mut self, campaign: CampaignId, actor: &str, words: &Words) -> Command {
        let name = words.other();
        Command::Delegate(Delegate {
            campaign,
            booker: self.person(actor),
            aliases: vec![alias(name)],
            sealed: self.sealed_of(name),
            candidate: candidate(words),
            relation: Relation::Parent,
            consent: ConsentVersion(1),
            code_sent_at: words.code.map(|age| self.stage.clock.now() - age),
        })
    }

    /// Whoever is named is registered.
    fn person(&mut self, name: &str) -> PersonId {
        if let Some(person) = self.people.get(name) {
            return *person;
        }
        let register = self.register(name, &Words::default());
        let answer = self.stage.ask(register).expect("the store is well");
        let Ok(Outcome::Registered(person)) = answer else { panic!("{name} was not registered: {answer:?}") };
        self.people.insert(name.to_owned(), person);
        person
    }

    fn remember(&mut self, actor: &str, outcome: &Outcome) {
        match outcome {
            Outcome::Held { id, .. } => drop(self.last.hold.insert(actor.to_owned(), *id)),
            Outcome::Booked(booked) | Outcome::Moved(booked) => {
                for (id, appointment) in booked.iter().rev() {
                    let is_first = appointment.place.dose == DoseNumber(1);
                    let made = if is_first { &mut self.last.appointment } else { &mut self.last.second };
                    made.insert(actor.to_owned(), *id);
                }
            }
            Outcome::Waiting { id, .. } => drop(self.last.wait.insert(actor.to_owned(), *id)),
            Outcome::Registered(person) => drop(self.people.insert(actor.to_owned(), *person)),
            Outcome::Opened
            | Outcome::Closed
            | Outcome::SessionEnded
            | Outcome::Admitted(_)
            | Outcome::Extended { .. }
            | Outcome::Released
            | Outcome::Expired { .. }
            | Outcome::Cancelled(_)
            | Outcome::MessagesSent
            | Outcome::DelegationGiven(_)
            | Outcome::DelegationEnded
            | Outcome::HelperAllowed
            | Outcome::DraftSaved
            | Outcome::Reminded { .. }
            | Outcome::LookedUp
            | Outcome::WaitLeft
            | Outcome::OfferDeclined
            | Outcome::EligibilityCorrected(_)
            | Outcome::AdmissionRevoked
            | Outcome::Merged { .. }
            | Outcome::Blocked(_)
            | Outcome::Unblocked(_)
            | Outcome::CapacitySet { .. }
            | Outcome::SupplySet(_)
            | Outcome::Removed { .. }
            | Outcome::KeysDestroyed { .. }
            | Outcome::AliasesRenewed
            | Outcome::CheckedIn { .. }
            | Outcome::NoShow { .. }
            | Outcome::Fulfilled(_) => {}
        }
    }

    fn waiting_messages(&self) -> Vec<booking::MessageId> {
        let waiting = self.stage.wait_for(self.stage.subject.store().messages_waiting(100));
        waiting.expect("the store is well").into_iter().map(|(id, _)| id).collect()
    }

    fn see(&mut self, what: &str) -> String {
        let words: Vec<&str> = what.split(' ').collect();
        if let Some(seen) = self.see_staff(&words).or_else(|| self.see_leaving(&words)) {
            return seen;
        }
        match words[..] {
            ["audit", last] => self.see_audit(last.parse().expect("a number")),
            ["waits", name] => self.see_waits(name),
            ["desk"] => self.see_desk(),
            ["messages"] => self.waiting_messages().len().to_string(),
            ["days", "since", version] => self.see_days(version),
            // After a restart the versions are others.
            ["days", "afresh"] => {
                self.see_days("0").split_once(": ").map_or_else(String::new, |(_, days)| days.to_owned())
            }
            ["session", name] => self.see_session(name),
            ["hold", name] => self.see_hold(name),
            ["choice", name] => self.see_choice(name),
            ["pass", name] => self.see_pass(name),
            ["places", name] => self.see_places(name),
            ["draft", name] => self.see_draft(name),
            ["helpers", name] => self.see_delegations(name, |one, person| one.recipient == person),
            ["helped", name] => self.see_delegations(name, |one, person| one.booker == person),
            ["doses", sido] => self.see_doses(sido),
            [clinic, day, time] => self.see_slot(slot(clinic, day, time)),
            [name] => self.see_appointments(name),
            _ => panic!("nothing to see at `{what}`"),
        }
    }

    fn see_session(&self, name: &str) -> String {
        let ended = self.stage.wait_for(self.stage.subject.store().session_ended(session(name)));
        if ended.expect("the store is well") { "ended" } else { "live" }.to_owned()
    }

    fn see_doses(&self, sido: &str) -> String {
        let sido = RegionCode(sido.parse().expect("a code of digits"));
        let figures = self.stage.wait_for(self.stage.subject.store().figures(self.campaign));
        figures.expect("the store is well").doses_left[&sido].to_string()
    }

    /// `3: C1/26 2+0 C4/28 0+0`: the version; then each day with the places taken before noon and after.
    fn see_days(&self, since: &str) -> String {
        let since = since.parse().expect("a version is a number");
        let days_max = 3;
        let changed = self.stage.wait_for(self.stage.subject.store().days_changed(since, days_max));
        let changed = changed.expect("the store is well");
        let days = changed.days.iter().map(|day| {
            let after = day.places - day.before_noon;
            let of = day.offered.map(|(all, morning)| format!(" of {morning}+{}", all - morning));
            let (clinic, visit_day) = (day.clinic.0, day.visit_on.day());
            format!(" C{clinic}/{visit_day} {}+{after}{}", day.before_noon, of.unwrap_or_default())
        });
        format!("{}:{}", changed.version, days.collect::<String>())
    }

    fn see_slot(&self, slot: SlotId) -> String {
        let store = self.stage.subject.store();
        let slots = self.stage.wait_for(store.slots(self.campaign, slot.clinic, slot.visit_on));
        let slots = slots.expect("the store is well");
        let (_, counts) =
            slots.iter().find(|(start, _)| *start == slot.starts_min).expect("there is such a slot");
        let blocked = if counts.blocked > 0 { format!(" blocked {}", counts.blocked) } else { String::new() };
        format!("free {} held {} booked {}{blocked}", counts.free(), counts.held, counts.booked)
    }

    fn see_delegations(&mut self, name: &str, side: impl Fn(&DelegationRecord, PersonId) -> bool) -> String {
        let person = self.person(name);
        let all = self.stage.wait_for(self.stage.subject.store().delegations_of(person));
        let own = all.expect("the store is well").into_iter().filter(|one| side(one, person));
        let state = |one: DelegationRecord| match (one.is_live(), one.is_revoked()) {
            (true, _) if one.proved_at.is_some() => "proved",
            (true, _) => "live",
            (false, true) => "revoked",
            (false, false) => "given-up",
        };
        own.map(state).collect::<Vec<_>>().join(" ")
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

fn alias(name: &str) -> PersonAlias {
    PersonAlias(hash(name))
}

fn candidate(words: &Words) -> Candidate {
    Candidate { born_on: date(words.born.unwrap_or(1965), 5, 1), on_roster: false }
}

fn ticket(name: &str) -> TicketRef {
    let [first @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = hash(name);
    TicketRef(first)
}

fn session(name: &str) -> SessionId {
    SessionId(ticket(name).0)
}
