//! Names as people type them: spaces do not matter, nor whether a syllable came in one piece or in its letters (NFC, NFD);
//! ㅅㅁㄹ finds 새마루.

const SYLLABLES: std::ops::RangeInclusive<u32> = 0xAC00..=0xD7A3;
const LEADS: std::ops::RangeInclusive<u32> = 0x1100..=0x1112;
const VOWELS: std::ops::RangeInclusive<u32> = 0x1161..=0x1175;
const TAILS: std::ops::RangeInclusive<u32> = 0x11A8..=0x11C2;
/// Tails of a syllable, none included; vowels.
const TAIL_COUNT: u32 = 28;
const VOWEL_COUNT: u32 = 21;
/// The nineteen leading consonants as letters of their own.
const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ',
    'ㅍ', 'ㅎ',
];

/// What two writings of one name have in common: syllables in one piece, small letters, no spaces.
pub fn normalized(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_whitespace() && !c.is_control()) {
        match whole.chars().next_back().and_then(|last| joined(last, c)) {
            Some(syllable) => {
                whole.pop();
                whole.push(syllable);
            }
            None => whole.extend(c.to_lowercase()),
        }
    }
    whole
}

/// A lead and a vowel, or an open syllable and a tail, in one piece (Unicode 3.12).
fn joined(last: char, next: char) -> Option<char> {
    let (last, next) = (u32::from(last), u32::from(next));
    let syllable = if LEADS.contains(&last) && VOWELS.contains(&next) {
        ((last - LEADS.start()) * VOWEL_COUNT + (next - VOWELS.start())) * TAIL_COUNT + SYLLABLES.start()
    } else if is_open_syllable(last) && TAILS.contains(&next) {
        last + (next - TAILS.start()) + 1
    } else {
        return None;
    };
    char::from_u32(syllable)
}

fn is_open_syllable(c: u32) -> bool {
    SYLLABLES.contains(&c) && (c - SYLLABLES.start()).is_multiple_of(TAIL_COUNT)
}

/// The first consonant of each syllable; whatever is no syllable stays.
fn initials(normalized: &str) -> String {
    let initial = |c: char| {
        let code = u32::from(c);
        if SYLLABLES.contains(&code) {
            INITIALS[((code - SYLLABLES.start()) / (VOWEL_COUNT * TAIL_COUNT)) as usize]
        } else {
            c
        }
    };
    normalized.chars().map(initial).collect()
}

/// `역삼1동`, `창신제2동` by their legal names, `역삼동`, `창신동`; None where there is no number to leave out.
pub fn legal_dong(normalized: &str) -> Option<String> {
    let stem = normalized.strip_suffix('동')?;
    let legal = stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == '·' || c == '.');
    (legal.len() < stem.len()).then(|| format!("{}동", legal.strip_suffix('제').unwrap_or(legal)))
}

/// Many short texts, searched as one.
pub struct TextIndex {
    whole: Lines,
    initials: Lines,
}

impl TextIndex {
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let texts: Vec<String> = texts.map(normalized).collect();
        Self {
            initials: Lines::new(texts.iter().map(|text| initials(text))),
            whole: Lines::new(texts.into_iter()),
        }
    }

    /// Positions of the texts that contain it, in order. Something that is only first consonants is looked for among the
    /// first consonants.
    pub fn containing(&self, typed: &str) -> Vec<usize> {
        let wanted = normalized(typed);
        let lines = if wanted.chars().all(|c| INITIALS.contains(&c)) { &self.initials } else { &self.whole };
        lines.containing(&wanted)
    }

    pub fn equal_to(&self, normalized: &str) -> Vec<usize> {
        self.whole.containing(&format!("\n{normalized}\n"))
    }

    pub fn beginning_with(&self, normalized: &str) -> Vec<usize> {
        self.whole.containing(&format!("\n{normalized}"))
    }
}

