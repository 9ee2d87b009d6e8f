//! Imports as an official runs them: a file in, a text and a folder out.

mod clinics;
mod properties;
mod regions;
mod roster;

use super::roster::Extent;
use super::{Defaults, Mode, Outcome, Session};
use crate::country::{ClinicRow, CountryFiles};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::date;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store_sqlite::{ROSTER_FILE, SqliteRoster};
use web::keys::{KeyMaterial, Keys};
use web::roster::key_check;

/// A data folder of its own, and whatever is imported into it.
struct Desk {
    folder: PathBuf,
    keys: Keys,
}

/// What came of an import, and what was said.
#[derive(Debug)]
struct Said {
    outcome: Outcome,
    text: String,
}

impl Desk {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("charye-import-{}-{number}", std::process::id()));
        // A killed run leaves its folders, and process ids come back.
        let _left_over = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("data")).unwrap();
        let material = KeyMaterial {
            tokens: (1, [1; 32]),
            tokens_before: None,
            aliases: [2; 32],
            fields: [3; 32],
            gate: [4; 32],
        };
        Self { folder, keys: Keys::new(&material, Arc::new(crate::system::SystemRandomness)) }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn file(&self, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join("list.csv");
        fs::write(&path, contents).unwrap();
        path
    }

    fn run(
        &self,
        mode: Mode,
        contents: impl AsRef<[u8]>,
        import: impl FnOnce(&mut Session<'_>) -> anyhow::Result<Outcome>,
    ) -> Said {
        let mut out = Vec::new();
        let mut session = Session {
            file: self.file(contents),
            data: self.data(),
            mode,
            faults: Some(self.folder.join("faults.csv")),
            today: date(2021, 7, 12),
            out: &mut out,
        };
        let outcome = import(&mut session).unwrap();
        Said { outcome, text: String::from_utf8(out).unwrap() }
    }

    fn regions(&self, mode: Mode, contents: impl AsRef<[u8]>) -> Said {
        self.run(mode, contents, super::regions::run)
    }

    fn clinics(&self, mode: Mode, contents: impl AsRef<[u8]>) -> Said {
        self.run(mode, contents, |session| super::clinics::run(session, &defaults()))
    }

    fn roster(&self, mode: Mode, contents: impl AsRef<[u8]>) -> Said {
        let campaigns = ["c55".to_owned()];
        self.run(mode, contents, |session| super::roster::run(session, &self.keys, &campaigns, Extent::Whole))
    }

    fn corrections(&self, contents: impl AsRef<[u8]>) -> Said {
        let run =
            |session: &mut Session<'_>| super::roster::run(session, &self.keys, &[], Extent::Corrections);
        self.run(Mode::Yes, contents, run)
    }

    fn clinic_rows(&self) -> Vec<ClinicRow> {
        CountryFiles::read(&self.data()).unwrap().clinic_rows().unwrap()
    }

    fn roster_bytes(&self) -> Option<Vec<u8>> {
        fs::read(self.data().join(ROSTER_FILE)).ok()
    }

    fn opened_roster(&self) -> SqliteRoster {
        SqliteRoster::open(&self.data().join(ROSTER_FILE), key_check(&self.keys)).unwrap()
    }

    /// `line,column,name` of every fault, from the whole list.
    fn faults(&self) -> Vec<String> {
        let mut reader = csv::Reader::from_path(self.folder.join("faults.csv")).unwrap();
        let mut faults: Vec<(u64, String)> = reader
            .records()
            .map(|record| {
                let record = record.unwrap();
                (record[0].parse().unwrap(), format!("{}:{} {}", &record[0], &record[2], &record[4]))
            })
            .collect();
        faults.sort();
        faults.into_iter().map(|(_, fault)| fault).collect()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _left_over = fs::remove_dir_all(&self.folder);
    }
}

fn defaults() -> Defaults {
    Defaults {
        opens: "09:00".to_owned(),
        closes: "18:00".to_owned(),
        lunch: Some(("13:00".to_owned(), "14:00".to_owned())),
        saturday_closes: None,
        capacity: 2,
        doses_per_vial: 10,
    }
}

fn packed(contents: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(contents.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Each fault begins with its line and column, and says its sentence.
fn check_faults(found: &[String], expected: &[(&str, &str)]) {
    let fits = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, (place, word))| found.starts_with(&format!("{place} ")) && found.contains(word));
    assert!(fits, "found {found:#?}\nexpected {expected:#?}");
}
