//! Where a member of staff begins: who is calling?

use super::Frame;
use crate::pages::parts::{Errors, RefusalNote};
use askama::Template;
use jiff::civil::Date;

/// One of several people of the same name and birth date.
#[derive(Clone, Debug)]
pub struct FoundRow {
    pub name: String,
    pub born_on: Date,
    pub number_masked: String,
    pub phone_masked: Option<String>,
    pub href: String,
}

/// `GET /desk`, `POST /desk/people/find`. Fields: `appointment`, or `name` and `birth_date`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/home.html", whitespace = "minimize")]
pub struct HomePage {
    pub frame: Frame,
    pub name: String,
    pub birth_date: String,
    pub appointment: String,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
    pub found: Vec<FoundRow>,
    /// False while not everybody was read: somebody may be missing.
    pub is_complete: bool,
}

impl HomePage {
    fn heading(&self) -> &'static str {
        let lang = self.frame.chrome.lang;
        if self.frame.serves_people {
            lang.t("어느 분이신가요?", "Who is calling?")
        } else {
            lang.t("직원 화면", "Staff")
        }
    }
}
