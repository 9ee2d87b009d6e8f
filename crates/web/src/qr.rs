//! QR codes, as a path that a page draws: the number of an appointment, so that a clinic need not type it.

use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// The empty edge without which readers do not find a code, in modules.
const QUIET: i32 = 4;

/// A square of `size` modules, the quiet edge included; `path` draws the dark ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrPicture {
    pub size: i32,
    pub path: String,
}

/// `text` is short: a number with a word before it.
pub fn picture(text: &str) -> QrPicture {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).expect("a number fits into any code");
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET).expect("a String takes everything");
        }
    }
    QrPicture { size: code.size() + 2 * QUIET, path }
}

/// What is in the code of an appointment: nothing personal.
pub fn appointment_code(number: &str) -> String {
    format!("CHARYE:{number}")
}
