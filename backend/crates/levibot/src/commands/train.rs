//! `levibot train`: fits the intent model, and says what it is worth.

use std::io::{self, Write};
use std::path::Path;

use signal::Model;
use training::report;
use training::{Example, ExampleError, Judged, Origin};

use crate::cli::TrainArgs;

/// The seed of the generated messages.
const SEED: u64 = 1;

/// Why there is no model, or no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrainError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The labelled messages are not there.
    #[error(
        "{0} is not there: the labelled messages lie beside the checkout, not in it. Give others with --data, or train on generated ones alone with --without-data"
    )]
    NoData(String),
    /// A line of labels cannot be used.
    #[error("{path}: {source}")]
    Label {
        /// Of which file.
        path: String,
        /// What is wrong.
        source: ExampleError,
    },
    /// The report cannot be written.
    #[error("cannot write the report: {0}")]
    Output(#[from] io::Error),
    /// A model to inspect is none.
    #[error(transparent)]
    Model(#[from] super::model::ModelFileError),
}

/// Trains, reports or inspects, as asked.
pub(crate) fn run(args: &TrainArgs) -> Result<(), TrainError> {
    if let Some(file) = &args.inspect {
        let model = if file == Path::new("embedded") {
            signal::Reader::embedded().model().clone()
        } else {
            super::model::load(file)?
        };
        return Ok(io::stdout().lock().write_all(report::inspect(&model).as_bytes())?);
    }
    let examples = examples(args)?;
    let mut progress = |step: &str| eprintln!("training: {step}");
    let (model, judged) = training::train(&examples, &mut progress);
    if let Some(out) = &args.out {
        write(out, &model.to_text())?;
        eprintln!("training: wrote {}", out.display());
    }
    publish(args, &model, &judged)
}

fn publish(args: &TrainArgs, model: &Model, judged: &[Judged]) -> Result<(), TrainError> {
    let of = |origin: Origin| judged.iter().filter(|one| one.origin == origin).cloned().collect();
    let mut sections: Vec<(String, Vec<Judged>)> = vec![
        ("labelled messages, each source left out in turn".to_owned(), of(Origin::Labelled)),
        ("generated messages, left out by phrase".to_owned(), of(Origin::Generated)),
        ("both, a part of the words made up".to_owned(), of(Origin::Estranged)),
    ];
    for file in &args.test {
        let unseen = read_examples(file)?;
        let name = format!("{}, not trained on", file.display());
        sections.push((name, training::evaluate(model.clone(), &unseen).judged));
    }
    sections.retain(|(_, judged)| !judged.is_empty());
    let page: Vec<report::Section<'_>> =
        sections.iter().map(|(name, judged)| (name.as_str(), judged.as_slice())).collect();
    if args.report {
        let mut out = io::stdout().lock();
        for (name, judged) in &page {
            writeln!(out, "{}", report::text(name, judged))?;
        }
    }
    if let Some(file) = &args.html {
        write(file, &report::html("LeviBot: what the intent model is worth", &page))?;
    }
    if let (Some(file), Some((_, judged))) = (&args.svg, page.first()) {
        write(file, &report::reliability_svg("Confidence, on sources left out", judged))?;
    }
    Ok(())
}

/// The labelled messages, the users' own, and the generated ones.
fn examples(args: &TrainArgs) -> Result<Vec<Example>, TrainError> {
    let mut examples = Vec::new();
    if args.without_data {
        eprintln!(
            "training: WITHOUT the labelled messages: this gives another model than the one that comes with the program"
        );
    } else if args.data.exists() {
        examples.extend(read_examples(&args.data)?);
    } else {
        return Err(TrainError::NoData(args.data.display().to_string()));
    }
    for file in &args.labels {
        let labels = labels(file)?;
        eprintln!("training: {} labels from {}", labels.len(), file.display());
        examples.extend(labels);
    }
    examples.extend(training::generate(SEED));
    Ok(examples)
}

/// Labels given by people; the newest of a message holds.
pub(crate) fn labels(path: &Path) -> Result<Vec<Example>, TrainError> {
    let named = |label: Example| Example {
        source: if label.source.is_empty() { "labels".to_owned() } else { label.source },
        ..label
    };
    Ok(training::newest(read_examples(path)?).into_iter().map(named).collect())
}

fn read_examples(path: &Path) -> Result<Vec<Example>, TrainError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|source| TrainError::File { path: shown.clone(), source })?;
    training::parse_examples(&text).map_err(|source| TrainError::Label { path: shown, source })
}

fn write(path: &Path, text: &str) -> Result<(), TrainError> {
    std::fs::write(path, text)
        .map_err(|source| TrainError::File { path: path.display().to_string(), source })
}
