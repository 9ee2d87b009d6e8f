use super::*;
use crate::rules::tests::*;
use jiff::SignedDuration;
use jiff::civil::date;

fn kim() -> RecipientFacts {
    RecipientFacts {
        person: KIM,
        may_be_booked: true,
        eligible: true,
        first: None,
        second: None,
        one_too_many: None,
    }
}

fn live(id: u64, slot: SlotId, sido: RegionCode) -> LiveAppointment {
    LiveAppointment { id: AppointmentId(id), slot, sido, state: AppointmentState::Booked }
}

type BandsOn<'a> = &'a dyn Fn(Date) -> Vec<(u16, u32)>;

fn two_free(_: Date) -> Vec<(u16, u32)> {
    vec![(540, 1), (570, 1)]
}

fn full(_: Date) -> Vec<(u16, u32)> {
    vec![(540, 0), (570, 0)]
}

fn hold_facts<'a>(
    campaign: &'a Campaign,
    recipients: &'a [RecipientFacts],
    bands_on: BandsOn<'a>,
) -> HoldFacts<'a> {
    HoldFacts {
        campaign,
        opening: open_now(),
        now: at("12 20:30"),
        today: date(2027, 7, 12),
        admission: Some(admission()),
        booker: KIM,
        recipients,
        dose: DoseNumber(1),
        at: slot(26),
        is_change: false,
        abandoned: Abandoned::default(),
        sido: Some(EAST),
        doses_left: 1,
        bands_on,
    }
}

fn both_doses() -> Vec<Place> {
    vec![place(KIM, 1, 26), Place { slot: second_slot(), ..place(KIM, 2, 26) }]
}

#[test]
fn who_may_hold() {
    let campaign = campaign();
    let people = [kim()];
    let good = || hold_facts(&campaign, &people, &two_free);
    let bad = || HoldFacts { at: slot(1), ..good() };
    let pass = |expires_at| Some(Admission { expires_at: at(expires_at), ..admission() });
    let expired = Refusal::PassExpired { expired_at: at("12 20:30") };
    check(vec![
        (
            "not open",
            hold(&HoldFacts { opening: NOT_YET, admission: None, ..bad() }),
            Err(too_early("12 20:00")),
        ),
        (
            "closed, never admitted",
            hold(&HoldFacts { opening: closed(), admission: None, ..bad() }),
            Err(campaign_closed()),
        ),
        ("closed, in before", hold(&HoldFacts { opening: closed(), ..good() }), Ok(held(both_doses()))),
        ("no pass", hold(&HoldFacts { admission: None, ..bad() }), Err(Refusal::PassNeeded)),
        (
            "a pass to this very instant",
            hold(&HoldFacts { admission: pass("12 20:30"), ..bad() }),
            Err(expired),
        ),
        (
            "a pass a minute longer",
            hold(&HoldFacts { admission: pass("12 20:31"), ..good() }),
            Ok(held(both_doses())),
        ),
    ]);
}

#[test]
fn for_whom_places_can_be_held() {
    let campaign = campaign();
    let stranger = RecipientFacts { person: LEE, may_be_booked: false, eligible: false, ..kim() };
    let young = RecipientFacts { eligible: false, ..kim() };
    let booked = RecipientFacts { first: Some(live(5, slot(27), EAST)), ..kim() };
    let crowd: Vec<_> = (1..=6).map(|person| RecipientFacts { person: PersonId(person), ..kim() }).collect();
    let hold_for = |people: &[RecipientFacts], dose: u8| {
        let facts = hold_facts(&campaign, people, &two_free);
        hold(&HoldFacts { dose: DoseNumber(dose), ..facts }).map(drop)
    };
    let group = campaign.group;
    let not_eligible = Refusal::NotEligible { born_from: group.born_from, born_to: group.born_to };
    check(vec![
        ("too young, and with a stranger", hold_for(&[young, stranger], 1), Err(not_eligible)),
        ("a stranger, twice", hold_for(&[stranger, stranger], 1), Err(Refusal::RecipientUnknown)),
        ("nobody", hold_for(&[], 1), Err(Refusal::PlacesInvalid)),
        ("one twice", hold_for(&[booked, booked], 1), Err(Refusal::PlacesInvalid)),
        ("more than a helper has", hold_for(&crowd, 1), Err(Refusal::PlacesInvalid)),
        ("no dose", hold_for(&[booked], 0), Err(Refusal::PlacesInvalid)),
        ("a third dose of two", hold_for(&[booked], 3), Err(Refusal::PlacesInvalid)),
        ("booked", hold_for(&[booked], 1), Err(Refusal::AlreadyBooked { appointment: AppointmentId(5) })),
        ("a second without a first", hold_for(&[kim()], 2), Err(Refusal::FirstDoseNeeded)),
        ("oneself", hold_for(&[kim()], 1), Ok(())),
    ]);
}

