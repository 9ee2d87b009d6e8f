//! Whom to call back, and what was noted of calls: beside the places, in the same transactions.

use super::SqlitePlaces;
use booking::{PersonId, StaffId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use store::{
    AskedCall, CallEnd, CallFigures, CallNote, CallState, Calls, IN_HAND_MAX, KeptCall, NOTES_MAX,
    SettledCall, StoreError,
};
use waiting_room::CampaignTag;

const CALL: &str =
    "SELECT person, ticket, phone, asked_at, queue, state, missed, next_at, staff, taken_at FROM call";

impl Calls for SqlitePlaces {
    fn ask(&self, campaign: CampaignTag, asked: AskedCall) -> Result<KeptCall, StoreError> {
        self.write(move |transaction| {
            let add = "INSERT INTO call(campaign, person, ticket, phone, asked_at, next_at)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?5)
                       ON CONFLICT (campaign, person) DO UPDATE
                           SET ticket = excluded.ticket, phone = excluded.phone,
                               asked_at = excluded.asked_at, next_at = excluded.next_at, queue = NULL,
                               state = 0, missed = 0, staff = NULL, taken_at = 0
                           WHERE state <> 0";
            let at = asked.at.as_millisecond();
            let person = asked.person.0.cast_signed();
            transaction.prepare_cached(add)?.execute(params![
                campaign.0,
                person,
                asked.ticket,
                asked.number,
                at
            ])?;
            let kept = call_of(transaction, campaign, asked.person)?;
            kept.ok_or(rusqlite::Error::QueryReturnedNoRows)
        })
    }

    fn unsettled(&self, campaign: CampaignTag, max: usize) -> Result<Vec<AskedCall>, StoreError> {
        self.read(|connection| {
            let all = format!(
                "{CALL} WHERE campaign = ?1 AND state = 0 AND queue IS NULL ORDER BY asked_at, person LIMIT ?2"
            );
            let mut statement = connection.prepare_cached(&all)?;
            let rows = statement.query_map(params![campaign.0, max as i64], kept)?;
            rows.map(|call| Ok(call?.asked)).collect()
        })
    }

    fn settle(&self, campaign: CampaignTag, settled: &[SettledCall]) -> Result<(), StoreError> {
        let settled = settled.to_vec();
        self.write(move |transaction| {
            let set = "UPDATE call SET queue = ?3 WHERE campaign = ?1 AND person = ?2 AND state = 0";
            let mut set = transaction.prepare_cached(set)?;
            for one in settled {
                set.execute(params![campaign.0, one.person.0.cast_signed(), one.queue_number.cast_signed()])?;
            }
            Ok(())
        })
    }

    fn call_of(&self, campaign: CampaignTag, person: PersonId) -> Result<Option<KeptCall>, StoreError> {
        self.read(|connection| call_of(connection, campaign, person))
    }

    fn take(
        &self,
        campaign: CampaignTag,
        below: u64,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Option<KeptCall>, StoreError> {
        self.write(move |transaction| take(transaction, campaign, below, (staff, now)))
    }

    fn end(
        &self,
        campaign: CampaignTag,
        (person, staff): (PersonId, StaffId),
        end: CallEnd,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            let found = call_of(transaction, campaign, person)?;
            let Some(ended) = found.and_then(|call| call.ended(staff, end, now)) else { return Ok(false) };
            let set = "UPDATE call SET state = ?3, missed = ?4, next_at = ?5, staff = NULL, taken_at = 0
                       WHERE campaign = ?1 AND person = ?2";
            transaction.prepare_cached(set)?.execute(params![
                campaign.0,
                person.0.cast_signed(),
                ended.state as i64,
                ended.missed,
                ended.next_at.as_millisecond()
            ])?;
            Ok(true)
        })
    }

    fn figures(&self, campaign: CampaignTag, below: u64, now: Timestamp) -> Result<CallFigures, StoreError> {
        self.read(|connection| {
            let sums = "SELECT count(*), count(*) FILTER (WHERE queue < ?2 AND phone IS NOT NULL),
                            count(*) FILTER (WHERE queue < ?2 AND phone IS NOT NULL AND staff IS NOT NULL
                                AND taken_at > ?3)
                        FROM call WHERE campaign = ?1 AND state = 0";
            let since = (now - IN_HAND_MAX).as_millisecond();
            connection.prepare_cached(sums)?.query_row(params![campaign.0, signed(below), since], |row| {
                let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
                Ok(CallFigures { open: number(0)?, due: number(1)?, in_hand: number(2)? })
            })
        })
    }

    fn add_note(&self, person: PersonId, note: CallNote) -> Result<(), StoreError> {
        self.write(move |transaction| {
            let person = person.0.cast_signed();
            let add = "INSERT INTO call_note(person, staff, at, sealed) VALUES (?1, ?2, ?3, ?4)";
            let at = note.at.as_millisecond();
            let staff = note.staff.0.cast_signed();
            transaction.prepare_cached(add)?.execute(params![person, staff, at, note.sealed])?;
            let forget = "DELETE FROM call_note WHERE person = ?1 AND id NOT IN
                          (SELECT id FROM call_note WHERE person = ?1 ORDER BY id DESC LIMIT ?2)";
            transaction.prepare_cached(forget)?.execute(params![person, NOTES_MAX as i64]).map(drop)
        })
    }

    fn notes(&self, person: PersonId) -> Result<Vec<CallNote>, StoreError> {
        self.read(|connection| {
            let all = "SELECT staff, at, sealed FROM call_note WHERE person = ?1 ORDER BY id DESC";
            let mut statement = connection.prepare_cached(all)?;
            let note = |row: &Row<'_>| {
                let staff = StaffId(row.get::<_, i64>(0)?.cast_unsigned());
                Ok(CallNote { staff, at: instant(row, 1)?, sealed: row.get(2)? })
            };
            statement.query_map([person.0.cast_signed()], note)?.collect()
        })
    }
}

