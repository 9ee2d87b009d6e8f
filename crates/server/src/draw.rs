//! A draw from a list of applicants, and the check of any draw, from its published files ([`web::draw`]).

mod check;
mod lobby;
mod steps;
#[cfg(test)]
mod tests;
mod wording;

pub(crate) use check::{Checked, Difference, Standing, check};
pub(crate) use lobby::tell_the_line;
pub(crate) use steps::{announce, finish, freeze};
pub(crate) use wording::{in_words, standing_in_words};

use crate::audit::unhex;
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::path::Path;
use waiting_room::TicketId;

/// The ticket that a receipt stands for.
///
/// # Errors
/// It is none.
pub(crate) fn receipt(text: &str) -> Result<TicketId> {
    let id = unhex(text.trim()).and_then(|bytes| bytes.try_into().ok()).map(TicketId);
    id.context("접수 번호는 0-9, a-f 32자입니다 / a receipt has 32 characters of 0-9 and a-f")
}

fn read<T: for<'a> Deserialize<'a>>(folder: &Path, name: &str) -> Result<T> {
    let path = folder.join(name);
    let named = || format!("읽을 수 없습니다 / cannot read {}", path.display());
    let text = std::fs::read_to_string(&path).with_context(named)?;
    serde_json::from_str(&text).with_context(named)
}
