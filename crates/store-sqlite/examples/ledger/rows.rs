//! The reference: the same decisions, with their facts and effects in indexed rows. One transaction and one fsync for
//! as many commands as the writer takes, in one thread that nothing else keeps busy.

use crate::country;
use crate::crowd::{self, now, wide};
use booking::rules::{
    self, Abandoned, ConfirmFacts, HoldFacts, LiveAppointment, PlaceStanding, RecipientFacts,
};
use booking::{
    Admission, AppointmentId, AppointmentState, CampaignId, ClinicId, Country, DoseNumber, Few, Hold, HoldId,
    Opening, Outcome, PersonId, Place, RegionCode, RequestKey, SlotId, TicketRef, korean_day,
};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::Path;
use std::time::Duration;
use store::Clock as _;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA cache_size = -1000000; PRAGMA wal_autocheckpoint = 16384;
    CREATE TABLE admission(campaign INTEGER, person INTEGER, ticket BLOB, queue_number INTEGER, admitted_at INTEGER,
        expires_at INTEGER, eligible INTEGER, PRIMARY KEY(campaign, person)) WITHOUT ROWID, STRICT;
    CREATE TABLE slot(clinic INTEGER, day INTEGER, starts_min INTEGER, held INTEGER, booked INTEGER,
        PRIMARY KEY(clinic, day, starts_min)) WITHOUT ROWID, STRICT;
    CREATE TABLE supply(campaign INTEGER, sido INTEGER, taken INTEGER,
        PRIMARY KEY(campaign, sido)) WITHOUT ROWID, STRICT;
    CREATE TABLE hold(id INTEGER PRIMARY KEY, campaign INTEGER, booker INTEGER, recipient INTEGER, dose INTEGER,
        clinic INTEGER, day INTEGER, starts_min INTEGER, held_at INTEGER, expires_at INTEGER,
        UNIQUE(campaign, booker)) STRICT;
    CREATE INDEX hold_expiry ON hold(expires_at);
    CREATE TABLE abandoned(campaign INTEGER, booker INTEGER, times INTEGER, last_at INTEGER,
        PRIMARY KEY(campaign, booker)) WITHOUT ROWID, STRICT;
    CREATE TABLE appointment(id INTEGER PRIMARY KEY, campaign INTEGER, recipient INTEGER, dose INTEGER,
        clinic INTEGER, day INTEGER, starts_min INTEGER, booker INTEGER, booked_at INTEGER, state INTEGER) STRICT;
    CREATE UNIQUE INDEX live ON appointment(campaign, recipient, dose) WHERE state = 1;
    CREATE INDEX of_person ON appointment(recipient);
    CREATE INDEX of_day ON appointment(day);
    CREATE TABLE answer(key BLOB PRIMARY KEY, body BLOB, outcome BLOB, at INTEGER) WITHOUT ROWID, STRICT;
    CREATE INDEX answer_age ON answer(at);
    CREATE TABLE message(id INTEGER PRIMARY KEY, recipient INTEGER, appointment INTEGER, queued_at INTEGER,
        sent INTEGER) STRICT;";

pub(crate) struct Rows {
    pub(crate) connection: Connection,
    country: Country,
    clock: std::sync::Arc<crowd::RunningClock>,
    next_hold: u64,
    next_appointment: u64,
}

