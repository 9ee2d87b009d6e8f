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

#[cfg(test)]
mod tests {
    use super::*;

    /// As another maker of codes draws the same text (python-qrcode 8.2, level M, the same mask): `#` is dark, without the quiet edge.
    const KNOWN: &str = include_str!("qr/known.txt");

    fn drawn(picture: &QrPicture) -> Vec<Vec<bool>> {
        let size = picture.size as usize;
        let mut dark = vec![vec![false; size]; size];
        for module in picture.path.split('M').skip(1) {
            let (x, rest) = module.split_once(' ').unwrap();
            let (y, shape) = rest.split_once('h').unwrap();
            assert_eq!(shape, "1v1h-1z");
            dark[y.parse::<usize>().unwrap()][x.parse::<usize>().unwrap()] = true;
        }
        dark
    }

    #[test]
    fn the_code_is_the_one_another_maker_draws() {
        let dark = drawn(&picture(&appointment_code("12345-67890")));
        let inside = &dark[QUIET as usize..dark.len() - QUIET as usize];
        let rows: Vec<String> = inside
            .iter()
            .map(|row| row[QUIET as usize..row.len() - QUIET as usize].iter())
            .map(|row| row.map(|dark| if *dark { '#' } else { '.' }).collect())
            .collect();
        println!("{}", rows.join("\n"));
        assert_eq!(rows, KNOWN.lines().collect::<Vec<_>>());
    }

    #[test]
    fn the_edge_is_empty() {
        let dark = drawn(&picture(&appointment_code("00000-00000")));
        let last = dark.len() - 1;
        let is_edge = |x: usize, y: usize| x.min(y) < QUIET as usize || x.max(y) > last - QUIET as usize;
        assert!((0..=last).all(|y| (0..=last).all(|x| !(is_edge(x, y) && dark[y][x]))));
    }
}
