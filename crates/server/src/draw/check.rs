//! Computes a draw again from its published files, and names the first place where they differ.

use super::read;
use crate::audit::unhex;
use anyhow::{Context as _, Result};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use waiting_room::TicketId;
use waiting_room::draw::{Leaf, Lobby, Places, Seed, VERSION};
use web::draw::{
    LIST, LIST_HEAD, PLACES, PLACES_HEAD, ROOT, RULES, RootFile, Rules, VALUE, ValueFile, list_line,
    place_lines,
};
use web::published::hex;

/// In the order in which they are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Difference {
    /// Computed by rules that this program does not know.
    Version(u32),
    /// Files of a later step, and not those of the one before.
    OutOfStep {
        there: &'static str,
        missing: &'static str,
    },
    /// A line of the list that is not what it must be; leaves stand in their order, each once.
    ListLine(u64),
    Count {
        published: u64,
        computed: u64,
    },
    Root {
        published: String,
        computed: String,
    },
    /// Another round than the one that the rules name.
    Round {
        published: u64,
        computed: u64,
    },
    IssuedAt {
        published: String,
        computed: String,
    },
    /// The value is said to be known before it was issued.
    TooEarly {
        taken_at: String,
        issued_at: String,
    },
    Seed {
        published: String,
        computed: String,
    },
    PlaceLine(u64),
    /// A receipt that is not on the list.
    NotOnTheList,
}

/// How far a draw is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    Announced,
    /// The list is frozen; the value is awaited.
    Drawing {
        round: u64,
        issued_at: String,
    },
    Drawn {
        seed: String,
        round: u64,
        value: String,
    },
}

#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) rules: Rules,
    pub(crate) lobby: Lobby,
    pub(crate) standing: Standing,
    /// Of the receipt that was asked for.
    pub(crate) own: Option<Own>,
}

/// That somebody took part, and where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) position: u64,
    /// Hashes beside the way to the root, the lowest first.
    pub(crate) path: Vec<String>,
    /// From 0; none while the draw waits.
    pub(crate) place: Option<u64>,
}

/// # Errors
/// A file cannot be read. What can be read and is not right is a [`Difference`].
pub(crate) fn check(folder: &Path, receipt: Option<TicketId>) -> Result<Result<Checked, Difference>> {
    let rules: Rules = read(folder, RULES)?;
    if rules.version != VERSION {
        return Ok(Err(Difference::Version(rules.version)));
    }
    for (there, missing) in [(PLACES, VALUE), (VALUE, ROOT)] {
        if folder.join(there).exists() && !folder.join(missing).exists() {
            return Ok(Err(Difference::OutOfStep { there, missing }));
        }
    }
    if !folder.join(ROOT).exists() {
        let (lobby, standing) = (Lobby::freeze(Vec::new()), Standing::Announced);
        return Ok(Ok(Checked { rules, lobby, standing, own: None }));
    }
    let root: RootFile = read(folder, ROOT)?;
    let lobby = match frozen(folder, &rules, &root)? {
        Ok(lobby) => lobby,
        Err(found) => return Ok(Err(found)),
    };
    let (standing, places) = if folder.join(VALUE).exists() {
        match drawn(folder, &rules, &root, &lobby)? {
            Ok((standing, places)) => (standing, Some(places)),
            Err(found) => return Ok(Err(found)),
        }
    } else {
        (Standing::Drawing { round: root.round, issued_at: root.issued_at.to_string() }, None)
    };
    let own = match receipt.map(|ticket| own(&rules, &lobby, places.as_ref(), ticket)) {
        Some(None) => return Ok(Err(Difference::NotOnTheList)),
        found => found.flatten(),
    };
    Ok(Ok(Checked { rules, lobby, standing, own }))
}

/// The list is the one under the root, and the round the one that the rules name for it.
fn frozen(folder: &Path, rules: &Rules, root: &RootFile) -> Result<Result<Lobby, Difference>> {
    let mut leaves: Vec<Leaf> = Vec::new();
    for (number, line) in (1..).zip(lines(folder, LIST)?) {
        let line = line?;
        let leaf = line.split_once(',').and_then(|(_, leaf)| unhex(leaf)?.try_into().ok()).map(Leaf);
        let is_right = match leaf {
            _ if number == 1 => line == LIST_HEAD,
            Some(leaf) => line == list_line(number - 2, leaf) && leaves.last() < Some(&leaf),
            None => false,
        };
        if !is_right {
            return Ok(Err(Difference::ListLine(number)));
        }
        leaves.extend(leaf);
    }
    let lobby = Lobby::freeze(leaves);
    if lobby.count() != root.count {
        return Ok(Err(Difference::Count { published: root.count, computed: lobby.count() }));
    }
    let computed = hex(&lobby.root().0);
    if computed != root.root {
        return Ok(Err(Difference::Root { published: root.root.clone(), computed }));
    }
    let round = rules.round(root.frozen_at);
    if round.number != root.round {
        return Ok(Err(Difference::Round { published: root.round, computed: round.number }));
    }
    if round.issued_at != root.issued_at {
        let (published, computed) = (root.issued_at.to_string(), round.issued_at.to_string());
        return Ok(Err(Difference::IssuedAt { published, computed }));
    }
    Ok(Ok(lobby))
}

/// The places follow from the value, and the value was not known before its time.
fn drawn(
    folder: &Path,
    rules: &Rules,
    root: &RootFile,
    lobby: &Lobby,
) -> Result<Result<(Standing, Places), Difference>> {
    let value: ValueFile = read(folder, VALUE)?;
    if value.round != root.round {
        return Ok(Err(Difference::Round { published: value.round, computed: root.round }));
    }
    if value.taken_at < root.issued_at {
        let (taken_at, issued_at) = (value.taken_at.to_string(), root.issued_at.to_string());
        return Ok(Err(Difference::TooEarly { taken_at, issued_at }));
    }
    let seed = Seed::of(&rules.campaign, lobby.root(), lobby.count(), &value.value);
    let computed = hex(&seed.0);
    if computed != value.seed {
        return Ok(Err(Difference::Seed { published: value.seed, computed }));
    }
    let places = Places::new(seed, lobby.count());
    let mut published = lines(folder, PLACES)?;
    let expected = place_lines(lobby, places, 0);
    for (number, expected) in (1..).zip(std::iter::once(PLACES_HEAD.to_owned()).chain(expected)) {
        if published.next().transpose()?.as_ref() != Some(&expected) {
            return Ok(Err(Difference::PlaceLine(number)));
        }
    }
    if published.next().is_some() {
        return Ok(Err(Difference::PlaceLine(lobby.count() + 2)));
    }
    let standing = Standing::Drawn { seed: value.seed, round: value.round, value: value.value };
    Ok(Ok((standing, places)))
}

fn own(rules: &Rules, lobby: &Lobby, places: Option<&Places>, ticket: TicketId) -> Option<Own> {
    let leaf = Leaf::of(&rules.campaign, ticket);
    let proof = lobby.inclusion(leaf)?;
    proof.leads(leaf, lobby.root()).then(|| Own {
        position: proof.position,
        path: proof.path.iter().map(|hash| hex(hash)).collect(),
        place: places.map(|places| places.place(proof.position)),
    })
}

fn lines(folder: &Path, name: &str) -> Result<impl Iterator<Item = Result<String>>> {
    let path = folder.join(name);
    let named = format!("읽을 수 없습니다 / cannot read {}", path.display());
    let file = File::open(&path).with_context(|| named.clone())?;
    Ok(BufReader::new(file).lines().map(move |line| line.with_context(|| named.clone())))
}
