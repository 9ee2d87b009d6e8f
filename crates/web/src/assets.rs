//! Styles, scripts and pictures: compiled in, named by their content, kept for ever by whoever has a copy.

use crate::pages::Assets;
use crate::published::{Cache, Prepared, hex};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// The style of our pages, for whoever serves one elsewhere.
pub const STYLE: &[u8] = include_bytes!("../assets/charye.css");

const FILES: [(&str, &str, &str, &[u8]); 7] = [
    ("charye", "css", "text/css; charset=utf-8", STYLE),
    ("favicon", "svg", "image/svg+xml", include_bytes!("../assets/favicon.svg")),
    ("page", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/page.js")),
    ("wait", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/wait.js")),
    ("find", "css", "text/css; charset=utf-8", include_bytes!("../assets/find.css")),
    ("find", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/find.js")),
    ("desk", "css", "text/css; charset=utf-8", include_bytes!("../assets/desk.css")),
];

/// The addresses of the files, and the files by their addresses.
pub fn assets() -> (Assets, HashMap<String, Prepared>) {
    let addresses = FILES.map(|(name, ending, _, content)| {
        let digest = Sha256::digest(content);
        format!("/static/{name}.{}.{ending}", hex(&digest[..6]))
    });
    let files = addresses.iter().zip(FILES).map(|(address, (_, _, content_type, content))| {
        (address.clone(), Prepared::new(content, content_type, Cache::Immutable))
    });
    let files = files.collect();
    let [css, icon, page_js, wait_js, find_css, find_js, desk_css] =
        addresses.map(|address| &*address.leak());
    (Assets { css, icon, page_js, wait_js, find_css, find_js, desk_css }, files)
}
