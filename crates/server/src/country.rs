//! Reading the country: what was imported into the data folder, or the bundled one with real regions, synthetic clinics
//! and the demo campaign (`data/README.md`).

use anyhow::{Context as _, Result, anyhow, ensure};
use booking::{
    Campaign, CampaignId, Clinic, ClinicId, Country, DoseInterval, EligibilityGroup, Limits, OpeningHours,
    Region, RegionCode, RegionLevel, Visits, WeekdaySet, korean_day,
};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use web::app::CampaignNames;

const REGIONS: &[u8] = include_bytes!("../../../data/regions.csv");
const CLINICS: &[u8] = include_bytes!("../../../data/clinics.csv.gz");
const CAMPAIGN: &str = include_str!("../../../data/campaign.toml");

/// The files of a real country, which `charye import` puts there; each stands in for the bundled one.
pub(crate) const COUNTRY_FOLDER: &str = "country";
pub(crate) const REGIONS_FILE: &str = "regions.csv";
pub(crate) const CLINICS_FILE: &str = "clinics.csv";
pub(crate) const CAMPAIGN_FILE: &str = "campaign.toml";

/// When the doors open and close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Doors {
    pub(crate) opens_at_s: i64,
    pub(crate) closes_at_s: i64,
}

/// The country of a data folder: its own files, and the bundled ones where it has none.
pub(crate) fn load(data: &Path, doors: Doors) -> Result<(Country, CampaignNames)> {
    CountryFiles::read(data)?.build(doors)
}

/// Doors for looking at a country outside a service: 12 July 2021.
pub(crate) const SOME_DAY: Doors =
    Doors { opens_at_s: 1_626_015_600, closes_at_s: 1_626_015_600 + 12 * 86_400 };

#[derive(Debug, Clone)]
pub(crate) struct CountryFiles {
    regions: CountryFile,
    clinics: CountryFile,
    campaign: CountryFile,
}

#[derive(Debug, Clone)]
struct CountryFile {
    contents: Vec<u8>,
    /// For a message: the path, or the name of the bundled one.
    from: String,
    is_own: bool,
}

impl CountryFile {
    fn read(data: &Path, name: &str, bundled: impl FnOnce() -> Result<Vec<u8>>) -> Result<Self> {
        let path = data.join(COUNTRY_FOLDER).join(name);
        match std::fs::read(&path) {
            Ok(contents) => Ok(Self { contents, from: path.display().to_string(), is_own: true }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(Self { contents: bundled()?, from: format!("data/{name}"), is_own: false })
            }
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }

    fn rows<Row: DeserializeOwned>(&self) -> Result<Vec<Row>> {
        let rows = csv::Reader::from_reader(self.contents.as_slice()).into_deserialize::<Row>();
        rows.collect::<Result<_, _>>().with_context(|| self.from.clone())
    }
}

impl CountryFiles {
    pub(crate) fn read(data: &Path) -> Result<Self> {
        Ok(Self {
            regions: CountryFile::read(data, REGIONS_FILE, || Ok(REGIONS.to_vec()))?,
            clinics: CountryFile::read(data, CLINICS_FILE, || {
                let mut contents = Vec::new();
                GzDecoder::new(CLINICS).read_to_end(&mut contents)?;
                Ok(contents)
            })?,
            campaign: CountryFile::read(data, CAMPAIGN_FILE, || Ok(CAMPAIGN.as_bytes().to_vec()))?,
        })
    }

    pub(crate) fn build(&self, doors: Doors) -> Result<(Country, CampaignNames)> {
        let (campaign, names) =
            campaign(&self.campaign_file()?, doors).with_context(|| self.campaign.from.clone())?;
        let regions = self.region_rows()?.iter().map(region).collect::<Result<_>>();
        let clinics = self.clinic_rows()?.into_iter().map(clinic).collect::<Result<_>>();
        let regions = regions.with_context(|| self.regions.from.clone())?;
        let clinics = clinics.with_context(|| self.clinics.from.clone())?;
        let country = Country::new(regions, clinics, vec![campaign]).map_err(|fault| anyhow!(fault))?;
        Ok((country, names))
    }

    /// Whether the service could start with them.
    pub(crate) fn check(&self) -> Result<()> {
        self.build(SOME_DAY).map(|_| ())
    }

