//! How many requests may be worked on at once, found out from how long they take. Pure: times are arguments.
//!
//! A window of samples ends about ten times a second. Took its requests longer than twice the least that they took
//! lately, and some slack, then too many are under way, and the limit shrinks; else, if it was used, it grows: by
//! doubling after a start, until the first window that was too slow, and by its square root from then on.
//!
//! What requests take when nobody stands in their way is not known beforehand, and changes (a slow disk). So it is
//! measured: the least of the last seconds. A limit that is used all the time would measure its own queue, and from
//! there go up and up; every few seconds it is therefore a quarter of itself for two windows.
//! Compared with a fixed limit, Netflix' Gradient2 and none at all in [`super::simulation`].

use std::time::Duration;

/// Shorter ones would be noise.
const WINDOW: Duration = Duration::from_millis(100);
/// A window waits for so many samples, but not longer than [`WINDOW_MAX`].
const SAMPLES_MIN: u32 = 8;
const WINDOW_MAX: Duration = Duration::from_secs(1);
/// How long the least of the windows counts: between one and two of these.
const FLOOR_FOR: Duration = Duration::from_secs(5);
/// A window may be so many times slower than the least of the last seconds, and [`SLACK_MS`].
const TOLERANCE: f64 = 2.0;
const SLACK_MS: f64 = 15.0;
const PROBE_PART: f64 = 0.25;
const PROBE_WINDOWS: u8 = 2;
/// One bad window is not the end of the world.
const SHRINK_MIN: f64 = 0.5;
const SHRINK_MAX: f64 = 0.9;

/// What takes times of its own: a read is answered from memory, a write waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Read,
    Write,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSettings {
    /// Where it begins: after a start it ramps, it does not jump.
    pub start: u32,
    pub min: u32,
    pub max: u32,
}

impl LimitSettings {
    pub fn up_to(max: u32) -> Self {
        Self { start: max.clamp(1, 12), min: max.clamp(1, 4), max: max.max(1) }
    }
}

/// Something that says how many may be under way.
pub trait Limit {
    fn limit(&self) -> u32;
    /// A request is done: how long it was worked on, and how many were under way when it ended, itself included.
    fn sample(&mut self, kind: Kind, took: Duration, in_flight: u32, now: Duration);
}

impl<L: Limit + ?Sized> Limit for Box<L> {
    fn limit(&self) -> u32 {
        (**self).limit()
    }

    fn sample(&mut self, kind: Kind, took: Duration, in_flight: u32, now: Duration) {
        (**self).sample(kind, took, in_flight, now);
    }
}

#[derive(Debug, Clone)]
pub struct AdaptiveLimit {
    settings: LimitSettings,
    limit: f64,
    /// Until the first window that was too slow.
    is_starting: bool,
    window: Window,
    floors: [Floor; 2],
    floors_since: Duration,
    /// Windows of a probe that are left.
    probing: u8,
    /// Whether the limit was what held requests back since the last probe.
    was_used: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    began_at: Duration,
    by_kind: [Samples; 2],
    in_flight_max: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Samples {
    count: u32,
    total_ms: f64,
}

impl Samples {
    fn mean_ms(self) -> Option<f64> {
        (self.count > 0).then(|| self.total_ms / f64::from(self.count))
    }
}

/// The least mean of a window, in these seconds and in those before; milliseconds.
#[derive(Debug, Clone, Copy)]
struct Floor {
    now_ms: f64,
    before_ms: f64,
}

impl Floor {
    const UNKNOWN: Self = Self { now_ms: f64::INFINITY, before_ms: f64::INFINITY };

    fn least_ms(self) -> f64 {
        self.now_ms.min(self.before_ms)
    }
}

impl AdaptiveLimit {
    pub fn new(settings: LimitSettings) -> Self {
        Self {
            settings,
            limit: f64::from(settings.start),
            is_starting: true,
            window: Window::default(),
            floors: [Floor::UNKNOWN; 2],
            floors_since: Duration::ZERO,
            probing: 0,
            was_used: false,
        }
    }

    fn end_window(&mut self, now: Duration) {
        let window = std::mem::replace(&mut self.window, Window { began_at: now, ..Window::default() });
        for (floor, samples) in self.floors.iter_mut().zip(window.by_kind) {
            floor.now_ms = floor.now_ms.min(samples.mean_ms().unwrap_or(f64::INFINITY));
        }
        if self.probing > 0 {
            self.probing -= 1;
        } else {
            self.move_limit(&window);
        }
        self.turn_floors(now);
    }

    fn move_limit(&mut self, window: &Window) {
        let pressure = self.pressure(window);
        let is_used = f64::from(window.in_flight_max) * 2.0 >= self.limit;
        self.was_used |= is_used;
        if pressure > 1.0 {
            self.is_starting = false;
            self.limit *= (1.0 / pressure).clamp(SHRINK_MIN, SHRINK_MAX);
        } else if is_used {
            self.limit += if self.is_starting { self.limit } else { self.limit.sqrt() };
        }
        self.limit = self.limit.clamp(f64::from(self.settings.min), f64::from(self.settings.max));
    }

