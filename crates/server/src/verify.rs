//! What is looked at, and whether it holds: a copy of a folder, an unpacked backup, or the database of the config.

mod report;
mod rows;
mod wording;

pub(crate) use report::{Report, print, to_json};
use rows::Rows;
pub(crate) use wording::{slot_name, words};

use crate::backup::{self, Manifest};
use crate::commands::serve::doors;
use crate::config::Config;
use crate::country::{self, CLINICS_FILE, COUNTRY_FOLDER, Doors};
use crate::scratch::Scratch;
use crate::system::SystemClock;
use anyhow::{Context as _, Result, ensure};
use booking::Country;
use jiff::Timestamp;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::proof::{Offence, Proof, Proved, Row};
use store::{AuditHead, Clock as _, Ledger};
use store_postgres::Address;
use store_sqlite::{check_pages, copy_folder};

/// On the command line: the database of the config, where a folder could stand.
pub(crate) const DATABASE: &str = "database";

/// Files of this process's own, or the rows of a database, and the country they are for.
pub(crate) struct Source {
    folder: Scratch,
    /// Where the journal is in none of the files.
    database: Option<Address>,
    pub(crate) country: Arc<Country>,
    /// Since when the clinics are the ones of the list; None where the bundled ones are in use.
    list_since: Option<Timestamp>,
    /// Of a backup.
    pub(crate) manifest: Option<Manifest>,
}

/// What an operator named.
pub(crate) struct Named<'a> {
    pub(crate) what: &'a Path,
    pub(crate) scratch: Option<&'a Path>,
    pub(crate) config: &'a Config,
}

impl Source {
    /// Copies a folder, or unpacks a backup.
    pub(crate) fn open(named: &Named<'_>) -> Result<Self> {
        let what = named.what;
        let scratch = match named.scratch {
            Some(folder) => Scratch::inside(folder)?,
            None if what == Path::new(DATABASE) => {
                Scratch::beside(&std::path::absolute(&named.config.data)?)?
            }
            None => Scratch::beside(&std::path::absolute(what)?)?,
        };
        if what == Path::new(DATABASE) {
            return Self::in_database(scratch, named.config);
        }
        if what.is_dir() {
            copy_folder(what, scratch.path()).with_context(|| what.display().to_string())?;
            let doors = folder_doors(scratch.path(), named.config)?;
            return Self::over(scratch, doors, None);
        }
        let file = File::open(what).with_context(|| what.display().to_string())?;
        ensure!(
            backup::is_backup(file),
            "자료 폴더도 백업도 아닙니다 / neither a data folder nor a backup: {}",
            what.display()
        );
        let key = crate::keys::backup(&named.config.key_folder())?;
        let manifest = backup::read(what, scratch.path(), &key)?;
        let doors = manifest.doors;
        Self::over(scratch, doors, Some(manifest))
    }

    /// Over files that are there already.
    pub(crate) fn over(folder: Scratch, doors: Doors, manifest: Option<Manifest>) -> Result<Self> {
        let (country, list_since) = country_in(folder.path(), doors)?;
        Ok(Self { folder, database: None, country, list_since, manifest })
    }

    /// The rows that a database has now, with the country of the data folder; nothing is copied.
    fn in_database(folder: Scratch, config: &Config) -> Result<Self> {
        let address = config.store_address()?.context(NO_STORE)?;
        let doors = folder_doors(&config.data, config)?;
        let (country, list_since) = country_in(&config.data, doors)?;
        Ok(Self { folder, database: Some(address), country, list_since, manifest: None })
    }

