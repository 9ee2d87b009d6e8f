//! Front, pages, API, identity and message adapters.

pub mod lang;
pub mod pages;
