//! The gate of one campaign: gives tickets, knows how far the line has come, keeps nothing per waiting person.
//!
//! Two threads meet here. The front gives tickets and answers questions from memory. The [`keeper`] ticks: it is one
//! node of the line ([`node`]), and perhaps the one that leads ([`leading`]); each step is durable in the
//! [`store::LineStore`] before it is seen. Where the ledger is, a [`teller`] tells the line what it says.

pub mod drawing;
mod issuing;
pub mod keeper;
mod leading;
mod load;
mod node;
mod places;
mod reading;
pub mod scored;
pub mod standing;
mod steady;
mod steering;
mod teller;

use crate::pages::parts::LineOrder;
use crate::published::Published;
use booking::{Campaign, Refusal};
use drawing::{DrawRules, Drawing};
use issuing::Issuing;
use jiff::{SignedDuration, Timestamp};
pub use places::Whose;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, RwLock};
use std::time::Duration;
use store::Clock;
use tokio::sync::Notify;
use waiting_room::{CampaignTag, Door, KeyRing, Line, Phase, PollBands, Ticket, TicketId, TicketKind};

/// A door beside others lets nobody in if its part of the rate is older: the others may have it.
const PART_GOOD_FOR: SignedDuration = SignedDuration::from_secs(1);

/// What the operator of an opening decides beforehand.
#[derive(Debug, Clone)]
pub struct GateSettings {
    /// People admitted a second at the most.
    pub admissions_per_second: u32,
    pub rate_rule: RateRule,
    /// How long before the opening tickets are given.
    pub lobby: SignedDuration,
    pub poll: PollBands,
    pub pass_epoch: u32,
    /// None: first come, first served.
    pub draw: Option<DrawRules>,
}

/// What the rate of the line follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateRule {
    /// As it was set, whatever happens.
    Fixed,
    /// As much as the booking plane bears, between a floor and what was set.
    Steered {
        /// People a second.
        floor: u32,
        /// How many are believed to be borne inside at once, for the first rate; None: what was set is gone up to.
        inside_max: Option<u32>,
        /// For how long each of them stays.
        stay: SignedDuration,
    },
}

pub struct Gate {
    pub campaign: Campaign,
    pub tag: CampaignTag,
    pub settings: GateSettings,
    clock: Arc<dyn Clock>,
    keys: KeyRing,
    line: RwLock<Line>,
    issuing: Mutex<Issuing>,
    /// Rings when a reservation grew.
    reserved: Notify,
    /// Rings when one is nearly used up.
    running_low: Notify,
    serving_number: AtomicU64,
    /// As the ledger said last, wherever it is.
    booking_is_well: AtomicBool,
    /// Whether there are other nodes.
    has_company: AtomicBool,
    /// Rings when the keeper has looked how the line stands.
    looked: Notify,
    steady: steady::Steady,
    door: Mutex<Door>,
    /// When the door's part of the rate was looked up last, in milliseconds of the steady time.
    part_from_ms: AtomicI64,
    requests: load::Requests,
    taken_over: places::TakenOver,
    drawing: Option<Arc<Drawing>>,
    published: RwLock<Arc<Published>>,
    /// By the running time of this process, in milliseconds.
    published_at: AtomicU64,
    board: standing::Board,
    scored: scored::Scored,
    /// As configured, and one more with each time an operator ended all passes.
    pass_epoch: AtomicU32,
}

/// Where a ticket stands, as the server sees it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Its second is not over yet.
    Issued,
    /// Its number comes out of a draw, which is still to come.
    Undrawn,
    Settled {
        queue_number: u64,
        places_ahead: u64,
    },
    Called {
        queue_number: u64,
    },
    /// It goes on with a newer ticket, on another device.
    Elsewhere,
}

/// No ticket now, and when to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTicket {
    Refused(NotNow),
    /// The line cannot make its memory durable fast enough.
    Busy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    TooEarly { opens_at: Timestamp },
    Closed { closed_at: Timestamp },
}

impl From<NotNow> for Refusal {
    fn from(not_now: NotNow) -> Self {
        match not_now {
            NotNow::TooEarly { opens_at } => Self::TooEarly { opens_at },
            NotNow::Closed { closed_at } => Self::CampaignClosed { closed_at },
        }
    }
}

impl Gate {
    /// A ticket, at once where the reservation has room; never more than the reservation, which is durable.
    pub fn try_issue(&self, id: impl FnOnce() -> [u8; 16]) -> Result<Option<Ticket>, NotNow> {
        let phase = self.published().phase;
        if !phase.gives_tickets() {
            return Err(self.not_now(phase));
        }
        let now = self.clock.elapsed();
        let mut issuing = self.issuing();
        let Some(sequence) = issuing.next(now) else { return Ok(None) };
        let (bucket, node, low) = (issuing.bucket, issuing.node, issuing.runs_low());
        drop(issuing);
        if low {
            self.running_low.notify_one();
        }
        let kind = if phase == Phase::Lobby { TicketKind::Lobby } else { TicketKind::Line };
        Ok(Some(Ticket {
            campaign: self.tag,
            kind,
            bucket,
            node,
            sequence,
            id: TicketId(id()),
            place_number: None,
            generation: 0,
        }))
    }

    /// As [`Gate::try_issue`], waiting for the next reservation if this one is used up, but not for long.
    pub async fn issue(&self, id: impl Fn() -> [u8; 16]) -> Result<Ticket, NoTicket> {
        const WAIT_MAX: Duration = Duration::from_secs(2);
        let given = tokio::time::timeout(WAIT_MAX, async {
            loop {
                let grown = self.reserved.notified();
                if let Some(ticket) = self.try_issue(&id).map_err(NoTicket::Refused)? {
                    return Ok(ticket);
                }
                self.running_low.notify_one();
                grown.await;
            }
        });
        given.await.unwrap_or(Err(NoTicket::Busy))
    }

