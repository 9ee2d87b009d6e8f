//! The pages people see. One file a page: its struct, its template, its `get` and `post`, its samples.
//!
//! A page struct is plain data, already decided and ready to be said; the sentences are in `templates/`, in
//! both languages. To add a page: a struct with `chrome: Chrome` first, a template that extends `layout.html`,
//! and its samples in the list of `samples.rs`, which every check and every picture goes through.

pub mod booked;
pub mod busy;
pub mod cancel;
pub mod change;
pub mod connector;
pub mod days;
pub mod desk;
pub mod draw;
pub mod elsewhere;
pub mod fairness;
pub mod favourites;
pub mod find;
pub mod help;
pub mod hold;
pub mod home;
pub mod identity;
pub mod looks;
pub mod my;
pub mod outbox;
pub mod parts;
pub mod pass_needed;
pub mod people;
pub mod recipient_code;
pub mod refusal;
pub mod regions;
#[cfg(test)]
mod samples;
pub mod status;
pub mod times;
pub mod too_late;
pub mod trouble;
pub mod wait;
pub mod wait_list;

use crate::lang::Lang;
use jiff::Timestamp;

/// Addresses of the static files, with their content hashes.
#[derive(Clone, Copy, Debug)]
pub struct Assets {
    pub css: &'static str,
    pub icon: &'static str,
    pub page_js: &'static str,
    pub wait_js: &'static str,
    pub find_css: &'static str,
    pub find_js: &'static str,
    pub desk_css: &'static str,
    pub draw_js: &'static str,
    pub operator_js: &'static str,
}

/// The frame around every page; the layout shows it.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each named where it is given")]
#[derive(Clone, Debug)]
pub struct Chrome {
    pub lang: Lang,
    /// Shows, always and on every page, that nothing here is real.
    pub demo: bool,
    /// The current path without `/en`, for the switch of language.
    pub path: String,
    pub assets: Assets,
    pub signed_in: bool,
    /// Whether a page that renews itself may: nobody has asked it to keep still.
    pub renews: bool,
    /// On the pages of a booking: for whom it is.
    pub party: Option<String>,
    /// The server's clock, shown in the head and kept going by `page.js`.
    pub now: Timestamp,
    /// Not of a page that is prepared once: it would show the time of its making.
    pub tells_time: bool,
    /// Somebody moves an appointment: every page says that the old place is kept.
    pub changing: Option<ChangingBanner>,
    /// What is announced to everybody. The first page and those of the line say it in their own place.
    pub notice: Option<String>,
}

impl Chrome {
    /// Of a page that is the same for everybody, whoever looks at it.
    pub fn for_everybody(lang: Lang, path: String, demo: bool, assets: Assets, now: Timestamp) -> Self {
        let (signed_in, renews, tells_time, party, changing, notice) = (false, true, true, None, None, None);
        Self { lang, demo, path, assets, signed_in, renews, party, now, tells_time, changing, notice }
    }

    /// Of a page that is kept for longer than some seconds.
    #[must_use]
    pub fn without_clock(self) -> Self {
        Self { tells_time: false, ..self }
    }
}

/// Form: `POST /my/change/stop` with `csrf`, `key`.
#[derive(Clone, Debug)]
pub struct ChangingBanner {
    pub csrf: String,
    pub key: String,
    /// What stands until the new time is confirmed.
    pub places: Vec<parts::VisitPlace>,
    /// Inside, new times can be chosen at once.
    pub can_go_on: bool,
}
