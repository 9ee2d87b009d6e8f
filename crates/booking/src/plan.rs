//! Where a household and its second doses find room.

use crate::{Campaign, ClinicId, Few, SlotId};
use jiff::civil::Date;

/// The bands of a clinic on a day: when they begin, and how many places are free. In the order of the day.
pub(crate) type Bands = Vec<(u16, u32)>;

/// Places for so many people at the same or adjacent times: the wanted band first, then the bands after it, then those
/// before it, without a gap that has no place. None when they do not fit, or when there is no such band.
pub fn side_by_side(bands: &[(u16, u32)], starts_min: u16, people: usize) -> Option<Few<u16>> {
    let wanted = bands.iter().position(|(start, _)| *start == starts_min)?;
    if bands[wanted].1 == 0 {
        return None;
    }
    let after = bands[wanted..].iter().take_while(|(_, free)| *free > 0);
    let before = bands[..wanted].iter().rev().take_while(|(_, free)| *free > 0);
    let places = after.chain(before).flat_map(|(start, free)| std::iter::repeat_n(*start, *free as usize));
    let mut starts: Few<u16> = places.take(people).collect();
    starts.sort_unstable();
    (starts.len() == people).then_some(starts)
}

/// Places for the second doses of a household whose first doses are given together: at the same clinic, on the best
/// day of the interval that has room for all of them, as near to the same time as it can be.
pub fn second_doses(
    campaign: &Campaign,
    clinic: ClinicId,
    first: (Date, u16),
    people: usize,
    bands_on: impl Fn(Date) -> Bands,
) -> Option<Vec<SlotId>> {
    let (first_on, starts_min) = first;
    campaign.dose_interval.days_after(first_on).into_iter().find_map(|visit_on| {
        let bands = bands_on(visit_on);
        let mut starts: Vec<u16> = bands.iter().map(|(start, _)| *start).collect();
        starts.sort_by_key(|start| (start.abs_diff(starts_min), *start));
        let together = starts.into_iter().find_map(|start| side_by_side(&bands, start, people))?;
        Some(together.iter().map(|starts_min| SlotId { clinic, visit_on, starts_min: *starts_min }).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::campaign;
    use jiff::civil::date;

    #[test]
    fn a_household_sits_in_the_wanted_band_while_there_is_room() {
        assert_eq!(side_by_side(&[(540, 3), (570, 3)], 540, 3), Some(vec![540, 540, 540].into()));
        assert_eq!(side_by_side(&[(540, 1), (570, 1), (600, 1)], 570, 3), Some(vec![540, 570, 600].into()));
        assert_eq!(side_by_side(&[(540, 1), (570, 2)], 540, 3), Some(vec![540, 570, 570].into()));
    }

    #[test]
    fn a_household_is_not_torn_apart() {
        assert_eq!(side_by_side(&[(540, 1), (570, 0), (600, 5)], 540, 2), None);
        assert_eq!(side_by_side(&[(540, 0), (570, 5)], 540, 2), None);
        assert_eq!(side_by_side(&[(540, 5)], 570, 1), None);
    }

    #[test]
    fn the_second_dose_keeps_clinic_weekday_and_time_while_it_can() {
        let second = |bands_on: &dyn Fn(Date) -> Bands| {
            second_doses(&campaign(), ClinicId(3), (date(2027, 7, 27), 570), 1, bands_on)
                .map(|slots| (slots[0].visit_on, slots[0].starts_min))
        };
        let always = |_| vec![(540, 1), (570, 1)];
        assert_eq!(second(&always), Some((date(2027, 8, 17), 570)));
        let other_time = |_| vec![(540, 1), (570, 0)];
        assert_eq!(second(&other_time), Some((date(2027, 8, 17), 540)));
        let a_week_later = |day| if day == date(2027, 8, 17) { vec![] } else { vec![(570, 1)] };
        assert_eq!(second(&a_week_later), Some((date(2027, 8, 24), 570)));
        let wednesdays = |day: Date| if day == date(2027, 8, 18) { vec![(570, 1)] } else { vec![] };
        assert_eq!(second(&wednesdays), Some((date(2027, 8, 18), 570)));
        let too_late = |day: Date| if day == date(2027, 9, 1) { vec![(570, 1)] } else { vec![] };
        assert_eq!(second(&too_late), None);
    }
}
