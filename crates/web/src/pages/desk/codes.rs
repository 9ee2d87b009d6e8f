//! What a number means that a caller reads out.

use super::Frame;
use askama::Template;

/// What happened and the next step, in both languages: callers speak either.
#[derive(Clone, Debug)]
pub struct CodeScript {
    pub number: u16,
    pub ko: (String, String),
    pub en: (String, String),
}

/// `GET /desk/codes?number=`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/codes.html", whitespace = "minimize")]
pub struct CodesPage {
    pub frame: Frame,
    pub typed: String,
    pub found: Option<CodeScript>,
    /// Not a "no" but a broken machine.
    pub is_trouble: bool,
}
