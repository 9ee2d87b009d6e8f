//! `charye rehearse`: a crowd at a running service, what everybody was told, and whether it was true.

mod agents;
mod calls;
mod erase;
mod evidence;
mod live;
mod operator;
mod picture;
mod planned;
mod words;

use crate::cli::{self, NOT_IN_ORDER};
use crate::country::{self, SOME_DAY};
use anyhow::{Context as _, Result, ensure};
use evidence::Evidence;
use operator::Operator;
use planned::Planned;
use rehearsal::audit::Findings;
use rehearsal::calls::CallPlan;
use rehearsal::crowd::{self, CrowdConfig, CrowdReport, Ending};
use rehearsal::logbook::{Reader, Writer};
use rehearsal::plan::Plan;
use rehearsal::scenario::{ArrivalCurve, Arrivals, Scenario};
use rehearsal::tally::Tally;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::ExitCode;

const LOGBOOK: &str = "logbook.bin";
/// Of a hundred people so many may go home because nothing answered.
const ERRORS_PERCENT_MAX: u64 = 1;

/// A rehearsal that is over.
struct Played {
    scenario: String,
    people: u32,
    /// How many times faster than the day it was.
    pace: u32,
    crowd: CrowdReport,
    tally: Tally,
    /// What the folder says; None where there is no folder to look into.
    evidence: Option<Evidence>,
    findings: Option<Findings>,
    /// What the plan of the same day says; None where the rate is not known.
    plan: Option<Plan>,
}

impl Played {
    fn planned(&self) -> Option<Planned> {
        self.plan.as_ref().map(|plan| Planned::of(plan, self))
    }

    /// Only an audit that holds makes a rehearsal pass, and only if the service was there to be audited.
    fn passes(&self) -> bool {
        let journal = &self.crowd.journal;
        let errors = journal.errors + journal.errors_at_gate;
        let calls_in_order = self.crowd.calls.as_ref().is_none_or(|calls| {
            calls.adds_up() && calls.agents > 0 && calls.errors * 100 <= calls.answered * ERRORS_PERCENT_MAX
        });
        self.crowd.ending == Ending::AllHome
            && errors * 100 <= u64::from(self.people) * ERRORS_PERCENT_MAX
            && calls_in_order
            && self.evidence.as_ref().is_some_and(|evidence| evidence.is_proved)
            && self.findings.as_ref().is_some_and(Findings::holds)
    }
}

pub(crate) fn run(asked: &cli::Rehearse) -> Result<ExitCode> {
    if let Some(cli::RehearseWhat::Erase(order)) = &asked.what {
        return erase::run(order);
    }
    if asked.audit_again {
        return audit_again(asked);
    }
    let (config, day) = config(asked)?;
    ensure!(
        asked.desk.is_none() || day.calls.is_some(),
        "--desk: 상담원은 call-centre-day에만 있습니다 / only call-centre-day has agents"
    );
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
    let mut operator = asked.operator.as_deref().map(Operator::sign_in).transpose()?;
    if let Some(operator) = &mut operator {
        evidence::check_service(operator, &asked.out)?;
    }
    let people = config.people;
    let calls = agents::plan(asked, day.calls.as_ref())?;
    let crowd = play(config, calls, day.name, &logbook)?;
    let evidence = match (&asked.data, operator.as_mut()) {
        (Some(data), operator) => Some(Evidence::gather(data, &asked.places, &asked.out, operator)?),
        (None, Some(operator)) => Some(Evidence::taken(operator, &asked.out)?),
        (None, None) => None,
    };
    let findings = match &evidence {
        Some(evidence) => Some(evidence.audit(read(&logbook)?, asked.admissions_per_second)?),
        None => None,
    };
    let tally = tally(&logbook)?;
    let plan = asked.admissions_per_second.filter(|_| asked.curve.is_none());
    let plan = plan.map(|rate| planned::plan(&day, people, rate.max(1), crowd.opening_in));
    let scenario = day.name.to_owned();
    let pace = asked.compress.max(1);
    let played = Played { scenario, people, pace, crowd, tally, evidence, findings, plan };
    picture::write(&played, &asked.out)?;
    Ok(if played.passes() { ExitCode::SUCCESS } else { ExitCode::from(NOT_IN_ORDER) })
}

/// The logbook of an earlier rehearsal beside the list of audit events in the same folder, which may be of a service on
/// another machine.
fn audit_again(asked: &cli::Rehearse) -> Result<ExitCode> {
    let data = asked.data.as_deref().unwrap_or(Path::new(""));
    let found = Evidence::listed(data, &asked.out)?
        .audit(read(&asked.out.join(LOGBOOK))?, asked.admissions_per_second)?;
    let report = picture::audited(&found);
    print!("{}", report.as_markdown());
    Ok(if found.holds() { ExitCode::SUCCESS } else { ExitCode::from(NOT_IN_ORDER) })
}

fn config(asked: &cli::Rehearse) -> Result<(CrowdConfig, Scenario)> {
    let (country, _) = country::load(asked.data.as_deref().unwrap_or(Path::new("")), SOME_DAY)?;
    let slug = country.campaigns()[0].slug.clone();
    let (scenario, arrival) = who_comes(asked)?;
    let people = asked.people.unwrap_or(scenario.people);
    ensure!(people > 0, "--people: 0일 수 없습니다 / must not be 0");
    let scenario = scenario.with_people(people);
    let mut config = CrowdConfig::new(asked.at, slug, people, asked.seed);
    config.arrival = arrival;
    config.haste = asked.haste.unwrap_or(scenario.haste);
    config.connections_max = asked.connections;
    config.requests_per_second_max = asked.requests_per_second;
    config.keeps_connections = !asked.own_connections;
    Ok((config, scenario))
}

/// The day, and when people come; by a table if there is one.
fn who_comes(asked: &cli::Rehearse) -> Result<(Scenario, Arrivals)> {
    let known = || Scenario::names().collect::<Vec<_>>().join(", ");
    let scenario = Scenario::named(&asked.scenario)
        .with_context(|| format!("--scenario {}: {}", asked.scenario, known()))?
        .compressed(asked.compress);
    let Some(file) = &asked.curve else {
        let arrival = scenario.arrival.clone().into();
        return Ok((scenario, arrival));
    };
    let curve = curve(file)?;
    let people = u32::try_from(curve.people()).context("--curve")?;
    Ok((Scenario { name: "curve", people, haste: 1, ..scenario }, Arrivals::Curve(curve)))
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
fn play(config: CrowdConfig, calls: Option<CallPlan>, scenario: &str, logbook: &Path) -> Result<CrowdReport> {
    let file = File::create_new(logbook).with_context(|| logbook.display().to_string())?;
    let mut writer = Writer::new(BufWriter::new(file))?;
    let mut written = Ok(());
    let live = live::Live::new(scenario, config.people);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(crowd::run_beside(
        config,
        calls,
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
