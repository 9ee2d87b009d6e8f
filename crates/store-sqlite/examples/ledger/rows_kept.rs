//! What the reference writes: a row for every fact, each in its indexes.

use crate::rows::{Rows, day};
use booking::{Appointment, AppointmentId, Change, Hold, HoldId, Outcome, Place, RegionCode, RequestKey};
use jiff::Timestamp;
use rusqlite::params;
use store::record;

impl Rows {
    pub(crate) fn keep_hold(&self, id: HoldId, hold: &Hold, sido: RegionCode) -> rusqlite::Result<()> {
        let Place { recipient, dose, slot } = hold.places[0];
        let write =
            |text: &str, row: &[&dyn rusqlite::ToSql]| self.connection.prepare_cached(text)?.execute(row);
        let row: [&dyn rusqlite::ToSql; 10] = [
            &(id.0 as i64),
            &hold.campaign.0,
            &(hold.booker.0 as i64),
            &(recipient.0 as i64),
            &dose.0,
            &slot.clinic.0,
            &day(slot.visit_on),
            &slot.starts_min,
            &hold.held_at.as_millisecond(),
            &hold.expires_at.as_millisecond(),
        ];
        write("INSERT INTO hold VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", &row)?;
        let text = "INSERT INTO slot VALUES (?1, ?2, ?3, 1, 0)
                    ON CONFLICT(clinic, day, starts_min) DO UPDATE SET held = held + 1";
        write(text, &[&slot.clinic.0, &day(slot.visit_on), &slot.starts_min])?;
        let text = "INSERT INTO supply VALUES (?1, ?2, 1)
                    ON CONFLICT(campaign, sido) DO UPDATE SET taken = taken + 1";
        write(text, &[&hold.campaign.0, &(sido.0 as i64)])?;
        Ok(())
    }

    pub(crate) fn keep_appointment(
        &self,
        hold: HoldId,
        id: AppointmentId,
        made: &Appointment,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        let Place { recipient, dose, slot } = made.place;
        let (person, booker) = (recipient.0 as i64, made.booker.0 as i64);
        let write =
            |text: &str, row: &[&dyn rusqlite::ToSql]| self.connection.prepare_cached(text)?.execute(row);
        write("DELETE FROM hold WHERE id = ?1", &[&(hold.0 as i64)])?;
        write("DELETE FROM abandoned WHERE campaign = ?1 AND booker = ?2", &[&made.campaign.0, &booker])?;
        let text = "UPDATE slot SET held = held - 1, booked = booked + 1
                    WHERE clinic = ?1 AND day = ?2 AND starts_min = ?3";
        write(text, &[&slot.clinic.0, &day(slot.visit_on), &slot.starts_min])?;
        let row: [&dyn rusqlite::ToSql; 9] = [
            &(id.0 as i64),
            &made.campaign.0,
            &person,
            &dose.0,
            &slot.clinic.0,
            &day(slot.visit_on),
            &slot.starts_min,
            &booker,
            &now.as_millisecond(),
        ];
        write("INSERT INTO appointment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)", &row)?;
        let text = "INSERT INTO message(recipient, appointment, queued_at, sent) VALUES (?1, ?2, ?3, 0)";
        write(text, &[&person, &(id.0 as i64), &now.as_millisecond()])?;
        Ok(())
    }

    pub(crate) fn keep_answer(
        &self,
        key: RequestKey,
        body: [u8; 32],
        outcome: Outcome,
        at: Timestamp,
    ) -> rusqlite::Result<()> {
        let mut bytes = Vec::new();
        record::encode(&Change::Answered { key, body, outcome, at }, &mut bytes);
        let mut insert = self.connection.prepare_cached("INSERT INTO answer VALUES (?1, ?2, ?3, ?4)")?;
        insert.execute(params![&key.0[..], &body[..], bytes, at.as_millisecond()])?;
        Ok(())
    }
}
