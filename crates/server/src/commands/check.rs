//! `charye check`: the effective config, and what is wrong with the store, before it is needed.

use crate::cli::{Check, NOT_IN_ORDER};
use crate::commands::serve::doors;
use crate::config::Config;
use crate::country;
use crate::system::{SystemClock, SystemRandomness};
use anyhow::Result;
use booking::{Country, RegionCode};
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;
use store::{Clock as _, Ledger};
use store_postgres::{Address, Checked, PostgresStore, Tables};
use store_sqlite::{ROSTER_FILE, SqliteLine, SqliteRoster, SqliteStore, StoreLimits};
use web::roster::key_check;

pub(crate) fn run(check: &Check) -> Result<ExitCode> {
    let config = Config::read(check.config.as_deref())?;
    println!("# 적용되는 설정 / effective config\n{}", toml::to_string(&config)?);
    let mut faults = 0;
    let mut say = |what: &str, found: Result<String, String>| match found {
        Ok(good) => println!("정상 / ok      {what}: {good}"),
        Err(fault) => {
            faults += 1;
            println!("이상 / FAULT   {what}: {fault}");
        }
    };
    let doors = doors(&config, SystemClock.now())?;
    match country::load(&config.data, doors) {
        Ok((country, _)) => {
            say("국가 자료 / country", described(&country));
            say("예약 장부 / ledger", ledger(&config, country));
        }
        Err(error) => say("국가 자료 / country", Err(format!("{error:#}"))),
    }
    say("열쇠 / keys", keys(&config));
    say("명단 / roster", roster(&config));
    say("대기열 / line", line(&config));
    if faults == 0 {
        println!("모두 정상입니다 / all in order");
        return Ok(ExitCode::SUCCESS);
    }
    println!("이상 {faults}건 / {faults} fault(s)");
    Ok(ExitCode::from(NOT_IN_ORDER))
}

/// Clinics in a 시·도 without doses cannot give a single place.
fn described(country: &Country) -> Result<String, String> {
    let listed = country.clinics().iter().filter(|clinic| clinic.listed);
    let sidos: BTreeSet<RegionCode> = listed.clone().map(|clinic| country.sido_of(clinic)).collect();
    let supply = &country.campaigns()[0].supply;
    let without: Vec<&str> = sidos
        .iter()
        .filter(|sido| !supply.contains_key(sido))
        .filter_map(|sido| country.region(*sido).map(|region| region.name.as_str()))
        .collect();
    if without.is_empty() {
        return Ok(format!("{} regions, {} clinics", country.regions().len(), listed.count()));
    }
    let without = without.join(", ");
    Err(format!("campaign.toml에 백신이 없는 시·도 / no doses in campaign.toml for: {without}"))
}

/// Only looks: a check must not make keys.
fn keys(config: &Config) -> Result<String, String> {
    let folder = config.key_folder();
    if !folder.exists() {
        return Ok(format!("{}: 처음 시작할 때 만듭니다 / made at the first start", folder.display()));
    }
    let keys = crate::keys::open(&folder, &SystemRandomness);
    keys.map(|_| folder.display().to_string()).map_err(|error| format!("{error:#}"))
}

/// Reads the whole journal, if there is one, and makes none.
fn database(address: Address, country: Country) -> Result<String, String> {
    let checked = Checked::of(&address, &SystemRandomness).map_err(|error| chain(&error))?;
    checked.is_fit().map_err(|error| chain(&error))?;
    let standby = if checked.waits_for_standby {
        "대기 서버에도 기록합니다 / commits wait for a standby"
    } else {
        "한 서버에만 기록합니다 / commits are on one server only"
    };
    let server = format!("{address}, PostgreSQL {}; {standby}", checked.version);
    if checked.tables == Tables::ToBeMade {
        return Ok(format!("{server}; 처음 시작할 때 만듭니다 / tables are made at the first start"));
    }
    let limits = store_postgres::StoreLimits::default();
    let (clock, randomness) = (Arc::new(SystemClock), Arc::new(SystemRandomness));
    let store = PostgresStore::open(address, Arc::new(country), clock, randomness, limits);
    let store = store.map_err(|error| chain(&error))?;
    let ledger = store.ledger();
    Ok(format!("{}; {server}", counted(&ledger)))
}

fn ledger(config: &Config, country: Country) -> Result<String, String> {
    if let Some(address) = config.store_address().map_err(|error| format!("{error:#}"))? {
        return database(address, country);
    }
    if !config.data.exists() {
        return Ok(format!("{}: 처음 시작할 때 만듭니다 / made at the first start", config.data.display()));
    }
    let opened =
        SqliteStore::open(&config.data, Arc::new(country), Arc::new(SystemClock), StoreLimits::default());
    let store = opened.map_err(|error| chain(&error))?;
    Ok(counted(&store.ledger()))
}

fn counted(ledger: &Ledger) -> String {
    let (holds, appointments) = (ledger.holds().count(), ledger.appointments().count());
    let (slots, people) = ledger
        .overfull_slots()
        .fold((0, 0), |(slots, people), (_, counts, offered)| (slots + 1, people + counts.taken() - offered));
    let overfull = match slots {
        0 => String::new(),
        _ => format!(
            "; 의료기관이 줄인 자리보다 많이 받은 시간 {slots}개, 다시 안내할 사람 {people}명 / {slots} slots hold more than their clinics give now, {people} people to re-offer"
        ),
    };
    format!("{appointments} appointments, {holds} holds, journal chain intact{overfull}")
}

fn roster(config: &Config) -> Result<String, String> {
    if !config.data.join(ROSTER_FILE).exists() {
        return Ok("없음 / none".to_owned());
    }
    let keys = crate::keys::ready(&config.key_folder(), Arc::new(SystemRandomness));
    let keys = keys.map_err(|error| format!("{error:#}"))?;
    let opened = SqliteRoster::open(&config.data.join(ROSTER_FILE), key_check(&keys));
    opened.map(|roster| format!("{} people", roster.people())).map_err(|error| chain(&error))
}

fn line(config: &Config) -> Result<String, String> {
    if config.store_address().is_ok_and(|address| address.is_some()) {
        return Ok("데이터베이스에 있습니다 / in the database".to_owned());
    }
    if !config.data.exists() {
        return Ok("처음 시작할 때 만듭니다 / made at the first start".to_owned());
    }
    SqliteLine::open(&config.data).map(|_| "readable".to_owned()).map_err(|error| chain(&error))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
