//! `charye move`: the journal of a data folder goes into the database of the config, and is proved there.

use crate::cli::Move;
use crate::system::{SystemClock, SystemRandomness};
use crate::verify::{Found, NO_STORE, Named, Source, config, prove, words};
use anyhow::{Context as _, Result, bail, ensure};
use std::fs;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;
use store::proof::Proved;
use store::{Clock as _, StoreError};
use store_postgres::{Address, Moving};
use store_sqlite::{JOURNAL_FILE, SqliteStore, StoreLimits};

/// What the journal of the folder is called afterwards: no service starts on it by mistake.
const MOVED_FILE: &str = "journal.moved.db";

pub(crate) fn run(order: &Move) -> Result<ExitCode> {
    let config = config(&order.places, order.data.as_ref())?;
    let address = config.store_address()?.context(NO_STORE)?;
    let started = SystemClock.now();
    let named = Named { what: &config.data, scratch: None, config: &config };
    let source = Source::open(&named)?;
    // Nobody books in the folder from now on; what was booked since the copy is in the next one.
    let clock = Arc::new(SystemClock);
    let closed = SqliteStore::open(&config.data, Arc::clone(&source.country), clock, StoreLimits::default())
        .context("자료 폴더를 쓰는 서비스를 먼저 끄세요 / stop the service on the folder first")?;
    drop(source);
    let source = Source::open(&named)?;
    let proved = whole(prove(&source)?)?;
    let end = copy(&source, &address)?;
    ensure!(end == proved.end, "옮긴 장부의 끝이 다릅니다 / the moved journal ends elsewhere");
    let there = whole(prove(&source.moved_to(address.clone()))?)?;
    ensure!(
        there == proved,
        "데이터베이스의 장부가 원본과 다릅니다. 원본을 그대로 둡니다 / the journal in the database is not the one of the folder; the folder stays as it is"
    );
    drop(closed);
    fs::rename(config.data.join(JOURNAL_FILE), config.data.join(MOVED_FILE))?;
    println!("옮기고 증명했습니다 / moved and proved:  {address}");
    println!("  장부 / journal    {}행 / {} rows", end.seq, end.seq);
    println!("  예약 / booked     {}", there.appointments_live);
    println!("  걸린 시간 / took  {} ms", SystemClock.now().duration_since(started).as_millis());
    println!("  원본 / the old one  {}", config.data.join(MOVED_FILE).display());
    Ok(ExitCode::SUCCESS)
}

fn whole(found: Found) -> Result<Proved> {
    match found {
        Found::Proved(proved) => Ok(proved),
        Found::Offence { offence, .. } => {
            let (ko, en) = words(&offence.broken);
            bail!("{}행: {ko} / row {}: {en}", offence.row, offence.row)
        }
        Found::Unreadable(what) => bail!("{what}"),
    }
}

fn copy(source: &Source, address: &Address) -> Result<store::proof::Link> {
    let mut moving = Moving::begin(address, Arc::clone(&source.country), &SystemRandomness)?;
    let mut failed: Option<StoreError> = None;
    source.rows()?.each(|row| match moving.row(row) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(moving.finish()?),
    }
}