#[test]
fn what_can_be_held() {
    let campaign = campaign();
    let people = [kim()];
    let good = || hold_facts(&campaign, &people, &two_free);
    let on = |visit_day| HoldFacts { at: slot(visit_day), ..good() };
    let today = |day| date(2027, 7, day);
    let band = SlotId { starts_min: 600, ..slot(26) };
    let only_first = |day: Date| if day.month() == 7 { vec![(540, 1)] } else { vec![] };
    let between = Refusal::SecondDoseFull { earliest_on: date(2027, 8, 16), latest_on: date(2027, 8, 30) };
    let refused = |facts: HoldFacts<'_>| hold(&facts).map(drop);
    check(vec![
        ("no such clinic", refused(HoldFacts { sido: None, ..good() }), Err(Refusal::SlotUnknown)),
        ("no such day", refused(on(1)), Err(Refusal::SlotUnknown)),
        ("no such band", refused(HoldFacts { at: band, ..good() }), Err(Refusal::SlotUnknown)),
        (
            "yesterday",
            refused(HoldFacts { today: today(27), doses_left: 0, ..good() }),
            Err(Refusal::SlotPast),
        ),
        ("today", refused(HoldFacts { today: today(26), ..good() }), Err(Refusal::SlotPast)),
        ("tomorrow", refused(HoldFacts { today: today(25), ..good() }), Ok(())),
        (
            "no dose left, and full",
            refused(HoldFacts { doses_left: 0, bands_on: &full, ..good() }),
            Err(Refusal::SupplyExhausted { sido: EAST }),
        ),
        (
            "full",
            refused(HoldFacts { bands_on: &full, ..good() }),
            Err(Refusal::SlotFull { nearest: vec![] }),
        ),
        ("no room for the second", refused(HoldFacts { bands_on: &only_first, ..good() }), Err(between)),
        ("the last dose for the last place", refused(good()), Ok(())),
    ]);
}

#[test]
fn a_household_is_all_or_nothing() {
    let campaign = campaign();
    let people = [kim(), RecipientFacts { person: LEE, ..kim() }];
    let both = |doses_left| HoldFacts { doses_left, ..hold_facts(&campaign, &people, &two_free) };
    let starts = |hold: Hold| hold.places.iter().map(|place| place.slot.starts_min).collect::<Vec<_>>();
    let one_band = |_: Date| vec![(540, 1)];
    check(vec![
        ("one dose for two", hold(&both(1)).map(starts), Err(Refusal::SupplyExhausted { sido: EAST })),
        (
            "one place for two",
            hold(&HoldFacts { bands_on: &one_band, ..both(2) }).map(starts),
            Err(Refusal::SlotFull { nearest: vec![] }),
        ),
        ("side by side, both doses", hold(&both(2)).map(starts), Ok(vec![540, 570, 540, 570])),
    ]);
}

