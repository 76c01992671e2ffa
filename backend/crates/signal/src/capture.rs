//! Numbers into fields: prices, percentages and leverage apart, list marks and counts left out.

use domain::Decimal;

use crate::context::{Context, Walk};
use crate::fields::Found;
use crate::items::{Item, What};
use crate::lexicon::Tag;
use crate::number::{Form, Number, Unit};

/// More prices than this in one field are not read.
const MAX_PRICES: usize = 32;
/// Items inspected when looking ahead for the percent sign of a list.
const MAX_PERCENT_LIST: usize = 16;
/// The largest list index and the largest leverage believed.
const MAX_INDEX: u32 = 20;
const MAX_LEVERAGE: u32 = 200;

impl Walk<'_> {
    /// Reads a number in the open context.
    pub(crate) fn number(&mut self, at: usize, number: Number, item: &Item) {
        match number.unit {
            Unit::Leverage => self.leverage(number, item),
            Unit::Percent => self.percent(number, item),
            Unit::Plain
                if self.is_leverage_range(at)
                    || self.follows_times(at)
                    || self.counts_times(at) =>
            {
                self.leverage(number, item);
            }
            Unit::Plain if self.context == Context::Leverage => self.leverage(number, item),
            Unit::Plain if self.is_index(at, number, item) => self.shut = false,
            Unit::Plain if self.counts_something(at) => {}
            Unit::Plain if self.is_percent_range(at) || self.is_percent_list(at, number) => {
                self.percent(number, item);
            }
            Unit::Plain => self.price(at, number, item),
        }
    }

    /// Takes the first leverage named.
    pub(crate) fn leverage(&mut self, number: Number, item: &Item) {
        let whole =
            u32::try_from(number.value.normalize()).ok().filter(|_| number.value.fract().is_zero());
        let allowed = self.context != Context::Other && self.fields.leverage.is_none();
        if let Some(times) = whole.filter(|times| allowed && (1..=MAX_LEVERAGE).contains(times)) {
            self.fields.leverage = Some((times, item.start, item.end));
        }
    }

    /// `x20`.
    fn follows_times(&self, at: usize) -> bool {
        let glued = self.items.list.get(at).is_some_and(|item| item.glued);
        let before = at.checked_sub(1).and_then(|index| self.items.list.get(index));
        glued && before.is_some_and(|item| self.items.text(item) == "x")
    }

    /// `10倍杠杆`.
    fn counts_times(&self, at: usize) -> bool {
        let next = self.items.list.get(at + 1);
        next.is_some_and(|item| {
            item.what == What::Tag(Tag::Leverage) && self.items.text(item).starts_with('倍')
        })
    }

    /// `5-10x`, `20 to 75x`: the lower end.
    fn is_leverage_range(&self, at: usize) -> bool {
        let joined = matches!(
            self.items.what(at + 1),
            Some(What::Punct('-' | '/') | What::Tag(Tag::Filler))
        );
        joined
            && matches!(self.items.what(at + 2), Some(What::Number(n)) if n.unit == Unit::Leverage)
    }

    /// `5-10%` without spaces; `0.45 - 12.5%` is a price and a share.
    fn is_percent_range(&self, at: usize) -> bool {
        let glued = |index: usize| self.items.list.get(index).is_some_and(|item| item.glued);
        let joined =
            self.items.what(at + 1) == Some(What::Punct('-')) && glued(at + 1) && glued(at + 2);
        joined
            && matches!(self.items.what(at + 2), Some(What::Number(n)) if n.unit == Unit::Percent)
    }

    /// `50 - 80 - 100 - 150%`: targets in percent, the sign behind the last.
    fn is_percent_list(&self, at: usize, number: Number) -> bool {
        let open = self.context == Context::Target && self.fields.tps.is_empty();
        let after = self.items.list.get(at + 1..).unwrap_or_default().iter().take(MAX_PERCENT_LIST);
        let mut plain = 1;
        for item in after.filter(|item| !matches!(item.what, What::Punct('-' | '/' | ','))) {
            match item.what {
                What::Number(next) if !next.value.fract().is_zero() => return false,
                What::Number(next) if next.unit == Unit::Percent => {
                    let goes_on = !self.fields.tp_pcts.is_empty() && self.on_line == 0;
                    return open && number.value.fract().is_zero() && (plain > 1 || goes_on);
                }
                What::Number(next) if next.unit == Unit::Plain => plain += 1,
                _ => return false,
            }
        }
        false
    }

    /// "5 minutes", "30 percent", "3,000 BTC".
    fn counts_something(&self, at: usize) -> bool {
        let coins = matches!(self.items.what(at + 1), Some(What::Symbol(_)));
        if coins && !self.line_leads(at) {
            return true;
        }
        let unit = |index: usize| self.items.what(index) == Some(What::Tag(Tag::Unit));
        unit(at + 1) || (at > 0 && unit(at - 1) && !self.fresh_list(at))
    }

    fn fresh_list(&self, at: usize) -> bool {
        // "1小时跌破0.194": the unit belongs to the number before it.
        at > 1 && matches!(self.items.what(at - 2), Some(What::Number(_) | What::Opaque))
    }

    /// `TP1`, `Target 2:`, `ENTRY2`.
    fn is_index(&self, at: usize, number: Number, item: &Item) -> bool {
        let label = at.checked_sub(1).and_then(|before| self.items.what(before));
        let is_label = |what: Option<What>| {
            matches!(what, Some(What::Tag(Tag::Target | Tag::Entry | Tag::Stop)))
        };
        let labelled = is_label(label);
        let enclosed = label == Some(What::Punct('('))
            && at > 1
            && is_label(self.items.what(at - 2))
            && self.punct_follows(at, ')');
        let small = number.form == Form::Certain
            && number.value.fract().is_zero()
            && number.value <= Decimal::from(MAX_INDEX)
            && number.value >= Decimal::ONE;
        if !small || !labelled {
            return small && enclosed;
        }
        let position = u32::try_from(number.value).unwrap_or(0) as usize;
        match self.items.what(at + 1) {
            _ if item.glued => true,
            Some(What::Punct(':' | ')' | '=' | '>') | What::Sign(_) | What::Tag(Tag::Done)) => true,
            Some(What::Punct('-' | '.' | ';' | '$') | What::Number(_)) => {
                position == self.fields.tps.len() + 1
                    && (self.price_follows(at + 1) || self.names_list_item(at, position))
            }
            _ => false,
        }
    }

    /// `Target 6 - Moon: 263`: a mark with a name of its own.
    fn names_list_item(&self, at: usize, position: usize) -> bool {
        let worded = matches!(self.items.what(at + 2), Some(What::Word | What::Tag(_)));
        position > 1 && self.punct_follows(at, '-') && worded
    }

    fn percent(&mut self, number: Number, item: &Item) {
        let value = number.value.abs().normalize();
        let found = Found { value, form: number.form, start: item.start, end: item.end };
        match self.context {
            _ if self.foreign || self.shut || value.is_zero() => {}
            Context::Target if self.fields.tp_pcts.len() < MAX_PRICES => {
                self.fields.tp_pcts.push(found);
            }
            // Two lines below the label a share is somebody's risk.
            Context::Stop if self.lines < 2 => _ = self.fields.sl_pct.get_or_insert(found),
            _ => {}
        }
    }

    fn price(&mut self, at: usize, number: Number, item: &Item) {
        let found = Found {
            value: self.behind_point(at, number, item).normalize(),
            form: number.form,
            start: item.start,
            end: item.end,
        };
        if found.value.is_zero() || self.foreign {
            return;
        }
        if self.context == Context::Closed && self.line_leads(at) {
            self.lead = Some(found);
            return;
        }
        if self.shut || !self.continues_list(at) {
            self.leave(found);
            return;
        }
        self.store(found, item);
    }

    /// `.405` is 0.405: the point stands apart from what is before it.
    fn behind_point(&self, at: usize, number: Number, item: &Item) -> Decimal {
        let before = at.checked_sub(1).and_then(|index| self.items.list.get(index));
        let pointed = before.is_some_and(|item| item.what == What::Punct('.') && !item.glued);
        let whole = item.glued && number.value.fract().is_zero();
        if !pointed || !whole {
            return number.value;
        }
        let digits = item.end.saturating_sub(item.start) as usize;
        let fraction =
            (0..digits).try_fold(number.value, |value, _| value.checked_div(Decimal::TEN));
        fraction.unwrap_or(number.value)
    }

    /// A list goes on in the next line only as a list: marked items, or bare numbers under a label.
    fn continues_list(&mut self, at: usize) -> bool {
        if self.captured == 0 || self.lines == 0 || self.on_line > 0 {
            return true;
        }
        match self.context {
            // Among marked items a bare number is none of them.
            Context::Target => {
                let listed = matches!(self.list, Some((Context::Target, _)));
                !listed || self.marked(at) || !self.alone_on_line(at)
            }
            Context::Entry => {
                let marked = self.marked(at);
                let marked = marked || self.alone_on_line(at);
                let listed = self.fields.listed_entries || marked;
                self.fields.listed_entries |= marked;
                listed || self.fields.zone
            }
            _ => false,
        }
    }

    /// Whether a list mark stands before the number.
    fn marked(&self, at: usize) -> bool {
        let mark = |index: usize| matches!(self.items.what(index), Some(What::Index(_)));
        (1..=3).any(|back| at.checked_sub(back).is_some_and(mark))
    }

    pub(crate) fn line_leads(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).and_then(|index| self.items.what(index));
        match before(1) {
            None | Some(What::Newline | What::Sign(_)) => true,
            Some(What::Punct('+' | '-')) => !matches!(before(2), Some(What::Number(_))),
            _ => false,
        }
    }

    fn store(&mut self, found: Found, item: &Item) {
        let targets_read = !self.fields.tps.is_empty();
        let fields = &mut self.fields;
        let list = match self.context {
            Context::Head => &mut fields.naked,
            Context::Entry => &mut fields.entries,
            Context::Price => &mut fields.priced,
            Context::Target => &mut fields.tps,
            Context::Stop => {
                fields.sl.get_or_insert(found);
                self.captured += 1;
                self.on_line += 1;
                return;
            }
            Context::Closed | Context::Leverage | Context::Other => {
                self.leave(found);
                return;
            }
        };
        let found =
            if self.context == Context::Target { without_index(found, list, item) } else { found };
        let repeated = self.captured == 0 && !list.is_empty() && self.context == Context::Entry;
        let known = repeated && list.iter().any(|price| price.value == found.value);
        let closed = repeated && targets_read;
        if list.len() < MAX_PRICES && !known && !closed {
            fields.listed_entries |= repeated;
            list.push(found);
        }
        self.captured += 1;
        self.on_line += 1;
    }
}

/// `TP41.3100` is the fourth target at 1.31: the list number has lost its space.
fn without_index(found: Found, earlier: &[Found], item: &Item) -> Found {
    let Some(last) = earlier.last().filter(|_| item.glued && !found.value.fract().is_zero()) else {
        return found;
    };
    let digits = found.value.trunc().to_string();
    let index = (earlier.len() + 1).to_string();
    let rest = digits.strip_prefix(&index).filter(|rest| !rest.is_empty());
    let odd = found.value > last.value * Decimal::from(3);
    let whole = rest.and_then(|rest| rest.parse::<Decimal>().ok()).filter(|_| odd);
    whole.map_or(found, |whole| Found { value: whole + found.value.fract(), ..found })
}
