//! What the check needs besides Rust and git: Debian packages, installed when missing and when we may.
use anyhow::{Result, ensure};
use std::path::Path;
use std::process::{Command, Stdio};

struct Package {
    name: &'static str,
    /// A file that only this package brings.
    file: &'static str,
    is_for_browser: bool,
}

const PACKAGES: [Package; 5] = [
    Package { name: "chromium", file: "/usr/bin/chromium", is_for_browser: true },
    Package { name: "chromium-driver", file: "/usr/bin/chromedriver", is_for_browser: true },
    Package {
        name: "fonts-noto-cjk",
        file: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        is_for_browser: true,
    },
    Package { name: "nginx-light", file: "/usr/sbin/nginx", is_for_browser: false },
    Package { name: "wrk", file: "/usr/bin/wrk", is_for_browser: false },
];

/// What is there after installing.
pub(crate) struct Tools {
    /// Why the browser journey cannot run.
    pub(crate) missing_for_browser: Option<String>,
    /// What else cannot run here, though it is no step of the check.
    pub(crate) notes: Vec<String>,
}

pub(crate) fn install() -> Tools {
    let missing = missing();
    if !missing.is_empty() {
        println!("=== installing {} ===", names(&missing));
        // A server may be away for a moment; a second try is cheap.
        if let Err(error) = apt(&missing).or_else(|_| apt(&missing)) {
            println!("SKIPPED: installing {}: {error:#}", names(&missing));
        }
    }
    tools(&self::missing())
}

fn missing() -> Vec<&'static Package> {
    PACKAGES.iter().filter(|package| !Path::new(package.file).exists()).collect()
}

fn apt(missing: &[&Package]) -> Result<()> {
    ensure!(is_root(), "only root may install Debian packages");
    apt_get(&["update", "--quiet"])?;
    let mut arguments = vec!["install", "--quiet", "--yes", "--no-install-recommends"];
    arguments.extend(missing.iter().map(|package| package.name));
    apt_get(&arguments)
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    let done = command.status().is_ok_and(|status| status.success());
    ensure!(done, "`apt-get {}` failed", arguments.join(" "));
    Ok(())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn tools(missing: &[&Package]) -> Tools {
    let (browser, bench): (Vec<&Package>, Vec<&Package>) =
        missing.iter().copied().partition(|package| package.is_for_browser);
    let missing_for_browser =
        (!browser.is_empty()).then(|| format!("Debian packages are missing: {}", names(&browser)));
    let note = || format!("bench (no step of this check): Debian packages are missing: {}", names(&bench));
    Tools { missing_for_browser, notes: (!bench.is_empty()).then(note).into_iter().collect() }
}

fn names(packages: &[&Package]) -> String {
    let names: Vec<&str> = packages.iter().map(|package| package.name).collect();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_package_is_said_where_it_matters() {
        let all = tools(&PACKAGES.iter().collect::<Vec<_>>());
        let browser = all.missing_for_browser.unwrap();
        assert_eq!(browser, "Debian packages are missing: chromium chromium-driver fonts-noto-cjk");
        assert!(all.notes[0].ends_with("nginx-light wrk"));
        let none = tools(&[]);
        assert!(none.missing_for_browser.is_none() && none.notes.is_empty());
    }
}
