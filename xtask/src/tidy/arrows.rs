//! The arrows between our crates: the picture in ARCHITECTURE.md, and no other.
use super::manifest::{Kind, Manifest};

struct Row {
    name: &'static str,
    may_use: &'static [&'static str],
    /// What its tests may use besides.
    tests_may_use: &'static [&'static str],
}

const PICTURE: &[Row] = &[
    Row {
        name: "charye",
        may_use: &[
            "web",
            "connector",
            "rehearsal",
            "store-sqlite",
            "store-postgres",
            "store",
            "booking",
            "waiting-room",
        ],
        tests_may_use: &[],
    },
    Row { name: "web", may_use: &["store", "booking", "waiting-room"], tests_may_use: &["store-sqlite"] },
    Row { name: "store-sqlite", may_use: &["store", "booking", "waiting-room"], tests_may_use: &[] },
    Row { name: "store-postgres", may_use: &["store", "booking", "waiting-room"], tests_may_use: &[] },
    Row { name: "store", may_use: &["booking", "waiting-room"], tests_may_use: &[] },
    Row { name: "rehearsal", may_use: &["booking", "waiting-room"], tests_may_use: &[] },
    Row { name: "connector", may_use: &["waiting-room"], tests_may_use: &[] },
    Row { name: "booking", may_use: &[], tests_may_use: &[] },
    Row { name: "waiting-room", may_use: &[], tests_may_use: &[] },
    Row { name: "xtask", may_use: &["rehearsal", "waiting-room"], tests_may_use: &[] },
];

pub(crate) fn check(manifests: &[Manifest]) -> Vec<String> {
    let ours: Vec<&str> = manifests.iter().map(|manifest| manifest.name.as_str()).collect();
    manifests.iter().flat_map(|manifest| check_member(manifest, &ours)).collect()
}

fn check_member(manifest: &Manifest, ours: &[&str]) -> Vec<String> {
    let Some(row) = PICTURE.iter().find(|row| row.name == manifest.name) else {
        return vec![format!(
            "{}: the crate `{}` is not in the picture of the arrows",
            manifest.path, manifest.name
        )];
    };
    let mut findings = Vec::new();
    for dependency in &manifest.dependencies {
        let name = dependency.name.as_str();
        let in_tests =
            dependency.kind == Kind::Dev && (row.tests_may_use.contains(&name) || name == row.name);
        if ours.contains(&name) && !row.may_use.contains(&name) && !in_tests {
            findings.push(format!("{}: no arrow goes from `{}` to `{name}`", manifest.path, row.name));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_crates(crates: &[(&str, &str)]) -> Vec<String> {
        let manifests = crates.iter().map(|(name, rest)| {
            Manifest::parse("Cargo.toml", &format!("[package]\nname = '{name}'\n{rest}")).unwrap()
        });
        check(&manifests.collect::<Vec<_>>())
    }

    #[test]
    fn an_arrow_of_the_picture_passes() {
        assert!(check_crates(&[("store", "[dependencies]\nbooking = {}"), ("booking", "")]).is_empty());
    }

    #[test]
    fn an_arrow_upwards_is_found() {
        let findings = check_crates(&[("booking", "[dependencies]\nstore = {}"), ("store", "")]);
        assert_eq!(findings, ["Cargo.toml: no arrow goes from `booking` to `store`"]);
    }

    #[test]
    fn the_embedded_store_is_for_the_tests_of_web_only() {
        let sqlite = ("store-sqlite", "");
        assert!(check_crates(&[("web", "[dev-dependencies]\nstore-sqlite = {}"), sqlite]).is_empty());
        assert_eq!(check_crates(&[("web", "[dependencies]\nstore-sqlite = {}"), sqlite]).len(), 1);
        assert_eq!(check_crates(&[("store", "[dev-dependencies]\nstore-sqlite = {}"), sqlite]).len(), 1);
    }

    #[test]
    fn a_crate_outside_the_picture_is_found() {
        assert_eq!(check_crates(&[("utils", "")]).len(), 1);
    }
}
