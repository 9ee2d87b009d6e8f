//! Rows that millions of people have, each in as few bytes as it needs: a page of bytes for every so many numbers. What
//! does not fit the small form of its kind stands beside the pages, as it is.

use crate::rows::{Map, Numbered, Rows};
use booking::{
    Admission, Appointment, AppointmentId, AppointmentState, CampaignId, ClinicId, DoseNumber, PersonId,
    Place, SlotId, TicketRef,
};
use jiff::Timestamp;
use jiff::civil::Date;

/// A small form of always the same length.
pub(crate) trait Pack: Clone {
    const BYTES: usize;

    /// None if it does not fit; what was put until then does not count.
    fn pack(&self, to: &mut Bytes<'_>) -> Option<()>;
    /// Of what was packed.
    fn unpack(from: &mut Packed<'_>) -> Self;
}

/// To be filled from its beginning.
pub(crate) struct Bytes<'a>(&'a mut [u8]);

impl Bytes<'_> {
    /// The low bytes of a number; None if it has more.
    pub(crate) fn put(&mut self, number: u64, bytes: usize) -> Option<()> {
        let (to, rest) = std::mem::take(&mut self.0).split_at_mut(bytes);
        let little = number.to_le_bytes();
        to.copy_from_slice(&little[..bytes]);
        self.0 = rest;
        little[bytes..].iter().all(|byte| *byte == 0).then_some(())
    }

    fn put_all(&mut self, bytes: &[u8]) {
        let (to, rest) = std::mem::take(&mut self.0).split_at_mut(bytes.len());
        to.copy_from_slice(bytes);
        self.0 = rest;
    }

    /// Seconds since 1970, and nanoseconds.
    fn put_instant(&mut self, at: Timestamp) -> Option<()> {
        self.put(u64::try_from(at.as_second()).ok()?, 5)?;
        self.put(u64::try_from(at.subsec_nanosecond()).ok()?, 4)
    }

    /// A bit pattern of two bytes, from the year 2000 on.
    fn put_date(&mut self, on: Date) -> Option<()> {
        let year = u64::try_from(on.year() - YEAR).ok()?;
        self.put(year << 9 | (on.month() as u64) << 5 | on.day() as u64, 2)
    }
}

const YEAR: i16 = 2000;

/// To be read from its beginning.
pub(crate) struct Packed<'a>(&'a [u8]);

impl Packed<'_> {
    pub(crate) fn take(&mut self, bytes: usize) -> u64 {
        let (taken, rest) = self.0.split_at(bytes);
        self.0 = rest;
        taken.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn take_all<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_first_chunk().expect(WHOLE);
        self.0 = rest;
        *taken
    }

    fn take_instant(&mut self) -> Timestamp {
        let (second, nanosecond) = (self.take(5).cast_signed(), self.take(4) as i32);
        Timestamp::new(second, nanosecond).expect(WHOLE)
    }

    fn take_date(&mut self) -> Date {
        let bits = self.take(2);
        Date::constant(YEAR + (bits >> 9) as i16, (bits >> 5 & 15) as i8, (bits & 31) as i8)
    }
}

const WHOLE: &str = "it was packed from a value";

impl Pack for AppointmentId {
    const BYTES: usize = 5;

    fn pack(&self, to: &mut Bytes<'_>) -> Option<()> {
        to.put(self.0, 5)
    }

    fn unpack(from: &mut Packed<'_>) -> Self {
        Self(from.take(5))
    }
}

impl Pack for Admission {
    const BYTES: usize = 16 + 8 + 9 + 9 + 1;

    fn pack(&self, to: &mut Bytes<'_>) -> Option<()> {
        let Self { ticket, queue_number, admitted_at, expires_at, eligible } = self;
        to.put_all(&ticket.0);
        to.put(*queue_number, 8)?;
        to.put_instant(*admitted_at)?;
        to.put_instant(*expires_at)?;
        to.put(u64::from(*eligible), 1)
    }

    fn unpack(from: &mut Packed<'_>) -> Self {
        Self {
            ticket: TicketRef(from.take_all()),
            queue_number: from.take(8),
            admitted_at: from.take_instant(),
            expires_at: from.take_instant(),
            eligible: from.take(1) == 1,
        }
    }
}

impl Pack for Appointment {
    const BYTES: usize = 2 + 5 + 1 + 3 + 2 + 2 + 5 + 9 + STATE;

    fn pack(&self, to: &mut Bytes<'_>) -> Option<()> {
        let Self { campaign, place: Place { recipient, dose, slot }, booker, booked_at, state } = self;
        to.put(campaign.0.into(), 2)?;
        to.put(recipient.0, 5)?;
        to.put(dose.0.into(), 1)?;
        to.put(slot.clinic.0.into(), 3)?;
        to.put_date(slot.visit_on)?;
        to.put(slot.starts_min.into(), 2)?;
        to.put(booker.0, 5)?;
        to.put_instant(*booked_at)?;
        pack_state(*state, to)
    }

