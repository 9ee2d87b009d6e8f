//! The one thread of a node that talks to the database: it follows the journal, and decides and appends in turn with the
//! other nodes.

mod follow;
mod trouble;

use crate::address::Address;
use crate::checked::Checked;
use crate::guards;
use crate::health::{Health, HealthCell};
use crate::inbox::{Asked, Inbox, Work};
use crate::journal::{self, Chain, JournalRow, Position};
use crate::options::{StoreLimits, decides_blind, is_guarded};
use crate::schema;
use crate::watched::Watched;
use crate::wire::{Connection, Failure};
use booking::{Change, Outcome, Refusal};
use jiff::Timestamp;
use std::sync::{Arc, RwLock, RwLockWriteGuard};
use std::thread;
use std::time::Duration;
use store::{Answer, Clock, Ledger, Randomness, StoreError};
use trouble::{Trouble, told, trouble};

/// Between two attempts to reach the database.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(50);

type Decided = Vec<Result<Outcome, Refusal>>;

pub(crate) struct Writer {
    address: Address,
    randomness: Arc<dyn Randomness>,
    inbox: Arc<Inbox>,
    ledger: Arc<RwLock<Ledger>>,
    health: Arc<HealthCell>,
    watched: Arc<Watched>,
    clock: Arc<dyn Clock>,
    limits: StoreLimits,
    connection: Option<Connection>,
    /// The last row that the ledger holds.
    at: Position,
    doubt: Option<Doubt>,
}

/// A commit of which nobody knows whether it took place.
struct Doubt {
    chain: Chain,
    answers: Decided,
    /// Its row was found in the journal.
    took_place: bool,
}

impl Writer {
    pub(crate) fn new(
        (address, randomness): (Address, Arc<dyn Randomness>),
        inbox: Arc<Inbox>,
        ledger: Arc<RwLock<Ledger>>,
        clock: Arc<dyn Clock>,
        limits: StoreLimits,
    ) -> Self {
        Self {
            address,
            randomness,
            inbox,
            ledger,
            health: Arc::default(),
            watched: Arc::default(),
            clock,
            limits,
            connection: None,
            at: Position::BEGINNING,
            doubt: None,
        }
    }

    pub(crate) fn watched_by(&mut self, health: Arc<HealthCell>, watched: Arc<Watched>) {
        self.health = health;
        self.watched = watched;
    }

    /// Makes the tables, and reads the whole journal.
    pub(crate) fn begin(&mut self) -> Result<(), StoreError> {
        let needs_durable = self.limits.needs_durable;
        self.with_connection(|connection| {
            let checked = Checked::ask(connection)?;
            schema::bring_up(connection)?;
            Ok(checked)
        })
        .map_err(told)?
        .is_fit_for(needs_durable)?;
        self.catch_up().map_err(told)?;
        self.ledger_mut().check_country()
    }

    /// Until the store is gone and everything it asked is answered.
    pub(crate) fn run(mut self) {
        loop {
            let work = self.inbox.next(self.limits.batch_max, self.limits.follow_every);
            let is_last = work.is_last;
            if work.asked.is_empty() {
                self.look(work);
            } else {
                self.serve(work);
            }
            if is_last {
                return;
            }
        }
    }

    /// Nothing is asked but to know what there is.
    fn look(&mut self, work: Work) {
        let caught_up = self.catch_up();
        self.note(caught_up.as_ref().err());
        self.tell(work, caught_up.is_ok());
    }

    /// Those who read, and those who want events.
    fn tell(&mut self, work: Work, is_up_to_date: bool) {
        for reader in work.readers {
            let _gone = reader.send(if is_up_to_date { Ok(()) } else { Err(away()) });
        }
        for asked in work.audits {
            let events = if is_up_to_date { self.events(asked.since, asked.events_max) } else { Err(away()) };
            let _gone = asked.reply.send(events);
        }
    }

    fn events(&mut self, since: u64, events_max: usize) -> Result<Vec<store::AuditEvent>, StoreError> {
        let connection = self.connected().map_err(told)?;
        match journal::events(connection, since, events_max) {
            Ok(events) => events,
            Err(failure) => {
                self.connection = None;
                Err(told(trouble(failure)))
            }
        }
    }

    /// A batch that a guard refuses is halved until the command stands alone that cannot be carried out.
    fn serve(&mut self, mut work: Work) {
        let mut batches = vec![std::mem::take(&mut work.asked)];
        while let Some(mut batch) = batches.pop() {
            match self.carry_out(&batch) {
                Ok(answers) => self.answer(batch, answers),
                Err(Trouble::Guarded(refused)) if batch.len() == 1 => {
                    tracing::error!(%refused, "the database refuses what the ledger decided");
                    refuse(batch, || StoreError::unavailable("the database refuses what the ledger decided"));
                }
                Err(Trouble::Guarded(_)) => {
                    batches.push(batch.split_off(batch.len() / 2));
                    batches.push(batch);
                }
                Err(Trouble::Full) => refuse(batch, || StoreError::Full),
                Err(broken @ Trouble::Broken(_)) => {
                    self.note(Some(&broken));
                    refuse(batch, away);
                }
                Err(trouble @ Trouble::Away(_)) => {
                    self.note(Some(&trouble));
                    batches.extend(self.wait_a_little(batch));
                }
            }
        }
        let is_up_to_date = self.health.get() == Health::Well;
        self.tell(work, is_up_to_date);
    }