impl Rows {
    /// With so many people already inside.
    pub(crate) fn new(folder: &Path, people: u64) -> rusqlite::Result<Self> {
        let connection = Connection::open(folder.join("rows.db"))?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.execute_batch(SCHEMA)?;
        let clock = crowd::RunningClock::start();
        connection.execute_batch("BEGIN")?;
        for number in 0..people {
            let at = country::opens_at().as_millisecond();
            let row =
                params![1, (number + 1) as i64, &wide(number, 2)[..16], number as i64, at, at + 3_600_000, 1];
            connection
                .prepare_cached("INSERT INTO admission VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                .execute(row)?;
        }
        connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok(Self { connection, country: country::country(), clock, next_hold: 1, next_appointment: 1 })
    }

    /// Batches of so many commands, half of them holds and half of them the confirmations of the batch before; how many
    /// pairs, and in what time.
    pub(crate) fn run(
        &mut self,
        batch: u64,
        people: u64,
        at_most: Duration,
    ) -> rusqlite::Result<(u64, Duration)> {
        let start = now();
        let (mut next, mut pairs, mut held) = (0, 0, Vec::new());
        while now() - start < at_most && next < people {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            for (number, id) in std::mem::take(&mut held) {
                self.confirm(number, id)?;
                pairs += 1;
            }
            let until = (next + batch / 2).min(people);
            for number in next..until {
                held.push((number, self.hold(number)?));
            }
            next = until;
            self.connection.execute_batch("COMMIT")?;
        }
        Ok((pairs, now() - start))
    }

    fn hold(&mut self, number: u64) -> rusqlite::Result<HoldId> {
        let (campaign, person, at) = (CampaignId(1), PersonId(number + 1), country::slot(number));
        let now = self.clock.now();
        let (key, body) = (RequestKey(wide(number, 3)), wide(number, 5));
        self.expire(now)?;
        assert!(!self.answered(key)?, "every key is new");
        let known = self.country.campaign(campaign).expect("it is there");
        let sido =
            self.country.clinic(at.clinic).map(|clinic| self.country.sido_of(clinic)).expect("it is there");
        let admission = self.admission(campaign, person)?;
        assert!(self.hold_of(campaign, person)?.is_none(), "nobody holds twice here");
        let recipient = RecipientFacts {
            one_too_many: None,
            person,
            may_be_booked: true,
            eligible: admission.is_some_and(|admission| admission.eligible),
            first: self.live(campaign, person, DoseNumber(1))?,
            second: self.live(campaign, person, DoseNumber(2))?,
        };
        let doses_left = known.supply[&sido] - self.supply(campaign, sido)?;
        let abandoned = self.abandoned(campaign, person)?;
        let bands = self.bands(at)?;
        let hold = rules::hold(&HoldFacts {
            campaign: known,
            opening: Opening::Open { at: known.opens_at },
            now,
            today: korean_day(now),
            admission,
            booker: person,
            recipients: &[recipient],
            dose: DoseNumber(1),
            at,
            is_change: false,
            abandoned,
            sido: Some(sido),
            doses_left,
            bands_on: &|_| bands.clone(),
        });
        let hold = hold.expect("there is room for everybody");
        let id = HoldId(self.next_hold);
        self.next_hold += 1;
        self.keep_hold(id, &hold, sido)?;
        self.keep_answer(key, body, Outcome::Held { id, hold }, now)?;
        Ok(id)
    }

    fn confirm(&mut self, number: u64, id: HoldId) -> rusqlite::Result<()> {
        let (campaign, booker) = (CampaignId(1), PersonId(number + 1));
        let now = self.clock.now();
        let (key, body) = (RequestKey(wide(number, 4)), wide(number, 6));
        self.expire(now)?;
        assert!(!self.answered(key)?, "every key is new");
        let hold = self.hold_by_id(id)?;
        let live = self.live(campaign, booker, DoseNumber(1))?.map(|live| (live.id, live.slot, live.state));
        let admission = self.admission(campaign, booker)?;
        let known = self.country.campaign(campaign).expect("it is there");
        let confirmed = rules::confirm(&ConfirmFacts {
            campaign: known,
            opening: Opening::Open { at: known.opens_at },
            now,
            today: korean_day(now),
            booker,
            admission,
            hold: hold.as_ref(),
            standings: &[PlaceStanding { may_be_booked: true, live, other_dose: None }],
        });
        let confirmed = confirmed.expect("the hold is alive");
        let [rules::Confirmed::Booked(appointment)] = &*confirmed else { unreachable!("one place was held") };
        let appointment_id = AppointmentId(self.next_appointment);
        self.next_appointment += 1;
        self.keep_appointment(id, appointment_id, appointment, now)?;
        self.keep_answer(key, body, Outcome::Booked(Few::one((appointment_id, *appointment))), now)
    }

    fn expire(&self, now: Timestamp) -> rusqlite::Result<()> {
        let mut due = self.connection.prepare_cached("SELECT id FROM hold WHERE expires_at <= ?1 LIMIT 4")?;
        let due = due.query_row([now.as_millisecond()], |_| Ok(())).optional()?;
        assert!(due.is_none(), "no hold of this run is that old");
        Ok(())
    }

    fn answered(&self, key: RequestKey) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT body, outcome FROM answer WHERE key = ?1")?
            .exists([&key.0[..]])
    }

    fn admission(&self, campaign: CampaignId, person: PersonId) -> rusqlite::Result<Option<Admission>> {
        let text = "SELECT ticket, queue_number, admitted_at, expires_at, eligible FROM admission
                    WHERE campaign = ?1 AND person = ?2";
        let mut query = self.connection.prepare_cached(text)?;
        let row = query.query_row((campaign.0, person.0 as i64), |row| {
            Ok(Admission {
                ticket: TicketRef(row.get(0)?),
                queue_number: row.get::<_, i64>(1)? as u64,
                admitted_at: instant(row.get(2)?),
                expires_at: instant(row.get(3)?),
                eligible: row.get(4)?,
            })
        });
        row.optional()
    }