#[test]
fn changing() {
    let campaign = campaign();
    let second = live(6, SlotId { visit_on: date(2027, 8, 17), ..slot(27) }, EAST);
    let booked = RecipientFacts { first: Some(live(5, slot(27), EAST)), second: Some(second), ..kim() };
    let one = |recipient: RecipientFacts, dose: u8, at: SlotId, doses_left: u32, today: Date| {
        let people = [recipient];
        let facts = hold_facts(&campaign, &people, &two_free);
        let facts = HoldFacts { is_change: true, dose: DoseNumber(dose), at, doses_left, today, ..facts };
        hold(&facts).map(|hold| hold.replaces.iter().map(|old| old.appointment.0).collect::<Vec<_>>())
    };
    let today = date(2027, 7, 12);
    let elsewhere = RecipientFacts { first: Some(live(5, slot(27), WEST)), ..booked };
    let too_late = Refusal::CancelTooLate { until_on: date(2027, 7, 25) };
    let (earliest_on, latest_on) = (date(2027, 8, 17), date(2027, 8, 31));
    let outside = Refusal::DoseIntervalWrong { earliest_on, latest_on };
    let august = |day| SlotId { visit_on: date(2027, 8, day), ..slot(27) };
    check(vec![
        ("nothing to change", one(kim(), 1, slot(26), 1, today), Err(Refusal::AppointmentUnknown)),
        ("a day too late", one(booked, 1, slot(30), 1, date(2027, 7, 26)), Err(too_late)),
        ("within the region no dose is needed", one(booked, 1, slot(26), 0, today), Ok(vec![5])),
        (
            "into another region one is",
            one(elsewhere, 1, slot(26), 0, today),
            Err(Refusal::SupplyExhausted { sido: EAST }),
        ),
        ("the second stays while it fits", one(booked, 1, slot(26), 1, today), Ok(vec![5])),
        ("and follows when it does not", one(booked, 1, slot(28), 1, today), Ok(vec![5, 6])),
        ("the second, inside the interval", one(booked, 2, august(31), 0, today), Ok(vec![6])),
        ("the second, outside of it", one(booked, 2, august(16), 0, today), Err(outside)),
    ]);
}

#[test]
fn whoever_gives_up_again_and_again_waits_twice_as_long_each_time() {
    let campaign = campaign();
    let people = [kim()];
    let after = |times| {
        let abandoned = Abandoned { times, last_at: Some(at("12 20:30")) };
        hold(&HoldFacts { abandoned, ..hold_facts(&campaign, &people, &two_free) }).map(drop)
    };
    let wait =
        |seconds| Refusal::HoldTooSoon { again_at: at("12 20:30") + SignedDuration::from_secs(seconds) };
    check(vec![
        ("never", after(0), Ok(())),
        ("as often as is free", after(5), Ok(())),
        ("once more", after(6), Err(wait(30))),
        ("twice more", after(7), Err(wait(60))),
        ("for ever", after(u32::MAX), Err(wait(3_600))),
    ]);
}

#[test]
fn a_dose_that_was_given_counts_as_given() {
    let campaign = campaign();
    let given = AppointmentState::Fulfilled { at: at("12 09:00") };
    let here = AppointmentState::CheckedIn { at: at("12 09:00"), number: 2 };
    let first =
        |state| RecipientFacts { first: Some(LiveAppointment { state, ..live(5, slot(27), EAST) }), ..kim() };
    let wanted = |people: &[RecipientFacts], dose, at, is_change| {
        let facts =
            HoldFacts { dose: DoseNumber(dose), at, is_change, ..hold_facts(&campaign, people, &two_free) };
        hold(&facts).map(|hold| hold.places.len())
    };
    let fulfilled =
        || Err(Refusal::AlreadyFulfilled { appointment: AppointmentId(5), visit_on: slot(27).visit_on });
    let three_weeks = SlotId { visit_on: date(2027, 8, 17), ..slot(27) };
    let (earliest_on, latest_on) = (date(2027, 8, 17), date(2027, 8, 31));
    check(vec![
        ("once more", wanted(&[first(given)], 1, slot(28), false), fulfilled()),
        ("moved afterwards", wanted(&[first(given)], 1, slot(28), true), fulfilled()),
        (
            "moved while the person is there",
            wanted(&[first(here)], 1, slot(28), true),
            Err(Refusal::CheckedInBefore { checked_in_at: at("12 09:00"), number: 2 }),
        ),
        (
            "booked again while the person is there",
            wanted(&[first(here)], 1, slot(28), false),
            Err(Refusal::AlreadyBooked { appointment: AppointmentId(5) }),
        ),
        ("the second after it", wanted(&[first(given)], 2, three_weeks, false), Ok(1)),
        (
            "the second too soon after it",
            wanted(&[first(given)], 2, second_slot(), false),
            Err(Refusal::DoseIntervalWrong { earliest_on, latest_on }),
        ),
    ]);
}
