//! What the walks need that is no Debian package: geckodriver and axe-core, kept in `tools/` of the target folder.
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FIREFOX: &str = "/usr/bin/firefox-esr";
const GECKODRIVER_VERSION: &str = "0.37.1";
/// The version of axe-core and the hash of its package.
const AXE_FILES: [(&str, &str); 2] = [
    ("package.json", include_str!("../../axe/package.json")),
    ("package-lock.json", include_str!("../../axe/package-lock.json")),
];
const AXE: &str = "node_modules/axe-core/axe.min.js";

/// Firefox's driver; an error is why it is not there.
pub(crate) fn geckodriver() -> Result<PathBuf, String> {
    let file = geckodriver_dir().map(|dir| dir.join("bin").join("geckodriver"));
    present(file, "geckodriver is missing: `cargo install` did not bring it")
}

/// The rules of accessibility, one script; an error is why it is not there.
pub(crate) fn axe() -> Result<PathBuf, String> {
    present(axe_dir().map(|dir| dir.join(AXE)), "axe-core is missing: npm is not there or did not bring it")
}

fn present(file: Result<PathBuf>, why_not: &str) -> Result<PathBuf, String> {
    let file = file.map_err(|error| format!("{error:#}"))?;
    if file.is_file() { Ok(file) } else { Err(why_not.to_owned()) }
}

fn geckodriver_dir() -> Result<PathBuf> {
    tools_dir().map(|dir| dir.join(format!("geckodriver-{GECKODRIVER_VERSION}")))
}

fn axe_dir() -> Result<PathBuf> {
    tools_dir().map(|dir| dir.join("axe"))
}

fn tools_dir() -> Result<PathBuf> {
    workspace::target_dir().map(|dir| dir.join("tools"))
}

/// Installs what is missing; whatever fails is said here and again by whoever needs it.
pub(crate) fn install() {
    if geckodriver().is_err() && Path::new(FIREFOX).exists() {
        report("geckodriver", install_geckodriver());
    }
    if axe().is_err() || !is_axe_current() {
        report("axe-core", install_axe());
    }
}

fn report(name: &str, installed: Result<()>) {
    if let Err(error) = installed {
        println!("SKIPPED: installing {name}: {error:#}");
    }
}

fn install_geckodriver() -> Result<()> {
    println!("=== installing geckodriver {GECKODRIVER_VERSION} ===");
    let dir = geckodriver_dir()?;
    let build = dir.join("build");
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["install", "geckodriver", "--locked", "--version", GECKODRIVER_VERSION, "--root"])
        .arg(&dir);
    run(command.arg("--target-dir").arg(&build))?;
    fs::remove_dir_all(&build).with_context(|| format!("removing {}", build.display()))
}

/// The lock file names the hash, so that no other bytes are run under this version.
fn install_axe() -> Result<()> {
    println!("=== installing axe-core ===");
    let dir = axe_dir()?;
    fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
    for (name, text) in AXE_FILES {
        fs::write(dir.join(name), text).with_context(|| format!("writing {name}"))?;
    }
    let quietly = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    run(Command::new("npm").args(quietly).current_dir(&dir))
}

fn is_axe_current() -> bool {
    let is_same = |dir: &Path, name, text| fs::read_to_string(dir.join(name)).is_ok_and(|kept| kept == text);
    axe_dir().is_ok_and(|dir| AXE_FILES.iter().all(|(name, text)| is_same(&dir, name, *text)))
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start {name}"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}
