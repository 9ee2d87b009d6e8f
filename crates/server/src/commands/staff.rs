//! `charye staff`: accounts are made here, each with a code that is shown once. There is no account that nobody made.

use crate::cli::{Granted, Places, Staff, StaffPlaces, StaffWhat};
use crate::keys;
use crate::system::{SystemClock, SystemRandomness};
use crate::verify::config;
use anyhow::{Context as _, Result, ensure};
use booking::korean_day;
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use store::{Clock as _, Randomness};
use store_sqlite::SqliteStaff;
use web::staff::account::{Account, Grant, Role, Setup, StaffPlace, is_login};
use web::staff::book::{Accounts, StaffBook, StaffEntry, StaffEvent};
use web::staff::setup_digest;
use web::staff::totp::base32;

/// How long a set-up code waits for its account.
const SETUP_FOR: SignedDuration = SignedDuration::from_hours(72);
const MONTHS: i64 = 3;
/// 100 bits: nobody guesses it.
const CODE_BYTES: usize = 13;

pub(crate) fn run(staff: &Staff) -> Result<ExitCode> {
    match &staff.what {
        StaffWhat::Add { of, grant } => add(&book(&of.places)?, &of.name, grant)?,
        StaffWhat::Grant { of, grant } => {
            let grants = grants(grant, korean_day(SystemClock.now()))?;
            change(&book(&of.places)?, &of.name, &StaffEvent::Granted(grants))?;
            println!("바꾸었습니다 / changed  {}", of.name);
        }
        StaffWhat::Renew { of } => {
            let (code, setup) = new_code(&SystemRandomness, SystemClock.now());
            change(&book(&of.places)?, &of.name, &StaffEvent::SetupRenewed(setup))?;
            tell_code(&of.name, &code);
        }
        StaffWhat::Disable { of } => {
            change(&book(&of.places)?, &of.name, &StaffEvent::Disabled)?;
            println!("닫았습니다 / closed  {}", of.name);
        }
        StaffWhat::List { places } => list(&book(places)?)?,
        StaffWhat::Log { places } => log(&book(places)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn book(places: &StaffPlaces) -> Result<StaffBook> {
    let config = config(&places.places, places.data.as_ref())?;
    ensure!(
        config.data.is_dir(),
        "자료 폴더가 없습니다. 먼저 서비스를 한 번 켜십시오 / there is no data folder; start the service once: {}",
        config.data.display()
    );
    let keys = keys::ready_beside(&config.key_folder(), Arc::new(SystemRandomness))?;
    let file = SqliteStaff::open(&config.data).with_context(|| config.data.display().to_string())?;
    Ok(StaffBook::new(Arc::new(file), Arc::new(keys)))
}

fn add(book: &StaffBook, name: &str, grant: &Granted) -> Result<()> {
    let code = added(book, name, grant)?;
    tell_code(name, &code);
    Ok(())
}

/// Answers the set-up code.
fn added(book: &StaffBook, name: &str, grant: &Granted) -> Result<String> {
    ensure!(
        is_login(name),
        "{name}: 소문자, 숫자, . - _ 로 2~40자여야 합니다 / must be 2 to 40 of a-z, 0-9, . - _"
    );
    let now = SystemClock.now();
    let grants = grants(grant, korean_day(now))?;
    let (code, setup) = new_code(&SystemRandomness, now);
    let added = book.write(|accounts: &Accounts| {
        ensure!(accounts.named(name).is_none(), "{name}: 이미 있는 아이디입니다 / there is such an account");
        let what = StaffEvent::Added { login: name.to_owned(), grants: grants.clone(), setup: setup.clone() };
        Ok(by_us(now, accounts.next(), what))
    });
    added??;
    Ok(code)
}

/// Agents of everywhere in a rehearsed service's folder, each with the code that it is set up with.
pub(crate) fn add_agents(data: &Path, places: &Places, names: &[String]) -> Result<Vec<String>> {
    let book = book(&StaffPlaces { data: Some(data.to_owned()), places: places.clone() })?;
    let grant = Granted { role: vec![Role::Agent], place: StaffPlace::Country, from: None, until: None };
    names.iter().map(|name| added(&book, name, &grant)).collect()
}

fn change(book: &StaffBook, name: &str, what: &StaffEvent) -> Result<()> {
    let now = SystemClock.now();
    let written = book.write(|accounts: &Accounts| {
        let account = accounts.named(name);
        let account =
            account.with_context(|| format!("{name}: 그런 아이디가 없습니다 / there is no such account"))?;
        Ok(by_us(now, account.id.0, what.clone()))
    });
    written?
}

/// By whoever has the machine.
fn by_us(at: Timestamp, account: u64, what: StaffEvent) -> StaffEntry {
    StaffEntry { at, by: None, from: String::new(), account, what }
}

fn grants(granted: &Granted, today: Date) -> Result<Vec<Grant>> {
    let from_on = granted.from.unwrap_or(today);
    let until_on = match granted.until {
        Some(until_on) => until_on,
        None => from_on.checked_add(Span::new().months(MONTHS))?,
    };
    ensure!(from_on <= until_on, "--until: 시작보다 앞섭니다 / it ends before it begins");
    let grant = |role: &Role| Grant { role: *role, place: granted.place, from_on, until_on };
    Ok(granted.role.iter().map(grant).collect())
}

fn new_code(random: &dyn Randomness, now: Timestamp) -> (String, Setup) {
    let text = base32(&random.bytes::<CODE_BYTES>());
    let groups: Vec<&str> = text.as_bytes().chunks(4).filter_map(|four| str::from_utf8(four).ok()).collect();
    let code = groups.join("-");
    let setup = Setup { code: setup_digest(&code), until: now + SETUP_FOR };
    (code, setup)
}

fn tell_code(name: &str, code: &str) {
    println!("아이디 / account name       {name}");
    println!("설정 번호 / set-up code     {code}");
    println!();
    println!("본인에게만 전해 주십시오. 72시간 안에 직원 화면의 /desk/setup에서 한 번 쓸 수 있습니다.");
    println!("For this person alone; good once, within 72 hours, at /desk/setup of the staff's pages.");
}

fn list(book: &StaffBook) -> Result<()> {
    let lines = book.look(|accounts| accounts.all().flat_map(told).collect::<Vec<_>>())?;
    if lines.is_empty() {
        println!("계정이 없습니다 / there are no accounts");
    }
    for line in lines {
        println!("{line}");
    }
    Ok(())
}

fn told(account: &Account) -> Vec<String> {
    let state = if account.is_disabled {
        "닫음 / closed"
    } else if account.secrets.is_some() {
        "사용 중 / in use"
    } else {
        "준비 전 / not set up"
    };
    let mut lines = vec![format!("{:>4}  {:<20} {state}", account.id.0, account.login)];
    lines.extend(account.grants.iter().map(|grant| {
        let place = String::from(grant.place);
        format!("      {:<10} {place:<12} {} ~ {}", grant.role.code(), grant.from_on, grant.until_on)
    }));
    lines
}

fn log(book: &StaffBook) -> Result<()> {
    for StaffEntry { at, by, from, account, what } in book.entries()? {
        let by = by.map_or_else(|| "server".to_owned(), |by| by.to_string());
        println!(
            "{}  by {by:<6} account {account:<4} {:<16} {from}",
            booking::KOREA.to_datetime(at),
            name_of(&what)
        );
    }
    Ok(())
}

fn name_of(event: &StaffEvent) -> &'static str {
    match event {
        StaffEvent::Added { .. } => "added",
        StaffEvent::SetupRenewed(_) => "setup renewed",
        StaffEvent::SetUp { .. } => "set up",
        StaffEvent::Granted(_) => "granted",
        StaffEvent::Disabled => "disabled",
        StaffEvent::SignedIn { .. } => "signed in",
        StaffEvent::SignInFailed => "sign-in failed",
        StaffEvent::SteppedUp { .. } => "fresh code",
        StaffEvent::Proposed { .. } => "proposed",
        StaffEvent::Agreed { .. } => "agreed",
        StaffEvent::Withdrawn { .. } => "withdrawn",
        StaffEvent::CarriedOut { .. } => "carried out",
        StaffEvent::SignedOut { .. } => "signed out",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_long_and_none_is_like_another() {
        let (one, setup) = new_code(&SystemRandomness, Timestamp::UNIX_EPOCH);
        let (other, _) = new_code(&SystemRandomness, Timestamp::UNIX_EPOCH);
        assert!(one != other && one.len() >= 25, "{one}");
        assert_eq!(setup.code, setup_digest(&one.to_lowercase().replace('-', " ")));
    }

    #[test]
    fn a_role_ends_by_itself() {
        let granted =
            Granted { role: vec![Role::Agent], place: StaffPlace::Country, from: None, until: None };
        let today = jiff::civil::date(2027, 7, 12);
        let grants = grants(&granted, today).unwrap();
        assert_eq!((grants[0].from_on, grants[0].until_on), (today, jiff::civil::date(2027, 10, 12)));
        let wrong = Granted { until: Some(jiff::civil::date(2027, 7, 11)), ..granted };
        assert!(super::grants(&wrong, today).is_err());
    }
}
