//! Dependencies: each has its reason at the root, members inherit, the pure crates stay pure, the lock is small.
use super::manifest::{Kind, Manifest};

const LOCKED_PACKAGES_MAX: usize = 250;
const PURE: &[&str] = &["booking", "waiting-room"];
const NOT_PURE: &[&str] = &["tokio", "serde", "hyper", "axum", "rusqlite", "rand"];

/// Every dependency of the root that is not ours stands under a comment that says why.
pub(crate) fn reasons(root_manifest: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let mut inside = false;
    let mut above = "";
    for (index, line) in root_manifest.lines().enumerate() {
        if line.starts_with('[') {
            inside = line.trim() == "[workspace.dependencies]";
        } else if inside && starts_entry(line) && !line.contains("path =") && !above.starts_with("# ") {
            let name = line.split(['=', ' ', '.']).next().unwrap_or(line);
            findings.push(format!("Cargo.toml:{}: `{name}` has no reason above it", index + 1));
        }
        above = line;
    }
    findings
}

fn starts_entry(line: &str) -> bool {
    line.starts_with(|first: char| first.is_ascii_alphanumeric()) && line.contains('=')
}

/// Members take versions and lints from the root.
pub(crate) fn inherited(manifests: &[Manifest]) -> Vec<String> {
    let mut findings = Vec::new();
    for manifest in manifests {
        for dependency in manifest.dependencies.iter().filter(|dependency| !dependency.inherited) {
            findings.push(format!("{}: `{}` must say `workspace = true`", manifest.path, dependency.name));
        }
        if !manifest.lints_inherited {
            findings.push(format!("{}: `[lints] workspace = true` is missing", manifest.path));
        }
    }
    findings
}

/// The pure crates know no runtime, wire format, SQL, HTTP or randomness. Their tests may.
pub(crate) fn pure(manifests: &[Manifest]) -> Vec<String> {
    let mut findings = Vec::new();
    for manifest in manifests.iter().filter(|manifest| PURE.contains(&manifest.name.as_str())) {
        for dependency in manifest.dependencies.iter().filter(|dependency| dependency.kind != Kind::Dev) {
            if NOT_PURE.iter().any(|banned| is_of_family(&dependency.name, banned)) {
                let (path, name) = (&manifest.path, &dependency.name);
                findings.push(format!("{path}: `{name}` has no place in the pure crate `{}`", manifest.name));
            }
        }
    }
    findings
}

/// `rand` and all of `rand_chacha`, `rand-core`, but not `random-names`.
fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

pub(crate) fn locked(lock: &str) -> Vec<String> {
    // Our own have no source: a crate of ours more is not a dependency more.
    let packages = lock.lines().filter(|line| line.starts_with("source = ")).count();
    let count = packages - lock.lines().filter(|line| is_for_windows(line)).count();
    if count < LOCKED_PACKAGES_MAX {
        return Vec::new();
    }
    vec![format!("Cargo.lock: {count} packages of others; fewer than {LOCKED_PACKAGES_MAX} must do")]
}

/// The lock names what other systems would need, too; those of Windows are a dozen for one and are never built or even
/// downloaded where this runs.
fn is_for_windows(line: &str) -> bool {
    let name = line.strip_prefix("name = \"").and_then(|rest| rest.strip_suffix('"'));
    name.is_some_and(|name| is_of_family(name, "windows"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, rest: &str) -> Vec<Manifest> {
        let text = format!("[package]\nname = '{name}'\n{rest}");
        vec![Manifest::parse("Cargo.toml", &text).unwrap()]
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let text =
            "[workspace.dependencies]\nours = { path = \"crates/ours\" }\n\n# Why.\na = \"1\"\nb = \"1\"\n";
        assert_eq!(reasons(text), ["Cargo.toml:6: `b` has no reason above it"]);
        assert!(reasons("[profile.release]\ndebug = 1\n").is_empty());
    }

    #[test]
    fn a_member_with_its_own_version_is_found() {
        let found = inherited(&manifest("a", "[dependencies]\nb = '1'\n[lints]\nworkspace = true"));
        assert_eq!(found, ["Cargo.toml: `b` must say `workspace = true`"]);
    }

    #[test]
    fn a_member_without_the_lints_is_found() {
        let found = inherited(&manifest("a", "[dependencies]\nb.workspace = true"));
        assert_eq!(found, ["Cargo.toml: `[lints] workspace = true` is missing"]);
    }

    #[test]
    fn a_runtime_in_a_pure_crate_is_found() {
        let wishes = "[dependencies]\nrand_chacha = {}\nserde = {}\nrandom-names = {}\n";
        assert_eq!(pure(&manifest("booking", wishes)).len(), 2);
        assert!(pure(&manifest("web", wishes)).is_empty());
        assert!(pure(&manifest("booking", "[dev-dependencies]\nrand_chacha = {}\n")).is_empty());
    }

    #[test]
    fn too_many_locked_packages_are_found() {
        let (package, ours) =
            ("[[package]]\nsource = \"registry\"\n", "[[package]]\nname = \"web\"\n".repeat(9));
        assert!(locked(&(package.repeat(249) + &ours)).is_empty());
        assert_eq!(locked(&package.repeat(250)).len(), 1);
        let windows = "[[package]]\nname = \"windows_x86_64_gnu\"\nsource = \"registry\"\n".repeat(9);
        assert!(locked(&format!("{}{windows}", package.repeat(249))).is_empty());
        assert_eq!(locked(&format!("{}{windows}", package.repeat(250))).len(), 1);
    }
}
