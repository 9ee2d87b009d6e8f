//! The published files of a draw: what anybody needs to compute it again, and nothing of any person.
//!
//! They come in steps, each of which binds the next: `rules.json` before anybody takes part, `list.csv` and `root.json`
//! when the list is frozen, `places.csv` and `value.json` once the named source gave out the named round. Until then the
//! draw stands still: nothing takes the place of a late value. What is computed is [`waiting_room::draw`]'s.

use crate::published::hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use waiting_room::draw::{Leaf, Lobby, Places, PublicSource, Round, Schedule, VERSION};

pub const RULES: &str = "rules.json";
pub const LIST: &str = "list.csv";
pub const ROOT: &str = "root.json";
pub const VALUE: &str = "value.json";
pub const PLACES: &str = "places.csv";

pub const LIST_HEAD: &str = "position,leaf";
pub const PLACES_HEAD: &str = "place,position,leaf";

/// Published before anybody can know the value that will decide.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Of everything that is computed.
    pub version: u32,
    pub campaign: String,
    pub opens_at: Timestamp,
    pub after_opening_s: u32,
    pub root_before_s: u32,
    pub again_every_s: u32,
    pub source: SourceFile,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    pub name: String,
    pub address: String,
    pub first_at: Timestamp,
    pub every_s: u32,
    pub is_demo: bool,
}

/// Published when the list is frozen.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootFile {
    pub count: u64,
    pub root: String,
    /// When the root was made public.
    pub frozen_at: Timestamp,
    pub round: u64,
    pub issued_at: Timestamp,
}

/// Published when the source gave out its value.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueFile {
    pub round: u64,
    pub value: String,
    pub taken_at: Timestamp,
    pub seed: String,
}

impl Rules {
    pub fn of(campaign: &str, schedule: &Schedule, source: &PublicSource) -> Self {
        Self {
            version: VERSION,
            campaign: campaign.to_owned(),
            opens_at: schedule.opens_at,
            after_opening_s: schedule.after_opening_s,
            root_before_s: schedule.root_before_s,
            again_every_s: schedule.again_every_s,
            source: SourceFile {
                name: source.name.clone(),
                address: source.address.clone(),
                first_at: source.first_at,
                every_s: source.every_s,
                is_demo: source.is_demo,
            },
        }
    }

    /// Which round decides, for a list whose root was made public at that time.
    pub fn round(&self, root_at: Timestamp) -> Round {
        let schedule = Schedule {
            opens_at: self.opens_at,
            after_opening_s: self.after_opening_s,
            root_before_s: self.root_before_s,
            again_every_s: self.again_every_s,
        };
        let source = PublicSource {
            name: self.source.name.clone(),
            address: self.source.address.clone(),
            first_at: self.source.first_at,
            every_s: self.source.every_s,
            is_demo: self.source.is_demo,
        };
        schedule.round(&source, root_at)
    }

    pub fn root(&self, lobby: &Lobby, root_at: Timestamp) -> RootFile {
        let round = self.round(root_at);
        RootFile {
            count: lobby.count(),
            root: hex(&lobby.root().0),
            frozen_at: root_at,
            round: round.number,
            issued_at: round.issued_at,
        }
    }
}

/// As a file is published.
pub fn text(said: &impl Serialize) -> String {
    serde_json::to_string_pretty(said).expect("plain data is JSON") + "\n"
}

/// Position after position, with its leaf.
pub fn list_lines(lobby: &Lobby, from: u64) -> impl Iterator<Item = String> {
    (from..lobby.count()).map(|position| list_line(position, lobby.leaves()[position as usize]))
}

/// Place after place, with who stands there.
pub fn place_lines(lobby: &Lobby, places: Places, from: u64) -> impl Iterator<Item = String> {
    (from..lobby.count()).map(move |place| {
        let position = places.position(place);
        format!("{place},{}", list_line(position, lobby.leaves()[position as usize]))
    })
}

pub fn list_line(position: u64, leaf: Leaf) -> String {
    format!("{position},{}", hex(&leaf.0))
}
