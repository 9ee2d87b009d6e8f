//! `charye retention`: whose data would be removed, what was; and what an operator asks of the running service.

use crate::cli::Retention;
use crate::config::Config;
use crate::removals::{RemovalFolder, parse};
use crate::verify::{DATABASE, Named, Source, config};
use anyhow::{Result, ensure};
use booking::{Change, PersonId};
use jiff::{SignedDuration, Timestamp};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use store::{Clock as _, Ledger};
use web::removal_requests::RemovalRequest;

pub(crate) fn run(retention: &Retention) -> Result<ExitCode> {
    let config = config(&retention.places, None)?;
    let data = retention.data.clone().unwrap_or_else(|| config.data.clone());
    if let Some(name) = &retention.person {
        return ask(&RemovalFolder::of(&data), parse(name)?);
    }
    if retention.run {
        ensure!(
            config.retention.kept().is_some(),
            "retention.days가 설정에 없습니다 / retention.days is not in the config"
        );
        return ask(&RemovalFolder::of(&data), RemovalRequest::Sweep);
    }
    let is_in_database = retention.data.is_none() && config.store.is_some();
    let what = if is_in_database { PathBuf::from(DATABASE) } else { data };
    let named = Named { what: &what, scratch: retention.scratch.as_deref(), config: &config };
    for line in preview(&Source::open(&named)?, &config)? {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(folder: &RemovalFolder, request: RemovalRequest) -> Result<ExitCode> {
    if let Some(words) = folder.ask(request)? {
        println!("{words}");
        return Ok(ExitCode::SUCCESS);
    }
    println!("서비스가 아직 답하지 않았습니다. 켜지면 처리합니다.");
    println!("The service has not answered yet; it will do so when it runs.");
    Ok(ExitCode::FAILURE)
}

/// What was removed, by the journal.
#[derive(Default)]
struct Removed {
    people: u64,
    keys: u64,
    last_at: Option<Timestamp>,
}

fn preview(source: &Source, config: &Config) -> Result<Vec<String>> {
    let mut ledger = Ledger::new(Arc::clone(&source.country));
    let mut removed = Removed::default();
    super::inspect::each(source, |_, _, change| {
        match &change {
            Change::PersonRemoved { removal, .. } => {
                removed.people += 1;
                removed.last_at = Some(removal.at);
            }
            Change::KeysDestroyed { keys, .. } => removed.keys += keys.len() as u64,
            _ => {}
        }
        ledger.replay(&change)?;
        ledger.commit();
        Ok(())
    })?;
    let kept = config.retention.kept();
    let mut lines = vec![match config.retention.days {
        Some(days) => format!("보유기간 / kept         {days}일 / days"),
        None => "보유기간 / kept         정하지 않음: 아무도 파기하지 않습니다 / not set: nobody is removed"
            .to_owned(),
    }];
    lines.extend(kept.map(|kept| due(&ledger, kept)).into_iter().flatten());
    let last_at = removed.last_at.map_or("–".to_owned(), super::inspect::at);
    lines.push(format!("파기함 / removed        {}명 / people, {last_at}", removed.people));
    lines.push(format!(
        "열쇠 파기 / keys        {}개 / destroyed, {}개 / to go",
        removed.keys,
        ledger.condemned_keys(usize::MAX).len()
    ));
    Ok(lines)
}

fn due(ledger: &Ledger, kept: SignedDuration) -> [String; 2] {
    let now = crate::system::SystemClock.now();
    let everybody = ledger.standing_after(PersonId(0), u64::from(u32::MAX), now);
    let known: Vec<_> = everybody.iter().filter(|one| one.is_known).collect();
    let over = known.iter().filter(|one| !one.needed.is_expected && now >= one.needed.at + kept).count();
    let next = known.iter().map(|one| one.needed.at + kept).filter(|at| *at > now).min();
    [
        format!("사람 / people           {}명, {over}명 파기 대상 / of whom {over} are due", known.len()),
        format!("다음 / next             {}", next.map_or("–".to_owned(), super::inspect::at)),
    ]
}
