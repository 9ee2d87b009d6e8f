//! What a few words tell about a person that they must not: a number, an address, the name or birth date of the caller.
//! Better one note too many comes back than one number stays.

use crate::claim::Claim;
use crate::person_name;
use jiff::civil::Date;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Telling {
    PersonNumber,
    Phone,
    Email,
    Name,
    BirthDate,
}

/// Digits of a resident number, and of its front alone.
const WHOLE: usize = 13;
const FRONT: usize = 6;
/// Of a phone number without what stands before it everywhere.
const PHONE_END: usize = 8;

/// Everything that is told, each once.
pub(super) fn tellings(words: &str, caller: &Claim) -> Vec<Telling> {
    let words: Vec<char> = person_name::composed(words).chars().map(plain).collect();
    let runs = runs(&words);
    let mut told = Vec::new();
    if runs.iter().any(|run| is_person_number(run, caller)) {
        told.push(Telling::PersonNumber);
    }
    if runs.iter().any(|run| is_phone(run, caller)) {
        told.push(Telling::Phone);
    }
    if has_email(&words) {
        told.push(Telling::Email);
    }
    if has_name(&words, &caller.name) {
        told.push(Telling::Name);
    }
    if runs.iter().any(|run| has_birth_date(run, caller.born_on)) || says_birth_date(&words, caller.born_on) {
        told.push(Telling::BirthDate);
    }
    told
}

/// Wide and spoken digits as the usual ones.
fn plain(c: char) -> char {
    match c {
        '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
        '＠' => '@',
        '．' => '.',
        _ => c,
    }
}

fn spoken(c: char) -> Option<char> {
    const DIGITS: [(char, char); 11] = [
        ('공', '0'),
        ('영', '0'),
        ('일', '1'),
        ('이', '2'),
        ('삼', '3'),
        ('사', '4'),
        ('오', '5'),
        ('육', '6'),
        ('칠', '7'),
        ('팔', '8'),
        ('구', '9'),
    ];
    DIGITS.iter().find(|(word, _)| *word == c).map(|(_, digit)| *digit)
}

/// The digits that stand together, whatever is put between them; and those that are written as words.
fn runs(words: &[char]) -> Vec<String> {
    let is_between = |c: char| c.is_whitespace() || "-‐‑‒–—−.·/_,()~".contains(c);
    let mut found = written(words, |c| c.is_ascii_digit().then_some(c), is_between);
    let as_words = written(
        words,
        |c| spoken(c).or_else(|| c.is_ascii_digit().then_some(c)),
        |c| is_between(c) || c == '에' || c == '의',
    );
    found.extend(as_words.into_iter().filter(|run| run.len() >= PHONE_END));
    found
}

fn written(
    words: &[char],
    digit: impl Fn(char) -> Option<char>,
    is_between: impl Fn(char) -> bool,
) -> Vec<String> {
    let (mut runs, mut run) = (Vec::new(), String::new());
    for c in words {
        match digit(*c) {
            Some(digit) => run.push(digit),
            None if is_between(*c) => {}
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs.push(run);
    runs.retain(|run| !run.is_empty());
    runs
}

/// Thirteen digits that begin with a day, or the caller's own, whatever kind it is.
fn is_person_number(run: &str, caller: &Claim) -> bool {
    let own: String = caller.number.chars().filter(char::is_ascii_digit).collect();
    let has_own = own.len() > FRONT && (run.contains(&own) || run.contains(&own[own.len() - FRONT..]));
    let begins_with_a_day = |part: &[u8]| {
        let pair = |at: usize| (part[at] - b'0') * 10 + (part[at + 1] - b'0');
        (1..=12).contains(&pair(2)) && (1..=31).contains(&pair(4))
    };
    has_own || run.as_bytes().windows(WHOLE).any(begins_with_a_day)
}

/// Nine to eleven digits from a 0 on, eight of a service, or the end of the caller's own.
fn is_phone(run: &str, caller: &Claim) -> bool {
    let national = run.strip_prefix("82").map(|rest| format!("0{}", rest.trim_start_matches('0')));
    let run = national.as_deref().unwrap_or(run);
    let own = caller.phone.get(caller.phone.len().saturating_sub(PHONE_END)..).unwrap_or("");
    let has_own = own.len() == PHONE_END && run.contains(own);
    let is_mobile = |at: usize| run[at..].starts_with("01") && run.len() - at >= 10;
    let is_whole = (run.starts_with('0') && (9..=12).contains(&run.len()))
        || (run.len() == PHONE_END && ["15", "16", "18"].iter().any(|service| run.starts_with(service)));
    has_own || is_whole || (0..run.len()).any(is_mobile)
}

/// Something, @, and something with a point in it.
fn has_email(words: &[char]) -> bool {
    let text: String = words.iter().collect();
    let part = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].trim_end().chars().next_back().is_some_and(part);
        let domain: String = text[at + 1..].trim_start().chars().take_while(|c| part(*c)).collect();
        before && domain.trim_matches('.').contains('.')
    })
}

