use crate::Folder;
use store::conformance::line_cases;
use store_sqlite::SqliteLine;

#[test]
fn the_line_remembers_across_lives() {
    let folder = Folder::new();
    line_cases::run(&mut || Box::new(SqliteLine::open(&folder.0).unwrap()));
}

#[test]
fn a_change_of_bucket_cut_short_loses_neither() {
    let folder = Folder::new();
    line_cases::a_change_of_bucket_cut_short_loses_neither(&mut || {
        Box::new(SqliteLine::open(&folder.0).unwrap())
    });
}

#[test]
fn the_line_lives_like_the_reference() {
    for seed in 0..5 {
        let folder = Folder::new();
        line_cases::follow_the_reference(seed, &mut || Box::new(SqliteLine::open(&folder.0).unwrap()));
    }
}

#[test]
fn a_line_has_one_owner() {
    let folder = Folder::new();
    let _owner = SqliteLine::open(&folder.0).unwrap();
    assert!(SqliteLine::open(&folder.0).is_err());
}
