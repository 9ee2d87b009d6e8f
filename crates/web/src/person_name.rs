//! People's names: what may be one, and when two are the same. The roster and the forms read them alike.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Characters, as the forms allow them.
pub const NAME_CHARS_MAX: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    Missing,
    TooLong,
    /// A control character: NUL, a line break, a tab.
    Control,
    /// A digit, an emoji, a sign: nothing that stands in a name.
    NotAName,
}

/// As it is kept and shown: composed (NFC), without spaces around it.
pub fn composed(name: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(name.trim()).into_owned()
}

/// As it is compared: composed, in capitals, without spaces, hyphens, dots, commas and apostrophes. `O'Neil-Kim` and
/// `ONEIL KIM` are one name.
pub fn normalised(name: &str) -> String {
    let letters: String =
        composed(name).chars().filter(|c| !is_filler(*c)).flat_map(char::to_uppercase).collect();
    composed(&letters)
}

/// What is wrong with a name on an official list; judged after [`composed`].
pub fn fault(name: &str) -> Option<NameFault> {
    if name.trim().is_empty() {
        return Some(NameFault::Missing);
    }
    if name.len() > NAME_CHARS_MAX * 16 {
        return Some(NameFault::TooLong);
    }
    if name.chars().any(ends_a_line) {
        return Some(NameFault::Control);
    }
    let name = composed(name);
    if name.chars().count() > NAME_CHARS_MAX {
        return Some(NameFault::TooLong);
    }
    let stands_in_names = |c: char| c.is_alphabetic() || is_filler(c) || is_mark(c) || matches!(c, '(' | ')');
    let names_somebody = name.chars().any(char::is_alphabetic);
    (!names_somebody || !name.chars().all(stands_in_names)).then_some(NameFault::NotAName)
}

fn ends_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        || matches!(c, ',' | '.' | '\u{b7}' | '\u{2027}' | '\u{30fb}')
        || matches!(c, '\'' | '`' | '\u{b4}' | '\u{2bc}' | '\u{2018}' | '\u{2019}')
}

/// Combining marks that no composed letter has.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_typed_in_many_ways_is_one_name() {
        let table = [
            ("홍길동", "홍 길 동"),
            ("홍길동", "\u{1112}\u{1169}\u{11bc}\u{1100}\u{1175}\u{11af}\u{1103}\u{1169}\u{11bc}"),
            ("O'Neil-Kim", "ONEIL KIM"),
            ("KIM, ANNA", "Kim Anna"),
            ("José A. Núñez", "JOSE\u{301} A NU\u{301}N\u{303}EZ"),
            ("Nguyễn Thị·An", "nguyễn thị an"),
        ];
        for (one, other) in table {
            assert_eq!(normalised(one), normalised(other), "{one} {other}");
        }
        assert_ne!(normalised("홍길동"), normalised("홍길돈"));
        assert_ne!(normalised("José"), normalised("Jose"));
    }

    #[test]
    fn what_is_no_name_is_named() {
        let table = [
            ("홍길동", None),
            ("\u{1112}\u{1169}\u{11bc}", None),
            ("Anna-Lena Ó Sé", None),
            ("왕(王)하오", None),
            ("", Some(NameFault::Missing)),
            ("  ", Some(NameFault::Missing)),
            ("홍\u{0}길동", Some(NameFault::Control)),
            ("홍\n길동", Some(NameFault::Control)),
            ("홍\u{2028}길동", Some(NameFault::Control)),
            ("홍\u{202e}길동", Some(NameFault::NotAName)),
            ("홍길동😀", Some(NameFault::NotAName)),
            ("010-0000-0000", Some(NameFault::NotAName)),
            ("---", Some(NameFault::NotAName)),
            (&"가".repeat(41), Some(NameFault::TooLong)),
            (&"가".repeat(1 << 20), Some(NameFault::TooLong)),
        ];
        for (name, expected) in table {
            assert_eq!(fault(name), expected, "{:?}", &name.chars().take(12).collect::<String>());
        }
    }
}
