//! The answers to keyed requests, for as long as a key may be asked for again: one list of bytes in the order in which
//! they were given, forgotten from its beginning, and where each key stands in it.
//!
//! There are two of them for every booking, more than of anything else; a table of owned rows took three times the
//! memory and most of the time that went to waiting for it.

use super::hash_index::{Index, Position};
use crate::record;
use booking::{Outcome, RequestKey};
use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;

/// A list of answers is kept in pieces of so many bytes, so that it never moves.
const PIECE_BITS: u32 = 20;
const PIECE: usize = 1 << PIECE_BITS;
/// Nearly every answer is smaller than this.
const SMALL: usize = 4 << 10;
/// Of a hash: 128 bits tell two requests apart as well as all of them.
const HALF: usize = 16;
/// Second, half of the key and of the body's hash, length of the outcome.
const HEAD: usize = SECOND + HALF + HALF + LENGTH;
/// Whole seconds since 1970, for thirty thousand years.
const SECOND: usize = 5;
const LENGTH: usize = 3;

#[derive(Default)]
pub(super) struct Answers {
    index: Index,
    pieces: VecDeque<Vec<u8>>,
    /// How many pieces were forgotten.
    forgotten: u64,
    /// The oldest that is known, and where the current batch, the one that is being written and what is durable end.
    begin: Position,
    end: Position,
    end_sealed: Position,
    end_committed: Position,
}

/// An answer as it was given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answered<'a> {
    key: [u8; HALF],
    body: [u8; HALF],
    /// Rounded up to a second: it is kept no shorter for it.
    pub(super) at: Timestamp,
    outcome: &'a [u8],
}

impl Answered<'_> {
    pub(super) fn outcome(&self) -> Outcome {
        record::outcome_of(self.outcome)
    }

    pub(super) fn is_to(&self, body: &[u8; 32]) -> bool {
        self.body == body[..HALF]
    }

    fn length(&self) -> u64 {
        (HEAD + self.outcome.len()) as u64
    }
}

