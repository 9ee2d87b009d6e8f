//! How often codes are sent. Whoever asks too often waits; nobody is locked out.
//!
//! - **A phone** gets some codes at once; after them a pause that doubles up to a limit. A refused request neither
//!   lengthens the pause nor starts another.
//! - **A promise.** Whoever is refused because of the phone is told when to come back, and is then served for certain,
//!   whatever others did meanwhile: somebody who has codes sent to a victim's phone makes the victim wait at most one
//!   pause ([`PHONES`]`.pause_max`), and only for sending. A code that has arrived is good all the same.
//! - **A browser** that asks for many codes or types many wrong ones waits by itself, and begins anew once it gets one
//!   right: at a desk where one helps many nobody waits.
//!
//! Kept in memory only, for at most [`WATCHED_MAX`](crate::remembered::WATCHED_MAX) of each kind; the oldest are forgotten first. A new process starts
//! with a clean slate.

use super::Asker;
use crate::remembered::Remembered;
use booking::Refusal;
use jiff::{SignedDuration, Timestamp};

/// How long a promise stands.
const PROMISE_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Failures within a minute from which on an operator is told.
const ALARM_FROM: u32 = 100;

/// So much at once, then with pauses.
pub(crate) struct Pace {
    pub(crate) free: u32,
    /// After so long without any it begins anew.
    pub(crate) forgotten_after: SignedDuration,
    pub(crate) pause: SignedDuration,
    pub(crate) pause_max: SignedDuration,
}

pub(crate) const PHONES: Pace = Pace {
    free: 5,
    forgotten_after: SignedDuration::from_mins(10),
    pause: SignedDuration::from_secs(15),
    pause_max: SignedDuration::from_mins(2),
};

/// Codes asked for and wrong codes together.
pub(crate) const BROWSERS: Pace = Pace {
    free: 30,
    forgotten_after: SignedDuration::from_mins(10),
    pause: SignedDuration::from_mins(1),
    pause_max: SignedDuration::from_mins(10),
};

type Key = [u8; 16];

#[derive(Default)]
pub(crate) struct Pacing {
    phones: Remembered<Key, Count>,
    browsers: Remembered<Key, Count>,
    promises: Remembered<(Key, Asker), Timestamp>,
    failures: Failures,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    times: u32,
    last_at: Timestamp,
}

/// In the minute that began last.
#[derive(Default)]
struct Failures {
    minute: i64,
    count: u32,
}

impl Pacing {
    /// Counts a code to that phone, or says when to come back.
    pub(crate) fn send(&mut self, phone: Key, by: Asker, now: Timestamp) -> Result<(), Refusal> {
        let allowed = self.browser_may(by, now).and_then(|()| self.phone_may(phone, by, now));
        if allowed.is_err() {
            self.failures.note(now);
            return allowed;
        }
        self.phones.count(phone, &PHONES, now);
        if let Asker::Browser(browser) = by {
            self.browsers.count(browser, &BROWSERS, now);
        }
        Ok(())
    }

    pub(crate) fn note_wrong_code(&mut self, by: Asker, now: Timestamp) {
        self.failures.note(now);
        if let Asker::Browser(browser) = by {
            self.browsers.count(browser, &BROWSERS, now);
        }
    }

    pub(crate) fn note_right_code(&mut self, by: Asker, now: Timestamp) {
        if let Asker::Browser(browser) = by {
            self.browsers.put(browser, Count { times: 0, last_at: now });
        }
    }

    fn browser_may(&self, by: Asker, now: Timestamp) -> Result<(), Refusal> {
        let Asker::Browser(browser) = by else { return Ok(()) };
        let wait = self.browsers.get(&browser).and_then(|count| count.again_at(&BROWSERS, now));
        wait.map_or(Ok(()), |again_at| Err(Refusal::TooManyTries { again_at }))
    }

    fn phone_may(&mut self, phone: Key, by: Asker, now: Timestamp) -> Result<(), Refusal> {
        let wait = self.phones.get(&phone).and_then(|count| count.again_at(&PHONES, now));
        let Some(pause_ends_at) = wait else {
            self.keep_promise(phone, by);
            return Ok(());
        };
        let promised =
            self.promises.get(&(phone, by)).filter(|promised| now.duration_since(**promised) < PROMISE_LIFE);
        match promised.copied() {
            Some(promised) if promised <= now => {
                self.keep_promise(phone, by);
                Ok(())
            }
            Some(again_at) => Err(Refusal::TooManyTries { again_at }),
            None => {
                self.promises.put((phone, by), pause_ends_at);
                Err(Refusal::TooManyTries { again_at: pause_ends_at })
            }
        }
    }

    /// Each is good for one code.
    fn keep_promise(&mut self, phone: Key, by: Asker) {
        if self.promises.get(&(phone, by)).is_some() {
            self.promises.put((phone, by), Timestamp::MIN);
        }
    }
}

