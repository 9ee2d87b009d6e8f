//! What a node does about the others that book on the same database.

use crate::config::Config;
use crate::system::SystemRandomness;
use std::sync::Arc;
use std::time::Duration;
use store_postgres::Duty;
use tokio::task::spawn_blocking;
use web::app::App;
use web::messages::deliver;
use web::person_keys::PersonKeys;

/// How soon a key that another node destroyed is gone here.
const PEOPLE_FOLLOWED_EVERY: Duration = Duration::from_secs(1);

/// Messages are handed over by one node at a time, or everybody would get two; for ever.
pub(crate) async fn deliver_in_turn(app: Arc<App>, config: &Config) {
    let Some(address) = config.store_address().ok().flatten() else { return deliver(app).await };
    let duty = Arc::new(Duty::new(address, Arc::new(SystemRandomness)));
    loop {
        if is_ours(&duty).await {
            tracing::info!("this node hands over messages");
            tokio::select! {
                () = deliver(Arc::clone(&app)) => {}
                () = lost(&duty) => tracing::info!("another node hands over messages"),
            }
        }
        tokio::time::sleep(Duty::ASK_EVERY).await;
    }
}

async fn lost(duty: &Arc<Duty>) {
    while is_ours(duty).await {
        tokio::time::sleep(Duty::ASK_EVERY).await;
    }
}

async fn is_ours(duty: &Arc<Duty>) -> bool {
    let duty = Arc::clone(duty);
    let taken = spawn_blocking(move || duty.take()).await;
    matches!(taken, Ok(Ok(true)))
}

/// What another node has destroyed is destroyed here, too, for ever.
pub(crate) async fn follow_people(people: Arc<PersonKeys>) {
    let mut looks = tokio::time::interval(PEOPLE_FOLLOWED_EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let people = Arc::clone(&people);
        match spawn_blocking(move || people.follow()).await {
            Ok(Ok(true)) => tracing::info!("keys of people that another node destroyed are destroyed here"),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::warn!(error = %error, "keys of people cannot be followed now"),
            Err(error) => tracing::error!(error = %error, "following the keys of people ended"),
        }
    }
}