impl Answers {
    /// As the current batch sees it: the last answer to a key.
    pub(super) fn get(&self, key: RequestKey) -> Option<Answered<'_>> {
        let found =
            self.index.candidates(half(&key)).filter(|position| self.at(*position).key == *half(&key));
        found.max().map(|position| self.at(position))
    }

    /// Whatever the look-up of a key reads first.
    pub(super) fn look(&self, key: RequestKey) -> u64 {
        self.index.look(half(&key))
    }

    pub(super) fn put(&mut self, key: RequestKey, body: &[u8; 32], outcome: &Outcome, at: Timestamp) {
        self.put_with(key, body, at, |piece| record::put_outcome(outcome, piece));
    }

    /// The outcome as it was put into a record.
    pub(super) fn put_encoded(&mut self, (key, body, at, outcome): record::Answered<'_>) {
        self.put_with(key, &body, at, |piece| piece.extend_from_slice(outcome));
    }

    fn put_with(
        &mut self,
        key: RequestKey,
        body: &[u8; 32],
        at: Timestamp,
        put_outcome: impl FnOnce(&mut Vec<u8>),
    ) {
        if self.pieces.back().is_none_or(|piece| piece.len() + SMALL > PIECE) {
            self.pieces.push_back(Vec::with_capacity(PIECE));
        }
        let piece = self.pieces.back_mut().expect("there is room");
        let before = piece.len();
        piece.extend_from_slice(&second_up(at).to_le_bytes()[..SECOND]);
        piece.extend_from_slice(half(&key));
        piece.extend_from_slice(&body[..HALF]);
        piece.extend_from_slice(&[0; LENGTH]);
        put_outcome(piece);
        let length = piece.len() - before - HEAD;
        assert!(length < 1 << (8 * LENGTH), "an outcome is smaller than 16 MiB");
        piece[before + HEAD - LENGTH..before + HEAD].copy_from_slice(&length.to_le_bytes()[..LENGTH]);
        let begin = self.begin_of_last(before);
        self.end = begin + (HEAD + length) as u64;
        self.index.insert(half(&key), begin);
    }

    /// Where the answer is that was just added to the last piece; one that does not fit goes into a new piece.
    fn begin_of_last(&mut self, before: usize) -> Position {
        let piece = self.pieces.back_mut().expect("something was added to it");
        let mut offset = before;
        if piece.len() > PIECE {
            let too_large = piece.split_off(before);
            piece.shrink_to_fit();
            assert!(too_large.len() <= PIECE, "an answer is smaller than a mebibyte");
            self.pieces.push_back(too_large);
            offset = 0;
        }
        let last = self.forgotten + self.pieces.len() as u64 - 1;
        (last << PIECE_BITS) + offset as u64
    }

    fn at(&self, position: Position) -> Answered<'_> {
        parse(&self.pieces, self.forgotten, position)
    }

    /// Those from one position to before another, in order.
    fn between(&self, from: Position, to: Position) -> impl Iterator<Item = (Position, Answered<'_>)> {
        let mut next = from;
        std::iter::from_fn(move || {
            next = self.beginning_at(next);
            (next < to).then(|| {
                let (position, found) = (next, self.at(next));
                next += found.length();
                (position, found)
            })
        })
    }

    /// A position at the end of a piece is the beginning of the next one.
    fn beginning_at(&self, position: Position) -> Position {
        let piece = position >> PIECE_BITS;
        let is_at_end = usize::try_from(piece.saturating_sub(self.forgotten))
            .ok()
            .and_then(|at| self.pieces.get(at))
            .is_some_and(|found| (position & (PIECE as u64 - 1)) as usize >= found.len());
        let is_last = piece + 1 >= self.forgotten + self.pieces.len() as u64;
        if is_at_end && !is_last { (piece + 1) << PIECE_BITS } else { position }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.begin == self.end
    }

    pub(super) fn seal(&mut self) {
        self.end_sealed = self.end;
    }

    pub(super) fn commit(&mut self) {
        self.end_committed = self.end_sealed;
    }

    pub(super) fn discard(&mut self) {
        let thrown: Vec<(Position, [u8; HALF])> =
            self.between(self.end_committed, self.end).map(|(position, one)| (position, one.key)).collect();
        for (position, key) in &thrown {
            self.index.remove(key, *position);
        }
        if let Some((first, _)) = thrown.first() {
            let kept = (first >> PIECE_BITS) - self.forgotten;
            self.pieces.truncate(kept as usize + 1);
            let length = (first & (PIECE as u64 - 1)) as usize;
            self.pieces.back_mut().expect("the first one is in it").truncate(length);
        }
        (self.end, self.end_sealed) = (self.end_committed, self.end_committed);
    }

    /// Durable ones that were given longer ago than they are kept.
    pub(super) fn forget(&mut self, now: Timestamp, kept: SignedDuration) {
        loop {
            self.begin = self.beginning_at(self.begin);
            if self.begin >= self.end_committed {
                return;
            }
            let oldest = self.at(self.begin);
            if now.duration_since(oldest.at) <= kept {
                return;
            }
            let (key, length) = (oldest.key, oldest.length());
            self.index.remove(&key, self.begin);
            self.begin = self.beginning_at(self.begin + length);
            while self.forgotten < self.begin >> PIECE_BITS {
                self.pieces.pop_front();
                self.forgotten += 1;
            }
        }
    }

    /// Durable ones, the oldest first.
    #[cfg(feature = "conformance")]
    pub(super) fn all_committed(&self) -> impl Iterator<Item = Answered<'_>> {
        self.between(self.begin, self.end_committed).map(|(_, one)| one)
    }
}

fn half(RequestKey(key): &RequestKey) -> &[u8; HALF] {
    key.first_chunk().expect("a key is longer")
}

/// The first whole second that is not before; an instant before 1970 counts as its beginning.
fn second_up(at: Timestamp) -> u64 {
    let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    u64::try_from(second).unwrap_or_default()
}

