use crate::Folder;
use booking::{PersonId, StaffId};
use jiff::Timestamp;
use std::sync::Arc;
use store::conformance::{calls_cases, places_cases};
use store::{AskedCall, CarriedPlace, MemoryPlaces, Places, SettledCall};
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

#[test]
fn calls_do_what_the_cases_say() {
    let folder = Folder::new();
    calls_cases::run(&|| opened(&folder));
    let memory = Arc::new(MemoryPlaces::default());
    calls_cases::run(&|| Box::new(Arc::clone(&memory)));
}

#[test]
fn calls_live_like_the_reference() {
    for seed in 0..5 {
        let folder = Folder::new();
        calls_cases::follow_the_reference(seed, &*opened(&folder));
    }
}

/// Two processes, eight agents, all at once.
#[test]
fn nobody_is_called_by_two_agents_and_nobody_is_left_out() {
    const HERE: CampaignTag = CampaignTag(1);
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let folder = Folder::new();
    let processes: Vec<Arc<dyn Places>> = (0..2).map(|_| Arc::from(opened(&folder))).collect();
    for person in (1..=120).map(PersonId) {
        let asked = AskedCall { person, ticket: vec![1], number: Some(vec![2]), at: now };
        processes[0].calls().ask(HERE, asked).unwrap();
        let queue_number = 500 - person.0;
        processes[0].calls().settle(HERE, &[SettledCall { person, queue_number }]).unwrap();
    }
    let agents: Vec<_> = (0..8_u64)
        .map(|agent| {
            let places = Arc::clone(&processes[agent as usize % 2]);
            std::thread::spawn(move || {
                let (me, mut called) = (StaffId(agent), Vec::new());
                while let Some(call) = places.calls().take(HERE, 1_000, me, now).unwrap() {
                    let person = call.asked.person;
                    called.push((person.0, call.queue_number.unwrap()));
                    let end = store::CallEnd::Reached;
                    assert!(places.calls().end(HERE, (person, me), end, now).unwrap());
                }
                called
            })
        })
        .collect();
    let called: Vec<Vec<_>> = agents.into_iter().map(|agent| agent.join().unwrap()).collect();
    for one in &called {
        assert!(one.is_sorted_by_key(|(_, queue_number)| *queue_number), "in the order of the line");
    }
    let mut all: Vec<u64> = called.iter().flatten().map(|(person, _)| *person).collect();
    all.sort_unstable();
    assert_eq!(all, (1..=120).collect::<Vec<_>>());
}
