//! What people and programs meet: the front, the gate, the pages, the API.
//!
//! Read in this order: [`front`] (the socket, and what is answered from memory), [`gate`] (the line), [`routes`] (the
//! whole URL table on one screen), [`serve`] (what happens around every handler, and in which order), then a page.
//!
//! To add a page: a struct and a template in `pages/`, its `get`, one line in [`routes`]; the coverage test then asks
//! for its guard, its cache policy and its samples. All words live in `templates/` and [`wording`].
//!
//! The staff's side, on a listener of its own with a table of its own, is [`staff`].
//!
//! What this crate is not: it has no rule about places or doses (`booking`), about the order of the line
//! (`waiting-room`), and does not know which store runs.

pub mod actions;
pub mod api;
pub mod app;
pub mod assets;
pub mod audit_list;
pub mod availability;
pub mod cipher;
pub mod claim;
pub mod context;
pub mod cookies;
pub mod draft;
pub mod draw;
pub mod error;
pub mod exported;
pub mod fairness;
pub mod field_keys;
pub mod fields;
pub mod front;
pub mod gate;
pub mod ics;
pub mod identity;
pub mod in_line;
pub mod journey;
pub mod key_tree;
pub mod keys;
pub mod lang;
pub mod looks;
pub mod map;
pub mod messages;
pub mod openapi;
pub mod overload;
pub mod pages;
pub mod pairs;
pub mod people;
pub mod person_keys;
pub mod person_name;
pub mod person_number;
pub mod preview;
pub mod published;
pub mod qr;
pub mod recipient_code;
mod remembered;
pub mod reminders;
pub mod removal_requests;
pub mod renaming;
pub mod retention;
pub mod roster;
pub mod routes;
pub mod search;
pub mod serve;
pub mod session;
pub mod staff;
pub mod static_plane;
pub mod turn_words;
pub mod typed;
pub mod wait_list;
pub mod watching;
pub mod wording;
