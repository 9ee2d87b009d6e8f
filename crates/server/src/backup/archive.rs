//! A folder as one sealed file, and back.

use super::sealed::{SealedReader, SealedWriter, fault};
use super::{BackupFault, BackupKey};
use crate::country::Doors;
use crate::scratch::parent_of;
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Component, Path};
use std::time::{Duration, SystemTime};
use store::Randomness;

/// The list is small; what says it is larger is no list.
const MANIFEST_BYTES_MAX: u32 = 1 << 20;

/// What a backup holds, and of what instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// When the copy was made, seconds since 1970.
    pub(crate) made_at_s: i64,
    /// The last row of the journal in it, and its chain in hexadecimal.
    pub(crate) row: u64,
    pub(crate) chain: String,
    /// The digest of the proof, in hexadecimal.
    pub(crate) digest: String,
    pub(crate) doors: Doors,
    pub(crate) files: Vec<FileEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileEntry {
    /// Below the data folder, with `/`.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) modified_s: u64,
}

/// Every file of the folder, in the order of their names.
pub(crate) fn list(folder: &Path) -> Result<Vec<FileEntry>> {
    let mut files = Vec::new();
    list_into(folder, "", &mut files)?;
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

fn list_into(folder: &Path, prefix: &str, files: &mut Vec<FileEntry>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list_into(&entry.path(), &format!("{name}/"), files)?;
            continue;
        }
        let modified = entry.metadata()?.modified()?.duration_since(SystemTime::UNIX_EPOCH)?;
        let (bytes, sha256) = copy_hashed(&mut File::open(entry.path())?, &mut std::io::sink())?;
        files.push(FileEntry { name, bytes, sha256, modified_s: modified.as_secs() });
    }
    Ok(())
}

/// Seals the files of `folder` that the manifest lists into a new file `target`. It has its name when it is whole and
/// on the disk.
pub(crate) fn write(
    folder: &Path,
    manifest: &Manifest,
    target: &Path,
    key: &BackupKey,
    random: &dyn Randomness,
) -> Result<u64> {
    let list = serde_json::to_vec(manifest)?;
    let files: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    let unfinished = target.with_added_extension("unfinished");
    let file = File::create(&unfinished).with_context(|| unfinished.display().to_string())?;
    let plain = 4 + list.len() as u64 + files;
    let mut sealed = SealedWriter::begin(BufWriter::new(file), key, random.bytes(), plain)?;
    sealed.write_all(&u32::try_from(list.len())?.to_be_bytes())?;
    sealed.write_all(&list)?;
    for entry in &manifest.files {
        copy_hashed(&mut File::open(folder.join(&entry.name))?, &mut sealed)?;
    }
    let file = sealed.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    let bytes = file.metadata()?.len();
    fs::rename(&unfinished, target)?;
    File::open(parent_of(target))?.sync_all()?;
    Ok(bytes)
}

/// Unpacks a backup into `folder`, which is there and empty. What is wrong with it is a [`BackupFault`].
pub(crate) fn read(backup: &Path, folder: &Path, key: &BackupKey) -> Result<Manifest> {
    let file = File::open(backup).with_context(|| backup.display().to_string())?;
    let mut plain = SealedReader::begin(BufReader::new(file), key)?;
    let manifest = read_manifest(&mut plain)?;
    for entry in &manifest.files {
        unpack(&mut plain, folder, entry)?;
    }
    plain.finish()?;
    File::open(folder)?.sync_all()?;
    Ok(manifest)
}

fn read_manifest(plain: &mut impl Read) -> Result<Manifest> {
    let mut length = [0; 4];
    plain.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > MANIFEST_BYTES_MAX {
        return Err(fault(BackupFault::Manifest).into());
    }
    let mut list = vec![0; length as usize];
    plain.read_exact(&mut list)?;
    let manifest: Manifest = serde_json::from_slice(&list).map_err(|_| fault(BackupFault::Manifest))?;
    let inside = |name: &str| Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if !manifest.files.iter().all(|file| inside(&file.name)) {
        return Err(fault(BackupFault::Manifest).into());
    }
    Ok(manifest)
}

fn unpack(plain: &mut impl Read, folder: &Path, entry: &FileEntry) -> Result<()> {
    let path = folder.join(&entry.name);
    fs::create_dir_all(parent_of(&path))?;
    let mut file = File::create_new(&path).with_context(|| path.display().to_string())?;
    let (bytes, sha256) = copy_hashed(&mut plain.take(entry.bytes), &mut file)?;
    if (bytes, &sha256) != (entry.bytes, &entry.sha256) {
        return Err(fault(BackupFault::File).into());
    }
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(entry.modified_s))?;
    Ok(file.sync_all()?)
}

/// Copies, and returns length and SHA-256.
fn copy_hashed(from: &mut impl Read, to: &mut impl Write) -> std::io::Result<(u64, String)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, web::published::hex(&<[u8; 32]>::from(hash.finalize()))));
        }
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
}