    pub(crate) fn with_regions(&self, contents: Vec<u8>) -> Self {
        Self { regions: CountryFile { contents, is_own: true, ..self.regions.clone() }, ..self.clone() }
    }

    pub(crate) fn with_clinics(&self, contents: Vec<u8>) -> Self {
        Self { clinics: CountryFile { contents, is_own: true, ..self.clinics.clone() }, ..self.clone() }
    }

    /// None of their own: the bundled ones are in use.
    pub(crate) fn own_regions(&self) -> Option<&[u8]> {
        self.regions.is_own.then_some(self.regions.contents.as_slice())
    }

    pub(crate) fn own_clinics(&self) -> Option<&[u8]> {
        self.clinics.is_own.then_some(self.clinics.contents.as_slice())
    }

    pub(crate) fn region_rows(&self) -> Result<Vec<RegionRow>> {
        self.regions.rows()
    }

    pub(crate) fn clinic_rows(&self) -> Result<Vec<ClinicRow>> {
        self.clinics.rows()
    }

    pub(crate) fn campaign_slugs(&self) -> Result<Vec<String>> {
        Ok(vec![self.campaign_file()?.slug])
    }

    fn campaign_file(&self) -> Result<CampaignFile> {
        let text =
            std::str::from_utf8(&self.campaign.contents).with_context(|| self.campaign.from.clone())?;
        toml::from_str(text).with_context(|| self.campaign.from.clone())
    }
}

/// A row of `regions.csv` (`data/README.md`), as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RegionRow {
    pub(crate) code: String,
    pub(crate) level: String,
    pub(crate) parent: String,
    pub(crate) name: String,
    /// May be empty, as the rest.
    pub(crate) lat: String,
    pub(crate) lon: String,
    pub(crate) road_addresses: String,
}

fn region(row: &RegionRow) -> Result<Region> {
    let level = match row.level.as_str() {
        "sido" => RegionLevel::Sido,
        "sigungu" => RegionLevel::Sigungu,
        "eupmyeondong" => RegionLevel::Eupmyeondong,
        other => return Err(anyhow!("no such level: {other}")),
    };
    let parent = if row.parent.is_empty() { None } else { Some(code(&row.parent)?) };
    let point = match (row.lat.trim(), row.lon.trim()) {
        ("", _) | (_, "") => None,
        (lat, lon) => Some((degrees(lat, 90.0)?, degrees(lon, 180.0)?)),
    };
    Ok(Region { code: code(&row.code)?, level, parent, name: row.name.clone(), point })
}

fn degrees(text: &str, max: f64) -> Result<f64> {
    let degrees = text.parse().ok().filter(|degrees: &f64| degrees.abs() <= max);
    degrees.with_context(|| format!("not degrees: {text}"))
}

fn code(text: &str) -> Result<RegionCode> {
    RegionCode::parse(text).ok_or_else(|| anyhow!("not a region code: {text}"))
}

/// A row of `clinics.csv`, as it stands there. The last three columns are an import's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClinicRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) zip: String,
    pub(crate) address: String,
    pub(crate) lat: String,
    pub(crate) lon: String,
    pub(crate) opens: String,
    pub(crate) closes: String,
    pub(crate) lunch_starts: String,
    pub(crate) lunch_ends: String,
    pub(crate) saturday_closes: String,
    pub(crate) closed_weekdays: String,
    pub(crate) capacity: u32,
    pub(crate) doses_per_vial: u32,
    #[serde(default)]
    pub(crate) phone: String,
    /// What the authority calls it.
    #[serde(default)]
    pub(crate) external_id: String,
    /// `no`: it was on an earlier list and is not on the last one.
    #[serde(default = "listed")]
    pub(crate) listed: String,
}

fn listed() -> String {
    "yes".to_owned()
}

pub(crate) fn to_csv(rows: &[impl Serialize]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.iter().try_for_each(|row| writer.serialize(row))?;
    Ok(writer.into_inner()?)
}

