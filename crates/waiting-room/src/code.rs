//! The code of a place: sixteen characters to be read out, typed, or drawn, by which a place goes on elsewhere.
//!
//! 32 bits say which place, 48 bits prove that this line told the code. Nothing is kept for it.

use crate::{CampaignTag, KeyRing, Purpose};

/// Five bits a character (Crockford's base 32): no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHARACTERS: usize = 16;
const BITS_EACH: u32 = 5;
const MAC_BITS: u32 = 48;

/// Why what was typed is no code of this line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlaceCode {
    /// Not sixteen characters that a code can have.
    Unreadable,
    /// This line never told it.
    NotOurs,
}

/// `7K2M-0000-4XWA-9TBC`; None beyond the four thousand millionth place.
pub fn place_code(keys: &KeyRing, campaign: CampaignTag, place_number: u64) -> Option<String> {
    let place = u32::try_from(place_number).ok()?;
    let mac = keys.short_mac(Purpose::PlaceCode, &body(campaign, place));
    let bits =
        (u128::from(place) << MAC_BITS) | mac.iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte));
    let mut code = String::with_capacity(CHARACTERS + 3);
    for position in 0..CHARACTERS {
        if position > 0 && position % 4 == 0 {
            code.push('-');
        }
        let shift = BITS_EACH as usize * (CHARACTERS - 1 - position);
        code.push(char::from(ALPHABET[(bits >> shift) as usize & 31]));
    }
    Some(code)
}

/// Whether it has the form of a code.
pub fn reads_as_place_code(typed: &str) -> bool {
    bits_of(typed).is_some()
}

/// The queue number behind a code, however it was typed: any case, with or without dashes and spaces, O for 0, I and L
/// for 1.
pub fn read_place_code(keys: &KeyRing, campaign: CampaignTag, typed: &str) -> Result<u64, NoPlaceCode> {
    let bits = bits_of(typed).ok_or(NoPlaceCode::Unreadable)?;
    let place = u32::try_from(bits >> MAC_BITS).map_err(|_| NoPlaceCode::Unreadable)?;
    let mac = std::array::from_fn(|position| (bits >> (40 - 8 * position)) as u8);
    let is_ours = keys.has_short_mac(Purpose::PlaceCode, &body(campaign, place), mac);
    if is_ours { Ok(u64::from(place)) } else { Err(NoPlaceCode::NotOurs) }
}

fn bits_of(typed: &str) -> Option<u128> {
    let mut bits = 0;
    let mut characters = 0;
    for character in typed.chars().filter(|character| !matches!(character, '-' | ' ' | '\t' | '‐'..='―'))
    {
        let meant = match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let value = ALPHABET.iter().position(|known| char::from(*known) == meant)?;
        bits = bits << BITS_EACH | value as u128;
        characters += 1;
        if characters > CHARACTERS {
            return None;
        }
    }
    (characters == CHARACTERS).then_some(bits)
}

fn body(campaign: CampaignTag, place: u32) -> [u8; 6] {
    let mut body = [0; 6];
    body[..2].copy_from_slice(&campaign.0.to_be_bytes());
    body[2..].copy_from_slice(&place.to_be_bytes());
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyId;
    use proptest::prelude::*;

    fn ring() -> KeyRing {
        KeyRing::new(KeyId(1), &[7; 32])
    }

    const HERE: CampaignTag = CampaignTag(55);

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = place_code(&ring(), HERE, 1_204_551).unwrap();
        assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{code}");
        let loose = code.replace('-', " ").replace('0', "o").replace('1', "l").to_ascii_lowercase();
        for typed in [code.clone(), code.replace('-', ""), code.replace('-', "–"), loose, format!(" {code} ")]
        {
            assert_eq!(read_place_code(&ring(), HERE, &typed), Ok(1_204_551), "{typed}");
        }
    }

    #[test]
    fn a_code_of_another_campaign_or_key_is_not_ours_and_a_rotation_keeps_it() {
        let code = place_code(&ring(), HERE, 9).unwrap();
        assert_eq!(read_place_code(&ring(), CampaignTag(56), &code), Err(NoPlaceCode::NotOurs));
        let stranger = KeyRing::new(KeyId(1), &[8; 32]);
        assert_eq!(read_place_code(&stranger, HERE, &code), Err(NoPlaceCode::NotOurs));
        let rotated = ring().rotated(KeyId(2), &[8; 32]);
        assert_eq!(read_place_code(&rotated, HERE, &code), Ok(9));
        assert_eq!(
            read_place_code(&rotated.rotated(KeyId(3), &[9; 32]), HERE, &code),
            Err(NoPlaceCode::NotOurs)
        );
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let code = place_code(&ring(), HERE, 70_000).unwrap();
        for position in (0..code.len()).filter(|position| !code[*position..].starts_with('-')) {
            let mut forged = code.clone().into_bytes();
            forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(read_place_code(&ring(), HERE, &forged), Err(NoPlaceCode::NotOurs), "at {position}");
        }
    }

    #[test]
    fn what_cannot_be_a_code_is_said_to_be_unreadable() {
        for typed in ["", "7K2M", "7K2M-0000-4XWA-9TB", "7K2M-0000-4XWA-9TBCC", "7K2M-0000-4XWA-9TBU", "한글"]
        {
            assert_eq!(read_place_code(&ring(), HERE, typed), Err(NoPlaceCode::Unreadable), "{typed}");
        }
        assert_eq!(place_code(&ring(), HERE, u64::from(u32::MAX) + 1), None);
    }

    proptest! {
        #[test]
        fn every_place_has_its_own_code(place in any::<u32>()) {
            let code = place_code(&ring(), HERE, u64::from(place)).unwrap();
            prop_assert_eq!(read_place_code(&ring(), HERE, &code), Ok(u64::from(place)));
        }
    }
}
