//! Finds the 읍·면·동 that a line means, by code or by names.

use crate::country::RegionRow;
use std::collections::HashMap;

pub(super) struct Places {
    rows: HashMap<String, RegionRow>,
    /// 읍·면·동 by the code of its 시·군·구 and its own name.
    by_sigungu: HashMap<(String, String), String>,
    /// By the names of 시·도, 시·군·구 and 읍·면·동.
    by_names: HashMap<[String; 3], String>,
}

/// What a line says of its region; any of it may be empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'a> {
    /// Ten digits, of a 읍·면·동 or of a 리 in it.
    pub(super) code: &'a str,
    /// Five or ten digits.
    pub(super) sigungu_code: &'a str,
    pub(super) names: [&'a str; 3],
}

const LEAF: &str = "eupmyeondong";

impl Places {
    pub(super) fn new(rows: &[RegionRow]) -> Self {
        let by_code: HashMap<String, RegionRow> =
            rows.iter().map(|row| (row.code.clone(), row.clone())).collect();
        let mut places = Self { rows: by_code, by_sigungu: HashMap::new(), by_names: HashMap::new() };
        for row in rows.iter().filter(|row| row.level == LEAF) {
            let Some(sigungu) = places.rows.get(&row.parent) else { continue };
            let Some(sido) = places.rows.get(&sigungu.parent) else { continue };
            let names = [&sido.name, &sigungu.name, &row.name].map(Clone::clone);
            places.by_sigungu.insert((sigungu.code.clone(), row.name.clone()), row.code.clone());
            places.by_names.insert(names, row.code.clone());
        }
        places
    }

    pub(super) fn find(&self, told: Told<'_>) -> Option<String> {
        let leaf =
            |code: &str| self.rows.get(code).filter(|row| row.level == LEAF).map(|row| row.code.clone());
        let of_ri = || told.code.get(..8).map(|front| format!("{front}00")).and_then(|code| leaf(&code));
        let [_, _, own] = told.names.map(web::person_name::composed);
        let by_sigungu = || {
            let sigungu = format!("{:0<10}", told.sigungu_code);
            self.by_sigungu.get(&(sigungu, own)).cloned()
        };
        let by_names = || self.by_names.get(&told.names.map(web::person_name::composed)).cloned();
        leaf(told.code).or_else(of_ri).or_else(by_sigungu).or_else(by_names)
    }

    /// The code of the 시·도 over a 읍·면·동; empty if it is unknown.
    pub(super) fn sido_of(&self, code: &str) -> &str {
        let parent = |code: &str| self.rows.get(code).map_or("", |row| row.parent.as_str());
        parent(parent(code))
    }
}
