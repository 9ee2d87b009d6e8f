//! 대상자 명단: what is known of one person on it, as it is sealed for the store.

use crate::keys::Keys;
use booking::PersonAlias;
use jiff::civil::Date;
use store::RosterEntry;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterPerson {
    /// In the form that [`crate::person_number`] gives it. Kept so that aliases can be made again under a new key.
    pub number: String,
    /// Composed, as on the list.
    pub name: String,
    pub born_on: Date,
    /// Digits only.
    pub phone: Option<String>,
    /// The slug of the campaign, where the list names one.
    pub group: Option<String>,
}

/// Stands in no field: control characters are refused on the list.
const BETWEEN: char = '\u{1f}';
const FIELDS: usize = 5;

impl RosterPerson {
    pub fn pair(&self, keys: &Keys) -> PersonAlias {
        keys.pair_alias(&self.number, &self.name)
    }

    /// A keyed hash of all that is known: equal on two lists if nothing changed.
    pub fn content(&self, keys: &Keys) -> PersonAlias {
        keys.alias("roster content", &self.text())
    }

    /// Opens only under the same pair.
    pub fn seal(&self, keys: &Keys, pair: PersonAlias) -> RosterEntry {
        RosterEntry { sealed: keys.cipher.seal(&place(pair), self.text().as_bytes()) }
    }

    /// None if the entry was altered, moved, or sealed under another key.
    pub fn open(keys: &Keys, pair: PersonAlias, entry: &RosterEntry) -> Option<Self> {
        let plain = String::from_utf8(keys.cipher.open(&place(pair), &entry.sealed)?).ok()?;
        let fields: Vec<&str> = plain.split(BETWEEN).collect();
        let [number, name, born_on, phone, group]: [&str; FIELDS] = fields.try_into().ok()?;
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Some(Self {
            number: number.to_owned(),
            name: name.to_owned(),
            born_on: born_on.parse().ok()?,
            phone: given(phone),
            group: given(group),
        })
    }

    fn text(&self) -> String {
        let Self { number, name, born_on, phone, group } = self;
        let (phone, group) = (phone.as_deref().unwrap_or(""), group.as_deref().unwrap_or(""));
        format!("{number}{BETWEEN}{name}{BETWEEN}{born_on}{BETWEEN}{phone}{BETWEEN}{group}")
    }
}

/// Left in the file by an import; a service with other keys would find nobody, and is told instead.
pub fn key_check(keys: &Keys) -> PersonAlias {
    *keys.roster_checks().first().expect("the newest is always there")
}

fn place(PersonAlias(pair): PersonAlias) -> String {
    let (front, _) = pair.split_first_chunk().expect("an alias has 32 bytes");
    format!("roster/sealed/{:032x}", u128::from_be_bytes(*front))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyMaterial;
    use std::sync::Arc;
    use store::Randomness;

    struct Zeros;

    impl Randomness for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn keys(aliases: u8) -> Keys {
        let material = KeyMaterial {
            tokens: (1, [1; 32]),
            tokens_before: None,
            aliases: [aliases; 32],
            fields: [3; 32],
            gate: [4; 32],
        };
        Keys::new(&material, Arc::new(Zeros))
    }

    fn person() -> RosterPerson {
        RosterPerson {
            number: "6203141000000".to_owned(),
            name: "김시험".to_owned(),
            born_on: jiff::civil::date(1962, 3, 14),
            phone: None,
            group: Some("c55".to_owned()),
        }
    }

    #[test]
    fn a_person_opens_under_their_own_pair_only() {
        let keys = keys(2);
        let (pair, other) = (person().pair(&keys), keys.pair_alias("6203141000000", "김시험이"));
        let entry = person().seal(&keys, pair);
        assert_eq!(RosterPerson::open(&keys, pair, &entry), Some(person()));
        assert_eq!(RosterPerson::open(&keys, other, &entry), None);
        let text = String::from_utf8_lossy(&entry.sealed).into_owned();
        assert!(!text.contains("김시험") && !text.contains("620314"));
    }

    #[test]
    fn a_pair_needs_both_parts_and_the_key() {
        let (keys, others) = (keys(2), keys(9));
        let pair = keys.pair_alias("6203141000000", "김 시험");
        assert_eq!(pair, person().pair(&keys));
        assert_ne!(pair, keys.pair_alias("6203141000001", "김시험"));
        assert_ne!(pair, keys.number_alias("6203141000000"));
        assert_ne!(pair, others.pair_alias("6203141000000", "김시험"));
    }

    #[test]
    fn every_field_changes_the_content() {
        let keys = keys(2);
        let changed = [
            RosterPerson { name: "김시험이".to_owned(), ..person() },
            RosterPerson { born_on: jiff::civil::date(1962, 3, 15), ..person() },
            RosterPerson { phone: Some("01000000001".to_owned()), ..person() },
            RosterPerson { group: None, ..person() },
        ];
        for other in changed {
            assert_ne!(other.content(&keys), person().content(&keys), "{other:?}");
        }
    }
}
