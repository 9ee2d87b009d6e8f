//! The published files of a draw: what anybody needs to compute it again, and nothing of any person.
//!
//! They come in steps, each of which binds the next: `rules.json` before anybody applies, `list.csv` and `root.json` when
//! the list is frozen, `places.csv` and `value.json` once the named source gave out the named round. Until then the draw
//! stands still: nothing takes the place of a late value. What is computed is [`waiting_room::draw`]'s.

mod check;
mod steps;
#[cfg(test)]
mod tests;
mod wording;

pub(crate) use check::{Checked, Difference, Standing, check};
pub(crate) use steps::{announce, finish, freeze};
pub(crate) use wording::{in_words, standing_in_words};

use crate::audit::unhex;
use anyhow::{Context as _, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::Path;
use waiting_room::TicketId;
use waiting_room::draw::{Leaf, PublicSource, Round, Schedule};

pub(crate) const RULES: &str = "rules.json";
pub(crate) const LIST: &str = "list.csv";
pub(crate) const ROOT: &str = "root.json";
pub(crate) const VALUE: &str = "value.json";
pub(crate) const PLACES: &str = "places.csv";

const LIST_HEAD: &str = "position,leaf";
const PLACES_HEAD: &str = "place,position,leaf";

/// Published before anybody can know the value that will decide.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    /// Of everything that is computed.
    pub(crate) version: u32,
    pub(crate) campaign: String,
    pub(crate) opens_at: String,
    pub(crate) after_opening_s: u32,
    pub(crate) root_before_s: u32,
    pub(crate) again_every_s: u32,
    pub(crate) source: SourceFile,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceFile {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) first_at: String,
    pub(crate) every_s: u32,
    pub(crate) is_demo: bool,
}

/// Published when the list is frozen.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RootFile {
    pub(crate) count: u64,
    pub(crate) root: String,
    pub(crate) frozen_at: String,
    pub(crate) round: u64,
    pub(crate) issued_at: String,
}

/// Published when the source gave out its value.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueFile {
    pub(crate) round: u64,
    pub(crate) value: String,
    pub(crate) taken_at: String,
    pub(crate) seed: String,
}

impl Rules {
    /// Which round decides, for a list that was frozen at that time.
    fn round(&self, frozen_at: Timestamp) -> Result<Round> {
        let schedule = Schedule {
            opens_at: instant(&self.opens_at)?,
            after_opening_s: self.after_opening_s,
            root_before_s: self.root_before_s,
            again_every_s: self.again_every_s,
        };
        let source = PublicSource {
            name: self.source.name.clone(),
            address: self.source.address.clone(),
            first_at: instant(&self.source.first_at)?,
            every_s: self.source.every_s,
            is_demo: self.source.is_demo,
        };
        Ok(schedule.round(&source, frozen_at))
    }
}

/// The ticket that a receipt stands for.
///
/// # Errors
/// It is none.
pub(crate) fn receipt(text: &str) -> Result<TicketId> {
    let id = unhex(text.trim()).and_then(|bytes| bytes.try_into().ok()).map(TicketId);
    id.context("접수 번호는 0-9, a-f 32자입니다 / a receipt has 32 characters of 0-9 and a-f")
}

fn instant(text: &str) -> Result<Timestamp> {
    text.parse().with_context(|| format!("시각이 아닙니다 / no instant: {text}"))
}

fn read<T: for<'a> Deserialize<'a>>(folder: &Path, name: &str) -> Result<T> {
    let path = folder.join(name);
    let named = || format!("읽을 수 없습니다 / cannot read {}", path.display());
    let text = std::fs::read_to_string(&path).with_context(named)?;
    serde_json::from_str(&text).with_context(named)
}

fn list_line(position: u64, leaf: Leaf) -> String {
    format!("{position},{}", web::published::hex(&leaf.0))
}

fn place_line(place: u64, position: u64, leaf: Leaf) -> String {
    format!("{place},{}", list_line(position, leaf))
}
