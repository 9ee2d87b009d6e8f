//! The audit record, event by event, into people by hour and way.

use super::hidden::{Cell, Figures};
use super::{Column, Report, Row};
use booking::{Act, Actor, AuditEntry, Channel, PersonId};
use jiff::Timestamp;
use std::array::from_fn;
use std::collections::{BTreeMap, HashSet};
use store::AuditEvent;

const HOUR_SECONDS: i64 = 3_600;
/// A commit may become readable so long after the instant that stands in it.
const COMMITTED_WITHIN_SECONDS: i64 = 60;

/// By which way somebody came to an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Online,
    /// By phone, or at a community or health centre: somebody at a desk books.
    Desk,
    Clinic,
    /// A command on the server. None can book today; if one ever does, it shows.
    Server,
}

impl Way {
    pub const ALL: [Self; 4] = [Self::Online, Self::Desk, Self::Clinic, Self::Server];

    pub fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Desk => "phone_or_desk",
            Self::Clinic => "clinic",
            Self::Server => "server",
        }
    }
}

impl From<Channel> for Way {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Online => Self::Online,
            Channel::Phone | Channel::Desk => Self::Desk,
            Channel::Clinic => Self::Clinic,
            Channel::Server => Self::Server,
        }
    }
}

/// People of an hour that is not over, by way. They are kept only so that nobody is counted twice in one cell: eight
/// bytes and a few for each, and at the most for everybody of the campaign.
type OpenHour = [HashSet<PersonId>; Way::ALL.len()];

#[derive(Debug, Default)]
pub struct Counter {
    seq: u64,
    /// Bookings of one commit, at the end of what was read: the next event may say that staff made them.
    last: Option<Made>,
    /// By their number since 1970. In Korea an hour begins when it does in UTC.
    open: BTreeMap<i64, OpenHour>,
    /// The first hour that is not told yet.
    open_from: i64,
    rows: Vec<Row>,
    figures: [Figures; Way::ALL.len()],
}

/// Appointments that were made in one step.
#[derive(Debug)]
struct Made {
    at: Timestamp,
    by: PersonId,
    over: Channel,
    recipients: HashSet<PersonId>,
}

impl Counter {
    /// Of the last event that was taken.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The next event of the record.
    pub fn take(&mut self, event: &AuditEvent) {
        self.seq = event.seq;
        let entry = &event.entry;
        if let Some(made) = self.last.as_mut() {
            if made.is_joined_by(entry) {
                return;
            }
            if let Some(over) = made.made_by_staff(entry) {
                made.over = over;
            }
            self.count_last();
        }
        self.last = Made::of(entry);
    }

    /// All that was durable at `now` has been taken: hours that are over are told. Returns until when.
    pub fn close(&mut self, now: Timestamp) -> Timestamp {
        self.count_last();
        self.open_from = self.first_open(now);
        let still_open = self.open.split_off(&self.open_from);
        for (hour, people) in std::mem::replace(&mut self.open, still_open) {
            let from = beginning(hour);
            let cells: [Cell; 4] = from_fn(|way| self.figures[way].add(from, people[way].len() as u64));
            self.rows.push(Row { from, cells });
        }
        beginning(self.open_from)
    }

    /// Until when hours are over at that instant.
    pub fn over_until(&self, now: Timestamp) -> Timestamp {
        beginning(self.first_open(now))
    }

    fn first_open(&self, now: Timestamp) -> i64 {
        let first_open = (now.as_second() - COMMITTED_WITHIN_SECONDS).div_euclid(HOUR_SECONDS);
        self.open_from.max(first_open)
    }

    pub fn report(&self) -> Report {
        Report {
            until: beginning(self.open_from),
            rows: self.rows.clone(),
            columns: self.figures.each_ref().map(Column::from),
        }
    }

    /// What was told of an hour stays as it was told: whoever comes late counts for the first hour that is open.
    fn count_last(&mut self) {
        let Some(made) = self.last.take() else { return };
        let hour = made.at.as_second().div_euclid(HOUR_SECONDS).max(self.open_from);
        let people = &mut self.open.entry(hour).or_default()[Way::from(made.over) as usize];
        people.extend(made.recipients);
    }
}

impl Made {
    fn of(entry: &AuditEntry) -> Option<Self> {
        let (by, recipient) = booked(entry)?;
        let recipients = HashSet::from([recipient]);
        Some(Self { at: entry.at, by, over: entry.from.channel, recipients })
    }

    /// One more of the same step: a second dose, or somebody else of the household.
    fn is_joined_by(&mut self, entry: &AuditEntry) -> bool {
        let Some((by, recipient)) = booked(entry) else { return false };
        let is_same = (self.at, self.by, self.over) == (entry.at, by, entry.from.channel);
        if is_same {
            self.recipients.insert(recipient);
        }
        is_same
    }

    /// What staff book is written in the name of the person, and right after it, in the same step, by whom and over
    /// which way. A record has no room for another field, so the two are put together here.
    fn made_by_staff(&self, entry: &AuditEntry) -> Option<Channel> {
        let is_staffs = matches!((&entry.what, entry.who), (Act::Used(_), Actor::Staff(_)));
        let is_theirs = entry.whose.is_some_and(|whose| self.recipients.contains(&whose));
        let is_done = entry.refused.is_none() && entry.at == self.at;
        (is_staffs && is_theirs && is_done).then_some(entry.from.channel)
    }
}

/// Who booked for whom.
fn booked(entry: &AuditEntry) -> Option<(PersonId, PersonId)> {
    match (&entry.what, entry.who) {
        (Act::Booked { .. }, Actor::Citizen(by) | Actor::Helper(by)) => Some((by, entry.whose?)),
        _ => None,
    }
}

