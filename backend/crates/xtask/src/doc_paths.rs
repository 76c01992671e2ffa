//! Documents that name a path, a `make` target or a link: it must exist.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use crate::Violation;
use crate::repository::TextFile;

/// What a document may point at.
#[derive(Debug, Default)]
pub struct Known {
    /// Files and folders, from the repository's root.
    places: BTreeSet<String>,
    /// Targets of the Makefile.
    targets: BTreeSet<String>,
}

impl Known {
    /// Collects the places and targets among `files`.
    pub fn new(files: &[TextFile]) -> Self {
        let parents = |file: &TextFile| {
            let folders = Path::new(&file.path).ancestors().map(Path::to_path_buf);
            folders.map(|place| place.to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        let makefile = files.iter().find(|file| file.path == "Makefile");
        let lines = makefile.map(|file| file.text.lines()).into_iter().flatten();
        Self {
            places: files.iter().flat_map(parents).collect(),
            targets: lines.flat_map(targets_of).collect(),
        }
    }

    /// Whether a word that looks like a path from the root leads somewhere.
    fn leads_astray(&self, word: &str) -> bool {
        let place = word.trim_start_matches("./").trim_end_matches(['/', '.', ',', ':', ';']);
        let first = place.split('/').next().unwrap_or_default();
        let is_path = place.contains('/') && ROOTS.contains(&first);
        let is_open = place.contains(['*', '<', '$', '{', '…']);
        let is_runtime = RUNTIME.iter().any(|runtime| Path::new(place).starts_with(runtime));
        is_path && !is_open && !is_runtime && !self.places.contains(place)
    }
}

/// Top-level folders of the repository, present or planned: a word that begins with one is a path.
const ROOTS: [&str; 6] = ["backend", "docs", "panel", "ops", ".ci", "crates"];

/// Written when the service runs, or by whoever runs it.
const RUNTIME: [&str; 2] = ["backend/data", "ops/secrets"];

fn targets_of(line: &str) -> Vec<String> {
    let is_rule = !line.starts_with([' ', '\t', '#', '.']) && !line.contains('=');
    let names = line.split_once(':').filter(|_| is_rule).map(|(names, _)| names);
    names.into_iter().flat_map(str::split_whitespace).map(str::to_owned).collect()
}

/// The documents the rule reads. The changelog may name what is gone.
pub fn is_document(file: &TextFile) -> bool {
    let top = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"].contains(&file.path.as_str());
    top || (file.path.starts_with("docs/") && file.has_extension("md"))
}

/// Finds paths, links and targets in `documents` that do not exist.
pub fn check(documents: &[TextFile], known: &Known) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in documents {
        for (index, line) in file.text.lines().enumerate() {
            let lost: BTreeSet<String> = lost_paths(line, known)
                .into_iter()
                .chain(lost_links(&file.path, line, known))
                .chain(lost_targets(line, known))
                .collect();
            let message = |what| format!("{what} does not exist");
            violations.extend(
                lost.into_iter().map(|what| Violation::at(&file.path, index + 1, message(what))),
            );
        }
    }
    violations
}

fn lost_paths(line: &str, known: &Known) -> Vec<String> {
    let words = line.split(|c: char| c.is_whitespace() || "`'\"()[]|=".contains(c));
    words.filter(|word| known.leads_astray(word)).map(str::to_owned).collect()
}

/// Targets of `[text](target)` that are neither addresses nor places seen from the document.
fn lost_links(document: &str, line: &str, known: &Known) -> Vec<String> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    local
        .map(|target| target.split('#').next().unwrap_or(target))
        .filter(|target| !known.places.contains(&resolve(document, target)))
        .map(str::to_owned)
        .collect()
}

fn resolve(document: &str, target: &str) -> String {
    let mut place: Vec<String> = Vec::new();
    let path = Path::new(document).parent().unwrap_or(Path::new("")).join(target);
    for component in path.components() {
        match component {
            Component::ParentDir => drop(place.pop()),
            Component::Normal(name) => place.push(name.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    place.join("/")
}

fn lost_targets(line: &str, known: &Known) -> Vec<String> {
    let spans = line.split('`').skip(1).step_by(2);
    let commands = spans.filter_map(|span| span.strip_prefix("make "));
    let names = commands.filter_map(|rest| rest.split_whitespace().next());
    let lost = names.filter(|name| !name.starts_with('-') && !known.targets.contains(*name));
    lost.map(|name| format!("make {name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(line: &str) -> usize {
        let makefile = "X := 1\nrun test: build\n\tcargo run\n.PHONY: run\n";
        let files = [
            TextFile::new("Makefile", makefile),
            TextFile::new("README.md", ""),
            TextFile::new("docs/decisions/0001-a.md", ""),
            TextFile::new("backend/crates/a/src/lib.rs", ""),
        ];
        check(&[TextFile::new("docs/a.md", line)], &Known::new(&files)).len()
    }

    #[test]
    fn places_that_exist_may_be_named() {
        for good in [
            "`backend/crates/a/src/lib.rs`, `docs/decisions/` and ./backend/crates/a.",
            "[one](decisions/0001-a.md#part) [two](../README.md) [three](https://example.org/x)",
            "`make test` and `make -j`; tail -f backend/data/logs/x",
            "either/or, `domain/order`, `docs/*.md`, `backend/crates/<name>`",
        ] {
            assert_eq!(lost(good), 0, "{good}");
        }
    }

    #[test]
    fn places_that_do_not_exist_are_found() {
        for bad in [
            "see `backend/crates/b`",
            "./backend/scripts/gone.sh live",
            "[one](decisions/0002-b.md)",
            "`make coffee`",
            "| ops/compose.yml |",
        ] {
            assert_eq!(lost(bad), 1, "{bad}");
        }
    }
}
