//! Names that say nothing about what is inside.

use crate::Violation;
use crate::repository::TextFile;

/// Words that are no purpose.
const EMPTY_WORDS: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "manager", "misc"];

/// Finds files and folders with such a word in their name.
pub fn check(files: &[TextFile]) -> Vec<Violation> {
    let empty = files.iter().filter_map(|file| Some((file, empty_word(&file.path)?)));
    empty
        .map(|(file, word)| {
            Violation::new(&file.path, format!("\"{word}\" says nothing: name what it is for"))
        })
        .collect()
}

fn empty_word(path: &str) -> Option<&str> {
    let words = path.split(['/', '.', '_', '-']);
    words.into_iter().find(|word| EMPTY_WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_are_found_wherever_they_stand() {
        for bad in ["a/src/utils.rs", "a/common/mod.rs", "a/order_manager.rs", "b/test-helpers.ts"]
        {
            assert_eq!(check(&[TextFile::new(bad, "")]).len(), 1, "{bad}");
        }
        for good in ["a/src/uncommon.rs", "a/src/order.rs", "README.md"] {
            assert_eq!(check(&[TextFile::new(good, "")]), [], "{good}");
        }
    }
}
