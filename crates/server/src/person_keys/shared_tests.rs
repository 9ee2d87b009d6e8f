use super::cluster::{Cluster, Fsync};
use super::tests::Home;
use super::*;
use crate::system::SystemRandomness;
use store_postgres::{Address, run_script};

fn node(home: &Home, address: &Address) -> Result<PersonKeys> {
    let random: Arc<dyn Randomness> = Arc::new(SystemRandomness);
    open(&home.0, &random, Some(PostgresKeys::open(address.clone(), Arc::clone(&random))?))
}

/// As an operator does it.
fn copied(from: &Home, name: &str) -> Home {
    let home = Home::new(name);
    for file in [TREE, NEXT] {
        fs::copy(from.0.join(file), home.0.join(file)).unwrap();
    }
    home
}

#[test]
fn a_key_that_one_node_gives_is_known_to_the_other_and_never_given_by_it() {
    let Some(cluster) = Cluster::start(Fsync::On) else { return };
    let (address, first) = (cluster.fresh(), Home::new("given"));
    let ours = node(&first, &address).unwrap();
    let other = copied(&first, "given-other");
    let theirs = node(&other, &address).unwrap();
    let mut given: Vec<_> = (0..5_000).flat_map(|_| [ours.next().unwrap(), theirs.next().unwrap()]).collect();
    for key in &given {
        assert!(ours.key(*key).is_some() && ours.key(*key) == theirs.key(*key));
    }
    drop((ours, theirs));
    given.push(node(&other, &address).unwrap().next().unwrap());
    given.sort_unstable();
    assert!(given.windows(2).all(|pair| pair[0] != pair[1]));
}

/// On its disk, too: what is kept there no longer opens any copy of the older tree that a database may have kept.
#[test]
fn a_key_that_one_node_destroys_is_gone_at_the_other_whether_it_runs_or_starts_later() {
    let Some(cluster) = Cluster::start(Fsync::On) else { return };
    let (address, first) = (cluster.fresh(), Home::new("gone"));
    let ours = node(&first, &address).unwrap();
    let (running, late) = (copied(&first, "gone-running"), copied(&first, "gone-late"));
    let theirs = node(&running, &address).unwrap();
    let (kim, lee) = (ours.next().unwrap(), ours.next().unwrap());
    let lees = ours.key(lee);
    let older =
        PostgresKeys::open(address.clone(), Arc::new(SystemRandomness)).unwrap().newest().unwrap().unwrap();
    ours.destroy(&[kim]).unwrap();
    assert!(theirs.follow().unwrap() && !theirs.follow().unwrap());
    let started = node(&late, &address).unwrap();
    for keys in [&ours, &theirs, &started] {
        assert_eq!((keys.key(kim), keys.key(lee)), (None, lees));
    }
    drop((ours, theirs, started));
    for home in [&first, &running, &late] {
        let kept = KeyTree::from_bytes(&fs::read(home.0.join(TREE)).unwrap()).unwrap();
        assert!(kept.open(older.version, &older.sealed, Arc::new(SystemRandomness)).is_none());
        assert!(kept.is_destroyed(kim));
    }
}

#[test]
fn two_nodes_that_destroy_at_once_both_end_with_both_gone() {
    let Some(cluster) = Cluster::start(Fsync::On) else { return };
    let (address, first) = (cluster.fresh(), Home::new("both"));
    let ours = node(&first, &address).unwrap();
    let other = copied(&first, "both-other");
    let theirs = node(&other, &address).unwrap();
    let pairs: Vec<_> = (0..20).map(|_| (ours.next().unwrap(), theirs.next().unwrap())).collect();
    std::thread::scope(|scope| {
        // One that was not first asks again, as the service does.
        scope.spawn(|| pairs.iter().for_each(|(kim, _)| while ours.destroy(&[*kim]).is_err() {}));
        scope.spawn(|| pairs.iter().for_each(|(_, lee)| while theirs.destroy(&[*lee]).is_err() {}));
    });
    let _one_is_behind = (ours.follow().unwrap(), theirs.follow().unwrap());
    for (kim, lee) in pairs {
        for keys in [&ours, &theirs] {
            assert!(keys.is_destroyed(kim) && keys.is_destroyed(lee));
        }
    }
}

#[test]
fn a_database_that_is_restored_from_before_brings_no_key_back_and_gives_none_again() {
    let Some(cluster) = Cluster::start(Fsync::On) else { return };
    let (address, home) = (cluster.fresh(), Home::new("restored"));
    let keys = node(&home, &address).unwrap();
    run_script(&address, "CREATE TABLE before AS SELECT * FROM charye.person_keys").unwrap();
    let (kim, lee) = (keys.next().unwrap(), keys.next().unwrap());
    let lees = keys.key(lee);
    keys.destroy(&[kim]).unwrap();
    drop(keys);
    run_script(&address, "DELETE FROM charye.person_keys").unwrap();
    run_script(&address, "INSERT INTO charye.person_keys SELECT * FROM before").unwrap();
    let keys = node(&home, &address).unwrap();
    assert_eq!((keys.key(kim), keys.key(lee)), (None, lees));
    assert!(keys.next().unwrap() > lee);
    drop(keys);
    let other = copied(&home, "restored-other");
    assert!(node(&other, &address).unwrap().is_destroyed(kim));
}

#[test]
fn the_key_folder_of_another_service_is_refused() {
    let Some(cluster) = Cluster::start(Fsync::On) else { return };
    let (address, home) = (cluster.fresh(), Home::new("ours"));
    let keys = node(&home, &address).unwrap();
    let stranger = Home::new("stranger");
    let error = node(&stranger, &address).err().expect("it is another tree");
    assert!(format!("{error:#}").contains("copy the key folder"), "{error:#}");
    keys.destroy(&[keys.next().unwrap()]).unwrap();
    assert!(node(&stranger, &address).is_err());
}
