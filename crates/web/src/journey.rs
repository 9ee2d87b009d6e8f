//! The way of a citizen, step by step: what happens when a page is asked for or a form is sent. What is said stands in
//! [`crate::pages`], what can be done in [`crate::actions`].

pub mod cards;
pub mod changing;
pub mod draw;
pub mod elsewhere;
pub mod enter;
pub mod fairness;
pub mod favourites;
pub mod find;
pub mod help;
pub mod hold;
pub mod identity;
pub mod looks;
pub mod my;
pub mod outbox;
pub mod people;
pub mod recipient_code;
pub mod search;
pub mod site;
pub mod status;
pub mod wait;
pub mod wait_list;
