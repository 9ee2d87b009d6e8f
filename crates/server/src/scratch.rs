//! A folder of our own for copies that are looked at. It goes away with its owner.

use crate::system::SystemRandomness;
use anyhow::{Context as _, Result};
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use store::Randomness;

pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// In `parent`, readable by its owner only.
    pub(crate) fn inside(parent: &Path) -> Result<Self> {
        let random: &dyn Randomness = &SystemRandomness;
        let mark: [u8; 8] = random.bytes();
        let path = parent.join(format!(".charye-{}", web::published::hex(&mark)));
        fs::DirBuilder::new().mode(0o700).create(&path).with_context(|| {
            format!("작업 폴더를 만들 수 없습니다 / cannot make a working folder: {}", path.display())
        })?;
        Ok(Self(path))
    }

    /// Beside `neighbour`, on the same disk.
    pub(crate) fn beside(neighbour: &Path) -> Result<Self> {
        Self::inside(parent_of(neighbour))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _gone_or_renamed = fs::remove_dir_all(&self.0);
    }
}

/// Of a path that may have no folder in it.
pub(crate) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
