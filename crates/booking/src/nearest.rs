//! A full slot offers the nearest free ones, by time first, then by distance.

use crate::{Campaign, Clinic, Country, SlotId};

/// How many days around the wanted one are searched at the same clinic.
const DAYS_AROUND: usize = 6;
/// How many neighbouring clinics are searched on the wanted day.
const CLINICS_AROUND: usize = 8;

/// At most `limit` free slots on those days: the same clinic on that day, its nearest days, then nearby clinics on that day.
pub fn nearest_free(
    country: &Country,
    campaign: &Campaign,
    wanted: SlotId,
    days: &[jiff::civil::Date],
    free: impl Fn(SlotId) -> u32,
    limit: usize,
) -> Vec<SlotId> {
    let Some(clinic) = country.clinic(wanted.clinic) else { return Vec::new() };
    let band_min = campaign.visits.band_min;
    let free_on = |clinic: &Clinic, day| {
        let id = clinic.id;
        clinic
            .bands_on(day, band_min)
            .map(move |starts_min| SlotId { clinic: id, visit_on: day, starts_min })
            .filter(|slot| *slot != wanted && free(*slot) > 0)
            .min_by_key(|slot| (slot.starts_min.abs_diff(wanted.starts_min), slot.starts_min))
    };
    let same_day = clinic
        .bands_on(wanted.visit_on, band_min)
        .map(|starts_min| SlotId { starts_min, ..wanted })
        .filter(|slot| *slot != wanted && free(*slot) > 0);
    let mut same_day: Vec<SlotId> = same_day.collect();
    same_day.sort_by_key(|slot| (slot.starts_min.abs_diff(wanted.starts_min), slot.starts_min));

    let mut found: Vec<SlotId> = same_day.into_iter().take(limit.div_ceil(2)).collect();
    found.extend(
        days_around(days, wanted).into_iter().filter_map(|day| free_on(clinic, day)).take(limit.div_ceil(3)),
    );
    found.extend(
        clinics_around(country, clinic).into_iter().filter_map(|near| free_on(near, wanted.visit_on)),
    );
    found.truncate(limit);
    found
}

fn days_around(days: &[jiff::civil::Date], wanted: SlotId) -> Vec<jiff::civil::Date> {
    let mut days: Vec<_> = days.iter().copied().filter(|day| *day != wanted.visit_on).collect();
    days.sort_by_key(|day| ((*day - wanted.visit_on).get_days().abs(), *day));
    days.truncate(DAYS_AROUND);
    days
}

fn clinics_around<'a>(country: &'a Country, clinic: &Clinic) -> Vec<&'a Clinic> {
    let sigungu = country.sigungu_of(clinic.region);
    let mut near: Vec<&Clinic> = country.clinics_in(sigungu).filter(|other| other.id != clinic.id).collect();
    near.sort_by(|a, b| distance(clinic, a).total_cmp(&distance(clinic, b)).then(a.id.cmp(&b.id)));
    near.truncate(CLINICS_AROUND);
    near
}

/// Good enough for an order within one 시·군·구: degrees, east–west shortened by the latitude.
fn distance(from: &Clinic, to: &Clinic) -> f64 {
    let east = (from.lon - to.lon) * from.lat.to_radians().cos();
    east.hypot(from.lat - to.lat)
}

#[cfg(test)]
#[path = "nearest_tests.rs"]
mod tests;
