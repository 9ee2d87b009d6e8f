//! What every memory of single places must do.

use super::Chance;
use crate::{Bound, CarriedPlace, DrawStep, KeptDraw, KeptPlace, MemoryPlaces, Places, Word};
use booking::PersonId;
use jiff::Timestamp;
use waiting_room::CampaignTag;

const HERE: CampaignTag = CampaignTag(1);
const ELSEWHERE: CampaignTag = CampaignTag(2);
const ANNA: PersonId = PersonId(1);
const BORA: PersonId = PersonId(2);
const ANSWERS: &str = "the memory of places answers";

fn carried(place_number: u64, generation: u16) -> CarriedPlace {
    CarriedPlace { place_number, generation }
}

fn to(place_number: u64, generation: u16, person: PersonId) -> Bound {
    Bound::To(KeptPlace { place_number, generation, person: Some(person) })
}

/// `open` opens the same memory again each time.
pub fn run(open: &dyn Fn() -> Box<dyn Places>) {
    the_newest_generation_counts_and_is_remembered(open);
    the_earliest_place_of_a_person_counts(open);
    word_is_given_once(open);
    a_draw_freezes_one_place_of_each_person_and_each_of_its_steps_is_made_once(open);
}

fn the_newest_generation_counts_and_is_remembered(open: &dyn Fn() -> Box<dyn Places>) {
    let places = open();
    let untouched = KeptPlace { place_number: 7, generation: 0, person: None };
    assert_eq!(places.kept(HERE, 7).expect(ANSWERS), untouched);
    assert_eq!(
        (places.take_over(HERE, 7).expect(ANSWERS), places.take_over(HERE, 9).expect(ANSWERS)),
        (1, 1)
    );
    assert_eq!(places.take_over(HERE, 7).expect(ANSWERS), 2);
    drop(places);
    let places = open();
    assert_eq!(places.kept(HERE, 7).expect(ANSWERS), KeptPlace { generation: 2, ..untouched });
    assert_eq!(places.kept(ELSEWHERE, 7).expect(ANSWERS), untouched);
    let (all, last) = places.moved_since(HERE, 0).expect(ANSWERS);
    let moved = |place_number, generation| CarriedPlace { place_number, generation };
    assert_eq!(all, [moved(9, 1), moved(7, 2)]);
    assert_eq!(places.moved_since(HERE, last).expect(ANSWERS), (Vec::new(), last));
    places.take_over(HERE, 3).expect(ANSWERS);
    assert_eq!(places.moved_since(HERE, last).expect(ANSWERS).0, [moved(3, 1)]);
    assert_eq!(places.moved_since(ELSEWHERE, 0).expect(ANSWERS), (Vec::new(), 0));
}

fn the_earliest_place_of_a_person_counts(open: &dyn Fn() -> Box<dyn Places>) {
    let places = open();
    let bind = |person, carried| places.bind(HERE, person, carried).expect(ANSWERS);
    assert_eq!(bind(ANNA, None), Bound::Nowhere);
    assert_eq!(bind(ANNA, Some(carried(50, 0))), to(50, 0, ANNA));
    assert_eq!(bind(ANNA, Some(carried(90, 0))), to(50, 0, ANNA), "a later ticket counts nothing");
    assert_eq!(bind(ANNA, Some(carried(20, 0))), to(20, 0, ANNA), "an earlier one does");
    assert_eq!(bind(ANNA, None), to(20, 0, ANNA), "who comes with nothing but a name");
    assert_eq!(bind(BORA, Some(carried(20, 0))), Bound::OfAnother(ANNA));
    assert_eq!(bind(BORA, None), Bound::Nowhere, "and nothing changed");
    places.take_over(HERE, 60).expect(ANSWERS);
    assert_eq!(
        bind(BORA, Some(carried(60, 0))),
        Bound::Nowhere,
        "the ticket that was left behind counts no longer"
    );
    assert_eq!(bind(BORA, Some(carried(60, 1))), to(60, 1, BORA));
    assert_eq!(places.bind(ELSEWHERE, ANNA, None).expect(ANSWERS), Bound::Nowhere);
    let again = open();
    assert_eq!(again.bind(HERE, BORA, None).expect(ANSWERS), to(60, 1, BORA));
}

fn word_is_given_once(open: &dyn Fn() -> Box<dyn Places>) {
    let places = open();
    let due = |below| {
        let due = places.words_due(HERE, 0..below, 10).expect(ANSWERS);
        due.into_iter().map(|place| place.place_number).collect::<Vec<_>>()
    };
    for (person, number) in [(11, 105), (12, 101), (13, 300)] {
        places.bind(HERE, PersonId(person), Some(carried(number, 0))).expect(ANSWERS);
        places.wish_for_word(HERE, number, true).expect(ANSWERS);
    }
    places.wish_for_word(HERE, 102, true).expect(ANSWERS);
    assert_eq!(due(200), [101, 105], "nobody's place gets no word, and a far one not yet");
    assert_eq!(places.words_due(HERE, 0..200, 1).expect(ANSWERS).len(), 1);
    assert_eq!(places.words_due(HERE, 102..106, 10).expect(ANSWERS)[0].place_number, 105);
    places.wish_for_word(HERE, 105, false).expect(ANSWERS);
    places.word_given(HERE, &[101]).expect(ANSWERS);
    places.wish_for_word(HERE, 101, true).expect(ANSWERS);
    assert_eq!(due(200), [0; 0]);
    let words = [101, 105, 300].map(|number| open().word_of(HERE, number).expect(ANSWERS));
    assert_eq!(words, [Word::Given, Word::NotWished, Word::Wished]);
}

