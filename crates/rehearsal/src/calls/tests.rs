//! The call centre at a stand-in for the desk, in virtual time: an hour of it in a moment.

use std::collections::HashMap;
use std::time::Duration;

use super::stand_in::{Manners, StandIn, keys};
use super::*;
use crate::agenda::Agenda;
use crate::audit::{Claim, Findings, Terms, audit};
use crate::logbook::{Entry, Heard, Step};
use crate::scenario::Cast;

const ON_THE_WEB: u32 = 100;
const OPENING_IN: Duration = Duration::from_secs(30);
const ANSWERS_AFTER: Duration = Duration::from_millis(5);
const HOUR: ArrivalPlan =
    ArrivalPlan { lobby_percent: 0, spike_percent: 30, spike_seconds: 600, tail_seconds: 3_600 };

struct Day {
    journal: CallJournal,
    entries: Vec<Entry>,
    to_web: Vec<u32>,
}

fn play(callers: u32, agents: u32, desk: &mut StandIn) -> Day {
    let at = "127.0.0.1:1".parse().unwrap();
    let code = Box::new(|_| "123456".to_owned());
    let plan = CallPlan { desk: at, callers, arrival: HOUR, pace: 1, agents: keys(agents), code };
    let places = vec!["서울특별시 종로구".into()];
    let mut centre = Centre::new(plan, Cast::new(2021, ON_THE_WEB), places, OPENING_IN);
    let (mut now, mut under_way, mut answers) = (Duration::ZERO, Agenda::default(), HashMap::new());
    let (mut entries, mut to_web) = (Vec::new(), Vec::new());
    loop {
        while let Some(agent) = under_way.take_due(now) {
            centre.hear(now, agent, answers.remove(&agent).unwrap());
        }
        centre.turn(now);
        while let Some((agent, call)) = centre.take_due(now) {
            assert!(answers.insert(agent, desk.reply(&call)).is_none(), "one request at a time");
            under_way.add(now + ANSWERS_AFTER, agent);
        }
        entries.extend(centre.take_heard());
        to_web.extend(centre.take_to_web().into_iter().map(|(_, person)| person));
        if centre.is_over() {
            break;
        }
        now = [centre.next_at(), under_way.next_at()].into_iter().flatten().min().unwrap();
    }
    let journal = centre.journal().clone();
    assert!(journal.adds_up(), "{journal:?}");
    assert_eq!(journal.went_to_web, to_web.len() as u64);
    Day { journal, entries, to_web }
}

fn audited(entries: Vec<Entry>, desk: &StandIn) -> Findings {
    let places = desk.manners.places_per_slot;
    let terms = Terms { doses: 1, capacity: &|_| Some(places), is_drawn: false, admissions_per_second: None };
    audit(entries.into_iter().map(Ok), &desk.export(), &terms).unwrap()
}

fn holds(day: &Day, desk: &StandIn) -> Findings {
    let found = audited(day.entries.clone(), desk);
    assert!(found.holds(), "{:?} {:?} {:?}", found.offences, found.examples, found.calls_told);
    assert_eq!(day.journal.booked, found.by_phone);
    found
}

#[test]
fn where_agents_are_enough_nobody_waits() {
    let mut desk = StandIn::new(Manners::default());
    let day = play(200, 60, &mut desk);
    assert_eq!((day.journal.offered, day.journal.answered, day.journal.gave_up), (200, 200, 0));
    assert!(day.entries.iter().all(|entry| !matches!(entry.heard, Heard::Told { .. })));
    assert_eq!(day.journal.booked, desk.booked());
    assert!(day.journal.booked > 150 && day.journal.asked > 10 && day.journal.gave_back > 0);
    holds(&day, &desk);
}

/// A tenth of the day: four hundred callers for each agent.
fn a_tenth() -> (StandIn, Day) {
    let mut desk = StandIn::new(Manners::default());
    let day = play(28_000, 65, &mut desk);
    (desk, day)
}

#[test]
fn most_of_four_hundred_callers_for_each_agent_give_up_and_are_told_the_truth() {
    let (desk, day) = a_tenth();
    let found = holds(&day, &desk);
    let told = &found.calls_told;
    assert!(day.journal.gave_up > day.journal.answered * 10, "{:?}", day.journal);
    // Fifteen calls an hour for each agent.
    let within_the_hour = |entry: &&Entry| entry.heard_us < (OPENING_IN.as_secs() + 3_600) * 1_000_000;
    let answered = day.entries.iter().filter(within_the_hour);
    let answered = answered.filter(|entry| matches!(entry.heard, Heard::Answered { .. })).count();
    assert!((900..1_150).contains(&answered), "{answered}");
    assert!(told.calls > 800 && told.too_long * 100 < told.calls * 10, "{told:?}");
    assert!(day.to_web.iter().all(|person| *person >= ON_THE_WEB), "nobody of the web called");
}

#[test]
fn waits_told_too_short_are_caught() {
    let (desk, mut day) = a_tenth();
    for entry in &mut day.entries {
        if let Heard::Told { high_ms, .. } = &mut entry.heard {
            *high_ms /= 2;
        }
    }
    let found = audited(day.entries, &desk);
    assert_eq!(found.offences.into_keys().collect::<Vec<_>>(), [Claim::CallToldTooShort]);
}

#[test]
fn callers_are_answered_in_their_order_and_an_agent_has_one_at_a_time() {
    let (_, day) = a_tenth();
    let (mut last_us, mut serving) = (0, HashMap::new());
    for entry in &day.entries {
        match (&entry.heard, entry.step) {
            (Heard::Answered { agent }, _) => {
                let called_us = entry.heard_us - entry.waited_us;
                assert!(called_us >= last_us, "an earlier caller is answered later");
                last_us = called_us;
                assert_eq!(serving.insert(*agent, entry.person), None, "agent {agent} has somebody in hand");
            }
            (_, Step::Talk) => serving.retain(|_, person| *person != entry.person),
            _ => {}
        }
    }
    assert!(serving.is_empty());
}

#[test]
fn a_desk_with_bad_manners_loses_nobody() {
    let rough = |busy_every, forgets_every, signs_out_every| {
        StandIn::new(Manners { busy_every, forgets_every, signs_out_every, ..Manners::default() })
    };
    for mut desk in [rough(5, 0, 0), rough(0, 7, 0), rough(0, 0, 50), rough(11, 13, 97)] {
        let day = play(300, 10, &mut desk);
        assert_eq!((day.journal.errors, day.journal.unknown), (0, 0), "{:?}", day.journal);
        assert_eq!(day.journal.booked, desk.booked());
        holds(&day, &desk);
    }
}

#[test]
fn where_places_run_out_callers_are_told_so() {
    let mut desk = StandIn::new(Manners { places_per_slot: 10, ..Manners::default() });
    let day = play(300, 20, &mut desk);
    assert_eq!(desk.booked(), 60, "every place was found");
    assert!(day.journal.refused["NoFreeSlot"] > 100, "{:?}", day.journal);
    holds(&day, &desk);
}

#[test]
fn where_the_desk_is_dead_everybody_gives_up_and_the_day_ends() {
    let mut desk = StandIn::new(Manners { is_dead: true, ..Manners::default() });
    let day = play(300, 10, &mut desk);
    assert_eq!((day.journal.agents, day.journal.answered), (0, 0));
    assert_eq!(day.journal.gave_up, day.journal.offered);
}