fn clinic(row: ClinicRow) -> Result<Clinic> {
    let lunch = match (row.lunch_starts.as_str(), row.lunch_ends.as_str()) {
        ("", "") => None,
        (from, until) => Some((minutes(from)?, minutes(until)?)),
    };
    let saturday_closes_min =
        if row.saturday_closes.is_empty() { None } else { Some(minutes(&row.saturday_closes)?) };
    let degrees = |text: &str| text.parse().with_context(|| format!("not degrees: {text}"));
    Ok(Clinic {
        id: ClinicId::parse(&row.id).ok_or_else(|| anyhow!("not a clinic id: {}", row.id))?,
        name: row.name,
        region: code(&row.region)?,
        zip: row.zip,
        address: row.address,
        phone: (!row.phone.is_empty()).then_some(row.phone),
        lat: degrees(&row.lat)?,
        lon: degrees(&row.lon)?,
        hours: OpeningHours {
            opens_min: minutes(&row.opens)?,
            closes_min: minutes(&row.closes)?,
            lunch,
            saturday_closes_min,
            closed: weekdays(&row.closed_weekdays)?,
        },
        capacity: row.capacity,
        doses_per_vial: row.doses_per_vial,
        listed: row.listed == "yes",
    })
}

/// `09:30` in minutes from midnight.
pub(crate) fn minutes(text: &str) -> Result<u16> {
    let (hour, minute) = text.split_once(':').with_context(|| format!("not a time: {text}"))?;
    let (hour, minute): (u16, u16) = (hour.parse()?, minute.parse()?);
    ensure!(hour < 24 && minute < 60, "not a time: {text}");
    Ok(hour * 60 + minute)
}

pub(crate) fn weekdays(text: &str) -> Result<WeekdaySet> {
    text.split_whitespace().try_fold(WeekdaySet::default(), |set, day| {
        let weekday = match day {
            "mon" => Weekday::Monday,
            "tue" => Weekday::Tuesday,
            "wed" => Weekday::Wednesday,
            "thu" => Weekday::Thursday,
            "fri" => Weekday::Friday,
            "sat" => Weekday::Saturday,
            "sun" => Weekday::Sunday,
            other => return Err(anyhow!("not a weekday: {other}")),
        };
        Ok(set.with(weekday))
    })
}

#[derive(Deserialize)]
struct Words {
    ko: String,
    en: String,
}

#[derive(Deserialize)]
struct CampaignFile {
    id: u16,
    slug: String,
    name: Words,
    vaccine: Words,
    doses: u8,
    dose_interval_days: u16,
    dose_interval_days_max: u16,
    people: u32,
    born_from: toml::value::Datetime,
    born_to: toml::value::Datetime,
    #[serde(default)]
    roster: bool,
    #[serde(default)]
    recipient_code: bool,
    first_visit: String,
    first_visit_days: u16,
    band_minutes: u16,
    supply: BTreeMap<String, u32>,
}

fn campaign(file: &CampaignFile, doors: Doors) -> Result<(Campaign, CampaignNames)> {
    ensure!(
        file.roster || !file.recipient_code,
        "recipient_code = true needs roster = true: the code goes to the phone on the roster"
    );
    let opens_at = Timestamp::from_second(doors.opens_at_s)?;
    let first_on = next_day_of_year(&file.first_visit, korean_day(opens_at))?;
    let supply = file.supply.iter().map(|(sido, doses)| Ok((code(sido)?, *doses)));
    let campaign = Campaign {
        id: CampaignId(file.id),
        slug: file.slug.clone(),
        group: EligibilityGroup {
            born_from: civil(file.born_from)?,
            born_to: civil(file.born_to)?,
            roster_needed: file.roster,
        },
        opens_at,
        closes_at: Timestamp::from_second(doors.closes_at_s)?,
        visits: Visits {
            first_on,
            last_on: first_on.checked_add(jiff::Span::new().days(i32::from(file.first_visit_days) - 1))?,
            band_min: file.band_minutes,
        },
        doses: file.doses,
        dose_interval: DoseInterval {
            min_days: file.dose_interval_days,
            planned_days: file.dose_interval_days,
            max_days: file.dose_interval_days_max,
        },
        supply: supply.collect::<Result<_>>()?,
        people: file.people,
        limits: Limits { recipient_code: file.recipient_code, ..Limits::default() },
    };
    let words = |words: &Words| (words.ko.clone(), words.en.clone());
    Ok((campaign, CampaignNames { name: words(&file.name), vaccine: words(&file.vaccine) }))
}

