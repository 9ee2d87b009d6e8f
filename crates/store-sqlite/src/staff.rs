//! The accounts of staff in a file of their own.

use crate::database::{self, Holds, Kind};
use crate::folder::{self, FolderLock};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use store::{StaffFile, StaffRow, StoreError, staff_link};

pub const STAFF_FILE: &str = "staff.db";

const KIND: Kind = Kind {
    application_id: 0x4348_5354, // "CHST"
    user_version: 1,
    schema: "CREATE TABLE event (
                 seq INTEGER PRIMARY KEY,
                 sealed BLOB NOT NULL,
                 link BLOB NOT NULL
             ) STRICT;",
    holds: Holds::SharedTruth,
    page_bytes: 4_096,
    steps: &[],
};

/// How long an event waits for that of another process.
const TURN: Duration = Duration::from_secs(2);

pub struct SqliteStaff {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl SqliteStaff {
    /// # Errors
    /// [`StoreError::Corrupt`] if the file is none of ours.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(STAFF_FILE);
        let _one_makes_the_tables = FolderLock::wait_for(folder, "staff.opening")?;
        let connection = database::open(&path, &KIND)?;
        connection.busy_timeout(TURN).map_err(database::writing)?;
        folder::sync(folder)?;
        Ok(Self { path, connection: Mutex::new(connection) })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().expect("nothing panics here")
    }

    fn corrupt(&self, seq: u64) -> StoreError {
        StoreError::Corrupt { at: format!("{}: event {seq}", self.path.display()) }
    }
}

impl StaffFile for SqliteStaff {
    fn after(&self, seq: u64) -> Result<Vec<StaffRow>, StoreError> {
        let connection = self.connection();
        let looking = |error| database::looking(&self.path, error);
        let mut link = link_of(&connection, seq).map_err(looking)?.ok_or_else(|| self.corrupt(seq))?;
        let mut statement = connection
            .prepare_cached("SELECT seq, sealed, link FROM event WHERE seq > ?1 ORDER BY seq")
            .map_err(looking)?;
        let found = statement.query_map([signed(seq)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let mut rows: Vec<StaffRow> = Vec::new();
        for found in found.map_err(looking)? {
            let (number, sealed, told): (i64, Vec<u8>, Vec<u8>) = found.map_err(looking)?;
            let expected = seq + 1 + rows.len() as u64;
            link = staff_link(&link, expected, &sealed);
            if number != signed(expected) || told != link {
                return Err(self.corrupt(expected));
            }
            rows.push(StaffRow { seq: expected, sealed });
        }
        Ok(rows)
    }

    fn append(&self, seq: u64, sealed: &[u8]) -> Result<bool, StoreError> {
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(database::writing)?;
        let last: i64 = transaction
            .query_row("SELECT coalesce(max(seq), 0) FROM event", [], |row| row.get(0))
            .map_err(database::writing)?;
        if last != signed(seq) {
            return Ok(false);
        }
        let before =
            link_of(&transaction, seq).map_err(database::writing)?.ok_or_else(|| self.corrupt(seq))?;
        let link = staff_link(&before, seq + 1, sealed);
        transaction
            .execute(
                "INSERT INTO event VALUES (?1, ?2, ?3)",
                params![signed(seq + 1), sealed, link.as_slice()],
            )
            .map_err(database::writing)?;
        transaction.commit().map_err(database::writing)?;
        // Events are few and small: the log never grows.
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(database::writing)?;
        Ok(true)
    }
}

/// None where there is no such event; zeros before the first.
fn link_of(connection: &Connection, seq: u64) -> rusqlite::Result<Option<[u8; 32]>> {
    if seq == 0 {
        return Ok(Some([0; 32]));
    }
    let mut statement = connection.prepare_cached("SELECT link FROM event WHERE seq = ?1")?;
    statement.query_row([signed(seq)], |row| row.get(0)).optional()
}

/// As SQLite counts.
fn signed(seq: u64) -> i64 {
    i64::try_from(seq).expect("so many events are never written")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("charye-staff-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn two_processes_see_each_others_events_and_only_one_writes_the_next() {
        let folder = folder("two");
        let (service, command) = (SqliteStaff::open(&folder).unwrap(), SqliteStaff::open(&folder).unwrap());
        assert!(service.append(0, b"first").unwrap());
        assert!(!command.append(0, b"late").unwrap(), "what was decided on an older state is not written");
        assert!(command.append(1, b"second").unwrap());
        let seen: Vec<_> = service.after(1).unwrap().into_iter().map(|row| row.sealed).collect();
        assert_eq!(seen, [b"second".to_vec()]);
        drop((service, command));
        assert_eq!(SqliteStaff::open(&folder).unwrap().after(0).unwrap().len(), 2);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_event_that_was_altered_taken_out_or_swapped_is_noticed() {
        let wrongs = [
            "UPDATE event SET sealed = x'00' WHERE seq = 2",
            "DELETE FROM event WHERE seq = 2",
            "UPDATE event SET seq = -seq WHERE seq < 3; UPDATE event SET seq = 3 + seq WHERE seq < 0",
        ];
        for wrong in wrongs {
            let folder = folder("wrong");
            let file = SqliteStaff::open(&folder).unwrap();
            for (seq, text) in (0..).zip(["a", "b", "c"]) {
                assert!(file.append(seq, text.as_bytes()).unwrap());
            }
            assert_eq!(file.after(0).unwrap().len(), 3);
            file.connection().execute_batch(wrong).unwrap();
            assert!(file.after(0).is_err(), "{wrong}");
            std::fs::remove_dir_all(folder).unwrap();
        }
    }

    #[test]
    fn a_copy_of_a_folder_in_use_has_every_account() {
        let (from, to) = (folder("from"), folder("to"));
        std::fs::write(from.join(crate::JOURNAL_FILE), "").unwrap();
        let file = SqliteStaff::open(&from).unwrap();
        assert!(file.append(0, b"a").unwrap() && file.append(1, b"b").unwrap());
        crate::copy_folder(&from, &to).unwrap();
        assert_eq!(SqliteStaff::open(&to).unwrap().after(0).unwrap(), file.after(0).unwrap());
        assert!(file.append(2, b"c").unwrap(), "and it goes on being used");
        std::fs::remove_dir_all(from).unwrap();
        std::fs::remove_dir_all(to).unwrap();
    }

    #[test]
    fn a_list_that_was_cut_off_is_noticed_by_whoever_has_read_it() {
        let folder = folder("cut");
        let file = SqliteStaff::open(&folder).unwrap();
        assert!(file.append(0, b"a").unwrap() && file.append(1, b"b").unwrap());
        file.connection().execute("DELETE FROM event WHERE seq = 2", []).unwrap();
        assert!(file.after(2).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
