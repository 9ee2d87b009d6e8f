//! The country a service runs for: regions, clinics, campaigns. Read once, never changed while running.

use crate::{Campaign, CampaignId, Clinic, ClinicId, RegionCode, SlotId};
use std::collections::HashMap;

const CLINIC_NUMBER_MAX: usize = 99_999;

/// The larger is the smaller: a 시·도 comes before what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegionLevel {
    /// 시·도
    Sido,
    /// 시·군·구
    Sigungu,
    /// 읍·면·동
    Eupmyeondong,
}

#[derive(Debug, Clone)]
pub struct Region {
    pub code: RegionCode,
    pub level: RegionLevel,
    pub parent: Option<RegionCode>,
    pub name: String,
    /// Latitude and longitude of its middle, degrees, WGS84; None where the country's files do not say.
    pub point: Option<(f64, f64)>,
}

/// All three, with their indexes. Building it checks that every reference leads somewhere.
#[derive(Debug)]
pub struct Country {
    regions: Vec<Region>,
    clinics: Vec<Clinic>,
    campaigns: Vec<Campaign>,
    region_index: HashMap<RegionCode, usize>,
    /// Position in `clinics`, by number.
    clinic_index: Vec<Option<u32>>,
    /// The 시·도 of each clinic, by position in `clinics`.
    clinic_sido: Vec<RegionCode>,
    /// Listed clinics of a 시·군·구, by position in `clinics`.
    sigungu_clinics: HashMap<RegionCode, Vec<usize>>,
}

impl Country {
    /// # Errors
    /// A sentence naming the first region or clinic whose parent is missing or whose id comes twice.
    pub fn new(regions: Vec<Region>, clinics: Vec<Clinic>, campaigns: Vec<Campaign>) -> Result<Self, String> {
        let region_index = index(regions.iter().map(|region| region.code), "region")?;
        let clinic_index = clinic_index(&clinics)?;
        let mut country = Self {
            regions,
            clinics,
            campaigns,
            region_index,
            clinic_index,
            clinic_sido: Vec::new(),
            sigungu_clinics: HashMap::new(),
        };
        country.check_parents()?;
        let sido = |clinic: &Clinic| country.sigungu_parent(country.sigungu_of(clinic.region));
        country.clinic_sido = country.clinics.iter().map(sido).collect();
        for position in 0..country.clinics.len() {
            let clinic = &country.clinics[position];
            if !clinic.listed {
                continue;
            }
            let sigungu = country.sigungu_of(clinic.region);
            country.sigungu_clinics.entry(sigungu).or_default().push(position);
        }
        Ok(country)
    }

    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    pub fn clinics(&self) -> &[Clinic] {
        &self.clinics
    }

    pub fn campaigns(&self) -> &[Campaign] {
        &self.campaigns
    }

    pub fn campaign(&self, id: CampaignId) -> Option<&Campaign> {
        self.campaigns.iter().find(|campaign| campaign.id == id)
    }

    pub fn campaign_named(&self, slug: &str) -> Option<&Campaign> {
        self.campaigns.iter().find(|campaign| campaign.slug == slug)
    }

    pub fn region(&self, code: RegionCode) -> Option<&Region> {
        self.region_index.get(&code).map(|position| &self.regions[*position])
    }

    pub fn children(&self, parent: Option<RegionCode>) -> impl Iterator<Item = &Region> {
        self.regions.iter().filter(move |region| region.parent == parent)
    }

    pub fn clinic(&self, id: ClinicId) -> Option<&Clinic> {
        self.clinic_position(id).map(|position| &self.clinics[position])
    }

    fn clinic_position(&self, id: ClinicId) -> Option<usize> {
        self.clinic_index.get(id.0 as usize).copied().flatten().map(|position| position as usize)
    }

    /// The listed clinics of a 시·군·구, in the order of the file.
    pub fn clinics_in(&self, sigungu: RegionCode) -> impl Iterator<Item = &Clinic> {
        self.sigungu_clinics.get(&sigungu).into_iter().flatten().map(|position| &self.clinics[*position])
    }

    /// The 시·군·구 over a 읍·면·동.
    pub fn sigungu_of(&self, eupmyeondong: RegionCode) -> RegionCode {
        let region = self.region(eupmyeondong).expect("checked when the country was built");
        region.parent.expect("checked when the country was built")
    }

    /// The 시·도 over a clinic: doses are shared out by it.
    pub fn sido_of(&self, clinic: &Clinic) -> RegionCode {
        let position = self.clinic_position(clinic.id).expect("a clinic of this country");
        self.clinic_sido[position]
    }

    /// As [`Country::sido_of`], by the clinic's number; None where there is no such clinic.
    pub fn sido_at(&self, clinic: ClinicId) -> Option<RegionCode> {
        self.clinic_position(clinic).map(|position| self.clinic_sido[position])
    }

    /// What the clinic says a slot holds; None where there is no such slot in the campaign.
    pub fn capacity(&self, campaign: &Campaign, slot: SlotId) -> Option<u32> {
        let clinic = self.clinic(slot.clinic)?;
        if !campaign.gives_on(slot.visit_on) {
            return None;
        }
        let capacity = clinic.capacity_at(slot.visit_on, slot.starts_min, campaign.visits.band_min);
        (capacity > 0).then_some(capacity)
    }

    fn sigungu_parent(&self, sigungu: RegionCode) -> RegionCode {
        self.region(sigungu).and_then(|region| region.parent).expect("checked when the country was built")
    }

    fn check_parents(&self) -> Result<(), String> {
        for region in &self.regions {
            let parent_level = region.parent.and_then(|code| self.region(code)).map(|parent| parent.level);
            let expected = match region.level {
                RegionLevel::Sido => None,
                RegionLevel::Sigungu => Some(RegionLevel::Sido),
                RegionLevel::Eupmyeondong => Some(RegionLevel::Sigungu),
            };
            if parent_level != expected {
                return Err(format!("region {}: its parent is not there", region.code));
            }
        }
        for clinic in &self.clinics {
            if self.region(clinic.region).map(|region| region.level) != Some(RegionLevel::Eupmyeondong) {
                return Err(format!("clinic {}: no such region {}", clinic.id, clinic.region));
            }
        }
        Ok(())
    }
}

/// Clinics have numbers of five digits, so a list by number is small.
fn clinic_index(clinics: &[Clinic]) -> Result<Vec<Option<u32>>, String> {
    let mut positions = Vec::new();
    for (position, clinic) in clinics.iter().enumerate() {
        let number = clinic.id.0 as usize;
        if number > CLINIC_NUMBER_MAX {
            return Err(format!("clinic {}: a number has five digits", clinic.id));
        }
        if positions.len() <= number {
            positions.resize(number + 1, None);
        }
        if positions[number].replace(position as u32).is_some() {
            return Err(format!("clinic {} comes twice", clinic.id));
        }
    }
    Ok(positions)
}

fn index<Id: Copy + Eq + std::hash::Hash + std::fmt::Display>(
    ids: impl Iterator<Item = Id>,
    what: &str,
) -> Result<HashMap<Id, usize>, String> {
    let mut positions = HashMap::new();
    for (position, id) in ids.enumerate() {
        if positions.insert(id, position).is_some() {
            return Err(format!("{what} {id} comes twice"));
        }
    }
    Ok(positions)
}