fn little<const N: usize>(bytes: [u8; N]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn parse(pieces: &VecDeque<Vec<u8>>, forgotten: u64, position: Position) -> Answered<'_> {
    const HELD: &str = "the head is longer";
    let piece = &pieces[((position >> PIECE_BITS) - forgotten) as usize];
    let bytes = &piece[(position & (PIECE as u64 - 1)) as usize..];
    let (second, bytes) = bytes.split_first_chunk::<SECOND>().expect(HELD);
    let (key, bytes) = bytes.split_first_chunk().expect(HELD);
    let (body, bytes) = bytes.split_first_chunk().expect(HELD);
    let (length, bytes) = bytes.split_first_chunk::<LENGTH>().expect(HELD);
    let at = Timestamp::from_second(little(*second).cast_signed()).expect("it was written from an instant");
    Answered { key: *key, body: *body, at, outcome: &bytes[..little(*length) as usize] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use booking::{AppointmentId, HoldId, PersonId};
    use proptest::prelude::*;

    const KEPT: SignedDuration = SignedDuration::from_secs(100);

    fn key(number: u64) -> RequestKey {
        let mut key = [7; 32];
        key[..8].copy_from_slice(&number.to_le_bytes());
        RequestKey(key)
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn outcome(number: u64) -> Outcome {
        match number % 3 {
            0 => Outcome::Registered(PersonId(number)),
            1 => Outcome::Cancelled(AppointmentId(number)),
            _ => Outcome::Extended { id: HoldId(number), expires_at: at(number as i64) },
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Put(u64),
        Commit,
        Seal,
        Discard,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            12 => (0_u64..60).prop_map(Step::Put),
            1 => Just(Step::Seal),
            2 => Just(Step::Commit),
            1 => Just(Step::Discard),
        ];
        prop::collection::vec(step, 0..400)
    }

    proptest! {
        /// Every step takes some seconds, so the oldest are forgotten on the way.
        #[test]
        fn what_was_answered_is_found_until_it_is_too_old_or_thrown_away(steps in steps()) {
            let mut answers = Answers::default();
            let (mut all, mut sealed, mut committed) = (Vec::<(u64, i64)>::new(), 0, 0);
            for (step, now) in steps.into_iter().zip((0..).step_by(3)) {
                match step {
                    Step::Put(number) => {
                        answers.put(key(number), &[number as u8; 32], &outcome(number), at(now));
                        all.push((number, now));
                    }
                    Step::Seal => {
                        answers.seal();
                        sealed = all.len();
                    }
                    Step::Commit => {
                        answers.commit();
                        committed = sealed;
                        answers.forget(at(now), KEPT);
                        let old = all[..committed].iter().take_while(|(_, given)| now - given > 100).count();
                        all.drain(..old);
                        (sealed, committed) = (sealed - old, committed - old);
                    }
                    Step::Discard => {
                        answers.discard();
                        all.truncate(committed);
                        sealed = committed;
                    }
                }
                for number in 0..60 {
                    let expected = all.iter().rfind(|(known, _)| *known == number);
                    let found = answers.get(key(number));
                    let found = found.map(|one| (one.at, (0..60).find(|body| one.is_to(&[*body; 32])), one.outcome()));
                    prop_assert_eq!(found, expected.map(|(_, given)| (at(*given), Some(number as u8), outcome(number))));
                }
            }
        }
    }

    #[test]
    fn a_list_of_many_pieces_forgets_them_from_the_first_on() {
        let mut answers = Answers::default();
        for number in 0..60_000 {
            answers.put(key(number), &[1; 32], &outcome(number), at(number as i64));
        }
        answers.seal();
        answers.commit();
        let pieces = answers.pieces.len();
        assert!(pieces >= 3);
        answers.forget(at(50_000), KEPT);
        assert!(answers.get(key(49_899)).is_none());
        for number in 49_900..60_000 {
            assert_eq!(answers.get(key(number)).unwrap().outcome(), outcome(number));
        }
        assert!(answers.pieces.len() < pieces);
        answers.forget(at(90_000), KEPT);
        assert!((0..60_000).all(|number| answers.get(key(number)).is_none()));
        answers.put(key(3), &[1; 32], &outcome(3), at(90_000));
        assert_eq!(answers.get(key(3)).unwrap().outcome(), outcome(3));
    }

    #[test]
    fn an_answer_is_kept_at_least_as_long_as_it_may_be_asked_for_again() {
        let mut answers = Answers::default();
        answers.put(key(1), &[1; 32], &outcome(1), Timestamp::new(10, 900_000_000).unwrap());
        answers.seal();
        answers.commit();
        answers.forget(Timestamp::new(110, 900_000_000).unwrap(), KEPT);
        assert!(answers.get(key(1)).is_some());
        answers.forget(Timestamp::new(111, 1).unwrap(), KEPT);
        assert!(answers.get(key(1)).is_none());
    }
}
