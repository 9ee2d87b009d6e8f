//! Codes of authenticator apps (RFC 6238): six digits, a new one every thirty seconds.

use super::sha1;
use jiff::Timestamp;
use subtle::{Choice, ConstantTimeEq as _};

const STEP_S: i64 = 30;
/// Steps before and after the present one: clocks differ, and people type slowly.
const NEIGHBOURS: u64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Which code is shown at an instant.
pub fn step_at(now: Timestamp) -> u64 {
    u64::try_from(now.as_second().div_euclid(STEP_S)).unwrap_or(0)
}

pub fn code_of(secret: &[u8; 20], step: u64) -> String {
    let mac = sha1::hmac(secret, &step.to_be_bytes());
    let offset = usize::from(mac[19] & 0xf);
    let word: [u8; 4] = mac[offset..offset + 4].try_into().expect("four bytes");
    format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
}

/// The step of a code that is good now and later than the last one that was used. Takes as long for a wrong one.
pub fn good_step(secret: &[u8; 20], code: &str, last_step: u64, now: Timestamp) -> Option<u64> {
    let present = step_at(now);
    let mut found = None;
    for step in present.saturating_sub(NEIGHBOURS)..=present + NEIGHBOURS {
        let is_it: Choice = code_of(secret, step).as_bytes().ct_eq(code.as_bytes());
        if bool::from(is_it) && step > last_step {
            found = Some(step);
        }
    }
    found
}

/// As people type a secret into an app.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut five = [0; 5];
        five[..chunk.len()].copy_from_slice(chunk);
        let bits = five.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letters = (chunk.len() * 8).div_ceil(5);
        let letter = |place: usize| BASE32[(bits >> (35 - 5 * place) & 31) as usize] as char;
        text.extend((0..letters).map(letter));
    }
    text
}

/// The secret of an app, as people type it: blanks, hyphens and case do not count.
pub fn unbase32(text: &str) -> Option<[u8; 20]> {
    let letters =
        text.bytes().filter(|letter| !b" -".contains(letter)).map(|letter| letter.to_ascii_uppercase());
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for letter in letters {
        bits = bits << 5 | u32::try_from(BASE32.iter().position(|known| *known == letter)?).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
        bits &= (1 << held) - 1;
    }
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8; 20] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let known = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ];
        for (second, code) in known {
            assert_eq!(code_of(SECRET, step_at(at(second))), code, "{second}");
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_the_neighbours_and_only_once() {
        let now = at(1_111_111_109);
        let step = step_at(now);
        let code = code_of(SECRET, step);
        assert_eq!(good_step(SECRET, &code, 0, now), Some(step));
        assert_eq!(good_step(SECRET, &code, 0, at(1_111_111_109 + 30)), Some(step));
        assert_eq!(good_step(SECRET, &code, 0, at(1_111_111_109 + 90)), None);
        assert_eq!(good_step(SECRET, &code, step, now), None, "it was used");
        assert_eq!(good_step(SECRET, "000000", 0, now), None);
        assert_eq!(good_step(SECRET, "", 0, now), None);
    }

    /// RFC 4648, without padding.
    #[test]
    fn a_secret_is_written_as_apps_read_it() {
        for (bytes, text) in [("f", "MY"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        let typed = base32(SECRET).to_lowercase();
        assert_eq!(unbase32(&format!("{} - {}", &typed[..7], &typed[7..])).as_ref(), Some(SECRET));
        assert_eq!(unbase32(&typed[1..]), None);
        assert_eq!(unbase32(&typed.replace('g', "1")), None);
    }
}
