//! What of a line is read with its row in hand, and what a step makes of it.

use crate::wire::{Row, Statement, Value};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::io;
use store::{AtTheDoor, LeadStep, Led, LineState, NodeState, NodeStep, Seen, Stepped, StoreError};
use waiting_room::{Bucket, CampaignTag, NodeId, Steered};

/// A line with its nodes, by incarnation, and what they have reserved, by bucket and incarnation.
#[derive(Debug, Clone)]
pub(super) struct Held {
    lives: u64,
    open_bucket: u32,
    term: u64,
    /// An incarnation; 0: nobody.
    leader: u32,
    led: Led,
    nodes: BTreeMap<u32, NodeState>,
    reserved: BTreeMap<(u32, u32), u32>,
}

pub(super) const BEGUN: &str =
    "INSERT INTO charye.line(campaign, lives) VALUES ($1, 0) ON CONFLICT (campaign) DO NOTHING";
const LINE: &str =
    "SELECT lives, open_bucket, term, leader, serving_number, gate_sequence, document, opened_at,
    closed_at, steered FROM charye.line WHERE campaign = $1";
const NODES: &str = "SELECT incarnation, node, beat, given, arrived, waiting FROM charye.line_node
    WHERE campaign = $1";
const RESERVED: &str =
    "SELECT number, incarnation, reserved FROM charye.line_reservation WHERE campaign = $1";
/// Below the open bucket and below the first in which somebody may still give tickets.
pub(super) const SETTLED: &str = "SELECT number, node, incarnation, count FROM charye.line_bucket
    WHERE campaign = $1 AND number >= $2
        AND number < (SELECT open_bucket FROM charye.line WHERE campaign = $1)
        AND number < coalesce((SELECT min(number) FROM charye.line_reservation WHERE campaign = $1),
            9223372036854775807)
    ORDER BY number, node, incarnation";
pub(super) const LEFT: &str = "SELECT coalesce(sum(count), 0)::bigint FROM charye.line_bucket
    WHERE campaign = $1 AND number = (SELECT open_bucket FROM charye.line WHERE campaign = $1)";
const JOINED: &str = "INSERT INTO charye.line_node(campaign, incarnation, node) VALUES ($1, $2, $3)";
const BORN: &str = "UPDATE charye.line SET lives = $2, steps = steps + 1 WHERE campaign = $1";
const LED: &str =
    "UPDATE charye.line SET open_bucket = $2, serving_number = $3, gate_sequence = $4, document = $5,
    opened_at = $6, closed_at = $7, steered = $8 WHERE campaign = $1";
const TOUCHED: &str = "UPDATE charye.line SET steps = steps + 1 WHERE campaign = $1";
const RESERVE: &str = "INSERT INTO charye.line_reservation(campaign, number, incarnation, reserved)
    VALUES ($1, $2, $3, $4) ON CONFLICT (campaign, number, incarnation) DO UPDATE SET reserved = excluded.reserved";
const CLOSE: &str = "WITH done AS (DELETE FROM charye.line_reservation
    WHERE campaign = $1 AND number = $2 AND incarnation = $3 RETURNING 1) SELECT 1 / count(*) FROM done";
const COUNT: &str = "INSERT INTO charye.line_bucket(campaign, number, node, incarnation, count)
    VALUES ($1, $2, $3, $4, $5)";
const STIR: &str = "UPDATE charye.line_node SET beat = $3, given = $4, arrived = $5, waiting = $6
    WHERE campaign = $1 AND incarnation = $2";
const GONE: &str = "DELETE FROM charye.line_node WHERE campaign = $1 AND incarnation = $2";
const NOT_LEADING: &str = "UPDATE charye.line SET leader = 0 WHERE campaign = $1 AND leader = $2";
const CLAIMED: &str =
    "UPDATE charye.line SET term = term + 1, leader = $2, steps = steps + 1 WHERE campaign = $1";

pub(super) fn number(number: u64) -> Value<'static> {
    Value::Number(number.cast_signed())
}

pub(super) fn campaign_value(campaign: CampaignTag) -> Value<'static> {
    number(u64::from(campaign.0))
}

/// The three reads of [`Held::read`].
pub(super) fn reading(campaign: CampaignTag) -> [Statement<'static>; 3] {
    [LINE, NODES, RESERVED].map(|sql| Statement::new(sql, vec![campaign_value(campaign)]))
}

pub(super) fn touch(campaign: CampaignTag) -> Statement<'static> {
    Statement::new(TOUCHED, vec![campaign_value(campaign)])
}

pub(super) fn claimed(campaign: CampaignTag, node: NodeId) -> Vec<Statement<'static>> {
    vec![Statement::new(CLAIMED, vec![campaign_value(campaign), number(u64::from(node.incarnation))])]
}

/// Nobody but the node itself moves its beat or lets it leave in peace.
pub(super) fn was_stepped(before: &Held, now: Option<&Held>, node: NodeId, leaves: bool) -> bool {
    let beat = |held: &Held| held.nodes.get(&node.incarnation).map(|node| node.beat);
    match (beat(before), now.and_then(beat)) {
        (Some(before), Some(now)) => now == before + 1,
        (Some(_), None) => leaves,
        (None, _) => false,
    }
}

