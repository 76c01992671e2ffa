//! How far probabilities may be believed: logistic weights of a few terms, fitted on judgements of
//! messages that were left out of training, and the error that remains.

use domain::Intent;
use signal::{Calibration, Terms};

use crate::evaluate::{GENERATED, Judged, Origin};

/// Steps of Newton's method; it settles in a few.
const STEPS: usize = 40;
/// How strongly the terms are drawn to what they were before, in messages.
const STRENGTH: f64 = 4.0;
/// A likelier intent is believed more at least this much.
const LEAST_SLOPE: f64 = 0.2;
/// Generated messages are harder than real ones on purpose; they steady the rarer terms only.
const GENERATED_WEIGHT: f64 = 0.04;
/// A message with made-up words counts this part of the one it was made from.
const ESTRANGED_WEIGHT: f64 = 0.06;
/// Bins of the reliability diagram.
pub(crate) const BINS: usize = 10;

/// Fits the calibration.
pub(crate) fn fit(judged: &[Judged]) -> Calibration {
    let sample = |one: &Judged, terms: &[f64]| Sample {
        terms: terms.to_vec(),
        right: one.right(),
        weight: match one.origin {
            Origin::Labelled => one.weight,
            Origin::Generated => GENERATED_WEIGHT,
            Origin::Estranged if one.source.starts_with(GENERATED) => {
                ESTRANGED_WEIGHT * GENERATED_WEIGHT
            }
            Origin::Estranged => ESTRANGED_WEIGHT * one.weight,
        },
    };
    let (mut trades, mut quiet) = (Vec::new(), Vec::new());
    for one in judged {
        match &one.terms {
            Terms::Trade(terms) => trades.push(sample(one, terms)),
            Terms::Quiet(terms) => quiet.push(sample(one, terms)),
        }
    }
    Calibration {
        trade: logistic(&trades, Calibration::PRIOR.trade),
        quiet: logistic(&quiet, Calibration::PRIOR.quiet),
    }
}

struct Sample {
    terms: Vec<f64>,
    right: bool,
    weight: f64,
}

/// Logistic regression, one weight at a time by Newton's method, damped by the prior.
fn logistic<const N: usize>(samples: &[Sample], prior: [f64; N]) -> [f64; N] {
    let mut weights = prior;
    for _ in 0..STEPS {
        for term in 0..N {
            let step = newton_step(samples, &weights, term, prior[term]);
            weights[term] -= step;
        }
    }
    // The likelier must never be believed less.
    if let Some(slope) = weights.get_mut(1) {
        *slope = slope.max(LEAST_SLOPE);
    }
    weights.map(|weight| (weight * 1000.0).round() / 1000.0)
}

fn newton_step(samples: &[Sample], weights: &[f64], term: usize, prior: f64) -> f64 {
    let (mut gradient, mut curvature) = (STRENGTH * (weights[term] - prior), STRENGTH);
    for one in samples {
        let value = one.terms.get(term).copied().unwrap_or_default();
        if value != 0.0 {
            let sum: f64 = weights.iter().zip(&one.terms).map(|(a, b)| a * b).sum();
            let probability = 1.0 / (1.0 + (-sum).exp());
            let truth = if one.right { 1.0 } else { 0.0 };
            gradient += one.weight * (probability - truth) * value;
            curvature += one.weight * probability * (1.0 - probability) * value * value;
        }
    }
    gradient / curvature
}

/// One bar of a reliability diagram.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Bin {
    /// Messages in it.
    pub(crate) count: usize,
    /// Their mean confidence.
    pub(crate) confidence: f64,
    /// The share that was right.
    pub(crate) right: f64,
}

/// The reliability of judgements: bins of equal width, and the expected calibration error.
pub(crate) fn reliability(judged: &[(f64, bool)]) -> (Vec<Bin>, f64) {
    let mut bins = vec![(0_u32, 0.0, 0_u32); BINS];
    for (confidence, right) in judged {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a confidence lies between 0 and 1"
        )]
        let at = ((confidence * BINS as f64) as usize).min(BINS - 1);
        if let Some((count, sum, hits)) = bins.get_mut(at) {
            *count += 1;
            *sum += confidence;
            *hits += u32::from(*right);
        }
    }
    let total = f64::from(u32::try_from(judged.len()).unwrap_or(u32::MAX)).max(1.0);
    let error =
        bins.iter().map(|(_, sum, hits)| (sum - f64::from(*hits)).abs()).sum::<f64>() / total;
    let bin = |(count, sum, hits): (u32, f64, u32)| {
        let number = f64::from(count.max(1));
        Bin { count: count as usize, confidence: sum / number, right: f64::from(hits) / number }
    };
    (bins.into_iter().map(bin).collect(), error)
}

/// Whether an intent opens a trade.
pub(crate) const fn opens(intent: Intent) -> bool {
    matches!(intent, Intent::Buy | Intent::Sell)
}