    fn unpack(from: &mut Packed<'_>) -> Self {
        let campaign = CampaignId(from.take(2) as u16);
        let (recipient, dose) = (PersonId(from.take(5)), DoseNumber(from.take(1) as u8));
        let clinic = ClinicId(from.take(3) as u32);
        let slot = SlotId { clinic, visit_on: from.take_date(), starts_min: from.take(2) as u16 };
        Self {
            campaign,
            place: Place { recipient, dose, slot },
            booker: PersonId(from.take(5)),
            booked_at: from.take_instant(),
            state: unpack_state(from),
        }
    }
}

/// Which, when, and the number of an arrival.
const STATE: usize = 1 + 9 + 2;

fn pack_state(state: AppointmentState, to: &mut Bytes<'_>) -> Option<()> {
    let (which, at, number) = match state {
        AppointmentState::Booked => (0, Timestamp::UNIX_EPOCH, 0),
        AppointmentState::Cancelled { at } => (1, at, 0),
        AppointmentState::CheckedIn { at, number } => (2, at, number),
        AppointmentState::Fulfilled { at } => (3, at, 0),
        AppointmentState::NoShow { at } => (4, at, 0),
    };
    to.put(which, 1)?;
    to.put_instant(at)?;
    to.put(number.into(), 2)
}

fn unpack_state(from: &mut Packed<'_>) -> AppointmentState {
    let which = from.take(1);
    if which == 0 {
        return AppointmentState::Booked;
    }
    let (at, number) = (from.take_instant(), from.take(2) as u16);
    match which {
        1 => AppointmentState::Cancelled { at },
        2 => AppointmentState::CheckedIn { at, number },
        3 => AppointmentState::Fulfilled { at },
        4 => AppointmentState::NoShow { at },
        other => unreachable!("{other} was never packed"),
    }
}

const PAGE: usize = 256;
/// No number that was given out in order is beyond so many pages; those of a damaged journal are.
const PAGES_MAX: usize = 1 << 20;

/// So many rows, and which of them are there.
#[derive(Debug)]
struct Page {
    bytes: Box<[u8]>,
    there: [u64; PAGE / 64],
}

impl Page {
    fn has(&self, at: usize) -> bool {
        self.there[at / 64] >> (at % 64) & 1 == 1
    }

    fn row(&self, at: usize, bytes: usize) -> Packed<'_> {
        Packed(&self.bytes[at * bytes..(at + 1) * bytes])
    }
}

/// Rows by their number.
#[derive(Debug)]
pub(crate) struct SmallRows<V> {
    groups: Vec<(u32, Vec<Option<Page>>)>,
    /// What does not fit, and what is far out.
    beside: Map<(u32, u64), V>,
}

impl<V> Default for SmallRows<V> {
    fn default() -> Self {
        Self { groups: Vec::new(), beside: Map::default() }
    }
}

/// Page, and row of the page.
fn place(number: u64) -> Option<(usize, usize)> {
    let page = usize::try_from(number).ok()? / PAGE;
    (page < PAGES_MAX).then_some((page, number as usize % PAGE))
}

impl<V: Pack> SmallRows<V> {
    fn page(&self, group: u32, page: usize) -> Option<&Page> {
        self.groups.iter().find(|(of, _)| *of == group)?.1.get(page)?.as_ref()
    }

    fn page_mut(&mut self, group: u32, page: usize) -> Option<&mut Page> {
        self.groups.iter_mut().find(|(of, _)| *of == group)?.1.get_mut(page)?.as_mut()
    }

    fn made(&mut self, group: u32, page: usize) -> &mut Page {
        let found = self.groups.iter().position(|(of, _)| *of == group);
        let position = found.unwrap_or_else(|| {
            self.groups.push((group, Vec::new()));
            self.groups.len() - 1
        });
        let pages = &mut self.groups[position].1;
        if pages.len() <= page {
            pages.resize_with(page + 1, || None);
        }
        let empty = || Page { bytes: vec![0; PAGE * V::BYTES].into(), there: [0; PAGE / 64] };
        pages[page].get_or_insert_with(empty)
    }

    /// Takes a row out of its page.
    fn unpaged(&mut self, group: u32, number: u64) -> Option<V> {
        let (page, at) = place(number)?;
        let page = self.page_mut(group, page).filter(|page| page.has(at))?;
        let value = V::unpack(&mut page.row(at, V::BYTES));
        page.there[at / 64] &= !(1 << (at % 64));
        Some(value)
    }

    fn put_into_page(&mut self, group: u32, number: u64, value: &V) -> Option<()> {
        let (page, at) = place(number)?;
        let page = self.made(group, page);
        value.pack(&mut Bytes(&mut page.bytes[at * V::BYTES..(at + 1) * V::BYTES]))?;
        page.there[at / 64] |= 1 << (at % 64);
        Some(())
    }
}

