//! What an account is, and what its roles may do.

use booking::{Channel, Clinic, ClinicId, Country, RegionCode, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What somebody is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 상담원: finds people, books, changes and cancels for them.
    Agent,
    /// 의료기관.
    Clinic,
    /// 접종 사업 담당자.
    Manager,
    /// 운영자.
    Operator,
    /// 감사 담당자.
    Auditor,
}

/// What a screen needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Power {
    /// One's own account: whoever is signed in.
    Account,
    /// People and their appointments.
    People,
    /// What staff did and looked at.
    Record,
    /// The whole record of what was done, as a list that proves itself; people are numbers in it.
    Export,
    /// The line as a whole: its figures and its orders.
    Line,
    /// The campaign: what it says, whom it is for, what is announced.
    Campaign,
    /// To end all passes, or the campaign; together with a second person.
    Stop,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Agent, Self::Clinic, Self::Manager, Self::Operator, Self::Auditor];

    pub fn code(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Clinic => "clinic",
            Self::Manager => "manager",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == text)
    }

    pub fn has(self, power: Power) -> bool {
        match power {
            Power::Account => true,
            Power::People => self == Self::Agent,
            Power::Record => self == Self::Auditor,
            Power::Export => matches!(self, Self::Auditor | Self::Operator),
            Power::Line => self == Self::Operator,
            Power::Campaign => self == Self::Manager,
            Power::Stop => matches!(self, Self::Manager | Self::Operator),
        }
    }
}

/// Where a role holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum StaffPlace {
    Country,
    Sido(RegionCode),
    Clinic(ClinicId),
}

impl StaffPlace {
    /// `all`, the ten digits of a 시·도, or `C00001`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "all" {
            return Some(Self::Country);
        }
        let clinic = || ClinicId::parse(text).map(Self::Clinic);
        RegionCode::parse(text).map(Self::Sido).or_else(clinic)
    }

    pub fn covers(self, country: &Country, clinic: &Clinic) -> bool {
        match self {
            Self::Country => true,
            Self::Sido(sido) => country.sido_of(clinic) == sido,
            Self::Clinic(id) => clinic.id == id,
        }
    }
}

impl TryFrom<String> for StaffPlace {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text}: no place"))
    }
}

impl From<StaffPlace> for String {
    fn from(place: StaffPlace) -> Self {
        match place {
            StaffPlace::Country => "all".to_owned(),
            StaffPlace::Sido(region) => region.to_string(),
            StaffPlace::Clinic(clinic) => clinic.to_string(),
        }
    }
}

/// A role at a place, from a day until a day, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub role: Role,
    pub place: StaffPlace,
    pub from_on: Date,
    pub until_on: Date,
}

impl Grant {
    pub fn holds_on(&self, day: Date) -> bool {
        (self.from_on..=self.until_on).contains(&day)
    }
}

/// What a new account is set up with, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// SHA-256 of the code: it is random and long, nothing slower is needed.
    pub code: [u8; 32],
    pub until: Timestamp,
}

/// Argon2id; the parameters stand beside it, so that later ones can be others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordHash {
    pub memory_kib: u32,
    pub passes: u32,
    pub salt: [u8; 16],
    pub hash: [u8; 32],
}

/// Both factors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    pub password: PasswordHash,
    /// Of the codes ([`crate::staff::totp`]).
    pub code_secret: [u8; 20],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: StaffId,
    /// What they type, and what the record calls them.
    pub login: String,
    pub grants: Vec<Grant>,
    pub setup: Option<Setup>,
    pub secrets: Option<Secrets>,
    /// The step of the last code that was used: none is good twice.
    pub last_step: u64,
    pub is_disabled: bool,
    /// Sessions that began before are over.
    pub sessions_from: Timestamp,
}

impl Account {
    pub fn may(&self, power: Power, today: Date) -> bool {
        power == Power::Account || self.with(power, today).next().is_some()
    }

    /// Whether some role with that power reaches as far as this clinic.
    pub fn may_at(&self, power: Power, today: Date, country: &Country, clinic: &Clinic) -> bool {
        self.with(power, today).any(|grant| grant.place.covers(country, clinic))
    }

    /// By which way whoever stands before this account came: somebody who sits at one clinic, somebody who is phoned, or
    /// any other desk.
    pub fn channel(&self, today: Date) -> Channel {
        let serving = |grant: &&Grant| matches!(grant.role, Role::Agent | Role::Clinic);
        let mut serving = self.grants.iter().filter(|grant| grant.holds_on(today)).filter(serving).peekable();
        if serving.peek().is_none() {
            return Channel::Desk;
        }
        let is_clinics =
            |grant: &Grant| grant.role == Role::Clinic || matches!(grant.place, StaffPlace::Clinic(_));
        if serving.all(is_clinics) { Channel::Clinic } else { Channel::Phone }
    }

    fn with(&self, power: Power, today: Date) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| grant.role.has(power) && grant.holds_on(today))
    }
}

/// A name that people can say and type: letters, digits, `.`, `-`, `_`, 2 to 40 of them.
pub fn is_login(text: &str) -> bool {
    let fits =
        |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || b".-_".contains(&letter);
    (2..=40).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn account(grants: Vec<Grant>) -> Account {
        Account {
            id: StaffId(1),
            login: "one".to_owned(),
            grants,
            setup: None,
            secrets: None,
            last_step: 0,
            is_disabled: false,
            sessions_from: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_role_holds_from_its_first_to_its_last_day() {
        let (from_on, until_on) = (date(2027, 7, 1), date(2027, 7, 31));
        let one = account(vec![Grant { role: Role::Agent, place: StaffPlace::Country, from_on, until_on }]);
        let may = |day| one.may(Power::People, day);
        assert!(!may(date(2027, 6, 30)) && may(from_on) && may(until_on) && !may(date(2027, 8, 1)));
        assert!(one.may(Power::Account, date(2027, 8, 1)), "one's own account has no season");
    }

    #[test]
    fn whoever_sits_at_a_clinic_books_there_and_whoever_serves_the_country_by_phone() {
        let (from_on, until_on) = (date(2027, 7, 1), date(2027, 7, 31));
        let grant = |role, place| Grant { role, place: StaffPlace::parse(place).unwrap(), from_on, until_on };
        for (grants, expected) in [
            (vec![(Role::Agent, "all")], Channel::Phone),
            (vec![(Role::Agent, "1100000000")], Channel::Phone),
            (vec![(Role::Agent, "C00001")], Channel::Clinic),
            (vec![(Role::Clinic, "C00001")], Channel::Clinic),
            (vec![(Role::Clinic, "C00001"), (Role::Agent, "all")], Channel::Phone),
            (vec![(Role::Manager, "all"), (Role::Agent, "C00001")], Channel::Clinic),
            (vec![(Role::Operator, "all")], Channel::Desk),
            (vec![], Channel::Desk),
        ] {
            let one = account(grants.iter().map(|(role, place)| grant(*role, place)).collect());
            assert_eq!(one.channel(from_on), expected, "{grants:?}");
            assert_eq!(one.channel(date(2027, 8, 1)), Channel::Desk, "a role that is over: {grants:?}");
        }
    }

    #[test]
    fn a_place_reads_back() {
        for text in ["all", "1100000000", "C00017"] {
            assert_eq!(String::from(StaffPlace::parse(text).unwrap()), text);
        }
        assert_eq!(StaffPlace::parse("everywhere"), None);
    }
}
