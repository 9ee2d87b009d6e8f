//! What the check needs besides Rust and git: Debian packages, installed when missing and when we may.
use crate::{journey, scrape};
use anyhow::{Result, ensure};
use std::path::Path;
use std::process::{Command, Stdio};

struct Package {
    name: &'static str,
    /// A file that only this package brings.
    file: &'static str,
    purpose: Purpose,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Without it no walk in a browser means anything.
    AnyBrowser,
    /// One browser, or a tool of the walks: they say themselves what they miss.
    OneBrowser,
    Bench,
    /// They say themselves what they miss.
    Faults,
    Watching,
}

const PACKAGES: [Package; 20] = [
    package("fonts-noto-cjk", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", Purpose::AnyBrowser),
    package("chromium", "/usr/bin/chromium", Purpose::OneBrowser),
    package("chromium-driver", "/usr/bin/chromedriver", Purpose::OneBrowser),
    package("firefox-esr", "/usr/bin/firefox-esr", Purpose::OneBrowser),
    package("webkit2gtk-driver", "/usr/bin/WebKitWebDriver", Purpose::OneBrowser),
    package("xvfb", "/usr/bin/Xvfb", Purpose::OneBrowser),
    package("npm", "/usr/bin/npm", Purpose::OneBrowser),
    package("xfsprogs", "/usr/sbin/mkfs.xfs", Purpose::Faults),
    package("fiu-utils", "/usr/bin/fiu-run", Purpose::Faults),
    package("prometheus", scrape::PROMETHEUS, Purpose::Watching),
    package("postgresql", "/usr/bin/pg_ctlcluster", Purpose::Faults),
    package("pgbouncer", "/usr/sbin/pgbouncer", Purpose::Faults),
    package("patroni", "/usr/bin/patroni", Purpose::Faults),
    package("etcd-server", "/usr/bin/etcd", Purpose::Faults),
    package("etcd-client", "/usr/bin/etcdctl", Purpose::Faults),
    package("iproute2", "/usr/sbin/ip", Purpose::Faults),
    package("libfaketime", "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", Purpose::Faults),
    package("nginx-light", "/usr/sbin/nginx", Purpose::Bench),
    package("wrk", "/usr/bin/wrk", Purpose::Bench),
    package("redis-server", "/usr/bin/redis-server", Purpose::Bench),
];

const fn package(name: &'static str, file: &'static str, purpose: Purpose) -> Package {
    Package { name, file, purpose }
}

/// What is there after installing.
pub(crate) struct Tools {
    /// Why nothing can be walked in any browser.
    pub(crate) missing_for_browsers: Option<String>,
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
    journey::tools::install();
    let mut tools = tools(&self::missing());
    tools.notes.extend(journey::notes());
    tools
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

pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn tools(missing: &[&Package]) -> Tools {
    let missing_for = |purpose| {
        let of_purpose = missing.iter().copied().filter(|package| package.purpose == purpose);
        let packages: Vec<&Package> = of_purpose.collect();
        (!packages.is_empty()).then(|| format!("Debian packages are missing: {}", names(&packages)))
    };
    let bench = missing_for(Purpose::Bench).map(|why| format!("bench (no step of this check): {why}"));
    Tools { missing_for_browsers: missing_for(Purpose::AnyBrowser), notes: bench.into_iter().collect() }
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
        assert_eq!(all.missing_for_browsers.unwrap(), "Debian packages are missing: fonts-noto-cjk");
        assert!(all.notes[0].ends_with("nginx-light wrk redis-server"));
        let none = tools(&[]);
        assert!(none.missing_for_browsers.is_none() && none.notes.is_empty());
    }
}
