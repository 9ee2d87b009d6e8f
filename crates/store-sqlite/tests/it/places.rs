use crate::Folder;
use booking::PersonId;
use std::sync::Arc;
use store::conformance::places_cases;
use store::{CarriedPlace, MemoryPlaces, Places};
use store_sqlite::SqlitePlaces;
use waiting_room::CampaignTag;

fn opened(folder: &Folder) -> Box<dyn Places> {
    Box::new(SqlitePlaces::open(&folder.0).unwrap())
}

#[test]
fn places_do_what_the_cases_say() {
    let folder = Folder::new();
    places_cases::run(&|| opened(&folder));
}

#[test]
fn the_reference_does_what_the_cases_say() {
    let memory = Arc::new(MemoryPlaces::default());
    places_cases::run(&|| Box::new(Arc::clone(&memory)));
}

#[test]
fn places_live_like_the_reference() {
    for seed in 0..5 {
        let folder = Folder::new();
        places_cases::follow_the_reference(seed, &*opened(&folder));
    }
}

#[test]
#[should_panic(expected = "assertion")]
fn a_memory_that_forgets_is_caught() {
    let memory = Arc::new(MemoryPlaces::forgetting());
    places_cases::run(&|| Box::new(Arc::clone(&memory)));
}

#[test]
fn people_who_come_together_all_find_their_place() {
    let folder = Folder::new();
    let places: Arc<dyn Places> = Arc::from(opened(&folder));
    let threads: Vec<_> = (0..8_u64)
        .map(|thread| {
            let places = Arc::clone(&places);
            std::thread::spawn(move || {
                for one in 0..50 {
                    let place_number = thread * 50 + one;
                    let carried = Some(CarriedPlace { place_number, generation: 0 });
                    places.bind(CampaignTag(1), PersonId(place_number + 1), carried).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    drop(places);
    let again = opened(&folder);
    for number in 0..400 {
        assert_eq!(again.kept(CampaignTag(1), number).unwrap().person, Some(PersonId(number + 1)));
    }
}
