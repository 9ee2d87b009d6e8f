//! Plans and what they come to.

use super::*;
use crate::scenario::ArrivalPlan;

fn plan() -> Plan {
    Plan {
        eligible: 36_000,
        doses: 100_000,
        places: 100_000,
        nodes: 1,
        journeys_per_second_per_node: 10,
        inside_per_node_max: 10_000,
        journey_seconds: 60,
        lobby_seconds: 600,
        no_show_percent: 0,
        drop_out_percent: 0,
        arrival: ArrivalPlan { lobby_percent: 0, spike_percent: 100, spike_seconds: 1, tail_seconds: 10 },
        ..Plan::default()
    }
}

#[test]
fn everybody_at_once_waits_as_long_as_the_rate_says() {
    let found = forecast(&plan());
    // 36,000 at ten a second: an hour, half of them up to half an hour.
    assert_eq!(found.booked, 36_000);
    assert!((3_595..=3_605).contains(&found.wait.max_s), "{:?}", found.wait);
    assert!((1_795..=1_805).contains(&found.wait.p50_s), "{:?}", found.wait);
    assert_eq!((found.refused, found.never_called, found.waited_in_vain), (0, 0, 0));
}

#[test]
fn everybody_is_counted_exactly_once() {
    for doses in [1_000, 20_000, 100_000] {
        let found = forecast(&Plan { doses, no_show_percent: 12, drop_out_percent: 5, ..plan() });
        let all = found.booked
            + found.refused
            + found.no_shows
            + found.dropped_out
            + found.waited_in_vain
            + found.came_too_late
            + found.never_called;
        assert_eq!(all, 36_000, "{doses}: {found:?}");
        assert!(found.booked <= u64::from(doses));
    }
}

#[test]
fn when_the_doses_end_those_in_line_are_told_at_once() {
    let found = forecast(&Plan { doses: 9_000, ..plan() });
    assert_eq!(found.booked, 9_000);
    // 9,000 at ten a second, and the last of them needs a minute.
    let out_at_s = found.supply_out_at_s.expect("they end");
    assert!((955..=970).contains(&out_at_s), "{out_at_s}");
    assert!(found.waited_in_vain > 20_000);
    assert!(found.warnings.contains(&Warning::DosesShort { people: 36_000, doses: 9_000 }));
    assert!(found.warnings.contains(&Warning::WaitInVain { people: found.waited_in_vain }));
}

#[test]
fn two_nodes_halve_the_wait_and_a_wrong_guess_of_the_people_doubles_it() {
    let base = forecast(&plan()).wait.p90_s;
    let of = |variants: Vec<Variant>, what: &str| {
        let found = variants.into_iter().find(|variant| variant.what == what).expect("it is among them");
        f64::from(found.forecast.wait.p90_s) / f64::from(base)
    };
    let nodes = of(levers(&plan()), "nodes_doubled");
    assert!((0.45..0.55).contains(&nodes), "{nodes}");
    let days = of(levers(&plan()), "over_two_days");
    assert!((0.45..0.55).contains(&days), "{days}");
    let people = of(wrong_guesses(&plan()), "twice_the_people");
    assert!((1.9..2.1).contains(&people), "{people}");
}

#[test]
fn with_a_draw_nobody_gains_by_coming_an_hour_early() {
    let arrival = ArrivalPlan { lobby_percent: 100, spike_percent: 0, spike_seconds: 1, tail_seconds: 10 };
    let first_come = Plan { lobby_seconds: 3_600, arrival, ..plan() };
    let drawn = Plan { draw: true, ..first_come.clone() };
    let (first_come, drawn) = (forecast(&first_come), forecast(&drawn));
    assert!(drawn.wait.p50_s + 600 < first_come.wait.p50_s, "{:?} {:?}", drawn.wait, first_come.wait);
    assert_eq!(drawn.booked, first_come.booked);
}

#[test]
fn a_plan_whose_inside_is_small_and_journeys_long_admits_fewer() {
    let narrow = Plan { inside_per_node_max: 60, ..plan() };
    assert_eq!(narrow.admissions_per_second(), 1);
    assert_eq!(plan().admissions_per_second(), 10);
}

#[test]
fn those_without_a_dose_at_home_may_travel() {
    let region = |code, weight, doses| SidoPlan { code, weight, doses };
    let regions = vec![region(11, 3, 9_000), region(41, 1, 27_000)];
    let plan = Plan { places: 200_000, ..plan() };
    let at_home = forecast(&Plan { regions: regions.clone(), travel_percent: 0, ..plan.clone() });
    assert_eq!(at_home.booked, 9_000 + 9_000);
    assert_eq!(at_home.refused, 18_000);
    let travelling = forecast(&Plan { regions, travel_percent: 100, ..plan });
    assert_eq!(travelling.booked, 36_000);
}

#[test]
fn the_told_waits_hold_while_the_rate_does() {
    let arrival =
        ArrivalPlan { lobby_percent: 20, spike_percent: 20, spike_seconds: 60, tail_seconds: 1_800 };
    let found = forecast(&Plan { arrival, ..plan() });
    assert!(found.told > 10_000, "{}", found.told);
    assert_eq!(found.told_too_short, 0);
}

/// What stood in the newspapers before 12 July: 3.524 M people at midnight, 300,000 an hour, 0.86 M doses in the
/// country.
fn twelfth_of_july() -> Plan {
    Plan {
        eligible: 3_524_000,
        doses: 860_000,
        nodes: 1,
        journeys_per_second_per_node: 83,
        journey_seconds: 180,
        inside_per_node_max: 300_000,
        ..Plan::default()
    }
}

#[test]
fn on_8_july_the_planner_warns_of_the_12th() {
    let found = forecast(&twelfth_of_july());
    let has = |wanted: fn(&Warning) -> bool| found.warnings.iter().any(wanted);
    assert!(has(|warning| matches!(warning, Warning::DosesShort { .. })), "{:?}", found.warnings);
    assert!(has(|warning| matches!(warning, Warning::WaitInVain { people } if *people > 500_000)));
    assert!(has(|warning| matches!(warning, Warning::WaitLong { .. })));
    assert!(has(|warning| matches!(warning, Warning::Overrun { at_once, .. } if *at_once > 1_000_000)));
    // And it would have said the same of the 8th itself: a wait, and no site for so many at once.
    let eighth = Plan { eligible: 380_000, doses: 380_000, ..twelfth_of_july() };
    let said = forecast(&eighth).warnings;
    assert!(matches!(said[..], [Warning::Overrun { at_once: 160_000.., .. }]), "{said:?}");
}

#[test]
fn six_days_of_millions_are_planned_in_a_moment() {
    let days = Plan { eligible: 10_000_000, doses: 10_000_000, places: 12_000_000, ..Plan::default() };
    let found = forecast(&days.spread_over(6));
    assert!(found.points.last().expect("a run has points").at_s > 5 * 86_400);
    assert!(found.booked > 8_000_000, "{}", found.booked);
}

#[test]
fn a_plan_that_makes_no_sense_is_named_by_its_field() {
    assert_eq!(Plan::default().fault(), None);
    assert_eq!(Plan { nodes: 0, ..Plan::default() }.fault(), Some("nodes"));
    let groups = vec![GroupPlan { opens_at_seconds: 0, percent: 40 }];
    assert_eq!(Plan { groups, ..Plan::default() }.fault(), Some("groups"));
}
