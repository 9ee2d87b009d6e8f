//! A whole service in one test: the real front on a loopback socket, the reference store, a clock that stands still.

use crate::injection::country_text;
use crate::ledger::MoodyStore;
pub(crate) use crate::seeded::seeded;
use crate::wire::{Answer, Ask, Wire};
use booking::{Campaign, Country, EligibilityGroup, Limits, PersonKey};
use jiff::SignedDuration;
use jiff::civil::date;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::conformance::world;
use store::{Clock, MemoryLine, MemoryPlaces, MemoryRoster, MemoryStaff};
use store::{MemoryStore, MockClock, Randomness, Roster, Store};
use tokio::sync::Mutex;
use waiting_room::PollBands;
use web::app::{App, CampaignNames, OtherSite, WebSettings};
use web::availability::feeder::{Feeder, FeederParts};
use web::front::entrance::Entrance;
use web::front::limits::SocketLimits;
use web::front::tls::Tls;
use web::gate::drawing::DrawRules;
use web::gate::keeper::{Keeper, KeeperParts};
use web::gate::{GateSettings, RateRule};
use web::identity::DemoProvider;
use web::key_tree::KeyTree;
use web::keys::{KeyMaterial, Keys};
use web::messages::{DemoOutbox, MessageChannel};
use web::overload::Planes;
use web::overload::tries::{Pace, Tries};
use web::pages::parts::LineOrder;
use web::person_keys::{KeyShelf, PersonKeys, following};
use web::published::Publisher;
use web::search::Finder;
use web::static_plane::StaticPlane;
use web::{assets, front, routes};

pub(crate) const SLUG: &str = "c55";
pub(crate) const CLINIC: &str = "C00001";
pub(crate) const DAY: &str = "2027-07-26";
pub(crate) const SIGUNGU: &str = "1111000000";

/// What a test may want otherwise.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing of its own that a test may want otherwise"
)]
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) admissions_per_second: u32,
    pub(crate) rate_rule: RateRule,
    pub(crate) pass_epoch: u32,
    pub(crate) booking_requests_max: usize,
    /// The clock stands still, so all that a test asks is asked at once.
    pub(crate) person_requests_at_once_max: u32,
    pub(crate) secure_cookies: bool,
    pub(crate) demo: bool,
    /// Every name of the country wants to be markup.
    pub(crate) hostile: bool,
    /// Seals names and drafts.
    pub(crate) field_key: u8,
    /// A campaign for those on it only.
    pub(crate) roster: Option<Arc<dyn Roster>>,
    /// Recipients agree by a code.
    pub(crate) recipient_code: bool,
    pub(crate) socket: SocketLimits,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) places: Arc<MemoryPlaces>,
    pub(crate) other_site: Option<OtherSite>,
    pub(crate) draw: Option<DrawRules>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            admissions_per_second: 10,
            rate_rule: RateRule::Fixed,
            pass_epoch: 3,
            booking_requests_max: 64,
            person_requests_at_once_max: 1_000_000,
            secure_cookies: false,
            demo: true,
            hostile: false,
            field_key: 13,
            roster: None,
            recipient_code: false,
            socket: SocketLimits { connections_max: 64, ..SocketLimits::default() },
            tls: None,
            places: Arc::default(),
            other_site: None,
            draw: None,
        }
    }
}

/// What a restart keeps.
#[derive(Clone)]
struct Kept {
    wanted: Wanted,
    country: Arc<Country>,
    clock: Arc<MockClock>,
    random: Arc<dyn Randomness>,
    ledger: Arc<MoodyStore>,
    line: Arc<MemoryLine>,
    staff: Arc<MemoryStaff>,
    outbox: Arc<DemoOutbox>,
    shelf: TestShelf,
}

pub(crate) struct Site {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<MockClock>,
    pub(crate) ledger: Arc<MoodyStore>,
    pub(crate) outbox: Arc<DemoOutbox>,
    pub(crate) address: SocketAddr,
    pub(crate) line: Arc<MemoryLine>,
    pub(crate) staff_address: SocketAddr,
    keeper: Mutex<Keeper>,
    feeder: Mutex<Feeder>,
    wire: Mutex<Wire>,
    kept: Kept,
}

