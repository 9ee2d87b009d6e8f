//! `charye backup`: one sealed file of a folder that may be in use.

use crate::backup::{Manifest, list, write};
use crate::cli::{Backup, NOT_IN_ORDER};
use crate::config::Config;
use crate::scratch::Scratch;
use crate::system::{SystemClock, SystemRandomness};
use crate::verify::{Found, Source, config, folder_doors, prove, words};
use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::Clock as _;
use store::proof::Offence;
use store_sqlite::copy_folder;
use web::published::hex;

pub(crate) fn run(backup: &Backup) -> Result<ExitCode> {
    let config = config(&backup.places, backup.data.as_ref())?;
    let started = SystemClock.now();
    let made = make(&config, &backup.target, SystemClock.now())?;
    println!("백업했습니다 / backed up:  {}", made.path.display());
    println!("  장부 / journal    {}행까지 / up to row {}", made.row, made.row);
    println!(
        "  크기 / size       {} bytes, {} ms",
        made.bytes,
        SystemClock.now().duration_since(started).as_millis()
    );
    println!(
        "  열쇠 / key        {}/backup.key (백업과 따로 보관 / keep it apart)",
        config.key_folder().display()
    );
    let Some(offence) = made.offence else { return Ok(ExitCode::SUCCESS) };
    let (ko, en) = words(&offence.broken);
    println!("이상: 백업은 온전하지만 장부에 지켜지지 않은 약속이 있습니다({}행). {ko}", offence.row);
    println!("FAULT: the backup is whole, but the journal breaks a promise (row {}). {en}", offence.row);
    Ok(ExitCode::from(NOT_IN_ORDER))
}

/// A backup that was made.
pub(crate) struct Made {
    pub(crate) path: PathBuf,
    pub(crate) row: u64,
    pub(crate) bytes: u64,
    /// A wrong decision that the journal faithfully tells of.
    pub(crate) offence: Option<Offence>,
}

/// Copies, proves, seals. The copy lies beside the backup meanwhile, not beside the data.
pub(crate) fn make(config: &Config, target: &Path, now: Timestamp) -> Result<Made> {
    let path = if target.is_dir() { target.join(file_name(now)) } else { target.to_owned() };
    ensure!(!path.exists(), "이미 있는 파일입니다 / this file is there already: {}", path.display());
    let key = crate::keys::backup_or_new(&config.key_folder(), &SystemRandomness)?;
    let scratch = Scratch::beside(&std::path::absolute(&path)?)?;
    copy_folder(&config.data, scratch.path()).with_context(|| config.data.display().to_string())?;
    let doors = folder_doors(scratch.path(), config)?;
    let source = Source::over(scratch, doors, None)?;
    let (row, chain, digest, offence) = match prove(&source)? {
        Found::Proved(proved) => (proved.end.seq, hex(&proved.end.chain), hex(&proved.digest), None),
        Found::Offence { offence, is_readable: true } => {
            (source.last_row()?, String::new(), String::new(), Some(offence))
        }
        Found::Offence { offence, is_readable: false } => {
            let (ko, en) = words(&offence.broken);
            bail!(
                "장부가 손상되어 백업하지 않았습니다({}행): {ko}\n  the journal is damaged, nothing was backed up (row {}): {en}",
                offence.row,
                offence.row
            )
        }
        Found::Unreadable(what) => {
            bail!(
                "장부가 손상되어 백업하지 않았습니다 / the journal is damaged, nothing was backed up: {what}"
            )
        }
    };
    let files = list(source.path())?;
    let manifest = Manifest { made_at_s: now.as_second(), row, chain, digest, doors, files };
    let bytes = write(source.path(), &manifest, &path, &key, &SystemRandomness)?;
    Ok(Made { path, row, bytes, offence })
}

fn file_name(now: Timestamp) -> String {
    now.strftime("charye-%Y%m%dT%H%M%SZ.backup").to_string()
}
