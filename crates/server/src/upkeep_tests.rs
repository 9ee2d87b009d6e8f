//! Verify, backup, restore and inspect on a folder in use, as an operator has them.

mod audit;
mod damage;
mod forgery;
mod inspect;
mod rounds;

use crate::backup::BackupFault;
use crate::commands::{backup, restore};
use crate::config::Config;
use crate::country::{self, SOME_DAY};
use crate::scratch::Scratch;
use crate::system::SystemRandomness;
use crate::verify::{Found, Named, Source, prove};
use booking::{
    AppointmentId, CampaignId, Candidate, Country, Outcome, PersonAlias, PersonId, SlotId, TicketRef,
};
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use store::conformance::invariants;
use store::{Admit, Command, Ledger, MockClock, Store as _, TakePlaces};
use store_sqlite::{SqliteStore, StoreLimits};

/// A service's data folder in the middle of a campaign.
struct Site {
    home: Scratch,
    config: Config,
    country: Arc<Country>,
    store: SqliteStore,
}

impl Site {
    fn open() -> Self {
        let home = Scratch::inside(&std::env::temp_dir()).unwrap();
        let data = home.path().join("data");
        let mut config = Config { data: data.clone(), ..Config::default() };
        let at = |seconds| Timestamp::from_second(seconds).unwrap().to_string();
        config.campaign.opens_at = at(SOME_DAY.opens_at_s);
        config.campaign.closes_at = at(SOME_DAY.closes_at_s);
        crate::keys::open(&config.key_folder(), &SystemRandomness).unwrap();
        let (country, _) = country::load(&data, SOME_DAY).unwrap();
        let country = Arc::new(country);
        let now = Timestamp::from_second(SOME_DAY.opens_at_s).unwrap() + SignedDuration::from_mins(1);
        let clock = Arc::new(MockClock::at(now));
        // Checkpoints all the time: what a backup has to bear.
        let limits = StoreLimits { checkpoint_bytes_max: 64 << 10, ..StoreLimits::default() };
        let store = SqliteStore::open(&data, Arc::clone(&country), clock, limits).unwrap();
        let site = Self { home, config, country, store };
        site.does(Command::Open { campaign: site.campaign() });
        site
    }

    fn campaign(&self) -> CampaignId {
        self.country.campaigns()[0].id
    }

    fn does(&self, command: Command) -> Outcome {
        wait(self.store.execute(command.into())).unwrap().expect("it is a possible thing to do")
    }

    /// Person, hold and appointment have the same number.
    fn book(&self, number: u64) -> (PersonId, SlotId) {
        let campaign = &self.country.campaigns()[0];
        let clinic = &self.country.clinics()[usize::try_from(number).unwrap() * 7];
        let visit_on = campaign.visits.first_on;
        let days = visit_on.series(jiff::Span::new().days(1));
        let mut slots = days.take(7).flat_map(|day| {
            clinic.bands_on(day, campaign.visits.band_min).map(move |starts_min| (day, starts_min))
        });
        let (visit_on, starts_min) = slots.next().expect("every clinic is open in a week");
        let mut alias = [0; 32];
        alias[..8].copy_from_slice(&number.to_be_bytes());
        let sealed = vec![0; 8];
        let registered = self.does(Command::Register { aliases: vec![PersonAlias(alias)], sealed });
        let Outcome::Registered(person) = registered else { unreachable!() };
        let mut ticket = [0; 16];
        ticket[..8].copy_from_slice(&number.to_be_bytes());
        let candidate = Candidate { born_on: campaign.group.born_from, on_roster: false };
        let ticket = TicketRef(ticket);
        self.does(Command::Admit(Admit {
            campaign: campaign.id,
            person,
            candidate,
            ticket,
            queue_number: number,
        }));
        let slot = SlotId { clinic: clinic.id, visit_on, starts_min };
        let Outcome::Held { id, .. } =
            self.does(Command::Hold(TakePlaces::for_oneself(campaign.id, person, slot)))
        else {
            unreachable!()
        };
        self.does(Command::Confirm { booker: person, hold: id });
        (person, slot)
    }