fn a_draw_freezes_one_place_of_each_person_and_each_of_its_steps_is_made_once(
    open: &dyn Fn() -> Box<dyn Places>,
) {
    const DRAWN: CampaignTag = CampaignTag(3);
    let places = open();
    let at = |second| Timestamp::from_second(second).expect("an instant");
    let step = |step| places.step_draw(DRAWN, step).expect(ANSWERS);
    let bind =
        |person, number| places.bind(DRAWN, PersonId(person), Some(carried(number, 0))).expect(ANSWERS);
    let announce = |rules: &str| DrawStep::Announce { rules: rules.to_owned(), secret: [7; 32] };
    assert_eq!(step(DrawStep::Freeze { below: 100, at: at(1) }), None, "nothing was announced");
    let announced = KeptDraw::announced("first".to_owned(), [7; 32]);
    assert_eq!(step(announce("first")), Some(announced.clone()));
    assert_eq!(step(announce("other")), Some(announced.clone()), "what was announced stands");
    assert_eq!(step(DrawStep::Root { root: [1; 32], at: at(2) }), Some(announced.clone()), "not frozen");
    for (person, number) in [(1, 50), (1, 20), (1, 90), (2, 30), (3, 100), (4, 99)] {
        bind(person, number);
    }
    bind(5, 40);
    places.take_over(DRAWN, 40).expect(ANSWERS);
    places.bind(ELSEWHERE, PersonId(9), Some(carried(1, 0))).expect(ANSWERS);
    let frozen = KeptDraw { frozen: Some((100, at(3))), ..announced };
    assert_eq!(step(DrawStep::Freeze { below: 100, at: at(3) }), Some(frozen.clone()));
    assert_eq!(step(DrawStep::Freeze { below: 300, at: at(4) }), Some(frozen.clone()));
    assert_eq!(places.drawn_places(DRAWN).expect(ANSWERS), [20, 30, 40, 99]);
    assert_eq!(bind(6, 60), to(60, 0, PersonId(6)), "whoever comes now has a place");
    assert_eq!(places.drawn_places(DRAWN).expect(ANSWERS), [20, 30, 40, 99], "and does not take part");
    assert_eq!(bind(1, 10), to(20, 0, PersonId(1)), "the drawn place counts, not one before it");
    let value = |value: &str| DrawStep::Value { value: value.to_owned(), at: at(9) };
    assert_eq!(step(value("early")), Some(frozen.clone()), "nobody knows the root");
    let rooted = KeptDraw { root: Some(([1; 32], at(5))), ..frozen };
    assert_eq!(step(DrawStep::Root { root: [1; 32], at: at(5) }), Some(rooted.clone()));
    assert_eq!(step(DrawStep::Root { root: [2; 32], at: at(6) }), Some(rooted.clone()));
    let drawn = KeptDraw { value: Some(("fair".to_owned(), at(9))), ..rooted };
    assert_eq!(step(value("fair")), Some(drawn.clone()));
    assert_eq!(step(value("better")), Some(drawn.clone()));
    let again = open();
    assert_eq!(again.draw(DRAWN).expect(ANSWERS), Some(drawn));
    assert_eq!(again.drawn_places(DRAWN).expect(ANSWERS), [20, 30, 40, 99]);
    assert_eq!(again.draw(HERE).expect(ANSWERS), None);
}

/// The same steps on the back end and on the reference, seeded: the same answers.
pub fn follow_the_reference(seed: u64, places: &dyn Places) {
    let reference = MemoryPlaces::default();
    let mut chance = Chance::seeded(seed);
    for step in 0..300 {
        let (number, person) = (chance.below(12), PersonId(1 + chance.below(5)));
        let generation = u16::try_from(chance.below(3)).expect("less than three");
        let what = format!("seed {seed}, step {step}");
        match chance.below(5) {
            0 => assert_eq!(
                places.take_over(HERE, number).expect(ANSWERS),
                reference.take_over(HERE, number).expect(ANSWERS),
                "{what}"
            ),
            1 => {
                let of = |places: &dyn Places| {
                    places.bind(HERE, person, Some(carried(number, generation))).expect(ANSWERS)
                };
                assert_eq!(of(places), of(&reference), "{what}");
            }
            2 => assert_eq!(
                places.kept(HERE, number).expect(ANSWERS),
                reference.kept(HERE, number).expect(ANSWERS),
                "{what}"
            ),
            3 => {
                let after = chance.below(20);
                let of = |places: &dyn Places| places.moved_since(HERE, after).expect(ANSWERS);
                assert_eq!(of(places), of(&reference), "{what}");
            }
            _ => {
                let wishes = chance.below(2) == 0;
                let of = |places: &dyn Places| {
                    places.wish_for_word(HERE, number, wishes).expect(ANSWERS);
                    places.words_due(HERE, 2..6, 3).expect(ANSWERS)
                };
                assert_eq!(of(places), of(&reference), "{what}");
            }
        }
    }
}
