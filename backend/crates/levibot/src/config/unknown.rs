//! Names that look like ours and are not.

use domain::market::edit_distance;

use super::kind::Variable;
use super::sources::Sources;
use super::variables::ALL;

const PREFIXES: [&str; 9] =
    ["RISK_", "MEXC_", "AUTO_ROUTE_", "ENTRY_", "EXIT_", "PAPER_", "TELEGRAM_", "TG_", "ARCHIVE_"];

/// A warning for each unknown name with one of our prefixes, with the nearest known name.
pub(super) fn warnings(sources: &Sources) -> Vec<String> {
    let mut names = known_names();
    names.sort_unstable();
    let unknown = sources.names().filter(|(name, _)| {
        let ours = PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        ours && names.binary_search_by(|known| known.as_str().cmp(name)).is_err()
    });
    unknown.map(|(name, source)| warning(name, &source.to_string(), &names)).collect()
}

fn known_names() -> Vec<String> {
    let files = ALL.iter().filter_map(Variable::file_name);
    ALL.iter().map(|variable| variable.name.to_owned()).chain(files).collect()
}

fn warning(name: &str, source: &str, known: &[String]) -> String {
    let nearest = known.iter().min_by_key(|known| edit_distance(name, known));
    match nearest {
        Some(nearest) if edit_distance(name, nearest) <= name.len().div_ceil(2) => {
            format!("{name} ({source}) is not known and has no effect. Did you mean {nearest}?")
        }
        _ => format!("{name} ({source}) is not known and has no effect"),
    }
}
