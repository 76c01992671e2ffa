//! Multinomial logistic regression: `AdaGrad` over the messages in a fixed, seeded order, each
//! weight drawn towards what it was before (the rules' by judgement, the others to zero).

use signal::CLASSES;

/// Passes over the messages.
const EPOCHS: usize = 24;
/// Step of a weight that was never moved.
const RATE: f64 = 0.35;
/// What the squared gradients start from, so that first steps are small.
const START: f64 = 0.2;
const SEED: u64 = 0x1e71_b075;

/// A message as the optimiser sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// Features present (index, value), each index once.
    pub(crate) features: Vec<(u32, f64)>,
    /// The class it belongs to.
    pub(crate) class: usize,
    /// How much it counts.
    pub(crate) weight: f64,
}

/// What a weight is drawn to, and how strongly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Prior {
    pub(crate) weights: [f64; CLASSES],
    /// As strong as so many messages' worth of gradient.
    pub(crate) strength: f64,
}

struct Weight {
    value: [f64; CLASSES],
    squares: [f64; CLASSES],
    /// The prior's pull at each message that holds the feature.
    pull: f64,
}

/// Fits the weights. The same rows and priors give the same weights.
pub(crate) fn fit(rows: &[Row], priors: &[Prior]) -> Vec<[f64; CLASSES]> {
    let mut weights = start(rows, priors);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut rng = fastrand::Rng::with_seed(SEED);
    for _ in 0..EPOCHS {
        rng.shuffle(&mut order);
        for row in order.iter().filter_map(|at| rows.get(*at)) {
            step(row, &mut weights, priors);
        }
    }
    weights.into_iter().map(|weight| weight.value).collect()
}

fn start(rows: &[Row], priors: &[Prior]) -> Vec<Weight> {
    let mut seen = vec![0.0_f64; priors.len()];
    for (at, _) in rows.iter().flat_map(|row| &row.features) {
        if let Some(seen) = seen.get_mut(*at as usize) {
            *seen += 1.0;
        }
    }
    let weight = |(prior, seen): (&Prior, f64)| Weight {
        value: prior.weights,
        squares: [START; CLASSES],
        pull: prior.strength / seen.max(1.0),
    };
    priors.iter().zip(seen).map(weight).collect()
}

fn step(row: &Row, weights: &mut [Weight], priors: &[Prior]) {
    let mut logits = [0.0; CLASSES];
    for (at, value) in &row.features {
        if let Some(weight) = weights.get(*at as usize) {
            for (logit, weight) in logits.iter_mut().zip(weight.value) {
                *logit += weight * value;
            }
        }
    }
    let mut errors = probabilities(logits);
    for (class, error) in errors.iter_mut().enumerate() {
        *error = (*error - if class == row.class { 1.0 } else { 0.0 }) * row.weight;
    }
    for (at, value) in &row.features {
        let at = *at as usize;
        let (Some(weight), Some(prior)) = (weights.get_mut(at), priors.get(at)) else {
            continue;
        };
        let parts = weight.value.iter_mut().zip(&mut weight.squares);
        for ((one, squares), (error, drawn_to)) in parts.zip(errors.iter().zip(prior.weights)) {
            let gradient = error * value + weight.pull * (*one - drawn_to);
            *squares += gradient * gradient;
            *one -= RATE * gradient / squares.sqrt();
        }
    }
}

/// A softmax that cannot overflow.
pub(crate) fn probabilities(logits: [f64; CLASSES]) -> [f64; CLASSES] {
    let largest = logits.iter().copied().fold(f64::MIN, f64::max);
    let powers = logits.map(|logit| (logit - largest).exp());
    let sum: f64 = powers.iter().sum();
    powers.map(|power| power / sum)
}
