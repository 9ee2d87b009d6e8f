//! What is broken about people who were removed.

use store::proof::Broken;

pub(super) fn gone(broken: &Broken) -> (String, String) {
    match broken {
        Broken::KeyChanged { person } => (
            format!("사람 {}: 개인정보를 봉인한 열쇠가 둘입니다.", person.0),
            format!("Person {}: what is known of them stands under two keys.", person.0),
        ),
        Broken::KeyOfTwo { first, second } => (
            format!("사람 {}와(과) {}의 열쇠가 같습니다.", first.0, second.0),
            format!("Persons {} and {} share a key.", first.0, second.0),
        ),
        Broken::KeysNotTheirs { person } => (
            format!("사람 {}: 파기할 열쇠가 본인의 것과 다릅니다.", person.0),
            format!("Person {}: other keys are named for destruction than theirs.", person.0),
        ),
        Broken::KeySpared { key } => (
            format!("열쇠 {}: 파기 대상이 아닌데 파기했다고 적혀 있습니다.", key.0),
            format!("Key {} is said to be destroyed, though nobody of it was removed.", key.0),
        ),
        Broken::RemovedWhileExpected { person } => (
            format!("사람 {}: 남은 예약이나 잡아 둔 자리가 있는데 파기했습니다.", person.0),
            format!("Person {} was removed while places were held or a visit was to come.", person.0),
        ),
        _ => unreachable!("another part knows it"),
    }
}
