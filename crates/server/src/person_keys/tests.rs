use super::*;
use crate::system::SystemRandomness;

pub(super) struct Home(pub(super) PathBuf);

impl Home {
    pub(super) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("charye-people-{name}-{}", std::process::id()));
        let _left_over = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn names(&self) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(&self.0).unwrap().map(name).collect();
        names.sort();
        names
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _left_over = fs::remove_dir_all(&self.0);
    }
}

fn dying_at(home: &Home, step: &'static str) -> PersonKeys {
    let at = move |passed| if passed == step { Err(io::Error::other("the test ends here")) } else { Ok(()) };
    let (shelf, tree, next) = open_folder(&home.0, &SystemRandomness, Box::new(at)).unwrap();
    PersonKeys::new(tree, next, Box::new(shelf))
}

fn open(folder: &Path, _: &SystemRandomness) -> Result<PersonKeys> {
    let random: Arc<dyn Randomness> = Arc::new(SystemRandomness);
    super::open(folder, &random, None)
}

#[test]
fn keys_last_and_none_is_given_to_two() {
    let home = Home::new("last");
    let first = open(&home.0, &SystemRandomness).unwrap();
    let kim = first.next().unwrap();
    let key = first.key(kim).unwrap();
    drop(first);
    let second = open(&home.0, &SystemRandomness).unwrap();
    assert_eq!(second.key(kim), Some(key));
    assert!(second.next().unwrap() > kim);
    assert_eq!(home.names(), ["people.keys", "people.lock", "people.next"]);
}

/// After a death at any step the key is there whole, or gone for good, and whoever asks again ends with it gone. The
/// bytes of the tree from before are nowhere at the end.
#[test]
fn a_key_is_there_or_gone_wherever_the_process_dies() {
    for step in ["keys.written", "keys.linked", "keys.renamed", "keys.overwritten", "nowhere"] {
        let home = Home::new(step);
        let dying = dying_at(&home, step);
        let (kim, lee) = (dying.next().unwrap(), dying.next().unwrap());
        let (kims, lees) = (dying.key(kim).unwrap(), dying.key(lee));
        let before = fs::read(home.0.join(TREE)).unwrap();
        assert_eq!(dying.destroy(&[kim]).is_ok(), step == "nowhere", "{step}");
        drop(dying);
        let again = open(&home.0, &SystemRandomness).unwrap();
        let is_renamed = !["keys.written", "keys.linked"].contains(&step);
        assert_eq!(again.key(kim), (!is_renamed).then_some(kims), "{step}");
        again.destroy(&[kim]).unwrap();
        assert_eq!((again.key(kim), again.key(lee)), (None, lees), "{step}");
        drop(again);
        assert!(open(&home.0, &SystemRandomness).unwrap().is_destroyed(kim));
        let secret = &before[before.len() - 8 - 32..before.len() - 8];
        for name in home.names() {
            let bytes = fs::read(home.0.join(&name)).unwrap();
            assert!(!bytes.windows(32).any(|window| window == secret), "{step}: {name}");
        }
    }
}

/// What is overwritten is the very file that was in use, not a copy beside it.
#[test]
fn the_old_file_is_written_over_in_its_place() {
    let home = Home::new("place");
    let keys = dying_at(&home, "keys.overwritten");
    let kim = keys.next().unwrap();
    let before = fs::metadata(home.0.join(TREE)).unwrap();
    assert!(keys.destroy(&[kim]).is_err());
    let old = fs::metadata(home.0.join(OLD)).unwrap();
    assert_eq!((old.ino(), old.len()), (before.ino(), before.len()));
    assert!(fs::read(home.0.join(OLD)).unwrap().iter().all(|byte| *byte == 0));
}

#[test]
fn a_tree_without_its_counter_or_with_a_changed_bit_is_refused() {
    let home = Home::new("damaged");
    drop(open(&home.0, &SystemRandomness).unwrap());
    let whole = fs::read(home.0.join(TREE)).unwrap();
    let mut changed = whole.clone();
    changed[20] ^= 1;
    fs::write(home.0.join(TREE), changed).unwrap();
    assert!(open(&home.0, &SystemRandomness).is_err());
    fs::write(home.0.join(TREE), whole).unwrap();
    fs::remove_file(home.0.join(NEXT)).unwrap();
    assert!(open(&home.0, &SystemRandomness).is_err());
}

#[test]
fn two_services_do_not_share_a_key_folder() {
    let home = Home::new("shared");
    let first = open(&home.0, &SystemRandomness).unwrap();
    assert!(open(&home.0, &SystemRandomness).is_err());
    drop(first);
    assert!(open(&home.0, &SystemRandomness).is_ok());
}
