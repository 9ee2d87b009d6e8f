//! What people who wait, and staff, say and see.

use super::{Play, alias};
use crate::conformance::wording::{name_of, time_of};
use crate::conformance::words::{Words, parse, visit_day};
use crate::{AsStaff, Command, CorrectEligibility, StaffAct, Wait, WaitRecord};
use booking::{Channel, ClinicId, LookUp, Origin, RegionCode, StaffId, WaitId, WaitScope};

impl Play {
    /// `kim wait in C1 days 26 27`, `kim accept`, `son decline of kim`.
    pub(super) fn waiting(&mut self, actor: &str, verb: &str, words: &Words) -> Command {
        let by = self.person(actor);
        if verb == "wait" {
            let recipient = words.recipients.first().map_or(by, |name| self.person(name));
            let days = words.days.as_ref().map(|(from, until)| (visit_day(from), visit_day(until)));
            let scope = scope(words.scope.as_deref().expect("somebody waits in some place"));
            return Command::Wait(Wait { campaign: self.campaign, booker: by, recipient, scope, days });
        }
        let of = words.of.as_deref().unwrap_or(actor);
        let wait = self.last.wait.get(of).copied().unwrap_or(WaitId(999_999));
        match verb {
            "leave" => Command::LeaveWaiting { by, wait },
            "accept" => Command::AcceptOffer { by, wait },
            "decline" => Command::DeclineOffer { by, wait },
            other => panic!("no verb `{other}`"),
        }
    }

    /// `desk does kim cancel`, `desk looks kim`, `desk looks list`, `desk corrects kim out admitted`, `desk revokes kim`,
    /// `desk merges kim lee`: kim is who stays. A word `silently` at the end: without a reason.
    pub(super) fn as_staff(&mut self, verb: &str, rest: &str) -> Command {
        let words: Vec<&str> = rest.split(' ').collect();
        let act = match (verb, &words[..]) {
            ("looks", ["list"]) => StaffAct::LookUp { what: LookUp::DeskList, whose: None },
            ("looks", [name]) => StaffAct::LookUp { what: LookUp::Person, whose: Some(self.person(name)) },
            ("corrects", [name, way, more @ ..]) => StaffAct::CorrectEligibility(CorrectEligibility {
                campaign: self.campaign,
                aliases: vec![alias(name)],
                sealed: name.as_bytes().to_vec(),
                eligible: *way == "in",
                also_admitted: more.contains(&"admitted"),
            }),
            ("revokes", [name, ..]) => {
                StaffAct::RevokeAdmission { campaign: self.campaign, person: self.person(name) }
            }
            ("merges", [one, "nobody", ..]) => {
                StaffAct::MergePeople { survivor: self.person(one), merged: booking::PersonId(999_999) }
            }
            ("merges", [one, other, ..]) => {
                StaffAct::MergePeople { survivor: self.person(one), merged: self.person(other) }
            }
            _ => {
                let (person, verb, words) = said_by(rest);
                StaffAct::InNameOf(self.command(person, verb, &words))
            }
        };
        let from = Origin { channel: Channel::Desk, sealed: b"room 3".to_vec() };
        let why = if words.last() == Some(&"silently") { vec![] } else { b"asked".to_vec() };
        Command::AsStaff(Box::new(AsStaff { staff: StaffId(7), from, why, act }))
    }

    /// `C1 after 0, offered C1/26/09:00 until …`, for each entry.
    pub(super) fn see_waits(&mut self, name: &str) -> String {
        let person = self.person(name);
        let waits = self.stage.wait_for(self.stage.subject.store().waits_of(person));
        let told = |record: WaitRecord| {
            let place = match record.entry.scope {
                WaitScope::Clinic(clinic) => format!("C{}", clinic.0),
                WaitScope::Sigungu(region) => region.0.to_string(),
            };
            let offered = record.offer.map(|offer| {
                format!(" offered {} until {}", name_of(offer.slot()), time_of(offer.expires_at))
            });
            format!("{place} after {}{}", record.before, offered.unwrap_or_default())
        };
        let told: Vec<String> = waits.expect("the store is well").into_iter().map(told).collect();
        if told.is_empty() { "none".to_owned() } else { told.join(", ") }
    }

    /// `kim dose 1: 1 2`, for each case.
    pub(super) fn see_desk(&self) -> String {
        let cases = self.stage.wait_for(self.stage.subject.store().desk_cases());
        let told = cases.expect("the store is well").into_iter().map(|case| {
            let ids: Vec<String> = case.appointments.iter().map(|id| id.0.to_string()).collect();
            format!("{} dose {}: {}", self.name(case.person), case.dose.0, ids.join(" "))
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() { "none".to_owned() } else { told.join(", ") }
    }

    /// The last events, oldest first.
    pub(super) fn see_audit(&self, last: usize) -> String {
        let events = crate::conformance::audit::proved(&self.stage).expect("the audit proves itself");
        let told = events.iter().skip(events.len().saturating_sub(last));
        let told = told
            .map(|event| crate::conformance::audit::describe(event, |person| self.name(person).to_owned()));
        let told: Vec<String> = told.collect();
        if told.is_empty() { "none".to_owned() } else { told.join(", ") }
    }
}

fn scope(text: &str) -> WaitScope {
    let number = |text: &str| text.parse().expect("a number");
    match text.strip_prefix('C') {
        Some(clinic) => WaitScope::Clinic(ClinicId(number(clinic) as u32)),
        None => WaitScope::Sigungu(RegionCode(number(text))),
    }
}

/// Who, the verb, and the words behind it.
pub(super) fn said_by(words: &str) -> (&str, &str, Words) {
    let (person, words) = words.split_once(' ').expect("somebody does something");
    let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
    (person, verb, parse(rest))
}
