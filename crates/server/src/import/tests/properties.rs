//! Whatever stands in a file: a fault that names its line, or an import; never a panic, never half of it, and never
//! the text of a field in what is printed.

use super::Desk;
use crate::import::{Mode, Outcome};
use proptest::prelude::*;

const GOOD: &str = "김시험,6203141000000,,,\n";
const HEAD: &str = "name,number,temporary_number,birth_date,phone\n";

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// What people, spreadsheets and attackers put into a field.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[가-힣]{2,4}",
        "[0-9]{1,20}",
        "[0-9]{6}-[0-9]{7}",
        "[0-9]\\.[0-9]{1,6}E\\+[0-9]{2}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        Just("9223372036854775808".to_owned()),
        Just("640229-1000000".to_owned()),
        Just("630229-1000000".to_owned()),
        Just("0001-01-01".to_owned()),
        Just("9999-12-31".to_owned()),
        Just("\u{1112}\u{1169}\u{11bc}".to_owned()),
        Just("홍길동😀".to_owned()),
        Just("홍\u{0}길동".to_owned()),
        Just("=cmd|' /C calc'!A0".to_owned()),
        // Five of them still fit into a line; what does not fit ends the reading (`an_open_quote_swallows_…`).
        Just("가".repeat(250_000)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_field_is_imported_or_named(fields in prop::collection::vec(field(), 5)) {
        let desk = Desk::new();
        desk.roster(Mode::Yes, format!("{HEAD}{GOOD}"));
        let before = desk.roster_bytes();
        let line: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        let said = desk.roster(Mode::Yes, format!("{HEAD}{GOOD}{}\n{GOOD}", line.join(",")));
        // The good line stands twice, so a fault is certain.
        prop_assert_eq!(said.outcome, Outcome::Faulty);
        prop_assert_eq!(desk.roster_bytes(), before);
        let faults = desk.faults();
        prop_assert!(faults.iter().any(|fault| fault.contains("the same as line 2")), "{:?}", faults);
        let is_printed = |field: &&String| {
            let digits = field.chars().filter(char::is_ascii_digit).count();
            digits >= 12 && field.len() < 100 && said.text.contains(field.as_str())
        };
        prop_assert_eq!(fields.iter().find(is_printed), None);
    }

    #[test]
    fn any_bytes_are_read_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let desk = Desk::new();
        let contents = [HEAD.as_bytes(), &bytes].concat();
        let said = desk.roster(Mode::Yes, contents);
        prop_assert!(matches!(said.outcome, Outcome::Faulty | Outcome::Unchanged | Outcome::Imported));
    }
}