    fn hold_of(&self, campaign: CampaignId, booker: PersonId) -> rusqlite::Result<Option<i64>> {
        let mut query =
            self.connection.prepare_cached("SELECT id FROM hold WHERE campaign = ?1 AND booker = ?2")?;
        query.query_row((campaign.0, booker.0 as i64), |row| row.get(0)).optional()
    }

    fn hold_by_id(&self, id: HoldId) -> rusqlite::Result<Option<Hold>> {
        let text =
            "SELECT clinic, day, starts_min, recipient, dose, campaign, booker, held_at, expires_at FROM hold
                    WHERE id = ?1";
        let mut query = self.connection.prepare_cached(text)?;
        let row = query.query_row([id.0 as i64], |row| {
            Ok(Hold {
                places: Few::one(Place {
                    slot: slot_of(row.get(0)?, row.get(1)?, row.get(2)?),
                    recipient: PersonId(row.get::<_, i64>(3)? as u64),
                    dose: DoseNumber(row.get(4)?),
                }),
                campaign: CampaignId(row.get(5)?),
                booker: PersonId(row.get::<_, i64>(6)? as u64),
                replaces: Vec::new(),
                held_at: instant(row.get(7)?),
                expires_at: instant(row.get(8)?),
                extended: false,
            })
        });
        row.optional()
    }

    fn live(
        &self,
        of: CampaignId,
        person: PersonId,
        dose: DoseNumber,
    ) -> rusqlite::Result<Option<LiveAppointment>> {
        let text = "SELECT id, clinic, day, starts_min FROM appointment
                    WHERE campaign = ?1 AND recipient = ?2 AND dose = ?3 AND state = 1";
        let mut query = self.connection.prepare_cached(text)?;
        let row = query.query_row((of.0, person.0 as i64, dose.0), |row| {
            let slot = slot_of(row.get(1)?, row.get(2)?, row.get(3)?);
            let sido = self.country.sido_of(self.country.clinic(slot.clinic).expect("it is there"));
            let (id, state) = (AppointmentId(row.get::<_, i64>(0)? as u64), AppointmentState::Booked);
            Ok(LiveAppointment { id, slot, sido, state })
        });
        row.optional()
    }

    fn supply(&self, campaign: CampaignId, sido: RegionCode) -> rusqlite::Result<u32> {
        let mut query =
            self.connection.prepare_cached("SELECT taken FROM supply WHERE campaign = ?1 AND sido = ?2")?;
        Ok(query.query_row((campaign.0, sido.0 as i64), |row| row.get(0)).optional()?.unwrap_or(0))
    }

    fn abandoned(&self, campaign: CampaignId, booker: PersonId) -> rusqlite::Result<Abandoned> {
        let text = "SELECT times, last_at FROM abandoned WHERE campaign = ?1 AND booker = ?2";
        let mut query = self.connection.prepare_cached(text)?;
        let row = query.query_row((campaign.0, booker.0 as i64), |row| {
            Ok(Abandoned { times: row.get(0)?, last_at: Some(instant(row.get(1)?)) })
        });
        Ok(row.optional()?.unwrap_or_default())
    }

    fn bands(&self, at: SlotId) -> rusqlite::Result<Vec<(u16, u32)>> {
        let clinic = self.country.clinic(at.clinic).expect("it is there");
        let text = "SELECT starts_min, held + booked FROM slot WHERE clinic = ?1 AND day = ?2";
        let mut query = self.connection.prepare_cached(text)?;
        let rows = query.query_map((at.clinic.0, day(at.visit_on)), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let taken = rows.collect::<rusqlite::Result<Vec<(u16, u32)>>>()?;
        let free = |starts_min: u16| {
            let of_band = taken.iter().find(|(start, _)| *start == starts_min);
            (starts_min, clinic.capacity - of_band.map_or(0, |(_, taken)| *taken))
        };
        Ok(clinic.bands_on(at.visit_on, 30).map(free).collect())
    }
}

/// Days since the first of 1970, about: the order is what an index needs.
pub(crate) fn day(visit_on: Date) -> i64 {
    i64::from(visit_on.year()) * 512 + i64::from(visit_on.month()) * 32 + i64::from(visit_on.day())
}

fn slot_of(clinic: u32, day: i64, starts_min: u16) -> SlotId {
    let visit_on =
        Date::new((day / 512) as i16, (day / 32 % 16) as i8, (day % 32) as i8).expect("it was written so");
    SlotId { clinic: ClinicId(clinic), visit_on, starts_min }
}

fn instant(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).expect("it was written so")
}
