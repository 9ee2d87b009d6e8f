//! Staff say who they are.

use super::Frame;
use crate::pages::parts::{Errors, RefusalNote};
use askama::Template;

/// `GET`, `POST /desk/sign-in`. Fields: `login`, `password`, `code`. The name is kept, the rest is not.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/sign_in.html", whitespace = "minimize")]
pub struct SignInPage {
    pub frame: Frame,
    pub login: String,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
}
