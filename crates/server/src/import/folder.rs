//! `DATA/country`: the files of a real country, which stand in for the bundled ones.

use crate::country::COUNTRY_FOLDER;
use crate::import::{Mode, Session};
use anyhow::{Context as _, Result, bail};
use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::Path;

/// One import of the country at a time; let go of when it is dropped.
pub(crate) struct CountryLock {
    _file: File,
}

impl CountryLock {
    /// None for a dry run: it makes no folder.
    pub(crate) fn take(session: &Session<'_>) -> Result<Option<Self>> {
        if session.mode == Mode::DryRun {
            return Ok(None);
        }
        let folder = session.data.join(COUNTRY_FOLDER);
        fs::create_dir_all(&folder).with_context(|| {
            format!("자료 폴더를 만들 수 없습니다 / cannot make the data folder: {}", folder.display())
        })?;
        let path = folder.join("import.lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.with_context(|| path.display().to_string())?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => {
                bail!("다른 가져오기가 진행 중입니다 / another import is under way: {}", folder.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| path.display().to_string()),
        }
    }
}

/// Written beside and synced, then renamed: whoever starts meanwhile reads the old file or the new one.
pub(crate) fn put_in_place(data: &Path, name: &str, contents: &[u8]) -> Result<()> {
    let folder = data.join(COUNTRY_FOLDER);
    let (beside, path) = (folder.join(format!("{name}.new")), folder.join(name));
    let written = || -> std::io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(contents)?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        File::open(&folder)?.sync_all()
    };
    written().with_context(|| format!("쓸 수 없습니다 / cannot write: {}", path.display()))
}
