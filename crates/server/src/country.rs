//! Reading the bundled country: real regions, synthetic clinics, the demo campaign (`data/README.md`).

use anyhow::{Context as _, Result, anyhow, ensure};
use booking::{
    Campaign, CampaignId, Clinic, ClinicId, Country, DoseInterval, EligibilityGroup, Limits, OpeningHours,
    Region, RegionCode, RegionLevel, Visits, WeekdaySet, korean_day,
};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read;
use web::app::CampaignNames;

const REGIONS: &[u8] = include_bytes!("../../../data/regions.csv");
const CLINICS: &[u8] = include_bytes!("../../../data/clinics.csv.gz");
const CAMPAIGN: &str = include_str!("../../../data/campaign.toml");

/// When the doors open and close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Doors {
    pub(crate) opens_at_s: i64,
    pub(crate) closes_at_s: i64,
}

pub(crate) fn bundled(doors: Doors) -> Result<(Country, CampaignNames)> {
    let (campaign, names) = campaign(CAMPAIGN, doors).context("data/campaign.toml")?;
    let regions = regions(REGIONS).context("data/regions.csv")?;
    let clinics = clinics(GzDecoder::new(CLINICS)).context("data/clinics.csv.gz")?;
    let country = Country::new(regions, clinics, vec![campaign]).map_err(|fault| anyhow!(fault))?;
    Ok((country, names))
}

#[derive(Deserialize)]
struct RegionRow {
    code: String,
    level: String,
    parent: String,
    name: String,
}

fn regions(file: impl Read) -> Result<Vec<Region>> {
    let rows = csv::Reader::from_reader(file).into_deserialize::<RegionRow>();
    rows.enumerate().map(|(line, row)| region(&row?).with_context(|| format!("row {}", line + 1))).collect()
}

fn region(row: &RegionRow) -> Result<Region> {
    let level = match row.level.as_str() {
        "sido" => RegionLevel::Sido,
        "sigungu" => RegionLevel::Sigungu,
        "eupmyeondong" => RegionLevel::Eupmyeondong,
        other => return Err(anyhow!("no such level: {other}")),
    };
    let parent = if row.parent.is_empty() { None } else { Some(code(&row.parent)?) };
    Ok(Region { code: code(&row.code)?, level, parent, name: row.name.clone() })
}

fn code(text: &str) -> Result<RegionCode> {
    RegionCode::parse(text).ok_or_else(|| anyhow!("not a region code: {text}"))
}

#[derive(Deserialize)]
struct ClinicRow {
    id: String,
    name: String,
    region: String,
    zip: String,
    address: String,
    lat: f64,
    lon: f64,
    opens: String,
    closes: String,
    lunch_starts: String,
    lunch_ends: String,
    saturday_closes: String,
    closed_weekdays: String,
    capacity: u32,
    doses_per_vial: u32,
}

fn clinics(file: impl Read) -> Result<Vec<Clinic>> {
    let rows = csv::Reader::from_reader(file).into_deserialize::<ClinicRow>();
    rows.enumerate().map(|(line, row)| clinic(row?).with_context(|| format!("row {}", line + 1))).collect()
}

fn clinic(row: ClinicRow) -> Result<Clinic> {
    let lunch = match (row.lunch_starts.as_str(), row.lunch_ends.as_str()) {
        ("", "") => None,
        (from, until) => Some((minutes(from)?, minutes(until)?)),
    };
    let saturday_closes_min =
        if row.saturday_closes.is_empty() { None } else { Some(minutes(&row.saturday_closes)?) };
    Ok(Clinic {
        id: ClinicId::parse(&row.id).ok_or_else(|| anyhow!("not a clinic id: {}", row.id))?,
        name: row.name,
        region: code(&row.region)?,
        zip: row.zip,
        address: row.address,
        lat: row.lat,
        lon: row.lon,
        hours: OpeningHours {
            opens_min: minutes(&row.opens)?,
            closes_min: minutes(&row.closes)?,
            lunch,
            saturday_closes_min,
            closed: weekdays(&row.closed_weekdays)?,
        },
        capacity: row.capacity,
        doses_per_vial: row.doses_per_vial,
    })
}

/// `09:30` in minutes from midnight.
fn minutes(text: &str) -> Result<u16> {
    let (hour, minute) = text.split_once(':').with_context(|| format!("not a time: {text}"))?;
    let (hour, minute): (u16, u16) = (hour.parse()?, minute.parse()?);
    ensure!(hour < 24 && minute < 60, "not a time: {text}");
    Ok(hour * 60 + minute)
}

fn weekdays(text: &str) -> Result<WeekdaySet> {
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
    #[serde(default)]
    roster: bool,
    people: u32,
    born_from: toml::value::Datetime,
    born_to: toml::value::Datetime,
    first_visit: String,
    first_visit_days: u16,
    band_minutes: u16,
    supply: BTreeMap<String, u32>,
}

fn campaign(file: &str, doors: Doors) -> Result<(Campaign, CampaignNames)> {
    let file: CampaignFile = toml::from_str(file)?;
    let opens_at = Timestamp::from_second(doors.opens_at_s)?;
    let first_on = next_day_of_year(&file.first_visit, korean_day(opens_at))?;
    let supply = file.supply.iter().map(|(sido, doses)| Ok((code(sido)?, *doses)));
    let campaign = Campaign {
        id: CampaignId(file.id),
        slug: file.slug,
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
        limits: Limits::default(),
    };
    let names =
        CampaignNames { name: (file.name.ko, file.name.en), vaccine: (file.vaccine.ko, file.vaccine.en) };
    Ok((campaign, names))
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

    fn doors() -> Doors {
        // 12 July 2021, 00:00 in Korea.
        Doors { opens_at_s: 1_626_015_600, closes_at_s: 1_626_015_600 + 12 * 86_400 }
    }

    #[test]
    fn the_bundled_country_is_whole() {
        let (country, names) = bundled(doors()).unwrap();
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
    fn every_region_with_doses_has_places_for_them() {
        let (country, _) = bundled(doors()).unwrap();
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
    fn visits_begin_on_the_next_day_of_that_name() {
        assert_eq!(next_day_of_year("07-26", date(2026, 11, 22)).unwrap(), date(2027, 7, 26));
        assert_eq!(next_day_of_year("07-26", date(2021, 7, 12)).unwrap(), date(2021, 7, 26));
        assert_eq!(next_day_of_year("07-26", date(2021, 7, 20)).unwrap(), date(2022, 7, 26));
    }
}