impl<K: Numbered, V: Pack> Rows<K, V> for SmallRows<V> {
    type Row<'a>
        = V
    where
        V: 'a;

    fn seen(value: &V) -> V {
        value.clone()
    }

    fn own(row: V) -> V {
        row
    }

    fn row(&self, key: &K) -> Option<V> {
        let paged = || {
            let (page, at) = place(key.number())?;
            let page = self.page(key.group(), page).filter(|page| page.has(at))?;
            Some(V::unpack(&mut page.row(at, V::BYTES)))
        };
        let beside = || self.beside.get(&(key.group(), key.number())).cloned();
        paged().or_else(|| if self.beside.is_empty() { None } else { beside() })
    }

    fn change<T>(&mut self, key: &K, change: impl FnOnce(Option<&mut V>) -> T) -> T {
        let mut row = self.row(key);
        let changed = change(row.as_mut());
        if let Some(row) = row {
            self.put(*key, row);
        }
        changed
    }

    fn put(&mut self, key: K, value: V) -> Option<V> {
        let before = Rows::<K, V>::remove(self, &key);
        if self.put_into_page(key.group(), key.number(), &value).is_none() {
            self.beside.insert((key.group(), key.number()), value);
        }
        before
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        let paged = self.unpaged(key.group(), key.number());
        if paged.is_some() || self.beside.is_empty() {
            return paged;
        }
        self.beside.remove(&(key.group(), key.number()))
    }

    fn all<'a>(&'a self) -> impl Iterator<Item = (K, V)>
    where
        K: 'a,
        V: 'a,
    {
        let paged = self.groups.iter().flat_map(|(group, pages)| {
            let pages = pages.iter().enumerate().filter_map(|(number, page)| Some((number, page.as_ref()?)));
            pages.flat_map(move |(number, page)| {
                let there = (0..PAGE).filter(|at| page.has(*at));
                there.map(move |at| {
                    let value = V::unpack(&mut page.row(at, V::BYTES));
                    (K::of(*group, (number * PAGE + at) as u64), value)
                })
            })
        });
        paged.chain(self.beside.iter().map(|((group, number), row)| (K::of(*group, *number), row.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn back<V: Pack>(value: &V) -> Option<V> {
        let mut bytes = vec![0xee; V::BYTES];
        value.pack(&mut Bytes(&mut bytes))?;
        Some(V::unpack(&mut Packed(&bytes)))
    }

    fn instant() -> impl Strategy<Value = Timestamp> {
        (-3_i64..1 << 37, 0..1_000_000_000_i32)
            .prop_map(|(second, nano)| Timestamp::new(second.max(0), nano).unwrap())
    }

    fn state() -> impl Strategy<Value = AppointmentState> {
        (0..5, instant(), any::<u16>()).prop_map(|(which, at, number)| match which {
            0 => AppointmentState::Booked,
            1 => AppointmentState::Cancelled { at },
            2 => AppointmentState::CheckedIn { at, number },
            3 => AppointmentState::Fulfilled { at },
            _ => AppointmentState::NoShow { at },
        })
    }

    proptest! {
        #[test]
        fn an_appointment_comes_back_as_it_was(
            numbers in (any::<u16>(), 0..1_u64 << 40, any::<u8>(), 0..1_u32 << 24, 0..1_u64 << 40),
            day in 0..46_000_i32,
            starts_min in any::<u16>(),
            booked_at in instant(),
            state in state(),
        ) {
            let (campaign, recipient, dose, clinic, booker) = numbers;
            let visit_on = Date::constant(2000, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            let slot = SlotId { clinic: ClinicId(clinic), visit_on, starts_min };
            let place = Place { recipient: PersonId(recipient), dose: DoseNumber(dose), slot };
            let campaign = CampaignId(campaign);
            let one = Appointment { campaign, place, booker: PersonId(booker), booked_at, state };
            prop_assert_eq!(back(&one), Some(one));
        }

        #[test]
        fn a_pass_comes_back_as_it_was(
            ticket in any::<[u8; 16]>(),
            queue_number in any::<u64>(),
            admitted_at in instant(),
            expires_at in instant(),
            eligible in any::<bool>(),
        ) {
            let one = Admission { ticket: TicketRef(ticket), queue_number, admitted_at, expires_at, eligible };
            prop_assert_eq!(back(&one), Some(one));
        }
    }

    #[test]
    fn what_does_not_fit_says_so() {
        assert_eq!(back(&AppointmentId(1 << 40)), None);
        let before_1970 = Timestamp::new(-5, 0).unwrap();
        let pass = Admission {
            ticket: TicketRef([1; 16]),
            queue_number: 1,
            admitted_at: before_1970,
            expires_at: before_1970,
            eligible: true,
        };
        assert_eq!(back(&pass), None);
    }
}
