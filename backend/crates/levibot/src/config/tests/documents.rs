//! The documents are those of the table.

use std::fs;
use std::path::Path;

use super::super::variables::ALL;
use super::*;

/// Compares a file from the repository's root with what it should be; `UPDATE_DOCS` writes it.
fn is_up_to_date(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let message = "differs from the table of variables: run UPDATE_DOCS=1 cargo test -p levibot";
    assert!(found == expected, "{file} {message}");
}

#[test]
fn the_documentation_is_that_of_the_table() {
    is_up_to_date("docs/configuration.md", &render_markdown());
}

#[test]
fn the_example_is_that_of_the_table() {
    is_up_to_date(".env.example", &render_env_example());
}

#[test]
fn the_example_changes_nothing_when_it_is_copied_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let dotenv = dir.path().join(".env");
    fs::write(&dotenv, render_env_example()).unwrap();
    let copied = load_with(&[], Some(&dotenv)).unwrap();
    let plain = load(&[]).unwrap();
    assert_eq!(format!("{:?}", copied.config), format!("{:?}", plain.config));
    assert_eq!(copied.warnings, plain.warnings);
}

#[test]
fn both_documents_name_every_variable() {
    let (markdown, example) = (render_markdown(), render_env_example());
    for variable in ALL {
        assert!(markdown.contains(&format!("| `{}` |", variable.name)), "{}", variable.name);
        assert!(example.contains(&format!("\n{}=", variable.name)), "{}", variable.name);
        assert!(variable.meaning.ends_with('.'), "{}", variable.name);
    }
}
