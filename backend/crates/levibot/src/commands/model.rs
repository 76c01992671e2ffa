//! The intent model in force: the embedded one, or the file that `SIGNAL_MODEL` names.

use std::path::Path;

use signal::{Model, ModelError, Reader};

/// Why a model file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ModelFileError {
    /// It cannot be read.
    #[error("cannot read the intent model {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is no model.
    #[error("{path} is no intent model: {source}")]
    Content {
        /// Which.
        path: String,
        /// What is wrong with it.
        source: ModelError,
    },
}

/// Reads a model file.
pub(crate) fn load(path: &Path) -> Result<Model, ModelFileError> {
    let shown = || path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|source| ModelFileError::File { path: shown(), source })?;
    Model::parse(&text).map_err(|source| ModelFileError::Content { path: shown(), source })
}

/// The reader with the model of `file`, or with the embedded one.
pub(crate) fn reader(file: Option<&Path>) -> Result<Reader, ModelFileError> {
    file.map_or_else(|| Ok(Reader::embedded()), |file| load(file).map(Reader::with_model))
}
