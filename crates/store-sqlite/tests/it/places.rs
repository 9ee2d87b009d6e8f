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

/// Whom each of eight agents called, by whatever account they have, and where those stood in line: two processes, all at
/// once, 120 people.
fn called_by_eight(account: fn(u64) -> StaffId) -> Vec<Vec<(u64, u64)>> {
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
                let (me, mut called) = (account(agent), Vec::new());
                while let Some(call) = places.calls().take(HERE, 1_000, me, now).unwrap() {
                    let person = call.asked.person;
                    called.push((person.0, call.queue_number.unwrap()));
                    places.calls().end(HERE, (person, me), store::CallEnd::Reached, now).unwrap();
                }
                called
            })
        })
        .collect();
    agents.into_iter().map(|agent| agent.join().unwrap()).collect()
}

fn people(called: &[Vec<(u64, u64)>]) -> Vec<u64> {
    let mut all: Vec<u64> = called.iter().flatten().map(|(person, _)| *person).collect();
    all.sort_unstable();
    all
}

#[test]
fn nobody_is_called_by_two_agents_and_nobody_is_left_out() {
    let called = called_by_eight(StaffId);
    for one in &called {
        assert!(one.is_sorted_by_key(|(_, queue_number)| *queue_number), "in the order of the line");
    }
    assert_eq!(people(&called), (1..=120).collect::<Vec<_>>());
    // Whoever shares an account is given what the others have in hand.
    let shared = people(&called_by_eight(|_| StaffId(1)));
    assert!(shared.len() > 120, "the saboteur was not caught");
}

/// As the last version left it, and the one before.
#[test]
fn an_earlier_file_becomes_what_a_new_one_is() {
    const WITHOUT_CALLS: &str = "DROP TABLE call_note; DROP TABLE call; PRAGMA user_version = 2;";
    const WITHOUT_DRAWS: &str =
        "DROP TABLE call_note; DROP TABLE call; DROP TABLE draw; DROP INDEX place_drawn;
                                 ALTER TABLE place DROP COLUMN drawn; PRAGMA user_version = 1;";
    let new = Folder::new();
    opened(&new);
    for earlier in [WITHOUT_CALLS, WITHOUT_DRAWS] {
        let folder = Folder::new();
        let carried = Some(CarriedPlace { place_number: 7, generation: 0 });
        opened(&folder).bind(CampaignTag(1), PersonId(3), carried).unwrap();
        database_of(&folder).execute_batch(earlier).unwrap();
        assert_ne!(tables(&folder), tables(&new));
        assert_eq!(opened(&folder).kept(CampaignTag(1), 7).unwrap().person, Some(PersonId(3)));
        assert_eq!(tables(&folder), tables(&new), "{earlier}");
        calls_cases::follow_the_reference(1, &*opened(&folder));
    }
}

fn database_of(folder: &Folder) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.0.join(store_sqlite::PLACES_FILE)).unwrap()
}

/// Each column of each table, and each index, in the order of their names.
fn tables(folder: &Folder) -> Vec<String> {
    let database = database_of(folder);
    let all = "SELECT one.type || ' ' || one.name || ' ' || COALESCE(part.name || ' ' || part.type || ' ' ||
                   part.\"notnull\" || ' ' || COALESCE(part.dflt_value, '-') || ' ' || part.pk, '')
               FROM sqlite_master AS one LEFT JOIN pragma_table_info(one.name) AS part
               WHERE one.name NOT LIKE 'sqlite_%' ORDER BY 1";
    let mut statement = database.prepare(all).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}
