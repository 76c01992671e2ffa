//! Which crate may import which: imports point inwards only.

use std::collections::BTreeSet;

use crate::Violation;
use crate::manifests::Crate;
use crate::repository::TextFile;

/// What one crate may depend on.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The crate.
    pub name: &'static str,
    /// Which of ours it may import.
    pub ours: &'static [&'static str],
    /// Which of ours its tests may import beside.
    pub ours_in_tests: &'static [&'static str],
    /// Which crates of others it may import; [`None`] leaves that to review. Given for the pure
    /// crates, which must not be able to reach a clock, a socket or a random number.
    pub others: Option<&'static [&'static str]>,
}

/// The table of `docs/architecture.md`.
pub const TABLE: &[Row] = &[
    Row {
        name: "domain",
        ours: &[],
        ours_in_tests: &[],
        others: Some(&[
            "hex",
            "jiff",
            "rust_decimal",
            "serde",
            "serde_json",
            "sha2",
            "smol_str",
            "thiserror",
        ]),
    },
    Row {
        name: "signal",
        ours: &["domain"],
        ours_in_tests: &[],
        others: Some(&["serde", "serde_json"]),
    },
    Row {
        name: "engine",
        ours: &["domain", "signal"],
        ours_in_tests: &[],
        others: Some(&["serde", "serde_json", "thiserror"]),
    },
    Row { name: "journal", ours: &["domain"], ours_in_tests: &[], others: None },
    Row { name: "archive", ours: &["journal"], ours_in_tests: &["domain"], others: None },
    Row {
        name: "driver",
        ours: &["domain", "engine", "journal"],
        ours_in_tests: &[],
        others: Some(&["thiserror"]),
    },
    Row {
        name: "mexc-wire",
        ours: &["domain"],
        ours_in_tests: &[],
        others: Some(&["hex", "hmac", "prost", "serde", "serde_json", "sha2", "thiserror"]),
    },
    Row { name: "limits", ours: &["domain"], ours_in_tests: &[], others: None },
    Row {
        name: "mexc",
        ours: &["domain", "mexc-wire", "limits"],
        ours_in_tests: &["sandbox"],
        others: None,
    },
    Row { name: "sandbox", ours: &["domain", "mexc-wire"], ours_in_tests: &[], others: None },
    Row { name: "api", ours: &["domain", "engine"], ours_in_tests: &["signal"], others: None },
    Row { name: "telegram", ours: &["domain", "engine"], ours_in_tests: &[], others: None },
    Row {
        name: "levibot",
        ours: &[
            "domain", "signal", "engine", "journal", "archive", "driver", "limits", "mexc",
            "sandbox", "api", "telegram", "training",
        ],
        ours_in_tests: &["mexc-wire"],
        others: None,
    },
    Row {
        name: "training",
        ours: &["domain", "signal"],
        ours_in_tests: &[],
        others: Some(&["fastrand", "serde", "serde_json", "thiserror"]),
    },
    Row {
        name: "simulation",
        ours: &["domain", "signal", "engine", "driver", "mexc-wire", "sandbox"],
        ours_in_tests: &[],
        others: Some(&["clap", "fastrand", "serde_json", "thiserror"]),
    },
    Row {
        name: "fuzzing",
        ours: &["domain", "signal", "engine", "journal", "mexc-wire", "sandbox", "api"],
        ours_in_tests: &[],
        others: None,
    },
    Row { name: "xtask", ours: &[], ours_in_tests: &[], others: None },
];

/// Compares the manifests with the table.
pub fn check(crates: &[Crate], table: &[Row]) -> Vec<Violation> {
    let ours: BTreeSet<&str> = crates.iter().map(|found| found.name.as_str()).collect();
    let mut violations: Vec<Violation> = table
        .iter()
        .filter(|row| !ours.contains(row.name))
        .map(|row| Violation::new(row.name, "has a row in the import table but does not exist"))
        .collect();
    for found in crates {
        match table.iter().find(|row| row.name == found.name) {
            Some(row) => violations.extend(check_crate(found, row, &ours)),
            None => violations.push(Violation::new(
                &found.name,
                "has no row in the import table (backend/crates/xtask/src/imports.rs)",
            )),
        }
    }
    violations
}

