//! The places at a plane, for real requests: who waits is woken, who goes away leaves.

use super::admission::{Admission, AdmissionSettings, Asked, Next};
use super::limit::{AdaptiveLimit, Kind, LimitSettings};
use http::Method;
use hyper::http;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use store::Clock;
use tokio::sync::oneshot;

/// So many may wait for a place at the least.
const WAITING_MIN: usize = 24;

/// Who works for a request, and therefore what it can starve. Each route states its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plane {
    /// Memory alone; nothing to wait for.
    Gate,
    /// The ledger, for the public.
    Booking,
    /// The ledger, for the staff of a clinic.
    Desk,
}

impl Plane {
    pub const ALL: [Self; 3] = [Self::Gate, Self::Booking, Self::Desk];

    pub fn name(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Booking => "booking",
            Self::Desk => "desk",
        }
    }
}

/// There is no room, and when there will be is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shed {
    /// As many wait as can be served in time.
    Full,
    /// Waited for as long as an answer is of use.
    WaitedTooLong,
}

/// The places of every plane that has a limit.
pub struct Planes {
    booking: Places,
    desk: Places,
}

impl Planes {
    /// `at_once_max` requests of a plane are worked on at once, at the very most.
    pub fn new(clock: &Arc<dyn Clock>, at_once_max: usize, wait_max: Duration) -> Self {
        let places = || Places::new(Arc::clone(clock), at_once_max, wait_max);
        Self { booking: places(), desk: places() }
    }

    /// A place, at once or after a short wait; none is needed where there is nothing to wait for.
    pub async fn enter(&self, plane: Plane, method: &Method) -> Result<Option<Entered<'_>>, Shed> {
        let Some(places) = self.places(plane) else { return Ok(None) };
        let kind = if method == Method::GET { Kind::Read } else { Kind::Write };
        places.enter(kind).await.map(Some)
    }

    pub fn figures(&self, plane: Plane) -> Option<PlaneFigures> {
        self.places(plane).map(Places::figures)
    }

    fn places(&self, plane: Plane) -> Option<&Places> {
        match plane {
            Plane::Gate => None,
            Plane::Booking => Some(&self.booking),
            Plane::Desk => Some(&self.desk),
        }
    }
}

/// How a plane stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaneFigures {
    pub limit: u32,
    pub in_flight: u32,
    pub waiting: usize,
    pub oldest_waits: Duration,
    /// Since the start.
    pub shed_full: u64,
    pub shed_waited: u64,
    /// Somebody found no room a moment ago.
    pub is_shedding: bool,
}

/// So long after the last who found no room a plane counts as shedding.
const SHEDDING_FOR: Duration = Duration::from_secs(5);

struct Places {
    clock: Arc<dyn Clock>,
    wait_max: Duration,
    admission: Mutex<Admission<oneshot::Sender<()>, AdaptiveLimit>>,
    shed_full: AtomicU64,
    shed_waited: AtomicU64,
    /// By the clock's elapsed time, in milliseconds; 0: never.
    shed_last_ms: AtomicU64,
}

impl Places {
    fn new(clock: Arc<dyn Clock>, at_once_max: usize, wait_max: Duration) -> Self {
        let limit = AdaptiveLimit::new(LimitSettings::up_to(u32::try_from(at_once_max).unwrap_or(u32::MAX)));
        let settings = AdmissionSettings { wait_max, waiting_min: WAITING_MIN };
        let admission = Mutex::new(Admission::new(settings, limit));
        let [shed_full, shed_waited, shed_last_ms] = [0; 3].map(AtomicU64::new);
        Self { clock, wait_max, admission, shed_full, shed_waited, shed_last_ms }
    }

    async fn enter(&self, kind: Kind) -> Result<Entered<'_>, Shed> {
        let (woken, mut wakes) = oneshot::channel();
        let asked = self.admission().ask(|| woken, self.clock.elapsed());
        match asked {
            Asked::Enters => {}
            Asked::Refused => {
                return Err(self.shed(Shed::Full));
            }
            Asked::Waits(number) => {
                let mut waits = Waits { places: self, number, wakes: Some(&mut wakes) };
                if !waits.until_woken().await {
                    return Err(self.shed(Shed::WaitedTooLong));
                }
            }
        }
        Ok(Entered { places: self, kind, since: self.clock.elapsed(), is_counted: false })
    }

    fn shed(&self, why: Shed) -> Shed {
        let counter = if why == Shed::Full { &self.shed_full } else { &self.shed_waited };
        counter.fetch_add(1, Ordering::Relaxed);
        self.shed_last_ms.store(self.clock.elapsed().as_millis() as u64 + 1, Ordering::Relaxed);
        why
    }

    fn figures(&self) -> PlaneFigures {
        let admission = self.admission();
        let last_ms = self.shed_last_ms.load(Ordering::Relaxed);
        let since_last = self.clock.elapsed().saturating_sub(Duration::from_millis(last_ms));
        PlaneFigures {
            limit: admission.limit(),
            in_flight: admission.in_flight(),
            waiting: admission.waiting(),
            oldest_waits: admission.oldest_waits(self.clock.elapsed()),
            shed_full: self.shed_full.load(Ordering::Relaxed),
            shed_waited: self.shed_waited.load(Ordering::Relaxed),
            is_shedding: last_ms > 0 && since_last < SHEDDING_FOR,
        }
    }

    /// Wakes whoever may enter now, and whoever has waited too long.
    fn let_in(&self, admission: &mut Admission<oneshot::Sender<()>, AdaptiveLimit>) {
        while let Some(next) = admission.next(self.clock.elapsed()) {
            if let Next::Enters(woken) = next
                && woken.send(()).is_err()
            {
                admission.gone();
            }
        }
    }

    fn admission(&self) -> MutexGuard<'_, Admission<oneshot::Sender<()>, AdaptiveLimit>> {
        self.admission.lock().expect("nothing panics while counting places")
    }
}

