//! The fields of a message, and what decides between two readings of them.
//!
//! How they are found: [`crate::context`].

use domain::Decimal;

use crate::context::{Context, Walk};
use crate::intent::Direction;
use crate::items::Items;
use crate::number::Form;

/// A price, or a distance in percent, with the text it was read from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    pub(crate) value: Decimal,
    pub(crate) form: Form,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// What introduced the entries of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum EntrySource {
    /// A side, a coin or the plain word "price".
    #[default]
    Neighbour,
    /// A label for entries.
    Label,
}

/// What was read from a message.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    pub(crate) entries: Vec<Found>,
    /// What introduced the entries.
    pub(crate) entry_source: EntrySource,
    /// Prices beside the side or coin without any label; entries when there are no others.
    pub(crate) naked: Vec<Found>,
    /// Prices under the plain label "price"; entries when there are no others.
    pub(crate) priced: Vec<Found>,
    pub(crate) tps: Vec<Found>,
    /// Targets in percent.
    pub(crate) tp_pcts: Vec<Found>,
    pub(crate) sl: Option<Found>,
    /// The stop in percent.
    pub(crate) sl_pct: Option<Found>,
    pub(crate) leverage: Option<(u32, u32, u32)>,
    /// "now", "CMP", "по рынку" where the entry stands.
    pub(crate) market: bool,
    /// The label says zone or range.
    pub(crate) zone: bool,
    /// Several entries stood in a list or under labels of their own.
    pub(crate) listed_entries: bool,
    /// How many prices have their role from where they stand among the others.
    pub(crate) told_by_place: usize,
    /// Prices that no field took, with the label before them on their line.
    pub(crate) unread: Vec<Unread>,
    /// The side that the first word for one names, in the order of the text.
    pub(crate) first_side: Option<Direction>,
    /// Where words for a side or for leaving stand that label targets: `Sell: 31`, `Exit: 31, 34`.
    pub(crate) exit_labels: Vec<u32>,
}

/// A price that no field took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unread {
    pub(crate) found: Found,
    /// The field that a label before it on the same line names.
    pub(crate) label: Option<Context>,
}

impl Fields {
    /// Reads the fields around the primary symbol.
    pub(crate) fn read(items: &Items) -> Self {
        let mut fields = Walk::over(items);
        fields.settle();
        fields
    }

    /// Whether a label introduced the entries.
    pub(crate) fn is_labelled(&self) -> bool {
        self.entry_source == EntrySource::Label
    }

    /// Takes the weaker readings where the stronger are missing, and decides on separators.
    fn settle(&mut self) {
        if !self.entries.is_empty() {
            self.entry_source = EntrySource::Label;
        }
        if self.entries.is_empty() {
            let weaker = if self.naked.is_empty() { &mut self.priced } else { &mut self.naked };
            self.entries = std::mem::take(weaker);
        }
        self.settle_roles();
        if self.sl.is_some() {
            self.sl_pct = None;
        }
        if !self.tps.is_empty() {
            self.tp_pcts.clear();
        }
        self.settle_commas();
    }

    /// One certain decimal comma makes the others decimal too.
    fn settle_commas(&mut self) {
        let certain = self.prices().any(|price| price.form == Form::DecimalComma);
        let points = self.prices().any(|price| price.form == Form::DotGroup);
        if certain && !points {
            self.rescale(Form::CommaGroup, |value| value.checked_div(Decimal::ONE_THOUSAND));
        }
    }

    /// Points as thousands separators: the coin is known to cost thousands, all prices look so.
    pub(crate) fn settle_points(&mut self, symbol: &str) {
        let (coin, limit) = match symbol.get(..3) {
            Some("BTC" | "YFI" | "XAU") => (true, 1000),
            Some("ETH") => (symbol.starts_with("ETHUSD") || symbol.starts_with("ETHBUSD"), 20),
            _ => (false, 0),
        };
        let grouped =
            |price: &Found| price.form == Form::DotGroup && price.value < Decimal::from(limit);
        if coin && self.prices().next().is_some() && self.prices().all(|price| grouped(&price)) {
            self.rescale(Form::DotGroup, |value| value.checked_mul(Decimal::ONE_THOUSAND));
        }
    }

    pub(crate) fn prices(&self) -> impl Iterator<Item = Found> + '_ {
        self.entries.iter().chain(&self.tps).chain(&self.sl).copied()
    }

    fn rescale(&mut self, form: Form, rescaled: impl Fn(Decimal) -> Option<Decimal>) {
        for price in self.entries.iter_mut().chain(&mut self.tps).chain(&mut self.sl) {
            if price.form == form {
                price.value = rescaled(price.value).unwrap_or(price.value).normalize();
            }
        }
    }
}
