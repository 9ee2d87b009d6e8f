//! What a look reads and what a step writes, in SQL.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use store::{AtTheDoor, LeadStep, Led, LineState, NodeState, NodeStep, Seen, Stepped};
use waiting_room::{Bucket, CampaignTag, NodeId, Steered};

/// Buckets that a step has closed: number, node.
pub(super) type Closed = Vec<(u32, NodeId)>;

/// From version 2, in which one process was one node: what its last life left open ends at its reservation.
pub(super) const MANY_NODES: &str = "
    INSERT INTO bucket(campaign, number, incarnation, count)
        SELECT campaign, number, incarnation, reserved FROM reservation JOIN line USING (campaign);
    DROP TABLE reservation;
    CREATE TABLE reservation(
        campaign INTEGER NOT NULL,
        number INTEGER NOT NULL,
        incarnation INTEGER NOT NULL,
        reserved INTEGER NOT NULL,
        PRIMARY KEY (campaign, number, incarnation)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE bucket RENAME TO former;
    CREATE TABLE bucket(
        campaign INTEGER NOT NULL,
        number INTEGER NOT NULL,
        node INTEGER NOT NULL,
        incarnation INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (campaign, number, node, incarnation)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO bucket SELECT campaign, number, 1, incarnation, count FROM former;
    DROP TABLE former;
    CREATE TABLE node(
        campaign INTEGER NOT NULL,
        incarnation INTEGER NOT NULL,
        node INTEGER NOT NULL,
        beat INTEGER NOT NULL DEFAULT 0,
        given INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (campaign, incarnation)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE line RENAME COLUMN incarnation TO lives;
    ALTER TABLE line ADD COLUMN open_bucket INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE line ADD COLUMN term INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE line ADD COLUMN leader INTEGER;
    ALTER TABLE line ADD COLUMN document BLOB NOT NULL DEFAULT x'';
    UPDATE line SET open_bucket =
        (SELECT ifnull(max(number) + 1, 0) FROM bucket WHERE bucket.campaign = line.campaign);
    UPDATE sum SET state = x'';
";

/// From version 4: how quickly the line moves, and who stands at the doors.
pub(super) const STEERED: &str = "
    ALTER TABLE line ADD COLUMN steered TEXT NOT NULL DEFAULT '';
    ALTER TABLE node ADD COLUMN arrived INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE node ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
    UPDATE sum SET state = x'';
";

pub(super) fn join(connection: &Connection, campaign: CampaignTag) -> rusqlite::Result<NodeId> {
    let begin = "INSERT INTO line(campaign, lives) VALUES (?1, 1)
                 ON CONFLICT (campaign) DO UPDATE SET lives = lives + 1 RETURNING lives";
    let incarnation = connection.query_row(begin, [campaign.0], |row| row.get(0))?;
    let taken = nodes(connection, campaign)?;
    let is_taken = |number: &u16| taken.iter().any(|other| other.id.node == *number);
    let node = (1..u16::MAX).find(|number| !is_taken(number)).expect("there are fewer nodes than numbers");
    connection.execute(
        "INSERT INTO node(campaign, incarnation, node) VALUES (?1, ?2, ?3)",
        params![campaign.0, incarnation, node],
    )?;
    Ok(NodeId { node, incarnation })
}

pub(super) fn look(
    connection: &Connection,
    campaign: CampaignTag,
    settled_from: u32,
) -> rusqlite::Result<LineState> {
    let Some(mut state) = line(connection, campaign)? else { return Ok(LineState::default()) };
    let first_reserved: Option<u32> = connection
        .prepare_cached("SELECT min(number) FROM reservation WHERE campaign = ?1")?
        .query_row([campaign.0], |row| row.get(0))?;
    state.settled_until = first_reserved.unwrap_or(state.open_bucket).min(state.open_bucket);
    state.settled = settled(connection, campaign, settled_from, state.settled_until)?;
    state.left_in_open = connection
        .prepare_cached("SELECT ifnull(sum(count), 0) FROM bucket WHERE campaign = ?1 AND number = ?2")?
        .query_row(params![campaign.0, state.open_bucket], |row| row.get::<_, i64>(0))?
        .cast_unsigned();
    state.nodes = nodes(connection, campaign)?;
    let leads = |id: &NodeId| state.leader.is_some_and(|leader| leader.incarnation == id.incarnation);
    state.leader = state.nodes.iter().map(|node| node.id).find(leads);
    Ok(state)
}

/// The leader's number is not known yet.
fn line(connection: &Connection, campaign: CampaignTag) -> rusqlite::Result<Option<LineState>> {
    let all =
        "SELECT open_bucket, term, leader, serving_number, gate_sequence, document, opened_at, closed_at, steered
               FROM line WHERE campaign = ?1";
    let read = |row: &Row<'_>| {
        let leader: Option<u32> = row.get(2)?;
        let led = Led {
            serving_number: row.get::<_, i64>(3)?.cast_unsigned(),
            gate_sequence: row.get::<_, i64>(4)?.cast_unsigned(),
            document: row.get(5)?,
            opened_at: instant(row, 6)?,
            closed_at: instant(row, 7)?,
            steered: steered(row, 8)?,
        };
        Ok(LineState {
            open_bucket: row.get(0)?,
            term: row.get::<_, i64>(1)?.cast_unsigned(),
            leader: leader.map(|incarnation| NodeId { node: 0, incarnation }),
            led,
            ..LineState::default()
        })
    };
    connection.prepare_cached(all)?.query_row([campaign.0], read).optional()
}

fn settled(
    connection: &Connection,
    campaign: CampaignTag,
    from: u32,
    until: u32,
) -> rusqlite::Result<Vec<Bucket>> {
    let all = "SELECT number, node, incarnation, count FROM bucket
               WHERE campaign = ?1 AND number >= ?2 AND number < ?3 ORDER BY number, node, incarnation";
    let mut settled: Vec<Bucket> = Vec::new();
    let mut all = connection.prepare_cached(all)?;
    let mut rows = all.query(params![campaign.0, from, until])?;
    while let Some(row) = rows.next()? {
        let (number, count) = (row.get(0)?, row.get(3)?);
        let node = NodeId { node: row.get(1)?, incarnation: row.get(2)? };
        match settled.last_mut() {
            Some(bucket) if bucket.number == number => bucket.counts.push((node, count)),
            _ => settled.push(Bucket { number, counts: vec![(node, count)] }),
        }
    }
    Ok(settled)
}

fn nodes(connection: &Connection, campaign: CampaignTag) -> rusqlite::Result<Vec<NodeState>> {
    let all = "SELECT node, incarnation, beat, given, arrived, waiting FROM node WHERE campaign = ?1 ORDER BY node, incarnation";
    let read = |row: &Row<'_>| {
        let id = NodeId { node: row.get(0)?, incarnation: row.get(1)? };
        let count = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.cast_unsigned());
        let door = AtTheDoor { arrived: count(4)?, waiting: count(5)? };
        Ok(NodeState { id, beat: count(2)?, given: row.get(3)?, door, is_gone: false })
    };
    connection.prepare_cached(all)?.query_map([campaign.0], read)?.collect()
}

