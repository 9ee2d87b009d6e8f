//! Every refusal in plain words: what happened, what to do next, a number for the phone.

use crate::site::Site;
use booking::Refusal;
use std::collections::BTreeSet;
use web::lang::Lang;
use web::wording::examples::every_refusal;
use web::wording::refusal;

/// A full stop, a question or an exclamation mark at the end of a sentence; not the point in a number.
fn sentences(text: &str) -> usize {
    let ends = |(position, c): (usize, char)| {
        let after = text[position..].chars().nth(1);
        matches!(c, '.' | '?' | '!') && after.is_none_or(char::is_whitespace)
    };
    text.char_indices().filter(|at| ends(*at)).count()
}

/// What nobody says to somebody at midnight.
const JARGON_KO: [&str; 12] = [
    "선점",
    "세션",
    "토큰",
    "서버",
    "쿠키",
    "브라우저",
    "로그인",
    "캡차",
    "에러",
    "클릭",
    "파라미터",
    "요청이",
];
const JARGON_EN: [&str; 9] =
    ["token", "session", "cookie", "server", "invalid", "error", "null", "parameter", "expired"];

#[tokio::test]
async fn every_refusal_says_in_both_languages_what_happened_and_what_to_do_next() {
    let app = Site::new().app;
    for no in every_refusal() {
        for lang in [Lang::Ko, Lang::En] {
            let said = refusal(lang, &no, &app);
            for text in [&said.sentence, &said.next_step] {
                let what = format!("{} ({}): {text}", no.code(), lang.code());
                assert!(text.ends_with('.') && !text.starts_with(' '), "{what}");
                assert!((1..=2).contains(&sentences(text)), "{what}");
                assert!(text.chars().count() <= 120, "{what}");
                let korean = text.chars().any(|c| ('가'..='힣').contains(&c));
                let latin = text.chars().any(|c| c.is_ascii_alphabetic());
                let (own, other) = if lang.is_ko() { (korean, latin) } else { (latin, korean) };
                assert!(own && !other, "{what}");
                let jargon: &[&str] = if lang.is_ko() { &JARGON_KO } else { &JARGON_EN };
                let found = jargon.iter().find(|word| text.to_lowercase().contains(**word));
                assert!(found.is_none(), "{what}: {found:?}");
            }
            assert_ne!(said.sentence, said.next_step, "{}", no.code());
        }
    }
}

#[test]
fn every_refusal_has_a_code_and_a_number_of_three_digits_of_its_own() {
    let kinds: BTreeSet<&str> = every_refusal().map(|no| no.code()).collect();
    let numbers: BTreeSet<u16> = every_refusal().map(|no| no.number()).collect();
    assert_eq!(kinds.len(), numbers.len());
    assert!(numbers.iter().all(|number| (100..1_000).contains(number)), "{numbers:?}");
    let told = kinds.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(told, Refusal::CODES.iter().copied().collect(), "one is not among those told here");
}