fn small(row: &Row, column: usize) -> io::Result<u32> {
    u32::try_from(row.number(column)?).map_err(|_| io::Error::other("a number of the line is too large"))
}

fn instant(row: &Row, column: usize) -> io::Result<Option<Timestamp>> {
    let text = row.text(column)?;
    let parsed = (!text.is_empty()).then(|| text.parse().map_err(io::Error::other));
    parsed.transpose()
}

fn steered(row: &Row, column: usize) -> io::Result<Steered> {
    let unreadable = || io::Error::other("how quickly the line moves cannot be read");
    Steered::parse(&row.text(column)?).ok_or_else(unreadable)
}

impl Held {
    /// Of the answers to [`reading`], which follow three others or one: they are found from the first that has ten
    /// columns.
    pub(super) fn read(answers: &[Vec<Row>]) -> io::Result<Option<Self>> {
        const COLUMNS: usize = 10;
        let is_line = |rows: &Vec<Row>| rows.first().is_some_and(|row| row.columns() == COLUMNS);
        let Some(at) = answers.iter().position(is_line) else { return Ok(None) };
        let row = &answers[at][0];
        let mut held = Self {
            lives: row.number(0)?.cast_unsigned(),
            open_bucket: small(row, 1)?,
            term: row.number(2)?.cast_unsigned(),
            leader: small(row, 3)?,
            led: Led {
                serving_number: row.number(4)?.cast_unsigned(),
                gate_sequence: row.number(5)?.cast_unsigned(),
                document: row.bytes(6)?.to_vec(),
                opened_at: instant(row, 7)?,
                closed_at: instant(row, 8)?,
                steered: steered(row, 9)?,
            },
            nodes: BTreeMap::new(),
            reserved: BTreeMap::new(),
        };
        for row in &answers[at + 1] {
            let incarnation = small(row, 0)?;
            let id = NodeId { node: small(row, 1)? as u16, incarnation };
            let (beat, given) = (row.number(2)?.cast_unsigned(), small(row, 3)?);
            let [arrived, waiting] = [row.number(4)?, row.number(5)?].map(i64::cast_unsigned);
            let door = AtTheDoor { arrived, waiting };
            held.nodes.insert(incarnation, NodeState { id, beat, given, door, is_gone: false });
        }
        for row in &answers[at + 2] {
            held.reserved.insert((small(row, 0)?, small(row, 1)?), small(row, 2)?);
        }
        Ok(Some(held))
    }

    /// With the last three of the answers of a look: what is settled, what is left in the open bucket, the news.
    pub(super) fn state(self, answers: &[Vec<Row>]) -> Result<LineState, StoreError> {
        let odd = |error: io::Error| StoreError::unavailable_because("the line cannot be read", error);
        let [.., settled, left, news, _commit] = answers else {
            return Err(StoreError::unavailable("the line cannot be read"));
        };
        let first_reserved = self.reserved.keys().next().map_or(u32::MAX, |(number, _)| *number);
        let mut nodes: Vec<NodeState> = self.nodes.into_values().collect();
        nodes.sort_unstable_by_key(|node| node.id);
        Ok(LineState {
            open_bucket: self.open_bucket,
            settled: buckets(settled).map_err(odd)?,
            settled_until: first_reserved.min(self.open_bucket),
            left_in_open: left.first().map_or(Ok(0), |row| row.number(0)).map_err(odd)?.cast_unsigned(),
            leader: nodes.iter().map(|node| node.id).find(|id| id.incarnation == self.leader),
            nodes,
            term: self.term,
            led: self.led,
            news: news.first().and_then(super::news::read),
        })
    }

    pub(super) fn join(&mut self, campaign: CampaignTag) -> (Vec<Statement<'static>>, NodeId) {
        self.lives += 1;
        let incarnation = u32::try_from(self.lives).expect("there are fewer lives");
        let is_taken = |number: &u16| self.nodes.values().any(|other| other.id.node == *number);
        let node =
            (1..u16::MAX).find(|number| !is_taken(number)).expect("there are fewer nodes than numbers");
        let (of, life) = (campaign_value(campaign), number(self.lives));
        let joined = vec![of.clone(), life.clone(), number(u64::from(node))];
        let statements = vec![Statement::new(BORN, vec![of, life]), Statement::new(JOINED, joined)];
        (statements, NodeId { node, incarnation })
    }

    pub(super) fn may_claim(&self, node: NodeId, seen: &Seen) -> bool {
        let leader = self.nodes.get(&self.leader).map(|leader| (leader.id, leader.beat));
        let now = Seen { term: self.term, leader };
        self.nodes.contains_key(&node.incarnation) && now == *seen
    }

    pub(super) fn is_led_since(&self, before: &Self, node: NodeId) -> bool {
        self.leader == node.incarnation && self.term == before.term + 1
    }