    /// With the journal of the database in place of the folder's.
    pub(crate) fn moved_to(self, address: Address) -> Self {
        Self { database: Some(address), ..self }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn into_folder(self) -> Scratch {
        self.folder
    }

    pub(crate) fn last_row(&self) -> Result<u64> {
        let mut last = 0;
        self.rows()?.each(|row| {
            last = row.seq;
            ControlFlow::Continue(())
        })?;
        Ok(last)
    }

    pub(crate) fn rows(&self) -> Result<Rows> {
        Ok(match &self.database {
            Some(address) => Rows::in_database(address)?,
            None => Rows::in_folder(self.path())?,
        })
    }
}

pub(crate) const NO_STORE: &str =
    "설정에 store = \"postgres://…\"가 없습니다 / the config has no store = \"postgres://…\"";

/// With the time since when its clinics are the ones of the list.
fn country_in(folder: &Path, doors: Doors) -> Result<(Arc<Country>, Option<Timestamp>)> {
    let (country, _) = country::load(folder, doors)?;
    let list_since = match std::fs::metadata(folder.join(COUNTRY_FOLDER).join(CLINICS_FILE)) {
        Ok(found) => Some(Timestamp::try_from(found.modified()?)?),
        Err(_) => None,
    };
    Ok((Arc::new(country), list_since))
}

/// The opening of a demo stands in its folder, that of a service in its config.
pub(crate) fn folder_doors(folder: &Path, config: &Config) -> Result<Doors> {
    match crate::commands::demo::kept_doors(folder)? {
        Some(doors) => Ok(doors),
        None => doors(config, SystemClock.now()),
    }
}

/// The outcome of a proof.
#[derive(Debug)]
pub(crate) enum Found {
    Proved(Proved),
    /// The first offence; `is_readable`: whether the rest of the journal is whole.
    Offence {
        offence: Offence,
        is_readable: bool,
    },
    /// SQLite cannot read it, or the database does not answer.
    Unreadable(String),
}

impl Found {
    /// Whether a service could start on it: what was decided wrong was still written down faithfully.
    pub(crate) fn is_usable(&self) -> bool {
        match self {
            Self::Proved(_) => true,
            Self::Offence { is_readable, .. } => *is_readable,
            Self::Unreadable(_) => false,
        }
    }

    pub(crate) fn proved(&self) -> Option<&Proved> {
        match self {
            Self::Proved(proved) => Some(proved),
            Self::Offence { .. } | Self::Unreadable(_) => None,
        }
    }
}

/// Proves the journal, beside a ledger, and that the other databases are whole.
pub(crate) fn prove(source: &Source) -> Result<Found> {
    prove_anchored(source, &[])
}

/// As [`prove`], with the audit record held against heads that were kept elsewhere.
pub(crate) fn prove_anchored(source: &Source, heads: &[AuditHead]) -> Result<Found> {
    for name in ["line.db", store_sqlite::PLACES_FILE, store_sqlite::ROSTER_FILE] {
        let path = source.path().join(name);
        if path.exists()
            && let Err(error) = check_pages(&path)
        {
            return Ok(Found::Unreadable(error.to_string()));
        }
    }
    let mut rows = source.rows()?;
    let ledger = Ledger::new(Arc::clone(&source.country));
    let mut proof =
        Proof::new(&source.country, rows.head(), source.list_since).beside(ledger).anchored(heads);
    let mut offence = None;
    let mut is_readable = true;
    let read = rows.each(|row| match step(&mut proof, row, offence.is_some()) {
        Ok(()) => ControlFlow::Continue(()),
        Err(found) => {
            let is_damage = found.broken.claim().is_damage();
            is_readable &= !is_damage;
            offence.get_or_insert(found);
            if is_damage { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    });
    if let Err(error) = read {
        return Ok(Found::Unreadable(error.to_string()));
    }
    Ok(match offence {
        Some(offence) => Found::Offence { offence, is_readable },
        None => match proof.finish() {
            Ok(proved) => Found::Proved(proved),
            Err(offence) => Found::Offence { is_readable: !offence.broken.claim().is_damage(), offence },
        },
    })
}

fn step(proof: &mut Proof<'_>, row: &Row<'_>, is_broken: bool) -> Result<(), Offence> {
    if is_broken { proof.skim(row) } else { proof.row(row) }
}

/// The config with what the command line says in place of it.
pub(crate) fn config(places: &crate::cli::Places, data: Option<&PathBuf>) -> Result<Config> {
    let mut config = Config::read(places.config.as_deref())?;
    if let Some(data) = data {
        config.data.clone_from(data);
    }
    if let Some(keys) = &places.keys {
        config.keys.clone_from(keys);
    }
    Ok(config)
}