impl Count {
    fn is_forgotten(self, pace: &Pace, now: Timestamp) -> bool {
        now.duration_since(self.last_at) >= pace.forgotten_after
    }

    /// The end of the pause; None if there is none.
    fn again_at(self, pace: &Pace, now: Timestamp) -> Option<Timestamp> {
        if self.is_forgotten(pace, now) {
            return None;
        }
        let doublings = self.times.checked_sub(pace.free)?.min(16);
        let pause = (pace.pause * (1 << doublings)).min(pace.pause_max);
        let again_at = self.last_at + pause;
        (now < again_at).then_some(again_at)
    }
}

impl Remembered<Key, Count> {
    fn count(&mut self, key: Key, pace: &Pace, now: Timestamp) {
        let before = self.get(&key).filter(|count| !count.is_forgotten(pace, now));
        let times = before.map_or(0, |count| count.times).saturating_add(1);
        self.put(key, Count { times, last_at: now });
    }
}

impl Failures {
    /// Says so once at the threshold and again whenever it has doubled; counts only, nothing about anybody.
    fn note(&mut self, now: Timestamp) {
        let minute = now.as_second().div_euclid(60);
        if minute != self.minute {
            *self = Self { minute, count: 0 };
        }
        self.count = self.count.saturating_add(1);
        if self.count.is_multiple_of(ALARM_FROM) && (self.count / ALARM_FROM).is_power_of_two() {
            tracing::warn!(
                failures_this_minute = self.count,
                "many identity checks fail: somebody may be guessing"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remembered::WATCHED_MAX;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_626_000_000 + second).unwrap()
    }

    fn browser(number: u32) -> Asker {
        let mut key = [0; 16];
        key[..4].copy_from_slice(&number.to_be_bytes());
        Asker::Browser(key)
    }

    const PHONE: Key = [7; 16];

    #[test]
    fn five_codes_at_once_then_growing_pauses() {
        let mut pacing = Pacing::default();
        let mut now = 0;
        for _ in 0..5 {
            assert_eq!(pacing.send(PHONE, browser(1), at(now)), Ok(()));
        }
        for pause in [15, 30, 60, 120, 120] {
            let refused = Err(Refusal::TooManyTries { again_at: at(now + pause) });
            assert_eq!(pacing.send(PHONE, browser(1), at(now)), refused);
            assert_eq!(pacing.send(PHONE, browser(1), at(now + pause - 1)), refused, "not lengthened");
            now += pause;
            assert_eq!(pacing.send(PHONE, browser(1), at(now)), Ok(()));
        }
        now += 600;
        for _ in 0..5 {
            assert_eq!(pacing.send(PHONE, browser(1), at(now)), Ok(()), "a quiet while begins anew");
        }
    }

    /// A hundred browsers a second ask for codes to one phone: its owner, who asks once and comes back as told, gets
    /// one within two minutes.
    #[test]
    fn whoever_was_told_to_come_back_is_served_whatever_others_do() {
        let mut pacing = Pacing::default();
        let mut attacker = 1_000;
        let mut hammer = |pacing: &mut Pacing, now: i64| {
            for _ in 0..100 {
                attacker += 1;
                drop(pacing.send(PHONE, browser(attacker), at(now)));
            }
        };
        for now in 0..300 {
            hammer(&mut pacing, now);
        }
        let Err(Refusal::TooManyTries { again_at }) = pacing.send(PHONE, browser(1), at(300)) else {
            panic!("the phone is in a pause")
        };
        assert!(again_at <= at(300) + PHONES.pause_max);
        let mut now = 300;
        while at(now) < again_at {
            hammer(&mut pacing, now);
            now += 1;
        }
        hammer(&mut pacing, now);
        assert_eq!(pacing.send(PHONE, browser(1), at(now)), Ok(()));
    }

    #[test]
    fn a_browser_that_guesses_waits_and_one_that_succeeds_begins_anew() {
        let mut pacing = Pacing::default();
        for _ in 0..BROWSERS.free {
            pacing.note_wrong_code(browser(1), at(0));
        }
        assert!(pacing.send(PHONE, browser(1), at(0)).is_err());
        assert_eq!(pacing.send(PHONE, browser(2), at(0)), Ok(()), "the person, from their own browser");
        pacing.note_right_code(browser(1), at(0));
        assert_eq!(pacing.send(PHONE, browser(1), at(0)), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut pacing = Pacing::default();
        for number in 0..u32::try_from(WATCHED_MAX).unwrap() + 10 {
            pacing.note_wrong_code(browser(number), at(0));
        }
        assert_eq!(pacing.browsers.lens(), (WATCHED_MAX, WATCHED_MAX));
    }
}