fn take(
    transaction: &Transaction<'_>,
    campaign: CampaignTag,
    below: u64,
    (staff, now): (StaffId, Timestamp),
) -> rusqlite::Result<Option<KeptCall>> {
    let due = "campaign = ?1 AND state = 0 AND phone IS NOT NULL AND queue < ?2";
    let mine = format!("{CALL} WHERE {due} AND staff = ?3 AND taken_at > ?4 ORDER BY person LIMIT 1");
    let free = format!(
        "{CALL} WHERE {due} AND (staff IS NULL OR taken_at <= ?4) AND next_at <= ?3
         ORDER BY queue, person LIMIT 1"
    );
    let (below, since) = (signed(below), (now - IN_HAND_MAX).as_millisecond());
    let number = staff.0.cast_signed();
    let at = now.as_millisecond();
    let found = transaction
        .prepare_cached(&mine)?
        .query_row(params![campaign.0, below, number, since], kept)
        .optional()?;
    let found = match found {
        Some(call) => Some(call),
        None => transaction
            .prepare_cached(&free)?
            .query_row(params![campaign.0, below, at, since], kept)
            .optional()?,
    };
    let Some(call) = found else { return Ok(None) };
    let set = "UPDATE call SET staff = ?3, taken_at = ?4 WHERE campaign = ?1 AND person = ?2";
    let person = call.asked.person.0.cast_signed();
    transaction.prepare_cached(set)?.execute(params![campaign.0, person, number, at])?;
    Ok(Some(KeptCall { in_hand: Some((staff, now)), ..call }))
}

fn call_of(
    connection: &Connection,
    campaign: CampaignTag,
    person: PersonId,
) -> rusqlite::Result<Option<KeptCall>> {
    let one = format!("{CALL} WHERE campaign = ?1 AND person = ?2");
    let mut statement = connection.prepare_cached(&one)?;
    statement.query_row(params![campaign.0, person.0.cast_signed()], kept).optional()
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptCall> {
    let asked = AskedCall {
        person: PersonId(row.get::<_, i64>(0)?.cast_unsigned()),
        ticket: row.get(1)?,
        number: row.get(2)?,
        at: instant(row, 3)?,
    };
    let state = match row.get::<_, i64>(5)? {
        0 => CallState::Open,
        1 => CallState::Reached,
        2 => CallState::NotReached,
        _ => CallState::Withdrawn,
    };
    let staff: Option<i64> = row.get(8)?;
    let taken_at = instant(row, 9)?;
    Ok(KeptCall {
        asked,
        queue_number: row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned),
        state,
        missed: row.get(6)?,
        next_at: instant(row, 7)?,
        in_hand: staff.map(|staff| (StaffId(staff.cast_unsigned()), taken_at)),
    })
}

fn instant(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let milliseconds: i64 = row.get(column)?;
    Timestamp::from_millisecond(milliseconds)
        .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, milliseconds))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
