//! The documents that are written from the table.

use std::fmt::Write as _;

use super::kind::{Default, Variable};
use super::variables::ALL;

const MARKDOWN_HEAD: &str = "\
# Configuration

Every setting is a variable. A value comes from the first of these that has one:

1. the environment of the process,
2. the file `.env` in the working directory (`NAME=value` lines, comments after `#`),
3. for a secret: the file that `NAME_FILE` names (Docker secrets), without surrounding white space,
4. the default.

An empty value is no value. Everything is checked at start, and all mistakes are reported at once.
`levibot config` prints what is in force and where each value came from, secrets hidden;
`levibot config --json` prints the same for programs.

Without any setting LeviBot trades on a built-in exchange with play money, listens on this machine
only, and does not trade signals until `AUTO_ROUTE_ENABLED=true` and `AUTO_ROUTE_DRY_RUN=false`.

This file and `.env.example` are written from the table in
`backend/crates/levibot/src/config/variables.rs`; `UPDATE_DOCS=1 cargo test -p levibot` rewrites
them, and a test fails while they differ.
";

const ENV_HEAD: &str = "\
# LeviBot's settings. Copy this file to .env and change what you need; a line without a value, or no
# line at all, means the default. A secret may instead be in a file: MEXC_API_KEY_FILE=/path/to/key.
# docs/configuration.md says the same in tables; `levibot config` shows what is in force.
";

/// `docs/configuration.md`.
pub(crate) fn render_markdown() -> String {
    let mut text = MARKDOWN_HEAD.to_owned();
    for (group, variables) in groups() {
        let _ = write!(
            text,
            "\n## {group}\n\n| variable | default | allowed | meaning |\n|---|---|---|---|\n"
        );
        for variable in variables {
            let default = match variable.default {
                Default::Is(value) => format!("`{value}`"),
                Default::Unset(words) => format!("not set: {words}"),
            };
            let allowed = variable.kind.allowed().replace('|', "\\|");
            let file =
                variable.file_name().map(|name| format!(" Or `{name}`.")).unwrap_or_default();
            let _ = writeln!(
                text,
                "| `{}` | {default} | {allowed} | {}{file} |",
                variable.name, variable.meaning
            );
        }
    }
    text
}

/// `.env.example`.
pub(crate) fn render_env_example() -> String {
    let mut text = ENV_HEAD.to_owned();
    for (group, variables) in groups() {
        let _ = write!(text, "\n# --- {group} ---\n");
        for variable in variables {
            let (value, note) = match variable.default {
                Default::Is(value) => (value, String::new()),
                Default::Unset(words) => ("", format!(" Not set: {words}.")),
            };
            let allowed = variable.kind.allowed();
            let _ = write!(
                text,
                "\n# {}\n# Allowed: {allowed}.{note}\n{}={value}\n",
                variable.meaning, variable.name
            );
        }
    }
    text
}

/// The table, cut where the heading changes.
fn groups() -> impl Iterator<Item = (&'static str, &'static [Variable])> {
    let chunks = ALL.chunk_by(|left, right| left.group == right.group);
    chunks.filter_map(|variables| Some((variables.first()?.group, variables)))
}