/// Each text between line ends, with where it begins.
struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    fn new(texts: impl Iterator<Item = String>) -> Self {
        let mut lines = Self { text: "\n".to_owned(), starts: Vec::new() };
        for text in texts {
            lines.starts.push(lines.text.len());
            lines.text.push_str(&text);
            lines.text.push('\n');
        }
        lines
    }

    fn containing(&self, wanted: &str) -> Vec<usize> {
        if wanted.is_empty() {
            return Vec::new();
        }
        // A line end before the text belongs to it, not to the text before.
        let begins_with_line = usize::from(wanted.starts_with('\n'));
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = self.text[from..].find(wanted) {
            let at = from + at + begins_with_line;
            let line = self.starts.partition_point(|start| *start <= at) - 1;
            found.push(line);
            from = self.starts.get(line + 1).map_or(self.text.len(), |start| start - 1);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Syllables taken apart, as some devices send them.
    fn in_letters(text: &str) -> String {
        let apart = |c: char| {
            let Some(code) = u32::from(c).checked_sub(*SYLLABLES.start()).filter(|code| *code < 11_172)
            else {
                return c.to_string();
            };
            let tail = code % TAIL_COUNT;
            let letters = [
                char::from_u32(LEADS.start() + code / TAIL_COUNT / VOWEL_COUNT),
                char::from_u32(VOWELS.start() + code / TAIL_COUNT % VOWEL_COUNT),
                if tail == 0 { None } else { char::from_u32(TAILS.start() + tail - 1) },
            ];
            letters.into_iter().flatten().collect()
        };
        text.chars().map(apart).collect()
    }

    #[test]
    fn a_name_is_found_however_it_is_typed() {
        let names =
            TextIndex::new(["푸른 새마루의원 (가상)", "은빛 Clinic", "새마을 의원", "가"].into_iter());
        for (typed, found) in [
            ("새마루", vec![0]),
            ("새 마 루", vec![0]),
            ("푸른새", vec![0]),
            ("의원", vec![0, 2]),
            ("CLINIC", vec![1]),
            ("ㅅㅁㄹ", vec![0]),
            ("ㅅㅁ", vec![0, 2]),
            ("가", vec![0, 3]),
            ("없는 이름", vec![]),
            ("", vec![]),
            ("\n", vec![]),
            ("🙂", vec![]),
            ("원(가상)은빛", vec![]),
        ] {
            assert_eq!(names.containing(typed), found, "{typed:?}");
            assert_eq!(names.containing(&in_letters(typed)), found, "{typed:?} in letters");
        }
    }

    #[test]
    fn whole_names_and_beginnings_are_told_apart() {
        let names = TextIndex::new(["역삼동", "역삼", "북역삼동", "역삼동"].into_iter());
        assert_eq!(names.equal_to("역삼동"), [0, 3]);
        assert_eq!(names.beginning_with("역삼"), [0, 1, 3]);
        assert_eq!(names.containing("역삼"), [0, 1, 2, 3]);
    }

    #[test]
    fn an_administrative_dong_leads_to_its_legal_one() {
        for (typed, legal) in [
            ("역삼1동", Some("역삼동")),
            ("창신제2동", Some("창신동")),
            ("역삼동", None),
            ("종로1·2·3·4가동", None),
        ] {
            assert_eq!(legal_dong(typed).as_deref(), legal, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn a_part_of_a_name_finds_it_in_one_piece_and_in_letters(
            names in prop::collection::vec("[가-힣]{1,6}( [a-z가-힣]{1,4})?", 1..20), pick in 0usize..20, cut in 0usize..4
        ) {
            let pick = pick % names.len();
            let part: String = names[pick].chars().skip(cut).collect();
            let index = TextIndex::new(names.iter().map(String::as_str));
            let found = index.containing(&part);
            prop_assert!(normalized(&part).is_empty() || found.contains(&pick));
            prop_assert_eq!(&found, &index.containing(&in_letters(&part)));
        }

        #[test]
        fn nothing_that_is_typed_breaks_it(typed in any::<String>()) {
            let index = TextIndex::new(["새마루의원", "은빛"].into_iter());
            prop_assert!(index.containing(&typed).len() <= 2);
            prop_assert_eq!(normalized(&normalized(&typed)), normalized(&typed));
        }
    }
}
