//! The repository's files, read once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders, by name, that hold nothing written by hand.
const SKIPPED_FOLDERS: [&str; 3] = [".git", "target", "node_modules"];

/// What the running service writes.
const RUNTIME_DATA: &str = "backend/data";

/// A text file of the repository.
#[derive(Debug, Clone)]
pub struct TextFile {
    /// Path from the root, with `/`.
    pub path: String,
    /// Its contents.
    pub text: String,
}

impl TextFile {
    /// A file as a rule's unit test wants it.
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether it is Rust source.
    pub fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    /// Whether the name ends in `.extension`.
    pub fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }
}

/// The repository's root: three folders above this crate.
pub fn root() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().nth(3).unwrap_or(crate_folder).to_path_buf()
}

/// Every file below `root`, sorted by path. Files that are no UTF-8 (pictures) are there by name,
/// with an empty text.
///
/// # Errors
/// The first folder or file that cannot be read.
pub fn text_files(root: &Path) -> io::Result<Vec<TextFile>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() && !is_skipped(&path) {
                folders.push(path);
            } else if kind.is_file() && !is_private(&path) {
                files.push(read_text(root, &path)?);
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn is_skipped(folder: &Path) -> bool {
    folder.ends_with(RUNTIME_DATA)
        || folder.file_name().is_some_and(|name| SKIPPED_FOLDERS.iter().any(|skip| name == *skip))
}

/// A person's own settings are git-ignored and none of our business.
fn is_private(file: &Path) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let is_secret = file.parent().is_some_and(|folder| folder.ends_with("ops/secrets"));
    (name.starts_with(".env") && name != ".env.example") || (is_secret && name != ".gitignore")
}

fn read_text(root: &Path, path: &Path) -> io::Result<TextFile> {
    let bytes = fs::read(path)?;
    let relative = path.strip_prefix(root).unwrap_or(path);
    let relative = relative.to_string_lossy().replace('\\', "/");
    Ok(TextFile { path: relative, text: String::from_utf8(bytes).unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace_and_this_crate() {
        let files = text_files(&root()).unwrap();
        for expected in ["Cargo.toml", "backend/crates/xtask/src/repository.rs"] {
            assert!(files.iter().any(|file| file.path == expected), "{expected}");
        }
        assert!(files.iter().all(|file| !file.path.starts_with("target/")));
    }

    #[test]
    fn a_persons_own_settings_are_not_read() {
        assert!(is_private(Path::new("x/.env")));
        assert!(is_private(Path::new(".env.prod")));
        assert!(is_private(Path::new("ops/secrets/mexc_api_key")));
        assert!(!is_private(Path::new("ops/secrets/.gitignore")));
        assert!(!is_private(Path::new(".env.example")));
    }
}
