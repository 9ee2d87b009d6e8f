//! The tree of 시·도, 시·군·구 and 읍·면·동, in the order a Korean expects.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

pub(super) struct Country {
    pub(super) sidos: Vec<Sido>,
}

pub(super) struct Sido {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) sigungus: Vec<Sigungu>,
}

pub(super) struct Sigungu {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) eupmyeondongs: Vec<Eupmyeondong>,
}

pub(super) struct Eupmyeondong {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) point: Point,
    pub(super) road_addresses: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Kind {
    #[serde(rename = "읍")]
    Eup,
    #[serde(rename = "면")]
    Myeon,
    #[serde(rename = "동")]
    Dong,
}

/// Hundred-thousandths of a degree, about a metre: whole numbers, so that every machine computes the same.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) lat: i64,
    pub(super) lon: i64,
}

#[derive(Deserialize)]
struct SourceRow {
    bjd_code: String,
    sido: String,
    sigungu: String,
    eupmyeondong: String,
    kind: Kind,
    sigungu_code: String,
    lat: String,
    lon: String,
    road_addresses: u64,
}

impl Country {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let mut reader =
            csv::Reader::from_path(path).with_context(|| format!("opening {}", path.display()))?;
        let mut rows = reader.deserialize().collect::<Result<Vec<SourceRow>, _>>()?;
        // The official order of the 시·도 is that of their codes; syllables sort 가나다 by their bytes.
        rows.sort_by(|a, b| a.order().cmp(&b.order()));
        Self::from_sorted(rows)
    }

    fn from_sorted(rows: Vec<SourceRow>) -> Result<Self> {
        let mut sidos: Vec<Sido> = Vec::new();
        for row in rows {
            if sidos.last().is_none_or(|last| last.code != row.sido_code()) {
                sidos.push(Sido { code: row.sido_code(), name: row.sido.clone(), sigungus: Vec::new() });
            }
            let sido = sidos.last_mut().expect("one was pushed if there was none");
            sido.push(row)?;
        }
        Ok(Self { sidos })
    }

    pub(super) fn sigungus(&self) -> impl Iterator<Item = (&Sido, &Sigungu)> {
        self.sidos.iter().flat_map(|sido| sido.sigungus.iter().map(move |sigungu| (sido, sigungu)))
    }

    /// Every parent comes before its children.
    pub(super) fn to_csv(&self) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["code", "level", "parent", "name", "lat", "lon", "road_addresses"])?;
        for sido in &self.sidos {
            let all: Vec<_> = sido.sigungus.iter().flat_map(|sigungu| &sigungu.eupmyeondongs).collect();
            write_row(&mut writer, [&sido.code, "sido", "", &sido.name], &all)?;
            for sigungu in &sido.sigungus {
                let all: Vec<_> = sigungu.eupmyeondongs.iter().collect();
                write_row(&mut writer, [&sigungu.code, "sigungu", &sido.code, &sigungu.name], &all)?;
                for one in &sigungu.eupmyeondongs {
                    write_row(&mut writer, [&one.code, "eupmyeondong", &sigungu.code, &one.name], &[one])?;
                }
            }
        }
        Ok(writer.into_inner()?)
    }
}

impl Sido {
    fn push(&mut self, row: SourceRow) -> Result<()> {
        if self.sigungus.last().is_none_or(|last| last.name != row.sigungu) {
            let (code, name) = (format!("{}00000", row.sigungu_code), row.sigungu.clone());
            self.sigungus.push(Sigungu { code, name, eupmyeondongs: Vec::new() });
        }
        let sigungu = self.sigungus.last_mut().expect("one was pushed if there was none");
        sigungu.eupmyeondongs.push(row.try_into()?);
        Ok(())
    }

    pub(super) fn road_addresses(&self) -> u64 {
        self.sigungus.iter().map(Sigungu::road_addresses).sum()
    }
}

impl Sigungu {
    pub(super) fn road_addresses(&self) -> u64 {
        self.eupmyeondongs.iter().map(|eupmyeondong| eupmyeondong.road_addresses).sum()
    }
}

impl SourceRow {
    fn order(&self) -> (&str, &str, &str) {
        (&self.sigungu_code[..2], &self.sigungu, &self.eupmyeondong)
    }

    /// From `sigungu_code`: 24 동 of 부천시 have a `bjd_code` of 2024, under 구 that 2021 did not have.
    fn sido_code(&self) -> String {
        format!("{}00000000", &self.sigungu_code[..2])
    }
}

impl TryFrom<SourceRow> for Eupmyeondong {
    type Error = anyhow::Error;

    fn try_from(row: SourceRow) -> Result<Self> {
        let point = Point { lat: parse_degrees(&row.lat)?, lon: parse_degrees(&row.lon)? };
        Ok(Self {
            code: row.bjd_code,
            name: row.eupmyeondong,
            kind: row.kind,
            point,
            road_addresses: row.road_addresses,
        })
    }
}

impl Point {
    pub(super) fn to_text(self) -> [String; 2] {
        [self.lat, self.lon].map(|degrees| format!("{}.{:05}", degrees / 100_000, degrees % 100_000))
    }

    /// The mean, weighted by road addresses, rounded half up.
    fn mean_of(all: &[&Eupmyeondong]) -> Self {
        let weight: i64 = all.iter().map(|one| one.road_addresses as i64).sum();
        let mean = |degrees: fn(&Point) -> i64| {
            let sum: i64 = all.iter().map(|one| degrees(&one.point) * one.road_addresses as i64).sum();
            (2 * sum + weight) / (2 * weight)
        };
        Self { lat: mean(|point| point.lat), lon: mean(|point| point.lon) }
    }
}

fn parse_degrees(text: &str) -> Result<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    anyhow::ensure!(fraction.len() <= 5, "more than five decimals: {text}");
    format!("{whole}{fraction:0<5}").parse().with_context(|| format!("not degrees: {text}"))
}

fn write_row(writer: &mut csv::Writer<Vec<u8>>, region: [&str; 4], all: &[&Eupmyeondong]) -> Result<()> {
    let [lat, lon] = Point::mean_of(all).to_text();
    let road_addresses: u64 = all.iter().map(|one| one.road_addresses).sum();
    let [code, level, parent, name] = region;
    Ok(writer.write_record([code, level, parent, name, &lat, &lon, &road_addresses.to_string()])?)
}
