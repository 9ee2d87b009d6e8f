//! What a process has and does by its role. All processes of a service share a data folder and a config; one of them has
//! the ledger, the others ask it over a socket of the machine.

use crate::cli::Role;
use crate::config::Config;
use crate::ledger::{OpeningLedger, Place};
use crate::{keys, person_keys, sockets};
use anyhow::{Context as _, Result};
use booking::Country;
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::time::Duration;
use store::{Clock, Randomness, Store};
use store_postgres::PostgresKeys;
use web::app::App;
use web::front::forward::{Forwarder, Lane};
use web::keys::Keys;

/// How long a booking process waits for the one before it to end.
const PREDECESSOR_ENDS_WITHIN: Duration = Duration::from_mins(1);
/// How long connections in hand may take to finish after a stop was asked for.
const SOFT_END: Duration = Duration::from_secs(3);
/// As long as a kept connection may be idle: with the next process at the same port nobody is in a hurry.
const SOFT_END_OF_A_GATE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The keys of this process. A booking process waits here for the one before it: there is one at a time.
pub(crate) fn keys_of(config: &Config, random: &Arc<dyn Randomness>) -> Result<Keys> {
    let (folder, random) = (config.key_folder(), Arc::clone(random));
    if config.role == Role::Booking {
        person_keys::wait_for_predecessor(&folder, PREDECESSOR_ENDS_WITHIN);
    }
    if !config.role.has_ledger() {
        return keys::ready_beside(&folder, random);
    }
    let database = config.store_address()?.map(|address| PostgresKeys::open(address, Arc::clone(&random)));
    let database = database.transpose().context(
        "데이터베이스가 답하지 않거나 쓸 수 없습니다 / the database does not answer, or cannot be used",
    )?;
    keys::ready_to_serve(&folder, database, random)
}

pub(crate) fn ledger_of(
    config: &Config,
    place: Place,
    country: &Arc<Country>,
    clock: &Arc<dyn Clock>,
) -> Arc<dyn Store> {
    Arc::new(if config.role.has_ledger() {
        OpeningLedger::start(place, Arc::clone(country), Arc::clone(clock))
    } else {
        OpeningLedger::elsewhere()
    })
}

/// The way to the ledger, where it is elsewhere.
pub(crate) fn forwarder_of(config: &Config, clock: &Arc<dyn Clock>) -> Option<Arc<Forwarder>> {
    let lane = match config.role {
        Role::All | Role::Booking => return None,
        Role::Gate => Lane::Public,
        Role::Desk => Lane::Desk,
    };
    Some(Arc::new(Forwarder::new(&config.inside_socket(), lane, Arc::clone(clock))))
}

/// Where the others ask. Also in a process that is for all: a gate may be started beside it.
pub(crate) fn inside_of(config: &Config) -> Result<Option<UnixListener>> {
    config.role.has_ledger().then(|| sockets::inside(&config.inside_socket())).transpose()
}

/// Once nobody is served any more, or has been told to come again for long enough.
pub(crate) async fn everybody_has_gone(app: &App, role: Role) {
    let patience = if role == Role::Gate { SOFT_END_OF_A_GATE } else { SOFT_END };
    let has_gone = async {
        while app.entrance.figures().connections > 0 {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let _gone_or_not = tokio::time::timeout(patience, has_gone).await;
}
