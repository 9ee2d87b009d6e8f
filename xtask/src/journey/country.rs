//! A country of the walk's own: the bundled one, changed where the walk needs it, in the folder that the demo reads.
use crate::workspace;
use anyhow::{Context, Result};
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

/// Writes the clinics with other names and addresses: `change` is given each row's name and address.
pub(super) fn write_clinics(dir: &Path, mut change: impl FnMut(&mut String, &mut String)) -> Result<()> {
    let bundled = workspace::root().join("data/clinics.csv.gz");
    let file = File::open(&bundled).with_context(|| bundled.display().to_string())?;
    let mut rows = csv::Reader::from_reader(GzDecoder::new(file));
    let columns = rows.headers()?.clone();
    let column =
        |name: &str| columns.iter().position(|one| one == name).with_context(|| format!("no {name}"));
    let (name, address) = (column("name")?, column("address")?);
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(&columns)?;
    for row in rows.records() {
        let mut row: Vec<String> = row?.iter().map(str::to_owned).collect();
        let (mut told_name, mut told_address) = (row[name].clone(), row[address].clone());
        change(&mut told_name, &mut told_address);
        (row[name], row[address]) = (told_name, told_address);
        out.write_record(row)?;
    }
    write(dir, "clinics.csv", &out.into_inner()?)
}

fn write(dir: &Path, name: &str, contents: &[u8]) -> Result<()> {
    let folder = dir.join("country");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    fs::write(folder.join(name), contents).with_context(|| format!("writing {name}"))
}
