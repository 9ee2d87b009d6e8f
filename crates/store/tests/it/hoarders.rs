//! Threat T11: people who take places only to keep them from others. One hold a booker, a short life, and a pause that
//! doubles: what a thousand of them can keep is bounded.

#![expect(clippy::unwrap_used, reason = "in a test an error is the finding")]

use booking::{
    Campaign, CampaignId, ClinicId, Country, DoseNumber, Limits, Outcome, PersonAlias, PersonId, Refusal,
    SlotId, TicketRef,
};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use store::conformance::world;
use store::{Admit, Clock as _, Command, MemoryStore, MockClock, Store as _, TakePlaces};

const HOARDERS: u64 = 1_000;
const HOURS: i64 = 4;
const STEP: SignedDuration = SignedDuration::from_secs(30);

/// A country with room for all of them at one clinic, so that only the pause stands in their way.
fn country(limits: Limits) -> Country {
    let small = world::roomy_country(HOARDERS as u32);
    let campaign = Campaign { limits, ..small.campaign(world::CAMPAIGN).unwrap().clone() };
    Country::new(small.regions().to_vec(), small.clinics().to_vec(), vec![campaign]).unwrap()
}

struct Hoard {
    store: MemoryStore,
    clock: Arc<MockClock>,
}

impl Hoard {
    fn new(limits: Limits) -> Self {
        let clock = Arc::new(MockClock::at(world::opens_at()));
        let store = MemoryStore::new(Arc::new(country(limits)), Arc::clone(&clock) as Arc<dyn store::Clock>);
        Self { store, clock }
    }

    fn run(&self, command: Command) -> Result<Outcome, Refusal> {
        let mut answer = self.store.execute(command.into());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match answer.as_mut().poll(&mut context) {
            std::task::Poll::Ready(answer) => answer.unwrap(),
            std::task::Poll::Pending => panic!("the memory answers at once"),
        }
    }

    fn gather(&self) {
        self.run(Command::Open { campaign: world::CAMPAIGN }).unwrap();
        for number in 0..HOARDERS {
            let mut alias = [0; 32];
            alias[..8].copy_from_slice(&number.to_be_bytes());
            let register = Command::Register { aliases: vec![PersonAlias(alias)], sealed: Vec::new() };
            self.run(register).unwrap();
        }
    }

    /// A pass lasts an hour; whoever was inside comes in again.
    fn admit(&self, person: PersonId) {
        let mut ticket = [0; 16];
        ticket[..8].copy_from_slice(&person.0.to_be_bytes());
        let campaign: CampaignId = world::CAMPAIGN;
        let (candidate, ticket) = (world::ELIGIBLE, TicketRef(ticket));
        self.run(Command::Admit(Admit { campaign, person, candidate, ticket, queue_number: person.0 }))
            .unwrap();
    }

    /// Takes a place and has it extended, as soon as it is allowed: until when it is kept, or when it may be tried again.
    fn grab(&self, person: PersonId) -> Result<Timestamp, Timestamp> {
        let at = SlotId { clinic: ClinicId(1), visit_on: date(2027, 7, 26), starts_min: 540 };
        let wanted = TakePlaces::for_oneself(world::CAMPAIGN, person, at);
        assert_eq!(wanted.dose, DoseNumber(1));
        match self.run(Command::Hold(wanted)) {
            Ok(Outcome::Held { id, .. }) => match self.run(Command::Extend { booker: person, hold: id }) {
                Ok(Outcome::Extended { expires_at, .. }) => Ok(expires_at),
                other => panic!("{other:?}"),
            },
            Err(Refusal::HoldTooSoon { again_at }) => Err(again_at),
            other => panic!("{other:?}"),
        }
    }
}

/// How many seat-minutes the hoarders keep from others. They come again every half minute.
fn seat_minutes_lost(limits: Limits) -> i64 {
    let hoard = Hoard::new(limits);
    hoard.gather();
    let mut until = vec![Timestamp::MIN; HOARDERS as usize + 1];
    let mut seconds = 0;
    let ends_at = hoard.clock.now() + SignedDuration::from_hours(HOURS);
    let mut admitted_at = Timestamp::MIN;
    while hoard.clock.now() < ends_at {
        let now = hoard.clock.now();
        if now.duration_since(admitted_at) >= SignedDuration::from_mins(50) {
            (1..=HOARDERS).for_each(|person| hoard.admit(PersonId(person)));
            admitted_at = now;
        }
        while let Ok(Outcome::Expired { holds: 1.. }) = hoard.run(Command::Expire { holds_max: 500 }) {}
        for person in 1..=HOARDERS {
            let next = &mut until[person as usize];
            if *next > now {
                continue;
            }
            let grabbed = hoard.grab(PersonId(person));
            let kept_until = grabbed.unwrap_or(now).min(ends_at);
            seconds += kept_until.duration_since(now).as_secs();
            *next = grabbed.unwrap_or_else(|again_at| again_at);
        }
        hoard.clock.advance(STEP);
    }
    seconds / 60
}

#[test]
fn a_thousand_hoarders_lose_most_of_their_grip_to_the_pause() {
    let limits = Limits::default();
    let all = HOARDERS as i64 * HOURS * 60;
    let with = seat_minutes_lost(limits);
    let without = seat_minutes_lost(Limits { holds_free: u32::MAX, ..limits });
    println!(
        "{HOARDERS} hoarders, {HOURS} h: {with} seat-minutes kept from others with the pause, {without} without, {all} at most"
    );
    assert_eq!(without, all, "without the pause they keep every place all the time");
    // Five are free, then a pause before each: 6 + 7 holds of ten minutes, and the pauses between them.
    assert!(with <= HOARDERS as i64 * 140, "{with}");
}