fn instant(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let text: Option<String> = row.get(column)?;
    let parse = |text: String| {
        text.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
        })
    };
    text.map(parse).transpose()
}

fn steered(row: &Row<'_>, column: usize) -> rusqlite::Result<Steered> {
    let text: String = row.get(column)?;
    Steered::parse(&text).ok_or_else(|| {
        let unreadable = std::io::Error::other("how quickly the line moves cannot be read");
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, unreadable.into())
    })
}

pub(super) fn step(
    connection: &Connection,
    campaign: CampaignTag,
    node: NodeId,
    step: &NodeStep,
) -> rusqlite::Result<Result<Closed, Stepped>> {
    if let Some(refused) = refused(connection, campaign, node, step)? {
        return Ok(Err(refused));
    }
    let mut closed = Closed::new();
    if let Some(of_lead) = &step.lead {
        lead(connection, campaign, of_lead, &mut closed)?;
    }
    if let Some((number, end)) = step.reserve {
        let reserve =
            "INSERT INTO reservation(campaign, number, incarnation, reserved) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT DO UPDATE SET reserved = max(reserved, excluded.reserved)";
        let reserved = params![campaign.0, number, node.incarnation, end];
        connection.prepare_cached(reserve)?.execute(reserved)?;
    }
    if let Some((number, count)) = step.close {
        close(connection, campaign, node, (number, count))?;
        closed.push((number, node));
    }
    if step.leaves {
        end(connection, campaign, node, &mut closed)?;
    } else {
        let stir = "UPDATE node SET beat = beat + 1, given = ?3, arrived = ?4, waiting = ?5
                    WHERE campaign = ?1 AND incarnation = ?2";
        let AtTheDoor { arrived, waiting } = step.door;
        connection.prepare_cached(stir)?.execute(params![
            campaign.0,
            node.incarnation,
            step.given,
            arrived.cast_signed(),
            waiting.cast_signed()
        ])?;
    }
    Ok(Ok(closed))
}

