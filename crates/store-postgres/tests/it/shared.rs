//! What nodes share beside the journal.

use crate::NoRandomness;
use crate::cluster::{Cluster, Fsync, wait_until};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use store::Randomness;
use store_postgres::{Address, Duty, PostgresKeys, SealedTree, run_script};

/// Nodes differ by it.
struct Always(u8);

impl Randomness for Always {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn keys(address: &Address) -> PostgresKeys {
    PostgresKeys::open(address.clone(), Arc::new(NoRandomness)).unwrap()
}

fn tree(version: u32, bytes: &[u8]) -> SealedTree {
    SealedTree { version, sealed: bytes.to_vec() }
}

#[test]
fn nodes_that_ask_at_once_are_given_keys_that_nobody_else_has_also_after_a_crash() {
    let Some(mut cluster) = Cluster::start(Fsync::On) else { return };
    let address = cluster.fresh();
    assert!(keys(&address).set_aside(0, 8).is_err(), "before there is a tree");
    assert!(keys(&address).put(None, &tree(0, b"first")).unwrap());
    let nodes: Vec<_> = (0..4).map(|_| keys(&address)).collect();
    let mut given = BTreeSet::new();
    for round in 0..5 {
        let aside: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> =
                nodes.iter().map(|node| scope.spawn(|| node.set_aside(7, 16).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for key in aside.into_iter().flatten() {
            assert!(key >= 7 && given.insert(key), "{key} was given twice in round {round}");
        }
        cluster.crash();
    }
    assert_eq!(given.len(), 5 * 4 * 16);
}

#[test]
fn of_two_trees_that_would_follow_the_same_one_is_kept() {
    let Some(cluster) = Cluster::start(Fsync::On) else { return };
    let address = cluster.fresh();
    let (ours, theirs) = (keys(&address), keys(&address));
    assert_eq!((ours.version().unwrap(), ours.newest().unwrap()), (None, None));
    assert!(ours.put(None, &tree(3, b"three")).unwrap());
    assert!(!theirs.put(None, &tree(0, b"zero")).unwrap());
    assert!(theirs.put(Some(3), &tree(4, b"four")).unwrap());
    assert!(!ours.put(Some(3), &tree(4, b"other")).unwrap());
    assert_eq!(ours.newest().unwrap(), Some(tree(4, b"four")));
    assert_eq!(ours.version().unwrap(), Some(4));
}

#[test]
fn one_node_at_a_time_has_the_duty_and_one_that_is_silent_loses_it() {
    let Some(cluster) = Cluster::start(Fsync::On) else { return };
    let address = cluster.fresh();
    let _tables = keys(&address);
    let (ours, theirs) =
        (Duty::new(address.clone(), Arc::new(Always(1))), Duty::new(address.clone(), Arc::new(Always(2))));
    assert!(ours.take().unwrap() && ours.take().unwrap());
    assert!(!theirs.take().unwrap());
    run_script(&address, "UPDATE charye.duty SET until = until - interval '9 seconds'").unwrap();
    wait_until("the duty of a silent node ends", || theirs.take().unwrap());
    assert!(!ours.take().unwrap());
}