    fn issuing(&self) -> MutexGuard<'_, Issuing> {
        self.issuing.lock().expect("nothing panics while giving a ticket")
    }

    pub fn seal(&self, ticket: &Ticket) -> String {
        ticket.seal(&self.keys)
    }

    /// The ticket a person carries, if this line gave it.
    pub fn open_ticket(&self, token: &str) -> Option<Ticket> {
        Ticket::open(&self.keys, token).filter(|ticket| ticket.campaign == self.tag)
    }

    /// With its number, once its bucket is closed. A number that was signed once is final.
    pub fn settle(&self, ticket: Ticket) -> Ticket {
        let known = ticket.place_number;
        let number = known.or_else(|| {
            self.line.read().expect("nothing panics while closing a bucket").place_number(&ticket)
        });
        Ticket { place_number: number, ..ticket }
    }

    pub fn place(&self, ticket: &Ticket) -> Place {
        let Some(place_number) = self.settle(*ticket).place_number else { return Place::Issued };
        if self.taken_over.generation(place_number) > ticket.generation {
            return Place::Elsewhere;
        }
        let Some(queue_number) = self.queue_number(place_number) else { return Place::Undrawn };
        match queue_number.checked_sub(self.serving_number()) {
            Some(places_ahead) => Place::Settled { queue_number, places_ahead },
            None => Place::Called { queue_number },
        }
    }

    /// As [`Gate::place`], as every node knows it: whoever was told by another that they are called must not hear here
    /// that they are not, because this one has not looked since.
    pub async fn place_for_all(&self, ticket: &Ticket) -> Place {
        const LOOKS: usize = 2;
        const LOOK_WITHIN: Duration = Duration::from_millis(300);
        for _ in 0..LOOKS {
            let looked = self.looked.notified();
            let place = self.place(ticket);
            let is_last_word =
                matches!(place, Place::Called { .. }) || !self.has_company.load(Ordering::Relaxed);
            if is_last_word || tokio::time::timeout(LOOK_WITHIN, looked).await.is_err() {
                return place;
            }
        }
        self.place(ticket)
    }

    /// Everyone below it may enter.
    pub fn serving_number(&self) -> u64 {
        self.serving_number.load(Ordering::Acquire)
    }

    /// By order of an operator: nobody is called, nobody enters, every place is kept.
    pub fn is_paused(&self) -> bool {
        self.published().phase == Phase::Paused
    }

    /// Nobody is let in for a reason that the page says.
    pub fn is_shut(&self) -> bool {
        matches!(self.published().phase, Phase::Paused | Phase::Trouble)
    }

    /// A pass of another one has ended.
    pub fn pass_epoch(&self) -> u32 {
        self.pass_epoch.load(Ordering::Relaxed)
    }

    pub fn booking_is_well(&self) -> bool {
        self.booking_is_well.load(Ordering::Relaxed)
    }

    /// One of the exchanges this moment allows, the earlier number first, or how long until it may be theirs.
    pub fn take_exchange(&self, queue_number: u64) -> Result<(), SignedDuration> {
        let now = self.steady.now();
        let age_ms = now.as_millisecond() - self.part_from_ms.load(Ordering::Relaxed);
        if self.has_company.load(Ordering::Relaxed) && age_ms > PART_GOOD_FOR.as_millis() as i64 {
            return Err(PART_GOOD_FOR);
        }
        let mut door = self.door.lock().expect("nothing panics at the door");
        door.knock(queue_number, now)
    }

    /// A request at the booking plane found room or not.
    pub fn note_request(&self, found_room: bool) {
        self.requests.note(found_room);
    }

    fn at_the_door(&self) -> store::AtTheDoor {
        let mut door = self.door.lock().expect("nothing panics at the door");
        let waiting = door.waiting(self.steady.now());
        store::AtTheDoor { arrived: door.arrived(), waiting }
    }

    /// As every page says it.
    pub fn order(&self) -> LineOrder {
        if self.drawing.is_some() { LineOrder::Draw } else { LineOrder::FirstCome }
    }

    pub fn published(&self) -> Arc<Published> {
        Arc::clone(&self.published.read().expect("nothing panics while publishing"))
    }

    fn publish(&self, published: Published) {
        *self.published.write().expect("nothing panics while publishing") = Arc::new(published);
        self.published_at.store(self.clock.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    /// How long ago a document was published here that was new. No clock of another node is believed for it.
    pub fn published_for(&self) -> Duration {
        let published_at = Duration::from_millis(self.published_at.load(Ordering::Relaxed));
        self.clock.elapsed().saturating_sub(published_at)
    }

    /// As the keeper measured it last.
    pub fn standing(&self) -> standing::Standing {
        self.board.read(self.clock.elapsed())
    }

    /// How what was told of waits was kept, since this process began.
    pub fn score(&self) -> scored::Score {
        self.scored.score()
    }

    fn not_now(&self, phase: Phase) -> NotNow {
        match phase {
            Phase::Closed => NotNow::Closed { closed_at: self.campaign.closes_at },
            _ => NotNow::TooEarly { opens_at: self.lobby_opens_at() },
        }
    }

    pub fn lobby_opens_at(&self) -> Timestamp {
        self.campaign.opens_at - self.settings.lobby
    }
}
