//! What the waiting room must remember, in the database: one line for nodes on any number of machines.
//!
//! A step is a transaction that takes the lock of its campaign's row, reads who is there and what is reserved, decides
//! as the embedded line does, and writes. One that ended in doubt is looked up by the node's beat, which nobody else
//! moves, and followed by another commit. Whose process has ended nobody knows here; a node that is silent is fenced.
//!
//! What is left out: the sums over the rows that the embedded line has; the pages have the server's own checksums.

mod held;
mod news;
mod orders;

use crate::StoreLimits;
use crate::address::Address;
use crate::checked::Checked;
use crate::journal::settings;
use crate::link::connect;
use crate::schema;
use crate::wire::{Connection, Failure, Row, Statement, Value};
use held::{Held, campaign_value, number};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use store::{GivenOrder, LedgerNews, LineState, LineStore, NodeStep, Randomness, Seen, Stepped, StoreError};
use waiting_room::{CampaignTag, NodeId};

/// How long a step waits for those of other nodes, and for the database.
const TURN_MS: u32 = 800;
const REPLY_WITHIN: Duration = Duration::from_secs(3);
/// A step in doubt is looked up once.
const ATTEMPTS: u32 = 2;

pub struct PostgresLine {
    address: Address,
    randomness: Arc<dyn Randomness>,
    limits: StoreLimits,
    connection: Mutex<Option<Connection>>,
}

/// What is to be done in a transaction, or why nothing is.
type Planned<T> = Result<(Vec<Statement<'static>>, T), T>;

impl PostgresLine {
    /// Makes the tables.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if no primary answers, or the server is not fit; of `limits` only that is taken.
    pub fn open(
        address: Address,
        randomness: Arc<dyn Randomness>,
        limits: StoreLimits,
    ) -> Result<Self, StoreError> {
        let limits = StoreLimits { lock_wait_ms: TURN_MS, reply_within: REPLY_WITHIN, ..limits };
        let line = Self { address, randomness, limits, connection: Mutex::default() };
        let checked = line.with(|connection| {
            let checked = Checked::ask(connection)?;
            schema::bring_up(connection)?;
            Ok(checked)
        })?;
        checked.is_fit_for(limits.needs_durable)?;
        Ok(line)
    }

    fn connection(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().expect("no step panics")
    }

    fn with<T>(&self, act: impl FnOnce(&mut Connection) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut kept = self.connection();
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => connect(&self.address, &self.limits, self.randomness.as_ref())?,
        };
        let done = act(&mut connection);
        if !matches!(done, Err(Failure::Lost(_))) {
            *kept = Some(connection);
        }
        done
    }

    /// The campaign's row in our hands, and what is there.
    fn hold(&self, campaign: CampaignTag) -> Result<Option<Held>, Failure> {
        self.with(|connection| {
            let mut statements = vec![
                Statement::new("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", vec![]),
                settings(),
                Statement::new(
                    "SELECT campaign FROM charye.line WHERE campaign = $1 FOR UPDATE",
                    vec![campaign_value(campaign)],
                ),
            ];
            let limits = [self.limits.lock_wait_ms, self.limits.silent_ms_max].map(|ms| ms.to_string());
            statements[1].values = vec![Value::Text(&limits[0]), Value::Text(&limits[1])];
            statements.extend(held::reading(campaign));
            Ok(Held::read(&connection.run(&statements)?)?)
        })
    }

    fn commit(&self, mut statements: Vec<Statement<'_>>) -> Result<(), Failure> {
        statements.push(Statement::new("COMMIT", vec![]));
        self.with(|connection| connection.run(&statements).map(drop))
    }

    /// Decides with the row in hand. `was_done`: whether what is in doubt took place, by what is there now.
    fn change<T: Copy>(
        &self,
        campaign: CampaignTag,
        plan: impl Fn(Option<Held>) -> Planned<T>,
        was_done: impl Fn(&Held, Option<&Held>) -> Option<T>,
    ) -> Result<T, StoreError> {
        let mut before: Option<Held> = None;
        let mut failed = None;
        for _ in 0..ATTEMPTS {
            let held = match self.hold(campaign) {
                Ok(held) => held,
                Err(failure) => {
                    failed = Some(failure);
                    continue;
                }
            };
            if let Some(done) = before.as_ref().and_then(|before| was_done(before, held.as_ref())) {
                self.commit(vec![held::touch(campaign)])?;
                return Ok(done);
            }
            before.clone_from(&held);
            let (statements, done) = match plan(held) {
                Ok(planned) => planned,
                Err(refused) => {
                    self.with(Connection::roll_back)?;
                    return Ok(refused);
                }
            };
            match self.commit(statements) {
                Ok(()) => return Ok(done),
                Err(Failure::Refused(refused)) => return Err(Failure::Refused(refused).into()),
                Err(lost) => failed = Some(lost),
            }
        }
        Err(failed.expect("every attempt failed").into())
    }

    fn looked_at(&self, campaign: CampaignTag, settled_from: u32) -> Result<Vec<Vec<Row>>, StoreError> {
        let mut statements = vec![Statement::new("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", vec![])];
        statements.extend(held::reading(campaign));
        let from = vec![campaign_value(campaign), number(u64::from(settled_from))];
        statements.push(Statement::new(held::SETTLED, from));
        statements.push(Statement::new(held::LEFT, vec![campaign_value(campaign)]));
        statements.push(Statement::new(news::READ, vec![campaign_value(campaign)]));
        statements.push(Statement::new("COMMIT", vec![]));
        let look = |connection: &mut Connection| connection.run(&statements);
        // A connection that was idle for long may be gone without our knowing.
        let first = self.with(look);
        Ok(if matches!(first, Err(Failure::Lost(_))) { self.with(look)? } else { first? })
    }
}

