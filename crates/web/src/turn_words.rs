//! 곧 차례: whoever asked for it is told when their turn is about ten minutes away.
//!
//! Not by the ledger's outbox: the wish stands with the place, and is marked as met after the message was handed over; a
//! crash in between sends it twice rather than never. Only the process that has the ledger does it, for it has the phones.

use crate::app::App;
use crate::messages::{OutgoingMessage, person};
use crate::wording;
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;

/// How long before the turn.
pub const MINUTES_BEFORE: u64 = 10;
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Places that are read at once.
const AT_ONCE: usize = 500;

/// For ever.
pub async fn run(app: Arc<App>) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if let Err(error) = tell_due(&app).await {
            tracing::debug!(error = %error, "word of a turn waits");
        }
    }
}

/// People whose turn is not further away than that are called within ten minutes, as things go now. None while nobody
/// is called.
pub fn called_soon_below(app: &App) -> Option<u64> {
    let published = app.gate.published();
    let document = &published.facts().document;
    if !published.phase.calls() {
        return None;
    }
    let per_minute = document.admissions_per_minute.unwrap_or(document.rate.milli * 60 / 1_000);
    Some(app.gate.serving_number() + per_minute * MINUTES_BEFORE)
}

/// Once; [`run`] does it for ever. Answers how many were told.
///
/// # Errors
/// [`StoreError`] of the places or the ledger; whoever was not told waits.
pub async fn tell_due(app: &App) -> Result<usize, StoreError> {
    let gate = &app.gate;
    let Some(below) = called_soon_below(app) else { return Ok(0) };
    // In a drawn line the numbers of places say nothing about turns.
    let end = if gate.drawing().is_some() { i64::MAX as u64 } else { below };
    let (mut from, mut told) = (0, 0);
    loop {
        let wishing = gate.words_due(from..end, AT_ONCE).await?;
        let Some(last) = wishing.last() else { return Ok(told) };
        from = last.place_number + 1;
        let is_soon = |number: u64| gate.queue_number(number).is_some_and(|turn| turn < below);
        let mut given = Vec::new();
        for place in wishing.iter().filter(|place| is_soon(place.place_number)) {
            let Some(owner) = place.person else { continue };
            let known = person(app, app.store.now_known_as(owner).await?).await?;
            if let Some(known) = known.filter(|known| !known.phone.is_empty()) {
                let (text, sent_at) = (wording::turn_message(app), app.clock.now());
                app.channel.send(OutgoingMessage { phone: known.phone, text, code: None, sent_at });
                told += 1;
            }
            given.push(place.place_number);
        }
        if !given.is_empty() {
            gate.word_given(given).await?;
        }
    }
}
