//! What a price is for, where its label does not say: told by where it stands among the others.
//!
//! The prices of one signal lie near each other, the stop on one side of the entry and the targets
//! on the other. A list number lies far from all of them; an entry told in passing lies between
//! stop and targets.

use domain::Decimal;

use crate::context::{Context, Walk};
use crate::fields::{Fields, Found, Unread};
use crate::intent::Direction;
use crate::items::{Item, What};
use crate::lexicon::Tag;
use crate::number::{Form, Unit};

/// Prices of one signal lie within this factor of their middle.
const NEAR: u32 = 3;
/// A whole number so many times off, and no larger than a list mark, is one.
const MARK_BELOW: u32 = 3;
const MARK_ABOVE: u32 = 20;
const LARGEST_MARK: u32 = 20;
/// More prices without a field are not kept.
const MAX_UNREAD: usize = 16;
/// Words between a price and the label behind it.
const MAX_REMARK: usize = 5;
/// More words that label exits are not kept.
const MAX_EXIT_LABELS: usize = 16;
/// Without a stop an entry told in passing lies within this part of the nearest target.
const PASSING: Decimal = Decimal::from_parts(25, 0, 0, false, 2);

impl Walk<'_> {
    /// Keeps a price that no field takes.
    pub(crate) fn leave(&mut self, found: Found) {
        let meant = !matches!(self.context, Context::Other | Context::Leverage);
        if meant && self.fields.unread.len() < MAX_UNREAD {
            let label = self.label.filter(|_| self.captured == 0);
            self.fields.unread.push(Unread { found, label });
        }
    }

    /// "Sell: 31", "Exit: 31, 34" behind an entry.
    pub(crate) fn exit_label(&mut self, item: &Item) {
        if self.context != Context::Target || self.captured > 0 {
            self.open(Context::Target);
        }
        if self.fields.exit_labels.len() < MAX_EXIT_LABELS {
            self.fields.exit_labels.push(item.start);
        }
    }

    /// Whether a word for leaving labels targets: several prices follow, or a list of them is open.
    pub(crate) fn labels_exits(&self, at: usize) -> bool {
        let listed = self.context == Context::Target
            && at
                .checked_sub(1)
                .is_some_and(|before| matches!(self.items.what(before), Some(What::Index(_))));
        let leads =
            matches!(self.items.what(at + 1), Some(What::Punct(':') | What::Tag(Tag::Filler)));
        // "🔘 Close at 0.098" under "Targets:".
        let told = self.context == Context::Target && self.price_follows(at + 1);
        let priced = self.prices_follow(at + 1) > 1;
        listed || told || (self.entered() && (priced || leads && self.prices_follow(at + 2) > 1))
    }

    /// How many plain numbers follow, with nothing but separators and fillers between.
    fn prices_follow(&self, from: usize) -> usize {
        let after = self.items.list.get(from..).unwrap_or_default().iter().take(8);
        let list = after.take_while(|item| {
            matches!(item.what, What::Number(n) if n.unit == Unit::Plain)
                || matches!(item.what, What::Punct(_) | What::Tag(Tag::Filler))
        });
        list.filter(|item| matches!(item.what, What::Number(_))).count()
    }

    /// "看3350、3280" behind an entry: where the price will go.
    pub(crate) fn points_on(&self, at: usize, item: &Item) -> bool {
        self.items.text(item) == "看"
            && self.entered()
            && matches!(
                self.context,
                Context::Head | Context::Entry | Context::Closed | Context::Stop
            )
            && self.fields.tps.is_empty()
            && matches!(self.items.what(at + 1), Some(What::Number(n)) if n.unit == Unit::Plain)
    }

    /// A label for the stop: before its price, or directly behind it ("跌破0.365止损").
    pub(crate) fn stop_label(&mut self, at: usize) {
        if self.fields.sl.is_none() && !self.label_leads(at) {
            self.fields.sl = self.take_back(at);
            if self.fields.sl.is_some() {
                self.context = Context::Closed;
                return;
            }
        }
        self.open(Context::Stop);
    }

    /// Whether anything but the end of the clause comes behind a label.
    fn label_leads(&self, at: usize) -> bool {
        !matches!(
            self.items.what(at + 1),
            None | Some(What::Newline | What::Punct(';' | ',' | '.' | ')'))
        )
    }

    /// The item directly before `at`, or the price that opens the line: "0.06$ can be stop".
    fn price_before(&self, at: usize) -> Option<usize> {
        let before = self.items.list.get(..at)?.iter().rev().take(MAX_REMARK);
        let words = before.take_while(|item| {
            matches!(item.what, What::Word | What::Punct('$') | What::Tag(Tag::Filler | Tag::Plain))
        });
        let opening = at.checked_sub(words.count() + 1)?;
        if self.line_leads(opening) { Some(opening) } else { at.checked_sub(1) }
    }

    /// The price directly before the item at `at`, out of the field that took it last.
    fn take_back(&mut self, at: usize) -> Option<Found> {
        let before = self.items.list.get(self.price_before(at)?)?;
        let fields = &mut self.fields;
        let list = match self.context {
            Context::Target => &mut fields.tps,
            Context::Entry => &mut fields.entries,
            Context::Head => &mut fields.naked,
            _ => return None,
        };
        // The only price of a list is what its own label says.
        let last = list.last().filter(|last| last.start == before.start && list.len() > 1)?;
        let taken = *last;
        list.pop();
        Some(taken)
    }
}

