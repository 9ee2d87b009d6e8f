//! Where things are: the checkout, its tracked files, what cargo built.
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the checkout that this program was built from.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask stands in the workspace").to_path_buf()
}

/// Cargo's target folder. This program stands in the folder of its own profile, which stands there; so
/// `CARGO_TARGET_DIR` and any config of cargo are respected without being read again.
pub(crate) fn target_dir() -> Result<PathBuf> {
    let program = std::env::current_exe().context("where does this program stand?")?;
    let profile_dir = program.parent().context("a program stands in a folder")?;
    let profile_dir = if profile_dir.ends_with("deps") { profile_dir.parent() } else { Some(profile_dir) };
    let target_dir =
        profile_dir.and_then(Path::parent).context("a profile's folder stands in the target folder")?;
    Ok(target_dir.to_path_buf())
}

/// The folder of cargo's release profile.
pub(crate) fn release_dir() -> Result<PathBuf> {
    Ok(target_dir()?.join("release"))
}

/// Paths (relative to `root`) that git tracks or would track: new files are checked before they are added.
pub(crate) fn tracked_files(root: &Path) -> Result<Vec<String>> {
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("git is needed to list the files of the checkout")?;
    ensure!(listing.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listing.stderr).trim());
    let names = String::from_utf8(listing.stdout).context("a file name is not UTF-8")?;
    let existing = names.split('\0').filter(|name| !name.is_empty() && root.join(name).is_file());
    Ok(existing.map(str::to_owned).collect())
}
