//! `charye import`: a real country from the files of an authority. Read, judged and previewed as a whole; put in place
//! in one step, or not at all. The same file again changes nothing.

mod clinics;
mod dates;
mod fault;
mod folder;
mod mangled;
mod notice;
mod phone;
mod regions;
mod roster;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod wording;

use crate::cli::{Import, ImportWhat, NOT_IN_ORDER};
use crate::config::Config;
use crate::country::CountryFiles;
use crate::system::{SystemClock, SystemRandomness};
use anyhow::Result;
use booking::korean_day;
pub(crate) use clinics::{Defaults, tidy_time};
use fault::FaultList;
use jiff::civil::Date;
use roster::Extent;
use std::io::{BufRead as _, IsTerminal as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use store::Clock as _;
use web::keys::Keys;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Shows the difference and asks.
    Ask,
    /// `--yes`, for scripts.
    Yes,
    DryRun,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Imported,
    Unchanged,
    /// A dry run without faults.
    Checked,
    Faulty,
    /// Nobody said yes.
    Declined,
}

/// One import: where from, where to, and whom to tell.
pub(crate) struct Session<'a> {
    pub(crate) file: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) mode: Mode,
    /// Where the whole list of faults goes.
    pub(crate) faults: Option<PathBuf>,
    pub(crate) today: Date,
    pub(crate) out: &'a mut dyn Write,
}

pub(crate) fn run(import: &Import) -> Result<ExitCode> {
    let (options, started_at) = (import.options(), SystemClock.now());
    let mut config = Config::read(options.config.as_deref())?;
    if let Some(data) = &options.data {
        config.data.clone_from(data);
    }
    let mut out = std::io::stdout();
    let mut session = Session {
        file: options.file.clone(),
        data: config.data.clone(),
        mode: options.mode(),
        faults: options.faults.clone(),
        today: korean_day(started_at),
        out: &mut out,
    };
    let outcome = match &import.what {
        ImportWhat::Regions(_) => regions::run(&mut session)?,
        ImportWhat::Clinics(clinics) => clinics::run(&mut session, &clinics.defaults()?)?,
        ImportWhat::Roster(roster) => {
            let keys = keys(&config, session.mode)?;
            let campaigns = CountryFiles::read(&config.data)?.campaign_slugs()?;
            let extent = if roster.add { Extent::Corrections } else { Extent::Whole };
            roster::run(&mut session, &keys, &campaigns, extent)?
        }
    };
    let seconds = SystemClock.now().duration_since(started_at).as_secs_f64();
    println!("걸린 시간 {seconds:.1}초 / took {seconds:.1} s");
    Ok(match outcome {
        Outcome::Imported | Outcome::Unchanged | Outcome::Checked => ExitCode::SUCCESS,
        Outcome::Faulty | Outcome::Declined => ExitCode::from(NOT_IN_ORDER),
    })
}

/// Those of the service. A dry run before there are any makes none: what it seals is thrown away.
fn keys(config: &Config, mode: Mode) -> Result<Keys> {
    let folder = config.key_folder();
    if mode == Mode::DryRun && !folder.exists() {
        return Ok(Keys::new(&crate::keys::new_material(&SystemRandomness), Arc::new(SystemRandomness)));
    }
    crate::keys::ready(&folder, Arc::new(SystemRandomness))
}

impl Session<'_> {
    pub(crate) fn faulty(&mut self, faults: &mut FaultList) -> Result<Outcome> {
        faults.print(self.out)?;
        Ok(Outcome::Faulty)
    }

    pub(crate) fn unchanged(&mut self) -> Result<Outcome> {
        writeln!(
            self.out,
            "지금 있는 것과 같습니다. 바꿀 것이 없습니다. / the same as what is there: nothing to change"
        )?;
        Ok(Outcome::Unchanged)
    }

    pub(crate) fn checked(&mut self) -> Result<Outcome> {
        writeln!(self.out, "시험 실행이므로 아무것도 바꾸지 않았습니다. / a dry run: nothing was changed")?;
        Ok(Outcome::Checked)
    }

    pub(crate) fn declined(&mut self) -> Result<Outcome> {
        writeln!(self.out, "아무것도 바꾸지 않았습니다. / nothing was changed")?;
        Ok(Outcome::Declined)
    }

    pub(crate) fn country_imported(&mut self) -> Result<Outcome> {
        writeln!(self.out, "바뀌었습니다. 서비스를 다시 시작하면 새 목록을 씁니다.")?;
        writeln!(self.out, "It is in place; the service uses it from its next start.")?;
        Ok(Outcome::Imported)
    }

    /// Whether the folder has been used by a service.
    pub(crate) fn has_journal(&self) -> bool {
        self.data.join("journal.db").exists()
    }

    /// Only `--yes`, or a person at a terminal.
    pub(crate) fn is_confirmed(&mut self) -> Result<bool> {
        if self.mode == Mode::Yes {
            return Ok(true);
        }
        if !std::io::stdin().is_terminal() {
            writeln!(
                self.out,
                "물어볼 사람이 없습니다. 미리보기를 확인한 뒤 --yes를 붙여 다시 실행하십시오. / there is nobody to ask; look at the preview, then run it again with --yes"
            )?;
            return Ok(false);
        }
        write!(self.out, "이대로 바꿀까요? / go on? [y/N] ")?;
        self.out.flush()?;
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "예" | "네" | "ㅇ"))
    }
}