impl Fields {
    /// Gives every price the role that its place among the others leaves it.
    pub(crate) fn settle_roles(&mut self) {
        self.drop_list_marks();
        self.part_exits();
        let known: Vec<Decimal> = self.prices().map(|price| price.value).collect();
        let Some(middle) = median(known) else {
            return;
        };
        let mut unread = std::mem::take(&mut self.unread);
        unread.retain(|one| is_near(one.found.value, middle));
        unread.retain(|one| !self.prices().any(|known| known.value == one.found.value));
        let found = unread.len();
        self.take_labelled(&mut unread);
        self.take_passing(&mut unread);
        self.told_by_place += found - unread.len();
        self.unread = unread;
    }

    /// Whole numbers far from all prices: "1차 목표", "E1".
    fn drop_list_marks(&mut self) {
        let known: Vec<Decimal> = self.prices().map(|price| price.value).collect();
        if known.len() < 3 {
            return;
        }
        let Some(middle) = median(known) else {
            return;
        };
        let is_mark = |price: &Found| {
            let value = price.value;
            price.form == Form::Certain
                && value.fract().is_zero()
                && value <= Decimal::from(LARGEST_MARK)
                && (value.saturating_mul(Decimal::from(MARK_BELOW)) < middle
                    || value > middle.saturating_mul(Decimal::from(MARK_ABOVE)))
        };
        self.entries.retain(|price| !is_mark(price));
        self.tps.retain(|price| !is_mark(price));
        self.sl = self.sl.filter(|price| !is_mark(price));
    }

    /// "Long from 1.85 to 2.0 and 2.2": three and more unlabelled prices that only get better.
    fn part_exits(&mut self) {
        let unlabelled = !self.is_labelled() && self.tps.is_empty() && self.tp_pcts.is_empty();
        let Some(side) = self.first_side.filter(|_| unlabelled && self.entries.len() > 2) else {
            return;
        };
        let better = self.entries.windows(2).all(|pair| match side {
            Direction::Long => pair[0].value < pair[1].value,
            Direction::Short => pair[0].value > pair[1].value,
        });
        if better {
            self.tps = self.entries.split_off(1);
            self.told_by_place = self.tps.len();
        }
    }

    /// Prices behind a label and a few words that nobody knows.
    fn take_labelled(&mut self, unread: &mut Vec<Unread>) {
        let (entries, targets) = (self.entries.is_empty(), self.tps.is_empty());
        let targets = targets && self.tp_pcts.is_empty();
        let stop = self.sl.is_none() && self.sl_pct.is_none();
        unread.retain(|one| {
            let value = one.found.value;
            match one.label {
                Some(Context::Entry) if entries => self.entries.push(one.found),
                Some(Context::Target) if targets || self.goes_on(value) => {
                    self.tps.push(one.found);
                }
                Some(Context::Stop) if stop && self.sl.is_none() => self.sl = Some(one.found),
                _ => return true,
            }
            false
        });
    }

    /// Whether a target lies beyond the last one, in the direction that they take.
    fn goes_on(&self, value: Decimal) -> bool {
        let [.., before, last] = self.tps.as_slice() else {
            return false;
        };
        (before.value < last.value && last.value < value)
            || (before.value > last.value && last.value > value)
    }

    /// An entry told in passing lies between stop and nearest target, and nothing else does.
    fn take_passing(&mut self, unread: &mut Vec<Unread>) {
        if !self.entries.is_empty() || self.market {
            return;
        }
        let Some((low, high)) = self.room_for_entry() else {
            return;
        };
        let inside = |one: &Unread| low < one.found.value && one.found.value < high;
        let count = unread.iter().filter(|one| inside(one)).count();
        if (1..=2).contains(&count) {
            self.entries = unread.iter().filter(|one| inside(one)).map(|one| one.found).collect();
            unread.retain(|one| !inside(one));
        }
    }

    /// Where an entry can lie, given the side and the targets.
    fn room_for_entry(&self) -> Option<(Decimal, Decimal)> {
        let targets = || self.tps.iter().map(|target| target.value);
        let stop = self.sl.map(|stop| stop.value);
        match self.first_side.or_else(|| self.side_of_levels())? {
            Direction::Long => {
                let nearest = targets().min()?;
                let farthest = nearest.checked_mul(Decimal::ONE - PASSING)?;
                Some((stop.unwrap_or(farthest), nearest))
            }
            Direction::Short => {
                let nearest = targets().max()?;
                let farthest = nearest.checked_mul(Decimal::ONE + PASSING)?;
                Some((nearest, stop.unwrap_or(farthest)))
            }
        }
    }
}

impl Fields {
    /// The side that stop and targets leave.
    fn side_of_levels(&self) -> Option<Direction> {
        let (stop, target) = (self.sl?.value, self.tps.first()?.value);
        Some(if target > stop { Direction::Long } else { Direction::Short })
    }
}

fn median(mut values: Vec<Decimal>) -> Option<Decimal> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

fn is_near(value: Decimal, middle: Decimal) -> bool {
    let near = Decimal::from(NEAR);
    value.saturating_mul(near) >= middle && middle.saturating_mul(near) >= value
}
