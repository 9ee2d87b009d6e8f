//! `charye restore`: a backup becomes a data folder again, proved before it is said to be done.

use crate::backup::{Manifest, read};
use crate::cli::{NOT_IN_ORDER, Restore};
use crate::config::Config;
use crate::scratch::{Scratch, parent_of};
use crate::system::SystemClock;
use crate::verify::{Found, Source, config, prove, words};
use anyhow::{Context as _, Result, bail, ensure};
use std::fs::{self, File};
use std::path::Path;
use std::process::ExitCode;
use store::Clock as _;
use web::published::hex;

pub(crate) fn run(restore: &Restore) -> Result<ExitCode> {
    let mut config = config(&restore.places, None)?;
    let beside = crate::keys::beside(&restore.folder);
    if restore.places.keys.is_none() && beside.is_dir() {
        config.keys = beside;
    }
    let started = SystemClock.now();
    let restored = into_empty(&restore.backup, &restore.folder, &config)?;
    println!("되살렸습니다 / restored:  {}", restore.folder.display());
    println!("  장부 / journal    {}행까지 / up to row {}", restored.manifest.row, restored.manifest.row);
    println!("  걸린 시간 / took  {} ms", SystemClock.now().duration_since(started).as_millis());
    let Found::Offence { offence, .. } = &restored.found else { return Ok(ExitCode::SUCCESS) };
    let (ko, en) = words(&offence.broken);
    println!("이상: 되살린 장부에 지켜지지 않은 약속이 있습니다({}행). {ko}", offence.row);
    println!("FAULT: the restored journal breaks a promise (row {}). {en}", offence.row);
    Ok(ExitCode::from(NOT_IN_ORDER))
}

pub(crate) struct Restored {
    pub(crate) manifest: Manifest,
    pub(crate) found: Found,
}

/// Everything happens beside `folder`; it gets its name when all of it was proved.
pub(crate) fn into_empty(backup: &Path, folder: &Path, config: &Config) -> Result<Restored> {
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !folder.exists(),
    };
    ensure!(is_empty, "빈 폴더에만 되살립니다 / only an empty folder is restored into: {}", folder.display());
    let folder = std::path::absolute(folder)?;
    let key = crate::keys::backup(&config.key_folder())?;
    let scratch = Scratch::beside(&folder)?;
    let manifest = read(backup, scratch.path(), &key)
        .with_context(|| format!("되살리지 않았습니다 / nothing was restored: {}", backup.display()))?;
    let source = Source::over(scratch, manifest.doors, Some(manifest.clone()))?;
    let found = prove(&source)?;
    fits(&found, &manifest)?;
    let scratch = source.into_folder();
    fs::rename(scratch.path(), &folder).with_context(|| folder.display().to_string())?;
    File::open(parent_of(&folder))?.sync_all()?;
    Ok(Restored { manifest, found })
}

/// What was proved is what was backed up.
fn fits(found: &Found, manifest: &Manifest) -> Result<()> {
    match found {
        Found::Proved(proved) => ensure!(
            proved.end.seq == manifest.row && hex(&proved.digest) == manifest.digest,
            "백업의 장부가 목록과 다릅니다; 되살리지 않았습니다 / the journal is not the one of the list; nothing was restored"
        ),
        Found::Offence { .. } if found.is_usable() => {}
        Found::Offence { offence, .. } => {
            let (ko, en) = words(&offence.broken);
            bail!("되살리지 않았습니다: {ko} / nothing was restored: {en}")
        }
        Found::Unreadable(what) => bail!("되살리지 않았습니다 / nothing was restored: {what}"),
    }
    Ok(())
}
