//! Real road names by 읍·면·동, from the sample of road addresses. House numbers are dropped here.

use std::collections::HashMap;
use std::io::Read;

use anyhow::{Context, Result};
use serde::Deserialize;

pub(super) struct Roads {
    by_eupmyeondong: HashMap<[String; 3], Vec<Road>>,
}

#[derive(PartialEq, Eq)]
pub(super) struct Road {
    pub(super) name: String,
    pub(super) zip: String,
}

#[derive(Deserialize)]
struct SourceRow {
    zip: String,
    sido: String,
    sigungu: String,
    road_and_number: String,
    eupmyeondong: String,
}

impl Roads {
    pub(super) fn read(source: impl Read) -> Result<Self> {
        let mut by_eupmyeondong: HashMap<_, Vec<Road>> = HashMap::new();
        for row in csv::Reader::from_reader(source).deserialize() {
            let row: SourceRow = row?;
            let (name, _number) =
                row.road_and_number.split_once(' ').context("a road address has a number")?;
            let road = Road { name: name.to_owned(), zip: row.zip };
            let roads = by_eupmyeondong.entry([row.sido, row.sigungu, row.eupmyeondong]).or_default();
            if !roads.contains(&road) {
                roads.push(road);
            }
        }
        by_eupmyeondong.values_mut().for_each(keep_main_roads);
        Ok(Self { by_eupmyeondong })
    }

    /// In the order of the sample; never empty.
    pub(super) fn of(&self, eupmyeondong: [&str; 3]) -> &[Road] {
        self.by_eupmyeondong.get(&eupmyeondong.map(str::to_owned)).expect("the sample covers every 읍·면·동")
    }
}

/// Clinics stand on a 로 or 대로 rather than in a 길, where there is one.
fn keep_main_roads(roads: &mut Vec<Road>) {
    if roads.iter().any(Road::is_main) {
        roads.retain(Road::is_main);
    }
}

impl Road {
    fn is_main(&self) -> bool {
        self.name.ends_with('로')
    }
}
