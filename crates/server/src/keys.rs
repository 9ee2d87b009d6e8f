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
use std::time::Duration;
use store::Randomness;
use store_postgres::PostgresKeys;
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
    let newest_aliases = aliases_in(folder).last().copied().unwrap_or(field_keys::FIRST);
    let aliases = aliases_name(newest_aliases);
    let names = ["tokens-1.key", aliases.as_str(), "fields.key", "gate.key"];
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

/// Everything the folder has, for the one service that uses it. `database`: where nodes share the keys of people.
pub(crate) fn ready_to_serve(
    folder: &Path,
    database: Option<PostgresKeys>,
    random: Arc<dyn Randomness>,
) -> Result<Keys> {
    let material = open(folder, random.as_ref())?;
    let keys = Keys::with_people(&material, person_keys::open(folder, &random, database)?, random);
    follow_fields(folder, &keys)?;
    follow_aliases(folder, &keys)?;
    Ok(keys)
}

/// Everything but the keys of people, ready for use beside a service.
pub(crate) fn ready(folder: &Path, random: Arc<dyn Randomness>) -> Result<Keys> {
    let keys = Keys::new(&open(folder, random.as_ref())?, random);
    follow_fields(folder, &keys)?;
    follow_aliases(folder, &keys)?;
    Ok(keys)
}

/// For a process without the ledger: it makes no keys, or two would make them at the same time.
pub(crate) fn ready_beside(folder: &Path, random: Arc<dyn Randomness>) -> Result<Keys> {
    ensure!(
        folder.join("gate.key").exists(),
        "열쇠가 아직 없습니다. 먼저 --role booking을 켜십시오 / no keys yet: start --role booking first: {}",
        folder.display()
    );
    ready(folder, random)
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

/// The numbers of the keys of names that are there, the newest last.
pub(crate) fn aliases_in(folder: &Path) -> Vec<u8> {
    (field_keys::FIRST..=u8::MAX).filter(|number| folder.join(aliases_name(*number)).exists()).collect()
}

fn aliases_name(number: u8) -> String {
    if number == field_keys::FIRST { "aliases.key".to_owned() } else { format!("aliases-{number}.key") }
}

/// Takes up a key of names that was added to the folder, and lets go of one that is no longer there.
pub(crate) fn follow_aliases(folder: &Path, keys: &Keys) -> Result<()> {
    let numbers = aliases_in(folder);
    let [.., newest] = numbers[..] else { return Ok(()) };
    let former = numbers.len().checked_sub(2).map(|before| numbers[before]);
    if keys.names_key() == (newest, former.is_some()) {
        return Ok(());
    }
    let key = |number: u8| read(&folder.join(aliases_name(number)));
    keys.name_people_by(newest, &key(newest)?, former.map(key).transpose()?.as_ref());
    Ok(())
}

/// Adds a key of names; while people are still being named anew there is no third. Returns its number.
pub(crate) fn rotate_aliases(folder: &Path, random: &dyn Randomness) -> Result<u8> {
    let numbers = aliases_in(folder);
    ensure!(!numbers.is_empty(), "열쇠 폴더가 아닙니다 / not a key folder: {}", folder.display());
    ensure!(
        numbers.len() == 1,
        "앞선 교체가 아직 끝나지 않았습니다 / the rotation before is not finished: {}",
        folder.display()
    );
    let number =
        numbers[0].checked_add(1).context("열쇠 번호가 다 찼습니다 / all numbers of keys are used up")?;
    add(folder, &aliases_name(number), random)?;
    Ok(number)
}

/// How long ago the newest key of names was added.
pub(crate) fn aliases_age(folder: &Path) -> Result<Duration> {
    let newest = aliases_in(folder).last().copied().context("no key of names")?;
    let added_at = fs::metadata(folder.join(aliases_name(newest)))?.modified()?;
    Ok(added_at.elapsed().unwrap_or_default())
}

/// The key of names before the newest is written over and removed: its hashes name nobody any more.
pub(crate) fn destroy_former_aliases(folder: &Path) -> Result<()> {
    let numbers = aliases_in(folder);
    for number in &numbers[..numbers.len().saturating_sub(1)] {
        person_keys::write_over(&folder.join(aliases_name(*number)))?;
    }
    fs::File::open(folder)?.sync_all()?;
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
    add(folder, &fields_name(number), random)?;
    Ok(number)
}

/// Under its name only when it is whole: a running service reads it at once.
fn add(folder: &Path, name: &str, random: &dyn Randomness) -> Result<()> {
    let (unfinished, path) = (folder.join("new.key.unfinished"), folder.join(name));
    let _left_over = fs::remove_file(&unfinished);
    write(&unfinished, &random.bytes())?;
    fs::hard_link(&unfinished, &path).with_context(|| {
        format!("다른 교체와 겹쳤습니다 / another rotation was first: {}", path.display())
    })?;
    fs::remove_file(&unfinished)?;
    fs::File::open(folder)?.sync_all()?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemRandomness;

    #[test]
    fn a_key_of_names_is_added_followed_and_the_one_before_destroyed() {
        let folder = std::env::temp_dir().join(format!("charye-keys-names-{}", std::process::id()));
        let _left_over = fs::remove_dir_all(&folder);
        let keys = ready(&folder, Arc::new(SystemRandomness)).unwrap();
        let first = keys.pair_alias("1", "kim");
        assert_eq!(rotate_aliases(&folder, &SystemRandomness).unwrap(), 2);
        assert!(rotate_aliases(&folder, &SystemRandomness).is_err(), "one after the other");
        assert_eq!(keys.names_key(), (1, false));
        follow_aliases(&folder, &keys).unwrap();
        assert_eq!((keys.names_key(), keys.all_renamed()), ((2, true), false));
        let second = keys.pair_alias("1", "kim");
        assert_ne!(first, second);
        assert_eq!(keys.former_pair_alias("1", "kim"), Some(first));
        let restarted = ready(&folder, Arc::new(SystemRandomness)).unwrap();
        assert_eq!((restarted.names_key(), restarted.all_renamed()), ((2, true), false));

        let old = fs::read(folder.join("aliases.key")).unwrap();
        destroy_former_aliases(&folder).unwrap();
        follow_aliases(&folder, &keys).unwrap();
        assert_eq!((keys.names_key(), keys.former_pair_alias("1", "kim")), ((2, false), None));
        let restarted = ready(&folder, Arc::new(SystemRandomness)).unwrap();
        assert_eq!(restarted.pair_alias("1", "kim"), second);
        for entry in fs::read_dir(&folder).unwrap() {
            assert_ne!(fs::read(entry.unwrap().path()).unwrap(), old);
        }
        assert_eq!(rotate_aliases(&folder, &SystemRandomness).unwrap(), 3);
        fs::remove_dir_all(&folder).unwrap();
    }
}