    fn refused(&self, node: NodeId, step: &NodeStep) -> Option<Stepped> {
        if !self.nodes.contains_key(&node.incarnation) {
            return Some(Stepped::Fenced);
        }
        let open = match &step.lead {
            Some(lead) if self.leader != node.incarnation || self.term != lead.term => {
                return Some(Stepped::NotLeading);
            }
            Some(lead) => lead.open_bucket,
            None => self.open_bucket,
        };
        let (number, _) = step.reserve?;
        let is_own = self.reserved.contains_key(&(number, node.incarnation));
        (number != open && !is_own).then_some(Stepped::BucketOver)
    }

    pub(super) fn step(
        &mut self,
        campaign: CampaignTag,
        node: NodeId,
        step: &NodeStep,
    ) -> Result<Vec<Statement<'static>>, Stepped> {
        if let Some(refused) = self.refused(node, step) {
            return Err(refused);
        }
        let mut out = vec![touch(campaign)];
        if let Some(lead) = &step.lead {
            self.lead(campaign, lead, &mut out);
        }
        if let Some((bucket, end)) = step.reserve {
            let reserved = self.reserved.entry((bucket, node.incarnation)).or_insert(0);
            *reserved = end.max(*reserved);
            let of =
                [u64::from(campaign.0), u64::from(bucket), u64::from(node.incarnation), u64::from(*reserved)];
            out.push(Statement::new(RESERVE, of.map(number).to_vec()));
        }
        if let Some((bucket, count)) = step.close {
            self.close(campaign, node, (bucket, count), &mut out);
        }
        if step.leaves {
            self.end(campaign, node, &mut out);
        } else if let Some(state) = self.nodes.get(&node.incarnation) {
            let (AtTheDoor { arrived, waiting }, beat) = (step.door, state.beat + 1);
            let who = [u64::from(campaign.0), u64::from(node.incarnation)];
            let said = [beat, u64::from(step.given), arrived, waiting];
            out.push(Statement::new(STIR, who.into_iter().chain(said).map(number).collect()));
        }
        Ok(out)
    }

    fn lead(&mut self, campaign: CampaignTag, lead: &LeadStep, out: &mut Vec<Statement<'static>>) {
        let text = |at: Option<Timestamp>| Value::OwnText(at.map(|at| at.to_string()).unwrap_or_default());
        let Led { serving_number, gate_sequence, document, opened_at, closed_at, steered } = &lead.led;
        let values = vec![
            campaign_value(campaign),
            number(u64::from(lead.open_bucket)),
            number(*serving_number),
            number(*gate_sequence),
            Value::OwnBytes(document.clone()),
            text(*opened_at),
            text(*closed_at),
            Value::OwnText(steered.text()),
        ];
        out.push(Statement::new(LED, values));
        for (silent, beat) in &lead.fence {
            if self.nodes.get(&silent.incarnation).is_some_and(|node| node.beat == *beat) {
                self.end(campaign, *silent, out);
            }
        }
    }

    /// A step that is told again closes nothing twice.
    fn close(
        &mut self,
        campaign: CampaignTag,
        node: NodeId,
        (bucket, count): (u32, u32),
        out: &mut Vec<Statement<'static>>,
    ) {
        let Some(reserved) = self.reserved.remove(&(bucket, node.incarnation)) else { return };
        assert!(count <= reserved, "{count} tickets out of a reservation of {reserved}");
        let (of, life) = (u64::from(campaign.0), u64::from(node.incarnation));
        out.push(Statement::new(CLOSE, [of, u64::from(bucket), life].map(number).to_vec()));
        let count = [of, u64::from(bucket), u64::from(node.node), life, u64::from(count)];
        out.push(Statement::new(COUNT, count.map(number).to_vec()));
    }

    /// Whatever is still reserved counts to its end.
    fn end(&mut self, campaign: CampaignTag, node: NodeId, out: &mut Vec<Statement<'static>>) {
        let is_own = |(_, life): &&(u32, u32)| *life == node.incarnation;
        let open: Vec<(u32, u32)> = self.reserved.keys().filter(is_own).copied().collect();
        for key in open {
            let reserved = self.reserved[&key];
            self.close(campaign, node, (key.0, reserved), out);
        }
        self.nodes.remove(&node.incarnation);
        let who = [u64::from(campaign.0), u64::from(node.incarnation)].map(number).to_vec();
        out.push(Statement::new(GONE, who.clone()));
        out.push(Statement::new(NOT_LEADING, who));
    }
}

fn buckets(rows: &[Row]) -> io::Result<Vec<Bucket>> {
    let mut settled: Vec<Bucket> = Vec::new();
    for row in rows {
        let number = small(row, 0)?;
        let node = NodeId { node: small(row, 1)? as u16, incarnation: small(row, 2)? };
        let count = (node, small(row, 3)?);
        match settled.last_mut() {
            Some(bucket) if bucket.number == number => bucket.counts.push(count),
            _ => settled.push(Bucket { number, counts: vec![count] }),
        }
    }
    Ok(settled)
}
