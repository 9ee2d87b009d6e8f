//! Styles, scripts and pictures: compiled in, named by their content, kept for ever by whoever has a copy.

use crate::pages::Assets;
use crate::published::{Cache, Prepared, hex};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// The style of our pages, for whoever serves one elsewhere.
pub const STYLE: &[u8] = include_bytes!("../assets/charye.css");

const FILES: [(&str, &str, &str, &[u8]); 9] = [
    ("charye", "css", "text/css; charset=utf-8", STYLE),
    ("favicon", "svg", "image/svg+xml", include_bytes!("../assets/favicon.svg")),
    ("page", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/page.js")),
    ("wait", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/wait.js")),
    ("find", "css", "text/css; charset=utf-8", include_bytes!("../assets/find.css")),
    ("find", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/find.js")),
    ("desk", "css", "text/css; charset=utf-8", include_bytes!("../assets/desk.css")),
    ("draw", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/draw.js")),
    ("operator", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/operator.js")),
];

/// What a browser needs of a file: neither the indents nor the lines that only people read. No text in our scripts goes
/// over the end of a line (a test looks).
pub(crate) fn lean(file: &str) -> String {
    let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.fold(String::with_capacity(file.len()), |lean, line| lean + line + "\n")
}

/// The addresses of the files, and the files by their addresses.
pub fn assets() -> (Assets, HashMap<String, Prepared>) {
    let lean = FILES.map(|(name, ending, content_type, content)| {
        (name, ending, content_type, lean(std::str::from_utf8(content).expect("our files are text")))
    });
    let addresses = lean.each_ref().map(|(name, ending, _, content)| {
        let digest = Sha256::digest(content);
        format!("/static/{name}.{}.{ending}", hex(&digest[..6]))
    });
    let files = addresses.iter().zip(&lean).map(|(address, (_, _, content_type, content))| {
        (address.clone(), Prepared::new(content.clone(), content_type, Cache::Immutable))
    });
    let files = files.collect();
    let [css, icon, page_js, wait_js, find_css, find_js, desk_css, draw_js, operator_js] =
        addresses.map(|address| &*address.leak());
    (Assets { css, icon, page_js, wait_js, find_css, find_js, desk_css, draw_js, operator_js }, files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lean_file_says_the_same() {
        assert_eq!(lean("// why\na {\n  b: c;\n\n}\n"), "a {\nb: c;\n}\n");
        for (name, ending, _, content) in FILES {
            let file = std::str::from_utf8(content).unwrap();
            for line in file.lines().filter(|_| ending == "js") {
                assert!(line.matches('`').count() % 2 == 0, "{name}.{ending}: a text over two lines: {line}");
            }
            let code: Vec<&str> =
                file.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
            assert_eq!(lean(file).replace('\n', ""), code.concat(), "{name}.{ending}");
        }
    }
}
