//! The crates of the workspace as cargo sees them, and the rule that each obeys the shared lints.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Violation;
use crate::repository::TextFile;

/// One of our crates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Names of the crates it depends on in the product or in build scripts, ours and others'.
    pub dependencies: Vec<String>,
    /// Names of the crates only its tests depend on.
    pub test_dependencies: Vec<String>,
}

/// The workspace's crates, from `cargo metadata`.
///
/// # Errors
/// A sentence, when cargo cannot be run or answers something else than expected.
pub fn crates(root: &Path) -> Result<Vec<Crate>, String> {
    let answer = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo metadata cannot be started: {error}"))?;
    let text = String::from_utf8_lossy(&answer.stdout);
    let metadata: Value = serde_json::from_str(&text).map_err(|error| {
        format!("cargo metadata: {error}: {}", String::from_utf8_lossy(&answer.stderr))
    })?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    Ok(packages.iter().map(read_crate).collect())
}

fn read_crate(package: &Value) -> Crate {
    let declared = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of_kind = |test: bool| {
        let wanted = declared.iter().filter(|found| (found["kind"] == "dev") == test);
        wanted.map(|found| text(&found["name"])).collect()
    };
    Crate {
        name: text(&package["name"]),
        dependencies: of_kind(false),
        test_dependencies: of_kind(true),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Every crate must take the workspace's lints; a manifest that forgets to escapes them all.
pub fn check_lints(files: &[TextFile]) -> Vec<Violation> {
    let manifests = files.iter().filter(|file| {
        file.path.starts_with("backend/crates/") && file.path.ends_with("/Cargo.toml")
    });
    let lawless = manifests.filter(|file| !file.text.contains("[lints]\nworkspace = true"));
    let message = "does not take the shared lints: add `[lints]` with `workspace = true`";
    lawless.map(|file| Violation::new(&file.path, message)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::root;

    #[test]
    fn cargo_knows_this_crate_and_its_dependencies() {
        let crates = crates(&root()).unwrap();
        let own = crates.iter().find(|found| found.name == "xtask").unwrap();
        assert!(own.dependencies.contains(&"proc-macro2".to_owned()), "{own:?}");
    }

    #[test]
    fn a_crate_without_the_shared_lints_is_found() {
        let path = "backend/crates/a/Cargo.toml";
        let good = TextFile::new(path, "[package]\n\n[lints]\nworkspace = true\n");
        let bad = TextFile::new(path, "[package]\n");
        assert_eq!(check_lints(&[good]), []);
        assert_eq!(check_lints(&[bad]).len(), 1);
    }
}
