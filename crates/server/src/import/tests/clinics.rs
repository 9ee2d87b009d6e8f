use super::{Desk, check_faults, packed};
use crate::country::{CountryFiles, SOME_DAY, load};
use crate::import::{Mode, Outcome};
use booking::{CampaignId, Candidate, ClinicId, Outcome as Done, PersonAlias, PersonId, SlotId, TicketRef};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Admit, Clock, Command, MockClock, Request, Store as _, TakePlaces};
use store_sqlite::{SqliteStore, StoreLimits};

/// Synthetic, with the flaws of the real lists: BOM, CRLF, commas and quotes, no phone, no zip or one without its zero,
/// stacked points, codes of 리, only names, NFD, no hours and no capacity.
const FIXTURE: &str = include_str!("../fixtures/clinics.csv");

const HEAD: &str = "external_id,name,region,address,lat,lon,phone,capacity,opens,closes\n";

/// One clinic of a short list.
fn line(id: u32, capacity: u32) -> String {
    format!("K{id},가상 {id}의원,1111010100,가상 0-{id},37.58,126.97,,{capacity},09:00,12:00\n")
}

fn list(lines: &[String]) -> String {
    HEAD.to_owned() + &lines.concat()
}

#[test]
fn a_list_with_the_flaws_of_real_ones_comes_in_whole() {
    let desk = Desk::new();
    let said = desk.clinics(Mode::Yes, FIXTURE);
    assert_eq!(said.outcome, Outcome::Imported, "{}", said.text);
    let rows = desk.clinic_rows();
    let told: Vec<(&str, &str, &str, &str, &str)> = rows
        .iter()
        .map(|row| {
            (row.id.as_str(), row.name.as_str(), row.region.as_str(), row.zip.as_str(), row.phone.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("C00001", "가상 느티나무의원, 본관", "1111010100", "03047", "02-000-0001"),
            ("C00002", "가상 \"작은\" 의원", "1111010100", "03047", ""),
            ("C00003", "가상 \"큰따옴표\" 병원", "1111010100", "", "02-0000-0003"),
            ("C00004", "가상 앞영의원", "1111010100", "03047", "031-000-0004"),
            ("C00005", "가상 이름으로찾는의원", "4119210200", "14700", "0507-0000-0005"),
            ("C00006", "가상 리마을의원", "4711125300", "37700", "1588-0006"),
            ("C00007", "가상 조합형의원", "1111010100", "03047", ""),
        ]
    );
    assert_eq!(
        (rows[0].opens.as_str(), rows[0].capacity, rows[0].external_id.as_str()),
        ("09:00", 2, "999000001")
    );
    for told in [
        "kind, fit",
        "2 have no phone number",
        "1 have no zip code",
        "at the front of 1 zip codes",
        "at the front of 1 phone numbers",
        "7 have no opening hours",
        "7 have no capacity",
        "2 stand on the same point",
    ] {
        assert!(said.text.contains(told), "{told}: {}", said.text);
    }
    let (country, _) = load(&desk.data(), SOME_DAY).unwrap();
    assert_eq!(country.clinics()[0].phone.as_deref(), Some("02-000-0001"));
    assert_eq!(desk.clinics(Mode::Yes, FIXTURE).outcome, Outcome::Unchanged);
    assert_eq!(desk.clinics(Mode::Yes, packed(FIXTURE)).outcome, Outcome::Unchanged);
}

#[test]
fn a_clinic_keeps_its_number_and_one_that_is_gone_keeps_its_place() {
    let desk = Desk::new();
    desk.clinics(Mode::Yes, list(&[line(1, 3), line(2, 3), line(3, 3)]));
    let said = desk.clinics(Mode::Yes, list(&[line(4, 3), line(3, 1), line(1, 3)]));
    for told in
        ["added: 1", "no longer listed: 1", "changed: 1", "unchanged: 1", "lower capacity: 1", "3 → 1"]
    {
        assert!(said.text.contains(told), "{told}: {}", said.text);
    }
    let rows = desk.clinic_rows();
    let told: Vec<(&str, &str, &str)> =
        rows.iter().map(|row| (row.id.as_str(), row.external_id.as_str(), row.listed.as_str())).collect();
    assert_eq!(
        told,
        [("C00001", "K1", "yes"), ("C00002", "K2", "no"), ("C00003", "K3", "yes"), ("C00004", "K4", "yes")]
    );
    let (country, _) = load(&desk.data(), SOME_DAY).unwrap();
    let sigungu = country.sigungu_of(country.clinics()[0].region);
    assert_eq!(country.clinics_in(sigungu).count(), 3, "who is not listed is not shown");
    assert!(country.clinic(ClinicId(2)).is_some(), "and is still known");
    desk.clinics(Mode::Yes, list(&[line(2, 3)]));
    let back = desk.clinic_rows().into_iter().find(|row| row.external_id == "K2").unwrap();
    assert_eq!((back.id.as_str(), back.listed.as_str()), ("C00002", "yes"));
}

#[test]
fn faults_name_line_and_column_and_nothing_changes() {
    let desk = Desk::new();
    desk.clinics(Mode::Yes, list(&[line(1, 3)]));
    let before = desk.clinic_rows();
    let wrong = list(&[
        line(1, 3),
        "1.11E+08,가,1111010100,주소,37.58,126.97,,3,09:00,12:00\n".to_owned(),
        "K3,나,1.111E+09,주소,37.58,126.97,,3,09:00,12:00\n".to_owned(),
        "K4,다,9999999999,주소,37.58,126.97,,3,09:00,12:00\n".to_owned(),
        "K5,라,1111010100,주소,126.97,37.58,,3,09:00,12:00\n".to_owned(),
        "K6,마,1111010100,주소,0,0,12,3,0.375,12:00\n".to_owned(),
        "K7,바,1111010100,주소,37.58,126.97,,3.0,12:00,09:00\n".to_owned(),
        line(1, 3),
        "K8,사,1111010100\n".to_owned(),
        ",,1111010100,,북위,126.97,,3,09:00,12:00\n".to_owned(),
    ]);
    let said = desk.clinics(Mode::Yes, wrong);
    assert_eq!(said.outcome, Outcome::Faulty);
    check_faults(
        &desk.faults(),
        &[
            ("3:external_id", "6.2E+12"),
            ("4:region", "6.2E+12"),
            ("5:region", "no such eupmyeondong"),
            ("6:lat", "wrong way round"),
            ("7:lat", "outside Korea"),
            ("7:opens", "0.375"),
            ("7:phone", "cannot be read"),
            ("8:capacity", "whole number"),
            ("8:opens", "do not fit together"),
            ("9:external_id", "line 2"),
            ("10:", "3 fields where the first line has 10"),
            ("11:address", "empty"),
            ("11:external_id", "empty"),
            ("11:lat", "37.5665"),
            ("11:name", "empty"),
        ],
    );
    assert_eq!(desk.clinic_rows(), before);
}

#[test]
fn more_clinics_than_there_are_numbers_are_refused() {
    let desk = Desk::new();
    let lines: Vec<String> = (0..100_000).map(|id| line(id, 1)).collect();
    let said = desk.clinics(Mode::Yes, list(&lines));
    assert_eq!(said.outcome, Outcome::Faulty);
    check_faults(&desk.faults(), &[("1:", "99,999")]);
}

/// A service with the bundled country, and one hold at its first clinic.
fn book_at_a_synthetic_clinic(data: &Path) -> SlotId {
    let (country, _) = CountryFiles::read(data).unwrap().build(SOME_DAY).unwrap();
    book(data, country)
}

fn book(data: &Path, country: booking::Country) -> SlotId {
    let campaign = country.campaigns()[0].clone();
    let clinic = &country.clinics()[0];
    let day = campaign.visits.days().find(|day| clinic.capacity_on(*day, 30) > 0).unwrap();
    let slot = SlotId {
        clinic: clinic.id,
        visit_on: day,
        starts_min: clinic.bands_on(day, campaign.visits.band_min).next().unwrap(),
    };
    let clock = Arc::new(MockClock::at(campaign.opens_at));
    let country = Arc::new(country);
    let store = SqliteStore::open(data, country, clock as Arc<dyn Clock>, StoreLimits::default()).unwrap();
    let ask = |command| -> Done {
        let answer = store.execute(Request { keyed: None, command });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(answer).unwrap().unwrap()
    };
    let id = CampaignId(1);
    ask(Command::Open { campaign: id });
    for number in 1..=3_u8 {
        let alias = PersonAlias([number; 32]);
        let Done::Registered(person) = ask(Command::Register { aliases: vec![alias], sealed: Vec::new() })
        else {
            unreachable!()
        };
        ask(Command::Admit(Admit {
            campaign: id,
            person,
            candidate: Candidate { born_on: campaign.group.born_from, on_roster: false },
            ticket: TicketRef([number; 16]),
            queue_number: u64::from(number),
        }));
        let Done::Held { id: hold, .. } = ask(Command::Hold(TakePlaces::for_oneself(id, person, slot)))
        else {
            unreachable!()
        };
        ask(Command::Confirm { booker: person, hold });
    }
    assert_eq!(PersonId(3).0, 3);
    slot
}

#[test]
fn bookings_at_synthetic_clinics_are_not_given_to_real_ones() {
    let desk = Desk::new();
    book_at_a_synthetic_clinic(&desk.data());
    let refused = super::super::clinics::run(
        &mut crate::import::Session {
            file: desk.file(FIXTURE),
            data: desk.data(),
            mode: Mode::Yes,
            faults: None,
            today: jiff::civil::date(2021, 7, 12),
            out: &mut Vec::new(),
        },
        &super::defaults(),
    );
    assert!(refused.unwrap_err().to_string().contains("import into a new data folder"));
    assert!(!desk.data().join("country").join("clinics.csv").exists());
}

#[test]
fn a_list_that_takes_places_away_never_stops_the_service_from_starting() {
    for (what, newer) in [
        ("lower capacity", list(&[line(1, 1), line(2, 3)])),
        ("other hours", list(&[line(1, 3).replace("09:00,12:00", "13:15,15:00"), line(2, 3)])),
        ("gone", list(&[line(2, 3)])),
    ] {
        let desk = Desk::new();
        desk.clinics(Mode::Yes, list(&[line(1, 3), line(2, 3)]));
        let slot = book(&desk.data(), load(&desk.data(), SOME_DAY).unwrap().0);
        assert_eq!(desk.clinics(Mode::Yes, newer).outcome, Outcome::Imported, "{what}");
        let (country, _) = load(&desk.data(), SOME_DAY).unwrap();
        let clock = Arc::new(MockClock::at(country.campaigns()[0].opens_at));
        let store =
            SqliteStore::open(&desk.data(), Arc::new(country), clock, StoreLimits::default()).unwrap();
        let ledger = store.ledger();
        let first_dose = |(overfull, ..): &(SlotId, _, _)| *overfull == slot;
        let (_, counts, _) = ledger.overfull_slots().find(first_dose).unwrap();
        assert_eq!((counts.booked, counts.free()), (3, 0), "{what}");
        assert_eq!(ledger.overfull_slots().count(), 2, "{what}: both doses");
        assert_eq!(ledger.appointments().count(), 6, "{what}");
    }
}

/// From `CHARYE_REAL_DATA`, or from beside the checkout.
fn real_list() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("CHARYE_REAL_DATA").map_or(beside, PathBuf::from);
    Some(folder.join("clinics.csv.gz")).filter(|path| path.exists())
}

#[test]
fn all_real_institutions_come_in() {
    let Some(path) = real_list() else {
        println!("SKIPPED: the list of real institutions is not here (CHARYE_REAL_DATA)");
        return;
    };
    let desk = Desk::new();
    let list = fs::read(path).unwrap();
    let said = desk.clinics(Mode::Yes, &list);
    assert_eq!(said.outcome, Outcome::Imported, "{}", said.text);
    let (country, _) = load(&desk.data(), SOME_DAY).unwrap();
    assert_eq!(country.clinics().len(), 17_640);
    assert_eq!(country.clinics().iter().filter(|clinic| clinic.phone.is_none()).count(), 2_455);
    assert_eq!(desk.clinics(Mode::Yes, &list).outcome, Outcome::Unchanged);
    let mut text = String::new();
    flate2::read::GzDecoder::new(list.as_slice()).read_to_string(&mut text).unwrap();
    let without_the_last = text.trim_end().rsplit_once('\n').unwrap().0.to_owned();
    let said = desk.clinics(Mode::Yes, without_the_last);
    assert!(
        said.text.contains("no longer listed: 1") && said.text.contains("unchanged: 17,639"),
        "{}",
        said.text
    );
}
