//! Wiring and life cycle: country, keys, ledger, line, pages, listeners; then until a signal, then a soft end.

use crate::config::Config;
use crate::country::{self, Doors};
use crate::desk;
use crate::ledger::Place;
use crate::removals::RemovalFolder;
use crate::roles;
use crate::shared;
use crate::sockets::Sockets;
use crate::system::{SystemClock, SystemRandomness};
use anyhow::{Context as _, Result};
use booking::{Campaign, Country};
use jiff::SignedDuration;
use std::net::SocketAddr;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{Clock, LineStore, Randomness, Roster, Store};
use store_postgres::PostgresLine;
use store_sqlite::{FollowedRoster, SqliteLine, SqlitePlaces};
use tokio::sync::watch;
use waiting_room::PollBands;
use web::app::{App, Draining};
use web::assets::assets;
use web::availability::feeder::{Feeder, FeederParts};
use web::front::entrance::Entrance;
use web::front::tls::Tls;
use web::gate::GateSettings;
use web::gate::keeper::{Keeper, KeeperParts};
use web::identity::DemoProvider;
use web::keys::Keys;
use web::messages::{DemoOutbox, MessageChannel};
use web::overload::Planes;
use web::overload::tries::{Pace, Tries};
use web::overload::turned_away::TurnedAway;
use web::pages::Assets;
use web::pairs::PairTries;
use web::published::Publisher;
use web::recipient_code::RecipientCodes;
use web::renaming::Renaming;
use web::retention::Retention;
use web::search::Finder;
use web::static_plane::StaticPlane;
use web::watching::{Watching, operator};
use web::{front, routes};

/// How soon a key that was added to the folder is used.
const KEYS_LOOKED_FOR_EVERY: Duration = Duration::from_secs(1);

/// For so long the key of names before the newest is kept at the least.
const FORMER_NAMES_KEPT: Duration = Duration::from_hours(24);

pub(crate) struct Service {
    pub(crate) app: Arc<App>,
    keeper: Keeper,
    feeder: Feeder,
    config: Config,
    roster: Arc<FollowedRoster>,
    sockets: Sockets,
    inside: Option<UnixListener>,
}

