//! `charye rehearse`: a crowd at a running service, what everybody was told, and whether it was true.

mod evidence;
mod live;
mod picture;
mod words;

use crate::cli::{self, NOT_IN_ORDER};
use crate::country::{self, SOME_DAY};
use anyhow::{Context as _, Result, ensure};
use evidence::Evidence;
use rehearsal::audit::Findings;
use rehearsal::crowd::{self, CrowdConfig, CrowdReport, Ending};
use rehearsal::logbook::{Reader, Writer};
use rehearsal::scenario::{ArrivalCurve, Arrivals, Scenario};
use rehearsal::tally::Tally;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::ExitCode;

const LOGBOOK: &str = "logbook.bin";

/// A rehearsal that is over.
struct Played {
    scenario: String,
    people: u32,
    crowd: CrowdReport,
    tally: Tally,
    /// What the folder says; None where there is no folder to look into.
    evidence: Option<Evidence>,
    findings: Option<Findings>,
}

impl Played {
    /// Only an audit that holds makes a rehearsal pass.
    fn passes(&self) -> bool {
        self.crowd.ending == Ending::AllHome
            && self.evidence.as_ref().is_some_and(|evidence| evidence.is_proved)
            && self.findings.as_ref().is_some_and(Findings::holds)
    }
}

pub(crate) fn run(asked: &cli::Rehearse) -> Result<ExitCode> {
    let (config, scenario) = config(asked)?;
    if let Some(data) = &asked.data {
        evidence::check_folder(data, &asked.places)?;
    }
    std::fs::create_dir_all(&asked.out).with_context(|| asked.out.display().to_string())?;
    let logbook = asked.out.join(LOGBOOK);
    ensure!(
        !logbook.exists(),
        "{}: 지난 연습의 일지가 있습니다. 새 폴더를 쓰십시오 / the logbook of another rehearsal; take a new folder",
        logbook.display()
    );
    let people = config.people;
    let crowd = play(config, &scenario, &logbook)?;
    let evidence = match &asked.data {
        Some(data) => Some(Evidence::gather(data, &asked.places, &asked.out)?),
        None => None,
    };
    let findings = match &evidence {
        Some(evidence) => Some(evidence.audit(read(&logbook)?)?),
        None => None,
    };
    let tally = tally(&logbook)?;
    let played = Played { scenario, people, crowd, tally, evidence, findings };
    picture::write(&played, &asked.out)?;
    Ok(if played.passes() { ExitCode::SUCCESS } else { ExitCode::from(NOT_IN_ORDER) })
}

fn config(asked: &cli::Rehearse) -> Result<(CrowdConfig, String)> {
    let (country, _) = country::load(asked.data.as_deref().unwrap_or(Path::new("")), SOME_DAY)?;
    let slug = country.campaigns()[0].slug.clone();
    let (name, people, arrival) = who_comes(asked)?;
    let people = asked.people.unwrap_or(people);
    ensure!(people > 0, "--people: 0일 수 없습니다 / must not be 0");
    let mut config = CrowdConfig::new(asked.at, slug, people, asked.seed);
    config.arrival = arrival;
    config.connections_max = asked.connections;
    config.requests_per_second_max = asked.requests_per_second;
    config.keeps_connections = !asked.own_connections;
    Ok((config, name))
}

/// The name of the day, how many, and when.
fn who_comes(asked: &cli::Rehearse) -> Result<(String, u32, Arrivals)> {
    if let Some(file) = &asked.curve {
        let curve = curve(file)?;
        let people = u32::try_from(curve.people()).context("--curve")?;
        return Ok((file.display().to_string(), people, Arrivals::Curve(curve)));
    }
    let known = || Scenario::names().collect::<Vec<_>>().join(", ");
    let scenario = Scenario::named(&asked.scenario)
        .with_context(|| format!("--scenario {}: {}", asked.scenario, known()))?
        .compressed(asked.compress);
    Ok((scenario.name.to_owned(), scenario.people, scenario.arrival.into()))
}

fn curve(file: &Path) -> Result<ArrivalCurve> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    ArrivalCurve::read(&text).map_err(|line| {
        anyhow::anyhow!(
            "{}: {line}번째 줄: 초,사람 형식이어야 합니다 / line {line} must be second,people",
            file.display()
        )
    })
}

/// Sends the crowd, and writes down everything that anybody hears.
fn play(config: CrowdConfig, scenario: &str, logbook: &Path) -> Result<CrowdReport> {
    let file = File::create_new(logbook).with_context(|| logbook.display().to_string())?;
    let mut writer = Writer::new(BufWriter::new(file))?;
    let mut written = Ok(());
    let live = live::Live::new(scenario, config.people);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(crowd::run_logged(
        config,
        |progress| live.show(progress),
        |entry| {
            if written.is_ok() {
                written = writer.write(entry);
            }
        },
    ));
    written.context("일지를 쓸 수 없습니다 / the logbook cannot be written")?;
    writer.finish()?.into_inner()?.sync_all()?;
    ensure!(report.ending == Ending::AllHome, "서비스에 닿지 못했습니다 / the service was never reached");
    Ok(report)
}

fn read(logbook: &Path) -> Result<Reader<BufReader<File>>> {
    let file = File::open(logbook).with_context(|| logbook.display().to_string())?;
    Ok(Reader::new(BufReader::new(file))?)
}

fn tally(logbook: &Path) -> Result<Tally> {
    let mut tally = Tally::default();
    for entry in read(logbook)? {
        tally.add(&entry?);
    }
    Ok(tally)
}