/// Somebody in the line; dropped, they have left it.
struct Waits<'a, 'b> {
    places: &'a Places,
    number: u64,
    /// None once they have a place, or were told that there is none.
    wakes: Option<&'b mut oneshot::Receiver<()>>,
}

impl Waits<'_, '_> {
    /// False after too long a wait.
    async fn until_woken(&mut self) -> bool {
        let wakes = self.wakes.as_mut().expect("nobody is woken twice");
        match tokio::time::timeout(self.places.wait_max, &mut **wakes).await {
            Ok(woken) => {
                self.wakes = None;
                woken.is_ok()
            }
            Err(_) => false,
        }
    }
}

impl Drop for Waits<'_, '_> {
    fn drop(&mut self) {
        let Some(wakes) = self.wakes.take() else { return };
        let mut admission = self.places.admission();
        if wakes.try_recv().is_ok() {
            // A place was on its way to them.
            admission.gone();
            self.places.let_in(&mut admission);
        } else {
            admission.leave(self.number);
        }
    }
}

/// A place at a plane. Dropped without [`Entered::done`], whoever asked has gone, or nothing is to be learnt from it.
pub struct Entered<'a> {
    places: &'a Places,
    kind: Kind,
    since: Duration,
    is_counted: bool,
}

impl Entered<'_> {
    /// The answer is made; how long it took says something about the machine.
    pub fn done(mut self) {
        self.is_counted = true;
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let now = self.places.clock.elapsed();
        let mut admission = self.places.admission();
        if self.is_counted {
            admission.done(self.kind, now.saturating_sub(self.since), now);
        } else {
            admission.gone();
        }
        self.places.let_in(&mut admission);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::MockClock;

    const SOON: Duration = Duration::from_millis(20);

    fn planes(at_once_max: usize) -> Planes {
        let clock: Arc<dyn Clock> = Arc::new(MockClock::at(jiff::Timestamp::UNIX_EPOCH));
        Planes::new(&clock, at_once_max, SOON)
    }

    async fn enter(planes: &Planes) -> Result<Option<Entered<'_>>, Shed> {
        planes.enter(Plane::Booking, &Method::GET).await
    }

    fn figures(planes: &Planes) -> (u32, usize) {
        let figures = planes.figures(Plane::Booking).unwrap();
        (figures.in_flight, figures.waiting)
    }

    #[tokio::test]
    async fn a_place_that_is_given_back_goes_to_whoever_waits() {
        let planes = planes(1);
        let first = enter(&planes).await.unwrap();
        let second = async {
            let entered = enter(&planes).await.unwrap();
            assert_eq!(figures(&planes), (1, 0));
            drop(entered);
        };
        let leaves = async {
            assert_eq!(figures(&planes), (1, 1));
            drop(first);
        };
        tokio::join!(biased; second, leaves);
        assert_eq!(figures(&planes), (0, 0));
    }

    #[tokio::test]
    async fn whoever_waits_too_long_is_refused_and_leaves_nothing_behind() {
        let planes = planes(1);
        let first = enter(&planes).await.unwrap();
        assert!(matches!(enter(&planes).await, Err(Shed::WaitedTooLong)));
        assert_eq!(figures(&planes), (1, 0));
        drop(first);
        assert_eq!(figures(&planes), (0, 0));
    }

    #[tokio::test]
    async fn whoever_goes_away_while_waiting_or_with_a_place_on_the_way_leaves_nothing_behind() {
        let planes = planes(1);
        let first = enter(&planes).await.unwrap();
        let mut waits = Box::pin(enter(&planes));
        assert!(once(&mut waits).await.is_none());
        assert_eq!(figures(&planes), (1, 1));
        drop(waits);
        assert_eq!(figures(&planes), (1, 0));
        let mut waits = Box::pin(enter(&planes));
        assert!(once(&mut waits).await.is_none());
        drop(first);
        assert_eq!(figures(&planes), (1, 0), "the place is on its way");
        drop(waits);
        assert_eq!(figures(&planes), (0, 0));
    }

    #[tokio::test]
    async fn the_desk_has_places_when_the_public_has_taken_all_of_its_own() {
        let planes = planes(1);
        let _public = enter(&planes).await.unwrap();
        assert!(planes.enter(Plane::Desk, &Method::POST).await.is_ok_and(|entered| entered.is_some()));
        assert!(planes.enter(Plane::Gate, &Method::GET).await.is_ok_and(|entered| entered.is_none()));
    }

    #[tokio::test]
    async fn more_than_may_wait_are_told_at_once() {
        let planes = planes(1);
        let _first = enter(&planes).await.unwrap();
        let mut waiting = Vec::new();
        for _ in 0..WAITING_MIN {
            let mut waits = Box::pin(enter(&planes));
            assert!(once(&mut waits).await.is_none());
            waiting.push(waits);
        }
        let mut one_more = Box::pin(enter(&planes));
        assert!(matches!(once(&mut one_more).await, Some(Err(Shed::Full))));
        assert_eq!(planes.figures(Plane::Booking).unwrap().shed_full, 1);
    }

    /// What a future says when it is asked once.
    async fn once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        std::future::poll_fn(|cx| {
            let polled = std::pin::Pin::new(&mut *future).poll(cx);
            std::task::Poll::Ready(match polled {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
