//! `charye inspect`: what people on call may look at. People are numbers here; nothing personal is opened.

mod tell;

use crate::cli::{Inspect, View};
use crate::verify::{Named, Source, config, slot_name};
use anyhow::{Context as _, Result, ensure};
use booking::{AppointmentState, Change, ClinicId, Opening, SlotId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;
use store::proof::changes;
use store::{Ledger, StoreError};
use tell::{about, instant, tell};

pub(crate) fn run(inspect: &Inspect) -> Result<ExitCode> {
    let config = config(&inspect.places, None)?;
    let named = Named { what: &inspect.what, scratch: inspect.scratch.as_deref(), config: &config };
    let source = Source::open(&named)?;
    let lines = match inspect.view.as_ref().unwrap_or(&View::Figures) {
        View::Appointment { number } => appointment(&source, number)?,
        View::Slot { clinic, day } => day_of(&source, clinic, *day)?,
        View::Figures => figures(&source)?,
        View::Tail { records } => tail(&source, *records)?,
    };
    for line in lines {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Every change with its row and the time of the row.
pub(super) fn each(
    source: &Source,
    mut look: impl FnMut(u64, Timestamp, Change) -> Result<()>,
) -> Result<()> {
    let mut outcome = Ok(());
    source.rows()?.each(|row| {
        let mut look_at = |change: Result<Change, StoreError>| {
            let at = Timestamp::from_millisecond(row.at_ms)?;
            look(row.seq, at, change.with_context(|| format!("{}행 / row {}", row.seq, row.seq))?)
        };
        outcome = changes(row.body).try_for_each(&mut look_at);
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    outcome
}

/// The state as the service would have it.
fn ledger(source: &Source) -> Result<Ledger> {
    let mut ledger = Ledger::new(Arc::clone(&source.country));
    each(source, |_, _, change| {
        ledger.replay(&change)?;
        ledger.commit();
        Ok(())
    })?;
    Ok(ledger)
}

pub(crate) fn appointment(source: &Source, number: &str) -> Result<Vec<String>> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let is_it = |id: booking::AppointmentId| id.number().replace('-', "") == digits;
    let mut lines = Vec::new();
    each(source, |row, at, change| {
        if about(&change).into_iter().any(is_it) {
            lines.push(format!("{row:>9}  {}  {}", instant(at), tell(&change)));
        }
        Ok(())
    })?;
    ensure!(!lines.is_empty(), "그런 예약이 없습니다 / there is no such appointment: {number}");
    lines.insert(0, format!("예약 / appointment {number}"));
    Ok(lines)
}

pub(crate) fn day_of(source: &Source, clinic: &str, day: Date) -> Result<Vec<String>> {
    let id = ClinicId::parse(clinic).with_context(|| {
        format!("기관 번호는 C00001처럼 씁니다 / a clinic is written like C00001: {clinic}")
    })?;
    let known = source
        .country
        .clinic(id)
        .with_context(|| format!("그런 기관이 없습니다 / no such clinic: {clinic}"))?;
    let ledger = ledger(source)?;
    let mut lines = vec![format!("{id} {}  {day}", known.name)];
    lines.push("시간 / time   정원 / places   선점 / held   예약 / booked   빈자리 / free".to_owned());
    for campaign in source.country.campaigns() {
        for (starts_min, counts) in ledger.slots(campaign.id, id, day) {
            let slot = SlotId { clinic: id, visit_on: day, starts_min };
            lines.push(format!(
                "{}   {:>6}   {:>6}   {:>6}   {:>6}",
                &slot_name(slot)[18..],
                counts.capacity,
                counts.held,
                counts.booked,
                counts.free()
            ));
            let mut here: Vec<_> = ledger.appointments().filter(|(_, one)| one.place.slot == slot).collect();
            here.sort_by_key(|(id, _)| *id);
            for (id, one) in here {
                let state = match one.state {
                    AppointmentState::Booked => "예약 / booked".to_owned(),
                    AppointmentState::CheckedIn { at, number } => {
                        format!("접수 / checked in {}, arrival {number}", instant(at))
                    }
                    AppointmentState::Fulfilled { at } => format!("접종 / vaccinated {}", instant(at)),
                    AppointmentState::NoShow { at } => format!("미접종 / not vaccinated {}", instant(at)),
                    AppointmentState::Cancelled { at } => format!("취소 / cancelled {}", instant(at)),
                };
                let (number, person) = (id.number(), one.place.recipient.0);
                lines.push(format!(
                    "         {number}  {}차/dose  사람/person {person}  {state}",
                    one.place.dose.0
                ));
            }
        }
    }
    Ok(lines)
}

pub(crate) fn figures(source: &Source) -> Result<Vec<String>> {
    let (mut rows, mut records, mut last_at) = (0, 0_u64, None);
    let mut ledger = Ledger::new(Arc::clone(&source.country));
    each(source, |row, at, change| {
        (rows, last_at) = (row, Some(at));
        records += 1;
        ledger.replay(&change)?;
        ledger.commit();
        Ok(())
    })?;
    let last_at = last_at.map_or("–".to_owned(), instant);
    let mut lines = vec![format!("장부 / journal         {rows} 행/rows, {records} 기록/records, {last_at}")];
    for campaign in source.country.campaigns() {
        let figures = ledger.figures(campaign.id);
        let opening = match figures.opening {
            Opening::NotYet => "열기 전 / not open yet".to_owned(),
            Opening::Open { at } => format!("열림 / open since {}", instant(at)),
            Opening::Closed { at } => format!("닫힘 / closed {}", instant(at)),
        };
        let of_campaign = |live: bool| {
            ledger
                .appointments()
                .filter(|(_, one)| one.campaign == campaign.id && one.is_live() == live)
                .count()
        };
        let left: u64 = figures.doses_left.values().map(|doses| u64::from(*doses)).sum();
        lines.push(format!("사업 / campaign        {} ({opening})", campaign.slug));
        lines.push(format!("  예약 / booked        {}", of_campaign(true)));
        lines.push(format!("  취소 / cancelled     {}", of_campaign(false)));
        lines.push(format!(
            "  임시 선점 / holds    {}",
            ledger.holds().filter(|(_, hold)| hold.campaign == campaign.id).count()
        ));
        lines.push(format!("  남은 백신 / doses    {left} / {}", campaign.supply_total()));
    }
    let waiting = ledger.messages_waiting(usize::MAX);
    let oldest = waiting.iter().map(|(_, message)| message.queued_at).min();
    let age = last_at_age(oldest, waiting.len());
    lines.push(format!("보낼 알림 / messages   {age}"));
    let overfull = ledger.overfull_slots().count();
    lines.push(format!("줄인 자리 초과 / over  {overfull} slots"));
    Ok(lines)
}

fn last_at_age(oldest: Option<Timestamp>, count: usize) -> String {
    oldest.map_or_else(|| count.to_string(), |at| format!("{count}, {} 부터 / since", instant(at)))
}

pub(crate) fn tail(source: &Source, records: usize) -> Result<Vec<String>> {
    let mut newest = VecDeque::with_capacity(records + 1);
    each(source, |row, at, change| {
        newest.push_back((row, at, change));
        if newest.len() > records {
            newest.pop_front();
        }
        Ok(())
    })?;
    let mut lines = Vec::new();
    let mut before: Option<Timestamp> = None;
    for (row, at, change) in newest {
        let pause = before.map_or(SignedDuration::ZERO, |before| at.duration_since(before));
        let mark = if pause > SignedDuration::from_mins(1) {
            format!("(+{}s) ", pause.as_secs())
        } else {
            String::new()
        };
        lines.push(format!("{row:>9}  {}  {mark}{}", instant(at), tell(&change)));
        before = Some(at);
    }
    Ok(lines)
}
