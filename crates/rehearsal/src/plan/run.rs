//! Second by second through a campaign.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use waiting_room::{Phase, PhaseFacts};

use super::desk::Desk;
use super::forecast::{Forecast, Point, Waits, Warning};
use super::room::Room;
use super::{GroupPlan, Plan, legacy};

/// So many points are kept of a run, besides the first and the last.
const POINTS: i64 = 600;
const WAIT_LONG_S: u32 = 2 * 3_600;
/// Midnight of 12 July 2021 in Korea; only the length of days matters.
const START_S: i64 = 1_626_015_600;

/// The whole campaign, from the first lobby until nobody is under way or the doors are closed.
pub fn forecast(plan: &Plan) -> Forecast {
    let mut run = Run::new(plan);
    let (from_s, to_s) = (-i64::from(plan.lobby_seconds), i64::from(plan.open_seconds));
    let every_s = ((to_s - from_s) / POINTS).max(1);
    for at_s in from_s..to_s {
        run.second(at_s);
        let is_over = run.is_over();
        if (at_s - from_s) % every_s == 0 || is_over || run.is_steep() {
            run.note(at_s);
        }
        if is_over {
            break;
        }
    }
    run.finish()
}

struct Run<'a> {
    plan: &'a Plan,
    start: Timestamp,
    crowds: Vec<Crowd>,
    room: Room,
    desk: Desk,
    /// Called so many seconds ago, the latest last; those at the front choose a place now.
    inside: VecDeque<u64>,
    waits: Waits,
    found: Forecast,
    joined: u64,
    noted: Point,
    is_full: bool,
}

/// A group, and how many of it have come.
struct Crowd {
    group: GroupPlan,
    people: u32,
    came: u32,
}

impl<'a> Run<'a> {
    fn new(plan: &'a Plan) -> Self {
        let start = Timestamp::from_second(START_S).expect("a second of 2021");
        let rate = plan.admissions_per_second();
        let crowd = |group: GroupPlan| Crowd { people: plan.comers_of(&group), group, came: 0 };
        Run {
            plan,
            start,
            crowds: plan.groups().into_iter().map(crowd).collect(),
            room: Room::new(start, rate),
            desk: Desk::new(plan, start),
            inside: VecDeque::new(),
            waits: Waits::default(),
            found: Forecast { admissions_per_second: rate, ..Forecast::default() },
            joined: 0,
            noted: Point::default(),
            is_full: false,
        }
    }

    fn second(&mut self, at_s: i64) {
        let came = self.come(at_s);
        let now = self.start + SignedDuration::from_secs(at_s);
        let phase = self.phase(now);
        if phase == Phase::Full {
            self.end_supply(at_s);
            self.found.came_too_late += u64::from(came);
        } else {
            self.room.join(at_s, came);
        }
        self.joined += u64::from(came);
        if self.plan.draw && self.crowds.iter().any(|c| i64::from(c.group.opens_at_seconds) == at_s) {
            self.room.draw(at_s, self.plan.lobby_seconds);
        }
        let called = if phase.calls() { self.call(at_s) } else { 0 };
        self.act(now, called);
        self.found.line_max = self.found.line_max.max(self.room.waiting());
    }

    /// How many come in this second, over all groups.
    fn come(&mut self, at_s: i64) -> u32 {
        let (plan, mut came) = (self.plan, 0);
        for crowd in &mut self.crowds {
            let here = crowd.by(plan, at_s);
            came += here - crowd.came;
            crowd.came = here;
        }
        came
    }

    fn phase(&mut self, now: Timestamp) -> Phase {
        let opened = self.desk.open(now);
        Phase::of(&PhaseFacts {
            now,
            lobby_opens_at: self.start - SignedDuration::from_secs(i64::from(self.plan.lobby_seconds)),
            opens_at: self.start,
            opened,
            ordered: true,
            closed: false,
            paused: false,
            booking_is_well: true,
            doses_left: self.desk.doses_left(),
        })
    }

    fn end_supply(&mut self, at_s: i64) {
        if !self.is_full {
            self.is_full = true;
            self.found.supply_out_at_s = Some(at_s);
            self.found.waited_in_vain = self.room.send_home();
        }
    }