fn beginning(hour: i64) -> Timestamp {
    Timestamp::from_second(hour * HOUR_SECONDS).expect("an hour of a campaign is an instant")
}

#[cfg(test)]
mod tests {
    use super::*;
    use booking::{AppointmentId, ClinicId, Origin, SlotId, StaffId};
    use jiff::civil::date;

    const OPENED: i64 = 1_800_000_000 / HOUR_SECONDS * HOUR_SECONDS;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(OPENED + second).unwrap()
    }

    fn books(second: i64, by: u64, whose: u64) -> AuditEntry {
        let slot = SlotId { clinic: ClinicId(1), visit_on: date(2027, 7, 26), starts_min: 540 };
        let what = Act::Booked { appointment: AppointmentId(1), slot };
        AuditEntry::by_citizen(PersonId(by), PersonId(whose), what, at(second))
    }

    fn staff(second: i64, channel: Channel, whose: u64) -> AuditEntry {
        AuditEntry {
            at: at(second),
            who: Actor::Staff(StaffId(7)),
            from: Origin { channel, sealed: vec![7] },
            whose: Some(PersonId(whose)),
            what: Act::Used("confirm".to_owned()),
            why: Vec::new(),
            refused: None,
        }
    }

    /// People of the first hour by way, whatever is hidden.
    fn first_hour(entries: impl IntoIterator<Item = AuditEntry>) -> [usize; 4] {
        let mut counter = Counter::default();
        for (number, entry) in entries.into_iter().enumerate() {
            counter.take(&AuditEvent { seq: number as u64 + 1, entry, hash: [0; 32] });
        }
        counter.count_last();
        counter.open.values().next().map_or([0; 4], |hour| from_fn(|way| hour[way].len()))
    }

    #[test]
    fn what_staff_book_counts_for_the_way_by_which_staff_were_asked() {
        let phone = [books(5, 1, 1), books(5, 1, 1), staff(5, Channel::Phone, 1)];
        assert_eq!(first_hour(phone), [0, 1, 0, 0], "both doses of one person");
        assert_eq!(first_hour([books(5, 1, 1), staff(5, Channel::Desk, 1)]), [0, 1, 0, 0]);
        assert_eq!(first_hour([books(5, 1, 1), staff(5, Channel::Clinic, 1)]), [0, 0, 1, 0]);
        assert_eq!(first_hour([books(5, 1, 1), staff(5, Channel::Server, 1)]), [0, 0, 0, 1]);
        let household = [books(5, 1, 2), books(5, 1, 3), staff(5, Channel::Phone, 2)];
        assert_eq!(first_hour(household), [0, 2, 0, 0], "the entry of staff names the first of them");
    }

    #[test]
    fn what_people_book_themselves_is_nobodys_at_a_desk() {
        let refused = AuditEntry { refused: Some(311), ..staff(5, Channel::Phone, 1) };
        let looks =
            AuditEntry { what: Act::LookedUp(booking::LookUp::Person), ..staff(5, Channel::Phone, 1) };
        let another_time = staff(6, Channel::Phone, 1);
        let another_person = staff(5, Channel::Phone, 2);
        for after in [refused, looks, another_time, another_person] {
            assert_eq!(first_hour([books(5, 1, 1), after.clone()]), [1, 0, 0, 0], "{after:?}");
        }
        // Somebody else's booking stands between them.
        let between = [books(5, 1, 1), books(5, 2, 2), staff(5, Channel::Phone, 2)];
        assert_eq!(first_hour(between), [1, 1, 0, 0]);
    }

    #[test]
    fn a_pair_that_two_pages_split_is_a_pair() {
        let mut counter = Counter::default();
        let entries = [books(5, 1, 1), staff(5, Channel::Clinic, 1)];
        for (number, entry) in entries.into_iter().enumerate() {
            counter.take(&AuditEvent { seq: number as u64 + 1, entry, hash: [0; 32] });
            assert_eq!(counter.seq(), number as u64 + 1, "whoever reads goes on after it");
        }
        counter.close(at(2 * HOUR_SECONDS));
        assert_eq!(counter.rows[0].cells, [Cell::Told(0), Cell::Told(0), Cell::Hidden, Cell::Told(0)]);
    }

    #[test]
    fn an_hour_is_told_when_it_is_over_and_what_was_told_of_it_never_changes() {
        let mut counter = Counter::default();
        let mut seq = 0;
        let mut take = |counter: &mut Counter, entry| {
            seq += 1;
            counter.take(&AuditEvent { seq, entry, hash: [0; 32] });
        };
        for person in 0..6 {
            take(&mut counter, books(10, person, person));
        }
        counter.close(at(HOUR_SECONDS + 59));
        assert_eq!(counter.rows, [], "a commit may still come");
        counter.close(at(HOUR_SECONDS + 60));
        let told = counter.rows.clone();
        assert_eq!(told[0].cells[0], Cell::Told(6));
        // From the hour before, and very late: it is counted, and not where it can be told apart.
        for person in 10..16 {
            take(&mut counter, books(HOUR_SECONDS - 1, person, person));
        }
        counter.close(at(3 * HOUR_SECONDS));
        assert_eq!(counter.rows[..1], told);
        assert_eq!((counter.rows[1].from, counter.rows[1].cells[0]), (at(HOUR_SECONDS), Cell::Told(6)));
        assert_eq!(counter.report().columns[0].people, 12);
    }

    #[test]
    fn nobody_counts_twice_in_an_hour_however_often_they_book() {
        let again_and_again = (0..20).map(|second| books(second, 1, 1));
        assert_eq!(first_hour(again_and_again), [1, 0, 0, 0]);
    }
}
