//! A crowd against a running service: `charye demo --crowd N`.

use std::net::SocketAddr;
use std::time::Duration;

use crate::calls::{CallJournal, CallPlan, CallProgress, Centre};
use crate::country::Country;
use crate::driver::{Driver, Leave};
use crate::gate::{GateDocument, Phase};
use crate::journal::Journal;
use crate::logbook::Entry;
use crate::pace::Stopwatch;
use crate::scenario::{ArrivalPlan, Arrivals, Cast};
use crate::troupe::{Errand, Opening, Troupe};
use crate::wire::{Answer, Call, Fault, exchange};

#[cfg(test)]
mod tests;

/// A service that just starts has so many tries to answer for the first time.
const FIRST_ANSWER_TRIES_MAX: u32 = 30;
const FIRST_ANSWER_RETRY: Duration = Duration::from_secs(1);
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct CrowdConfig {
    pub address: SocketAddr,
    pub campaign: String,
    pub people: u32,
    pub seed: u64,
    pub arrival: Arrivals,
    pub connections_max: usize,
    /// False: a connection of its own for each request, as of so many people.
    pub keeps_connections: bool,
    /// How many times faster than people they think and type.
    pub haste: u32,
    pub requests_per_second_max: u32,
}

impl CrowdConfig {
    /// Gentle to a small machine that also runs the service.
    pub fn new(address: SocketAddr, campaign: String, people: u32, seed: u64) -> Self {
        CrowdConfig {
            address,
            campaign,
            people,
            seed,
            arrival: ArrivalPlan::default().into(),
            connections_max: 64,
            keeps_connections: true,
            haste: 1,
            requests_per_second_max: 2_000,
        }
    }
}

/// Told about once a second.
#[derive(Clone, Debug)]
pub struct CrowdProgress {
    pub elapsed: Duration,
    pub phase: Phase,
    pub serving_number: u64,
    pub tickets_issued: u64,
    /// People who wait for the gate document to name them; pollers are not among them.
    pub waiting: usize,
    pub requests_in_flight: usize,
    /// How late requests go out against the plan: above a few milliseconds, a limit of the crowd bites.
    pub behind: Duration,
    pub behind_max: Duration,
    pub journal: Journal,
    /// Where there is a call centre.
    pub calls: Option<CallProgress>,
}

#[derive(Clone, Debug)]
pub struct CrowdReport {
    pub ending: Ending,
    pub elapsed: Duration,
    /// How long after the start the doors opened, as the service said at the start.
    pub opening_in: Duration,
    pub behind_max: Duration,
    pub journal: Journal,
    pub calls: Option<CallJournal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everybody came and has an outcome.
    AllHome,
    /// The service never gave a gate document and the regions: nobody came.
    NeverReached,
}

/// Sends the crowd and comes back when everybody has an outcome; dropping the future sends everybody home.
pub async fn run(config: CrowdConfig, progress: impl Fn(&CrowdProgress)) -> CrowdReport {
    run_logged(config, progress, |_| {}).await
}

/// As [`run`]; `log` is given every answer as it is heard.
pub async fn run_logged(
    config: CrowdConfig,
    progress: impl Fn(&CrowdProgress),
    log: impl FnMut(&Entry),
) -> CrowdReport {
    run_beside(config, None, progress, log).await
}

/// As [`run_logged`], with people who call beside those who come to the web.
pub async fn run_beside(
    config: CrowdConfig,
    calls: Option<CallPlan>,
    progress: impl Fn(&CrowdProgress),
    mut log: impl FnMut(&Entry),
) -> CrowdReport {
    let Some(opening) = first_answers(&config).await else { return never_reached() };
    let opening_in = opening.gate.opening_in();
    let mut phones = calls.map(|plan| Phones::new(plan, &config, &opening));
    let mut driver = Driver::new(config.address, config.connections_max, config.requests_per_second_max);
    if !config.keeps_connections {
        driver.lets_go();
    }
    let cast = Cast::new(config.seed, config.people).hasty(config.haste);
    let mut troupe = Troupe::new(config.campaign, cast, config.arrival, opening);
    let watch = Stopwatch::start().await;
    let mut progress_at = Duration::ZERO;
    while !troupe.is_home() || phones.as_ref().is_some_and(|phones| !phones.centre.is_over()) {
        let now = watch.elapsed();
        if now >= progress_at {
            progress(&progress_of(&troupe, &driver, phones.as_ref(), now));
            progress_at = now + PROGRESS_EVERY;
        }
        // The phone first: a call is somebody's time, and there are few of them.
        let phone_at = phones.as_mut().and_then(|phones| phones.turn(now, &mut troupe, &mut log));
        let web_at = send_due(&mut driver, &mut troupe, now);
        let wake_at = [phone_at, web_at].into_iter().flatten().fold(progress_at, Duration::min);
        tokio::select! {
            (errand, heard) = driver.answered() => {
                let now = watch.elapsed();
                log(&troupe.entry(now, errand, &heard));
                troupe.hear(now, errand, heard);
            }
            (agent, heard) = answered(&mut phones) => {
                let centre = &mut phones.as_mut().expect("it answered").centre;
                centre.hear(watch.elapsed(), agent, heard);
            }
            () = watch.reaches(wake_at) => {}
        }
    }
    let elapsed = watch.elapsed();
    if let Some(phones) = &mut phones {
        phones.turn(elapsed, &mut troupe, &mut log);
    }
    progress(&progress_of(&troupe, &driver, phones.as_ref(), elapsed));
    let journal = troupe.journal().clone();
    let calls = phones.map(|phones| phones.centre.journal().clone());
    CrowdReport {
        ending: Ending::AllHome,
        elapsed,
        opening_in,
        behind_max: troupe.behind().1,
        journal,
        calls,
    }
}

