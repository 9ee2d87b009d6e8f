//! What the ledger may know of sealed fields: under whose key they stand. The rest is opaque to it.
//!
//! [`MARK`], the number of the key of personal fields (u8), the person's key (u32), nonce and ciphertext. What was
//! sealed before people had keys of their own begins with a nonce; that one is the mark by chance once in 2⁵⁶.

use booking::PersonKey;

pub const MARK: [u8; 7] = *b"\xc8person";
/// With the number and the key.
pub const HEAD_LENGTH: usize = MARK.len() + 5;

/// The head of what is sealed under a person's key.
pub fn head(fields_key: u8, PersonKey(person): PersonKey) -> [u8; HEAD_LENGTH] {
    let mut head = [0; HEAD_LENGTH];
    head[..MARK.len()].copy_from_slice(&MARK);
    head[MARK.len()] = fields_key;
    head[MARK.len() + 1..].copy_from_slice(&person.to_be_bytes());
    head
}

/// The number of the key of personal fields, the person's key, and what follows them.
pub fn parts(sealed: &[u8]) -> Option<(u8, PersonKey, &[u8])> {
    let (number, rest) = sealed.strip_prefix(&MARK)?.split_first()?;
    let (person, rest) = rest.split_first_chunk()?;
    Some((*number, PersonKey(u32::from_be_bytes(*person)), rest))
}

pub fn person_key(sealed: &[u8]) -> Option<PersonKey> {
    parts(sealed).map(|(_, person, _)| person)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written_and_nothing_else_is_one() {
        let sealed = [&head(3, PersonKey(0x0102_0304)), b"rest".as_slice()].concat();
        assert_eq!(parts(&sealed), Some((3, PersonKey(0x0102_0304), b"rest".as_slice())));
        for cut in 0..HEAD_LENGTH {
            assert_eq!(parts(&sealed[..cut]), None);
        }
        assert_eq!(person_key(&[0xc8; 40]), None);
    }
}
