//! Rust files as tokens, with what belongs to the product told apart from test code.

use std::collections::BTreeSet;
use std::path::Path;

use crate::Violation;
use crate::repository::TextFile;
use crate::tokens::{Token, test_modules, tokens, without_tests};

/// One Rust file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path from the repository's root.
    pub path: String,
    /// How many lines it has.
    pub lines: usize,
    /// Every token, tests included.
    pub tokens: Vec<Token>,
    /// The tokens that end up in the product; none for a file of tests.
    pub product: Vec<Token>,
}

impl Source {
    /// A source as a rule's unit test wants it.
    ///
    /// # Errors
    /// What the tokenizer said.
    pub fn parse(path: &str, text: &str) -> Result<Self, String> {
        let tokens = tokens(text)?;
        let product = without_tests(&tokens);
        Ok(Self { path: path.to_owned(), lines: text.lines().count(), tokens, product })
    }

    /// Whether the file is, or lies below, `place`.
    pub fn is_in(&self, place: &str) -> bool {
        Path::new(&self.path).starts_with(place)
    }
}

/// Reads every Rust file among `files`; those that cannot be read come back as violations.
pub fn read(files: &[TextFile]) -> (Vec<Source>, Vec<Violation>) {
    let mut sources = Vec::new();
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        match Source::parse(&file.path, &file.text) {
            Ok(source) => sources.push(source),
            Err(error) => violations.push(Violation::new(&file.path, error)),
        }
    }
    blank_test_files(&mut sources);
    (sources, violations)
}

/// Files declared by `#[cfg(test)] mod name;`, and those of `tests/` and `benches/` beside a
/// crate's `src/`, are no part of the product.
fn blank_test_files(sources: &mut [Source]) {
    let declared: BTreeSet<String> = sources.iter().flat_map(files_of_test_modules).collect();
    for source in sources {
        let outside_src = !source.path.contains("/src/");
        let in_module = declared.iter().any(|place| source.is_in(place));
        if outside_src || in_module {
            source.product.clear();
        }
    }
}

/// `folder/name.rs` and `folder/name` for each test module, in the folder of the module's children.
fn files_of_test_modules(source: &Source) -> Vec<String> {
    let path = Path::new(&source.path);
    let is_root = ["lib", "main", "mod"].iter().any(|stem| path.file_stem() == Some(stem.as_ref()));
    let folder = if is_root { path.with_file_name("") } else { path.with_extension("") };
    let place = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let modules = test_modules(&source.tokens);
    modules.iter().flat_map(|name| [place(name), place(&format!("{name}.rs"))]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_product_keep_product_tokens() {
        let cases = [
            ("crates/a/src/lib.rs", "mod b; #[cfg(test)] mod cases;", true),
            ("crates/a/src/cases.rs", "fn x() {}", false),
            ("crates/a/src/cases/more.rs", "fn x() {}", false),
            ("crates/a/src/b.rs", "#[cfg(test)] mod c; fn x() {}", true),
            ("crates/a/src/b/c.rs", "fn x() {}", false),
            ("crates/a/src/c.rs", "fn x() {}", true),
            ("crates/a/tests/api.rs", "fn x() {}", false),
        ];
        let files: Vec<_> = cases.iter().map(|(path, text, _)| TextFile::new(path, text)).collect();
        let (sources, violations) = read(&files);
        assert_eq!(violations, []);
        for ((path, _, product), source) in cases.iter().zip(sources) {
            assert_eq!(!source.product.is_empty(), *product, "{path}");
        }
    }

    #[test]
    fn a_file_that_is_not_rust_is_reported() {
        let (_, violations) = read(&[TextFile::new("a/src/lib.rs", "fn (")]);
        assert_eq!(violations.len(), 1);
    }
}