impl Service {
    /// Everything is in place when it returns, except the ledger, which opens beside it.
    pub(crate) fn prepare(config: Config, doors: Doors) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let random: Arc<dyn Randomness> = Arc::new(SystemRandomness);
        let sockets = Sockets::open(&config)?;
        std::fs::create_dir_all(&config.data).with_context(|| {
            format!("자료 폴더를 만들 수 없습니다 / cannot make the data folder: {}", config.data.display())
        })?;
        let (country, names) = country::load(&config.data, doors)?;
        let country = Arc::new(country);
        let keys = Arc::new(roles::keys_of(&config, &random)?);
        let inside = roles::inside_of(&config)?;
        let roster = Arc::new(roster_of(&config, &keys, &clock));
        // Looked at before anybody asks: one that cannot be read is told in the log of the start.
        let _told = roster.people();
        let ledger = roles::ledger_of(&config, Place::of(&config)?, &country, &clock);
        let (assets, mut static_plane) = assets();
        static_plane
            .extend(StaticPlane { country: &country, assets, demo: true, made_at: clock.now() }.files());
        let keeper = keeper(&config, &country, &ledger, (&clock, &keys), (assets, names.name.clone()))?;
        let feeder = feeder(&country, &ledger, &clock, assets);
        let outbox = Arc::new(DemoOutbox::default());
        let channel: Arc<dyn MessageChannel> = Arc::clone(&outbox) as Arc<dyn MessageChannel>;
        let gate = keeper.gate();
        let slug = gate.campaign.slug.clone();
        let settings = config.web();
        let (planes, tries) = layers(&config, &clock);
        let app = App {
            tls: sockets.tls.clone(),
            forwarder: roles::forwarder_of(&config, &clock),
            draining: Draining::default(),
            entrance: Arc::new(Entrance::new(&settings.socket)),
            finder: Finder::new(Arc::clone(&country), feeder.board(), clock.now()),
            settings,
            identity: Arc::new(DemoProvider::new(Arc::clone(&keys), Arc::clone(&channel))),
            country,
            store: ledger,
            roster: Arc::clone(&roster) as Arc<dyn Roster>,
            pair_tries: PairTries::default(),
            recipient_codes: RecipientCodes::default(),
            clock,
            random,
            staff: desk::staff_of(&config, &keys)?,
            keys,
            gate,
            channel,
            resends: web::messages::Resends::default(),
            demo_outbox: Some(outbox),
            assets,
            static_plane,
            names,
            gate_document_path: format!("/gate/{slug}.json"),
            ticket_path: format!("/gate/{slug}/ticket"),
            tickets_path: format!("/gate/{slug}/tickets"),
            planes,
            turned_away: TurnedAway::default(),
            tries,
            watching: Watching::new(config.access_log),
            fairness: web::fairness::Fairness::default(),
            looks: web::looks::Looks::default(),
        };
        Ok(Self { app: Arc::new(app), keeper, feeder, config, roster, sockets, inside })
    }

    /// Serves until `stop` says so. One runtime a thread: a connection never leaves its core.
    pub(crate) fn run(self, stop: &watch::Receiver<bool>) -> Result<()> {
        let Self { app, keeper, feeder, config, roster, sockets, inside } = self;
        let role = config.role;
        // Until nobody is served any more the line goes on: whoever is still here gets a ticket, and no gap stays.
        let (nobody_is_served, unserved) = watch::channel(false);
        let mut threads = vec![spawn("line", {
            let app = Arc::clone(&app);
            async move {
                let upkeep = async {
                    if role.has_ledger() {
                        upkeep(&app, &config, roster).await;
                    }
                    std::future::pending::<()>().await;
                };
                let certificate = follow_certificate(app.tls.clone());
                tokio::select! {
                    () = keeper.run(stopped(unserved)) => {}
                    () = upkeep => {}
                    () = certificate => {}
                }
            }
        })?];
        // A thread of its own: the line never waits for pages to be made.
        threads.push(spawn("availability", {
            let stop = stop.clone();
            async move {
                tokio::select! {
                    () = feeder.run() => {}
                    () = stopped(stop) => {}
                }
            }
        })?);
        if let Some((listener, origin)) = sockets.redirect {
            let stop = stop.clone();
            threads.push(spawn("redirect", front::redirect::serve(listener, origin, stopped(stop)))?);
        }
        // Of its own too: whoever watches sees it when the others are busy.
        if let Some(listener) = sockets.operator {
            let (app, stop) = (Arc::clone(&app), stop.clone());
            threads.push(spawn("operator", async move {
                tokio::select! {
                    () = operator::serve(listener, app) => {}
                    () = stopped(stop) => {}
                }
            })?);
        }
        let mut serving = Vec::new();
        for (number, listener) in sockets.http.into_iter().enumerate() {
            let (app, stop) = (Arc::clone(&app), stop.clone());
            serving.push(spawn(&format!("http-{number}"), async move {
                let router = routes::router(&app);
                front::serve(listener, Arc::clone(&app), router, stopped(stop)).await;
                app.draining.begin();
                roles::everybody_has_gone(&app, role).await;
            })?);
        }
        if app.staff.is_some() {
            serving.push(spawn("desk", desk::serve(sockets.staff, Arc::clone(&app), stop.clone()))?);
        }
        if let Some(listener) = inside {
            let (app, stop) = (Arc::clone(&app), stop.clone());
            serving.push(spawn("inside", async move {
                let router = routes::router(&app);
                front::inside::serve(listener, app, router, stopped(stop)).await;
            })?);
        }
        join(serving)?;
        let _ = nobody_is_served.send(true);
        join(threads)
    }

    /// Where the operator's listener really is.
    pub(crate) fn operator_address(&self) -> Option<SocketAddr> {
        self.sockets.operator.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Where the staff's listener really is.
    pub(crate) fn staff_address(&self) -> Option<SocketAddr> {
        self.sockets.staff.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }
}

/// What is done beside the requests where the ledger is; without an end.
async fn upkeep(app: &Arc<App>, config: &Config, roster: Arc<FollowedRoster>) {
    let removals = RemovalFolder::of(&config.data);
    tokio::join!(
        shared::deliver_in_turn(Arc::clone(app), config),
        shared::follow_people(Arc::clone(&app.keys.people)),
        web::reminders::run(Arc::clone(app)),
        web::turn_words::run(Arc::clone(app)),
        web::fairness::run(Arc::clone(app)),
        web::looks::run(Arc::clone(app)),
        follow_keys(config.key_folder(), Arc::clone(&app.keys), roster),
        crate::audit::give_heads_away(config.audit_heads.clone(), Arc::clone(app)),
        Retention::new(config.retention.kept()).run(Arc::clone(app), removals),
        Renaming::default().run(Arc::clone(app)),
    );
}

/// What stands between a request and its handler when there are too many.
fn layers(config: &Config, clock: &Arc<dyn Clock>) -> (Planes, Tries) {
    let limits = &config.limits;
    let wait_max = Duration::from_millis(u64::from(limits.booking_wait_ms_max));
    let one =
        Pace { per_second: limits.person_requests_per_second_max, burst: limits.person_requests_at_once_max };
    (Planes::new(clock, limits.booking_requests_max, wait_max), Tries::new(one))
}

fn roster_of(config: &Config, keys: &Arc<Keys>, clock: &Arc<dyn Clock>) -> FollowedRoster {
    let ours = Arc::clone(keys);
    FollowedRoster::new(&config.data, Box::new(move || ours.roster_checks()), Arc::clone(clock))
}