/// The call centre and its connections to the desk.
struct Phones {
    centre: Centre,
    driver: Driver<u32>,
}

impl Phones {
    fn new(plan: CallPlan, config: &CrowdConfig, opening: &Opening) -> Self {
        // Each agent has one request under way at the most.
        let driver = Driver::new(plan.desk, plan.agents.len(), u32::MAX);
        let neighbourhoods = opening.country.neighbourhoods().to_vec();
        let cast = Cast::new(config.seed, config.people);
        Phones { centre: Centre::new(plan, cast, neighbourhoods, opening.gate.opening_in()), driver }
    }

    /// Answers when to look again.
    fn turn(&mut self, now: Duration, troupe: &mut Troupe, log: &mut impl FnMut(&Entry)) -> Option<Duration> {
        self.centre.turn(now);
        while let Some((agent, call)) = self.centre.take_due(now) {
            self.driver.send(now, agent, call);
        }
        self.centre.take_heard().iter().for_each(log);
        for (at, person) in self.centre.take_to_web() {
            troupe.joins_late(at, person);
        }
        self.centre.next_at()
    }
}

async fn answered(phones: &mut Option<Phones>) -> (u32, Result<Answer, Fault>) {
    match phones {
        Some(phones) => phones.driver.answered().await,
        None => std::future::pending().await,
    }
}

/// Sends what is due and allowed; answers when to look again, or None when an answer must come first.
fn send_due(driver: &mut Driver<Errand>, troupe: &mut Troupe, now: Duration) -> Option<Duration> {
    loop {
        match driver.leave(now) {
            Leave::AfterAnswer => return None,
            Leave::At(free_at) => return troupe.next_at().map(|at| at.max(free_at)),
            Leave::Now => {}
        }
        let Some((errand, call)) = troupe.take_due(now) else { return troupe.next_at() };
        driver.send(now, errand, call);
    }
}

fn progress_of(
    troupe: &Troupe,
    driver: &Driver<Errand>,
    phones: Option<&Phones>,
    elapsed: Duration,
) -> CrowdProgress {
    let (behind, behind_max) = troupe.behind();
    CrowdProgress {
        elapsed,
        phase: troupe.gate().phase,
        serving_number: troupe.gate().serving_number(),
        tickets_issued: troupe.gate().tickets_issued(),
        waiting: troupe.waiting(),
        requests_in_flight: driver.in_flight(),
        behind,
        behind_max,
        journal: troupe.journal().clone(),
        calls: phones.map(|phones| phones.centre.progress()),
    }
}

fn never_reached() -> CrowdReport {
    CrowdReport {
        ending: Ending::NeverReached,
        elapsed: Duration::ZERO,
        opening_in: Duration::ZERO,
        behind_max: Duration::ZERO,
        journal: Journal::default(),
        calls: None,
    }
}

/// The regions first, so that the gate document is fresh when the time to the opening is taken from it.
async fn first_answers(config: &CrowdConfig) -> Option<Opening> {
    let read_country = |answer: &Answer| Country::from_regions(&answer.body);
    let country = first_answer(config.address, "/static/regions.json".to_owned(), read_country).await?;
    let gate_path = format!("/gate/{}.json", config.campaign);
    let gate: GateDocument = first_answer(config.address, gate_path, Answer::read).await?;
    Some(Opening { gate, country })
}

async fn first_answer<T>(
    address: SocketAddr,
    path: String,
    read: impl Fn(&Answer) -> Option<T>,
) -> Option<T> {
    let call = Call::get(path);
    for _ in 0..FIRST_ANSWER_TRIES_MAX {
        let heard = exchange(None, address, &call).await.map(|(_, answer)| answer);
        let good = heard.as_ref().ok().filter(|answer| answer.status == 200).and_then(&read);
        if good.is_some() {
            return good;
        }
        let retry_after = heard.ok().and_then(|answer| answer.retry_after);
        tokio::time::sleep(retry_after.unwrap_or_default().max(FIRST_ANSWER_RETRY)).await;
    }
    None
}
