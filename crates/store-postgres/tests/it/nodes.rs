//! Several nodes on one database, each with a memory of its own.

use crate::cluster::{Cluster, Fsync};
use crate::{NoRandomness, limits, open};
use booking::{
    AppointmentId, ClinicId, Country, HoldId, Outcome, PersonAlias, PersonId, Refusal, SlotId, TicketRef,
};
use jiff::civil::date;
use std::ops::ControlFlow;
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Waker};
use std::thread;
use store::conformance::{Figure, invariants, world};
use store::proof::{Proof, Row};
use store::{
    Admit, Answer, AuditHead, Command, Keyed, Ledger, MockClock, Request, Store, StoreError, TakePlaces,
    verify_audit,
};
use store_postgres::{Address, Moving, PostgresRows, PostgresStore, Sabotage, StoreLimits, run_script};
use tokio::runtime::Builder;

const PEOPLE: u64 = 120;

/// Nodes on one database, with everybody registered and let in.
pub(crate) struct Site {
    pub(crate) address: Address,
    pub(crate) country: Arc<Country>,
    pub(crate) clock: Arc<MockClock>,
    pub(crate) nodes: Vec<PostgresStore>,
}

impl Site {
    pub(crate) fn new(cluster: &Cluster, country: Country, nodes: usize, limits: StoreLimits) -> Self {
        let (country, clock) = (Arc::new(country), Arc::new(MockClock::at(world::opens_at())));
        let mut site = Self { address: cluster.fresh(), country, clock, nodes: Vec::new() };
        let first = site.node(crate::limits());
        let mut commands = vec![Command::Open { campaign: world::CAMPAIGN }];
        commands.extend((1..=PEOPLE).map(register));
        commands.extend((1..=PEOPLE).map(|person| enter(PersonId(person))));
        for answer in ask_all(&first, commands) {
            answer.unwrap().unwrap();
        }
        drop(first);
        site.nodes = (0..nodes).map(|_| site.node(limits)).collect();
        site
    }

    pub(crate) fn node(&self, limits: StoreLimits) -> PostgresStore {
        open(&self.address, &self.country, &self.clock, limits).unwrap()
    }

    /// Every node is asked at the same moment.
    fn ask_everywhere(&self, commands: impl Fn(usize) -> Vec<Command> + Sync) -> Vec<Vec<Answer>> {
        let begin = Barrier::new(self.nodes.len());
        thread::scope(|scope| {
            let ask = |(number, node)| {
                let (begin, commands) = (&begin, &commands);
                scope.spawn(move || {
                    let commands = commands(number);
                    begin.wait();
                    ask_all(node, commands)
                })
            };
            let threads: Vec<_> = self.nodes.iter().enumerate().map(ask).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    /// Every node knows the same, and it holds.
    fn agrees(&self) {
        let mut all = Vec::new();
        for node in &self.nodes {
            wait(node.up_to_date()).unwrap();
            invariants::check(&self.country, &node.ledger()).unwrap();
            all.push(node.ledger().every_table());
        }
        let fresh = self.node(limits());
        all.push(fresh.ledger().every_table());
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "the nodes know different things");
    }
}

pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().build().unwrap().block_on(future)
}

/// All at once, on one thread: they meet in the queue.
pub(crate) fn ask_all(store: &PostgresStore, commands: impl IntoIterator<Item = Command>) -> Vec<Answer> {
    let mut waiting: Vec<_> = commands.into_iter().map(|command| store.execute(command.into())).collect();
    let mut context = Context::from_waker(Waker::noop());
    let first: Vec<_> = waiting.iter_mut().map(|asked| asked.as_mut().poll(&mut context)).collect();
    wait(async {
        let mut answers = Vec::new();
        for (asked, polled) in waiting.into_iter().zip(first) {
            answers.push(match polled {
                Poll::Ready(answer) => answer,
                Poll::Pending => asked.await,
            });
        }
        answers
    })
}

pub(crate) fn ask(store: &PostgresStore, command: Command) -> Answer {
    wait(store.execute(command.into()))
}

fn register(number: u64) -> Command {
    let mut alias = [0; 32];
    alias[..8].copy_from_slice(&number.to_be_bytes());
    Command::Register { aliases: vec![PersonAlias(alias)], sealed: vec![0; 64] }
}

fn enter(person: PersonId) -> Command {
    let mut ticket = [0; 16];
    ticket[..8].copy_from_slice(&person.0.to_be_bytes());
    Command::Admit(Admit {
        campaign: world::CAMPAIGN,
        person,
        candidate: world::ELIGIBLE,
        ticket: TicketRef(ticket),
        queue_number: person.0,
    })
}

pub(crate) fn hold(person: u64, clinic: u32, starts_min: u16) -> Command {
    let slot = SlotId { clinic: ClinicId(clinic), visit_on: date(2027, 7, 26), starts_min };
    Command::Hold(TakePlaces::for_oneself(world::CAMPAIGN, PersonId(person), slot))
}

fn held(answer: &Answer) -> Option<HoldId> {
    match answer {
        Ok(Ok(Outcome::Held { id, .. })) => Some(*id),
        _ => None,
    }
}

fn booked(answer: &Answer) -> Option<AppointmentId> {
    match answer {
        Ok(Ok(Outcome::Booked(made))) => Some(made[0].0),
        _ => None,
    }
}

/// Clinic 1 has one place at nine o'clock, clinic 2 has two; everybody wants one of them, on every node at once.
fn places_given(site: &Site) -> (usize, usize) {
    let nodes = site.nodes.len() as u64;
    let wanted = |clinic: u32| {
        let answers = site.ask_everywhere(|node| {
            let mine = (1..=PEOPLE / 2).filter(|person| person % nodes == node as u64);
            mine.map(|person| hold(person + u64::from(clinic - 1) * PEOPLE / 2, clinic, 540)).collect()
        });
        answers.iter().flatten().filter(|answer| held(answer).is_some()).count()
    };
    (wanted(1), wanted(2))
}

#[test]
fn several_nodes_give_away_as_many_places_as_there_are() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    let mut oversold = 0;
    for _ in 0..3 {
        let blind = StoreLimits { sabotage: Sabotage::DecideBlindUnguarded, ..limits() };
        let (one, two) = places_given(&Site::new(&cluster, world::country(), 3, blind));
        oversold += u64::from(one > 1) + u64::from(two > 2);
    }
    assert!(oversold > 0, "without a guard three nodes sell the same place: the race is real");
    let mut runs = 0;
    for nodes in [2, 3, 3, 3] {
        let site = Site::new(&cluster, world::country(), nodes, limits());
        assert_eq!(places_given(&site), (1, 2));
        site.agrees();
        runs += 1;
    }
    let saboteur = "each node decides on what it knew";
    let more = "2 and 3 nodes, 60 people for 1 and for 2 places".to_owned();
    let figure = Figure {
        promise: "B1",
        test: "nodes on PostgreSQL",
        runs: runs * PEOPLE,
        of: "holds asked for on several nodes at once",
        violations: 0,
        saboteur,
        caught: oversold,
        more,
    };
    figure.tell();
}

