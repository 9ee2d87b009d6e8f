//! Somebody who calls for the first time.

use super::Frame;
use crate::pages::parts::Errors;
use askama::Template;

/// `GET`, `POST /desk/people/new`. Fields as on the identity page; `phone` may be empty.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/new_person.html", whitespace = "minimize")]
pub struct NewPersonPage {
    pub frame: Frame,
    pub name: String,
    pub number: String,
    pub is_temporary: bool,
    pub birth_date: String,
    pub phone: String,
    pub errors: Errors,
}
