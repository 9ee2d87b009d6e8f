//! The crowd against the stand-in, in paused time: hours pass in moments.

use super::*;
use crate::scenario::Conduct;
use crate::stand_in::{Manners, StandIn};

const PEOPLE: u32 = 400;

async fn start(manners: Manners) -> (StandIn, CrowdConfig) {
    let service = StandIn::start(manners).await;
    let config = CrowdConfig::new(service.address, "c55".to_owned(), PEOPLE, 2021);
    (service, config)
}

async fn report(config: CrowdConfig) -> CrowdReport {
    let report = run(config, |_| {}).await;
    assert_eq!(report.ending, Ending::AllHome);
    assert!(report.journal.adds_up(), "{:?}", report.journal);
    report
}

async fn crowd_at(manners: Manners) -> (StandIn, CrowdReport) {
    let (service, config) = start(manners).await;
    let report = report(config).await;
    (service, report)
}

fn people_who(wanted: fn(Conduct) -> bool) -> u64 {
    let cast = Cast::new(2021, PEOPLE);
    (0..PEOPLE).filter(|index| wanted(cast.conduct(*index))).count() as u64
}

#[tokio::test(start_paused = true)]
async fn everybody_does_what_their_seed_says_when_there_is_room_for_all() {
    let (service, report) = crowd_at(Manners::default()).await;
    let journal = &report.journal;
    assert_eq!((journal.arrived, journal.joined), (400, 400));
    assert_eq!(journal.no_shows, people_who(|conduct| conduct == Conduct::NoShow));
    assert_eq!(journal.dropped_out, people_who(|conduct| matches!(conduct, Conduct::DropsOut(_))));
    assert_eq!(journal.booked, people_who(|conduct| conduct == Conduct::Books));
    assert_eq!(journal.booked, service.booked());
    assert_eq!(journal.settled, journal.joined - journal.no_shows);
    assert_eq!(journal.called, journal.settled);
    assert!(journal.called >= journal.verified && journal.verified >= journal.admitted);
    assert!(journal.admitted >= journal.held && journal.held >= journal.booked);
    assert!(journal.noes.is_empty() || journal.noes.keys().eq(["NotYourTurn"]), "{:?}", journal.noes);
    assert_eq!((journal.faults, journal.busy), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_outcomes() {
    let (_, one) = crowd_at(Manners::default()).await;
    let (_, other) = crowd_at(Manners::default()).await;
    let outcomes = |journal: &Journal| (journal.booked, journal.no_shows, journal.dropped_out);
    assert_eq!(outcomes(&one.journal), outcomes(&other.journal));
}

#[tokio::test(start_paused = true)]
async fn a_503_with_retry_after_is_honoured() {
    let (service, report) = crowd_at(Manners { busy_every: 4, ..Manners::default() }).await;
    assert!(service.seen(|seen| seen.told_to_wait) > 300);
    assert_eq!(service.seen(|seen| seen.came_back_too_early), 0);
    assert!(report.journal.busy > 300);
    assert_eq!(report.journal.noes.get("Overloaded"), Some(&report.journal.busy));
    assert_eq!(report.journal.booked, service.booked());
    assert_eq!(report.journal.booked, people_who(|conduct| conduct == Conduct::Books));
}

#[tokio::test(start_paused = true)]
async fn a_full_entrance_is_asked_again_only_when_it_said() {
    let (service, report) = crowd_at(Manners { entrance_every: 3, ..Manners::default() }).await;
    assert_eq!(service.seen(|seen| seen.came_back_too_early), 0);
    assert!(report.journal.noes["RateLimited"] > 100);
    assert_eq!(report.journal.booked, people_who(|conduct| conduct == Conduct::Books));
}

#[tokio::test(start_paused = true)]
async fn full_slots_send_people_to_other_places_and_at_last_home() {
    // 3 clinics × 2 days × 2 times × 10 places.
    let (service, report) = crowd_at(Manners { places_per_slot: 10, ..Manners::default() }).await;
    assert!(report.journal.held <= 120 && report.journal.held > 100, "{:?}", report.journal);
    assert_eq!(report.journal.booked, service.booked());
    assert!(report.journal.refused_sum() > 100);
    assert!(report.journal.refused.keys().all(|code| code == "SlotFull" || code == "NoFreeSlot"));
    assert!(report.journal.noes["SlotFull"] > 0);
}

#[tokio::test(start_paused = true)]
async fn the_pace_is_not_exceeded_in_any_second() {
    let (service, config) = start(Manners::default()).await;
    let report = report(CrowdConfig { requests_per_second_max: 25, ..config }).await;
    let requests_at = service.seen(|seen| seen.requests_at.clone());
    let busiest = requests_at.iter().enumerate().map(|(i, from)| {
        requests_at[i..].iter().take_while(|at| **at < *from + Duration::from_secs(1)).count()
    });
    let busiest = busiest.max().expect("requests were made");
    assert!((24..=27).contains(&busiest), "{busiest} in a second");
    assert!(report.behind_max > Duration::from_secs(1), "the spike is more than the pace allows");
}

#[tokio::test(start_paused = true)]
async fn slow_answers_open_no_more_connections_than_allowed() {
    let (service, config) =
        start(Manners { answer_after: Duration::from_millis(150), ..Manners::default() }).await;
    report(CrowdConfig { connections_max: 5, ..config }).await;
    assert_eq!(service.seen(|seen| seen.in_flight_max), 5, "all are used, and no more");
    assert!(service.seen(|seen| seen.connections) <= 8, "connections are kept");
}

#[tokio::test(start_paused = true)]
async fn a_crowd_with_connections_of_their_own_keeps_none() {
    let (service, config) = start(Manners::default()).await;
    let report = report(CrowdConfig { keeps_connections: false, ..config }).await;
    let (requests, connections) = service.seen(|seen| (seen.requests_at.len(), seen.connections));
    assert_eq!(requests, connections);
    assert_eq!(report.journal.booked, people_who(|conduct| conduct == Conduct::Books));
}

#[tokio::test(start_paused = true)]
async fn waits_count_from_when_people_wanted_to_send_and_not_from_when_they_could() {
    let (_service, config) = start(Manners::default()).await;
    let mut longest_us = 0;
    let config = CrowdConfig { requests_per_second_max: 25, ..config };
    let report = run_logged(config, |_| {}, |entry| longest_us = longest_us.max(entry.waited_us)).await;
    let behind_us = report.behind_max.as_micros() as u64;
    assert!(behind_us > 1_000_000, "the spike is more than the pace allows");
    assert!(longest_us >= behind_us, "{longest_us} us waited, {behind_us} us late");
}

#[tokio::test(start_paused = true)]
async fn whoever_gets_no_code_asks_for_another() {
    let (_, report) = crowd_at(Manners { loses_first_codes: true, ..Manners::default() }).await;
    assert_eq!(report.journal.booked, people_who(|conduct| conduct == Conduct::Books));
    assert_eq!(report.journal.errors, 0);
}

#[tokio::test(start_paused = true)]
async fn a_hasty_crowd_does_the_same_in_less_time() {
    let (calm_service, calm) = start(Manners { admissions_per_second: 400, ..Manners::default() }).await;
    let (hasty_service, hasty) = start(Manners { admissions_per_second: 400, ..Manners::default() }).await;
    let calm = report(calm).await;
    let hasty = report(CrowdConfig { haste: 10, ..hasty }).await;
    assert_eq!(calm.journal.booked, hasty.journal.booked);
    assert!(hasty.elapsed < calm.elapsed, "{:?} {:?}", hasty.elapsed, calm.elapsed);
    assert_eq!(calm_service.booked(), hasty_service.booked());
}

#[tokio::test(start_paused = true)]
async fn waiting_costs_one_gate_document_a_second_and_what_the_pollers_ask() {
    let hour = Duration::from_hours(1);
    let (service, config) = start(Manners { opens_in: hour, ..Manners::default() }).await;
    let report = report(CrowdConfig { people: 20_000, ..config });
    // Half of them come within the hour; the lobby is looked at just before the opening.
    let lobby = tokio::time::timeout(Duration::from_secs(3_590), report).await;
    assert!(lobby.is_err(), "the line is not open yet");
    let (requests, gate_reads) = service.seen(|seen| (seen.requests_at.len(), seen.gate_reads));
    assert!((3_500..=3_700).contains(&gate_reads), "{gate_reads}");
    // A ticket and one look at it each, and a hundred pollers every other second.
    assert!(requests < 3_700 + 2 * 10_000 + 100 * 3_600 / 2, "{requests}");
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_never_answered_is_unknown_and_not_booked() {
    let (service, report) = crowd_at(Manners { confirms_silently: true, ..Manners::default() }).await;
    assert_eq!(report.journal.booked, 0);
    assert_eq!(report.journal.unknown, people_who(|conduct| conduct == Conduct::Books));
    assert_eq!(report.journal.unknown, service.booked(), "one each, however often it was sent");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_closes_every_connection_is_still_served() {
    let (service, report) = crowd_at(Manners { closes_connections: true, ..Manners::default() }).await;
    assert_eq!(report.journal.booked, people_who(|conduct| conduct == Conduct::Books));
    assert!(service.seen(|seen| seen.connections) > 400);
}

#[tokio::test(start_paused = true)]
async fn those_too_early_for_a_ticket_wait_for_the_gate_to_give_some() {
    let from = Duration::from_secs(20);
    let (_, report) = crowd_at(Manners { gives_tickets_from: from, ..Manners::default() }).await;
    let early = report.journal.noes["TooEarly"];
    assert!((1..=200).contains(&early), "{early}: each at most about once");
    assert_eq!(report.journal.joined, 400);
}

#[tokio::test(start_paused = true)]
async fn a_closed_campaign_turns_everybody_away_at_the_gate() {
    let (_, report) = crowd_at(Manners { phase: Some("closed"), ..Manners::default() }).await;
    assert_eq!(report.journal.turned_away["CampaignClosed"], 400);
    assert_eq!(report.journal.joined, 0);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_not_there_is_given_up_after_a_while() {
    let (service, config) = start(Manners::default()).await;
    drop(service);
    let report = run(config, |_| {}).await;
    assert_eq!(report.ending, Ending::NeverReached);
    assert_eq!(report.journal, Journal::default());
}

#[tokio::test]
async fn a_crowd_can_be_sent_as_a_task_of_its_own() {
    fn is_task<T: Send + 'static>(_: T) {}
    let (_service, config) = start(Manners::default()).await;
    is_task(run(config, |_| {}));
}

#[tokio::test(start_paused = true)]
async fn the_screen_hears_of_the_crowd_every_second_until_the_end() {
    let (_service, config) = start(Manners::default()).await;
    let told = std::cell::RefCell::new(Vec::new());
    let report = run(config, |progress| told.borrow_mut().push(progress.clone())).await;
    let told = told.into_inner();
    assert!(told.len() as u64 >= report.elapsed.as_secs());
    assert!(told.is_sorted_by_key(|progress| progress.journal.booked));
    assert!(told.iter().any(|progress| progress.waiting > 50));
    assert_eq!(told.last().expect("told").journal, report.journal);
}
