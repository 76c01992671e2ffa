//! `levibot score`: what a message says and how sure that is.

mod explain;
mod shape;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use signal::{Reader, Reading};

use self::shape::Scored;

use crate::cli::ScoreArgs;

/// Why nothing, or not everything, was scored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScoreError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A line is not a message.
    #[error("line {line} is not a JSON object with a text: {reason}")]
    Line {
        /// Counts from 1.
        line: usize,
        /// What the parser said.
        reason: String,
    },
    /// The model named cannot be used.
    #[error(transparent)]
    Model(#[from] super::model::ModelFileError),
    /// The result cannot be written.
    #[error("cannot write the result: {0}")]
    Output(#[from] io::Error),
}

#[derive(Deserialize)]
struct MessageLine {
    #[serde(default)]
    id: Option<serde_json::Value>,
    text: String,
}

/// Scores what is asked for onto standard output.
pub(crate) fn run(args: &ScoreArgs) -> Result<(), ScoreError> {
    let named = std::env::var_os("SIGNAL_MODEL").filter(|file| !file.is_empty());
    let file = args.model.clone().or_else(|| named.map(PathBuf::from));
    let reader = super::model::reader(file.as_deref())?;
    // Colours go only to terminals, and not where NO_COLOR is set.
    let mut out = io::BufWriter::new(anstream::AutoStream::auto(io::stdout().lock()));
    if let Some(file) = &args.file {
        score_file(&reader, file, args.json, &mut out)?;
    } else if let Some(text) = &args.text {
        let reading = reader.read(text, &|_| false);
        print_one(None, text, &reading, args.json, &mut out)?;
    }
    out.flush()?;
    Ok(())
}

fn score_file(
    reader: &Reader,
    path: &Path,
    json: bool,
    out: &mut impl Write,
) -> Result<(), ScoreError> {
    let failed = |source| ScoreError::File { path: path.display().to_string(), source };
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let (mut line, mut number) = (String::new(), 0);
    while file.read_line(&mut line).map_err(failed)? > 0 {
        number += 1;
        if !line.trim().is_empty() {
            let message: MessageLine = serde_json::from_str(&line)
                .map_err(|error| ScoreError::Line { line: number, reason: error.to_string() })?;
            let reading = reader.read(&message.text, &|_| false);
            print_one(message.id, &message.text, &reading, json, out)?;
        }
        line.clear();
    }
    Ok(())
}

fn print_one(
    id: Option<serde_json::Value>,
    text: &str,
    reading: &Reading,
    json: bool,
    out: &mut impl Write,
) -> Result<(), ScoreError> {
    if json {
        serde_json::to_writer(&mut *out, &Scored::new(id, reading)).map_err(io::Error::from)?;
        writeln!(out)?;
        return Ok(());
    }
    explain::print(id.as_ref(), text, reading, out)?;
    Ok(())
}