impl Site {
    /// Ten minutes before the opening: the lobby is open.
    pub(crate) fn new() -> Self {
        Self::with(Wanted::default())
    }

    pub(crate) fn with(wanted: Wanted) -> Self {
        let small = country(wanted.roster.is_some(), wanted.recipient_code);
        let country = Arc::new(if wanted.hostile { hostile(&small) } else { small });
        let clock = Arc::new(MockClock::at(world::opens_at() - SignedDuration::from_mins(10)));
        let store = MemoryStore::new(Arc::clone(&country), Arc::clone(&clock) as Arc<dyn Clock>);
        Self::start(Kept {
            wanted,
            country,
            clock,
            random: seeded(20_270_712),
            ledger: MoodyStore::new(store),
            line: Arc::default(),
            staff: Arc::default(),
            outbox: Arc::default(),
            shelf: TestShelf::default(),
        })
    }

    /// A new process on what the old one kept.
    pub(crate) fn restarted(self) -> Self {
        Self::start(self.kept)
    }

    /// A new process, with other settings.
    pub(crate) fn restarted_with(mut self, change: impl FnOnce(&mut Wanted)) -> Self {
        change(&mut self.kept.wanted);
        Self::start(self.kept)
    }

    fn start(kept: Kept) -> Self {
        kept.line.everybody_is_gone();
        let (app, keeper, feeder) = wire_up(&kept);
        let app = Arc::new(app);
        let listener = front::bind(([127, 0, 0, 1], 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        let staff_listener = front::bind(([127, 0, 0, 1], 0).into()).unwrap();
        let staff_address = staff_listener.local_addr().unwrap();
        tokio::spawn(front::serve_staff(staff_listener, Arc::clone(&app), std::future::pending()));
        tokio::spawn(front::serve(listener, Arc::clone(&app), routes::router(&app), std::future::pending()));
        Self {
            app,
            clock: Arc::clone(&kept.clock),
            ledger: Arc::clone(&kept.ledger),
            line: Arc::clone(&kept.line),
            outbox: Arc::clone(&kept.outbox),
            address,
            staff_address,
            keeper: Mutex::new(keeper),
            feeder: Mutex::new(feeder),
            wire: Mutex::new(Wire::to(address)),
            kept,
        }
    }

    pub(crate) async fn ask(&self, ask: &Ask) -> Answer {
        self.wire.lock().await.ask(ask).await
    }

    /// A connection of its own.
    pub(crate) fn wire(&self) -> Wire {
        Wire::to(self.address)
    }

    pub(crate) async fn tick(&self) {
        self.keeper.lock().await.tick().await.unwrap();
        self.feeder.lock().await.tick().await;
    }

    /// Time goes on, and the keeper notices.
    pub(crate) async fn after(&self, time: SignedDuration) {
        self.clock.advance(time);
        self.tick().await;
    }

    pub(crate) async fn seconds(&self, seconds: i64) {
        for _ in 0..seconds {
            self.after(SignedDuration::from_secs(1)).await;
        }
    }

    /// Past the opening: one tick commits it, the next one knows.
    pub(crate) async fn open(&self) {
        let left = self.app.campaign().opens_at.duration_since(self.clock.now());
        self.after(left.max(SignedDuration::ZERO)).await;
        self.seconds(2).await;
    }

    /// Everything that a request could have changed. A second passes, so that the line has counted its tickets.
    pub(crate) async fn state(&self) -> String {
        self.seconds(1).await;
        let issued = self.app.gate.published().facts().document.tickets_issued;
        let sent = self.outbox.newest(usize::MAX).len();
        format!("{:?}, {sent} messages, {issued} tickets", self.ledger.written())
    }

    /// The memory of single places, which other processes have, too.
    pub(crate) fn places(&self) -> &MemoryPlaces {
        &self.kept.wanted.places
    }

    pub(crate) fn phase(&self) -> &'static str {
        self.app.gate.published().phase.code()
    }
}

/// The small country of the conformance suite with its campaign of two doses, for people born from 1962 to 1966.
pub(crate) fn country(roster_needed: bool, recipient_code: bool) -> Country {
    let small = world::country();
    let born = EligibilityGroup::born(date(1962, 1, 1), date(1966, 12, 31));
    let group = EligibilityGroup { roster_needed, ..born };
    let pairs = small.campaign(world::PAIRS).unwrap().clone();
    let limits = Limits { recipient_code, ..pairs.limits };
    let campaign = Campaign { id: world::CAMPAIGN, group, slug: "c55".to_owned(), limits, ..pairs };
    Country::new(small.regions().to_vec(), small.clinics().to_vec(), vec![campaign]).unwrap()
}

/// The same country, with text that wants to be markup wherever it has text.
fn hostile(country: &Country) -> Country {
    let text = country_text;
    let region = |region: &booking::Region| booking::Region { name: text(), ..region.clone() };
    let clinic = |clinic: &booking::Clinic| booking::Clinic {
        name: text(),
        address: text(),
        zip: text(),
        phone: Some(text()),
        ..clinic.clone()
    };
    let (regions, clinics) = (country.regions().iter().map(region), country.clinics().iter().map(clinic));
    Country::new(regions.collect(), clinics.collect(), country.campaigns().to_vec()).unwrap()
}

/// The keys of every site, for whoever prepares what it reads.
pub(crate) fn test_keys() -> Keys {
    keys(seeded(1), 13, TestShelf::default())
}

fn keys(random: Arc<dyn Randomness>, field_key: u8, shelf: TestShelf) -> Keys {
    let (tokens, aliases, fields, gate) = ((1, [11; 32]), [12; 32], [field_key; 32], [14; 32]);
    let material = KeyMaterial { tokens, tokens_before: None, aliases, fields, gate };
    let (next, tree) = shelf.0.lock().unwrap().clone();
    let tree = tree.unwrap_or_else(|| KeyTree::new([field_key; 32]));
    Keys::with_people(&material, PersonKeys::new(tree, next, Box::new(shelf)), random)
}

/// What a key folder would keep of people's keys.
#[derive(Clone)]
pub(crate) struct TestShelf(Arc<std::sync::Mutex<(PersonKey, Option<KeyTree>)>>);

impl Default for TestShelf {
    fn default() -> Self {
        Self(Arc::new(std::sync::Mutex::new((PersonKey(0), None))))
    }
}

impl KeyShelf for TestShelf {
    fn set_aside(&self, from: PersonKey, count: u32) -> std::io::Result<std::ops::Range<u32>> {
        let aside = following(from, count)?;
        self.0.lock().unwrap().0 = PersonKey(aside.end);
        Ok(aside)
    }