impl LineStore for PostgresLine {
    fn join(&self, campaign: CampaignTag) -> Result<NodeId, StoreError> {
        // A node of which the answer was lost is silent, and is fenced.
        let begun = vec![Statement::new(held::BEGUN, vec![campaign_value(campaign)])];
        self.commit_alone(begun)?;
        let none = NodeId { node: 0, incarnation: 0 };
        self.change(campaign, |held| held.map_or(Err(none), |mut held| Ok(held.join(campaign))), |_, _| None)
    }

    fn look(&self, campaign: CampaignTag, settled_from: u32) -> Result<LineState, StoreError> {
        let answers = self.looked_at(campaign, settled_from)?;
        let Some(held) = Held::read(&answers).map_err(Failure::Lost)? else {
            return Ok(LineState::default());
        };
        held.state(&answers)
    }

    fn step(&self, campaign: CampaignTag, node: NodeId, step: &NodeStep) -> Result<Stepped, StoreError> {
        self.change(
            campaign,
            |held| match held {
                Some(mut held) => {
                    held.step(campaign, node, step).map(|statements| (statements, Stepped::Done))
                }
                None => Err(Stepped::Fenced),
            },
            |before, now| held::was_stepped(before, now, node, step.leaves).then_some(Stepped::Done),
        )
    }

    fn claim(&self, campaign: CampaignTag, node: NodeId, seen: &Seen) -> Result<bool, StoreError> {
        self.change(
            campaign,
            |held| match held.filter(|held| held.may_claim(node, seen)) {
                Some(_) => Ok((held::claimed(campaign, node), true)),
                None => Err(false),
            },
            |before, now| now.filter(|now| now.is_led_since(before, node)).map(|_| true),
        )
    }

    fn order(&self, campaign: CampaignTag, order: &GivenOrder) -> Result<u64, StoreError> {
        let limits = [self.limits.lock_wait_ms, self.limits.silent_ms_max].map(|ms| ms.to_string());
        let mut given = settings();
        given.values = vec![Value::Text(&limits[0]), Value::Text(&limits[1])];
        let statements = vec![
            Statement::new("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", vec![]),
            given,
            orders::giving(campaign, order),
            Statement::new("COMMIT", vec![]),
        ];
        let answers = self.with(|connection| connection.run(&statements))?;
        let number = answers[2].first().map(|row| row.number(0)).transpose().map_err(Failure::Lost)?;
        Ok(number.expect("an order that was given has a number").cast_unsigned())
    }

    fn orders(&self, campaign: CampaignTag, after: u64) -> Result<Vec<(u64, GivenOrder)>, StoreError> {
        let ask = || self.with(|connection| connection.run(&[orders::reading(campaign, after)]));
        // A connection that was idle for long may be gone without our knowing.
        let first = ask();
        let answers = if matches!(first, Err(Failure::Lost(_))) { ask()? } else { first? };
        let numbered = |row: &Row| {
            let (number, texts) = orders::read(row).map_err(Failure::Lost)?;
            Ok((number, GivenOrder::of_texts(texts)?))
        };
        answers[0].iter().map(numbered).collect()
    }

    fn tell(&self, campaign: CampaignTag, news: &LedgerNews) -> Result<(), StoreError> {
        news::write(campaign, news, |statement| Ok(self.with(|connection| connection.run(&[statement]))?))
            .map(drop)
    }
}

impl PostgresLine {
    fn commit_alone(&self, mut statements: Vec<Statement<'_>>) -> Result<(), Failure> {
        statements.insert(0, Statement::new("BEGIN", vec![]));
        self.commit(statements)
    }
}
