//! A member's Cargo.toml, as far as the rules look at it.
use anyhow::{Context, Result};
use toml::{Table, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Build,
    Dev,
}

pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Whether it says `workspace = true`.
    pub(crate) inherited: bool,
}

pub(crate) struct Manifest {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
    /// Whether it says `[lints] workspace = true`.
    pub(crate) lints_inherited: bool,
}

impl Manifest {
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self> {
        let table: Table = text.parse().with_context(|| format!("{path} is not TOML"))?;
        let name = table.get("package").and_then(|package| package.get("name")).and_then(Value::as_str);
        let name = name.with_context(|| format!("{path} names no package"))?.to_owned();
        let mut dependencies = dependencies_of(&table);
        for target in tables_in(table.get("target")) {
            dependencies.extend(dependencies_of(target));
        }
        let lints_inherited = table.get("lints").is_some_and(says_workspace);
        Ok(Self { path: path.to_owned(), name, dependencies, lints_inherited })
    }
}

fn dependencies_of(table: &Table) -> Vec<Dependency> {
    let sections = [
        ("dependencies", Kind::Normal),
        ("build-dependencies", Kind::Build),
        ("dev-dependencies", Kind::Dev),
    ];
    let mut found = Vec::new();
    for (section, kind) in sections {
        let entries = table.get(section).and_then(Value::as_table).into_iter().flatten();
        found.extend(entries.map(|(key, value)| Dependency {
            name: value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned(),
            kind,
            inherited: says_workspace(value),
        }));
    }
    found
}

fn tables_in(value: Option<&Value>) -> impl Iterator<Item = &Table> {
    value.and_then(Value::as_table).into_iter().flat_map(Table::values).filter_map(Value::as_table)
}

fn says_workspace(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_of_every_section_are_read() {
        let text = "[package]\nname = 'a'\n[dependencies]\nb.workspace = true\n[dev-dependencies]\nc = '1'\n\
            [target.'cfg(unix)'.dependencies]\nd = { workspace = true }\n[lints]\nworkspace = true\n";
        let manifest = Manifest::parse("a/Cargo.toml", text).unwrap();
        let seen: Vec<_> =
            manifest.dependencies.iter().map(|d| (d.name.as_str(), d.kind, d.inherited)).collect();
        assert_eq!(seen, [("b", Kind::Normal, true), ("c", Kind::Dev, false), ("d", Kind::Normal, true)]);
        assert!(manifest.lints_inherited);
    }
}
