//! The thread that brings the views to where the journal is. Whatever happens to it, the ledger goes on.

use crate::feed::{Feed, Next, Pace, Row};
use crate::folder;
use crate::views::Views;
use booking::Country;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use store::StoreError;

/// What the write-ahead log gathers before a quiet moment is used for a checkpoint.
const CHECKPOINT_BYTES: u64 = 4 << 20;
/// Past this the checkpoint is made without waiting for a quiet moment.
const CHECKPOINT_BYTES_MAX: u64 = 128 << 20;

pub(crate) struct Projector {
    pub(crate) folder: PathBuf,
    pub(crate) country: Arc<Country>,
    pub(crate) feed: Arc<Feed>,
    pub(crate) pace: Pace,
    /// None while the file cannot be written.
    pub(crate) views: Option<Views>,
}

impl Projector {
    /// Until the feed is closed and empty.
    pub(crate) fn run(mut self) {
        let feed = Arc::clone(&self.feed);
        let _told = Told(&feed);
        loop {
            match self.feed.next(self.pace) {
                Next::Rows(rows) => self.add(&rows),
                Next::Quiet => self.quiet_moment(),
                Next::Closed => break,
            }
        }
        if let Some(views) = &mut self.views {
            let _the_log_stays = views.checkpoint();
        }
    }

    fn add(&mut self, rows: &[Row]) {
        let Some(views) = &mut self.views else { return self.begin_again() };
        let added = views.add(rows).and_then(|()| {
            self.feed.held(views.last().seq, views.last_at_ms());
            if views.unchecked_bytes() > CHECKPOINT_BYTES_MAX { views.checkpoint() } else { Ok(()) }
        });
        if let Err(error) = added {
            self.fail(&error);
        }
    }

    fn quiet_moment(&mut self) {
        match &mut self.views {
            None => self.begin_again(),
            Some(views) if views.unchecked_bytes() >= CHECKPOINT_BYTES => {
                if let Err(error) = views.checkpoint() {
                    self.fail(&error);
                }
            }
            Some(_) => {}
        }
    }

    /// What is damaged is thrown away; what cannot be written is tried again.
    fn fail(&mut self, error: &StoreError) {
        self.views = None;
        self.feed.pause();
        tracing::error!(
            error = error as &dyn std::error::Error,
            "the views do not follow the journal; bookings go on"
        );
        if matches!(error, StoreError::Corrupt { .. }) {
            tracing::warn!("views.db is thrown away and made again from the journal");
            if let Err(error) = Views::throw_away(&self.folder) {
                tracing::error!(error = &error as &dyn std::error::Error, "views.db cannot be removed");
            }
        }
    }

    fn begin_again(&mut self) {
        let opened = Views::open(&self.folder, &self.country).and_then(|views| {
            folder::sync(&self.folder)?;
            Ok(views)
        });
        match opened {
            Ok(views) => {
                tracing::info!(row = views.last().seq, "the views follow the journal again");
                self.feed.begin_after(views.last().seq, views.last_at_ms());
                self.views = Some(views);
            }
            Err(error @ StoreError::Corrupt { .. }) => self.fail(&error),
            Err(_) => {}
        }
    }
}

/// Says so if the thread ends by a panic; the feed fills up to its end and takes no more.
struct Told<'a>(&'a Feed);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.pause();
            tracing::error!("the projector has stopped; the views stay where they are, bookings go on");
        }
    }
}
