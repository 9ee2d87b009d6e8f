//! The whole front over real sockets: guards, forms, the line, outages, the journey. One process, no sleep, a clock
//! that moves only when a test moves it.
//!
//! - [`site`] wires a service as the binary does, on the reference store; [`ledger`] gives that store its moods.
//! - [`person`] goes through the pages with a cookie jar, [`program`] through the API with tokens in headers.
//! - [`wire`] is the client under both.

#![expect(clippy::unwrap_used, reason = "in a test an error is the finding")]

mod addresses;
mod answers;
mod attack;
mod audit_list;
mod bots;
mod calls;
mod changing;
mod draw;
mod enumeration;
mod fairness;
mod fields;
mod finding;
mod forgery;
mod full;
mod guards;
mod identity;
mod injection;
mod journey;
mod keepsakes;
mod kept_places;
mod lane;
mod leaving;
mod ledger;
mod line;
mod looking;
mod looks;
mod malformed;
mod manager;
mod merged;
mod nodes;
mod openapi;
mod operator;
mod orders;
mod other_site;
mod outage;
mod overload;
mod pace;
mod people;
mod person;
mod prepared;
mod privacy;
mod program;
mod proof;
mod raw;
mod recipient_code;
mod renaming;
mod roster;
mod rules;
mod seeded;
mod site;
mod slow;
mod staff;
mod staff_rules;
mod staff_sign_in;
mod status;
mod stop;
mod takeover;
mod tls;
mod turn_words;
mod two;
mod typing;
mod visits;
mod wait_list;
mod watching;
mod wire;
mod words;