fn check_crate(found: &Crate, row: &Row, ours: &BTreeSet<&str>) -> Vec<Violation> {
    let may = |name: &str, allowed: &[&str]| allowed.contains(&name);
    let product = found.dependencies.iter().filter(|name| {
        let is_ours = ours.contains(name.as_str());
        let other_is_fine = row.others.is_none_or(|others| may(name, others));
        if is_ours { !may(name, row.ours) } else { !other_is_fine }
    });
    let tests = found.test_dependencies.iter().filter(|name| {
        ours.contains(name.as_str()) && !may(name, row.ours) && !may(name, row.ours_in_tests)
    });
    let product = product.map(|name| (name, "must not import"));
    let tests = tests.map(|name| (name, "must not, even in tests, import"));
    product
        .chain(tests)
        .map(|(name, verb)| Violation::new(&found.name, format!("{verb} {name}")))
        .collect()
}

/// The document's import table must say the same as [`TABLE`]: rows `| crate | … | imports |`.
pub fn check_document(document: &TextFile, table: &[Row]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for row in table.iter().filter(|row| row.name != "xtask") {
        let documented = documented_imports(&document.text, row.name);
        let wanted: BTreeSet<String> = row.ours.iter().map(|name| (*name).to_owned()).collect();
        if documented.as_ref() != Some(&wanted) {
            let message =
                format!("says {} imports {documented:?}, the rule says {wanted:?}", row.name);
            violations.push(Violation::new(&document.path, message));
        }
    }
    violations
}

fn documented_imports(text: &str, name: &str) -> Option<BTreeSet<String>> {
    let row = text.lines().find(|line| line.starts_with(&format!("| `{name}` |")))?;
    let cell = row.trim_end_matches(['|', ' ']).rsplit('|').next()?;
    let names = cell.split('`').skip(1).step_by(2);
    Some(names.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &[Row] = &[
        Row { name: "inner", ours: &[], ours_in_tests: &[], others: Some(&["serde"]) },
        Row { name: "outer", ours: &["inner"], ours_in_tests: &[], others: None },
    ];

    fn workspace(inner: &[&str], inner_tests: &[&str]) -> Vec<Crate> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let found = |name: &str, dependencies, test_dependencies| Crate {
            name: name.to_owned(),
            dependencies,
            test_dependencies,
        };
        vec![
            found("inner", owned(inner), owned(inner_tests)),
            found("outer", owned(&["inner", "tokio"]), Vec::new()),
        ]
    }

    #[test]
    fn imports_that_point_outwards_are_found() {
        assert_eq!(check(&workspace(&["serde"], &["proptest"]), SMALL), []);
        assert_eq!(check(&workspace(&["outer"], &[]), SMALL).len(), 1);
        assert_eq!(check(&workspace(&[], &["outer"]), SMALL).len(), 1);
        assert_eq!(check(&workspace(&["tokio"], &[]), SMALL).len(), 1);
    }

    #[test]
    fn a_crate_without_a_row_and_a_row_without_a_crate_are_found() {
        assert_eq!(check(&workspace(&[], &[]), &SMALL[..1]).len(), 1);
        assert_eq!(check(&workspace(&[], &[])[..1], SMALL).len(), 1);
    }

    #[test]
    fn a_document_that_says_otherwise_is_found() {
        let good =
            "| crate | what | imports |\n| `inner` | x | none |\n| `outer` | y | `inner` |\n";
        assert_eq!(check_document(&TextFile::new("a.md", good), SMALL), []);
        let bad = "| `inner` | x | `outer` |\n";
        assert_eq!(check_document(&TextFile::new("a.md", bad), SMALL).len(), 2);
    }
}