    /// What of the batch is still tried again.
    fn wait_a_little(&mut self, mut batch: Vec<Asked>) -> Option<Vec<Asked>> {
        let waiting = self.inbox.readers();
        self.tell(waiting, false);
        let late_since = self.clock.elapsed().saturating_sub(self.limits.answer_within);
        let is_late = batch.first().is_some_and(|first| first.since < late_since);
        if is_late || self.inbox.is_closed() {
            // Their outcome is unknown, to them as well.
            self.doubt = None;
            refuse(std::mem::take(&mut batch), away);
            return None;
        }
        thread::sleep(TRY_AGAIN_AFTER);
        Some(batch)
    }

    fn answer(&self, batch: Vec<Asked>, answers: Decided) {
        self.health.set(Health::Well);
        self.watched.answered(batch.len());
        for (asked, answer) in batch.into_iter().zip(answers) {
            let _gone = asked.reply.send(Ok(answer));
        }
    }

    fn carry_out(&mut self, batch: &[Asked]) -> Result<Decided, Trouble> {
        if self.health.get() == Health::Broken {
            return Err(Trouble::Broken(away()));
        }
        let since = self.clock.elapsed();
        let locked = self.lock()?;
        let end = locked.end;
        if let Some(doubt) = self.doubt.take_if(|doubt| doubt.took_place) {
            return self.confirm(doubt, end);
        }
        // The lock is ours, and its row is not there: it will never be.
        self.doubt = None;
        let now = self.now(&locked)?;
        let mut changes = Vec::new();
        let answers = self.decide(batch, now, &mut changes);
        self.write(end, now, &changes, answers, since)
    }

    /// It is there; now on the standby, too.
    fn confirm(&mut self, doubt: Doubt, end: Position) -> Result<Decided, Trouble> {
        match self.commit(None, |connection| journal::touch(connection, end)) {
            Ok(()) => Ok(doubt.answers),
            Err(trouble) => {
                self.doubt = Some(doubt);
                Err(trouble)
            }
        }
    }

    fn decide(&self, batch: &[Asked], now: Timestamp, changes: &mut Vec<Change>) -> Decided {
        let mut ledger = self.ledger_mut();
        batch.iter().map(|asked| ledger.decide(&asked.request, now, changes)).collect()
    }

    fn write(
        &mut self,
        end: Position,
        now: Timestamp,
        changes: &[Change],
        answers: Decided,
        since: Duration,
    ) -> Result<Decided, Trouble> {
        if changes.is_empty() {
            self.commit(None, |connection| journal::touch(connection, end))?;
            self.ledger_mut().commit();
            return Ok(answers);
        }
        let (audit, guarded) = {
            let ledger = self.ledger_mut();
            (ledger.audit_head_pending(), ledger.guarded())
        };
        let row = JournalRow::after(end, now.as_millisecond(), changes);
        let guards = if is_guarded(&self.limits) { guards::statements(&guarded) } else { Vec::new() };
        let written =
            self.commit(Some(row.chain), |connection| journal::append(connection, &row, end, audit, guards));
        match written {
            Ok(()) => {
                self.committed(&row);
                self.watched.committed(self.clock.elapsed().saturating_sub(since));
                Ok(answers)
            }
            Err(trouble) => {
                self.ledger_mut().discard();
                self.in_doubt(answers, trouble)
            }
        }
    }

    fn committed(&mut self, row: &JournalRow) {
        if decides_blind(&self.limits) {
            return self.ledger_mut().discard();
        }
        self.ledger_mut().commit();
        self.at = row.position();
    }

    /// Whoever is in doubt keeps the answers until it is known.
    fn in_doubt(&mut self, answers: Decided, trouble: Trouble) -> Result<Decided, Trouble> {
        #[cfg(feature = "saboteur")]
        if self.limits.sabotage == crate::Sabotage::TrustTheDoubtful && self.doubt.take().is_some() {
            return Ok(answers);
        }
        if let Some(doubt) = &mut self.doubt {
            doubt.answers = answers;
        }
        Err(trouble)
    }

    /// Sends what ends with a COMMIT. `chain`: of the row in it.
    fn commit(
        &mut self,
        chain: Option<Chain>,
        send: impl FnOnce(&mut Connection) -> Result<(), Failure>,
    ) -> Result<(), Trouble> {
        let connection = self.connection.as_mut().expect("the end of the journal is locked through it");
        send(connection).map_err(|failure| {
            if let Failure::Lost(_) = failure {
                self.connection = None;
                self.doubt = chain.map(|chain| Doubt { chain, answers: Vec::new(), took_place: false });
            }
            trouble(failure)
        })
    }

    fn note(&self, trouble: Option<&Trouble>) {
        match trouble {
            None => self.health.set(Health::Well),
            Some(Trouble::Broken(error)) if self.health.get() != Health::Broken => {
                self.health.set(Health::Broken);
                tracing::error!(
                    error = error as &dyn std::error::Error,
                    "the database and this node disagree: nothing more is acknowledged here; restart it"
                );
            }
            Some(Trouble::Away(error)) if self.health.get() == Health::Well => {
                self.health.set(Health::Away);
                tracing::warn!(error = error as &dyn std::error::Error, "the database does not answer");
            }
            Some(_) => {}
        }
    }

    fn ledger_mut(&self) -> RwLockWriteGuard<'_, Ledger> {
        self.ledger.write().expect(ONE_WRITER)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.health.set(Health::Broken);
        self.inbox.stop();
    }
}

fn refuse(batch: Vec<Asked>, error: impl Fn() -> StoreError) {
    for asked in batch {
        let answer: Answer = Err(error());
        let _gone = asked.reply.send(answer);
    }
}

const ONE_WRITER: &str = "only this thread writes, and a panic ends it";

fn away() -> StoreError {
    StoreError::unavailable("the database does not answer")
}