/// The line, with what it remembers.
fn keeper(
    config: &Config,
    country: &Country,
    ledger: &Arc<dyn Store>,
    (clock, keys): (&Arc<dyn Clock>, &Arc<Keys>),
    (assets, campaign_name): (Assets, (String, String)),
) -> Result<Keeper> {
    let settings = gate_settings(config, &country.campaigns()[0]);
    let publisher =
        Publisher { campaign_name, order: config.order(), keys: Arc::clone(keys), assets, demo: true };
    let parts = KeeperParts {
        line_store: open_line(config)?,
        places: Arc::new(SqlitePlaces::open(&config.data)?),
        ledger: config.role.has_ledger().then(|| Arc::clone(ledger)),
        clock: Arc::clone(clock),
        random: Arc::new(SystemRandomness),
        publisher,
    };
    Keeper::begin(country.campaigns()[0].clone(), settings, keys, parts)
        .context("대기열 기억을 열 수 없습니다 / the memory of the line cannot be opened")
}

fn feeder(country: &Arc<Country>, ledger: &Arc<dyn Store>, clock: &Arc<dyn Clock>, assets: Assets) -> Feeder {
    let parts = FeederParts {
        country: Arc::clone(country),
        ledger: Arc::clone(ledger),
        clock: Arc::clone(clock),
        assets,
        demo: true,
    };
    Feeder::begin(&country.campaigns()[0], parts)
}

fn spawn(name: &str, work: impl Future<Output = ()> + Send + 'static) -> Result<std::thread::JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let thread = std::thread::Builder::new().name(name.to_owned());
    Ok(thread.spawn(move || runtime.block_on(work))?)
}

fn join(threads: Vec<std::thread::JoinHandle<()>>) -> Result<()> {
    for thread in threads {
        let joined = thread.join();
        joined.map_err(|_| anyhow::anyhow!("스레드가 멈췄습니다 / a thread of the service panicked"))?;
    }
    Ok(())
}

/// Keys that `charye keys rotate` adds are used without a restart, for ever.
async fn follow_keys(folder: PathBuf, keys: Arc<Keys>, roster: Arc<FollowedRoster>) {
    let mut looks = tokio::time::interval(KEYS_LOOKED_FOR_EVERY);
    loop {
        looks.tick().await;
        let before = keys.fields.newest();
        if let Err(error) = crate::keys::follow_fields(&folder, &keys) {
            tracing::warn!(error = %error, "a new key cannot be read; the ones in use stay");
        }
        let named_by = keys.names_key();
        if let Err(error) = crate::keys::follow_aliases(&folder, &keys) {
            tracing::warn!(error = %error, "a new key of names cannot be read; the one in use stays");
        }
        if keys.names_key() != named_by {
            tracing::info!(number = keys.names_key().0, "a new key names people");
        }
        end_rotation(&folder, &keys, &roster);
        if keys.fields.newest() != before {
            tracing::info!(number = keys.fields.newest(), "a new key seals personal fields");
        }
    }
}

async fn follow_certificate(tls: Option<Arc<Tls>>) {
    match tls {
        Some(tls) => tls.follow().await,
        None => std::future::pending().await,
    }
}

/// The key of names before the newest goes when nothing is found by it any more, and not on the day of the rotation.
fn end_rotation(folder: &Path, keys: &Keys, roster: &FollowedRoster) {
    let checks = keys.roster_checks();
    let is_over = keys.names_key().1
        && keys.all_renamed()
        && crate::keys::aliases_age(folder).is_ok_and(|age| age >= FORMER_NAMES_KEPT)
        && roster.made_with().is_ok_and(|made_with| made_with.is_none_or(|check| check == checks[0]));
    if !is_over {
        return;
    }
    match crate::keys::destroy_former_aliases(folder) {
        Ok(()) => tracing::info!("the former key of names is destroyed"),
        Err(error) => tracing::warn!(error = %error, "the former key of names cannot be destroyed yet"),
    }
}

/// Ends when a stop is asked for, or when nobody can ask any more.
pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|asked| *asked).await;
}

/// Resolves at SIGINT or SIGTERM.
pub(crate) async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened to");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Beside the journal: in the database it is one line for every machine.
pub(crate) fn open_line(config: &Config) -> Result<Arc<dyn LineStore>> {
    let data = &config.data;
    Ok(match config.store_address()? {
        Some(address) => {
            let limits = store_postgres::StoreLimits::default();
            let line = PostgresLine::open(address, Arc::new(SystemRandomness), limits);
            Arc::new(line.context("데이터베이스가 답하지 않거나 쓸 수 없습니다 / the database does not answer, or cannot be used")?)
        }
        None => Arc::new(SqliteLine::open(data).with_context(|| {
            format!("이 폴더를 다른 프로세스가 쓰고 있거나 열 수 없습니다 / another process uses this folder, or it cannot be opened: {}", data.display())
        })?),
    })
}

fn gate_settings(config: &Config, campaign: &Campaign) -> GateSettings {
    GateSettings {
        admissions_per_second: config.campaign.admissions_per_second,
        rate_rule: config.rate.rule(config.campaign.admissions_per_second),
        lobby: SignedDuration::from_mins(i64::from(config.campaign.lobby_minutes)),
        poll: PollBands::default(),
        pass_epoch: 1,
        draw: config.draw.as_ref().map(|draw| draw.rules(campaign.opens_at)),
    }
}