fn refused(
    connection: &Connection,
    campaign: CampaignTag,
    node: NodeId,
    step: &NodeStep,
) -> rusqlite::Result<Option<Stepped>> {
    let lives = "SELECT 1 FROM node WHERE campaign = ?1 AND incarnation = ?2";
    if !connection.prepare_cached(lives)?.exists(params![campaign.0, node.incarnation])? {
        return Ok(Some(Stepped::Fenced));
    }
    let line = "SELECT open_bucket, term, leader FROM line WHERE campaign = ?1";
    let (open, term, leader): (u32, i64, Option<u32>) = connection
        .prepare_cached(line)?
        .query_row([campaign.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let open = match &step.lead {
        Some(lead) if leader != Some(node.incarnation) || term.cast_unsigned() != lead.term => {
            return Ok(Some(Stepped::NotLeading));
        }
        Some(lead) => lead.open_bucket,
        None => open,
    };
    let Some((number, _)) = step.reserve.filter(|(number, _)| *number != open) else { return Ok(None) };
    let own = "SELECT 1 FROM reservation WHERE campaign = ?1 AND number = ?2 AND incarnation = ?3";
    let is_own = connection.prepare_cached(own)?.exists(params![campaign.0, number, node.incarnation])?;
    Ok((!is_own).then_some(Stepped::BucketOver))
}

fn lead(
    connection: &Connection,
    campaign: CampaignTag,
    lead: &LeadStep,
    closed: &mut Closed,
) -> rusqlite::Result<()> {
    let Led { serving_number, gate_sequence, document, opened_at, closed_at, steered } = &lead.led;
    let write = "UPDATE line SET open_bucket = ?2, serving_number = ?3, gate_sequence = ?4, document = ?5,
                                 opened_at = ?6, closed_at = ?7, steered = ?8
                 WHERE campaign = ?1";
    connection.prepare_cached(write)?.execute(params![
        campaign.0,
        lead.open_bucket,
        serving_number.cast_signed(),
        gate_sequence.cast_signed(),
        document,
        opened_at.map(|at| at.to_string()),
        closed_at.map(|at| at.to_string()),
        steered.text(),
    ])?;
    for (silent, beat) in &lead.fence {
        let still = "SELECT 1 FROM node WHERE campaign = ?1 AND incarnation = ?2 AND beat = ?3";
        let known = params![campaign.0, silent.incarnation, beat.cast_signed()];
        if connection.prepare_cached(still)?.exists(known)? {
            end(connection, campaign, *silent, closed)?;
        }
    }
    Ok(())
}

fn close(
    connection: &Connection,
    campaign: CampaignTag,
    node: NodeId,
    (number, count): (u32, u32),
) -> rusqlite::Result<()> {
    let take = "DELETE FROM reservation WHERE campaign = ?1 AND number = ?2 AND incarnation = ?3
                RETURNING reserved";
    let reserved: u32 = connection
        .prepare_cached(take)?
        .query_row(params![campaign.0, number, node.incarnation], |row| row.get(0))?;
    assert!(count <= reserved, "{count} tickets out of a reservation of {reserved}");
    let write = "INSERT INTO bucket(campaign, number, node, incarnation, count) VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = params![campaign.0, number, node.node, node.incarnation, count];
    connection.prepare_cached(write)?.execute(row).map(|_| ())
}

/// Whatever is still reserved counts to its end.
fn end(
    connection: &Connection,
    campaign: CampaignTag,
    node: NodeId,
    closed: &mut Closed,
) -> rusqlite::Result<()> {
    let open = "SELECT number, reserved FROM reservation WHERE campaign = ?1 AND incarnation = ?2";
    let open = connection
        .prepare_cached(open)?
        .query_map(params![campaign.0, node.incarnation], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(u32, u32)>>>()?;
    for (number, reserved) in open {
        close(connection, campaign, node, (number, reserved))?;
        closed.push((number, node));
    }
    let who = params![campaign.0, node.incarnation];
    connection.execute("DELETE FROM node WHERE campaign = ?1 AND incarnation = ?2", who)?;
    connection.execute("UPDATE line SET leader = NULL WHERE campaign = ?1 AND leader = ?2", who).map(|_| ())
}

/// `Err` when somebody else was quicker, or the leader stirred.
pub(super) fn claim(
    connection: &Connection,
    campaign: CampaignTag,
    node: NodeId,
    seen: &Seen,
) -> rusqlite::Result<Result<Closed, ()>> {
    let now = "SELECT term, node.incarnation, node.node, beat FROM line
               LEFT JOIN node ON node.campaign = line.campaign AND node.incarnation = line.leader
               WHERE line.campaign = ?1
                   AND EXISTS (SELECT 1 FROM node WHERE campaign = ?1 AND incarnation = ?2)";
    let read = |row: &Row<'_>| {
        let (incarnation, node, beat) = (row.get(1)?, row.get(2)?, row.get::<_, Option<i64>>(3)?);
        let id: Option<NodeId> =
            Option::zip(incarnation, node).map(|(incarnation, node)| NodeId { node, incarnation });
        let leader = id.zip(beat.map(i64::cast_unsigned));
        Ok(Seen { term: row.get::<_, i64>(0)?.cast_unsigned(), leader })
    };
    let now = connection.query_row(now, params![campaign.0, node.incarnation], read).optional()?;
    if now.as_ref() != Some(seen) {
        return Ok(Err(()));
    }
    connection.execute(
        "UPDATE line SET term = term + 1, leader = ?2 WHERE campaign = ?1",
        params![campaign.0, node.incarnation],
    )?;
    Ok(Ok(Closed::new()))
}