#[test]
fn three_nodes_behind_pgbouncer_share_two_connections() {
    let Some(cluster) = Cluster::start_behind_pgbouncer(Fsync::Off) else { return };
    let site = Site::new(&cluster, world::country(), 3, limits());
    assert_eq!(places_given(&site), (1, 2));
    site.agrees();
}

#[test]
fn a_journal_from_elsewhere_moves_in_as_it_was_written() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    let site = Site::new(&cluster, world::country(), 1, limits());
    places_given(&site);
    let (country, randomness) = (Arc::clone(&site.country), NoRandomness);
    let mut rows = Vec::new();
    let mut source = PostgresRows::open(&site.address, &randomness).unwrap();
    source
        .each_after(0, |row| {
            rows.push((row.seq, row.at_ms, row.body.to_vec(), row.chain));
            ControlFlow::Continue(())
        })
        .unwrap();
    let expected = (site.node(limits()).ledger().every_table(), source.end().unwrap());
    let to = cluster.another();
    for until in [rows.len() / 2, rows.len()] {
        // Interrupted half-way, and begun again.
        let mut moving = Moving::begin(&to, Arc::clone(&country), &randomness).unwrap();
        for (seq, at_ms, body, chain) in &rows[..until] {
            moving.row(&Row { seq: *seq, at_ms: *at_ms, body, chain: *chain }).unwrap();
        }
        let end = moving.finish().unwrap();
        assert_eq!(end.seq, until as u64);
    }
    let moved = open(&to, &country, &site.clock, limits()).unwrap();
    let end = PostgresRows::open(&to, &randomness).unwrap().end().unwrap();
    assert_eq!((moved.ledger().every_table(), end), expected);
    // It goes on there, with the guards in place.
    assert!(held(&ask(&moved, hold(PEOPLE, 4, 540))).is_some());
    let mut moving = Moving::begin(&to, country, &randomness).unwrap();
    let other = moving.row(&Row { seq: 1, at_ms: 0, body: &[], chain: [1; 32] });
    assert!(matches!(other, Err(StoreError::Corrupt { .. })));
}

#[test]
fn the_rows_of_three_nodes_prove_themselves() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    let site = Site::new(&cluster, world::country(), 3, limits());
    places_given(&site);
    let mut rows = PostgresRows::open(&site.address, &NoRandomness).unwrap();
    let ledger = Ledger::new(Arc::clone(&site.country));
    let mut proof = Proof::new(&site.country, Some(rows.end().unwrap()), None).beside(ledger);
    rows.each_after(0, |row| {
        proof.row(row).unwrap();
        ControlFlow::Continue(())
    })
    .unwrap();
    let proved = proof.finish().unwrap();
    assert_eq!((proved.holds_live, proved.people), (3, PEOPLE));
    let events = wait(site.nodes[0].audit_since(0, 1_000)).unwrap();
    let begin = AuditHead::begin(1);
    assert_eq!(verify_audit(begin, &events, &[proved.audit]).unwrap(), proved.audit);
}