fn civil(date: toml::value::Datetime) -> Result<Date> {
    Ok(date.to_string().parse()?)
}

/// The first `MM-DD` more than the notice before it: visits begin after the opening, never on its eve.
fn next_day_of_year(month_day: &str, opens_on: Date) -> Result<Date> {
    const NOTICE_DAYS: i32 = 7;
    let earliest = opens_on.checked_add(jiff::Span::new().days(NOTICE_DAYS))?;
    let this_year: Date = format!("{:04}-{month_day}", earliest.year()).parse()?;
    if this_year >= earliest {
        Ok(this_year)
    } else {
        Ok(format!("{:04}-{month_day}", earliest.year() + 1).parse()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_bundled_country_is_whole() {
        let (country, names) = load(Path::new("no such folder"), SOME_DAY).unwrap();
        let level = |wanted| country.regions().iter().filter(|region| region.level == wanted).count();
        assert_eq!(level(RegionLevel::Sido), 17);
        assert_eq!(level(RegionLevel::Sigungu), 250);
        assert_eq!(level(RegionLevel::Eupmyeondong), 5_038);
        assert_eq!(country.clinics().len(), 13_000);
        let campaign = country.campaign_named("c55").unwrap();
        assert_eq!(campaign.supply_total(), 1_850_000);
        assert!(u64::from(campaign.people) > campaign.supply_total());
        assert_eq!(
            (campaign.visits.first_on, campaign.visits.last_on),
            (date(2021, 7, 26), date(2021, 8, 7))
        );
        assert!(!names.name.0.is_empty());
    }

    #[test]
    fn a_code_from_recipients_is_asked_for_where_a_roster_knows_their_phones() {
        let built = |more: &str| {
            let file: CampaignFile = toml::from_str(&format!("{more}\n{CAMPAIGN}")).unwrap();
            campaign(&file, SOME_DAY).map(|(campaign, _)| campaign.limits.recipient_code)
        };
        assert!(!built("").unwrap() && !built("roster = true").unwrap());
        assert!(built("roster = true\nrecipient_code = true").unwrap());
        let refused = built("recipient_code = true").unwrap_err().to_string();
        assert!(refused.contains("needs roster = true"), "{refused}");
    }

    #[test]
    fn every_region_with_doses_has_places_for_them() {
        let (country, _) = load(Path::new("no such folder"), SOME_DAY).unwrap();
        let campaign = country.campaign_named("c55").unwrap();
        let mut places: BTreeMap<RegionCode, u32> = BTreeMap::new();
        for clinic in country.clinics() {
            let days = campaign.visits.days().map(|day| clinic.capacity_on(day, campaign.visits.band_min));
            *places.entry(country.sido_of(clinic)).or_default() += days.sum::<u32>();
        }
        for (sido, doses) in &campaign.supply {
            assert!(places[sido] >= *doses, "{sido}");
        }
    }

    #[test]
    fn the_point_of_a_region_is_degrees_or_nothing() {
        let row = |lat: &str, lon: &str| RegionRow {
            code: "1100000000".to_owned(),
            level: "sido".to_owned(),
            parent: String::new(),
            name: String::new(),
            lat: lat.to_owned(),
            lon: lon.to_owned(),
            road_addresses: String::new(),
        };
        assert_eq!(region(&row("37.5", "127")).unwrap().point, Some((37.5, 127.0)));
        assert_eq!(region(&row("", "127")).unwrap().point, None);
        for (lat, lon) in [("x", "127"), ("NaN", "127"), ("91", "127"), ("37", "-181"), ("inf", "127")] {
            assert!(region(&row(lat, lon)).is_err(), "{lat} {lon}");
        }
    }

    #[test]
    fn visits_begin_on_the_next_day_of_that_name() {
        assert_eq!(next_day_of_year("07-26", date(2026, 11, 22)).unwrap(), date(2027, 7, 26));
        assert_eq!(next_day_of_year("07-26", date(2021, 7, 12)).unwrap(), date(2021, 7, 26));
        assert_eq!(next_day_of_year("07-26", date(2021, 7, 20)).unwrap(), date(2022, 7, 26));
    }
}