    fn keep(&self, tree: &KeyTree) -> std::io::Result<()> {
        self.0.lock().unwrap().1 = Some(tree.clone());
        Ok(())
    }
}

pub(crate) fn names(is_hostile: bool) -> CampaignNames {
    let pair = |ko: &str, en: &str| {
        if is_hostile { (country_text(), country_text()) } else { (ko.to_owned(), en.to_owned()) }
    };
    CampaignNames {
        name: pair("시험 접종", "Test drive"), vaccine: pair("시험 백신", "Test vaccine")
    }
}

fn keeper(kept: &Kept, keys: &Arc<Keys>, assets: web::pages::Assets) -> Keeper {
    let settings = GateSettings {
        admissions_per_second: kept.wanted.admissions_per_second,
        rate_rule: kept.wanted.rate_rule,
        lobby: SignedDuration::from_mins(30),
        poll: PollBands::default(),
        pass_epoch: kept.wanted.pass_epoch,
        draw: kept.wanted.draw.clone(),
    };
    let parts = KeeperParts {
        line_store: Arc::clone(&kept.line) as Arc<dyn store::LineStore>,
        places: Arc::clone(&kept.wanted.places) as Arc<dyn store::Places>,
        ledger: Some(Arc::clone(&kept.ledger) as Arc<dyn Store>),
        clock: Arc::clone(&kept.clock) as Arc<dyn Clock>,
        random: Arc::clone(&kept.random),
        publisher: Publisher {
            campaign_name: names(kept.wanted.hostile).name,
            order: if kept.wanted.draw.is_some() { LineOrder::Draw } else { LineOrder::FirstCome },
            keys: Arc::clone(keys),
            assets,
            demo: kept.wanted.demo,
        },
    };
    Keeper::begin(kept.country.campaigns()[0].clone(), settings, keys, parts).unwrap()
}

fn feeder(kept: &Kept, assets: web::pages::Assets) -> Feeder {
    let parts = FeederParts {
        country: Arc::clone(&kept.country),
        ledger: Arc::clone(&kept.ledger) as Arc<dyn Store>,
        clock: Arc::clone(&kept.clock) as Arc<dyn Clock>,
        assets,
        demo: kept.wanted.demo,
    };
    Feeder::begin(&kept.country.campaigns()[0], parts)
}

fn wire_up(kept: &Kept) -> (App, Keeper, Feeder) {
    let keys = Arc::new(keys(Arc::clone(&kept.random), kept.wanted.field_key, kept.shelf.clone()));
    let (assets, mut static_plane) = assets::assets();
    let (country, made_at) = (&*kept.country, kept.clock.now());
    static_plane.extend(StaticPlane { country, assets, demo: kept.wanted.demo, made_at }.files());
    let keeper = keeper(kept, &keys, assets);
    let feeder = feeder(kept, assets);
    let channel = Arc::clone(&kept.outbox) as Arc<dyn MessageChannel>;
    let app = App {
        settings: WebSettings {
            public_origins: vec!["https://charye.test".to_owned()],
            site: kept.wanted.other_site.clone(),
            secure_cookies: kept.wanted.secure_cookies,
            socket: kept.wanted.socket.clone(),
        },
        country: Arc::clone(&kept.country),
        store: Arc::clone(&kept.ledger) as Arc<dyn Store>,
        roster: kept.wanted.roster.clone().unwrap_or_else(|| Arc::new(MemoryRoster::absent())),
        pair_tries: web::pairs::PairTries::default(),
        recipient_codes: web::recipient_code::RecipientCodes::default(),
        clock: Arc::clone(&kept.clock) as Arc<dyn Clock>,
        random: Arc::clone(&kept.random),
        gate: keeper.gate(),
        identity: Arc::new(DemoProvider::new(Arc::clone(&keys), Arc::clone(&channel))),
        keys: Arc::clone(&keys),
        channel,
        resends: web::messages::Resends::default(),
        demo_outbox: kept.wanted.demo.then(|| Arc::clone(&kept.outbox)),
        assets,
        static_plane,
        finder: Finder::new(Arc::clone(&kept.country), feeder.board(), kept.clock.now()),
        names: names(kept.wanted.hostile),
        draining: web::app::Draining::default(),
        forwarder: None,
        gate_document_path: format!("/gate/{SLUG}.json"),
        ticket_path: format!("/gate/{SLUG}/ticket"),
        tickets_path: format!("/gate/{SLUG}/tickets"),
        tls: kept.wanted.tls.clone(),
        entrance: Arc::new(Entrance::new(&kept.wanted.socket)),
        turned_away: web::overload::turned_away::TurnedAway::default(),
        watching: web::watching::Watching::new(true),
        fairness: web::fairness::Fairness::default(),
        looks: web::looks::Looks::default(),
        tries: Tries::new(Pace { per_second: 20, burst: kept.wanted.person_requests_at_once_max }),
        planes: Planes::new(
            &(Arc::clone(&kept.clock) as Arc<dyn Clock>),
            kept.wanted.booking_requests_max,
            Duration::from_millis(20),
        ),
        staff: Some(crate::staff::staff_of(&kept.staff, &kept.line, keys)),
    };
    (app, keeper, feeder)
}