    /// Above 1 the requests of the window took longer than they may.
    fn pressure(&self, window: &Window) -> f64 {
        let (mut took, mut may) = (0.0, 0.0);
        for (floor, samples) in self.floors.iter().zip(window.by_kind) {
            if samples.count > 0 {
                took += samples.total_ms;
                may += f64::from(samples.count) * (TOLERANCE * floor.least_ms() + SLACK_MS);
            }
        }
        if may > 0.0 { took / may } else { 0.0 }
    }

    fn turn_floors(&mut self, now: Duration) {
        if now.saturating_sub(self.floors_since) < FLOOR_FOR {
            return;
        }
        self.floors_since = now;
        for floor in &mut self.floors {
            *floor = Floor { now_ms: f64::INFINITY, before_ms: floor.now_ms };
        }
        if std::mem::take(&mut self.was_used) {
            self.probing = PROBE_WINDOWS;
        }
    }
}

impl Limit for AdaptiveLimit {
    fn limit(&self) -> u32 {
        let part = if self.probing > 0 { PROBE_PART } else { 1.0 };
        ((self.limit * part) as u32).max(self.settings.min)
    }

    fn sample(&mut self, kind: Kind, took: Duration, in_flight: u32, now: Duration) {
        let samples = &mut self.window.by_kind[kind as usize];
        samples.count += 1;
        samples.total_ms += took.as_secs_f64() * 1_000.0;
        self.window.in_flight_max = self.window.in_flight_max.max(in_flight);
        let count: u32 = self.window.by_kind.iter().map(|samples| samples.count).sum();
        let lasted = now.saturating_sub(self.window.began_at);
        if lasted >= WINDOW_MAX || (lasted >= WINDOW && count >= SAMPLES_MIN) {
            self.end_window(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit() -> AdaptiveLimit {
        AdaptiveLimit::new(LimitSettings::up_to(512))
    }

    /// Windows of ten requests each, all of which take as long, with the limit used up.
    fn windows(limit: &mut AdaptiveLimit, from: Duration, count: u32, took: Duration) -> Duration {
        let mut now = from;
        for _ in 0..count * 10 {
            now += WINDOW / 10 + Duration::from_micros(1);
            limit.sample(Kind::Write, took, limit.limit(), now);
        }
        now
    }

    #[test]
    fn it_begins_small_and_doubles_while_nothing_gets_slower() {
        let mut limit = limit();
        assert_eq!(limit.limit(), 12);
        windows(&mut limit, Duration::ZERO, 3, Duration::from_millis(2));
        assert_eq!(limit.limit(), 96);
        windows(&mut limit, Duration::from_secs(1), 20, Duration::from_millis(2));
        assert_eq!(limit.limit(), 512, "and stays within its bounds");
    }

    #[test]
    fn it_shrinks_when_requests_get_slower_and_not_below_its_least() {
        let mut limit = limit();
        let now = windows(&mut limit, Duration::ZERO, 4, Duration::from_millis(2));
        let before = limit.limit();
        let now = windows(&mut limit, now, 1, Duration::from_millis(200));
        assert_eq!(limit.limit(), before / 2);
        windows(&mut limit, now, 20, Duration::from_millis(200));
        assert_eq!(limit.limit(), 4);
    }

    #[test]
    fn what_nobody_uses_does_not_grow() {
        let mut limit = limit();
        for sample in 0..1_000 {
            let now = Duration::from_millis(10) * sample;
            limit.sample(Kind::Read, Duration::from_millis(1), 1, now);
        }
        assert_eq!(limit.limit(), 12);
    }

    /// A disk that has become slow for good is no reason to do one thing after the other.
    #[test]
    fn it_learns_what_a_slow_disk_takes() {
        let mut limit = limit();
        let now = windows(&mut limit, Duration::ZERO, 10, Duration::from_millis(3));
        windows(&mut limit, now, 300, Duration::from_millis(100));
        assert!(limit.limit() > 60, "{}", limit.limit());
    }

    #[test]
    fn writes_that_take_long_do_not_make_reads_look_slow() {
        let mut limit = limit();
        let mut now = Duration::ZERO;
        for sample in 0..4_000_u32 {
            now += Duration::from_millis(5);
            // Four seconds of reads alone, then of writes alone, in turn.
            let is_write = (sample / 800) % 2 == 1;
            let (kind, took) = if is_write { (Kind::Write, 90) } else { (Kind::Read, 1) };
            limit.sample(kind, Duration::from_millis(took), limit.limit(), now);
        }
        assert!(limit.limit() > 60, "{}", limit.limit());
    }
}
