//! `charye verify`: proves the journal of a folder or backup from its rows, or a draw from its published files.

use crate::cli::{NOT_IN_ORDER, Verify};
use crate::system::SystemClock;
use crate::verify::{Named, Report, Source, config, print, prove_anchored, to_json};
use anyhow::{Context as _, Result, ensure};
use std::path::Path;
use std::process::ExitCode;
use store::Clock as _;

pub(crate) fn run(verify: &Verify) -> Result<ExitCode> {
    if verify.what == Path::new("draw") {
        let folder = verify.draw.as_deref();
        let folder = folder.context("추첨의 폴더가 없습니다 / name the folder: charye verify draw FOLDER")?;
        return super::draw::verify(folder, verify.receipt.as_deref());
    }
    ensure!(verify.draw.is_none(), "폴더 하나만 적으십시오 / name one folder only");
    let config = config(&verify.places, None)?;
    let started = SystemClock.now();
    let named = Named { what: &verify.what, scratch: verify.scratch.as_deref(), config: &config };
    let source = Source::open(&named)?;
    let heads = crate::audit::named_heads(verify.heads.as_deref())?;
    let found = prove_anchored(&source, &heads)?;
    let took_ms = u64::try_from(SystemClock.now().duration_since(started).as_millis()).unwrap_or(0);
    let report = Report::new(&source, &found, took_ms);
    if verify.json {
        println!("{}", to_json(&report)?);
    } else {
        print(&report);
    }
    Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::from(NOT_IN_ORDER) })
}
