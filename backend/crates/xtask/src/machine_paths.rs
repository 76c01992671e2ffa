//! No path of somebody's machine in code, scripts or documents.

use crate::Violation;
use crate::repository::TextFile;

/// Top-level folders that mean one particular machine. Joined with slashes when they are looked
/// for, so that this list does not find itself.
const FOLDERS: [&str; 4] = ["work", "tmp", "root", "Users"];

/// Finds absolute paths into those folders.
pub fn check(files: &[TextFile]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(path) = machine_path(line) {
                let message = format!("{path} exists on one machine only: make it relative");
                violations.push(Violation::at(&file.path, index + 1, message));
            }
        }
    }
    violations
}

fn machine_path(line: &str) -> Option<String> {
    let wanted = FOLDERS.iter().map(|folder| ["/", folder, "/"].concat());
    wanted.into_iter().find(|path| line.match_indices(path).any(|(at, _)| begins(line, at)))
}

/// Whether an absolute path begins here, rather than a longer one going on.
fn begins(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    !before.is_some_and(|c| c.is_alphanumeric() || "_-.}~".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_are_found_and_relative_ones_are_not() {
        let check_line = |parts: &[&str]| check(&[TextFile::new("a.sh", &parts.concat())]).len();
        assert_eq!(check_line(&["cd /", "work", "/main"]), 1);
        assert_eq!(check_line(&["let x = \"/", "tmp", "/x\";"]), 1);
        assert_eq!(check_line(&["(/", "root", "/.cargo)"]), 1);
        assert_eq!(check_line(&["target/", "tmp", "/x"]), 0);
        assert_eq!(check_line(&["https://example.org/", "work", "/x"]), 0);
        assert_eq!(check_line(&["a frame", "work / template"]), 0);
    }
}
