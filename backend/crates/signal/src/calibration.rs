//! From the model's probability to confidence: how often it is right that the intent is this one
//! and that the fields suffice to trade, measured on messages it was not trained on.

use std::fmt::Write as _;

use crate::model::finite;
use crate::score::Reservations;

/// What the confidence in a trade depends on, in the order of the file.
pub const TRADE_TERMS: [&str; 16] = [
    "always",
    "probability",
    "no_coin",
    "guessed_coin",
    "unmarked_coin",
    "levels_against_side",
    "contradiction",
    "no_bounds",
    "several_coins",
    "no_side_word",
    "no_stop",
    "no_target",
    "unlabelled_entry",
    "told_by_place",
    "unread_prices",
    "strange_words",
];
/// What the confidence in any other intent depends on.
pub const QUIET_TERMS: [&str; 6] =
    ["always", "probability", "update", "close", "complete_setup", "strange_words"];

/// A trade without a coin cannot be made.
const NO_COIN: f64 = 0.3;
/// Levels that cannot all be meant must not trade by themselves.
const CONTRADICTION: f64 = 0.7;
/// No text is surer than this: some message of another kind always comes.
const CEILING: f64 = 0.99;
/// More prices that no field took say nothing more.
const MOST_UNREAD: u32 = 3;
/// A probability is kept this far from certainty.
const EDGE: f64 = 1e-4;

/// What the confidence in a judgement depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Terms {
    /// BUY or SELL: [`TRADE_TERMS`].
    Trade([f64; TRADE_TERMS.len()]),
    /// Any other intent: [`QUIET_TERMS`].
    Quiet([f64; QUIET_TERMS.len()]),
}

/// Logistic weights of the terms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// For BUY and SELL.
    pub trade: [f64; TRADE_TERMS.len()],
    /// For UPDATE, CLOSE and `NO_TRADE`.
    pub quiet: [f64; QUIET_TERMS.len()],
}

impl Calibration {
    /// What is assumed before anything was measured.
    pub const PRIOR: Self = Self {
        trade: [
            0.0, 1.0, -1.0, -1.0, -0.2, -1.0, -1.0, -0.5, -0.3, -0.2, -0.2, -0.2, -0.2, -0.5, -1.0,
            -1.0,
        ],
        quiet: [0.0, 1.0, 0.0, 0.0, -0.5, -1.0],
    };

    /// The confidence in a judgement, 0 to 1.
    pub fn confidence(&self, terms: &Terms) -> f64 {
        match terms {
            Terms::Trade(terms) => {
                let [_, _, no_coin, _, _, against, contradiction, ..] = *terms;
                let coin = if no_coin > 0.0 { NO_COIN } else { 1.0 };
                let sense = if against + contradiction > 0.0 { CONTRADICTION } else { 1.0 };
                sigmoid(dot(&self.trade, terms)).min(coin).min(sense).min(CEILING)
            }
            Terms::Quiet(terms) => sigmoid(dot(&self.quiet, terms)).min(CEILING),
        }
    }

    /// The line of a model file, behind its name.
    pub(crate) fn to_text(self) -> String {
        let mut text = String::new();
        for (index, weight) in self.trade.iter().chain(&self.quiet).enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(text, "{}{weight:.3}", if index > 0 { " " } else { "" });
        }
        text
    }

    /// Reads what [`Self::to_text`] writes.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut calibration =
            Self { trade: [0.0; TRADE_TERMS.len()], quiet: [0.0; QUIET_TERMS.len()] };
        let mut values = text.split_whitespace();
        for weight in calibration.trade.iter_mut().chain(&mut calibration.quiet) {
            let needed = TRADE_TERMS.len() + QUIET_TERMS.len();
            *weight = finite(values.next().ok_or(format!("a calibration has {needed} values"))?)?;
        }
        let (trade, quiet) = (calibration.trade[1], calibration.quiet[1]);
        if trade <= 0.0 || quiet <= 0.0 {
            return Err("a likelier intent must not be believed less".to_owned());
        }
        Ok(calibration)
    }
}

impl Terms {
    /// The terms of a trade.
    pub(crate) fn of_trade(probability: f64, held: Reservations) -> Self {
        Self::Trade([
            1.0,
            logit(probability),
            flag(held.coin == 0),
            flag(held.coin == 1),
            flag(held.coin == 2),
            flag(held.levels_against_side),
            flag(held.contradiction),
            flag(held.no_bounds),
            flag(held.several_coins),
            flag(held.no_side_word),
            flag(held.no_stop),
            flag(held.no_target),
            flag(held.unlabelled_entry),
            flag(held.told_by_place),
            f64::from(held.unread_prices.min(MOST_UNREAD)) / f64::from(MOST_UNREAD),
            held.strange_words,
        ])
    }

    /// The terms of another intent; `class` 1 is an update, 2 a closing.
    pub(crate) fn of_quiet(probability: f64, class: usize, held: Reservations) -> Self {
        Self::Quiet([
            1.0,
            logit(probability),
            flag(class == 1),
            flag(class == 2),
            flag(held.complete_setup),
            held.strange_words,
        ])
    }
}

const fn flag(condition: bool) -> f64 {
    if condition { 1.0 } else { 0.0 }
}

fn logit(probability: f64) -> f64 {
    let kept = probability.clamp(EDGE, 1.0 - EDGE);
    (kept / (1.0 - kept)).ln()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn dot<const N: usize>(left: &[f64; N], right: &[f64; N]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}
