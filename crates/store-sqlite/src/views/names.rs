//! Under which names something stands, of those that are asked for far more often than they are there: whoever confirms a
//! hold has mostly given up none before.

use rusqlite::Connection;
use std::collections::HashSet;
use store::kept::Under;

#[derive(Debug, Default)]
pub(super) struct Names(HashSet<(u8, u64, u64)>);

impl Names {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let (mut names, mut kinds) = (HashSet::new(), connection.prepare(READ)?);
        let mut rows = kinds.query([])?;
        while let Some(row) = rows.next()? {
            let (key, more): (i64, i64) = (row.get(1)?, row.get(2)?);
            names.insert((row.get(0)?, key.cast_unsigned(), more.cast_unsigned()));
        }
        Ok(Self(names))
    }

    /// It comes to the table.
    pub(super) fn began(&mut self, under: Under) {
        if is_known(under) {
            self.0.insert(under.parts());
        }
    }

    /// Whether it may be in the table; if so, it is taken out.
    pub(super) fn end(&mut self, under: Under) -> bool {
        !is_known(under) || self.0.remove(&under.parts())
    }
}

/// The kinds of [`is_known`].
const READ: &str = "SELECT kind, key, more FROM standing WHERE kind IN (1, 2)";

fn is_known(under: Under) -> bool {
    match under {
        Under::Expired(_) | Under::Abandoned(..) => true,
        Under::Hold(_) | Under::Draft(_) | Under::Message(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use booking::{CampaignId, HoldId, PersonId};

    #[test]
    fn the_kinds_that_are_read_are_those_that_are_known() {
        let known = [Under::Expired(PersonId(7)), Under::Abandoned(CampaignId(1), PersonId(7))];
        assert!(known.iter().all(|under| is_known(*under) && [1, 2].contains(&under.parts().0)));
        let mut names = Names::default();
        for under in known {
            assert!(!names.end(under));
            names.began(under);
            assert!(names.end(under) && !names.end(under));
        }
        assert!(names.end(Under::Hold(HoldId(3))), "of others nothing is known");
    }
}
