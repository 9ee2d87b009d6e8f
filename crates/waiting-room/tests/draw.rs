//! Promise C9: neither many tickets nor an early one gain anything in a draw. Each figure is shown to notice a draw in
//! which they do.

#![expect(clippy::unwrap_used, reason = "in a test an error is the finding")]

use waiting_room::TicketId;
use waiting_room::draw::{Enrolment, Leaf, Lobby, Places, Seed};

const CAMPAIGN: &str = "c55";
const PEOPLE: u64 = 8;
const DRAWS: u64 = 10_000;
/// Chi-squared with seven degrees of freedom is above it once in 100,000 times.
const UNIFORM_BELOW: f64 = 36.0;

fn ticket(draw: u64, number: u64) -> TicketId {
    TicketId((u128::from(draw) << 64 | u128::from(number)).to_be_bytes())
}

fn places(lobby: &Lobby, value: &str) -> Places {
    Places::new(Seed::of(CAMPAIGN, lobby.root(), lobby.count(), value), lobby.count())
}

fn place(lobby: &Lobby, places: &Places, ticket: TicketId) -> u64 {
    places.place(lobby.position(Leaf::of(CAMPAIGN, ticket)).unwrap())
}

/// Where the person with that many tickets stands among eight. `each_ticket_counts`: as a draw without identities.
fn place_with(tickets: u64, draw: u64, each_ticket_counts: bool) -> u64 {
    let mut enrolment = Enrolment::default();
    for number in 0..tickets {
        enrolment.enrol(if each_ticket_counts { PEOPLE + number } else { 0 }, ticket(draw, PEOPLE + number));
    }
    for person in 1..PEOPLE {
        enrolment.enrol(person, ticket(draw, person));
    }
    let lobby = enrolment.freeze(CAMPAIGN);
    let places = places(&lobby, &format!("{draw} {tickets}"));
    let counted = if each_ticket_counts { tickets } else { 1 };
    let own = (0..counted).map(|number| place(&lobby, &places, ticket(draw, PEOPLE + number))).min().unwrap();
    (1..PEOPLE).filter(|person| place(&lobby, &places, ticket(draw, *person)) < own).count() as u64
}

fn chi_squared(places: impl Iterator<Item = u64>) -> f64 {
    let mut found = [0.0; PEOPLE as usize];
    places.for_each(|place| found[place as usize] += 1.0);
    let expected = found.iter().sum::<f64>() / PEOPLE as f64;
    found.iter().map(|n| (n - expected).powi(2) / expected).sum()
}

#[test]
fn a_thousand_tickets_of_one_person_are_drawn_like_one() {
    for tickets in [1, 1_000] {
        let found = chi_squared((0..DRAWS).map(|draw| place_with(tickets, draw, false)));
        println!("{tickets} tickets, {DRAWS} draws: chi-squared {found:.1} of 7 degrees of freedom");
        assert!(found < UNIFORM_BELOW, "{tickets} tickets: {found}");
    }
    let sabotaged = chi_squared((0..100).map(|draw| place_with(100, draw, true)));
    println!("each ticket counts, 100 tickets, 100 draws: chi-squared {sabotaged:.1}");
    assert!(sabotaged > UNIFORM_BELOW, "not noticed: {sabotaged}");
}

/// Spearman's, of the arrivals 0..n and their places, which are 0..n in some order.
fn rank_correlation(places: &[u64]) -> f64 {
    let n = places.len() as f64;
    let squares: f64 =
        (0..).zip(places).map(|(arrival, place)| (f64::from(arrival) - *place as f64).powi(2)).sum();
    1.0 - 6.0 * squares / (n * (n * n - 1.0))
}

#[test]
fn who_came_first_does_not_stand_first() {
    const COUNT: u64 = 100_000;
    let mut enrolment = Enrolment::default();
    for person in 0..COUNT {
        enrolment.enrol(person, ticket(0, person));
    }
    let lobby = enrolment.freeze(CAMPAIGN);
    let drawn = places(&lobby, "0123");
    let found: Vec<u64> = (0..COUNT).map(|person| place(&lobby, &drawn, ticket(0, person))).collect();
    let rho = rank_correlation(&found);
    // A list in the order of arrival in which only neighbours are drawn: half of the places are still bought with speed.
    let half = Places::new(Seed::of(CAMPAIGN, lobby.root(), COUNT, "0123"), COUNT / 2);
    let half = |n: u64| n / (COUNT / 2) * (COUNT / 2) + half.place(n % (COUNT / 2));
    let sabotaged = rank_correlation(&(0..COUNT).map(half).collect::<Vec<_>>());
    println!("{COUNT} people: rho {rho:.4}; two halves in order of arrival: rho {sabotaged:.4}");
    assert!(rho.abs() < 0.02, "{rho}");
    assert!(sabotaged.abs() > 0.02, "not noticed: {sabotaged}");
}