    fn below(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn backup(&self, name: &str) -> backup::Made {
        backup::make(&self.config, &self.below(name), Timestamp::UNIX_EPOCH).unwrap()
    }

    fn prove(&self, what: &Path) -> Found {
        let source = self.source(what);
        prove(&source).unwrap()
    }

    fn source(&self, what: &Path) -> Source {
        Source::open(&Named { what, scratch: None, config: &self.config }).unwrap()
    }

    /// What the journal of a folder says up to a row, as a ledger has it.
    fn digest(&self, folder: &Path, row: u64) -> String {
        let mut ledger = Ledger::new(Arc::clone(&self.country));
        self.source(folder)
            .rows()
            .unwrap()
            .each(|one| {
                if one.seq > row {
                    return std::ops::ControlFlow::Break(());
                }
                store::proof::changes(one.body).for_each(|change| ledger.replay(&change.unwrap()).unwrap());
                ledger.commit();
                std::ops::ControlFlow::Continue(())
            })
            .unwrap();
        invariants::digest(&ledger)
    }
}

/// The writer is a thread of its own; there is nothing to drive.
fn wait<T>(answer: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(answer)
}

/// Does something while people book, who are numbered from `next` on. With what it gave: how many had booked before
/// it, and the next number after it.
fn while_booking<T>(site: &Site, next: u64, then: impl FnOnce(u64) -> T) -> (T, u64, u64) {
    const BOOKED_FIRST: u64 = 50;
    let (booked, stop) = (AtomicU64::new(next), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let people = scope.spawn(|| {
            for number in next.. {
                if stop.load(Ordering::Acquire) {
                    break;
                }
                site.book(number);
                booked.fetch_add(1, Ordering::Release);
            }
        });
        while booked.load(Ordering::Acquire) < next + BOOKED_FIRST && !people.is_finished() {
            std::thread::yield_now();
        }
        let before = booked.load(Ordering::Acquire);
        let given = then(before);
        assert!(booked.load(Ordering::Acquire) > before, "nobody booked meanwhile");
        stop.store(true, Ordering::Release);
        people.join().expect("nobody who books panics");
        (given, before, booked.load(Ordering::Acquire))
    })
}

fn is_long() -> bool {
    std::env::var_os("CHARYE_LONG").is_some()
}

#[test]
fn a_backup_under_writes_restores_to_the_ledger_of_its_cut() {
    let site = Site::open();
    let (made, before, after) = while_booking(&site, 0, |_| site.backup("one.backup"));
    let Found::Proved(in_backup) = site.prove(&made.path) else { panic!("the backup is not proved") };
    assert!(in_backup.appointments_made >= before, "{before} were acknowledged before the backup");

    let folder = site.below("restored");
    let restored = restore::into_empty(&made.path, &folder, &site.config).unwrap();
    assert_eq!(restored.manifest.row, made.row);
    assert_eq!(site.digest(&folder, u64::MAX), site.digest(&site.config.data, made.row));
    assert_eq!(invariants::digest(&site.store.ledger()), site.digest(&site.config.data, u64::MAX));
    let Found::Proved(proved) = site.prove(&folder) else { panic!("the restored folder is not proved") };
    assert_eq!(proved.digest, in_backup.digest);
    println!("{before} booked before the backup, {after} after it, {} in it", in_backup.appointments_made);

    // A service starts on it and goes on.
    let clock = Arc::new(MockClock::at(Timestamp::from_second(SOME_DAY.opens_at_s + 600).unwrap()));
    let store = SqliteStore::open(&folder, Arc::clone(&site.country), clock, StoreLimits::default()).unwrap();
    assert!(store.ledger().appointment(AppointmentId(1)).is_some());
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let site = Site::open();
    site.book(1);
    let made = site.backup("one.backup");
    let folder = site.below("full");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("something"), "of somebody").unwrap();
    let error = restore::into_empty(&made.path, &folder, &site.config).err().unwrap();
    assert!(error.to_string().contains("only an empty folder"), "{error:#}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    std::fs::remove_file(folder.join("something")).unwrap();
    restore::into_empty(&made.path, &folder, &site.config).unwrap();
}

#[test]
fn a_backup_holds_no_key_and_nothing_that_can_be_read() {
    let site = Site::open();
    site.book(1);
    let made = site.backup("one.backup");
    let bytes = std::fs::read(&made.path).unwrap();
    let has = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(!has(b"SQLite format 3") && !has(b"journal"));
    for key in std::fs::read_dir(site.config.key_folder()).unwrap() {
        let key = std::fs::read(key.unwrap().path()).unwrap();
        assert!(!has(&key) && !has(&key[..32]));
    }
    let names: Vec<_> = crate::backup::list(site.source(&made.path).path()).unwrap();
    assert!(names.iter().all(|file| !file.name.contains("key")), "{names:?}");
}

/// In a backup, in a folder, anywhere: the outcome of a look is one of these.
fn fault_of(error: &anyhow::Error) -> Option<BackupFault> {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>())?;
    io.get_ref()?.downcast_ref::<BackupFault>().copied()
}