fn has_name(words: &[char], name: &str) -> bool {
    let (name, words) = (person_name::normalised(name), words.iter().collect::<String>());
    name.chars().count() >= 2 && person_name::normalised(&words).contains(&name)
}

/// `19640305`, `640305`, with anything between.
fn has_birth_date(run: &str, born_on: Date) -> bool {
    let short = format!("{:02}{:02}{:02}", born_on.year().rem_euclid(100), born_on.month(), born_on.day());
    run.contains(&short)
}

/// `64년 3월 5일`, `1964.3.5`: year, month and day as numbers one after another.
fn says_birth_date(words: &[char], born_on: Date) -> bool {
    let text: String = words.iter().collect();
    let numbers: Vec<u32> =
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    let year = u32::from(born_on.year().unsigned_abs());
    let (month, day) = (u32::from(born_on.month().unsigned_abs()), u32::from(born_on.day().unsigned_abs()));
    numbers.windows(3).any(|three| {
        let (is_year, is_day) = ([year, year % 100].contains(&three[0]), three[1..] == [month, day]);
        is_year && is_day
    })
}

#[cfg(test)]
mod tests {
    use super::Telling::{BirthDate, Email, Name, PersonNumber, Phone};
    use super::*;
    use crate::claim::NumberKind;
    use jiff::civil::date;

    /// The check digit is deliberately wrong.
    fn caller() -> Claim {
        Claim {
            name: "김 시험".to_owned(),
            number: "6403051000007".to_owned(),
            number_kind: NumberKind::Resident,
            born_on: date(1964, 3, 5),
            phone: "01000001234".to_owned(),
        }
    }

    #[test]
    fn a_note_that_tells_who_it_is_about_is_noticed_however_it_is_written() {
        for (words, told) in [
            ("5503052000009 로 조회", &[PersonNumber][..]),
            ("550305-2000009", &[PersonNumber]),
            ("５５０３０５ - ２０００００９", &[PersonNumber]),
            ("뒷자리 1000007 확인", &[PersonNumber]),
            ("010-0000-5678로 다시", &[Phone]),
            ("+82 10 0000 5678", &[Phone]),
            ("02)000-0000", &[Phone]),
            ("번호 0000-1234", &[Phone]),
            ("공일공 공공공공 오육칠팔", &[Phone]),
            ("공일공에 공공공공의 오육칠팔", &[Phone]),
            ("kim.test@example.kr 로", &[Email]),
            ("kim @ example.kr", &[Email]),
            ("김시험 님", &[Name]),
            ("김  시 험", &[Name]),
            ("생일 1964-03-05", &[BirthDate]),
            ("640305생", &[BirthDate]),
            ("64년 3월 5일생", &[BirthDate]),
            ("1964. 3. 5.", &[BirthDate]),
            ("김시험 010-0000-5678", &[Phone, Name]),
        ] {
            assert_eq!(tellings(words, &caller()), told, "{words}");
        }
    }

    #[test]
    fn a_note_about_the_call_is_taken() {
        for words in [
            "",
            "오후에 다시 전화하시기로 함",
            "7월 26일 09:30 자리를 원하심, 3곳 안내",
            "C00001 마감, 근처 2곳 안내",
            "2차는 8월 23일, 4주 뒤",
            "안내 번호 311, 1339 재연결 2회",
            "이사 오신 지 일이 년, 구청에 문의",
            "보호자 @ 병원",
        ] {
            assert_eq!(tellings(words, &caller()), [], "{words}");
        }
    }
}