    /// Calls by the rate; those who came to stay go inside.
    fn call(&mut self, at_s: i64) -> u64 {
        let called = self.room.call(at_s);
        for group in &called {
            self.waits.add(group.wait_s, group.people);
            if let Some(told_max_s) = group.told_max_s {
                self.found.told += group.people;
                self.found.told_too_short += if group.wait_s > told_max_s { group.people } else { 0 };
            }
        }
        let called: u64 = called.iter().map(|group| group.people).sum();
        let no_shows = share(self.room.serving_number(), called, self.plan.no_show_percent);
        self.found.no_shows += no_shows;
        called - no_shows
    }

    fn act(&mut self, now: Timestamp, entering: u64) {
        self.inside.push_back(entering);
        if self.inside.len() <= self.plan.journey_seconds as usize {
            return;
        }
        let done = self.inside.pop_front().unwrap_or(0);
        if done == 0 {
            return;
        }
        let ended = self.found.booked + self.found.refused + self.found.dropped_out + done;
        let dropped = share(ended, done, self.plan.drop_out_percent);
        self.found.dropped_out += dropped;
        let given = self.desk.book(now, done - dropped);
        self.found.booked += given.booked;
        self.found.refused += given.refused;
    }

    fn inside(&self) -> u64 {
        self.inside.iter().sum()
    }

    fn is_over(&self) -> bool {
        let all_came = self.crowds.iter().all(|crowd| crowd.came == crowd.people);
        all_came && self.room.waiting() == 0 && self.inside.iter().all(|people| *people == 0)
    }

    /// The line has changed by much since the last point.
    fn is_steep(&self) -> bool {
        self.room.waiting().abs_diff(self.noted.line) > self.plan.comers() / 100
    }

    fn note(&mut self, at_s: i64) {
        self.noted = Point {
            at_s,
            joined: self.joined,
            line: self.room.waiting(),
            called: self.room.serving_number() - self.found.waited_in_vain,
            inside: self.inside(),
            booked: self.found.booked,
            refused: self.found.refused,
            doses_left: self.desk.doses_left(),
        };
        self.found.points.push(self.noted);
    }

    fn finish(mut self) -> Forecast {
        self.found.wait = self.waits.quantiles();
        self.found.never_called = self.room.waiting();
        self.found.warnings = warnings(self.plan, &self.found);
        debug_assert!(self.room.joined() >= self.room.serving_number(), "nobody is called before they join");
        self.found
    }
}

impl Crowd {
    /// How many of them have come up to and with this second.
    fn by(&self, plan: &Plan, at_s: i64) -> u32 {
        let lobby = Duration::from_secs(plan.lobby_seconds.into());
        let since_lobby = at_s - i64::from(self.group.opens_at_seconds) + i64::from(plan.lobby_seconds);
        let Ok(since_lobby) = u64::try_from(since_lobby) else { return 0 };
        let end = Duration::from_secs(since_lobby + 1);
        let (mut low, mut high) = (self.came, self.people);
        while low < high {
            let middle = low + (high - low) / 2;
            if plan.arrival.arrives_at(middle, self.people, lobby) < end {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// So many per cent of the last `added` of `total`, so that the sum over time is exact.
fn share(total: u64, added: u64, percent: u32) -> u64 {
    let of = |people: u64| people * u64::from(percent) / 100;
    of(total) - of(total - added)
}

fn warnings(plan: &Plan, found: &Forecast) -> Vec<Warning> {
    let (people, doses) = (plan.comers(), plan.supply());
    let site = legacy::Site::fitted();
    let at_once = site.crowd_max(people);
    let all = [
        (people > doses).then_some(Warning::DosesShort { people, doses }),
        (people > u64::from(plan.places))
            .then_some(Warning::PlacesShort { people, places: u64::from(plan.places) }),
        (found.wait.p90_s > WAIT_LONG_S).then_some(Warning::WaitLong { p90_s: found.wait.p90_s }),
        (found.waited_in_vain > 0).then_some(Warning::WaitInVain { people: found.waited_in_vain }),
        (found.never_called > 0).then_some(Warning::NeverCalled { people: found.never_called }),
        (at_once > site.bears()).then_some(Warning::Overrun { at_once, bears: site.bears() }),
    ];
    all.into_iter().flatten().collect()
}
