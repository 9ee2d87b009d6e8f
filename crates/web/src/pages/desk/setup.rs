//! A new account is made ready: a password, then the codes.

use super::Frame;
use crate::pages::parts::{Errors, RefusalNote};
use crate::qr::QrPicture;
use askama::Template;

/// `GET`, `POST /desk/setup`. Fields: `login`, `setup`, `new_password`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/setup.html", whitespace = "minimize")]
pub struct SetupPage {
    pub frame: Frame,
    pub login: String,
    pub setup: String,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
}

/// The answer to `POST /desk/setup`; its form posts `begun`, `code` to `/desk/setup/finish`.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/setup_code.html", whitespace = "minimize")]
pub struct SetupCodePage {
    pub frame: Frame,
    /// Sealed.
    pub begun: String,
    /// In groups of four.
    pub secret: String,
    pub qr: QrPicture,
    pub errors: Errors,
    pub refusal: Option<RefusalNote>,
}
