//! Makes the bundled country in `data/` out of `data/source/`: regions, synthetic clinics, the demo campaign.
//!
//! The same sources and the same seed give the same bytes on every machine: all arithmetic is in integers, and
//! a test compares what is generated with what is committed. `data/README.md` describes the files.

mod apportion;
mod campaign;
mod clinic_names;
mod clinics;
mod country;
mod draw;
mod opening_hours;
mod roads;
pub(crate) mod roster;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use country::Country;
use roads::Roads;

/// The night this project starts from: 12 July 2021.
const SEED: u64 = 20_210_712;

const REGIONS: &str = "regions.csv";
const CLINICS: &str = "clinics.csv.gz";
const CAMPAIGN: &str = "campaign.toml";

pub(crate) fn run() -> Result<()> {
    let bundle = Bundle::generate(&data_dir())?;
    write(REGIONS, &bundle.regions)?;
    write(CAMPAIGN, &bundle.campaign)?;
    write_packed(CLINICS, &bundle.clinics)
}

/// The generated files, not packed.
struct Bundle {
    regions: Vec<u8>,
    clinics: Vec<u8>,
    campaign: Vec<u8>,
}

impl Bundle {
    fn generate(data_dir: &Path) -> Result<Self> {
        let source = data_dir.join("source");
        let country = Country::read(&source.join("eupmyeondong_2021.csv"))?;
        let roads = Roads::read(unpack(&source.join("road_address_sample_2021.csv.gz"))?.as_slice())?;
        Ok(Self {
            regions: country.to_csv()?,
            clinics: clinics::to_csv(&country, &roads, SEED)?,
            campaign: campaign::to_toml(&country).into_bytes(),
        })
    }
}

fn data_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data")
}

fn write(name: &str, contents: &[u8]) -> Result<()> {
    println!("data/{name}: {} bytes", contents.len());
    fs::write(data_dir().join(name), contents).with_context(|| format!("writing data/{name}"))
}

/// Leaves the file alone when its contents are right: another version of the packer would only change its bytes.
fn write_packed(name: &str, contents: &[u8]) -> Result<()> {
    if unpack(&data_dir().join(name)).is_ok_and(|committed| committed == contents) {
        println!("data/{name}: unchanged");
        return Ok(());
    }
    write(name, &pack(contents)?)
}

/// gzip without a file name or a time, so that equal contents give equal files.
fn pack(contents: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(contents)?;
    Ok(encoder.finish()?)
}

fn unpack(path: &Path) -> Result<Vec<u8>> {
    let file = fs::File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let mut contents = Vec::new();
    GzDecoder::new(file)
        .read_to_end(&mut contents)
        .with_context(|| format!("unpacking {}", path.display()))?;
    Ok(contents)
}

#[cfg(test)]
mod tests;
