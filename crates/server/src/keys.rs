//! The key folder: beside the data folder by default, never in it or in its backup. Made at the first start, readable
//! by its owner only.

use crate::backup::BackupKey;
use crate::person_keys;
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Randomness;
use web::field_keys;
use web::keys::{KeyMaterial, Keys};

/// `./charye-data` has its keys in `./charye-data.keys`.
pub(crate) fn beside(data: &Path) -> PathBuf {
    let mut name = data.file_name().unwrap_or_default().to_os_string();
    name.push(".keys");
    data.with_file_name(name)
}

/// Reads the keys, or makes them in a folder that has none. A folder that has some but not all is refused: a new key
/// for sealed fields would make people's data unreadable.
pub(crate) fn open(folder: &Path, random: &dyn Randomness) -> Result<KeyMaterial> {
    let names = ["tokens-1.key", "aliases.key", "fields.key", "gate.key"];
    let present = names.iter().filter(|name| folder.join(name).exists()).count();
    if present == 0 {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| folder.display().to_string())?;
        for name in names {
            write(&folder.join(name), &random.bytes())?;
        }
    } else {
        ensure!(
            present == names.len(),
            "열쇠 폴더에 빠진 파일이 있습니다 / the key folder is missing files: {}",
            folder.display()
        );
    }
    let read = |name: &str| read(&folder.join(name));
    Ok(KeyMaterial {
        tokens: (1, read(names[0])?),
        tokens_before: None,
        aliases: read(names[1])?,
        fields: read(names[2])?,
        gate: read(names[3])?,
    })
}

/// Everything the folder has, for the one service that uses it.
pub(crate) fn ready_to_serve(folder: &Path, random: Arc<dyn Randomness>) -> Result<Keys> {
    let material = open(folder, random.as_ref())?;
    let keys = Keys::with_people(&material, person_keys::open(folder, random.as_ref())?, random);
    follow_fields(folder, &keys)?;
    Ok(keys)
}

/// Everything but the keys of people, ready for use beside a service.
pub(crate) fn ready(folder: &Path, random: Arc<dyn Randomness>) -> Result<Keys> {
    let keys = Keys::new(&open(folder, random.as_ref())?, random);
    follow_fields(folder, &keys)?;
    Ok(keys)
}

/// Takes up keys of personal fields that were added to the folder: `fields-2.key`, `fields-3.key` …
pub(crate) fn follow_fields(folder: &Path, keys: &Keys) -> Result<()> {
    for number in keys.fields.newest() + 1..=u8::MAX {
        let path = folder.join(fields_name(number));
        if !path.exists() {
            return Ok(());
        }
        keys.fields.add(number, &read(&path)?);
    }
    Ok(())
}

/// Adds a key of personal fields. Returns its number.
pub(crate) fn rotate_fields(folder: &Path, random: &dyn Randomness) -> Result<u8> {
    ensure!(
        folder.join("fields.key").exists(),
        "열쇠 폴더가 아닙니다 / not a key folder: {}",
        folder.display()
    );
    let number = (field_keys::FIRST + 1..=u8::MAX).find(|number| !folder.join(fields_name(*number)).exists());
    let number = number.context("열쇠 번호가 다 찼습니다 / all numbers of keys are used up")?;
    // Under its name only when it is whole: a running service reads it at once.
    let (unfinished, path) = (folder.join("fields.key.unfinished"), folder.join(fields_name(number)));
    let _left_over = fs::remove_file(&unfinished);
    write(&unfinished, &random.bytes())?;
    fs::hard_link(&unfinished, &path).with_context(|| {
        format!("다른 교체와 겹쳤습니다 / another rotation was first: {}", path.display())
    })?;
    fs::remove_file(&unfinished)?;
    fs::File::open(folder)?.sync_all()?;
    Ok(number)
}

fn fields_name(number: u8) -> String {
    format!("fields-{number}.key")
}

const BACKUP_FILE: &str = "backup.key";

/// The key of backups.
pub(crate) fn backup(folder: &Path) -> Result<BackupKey> {
    let path = folder.join(BACKUP_FILE);
    read(&path).context("백업 열쇠를 읽을 수 없습니다(--keys) / the key of backups cannot be read (--keys)")
}

/// The key of backups, made at the first backup in a folder that has the other keys.
pub(crate) fn backup_or_new(folder: &Path, random: &dyn Randomness) -> Result<BackupKey> {
    let path = folder.join(BACKUP_FILE);
    if !path.exists() {
        ensure!(
            folder.is_dir(),
            "열쇠 폴더가 없습니다(--keys) / there is no key folder (--keys): {}",
            folder.display()
        );
        write(&path, &random.bytes())?;
        fs::File::open(folder)?.sync_all()?;
    }
    backup(folder)
}

/// Keys that are kept nowhere.
pub(crate) fn new_material(random: &dyn Randomness) -> KeyMaterial {
    KeyMaterial {
        tokens: (1, random.bytes()),
        tokens_before: None,
        aliases: random.bytes(),
        fields: random.bytes(),
        gate: random.bytes(),
    }
}

fn write(path: &Path, key: &[u8; 32]) -> Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(web::published::hex(key).as_bytes())?;
    file.sync_all()?;
    Ok(())
}

fn read(path: &Path) -> Result<[u8; 32]> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let text = text.trim();
    let fault = || format!("열쇠 파일이 아닙니다 / not a key file: {}", path.display());
    ensure!(text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()), fault());
    let mut key = [0; 32];
    for (position, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[position * 2..position * 2 + 2], 16).with_context(fault)?;
    }
    Ok(key)
}
