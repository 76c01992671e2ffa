//! The house rules, held against the repository as it is.

use std::sync::LazyLock;

use xtask::repository::{TextFile, root, text_files};
use xtask::sources::Source;
use xtask::{
    Violation, alerts, compose, doc_paths, floats, imports, leftovers, machine_paths, manifests,
    names, purity, sizes, sources,
};

#[expect(clippy::unwrap_used, reason = "without the files no rule can be held")]
static FILES: LazyLock<Vec<TextFile>> = LazyLock::new(|| text_files(&root()).unwrap());

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let (sources, unreadable) = sources::read(&FILES);
    hold(&unreadable);
    sources
});

#[track_caller]
fn hold(violations: &[Violation]) {
    let list: Vec<_> = violations.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{} broken:\n  {}\n", list.len(), list.join("\n  "));
}

#[test]
fn imports_point_inwards() {
    hold(&imports::check(&manifests::crates(&root()).unwrap(), imports::TABLE));
}

#[test]
fn the_documented_import_table_is_the_one_in_force() {
    let path = "docs/architecture.md";
    let document = FILES.iter().find(|file| file.path == path).unwrap();
    hold(&imports::check_document(document, imports::TABLE));
}

#[test]
fn every_crate_takes_the_shared_lints() {
    hold(&manifests::check_lints(&FILES));
}

#[test]
fn pure_places_reach_nothing_outside() {
    hold(&purity::check(&SOURCES, purity::PURE, purity::EXCEPTIONS));
}

#[test]
fn money_is_never_a_float() {
    hold(&floats::check(&SOURCES, floats::MONEY, floats::EXCEPTIONS));
}

#[test]
fn files_and_functions_are_short() {
    hold(&sizes::check(&SOURCES));
}

#[test]
fn names_say_what_is_inside() {
    hold(&names::check(&FILES));
}

#[test]
fn nothing_is_unfinished_or_switched_off() {
    hold(&leftovers::check(&SOURCES));
    hold(&leftovers::check_examples(&FILES));
}

#[test]
fn no_path_belongs_to_one_machine() {
    hold(&machine_paths::check(&FILES));
}

#[test]
fn what_the_documents_name_exists() {
    let documents: Vec<_> =
        FILES.iter().filter(|file| doc_paths::is_document(file)).cloned().collect();
    hold(&doc_paths::check(&documents, &doc_paths::Known::new(&FILES)));
}

#[test]
fn containers_are_closed_and_set_only_what_the_service_knows() {
    let files = FILES.iter().filter(|file| compose::is_compose(file)).count();
    assert_eq!(files, 2, "docker-compose.yml and docker-compose.prod.yml");
    hold(&compose::check(&FILES));
}

#[test]
fn every_alert_says_what_to_do() {
    let file = |path: &str| FILES.iter().find(|file| file.path == path).unwrap();
    hold(&alerts::check(file(alerts::RULES), file(alerts::RUNBOOK)));
}
