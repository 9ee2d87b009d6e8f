//! Bytes without their zeros: most bytes of a record are the upper ones of small numbers. Of every eight a byte tells which
//! are not zero, and those follow.

const TOGETHER: usize = 8;

pub(super) fn pack(bytes: &[u8], out: &mut Vec<u8>) {
    for eight in bytes.chunks(TOGETHER) {
        let at = out.len();
        out.push(0);
        for (position, byte) in eight.iter().enumerate().filter(|(_, byte)| **byte != 0) {
            out[at] |= 1 << position;
            out.push(*byte);
        }
    }
    // How many zeros were added to fill the last eight.
    out.push((bytes.len().next_multiple_of(TOGETHER) - bytes.len()) as u8);
}

/// What [`pack`] was given.
pub(super) fn unpack(packed: &[u8]) -> Vec<u8> {
    let (filled, packed) = packed.split_last().expect("it was packed");
    let mut bytes = Vec::with_capacity(packed.len() * 2);
    let mut rest = packed.iter();
    while let Some(which) = rest.next() {
        let byte =
            |position| if which >> position & 1 == 0 { 0 } else { *rest.next().expect("it was packed") };
        bytes.extend((0..TOGETHER).map(byte));
    }
    bytes.truncate(bytes.len() - usize::from(*filled));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_unpacked_is_what_was_packed(
            bytes in prop::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..70),
        ) {
            let mut packed = Vec::new();
            pack(&bytes, &mut packed);
            prop_assert_eq!(unpack(&packed), bytes);
        }
    }
}
