//! `charye rehearse erase`: nothing synthetic stays.

use super::LOGBOOK;
use super::evidence::EXPORT;
use super::picture::REPORTS;
use crate::cli::Erase;
use crate::commands::demo::{DOORS_FILE, kept_doors};
use crate::keys;
use anyhow::{Context as _, Result, bail, ensure};
use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::process::ExitCode;

/// How the names begin of what a service makes in its data folder.
const MADE: [&str; 9] = ["copy", "journal", "line", "places", "removals", "roster", "run", "staff", "views"];
/// Whoever owns the journal holds it.
const LOCK_FILE: &str = "journal.lock";

pub(super) fn run(asked: &Erase) -> Result<ExitCode> {
    let left = erase(&asked.data, asked.out.as_deref())?;
    println!("모의 자료를 모두 지웠습니다 / everything synthetic is erased: {}", asked.data.display());
    for name in left {
        println!("  남긴 것(연습이 만들지 않음) / left, not made by a rehearsal: {name}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The keys first: what is sealed is unreadable from then on. The mark of a demonstration last: cut off in the middle, it
/// can be erased again. Answers what stays, because no rehearsal made it.
fn erase(data: &Path, out: Option<&Path>) -> Result<Vec<String>> {
    ensure!(
        kept_doors(data)?.is_some(),
        "{}: 모의 서비스(charye demo)의 자료 폴더가 아닙니다. 아무것도 지우지 않았습니다 / not the data folder of a demonstration; nothing was erased",
        data.display()
    );
    let _nobody_serves = alone(data)?;
    let keys = keys::beside(data);
    if keys.exists() {
        fs::remove_dir_all(&keys).with_context(|| keys.display().to_string())?;
    }
    let mut left = Vec::new();
    for entry in fs::read_dir(data).with_context(|| data.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_made(&name) {
            remove(&entry.path())?;
        } else if name != DOORS_FILE {
            left.push(name);
        }
    }
    if let Some(out) = out {
        forget(out)?;
    }
    remove(&data.join(DOORS_FILE))?;
    if left.is_empty() {
        fs::remove_dir(data).with_context(|| data.display().to_string())?;
    }
    left.sort_unstable();
    Ok(left)
}

/// Holds the folder against a service that is started meanwhile.
fn alone(data: &Path) -> Result<File> {
    let path = data.join(LOCK_FILE);
    let lock = File::options().create(true).truncate(false).write(true).open(&path);
    let lock = lock.with_context(|| path.display().to_string())?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => bail!(
            "{}: 모의 서비스가 켜져 있습니다. 먼저 멈추십시오 / the demonstration is running; stop it first",
            data.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// `line-1.head`, `journal.db-wal`, `run`.
fn is_made(name: &str) -> bool {
    name.split(['.', '-']).next().is_some_and(|begin| MADE.contains(&begin))
}

/// What the crowd was told, and the reports of it.
fn forget(out: &Path) -> Result<()> {
    ensure!(
        out.join(LOGBOOK).exists(),
        "{}: 연습의 일지가 없습니다 / there is no logbook of a rehearsal in it",
        out.display()
    );
    let made = REPORTS.into_iter().chain([EXPORT, LOGBOOK]);
    for path in made.map(|name| out.join(name)).filter(|path| path.exists()) {
        remove(&path)?;
    }
    if fs::read_dir(out)?.next().is_none() {
        fs::remove_dir(out).with_context(|| out.display().to_string())?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    /// As a demonstration leaves it, with a country that somebody has put there.
    fn folder(scratch: &Scratch, has_doors: bool) -> std::path::PathBuf {
        let data = scratch.path().join("data");
        for folder in ["data/country", "data/run", "data/line.nodes", "data.keys", "out"] {
            fs::create_dir_all(scratch.path().join(folder)).unwrap();
        }
        let made = ["journal.db", "journal.db-wal", "views.db", "line-1.head", "line.nodes/1-1", "staff.db"];
        for name in made.into_iter().chain(["places.db-shm", "copy.lock", "country/regions.csv"]) {
            fs::write(data.join(name), "synthetic").unwrap();
        }
        fs::write(scratch.path().join("data.keys/fields.key"), "secret").unwrap();
        for name in REPORTS.into_iter().chain([EXPORT, LOGBOOK]) {
            fs::write(scratch.path().join("out").join(name), "told").unwrap();
        }
        if has_doors {
            fs::write(data.join(DOORS_FILE), "opens_at_s = 1\ncloses_at_s = 2\n").unwrap();
        }
        data
    }

    #[test]
    fn everything_that_a_rehearsal_made_goes_and_nothing_else() {
        let scratch = Scratch::inside(&std::env::temp_dir()).unwrap();
        let data = folder(&scratch, true);
        let out = scratch.path().join("out");
        assert_eq!(erase(&data, Some(&out)).unwrap(), ["country"]);
        let names = |path: &Path| {
            fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>()
        };
        assert_eq!(names(scratch.path()), ["data"]);
        assert_eq!(names(&data), ["country"]);
        assert!(data.join("country/regions.csv").exists());
    }

    #[test]
    fn nothing_of_a_real_campaign_is_erased() {
        let scratch = Scratch::inside(&std::env::temp_dir()).unwrap();
        let data = folder(&scratch, false);
        let error = erase(&data, None).unwrap_err().to_string();
        assert!(error.contains("모의 서비스(charye demo)의 자료 폴더가 아닙니다"), "{error}");
        assert!(data.join("journal.db").exists() && scratch.path().join("data.keys/fields.key").exists());
    }

    #[test]
    fn a_demonstration_that_runs_is_not_erased_under_its_feet() {
        let scratch = Scratch::inside(&std::env::temp_dir()).unwrap();
        let data = folder(&scratch, true);
        let _served = alone(&data).unwrap();
        assert!(erase(&data, None).unwrap_err().to_string().contains("모의 서비스가 켜져 있습니다"));
        assert!(scratch.path().join("data.keys/fields.key").exists());
    }

    #[test]
    fn a_folder_that_is_not_of_a_rehearsal_is_not_emptied() {
        let scratch = Scratch::inside(&std::env::temp_dir()).unwrap();
        let data = folder(&scratch, true);
        let other = scratch.path().join("data/country");
        assert!(erase(&data, Some(&other)).unwrap_err().to_string().contains("연습의 일지가 없습니다"));
        assert!(kept_doors(&data).unwrap().is_some(), "it can be said again with the right folder");
    }
}
