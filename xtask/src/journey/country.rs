//! A country of the walk's own: the bundled one, changed where the walk needs it, in the folder that the demo reads.
use crate::workspace;
use anyhow::{Context, Result};
use csv::StringRecord;
use flate2::read::GzDecoder;
use std::fs::{self, File};
use std::path::Path;
use toml::Table;

/// Writes the campaign, changed, into the data folder, which need not exist.
pub(super) fn write_campaign(dir: &Path, change: impl FnOnce(&mut Table) -> Result<()>) -> Result<()> {
    let bundled = workspace::root().join("data/campaign.toml");
    let text = fs::read_to_string(&bundled).with_context(|| bundled.display().to_string())?;
    let mut campaign: Table = text.parse().context("the bundled campaign")?;
    change(&mut campaign)?;
    write(dir, "campaign.toml", campaign.to_string().as_bytes())
}

/// A line of the list of clinics, its cells by the names of their columns.
pub(super) struct ClinicLine<'a> {
    columns: &'a StringRecord,
    cells: Vec<String>,
}

impl ClinicLine<'_> {
    /// # Panics
    /// Where the list has no such column.
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        let column = self.columns.iter().position(|one| one == name);
        self.cells[column.unwrap_or_else(|| panic!("the list of clinics has no {name}"))] = value.into();
    }

    pub(super) fn is(&self, id: &str) -> bool {
        self.cells.first().is_some_and(|first| first == id)
    }
}

/// Writes the clinics, changed, into the data folder.
pub(super) fn write_clinics(dir: &Path, mut change: impl FnMut(&mut ClinicLine<'_>)) -> Result<()> {
    let bundled = workspace::root().join("data/clinics.csv.gz");
    let file = File::open(&bundled).with_context(|| bundled.display().to_string())?;
    let mut rows = csv::Reader::from_reader(GzDecoder::new(file));
    let columns = rows.headers()?.clone();
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(&columns)?;
    for row in rows.records() {
        let cells = row?.iter().map(str::to_owned).collect();
        let mut line = ClinicLine { columns: &columns, cells };
        change(&mut line);
        out.write_record(line.cells)?;
    }
    write(dir, "clinics.csv", &out.into_inner()?)
}

fn write(dir: &Path, name: &str, contents: &[u8]) -> Result<()> {
    let folder = dir.join("country");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    fs::write(folder.join(name), contents).with_context(|| format!("writing {name}"))
}
