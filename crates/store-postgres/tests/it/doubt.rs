//! When the database goes away in the middle: what was acknowledged is there, what is in doubt is not acknowledged.

use crate::cluster::{Cluster, Fsync, wait_until};
use crate::limits;
use crate::nodes::{Site, ask, ask_all, hold, wait};
use booking::{Outcome, PersonId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use store::conformance::{Figure, world};
use store::{Answer, Command};
use store_postgres::{PostgresStore, Sabotage, StoreLimits};

const ROUNDS: u64 = 4;

fn is_held(answer: &Answer) -> bool {
    matches!(answer, Ok(Ok(Outcome::Held { .. })))
}

/// The last draft of each person that was acknowledged, by the person's number.
type Drafts = BTreeMap<u64, u64>;

/// Saves drafts of the people whose turn it is, numbered, until it is over.
fn save_drafts(
    node: &PostgresStore,
    people: &[u64],
    is_over: &AtomicBool,
    acknowledged: &AtomicU64,
) -> Drafts {
    let mut saved = Drafts::new();
    for number in 1_u64.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let draft = |person: &u64| Command::SaveDraft {
            person: PersonId(*person),
            sealed: number.to_be_bytes().to_vec(),
        };
        // Everybody is answered in the end: a commit in doubt is looked up, not guessed.
        for (person, answer) in people.iter().zip(ask_all(node, people.iter().map(draft))) {
            assert!(matches!(answer, Ok(Ok(Outcome::DraftSaved))), "{answer:?}");
            saved.insert(*person, number);
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }
    saved
}

#[test]
fn what_was_acknowledged_outlives_crashes_of_the_database() {
    let Some(mut cluster) = Cluster::start(Fsync::On) else { return };
    let site = Site::new(&cluster, world::roomy_country(10), 2, limits());
    let (is_over, acknowledged) = (AtomicBool::new(false), AtomicU64::new(0));
    let saved: Vec<Drafts> = thread::scope(|scope| {
        let save = |(number, node)| {
            let (is_over, acknowledged) = (&is_over, &acknowledged);
            let people: Vec<u64> = (1..=60).filter(|person| person % 2 == number as u64).collect();
            scope.spawn(move || save_drafts(node, &people, is_over, acknowledged))
        };
        let threads: Vec<_> = site.nodes.iter().enumerate().map(save).collect();
        for _ in 0..ROUNDS {
            let reached = acknowledged.load(Ordering::Relaxed) + 600;
            wait_until("drafts are saved", || acknowledged.load(Ordering::Relaxed) >= reached);
            cluster.crash();
        }
        is_over.store(true, Ordering::Relaxed);
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let fresh = site.node(limits());
    for (person, number) in saved.iter().flatten() {
        let draft = fresh.ledger().draft(PersonId(*person)).unwrap();
        assert_eq!(draft, number.to_be_bytes(), "person {person}: the last draft, once");
    }
    println!("{ROUNDS} crashes, {} drafts acknowledged, none lost", acknowledged.into_inner());
}

/// A commit that waits for a standby and is cancelled is committed on the primary alone, and says so in a warning.
fn booked_with_a_cancelled_commit(cluster: &mut Cluster, sabotage: Sabotage) -> (bool, Answer) {
    let site =
        Arc::new(Site::new(cluster, world::roomy_country(10), 1, StoreLimits { sabotage, ..limits() }));
    cluster.admin("ALTER SYSTEM SET synchronous_standby_names = 'somebody'").unwrap();
    // A reload would be heard of by one process of the server after the other.
    cluster.crash();
    let (answered, other) = (Arc::new(AtomicBool::new(false)), Arc::clone(&site));
    let told = Arc::clone(&answered);
    let asking = thread::spawn(move || {
        let answer = ask(&other.nodes[0], hold(1, 1, 540));
        told.store(true, Ordering::SeqCst);
        answer
    });
    let waiting = "SELECT pid::bigint FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    let cancel =
        "SELECT pg_cancel_backend(pid)::int::bigint FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    wait_until("a commit waits", || !cluster.admin(waiting).unwrap().is_empty());
    cluster.admin(cancel).unwrap();
    // The row is there for everybody to see, and a standby has never heard of it. Either somebody is answered now, or
    // the node waits for a commit of its own that somebody confirms.
    wait_until("it is decided", || {
        answered.load(Ordering::SeqCst) || !cluster.admin(waiting).unwrap().is_empty()
    });
    let was_answered_early = answered.load(Ordering::SeqCst);
    cluster.admin("ALTER SYSTEM RESET synchronous_standby_names").unwrap();
    cluster.admin("SELECT pg_reload_conf()::int::bigint").unwrap();
    let answer = asking.join().unwrap();
    wait(site.nodes[0].up_to_date()).unwrap();
    assert_eq!(site.nodes[0].ledger().holds().count(), 1, "carried out once");
    (was_answered_early, answer)
}

#[test]
fn a_commit_that_is_on_one_server_only_is_not_acknowledged() {
    let Some(mut cluster) = Cluster::start(Fsync::On) else { return };
    let (was_early, _) = booked_with_a_cancelled_commit(&mut cluster, Sabotage::TrustTheDoubtful);
    let caught = u64::from(was_early);
    let (was_early, answer) = booked_with_a_cancelled_commit(&mut cluster, Sabotage::None);
    assert!(is_held(&answer), "{answer:?}");
    let figure = Figure {
        promise: "A6",
        test: "cancelled synchronous commit",
        runs: 1,
        of: "commits cancelled while they waited for the standby",
        violations: u64::from(was_early),
        saboteur: "believes that a commit in doubt took place",
        caught,
        more: "carried out once, answered after a commit that nobody cancelled".to_owned(),
    };
    figure.tell();
}
