//! For how long a sign-in is good: eight hours at the most, and a quarter of an hour without a request. The cookie says
//! when it was used last and is given anew; that it was ended, or its account was, says the book.

use booking::StaffId;
use jiff::{SignedDuration, Timestamp};
use waiting_room::{KeyRing, Purpose};

pub const LIFE: SignedDuration = SignedDuration::from_hours(8);
pub const IDLE_MAX: SignedDuration = SignedDuration::from_mins(15);
/// The cookie is given anew no more often.
const RENEWED_EVERY: SignedDuration = SignedDuration::from_secs(20);
/// Tells the two kinds of tokens of staff apart.
const SESSION: u8 = 1;
const SUBJECT: u8 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffSession {
    pub id: [u8; 16],
    pub staff: StaffId,
    pub begun_at: Timestamp,
    pub seen_at: Timestamp,
}

impl StaffSession {
    pub fn begin(id: [u8; 16], staff: StaffId, now: Timestamp) -> Self {
        Self { id, staff, begun_at: now, seen_at: now }
    }

    pub fn ends_at(&self) -> Timestamp {
        self.begun_at + LIFE
    }

    /// With this request; None while the cookie is fresh enough.
    pub fn renewed(&self, now: Timestamp) -> Option<Self> {
        (now.duration_since(self.seen_at) >= RENEWED_EVERY).then_some(Self { seen_at: now, ..*self })
    }

    pub fn seal(&self, keys: &KeyRing) -> String {
        let times = [self.begun_at, self.seen_at].map(|at| at.as_millisecond().to_be_bytes());
        let parts: [&[u8]; 5] = [&[SESSION], &self.id, &self.staff.0.to_be_bytes(), &times[0], &times[1]];
        keys.seal(Purpose::Staff, &parts.concat())
    }

    /// None when forged or over.
    pub fn open(keys: &KeyRing, token: &str, now: Timestamp) -> Option<Self> {
        let body = keys.open(Purpose::Staff, token)?;
        let (&[SESSION], rest) = body.split_first_chunk::<1>()? else { return None };
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let [staff, begun_at, seen_at] = numbers(rest)?;
        let at = |number: u64| Timestamp::from_millisecond(number as i64).ok();
        let (begun_at, seen_at) = (at(begun_at)?, at(seen_at)?);
        let session = Self { id: *id, staff: StaffId(staff), begun_at, seen_at };
        (now < session.ends_at() && now < seen_at + IDLE_MAX).then_some(session)
    }
}

/// Whom an agent has in hand: a name for a person that was given to one agent after a search that is on record, and
/// means nothing to another. Nobody's pages are found by counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    pub person: booking::PersonId,
    /// The appointment that is to be moved, while one is.
    pub changes: Option<booking::AppointmentId>,
}

impl Subject {
    pub fn seal(&self, keys: &KeyRing, staff: StaffId, now: Timestamp) -> String {
        let until = (now + LIFE).as_millisecond() as u64;
        let numbers = [staff.0, self.person.0, self.changes.map_or(0, |id| id.0 + 1), until];
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        keys.seal(Purpose::Staff, &[&[SUBJECT], bytes.as_slice()].concat())
    }

    pub fn open(keys: &KeyRing, token: &str, staff: StaffId, now: Timestamp) -> Option<Self> {
        let body = keys.open(Purpose::Staff, token)?;
        let (&[SUBJECT], rest) = body.split_first_chunk::<1>()? else { return None };
        let [whose, person, changes, until] = numbers(rest)?;
        let is_good = whose == staff.0 && (now.as_millisecond() as u64) < until;
        let changes = changes.checked_sub(1).map(booking::AppointmentId);
        is_good.then_some(Self { person: booking::PersonId(person), changes })
    }
}

/// Exactly so many numbers.
fn numbers<const N: usize>(bytes: &[u8]) -> Option<[u64; N]> {
    if bytes.len() != 8 * N {
        return None;
    }
    let number =
        |place: usize| u64::from_be_bytes(bytes[8 * place..8 * place + 8].try_into().expect("eight"));
    Some(std::array::from_fn(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use booking::{AppointmentId, PersonId};
    use waiting_room::KeyId;

    fn keys() -> KeyRing {
        KeyRing::new(KeyId(1), &[5; 32])
    }

    #[test]
    fn a_session_is_over_after_eight_hours_and_after_a_quarter_of_an_hour_without_a_request() {
        let (keys, now) = (keys(), Timestamp::from_second(1_800_000_000).unwrap());
        let mut session = StaffSession::begin([3; 16], StaffId(4), now);
        assert_eq!(StaffSession::open(&keys, &session.seal(&keys), now), Some(session));
        assert_eq!(StaffSession::open(&keys, &session.seal(&keys), now + IDLE_MAX), None);
        let mut at = now;
        let step = SignedDuration::from_mins(14);
        while StaffSession::open(&keys, &session.seal(&keys), at).is_some() {
            session = session.renewed(at).unwrap_or(session);
            at += step;
        }
        assert!(at.duration_since(now) >= LIFE && at.duration_since(now) < LIFE + step);
    }

    #[test]
    fn a_person_in_hand_is_in_the_hand_of_one_agent() {
        let (keys, now) = (keys(), Timestamp::from_second(1_800_000_000).unwrap());
        let subject = Subject { person: PersonId(9), changes: Some(AppointmentId(2)) };
        let token = subject.seal(&keys, StaffId(4), now);
        assert_eq!(Subject::open(&keys, &token, StaffId(4), now), Some(subject));
        assert_eq!(Subject::open(&keys, &token, StaffId(5), now), None);
        assert_eq!(Subject::open(&keys, &token, StaffId(4), now + LIFE), None);
        assert_eq!(StaffSession::open(&keys, &token, now), None, "one is not the other");
    }
}
