//! The static files the crowd shares, as one cache in front of the service would.

use std::collections::HashMap;

use serde::Deserialize;

#[derive(Default)]
pub(crate) struct Country {
    /// Those that have clinics, as far as is known.
    sigungu: Vec<Box<str>>,
    /// How people say where they live.
    neighbourhoods: Vec<Box<str>>,
    /// By the code of the 시·군·구; only those read already.
    clinics: HashMap<Box<str>, Vec<Box<str>>>,
}

#[derive(Deserialize)]
struct RegionsFile {
    regions: Vec<RegionRow>,
}

#[derive(Deserialize)]
struct RegionRow {
    code: Box<str>,
    level: Box<str>,
    #[serde(default)]
    parent: Box<str>,
    #[serde(default)]
    name: Box<str>,
}

#[derive(Deserialize)]
struct ClinicsFile {
    clinics: Vec<ClinicRow>,
}

#[derive(Deserialize)]
struct ClinicRow {
    id: Box<str>,
}

impl Country {
    pub(crate) fn from_regions(body: &[u8]) -> Option<Self> {
        let file: RegionsFile = serde_json::from_slice(body).ok()?;
        let names: HashMap<&str, &str> =
            file.regions.iter().map(|region| (&*region.code, &*region.name)).collect();
        let of_sigungu = || file.regions.iter().filter(|region| &*region.level == "sigungu");
        let whole = |region: &RegionRow| {
            let above = names.get(&*region.parent).unwrap_or(&"");
            format!("{above} {}", region.name).trim().into()
        };
        let neighbourhoods = of_sigungu().map(whole).collect();
        let sigungu: Vec<_> = of_sigungu().map(|region| region.code.clone()).collect();
        (!sigungu.is_empty()).then(|| Country { sigungu, neighbourhoods, clinics: HashMap::new() })
    }

    pub(crate) fn neighbourhoods(&self) -> &[Box<str>] {
        &self.neighbourhoods
    }

    pub(crate) fn sigungu(&self) -> &[Box<str>] {
        &self.sigungu
    }

    pub(crate) fn clinics(&self, region: &str) -> Option<&[Box<str>]> {
        self.clinics.get(region).map(Vec::as_slice)
    }

    /// Keeps a region's file; false when it cannot be read. Regions are as many as `regions.json` says.
    pub(crate) fn learn(&mut self, region: &str, body: &[u8]) -> bool {
        let Ok(file) = serde_json::from_slice::<ClinicsFile>(body) else { return false };
        if file.clinics.is_empty() {
            self.forget(region);
        } else {
            self.clinics.insert(region.into(), file.clinics.into_iter().map(|c| c.id).collect());
        }
        true
    }

    /// Nobody chooses a region without clinics again.
    pub(crate) fn forget(&mut self, region: &str) {
        self.sigungu.retain(|code| &**code != region);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGIONS: &str = r#"{"regions":[
        {"code":"1100000000","level":"sido","parent":"","name":"서울특별시"},
        {"code":"1111000000","level":"sigungu","parent":"1100000000","name":"종로구"}]}"#;

    #[test]
    fn only_regions_of_the_middle_level_have_clinics_to_choose() {
        let country = Country::from_regions(REGIONS.as_bytes()).expect("regions");
        assert_eq!(country.sigungu(), ["1111000000".into()]);
        assert_eq!(country.neighbourhoods(), ["서울특별시 종로구".into()]);
        assert!(Country::from_regions(br#"{"regions":[]}"#).is_none());
    }

    #[test]
    fn a_region_without_clinics_is_not_chosen_again() {
        let mut country = Country::from_regions(REGIONS.as_bytes()).expect("regions");
        assert_eq!(country.clinics("1111000000"), None);
        assert!(!country.learn("1111000000", b"<html>"));
        assert!(country.learn("1111000000", br#"{"region":"1111000000","clinics":[{"id":"C00001"}]}"#));
        assert_eq!(country.clinics("1111000000").map(<[_]>::len), Some(1));
        assert_eq!(country.sigungu().len(), 1);
        assert!(country.learn("1111000000", br#"{"region":"1111000000","clinics":[]}"#));
        assert!(country.sigungu().is_empty());
    }
}
