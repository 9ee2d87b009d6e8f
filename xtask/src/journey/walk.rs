//! The way itself: what a person sees and does, from the first page to the booking.
use super::browser::{Screen, Scripts};
use super::page::Page;
use anyhow::Result;

/// A phone without scripts, a desk with them.
pub(crate) const SCREENS: [(&str, Screen); 2] = [
    ("phone", Screen { width: 360, height: 800, scripts: Scripts::Off }),
    ("desk", Screen { width: 1280, height: 900, scripts: Scripts::On }),
];

pub(crate) async fn walk(page: &Page<'_>, screen: &str) -> Result<()> {
    page.visit("/").await?;
    page.reload_is_same("h1").await?;
    page.keep_picture(&format!("{screen}-1-home"))
}
