//! Counts behind the reports.

use std::collections::BTreeMap;

use domain::Intent;

use crate::calibrate::{Bin, opens, reliability};
use crate::evaluate::{Judged, SURE};

/// The intents in the order of the tables.
pub(crate) const INTENTS: [Intent; 5] =
    [Intent::Buy, Intent::Sell, Intent::Close, Intent::Update, Intent::NoTrade];

/// Figures of a group of messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) messages: usize,
    pub(crate) intents_right: usize,
    /// Messages that must not trade.
    pub(crate) quiet: usize,
    pub(crate) false_trades: usize,
    /// Messages that trade.
    pub(crate) trades: usize,
    pub(crate) fields_right: usize,
    /// Trades found, surely.
    pub(crate) sure_trades: usize,
}

impl Group {
    fn count(&mut self, one: &Judged) {
        self.messages += 1;
        self.intents_right += usize::from(one.labelled == one.judged);
        if opens(one.labelled) {
            self.trades += 1;
            self.fields_right += usize::from(one.wrong_fields.is_empty());
            self.sure_trades += usize::from(one.labelled == one.judged && one.confidence >= SURE);
        } else {
            self.quiet += 1;
            self.false_trades += usize::from(one.is_false_trade());
        }
    }

    pub(crate) fn intent_share(&self) -> f64 {
        percent(self.intents_right, self.messages)
    }

    pub(crate) fn false_share(&self) -> f64 {
        percent(self.false_trades, self.quiet)
    }

    pub(crate) fn field_share(&self) -> f64 {
        percent(self.fields_right, self.trades)
    }

    pub(crate) fn sure_share(&self) -> f64 {
        percent(self.sure_trades, self.trades)
    }
}

/// A share in hundredths; of nothing it is zero.
pub(crate) fn percent(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    100.0 * number(part) / number(whole.max(1))
}

/// Everything that the reports show about a set of judgements.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    pub(crate) all: Group,
    pub(crate) sources: BTreeMap<String, Group>,
    pub(crate) languages: BTreeMap<String, Group>,
    /// By labelled, then by judged intent, in the order of [`INTENTS`].
    pub(crate) confusion: [[usize; 5]; 5],
    pub(crate) bins: Vec<Bin>,
    /// Expected calibration error of the confidence that intent and fields are right.
    pub(crate) calibration_error: f64,
    /// The same against the intent alone.
    pub(crate) intent_calibration_error: f64,
}

impl Figures {
    pub(crate) fn of(judged: &[Judged]) -> Self {
        let (mut all, mut sources, mut languages) =
            (Group::default(), BTreeMap::new(), BTreeMap::new());
        let mut confusion = [[0; 5]; 5];
        for one in judged {
            all.count(one);
            let source: &mut Group = sources.entry(one.source.clone()).or_default();
            source.count(one);
            let language: &mut Group = languages.entry(one.lang.clone()).or_default();
            language.count(one);
            let place = |intent| INTENTS.iter().position(|one| *one == intent).unwrap_or_default();
            confusion[place(one.labelled)][place(one.judged)] += 1;
        }
        let right: Vec<(f64, bool)> =
            judged.iter().map(|one| (one.confidence, one.right())).collect();
        let intent: Vec<(f64, bool)> =
            judged.iter().map(|one| (one.confidence, one.labelled == one.judged)).collect();
        let (bins, calibration_error) = reliability(&right);
        let (_, intent_calibration_error) = reliability(&intent);
        Self {
            all,
            sources,
            languages,
            confusion,
            bins,
            calibration_error,
            intent_calibration_error,
        }
    }
}
