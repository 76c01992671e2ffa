//! From messages to a model.

use std::collections::HashMap;

use domain::Intent;
use signal::{CLASSES, Calibration, Model, NamedWeights, Observation, Reader};

use crate::calibrate;
use crate::evaluate::{self, Judged};
use crate::example::Example;
use crate::softmax::{self, Prior, Row};
use crate::vocabulary::Vocabulary;

/// How strongly a rule's weights are drawn to those given by judgement.
const RULE_STRENGTH: f64 = 2.0;
/// How strongly a word's or shape's weights are drawn to zero.
const NAMED_STRENGTH: f64 = 3.0;
/// Weaker features are left out of the model.
const LEAST_WEIGHT: f64 = 0.03;

/// Told between the steps, since training takes a while.
pub type Progress<'a> = &'a mut dyn FnMut(&str);

/// Examples with what the model sees of them, ready for any split.
pub(crate) struct Prepared<'a> {
    pub(crate) examples: &'a [Example],
    observations: Vec<Observation>,
    origins: Vec<usize>,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(examples: &'a [Example]) -> Self {
        let reader = Reader::embedded();
        let observe = |example: &Example| reader.observe(&example.text, &|_| false);
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut number = |example: &'a Example| {
            let next = numbers.len();
            *numbers.entry(&example.source).or_insert(next)
        };
        Self {
            examples,
            observations: examples.iter().map(observe).collect(),
            origins: examples.iter().map(&mut number).collect(),
        }
    }

    /// Fits the weights on the examples that `keep` admits, without calibration.
    pub(crate) fn fit(&self, keep: impl Fn(&Example) -> bool) -> Model {
        let chosen = || (0..self.examples.len()).filter(|at| keep(&self.examples[*at]));
        let vocabulary =
            Vocabulary::choose(chosen().map(|at| (self.origins[at], &self.observations[at])));
        let row = |at: usize| Row {
            features: vocabulary.row(&self.observations[at]),
            class: class_of(self.examples[at].intent),
            weight: self.examples[at].weight,
        };
        let rows: Vec<Row> = chosen().map(row).collect();
        let rules = Model::rule_priors();
        let drawn = |weights, strength| Prior { weights, strength };
        let mut priors: Vec<Prior> =
            rules.iter().map(|rule| drawn(rule.weights, RULE_STRENGTH)).collect();
        priors
            .resize(rules.len() + vocabulary.names().len(), drawn([0.0; CLASSES], NAMED_STRENGTH));
        let mut weights = softmax::fit(&rows, &priors).into_iter().map(rounded);
        let named = |(name, weights): (String, [f64; CLASSES])| NamedWeights { name, weights };
        let rules: Vec<NamedWeights> =
            rules.into_iter().map(|rule| rule.name).zip(weights.by_ref()).map(named).collect();
        let words = vocabulary.names().iter().cloned().zip(weights).map(named);
        let heard = |one: &NamedWeights| one.weights.iter().any(|w| w.abs() >= LEAST_WEIGHT);
        Model::new(rules, words.filter(heard).collect(), Calibration::PRIOR)
    }
}

/// As the model file writes them, so that a model read back judges the same.
fn rounded(weights: [f64; CLASSES]) -> [f64; CLASSES] {
    weights.map(|weight| (weight * 1000.0).round() / 1000.0)
}

/// The class of an intent; BUY and SELL share one and are told apart by the side.
pub(crate) const fn class_of(intent: Intent) -> usize {
    match intent {
        Intent::Buy | Intent::Sell => 0,
        Intent::Update => 1,
        Intent::Close => 2,
        Intent::NoTrade => 3,
    }
}

/// Trains a model on all examples; its calibration comes from messages left out in turn.
/// Returns it with the judgements of the messages left out, which are what it can be measured by.
pub fn train(examples: &[Example], progress: Progress<'_>) -> (Model, Vec<Judged>) {
    progress("reading the messages");
    let prepared = Prepared::new(examples);
    let judged = evaluate::leave_out_in_turn(&prepared, progress);
    progress("fitting on everything");
    let weights = prepared.fit(|_| true);
    let calibration = calibrate::fit(&judged);
    let rules = Model::rule_priors().len();
    let all: Vec<NamedWeights> = weights.features().cloned().collect();
    let (rules, named) = all.split_at(rules);
    (Model::new(rules.to_vec(), named.to_vec(), calibration), judged)
}
