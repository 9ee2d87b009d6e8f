//! Why there is no page.

use super::Frame;
use crate::pages::parts::RefusalNote;
use askama::Template;

/// Any address of the staff's.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/trouble.html", whitespace = "minimize")]
pub struct DeskTroublePage {
    pub frame: Frame,
    pub note: RefusalNote,
}
