//! What the service says after a rehearsal: the audit record, as an operator takes it away or as its own folder has it,
//! and the proof of the journal.

use super::operator::Operator;
use crate::cli::Places;
use crate::commands::audit::export;
use crate::commands::demo::kept_doors;
use crate::country::{self, SOME_DAY};
use crate::verify::{Named, Source, config, prove_anchored};
use anyhow::{Context as _, Result, ensure};
use booking::{Country, SlotId};
use rehearsal::audit::{Export, Findings, Terms, audit};
use rehearsal::logbook::Reader;
use std::fmt::Display;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

pub(super) const EXPORT: &str = "audit.jsonl";

pub(super) struct Evidence {
    pub(super) country: Arc<Country>,
    pub(super) is_proved: bool,
    /// Whether the days of the visits are those of the service; without them nobody knows its places.
    knows_days: bool,
    /// Rows of the journal, all of them proved if it holds.
    pub(super) rows: u64,
    export: Export,
}

/// Only a demonstration is rehearsed with, and only one that nobody has booked in: the audit explains every booking.
pub(super) fn check_folder(data: &Path, places: &Places) -> Result<()> {
    ensure!(
        kept_doors(data)?.is_some(),
        "{}: 모의 서비스(charye demo)의 자료 폴더가 아닙니다. 실제 사업에서는 연습하지 않습니다 / not the data folder of a demonstration; nobody rehearses on a real campaign",
        data.display()
    );
    let config = config(places, None)?;
    let source = Source::open(&Named { what: data, scratch: None, config: &config })?;
    let list = source.path().join(EXPORT);
    export(&source, 0, &list)?;
    nobody_has_booked(&list, &data.display())
}

/// The same of a service whose operator is asked; afterwards the list is gone.
pub(super) fn check_service(operator: &mut Operator, out: &Path) -> Result<()> {
    let list = out.join(EXPORT);
    operator.take_list(&list)?;
    nobody_has_booked(&list, &"--operator")?;
    Ok(std::fs::remove_file(&list)?)
}

fn nobody_has_booked(list: &Path, whose: &dyn Display) -> Result<()> {
    ensure!(
        read(list)?.bookings.is_empty(),
        "{whose}: 이미 예약이 있습니다. 새 자료 폴더에서 연습하십시오 / there are bookings in it; rehearse with a new data folder"
    );
    Ok(())
}

impl Evidence {
    /// Takes the audit record into `out`, from the operator's hands where there are any, reads it as anybody else would,
    /// and proves the journal: it must know the event at which the list ends.
    pub(super) fn gather(
        data: &Path,
        places: &Places,
        out: &Path,
        operator: Option<&mut Operator>,
    ) -> Result<Self> {
        let list = out.join(EXPORT);
        let listed = operator.map(|operator| operator.take_list(&list)).transpose()?;
        let config = config(places, None)?;
        let source = Source::open(&Named { what: data, scratch: None, config: &config })?;
        let end = match listed {
            Some(listed) => listed.end,
            None => export(&source, 0, &list)?.1,
        };
        let found = prove_anchored(&source, &[end])?;
        Ok(Self {
            country: Arc::clone(&source.country),
            is_proved: found.proved().is_some(),
            knows_days: true,
            rows: source.last_row()?,
            export: read(&list)?,
        })
    }

    /// The list of a service on another machine, which proves itself; nothing is known of its journal.
    pub(super) fn taken(operator: &mut Operator, out: &Path) -> Result<Self> {
        operator.take_list(&out.join(EXPORT))?;
        Self::listed(Path::new(""), out)
    }

    /// A list that was exported before; nothing is known of its journal.
    pub(super) fn listed(data: &Path, out: &Path) -> Result<Self> {
        let doors = kept_doors(data)?;
        let (country, _) = country::load(data, doors.unwrap_or(SOME_DAY))?;
        let export = read(&out.join(EXPORT))?;
        Ok(Self {
            country: Arc::new(country),
            is_proved: false,
            knows_days: doors.is_some(),
            rows: 0,
            export,
        })
    }

    pub(super) fn audit(
        &self,
        logbook: Reader<BufReader<File>>,
        admissions_per_second: Option<u32>,
    ) -> Result<Findings> {
        let campaign = &self.country.campaigns()[0];
        let capacity =
            |slot: SlotId| self.knows_days.then(|| self.country.capacity(campaign, slot).unwrap_or(0));
        let (doses, is_drawn) = (usize::from(campaign.doses), false);
        let terms = Terms { doses, capacity: &capacity, is_drawn, admissions_per_second };
        Ok(audit(logbook, &self.export, &terms)?)
    }
}

fn read(list: &Path) -> Result<Export> {
    let file = File::open(list).with_context(|| list.display().to_string())?;
    Ok(Export::read(BufReader::new(file))?)
}
