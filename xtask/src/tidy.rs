//! The rules of the house that no compiler knows. Each rule is a function from text to findings, with a test
//! that shows it can fail. To add one: a file in `tidy/`, a line in [`findings`].
mod arrows;
mod dependencies;
mod lengths;
mod manifest;
mod paths;
mod rust_file;
mod source;
mod words;

use crate::workspace;
use anyhow::{Context, Result, bail};
use manifest::Manifest;
use rust_file::RustFile;
use std::fs;
use std::path::Path;

const LENGTHS: &str = "xtask/tidy-lengths.txt";

pub(crate) fn run() -> Result<()> {
    let findings = findings(&workspace::root())?;
    for finding in &findings {
        println!("tidy: {finding}");
    }
    if !findings.is_empty() {
        bail!("tidy found {}", findings.len());
    }
    println!("tidy: nothing found");
    Ok(())
}

fn findings(root: &Path) -> Result<Vec<String>> {
    let files = read_files(root)?;
    let text_of = |path: &str| -> Result<&str> {
        let found = files.iter().find(|(name, _)| name == path);
        found.map(|(_, text)| text.as_str()).with_context(|| format!("{path} is missing"))
    };
    let manifests = manifests(&files)?;
    let sources = files.iter().filter(|(path, _)| Path::new(path).extension().is_some_and(|end| end == "rs"));
    let sources: Vec<RustFile> = sources.map(|(path, text)| RustFile::new(path, text)).collect();

    let mut findings = arrows::check(&manifests);
    findings.extend(dependencies::reasons(text_of("Cargo.toml")?));
    findings.extend(dependencies::inherited(&manifests));
    findings.extend(dependencies::pure(&manifests));
    findings.extend(dependencies::locked(text_of("Cargo.lock")?));
    findings.extend(lengths::check(&sources, text_of(LENGTHS)?));
    findings.extend(sources.iter().flat_map(words::check));
    findings.extend(files.iter().flat_map(|(path, text)| paths::check(path, text)));
    Ok(findings)
}

/// Every tracked file that is text, as (path, text).
fn read_files(root: &Path) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for path in workspace::tracked_files(root)? {
        let bytes = fs::read(root.join(&path)).with_context(|| format!("reading {path}"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.push((path, text));
        }
    }
    Ok(files)
}

fn manifests(files: &[(String, String)]) -> Result<Vec<Manifest>> {
    let members = files.iter().filter(|(path, _)| path.ends_with("/Cargo.toml"));
    members.map(|(path, text)| Manifest::parse(path, text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_checkout_is_tidy() {
        let findings = findings(&workspace::root()).unwrap();
        assert!(findings.is_empty(), "tidy found:\n{}", findings.join("\n"));
    }
}