#[test]
fn the_database_alone_keeps_a_node_from_overselling() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    let blind = StoreLimits { sabotage: Sabotage::DecideBlind, ..limits() };
    let site = Site::new(&cluster, world::country(), 3, blind);
    let (one, two) = places_given(&site);
    assert!(one <= 1 && two <= 2, "{one} of 1 and {two} of 2 places were given");
}

#[test]
fn one_person_on_three_nodes_books_once() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    let site = Site::new(&cluster, world::roomy_country(10), 3, limits());
    for person in 1..=PEOPLE / 4 {
        let holds = site.ask_everywhere(|node| vec![hold(person, node as u32 + 1, 540)]);
        let last = holds.iter().flatten().filter_map(held).max().unwrap();
        let booker = PersonId(person);
        let answers = site.ask_everywhere(|_| vec![Command::Confirm { booker, hold: last }]);
        let made: Vec<_> = answers.iter().flatten().filter_map(booked).collect();
        assert_eq!(made.len(), 1, "person {person}: {answers:?}");
        // Sure: every later read, on any node, shows it.
        for node in &site.nodes {
            let shown = wait(node.appointments_of(booker)).unwrap();
            assert_eq!(shown.iter().map(|(id, _)| *id).collect::<Vec<_>>(), made, "person {person}");
        }
        let again = site.ask_everywhere(|node| vec![hold(person, node as u32 + 1, 570)]);
        let refused = |answer: &Answer| matches!(answer, Ok(Err(Refusal::AlreadyBooked { .. })));
        assert!(again.iter().flatten().all(refused), "person {person}: {again:?}");
    }
    site.agrees();
}

#[test]
fn a_request_repeated_on_other_nodes_has_one_effect_and_one_answer() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    let site = Site::new(&cluster, world::roomy_country(100), 3, limits());
    for person in 1..=PEOPLE / 4 {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&person.to_be_bytes());
        let keyed = |body| Some(Keyed { key: booking::RequestKey(key), body: [body; 32] });
        let request = |body| Request { keyed: keyed(body), command: hold(person, 1, 540) };
        let asked: Vec<Answer> = site.nodes.iter().map(|node| wait(node.execute(request(1)))).collect();
        let first = held(&asked[0]).unwrap();
        assert!(asked.iter().all(|answer| held(answer) == Some(first)), "{asked:?}");
        let other = wait(site.nodes[2].execute(request(2)));
        assert!(matches!(other, Ok(Err(Refusal::KeyReused))), "{other:?}");
    }
    site.agrees();
    assert_eq!(site.nodes[0].ledger().holds().count() as u64, PEOPLE / 4);
}

#[test]
fn a_command_that_a_guard_refuses_harms_only_itself() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    let site = Site::new(&cluster, world::roomy_country(100), 1, limits());
    // Somebody was at the tables: the database believes that person 7 holds something.
    run_script(&site.address, "INSERT INTO charye.live_hold(campaign, booker, hold) VALUES (1, 7, 99)")
        .unwrap();
    let answers = ask_all(&site.nodes[0], (1..=20).map(|person| hold(person, 1, 540)));
    for (person, answer) in (1..).zip(&answers) {
        if person == 7 {
            assert!(matches!(answer, Err(StoreError::Unavailable { .. })), "{answer:?}");
        } else {
            assert!(held(answer).is_some(), "person {person}: {answer:?}");
        }
    }
    site.agrees();
}

#[test]
fn a_node_that_remembers_what_the_database_has_lost_acknowledges_nothing_more() {
    let Some(cluster) = Cluster::start(Fsync::Off) else { return };
    let site = Site::new(&cluster, world::roomy_country(100), 1, limits());
    assert!(held(&ask(&site.nodes[0], hold(1, 1, 540))).is_some());
    // A failover to a standby that did not have the last row.
    let lost = "DELETE FROM charye.journal WHERE seq = (SELECT max(seq) FROM charye.journal);
                UPDATE charye.head SET (seq, at_ms, chain) =
                    (SELECT seq, at_ms, chain FROM charye.journal ORDER BY seq DESC LIMIT 1);
                DELETE FROM charye.live_hold; DELETE FROM charye.slot_taken;";
    run_script(&site.address, lost).unwrap();
    assert!(ask(&site.nodes[0], hold(2, 1, 540)).is_err());
    assert!(!site.nodes[0].is_well());
    let fresh = site.node(limits());
    assert!(held(&ask(&fresh, hold(2, 1, 540))).is_some(), "a node that begins anew goes on");
}
