//! Items to fields: which number is an entry, a target, a stop.
//!
//! A price counts only where a label, a side or a coin introduces it. One pass over the items with
//! one open context; unknown words close it.

use domain::Decimal;

use crate::items::{Item, Items, Sign, What};
use crate::lexicon::Tag;
use crate::number::{Form, Number, Unit};

/// More prices than this in one field are not read.
const MAX_PRICES: usize = 32;
/// The largest list index and the largest leverage believed.
const MAX_INDEX: u32 = 20;
const MAX_LEVERAGE: u32 = 200;
/// Items inspected when looking ahead for a closing parenthesis.
const MAX_PARENTHESIS: usize = 40;

/// A price with the text it was read from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    pub(crate) value: Decimal,
    pub(crate) form: Form,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// What was read from a message.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    pub(crate) entries: Vec<Found>,
    /// The entries stood under a label of their own.
    pub(crate) labelled: bool,
    /// Prices beside the side or coin without any label; entries when there are no others.
    pub(crate) naked: Vec<Found>,
    /// Prices under the plain label "price"; entries when there are no others.
    pub(crate) priced: Vec<Found>,
    pub(crate) tps: Vec<Found>,
    pub(crate) tp_pcts: Vec<Decimal>,
    pub(crate) sl: Option<Found>,
    pub(crate) sl_pct: Option<Decimal>,
    pub(crate) leverage: Option<(u32, u32, u32)>,
    /// "now", "CMP", "по рынку" where the entry stands.
    pub(crate) market: bool,
    /// The label says zone or range.
    pub(crate) zone: bool,
    /// Several entries stood in a list or under labels of their own.
    pub(crate) listed_entries: bool,
    /// "SELL:" behind a buy zone named the exit.
    pub(crate) exit_named: bool,
}

/// The field that numbers belong to at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    /// None: numbers mean nothing.
    Closed,
    /// Beside a side or coin.
    Head,
    Entry,
    Price,
    Target,
    Stop,
    Leverage,
    /// Under a label of no interest.
    Other,
}

struct Reading<'a> {
    items: &'a Items,
    fields: Fields,
    context: Context,
    /// Prices read since the label.
    captured: usize,
    /// Prices read since the line began.
    on_line: usize,
    /// Lines passed since the label.
    lines: usize,
    /// An unknown word has ended the list on this line.
    shut: bool,
    /// Another coin's line.
    foreign: bool,
    primary: Option<usize>,
    /// A number that opened the line: an entry if a side follows.
    lead: Option<Found>,
    first_side: Option<Tag>,
}

impl Fields {
    /// Reads the fields around the primary symbol.
    pub(crate) fn read(items: &Items) -> Self {
        let mut reading = Reading {
            items,
            fields: Self::default(),
            context: Context::Closed,
            captured: 0,
            on_line: 0,
            lines: 0,
            shut: false,
            foreign: false,
            primary: items.primary(),
            lead: None,
            first_side: None,
        };
        let mut at = 0;
        while at < items.list.len() {
            at = reading.step(at).max(at + 1);
        }
        let mut fields = reading.fields;
        fields.settle();
        fields
    }

    /// Takes the weaker readings where the stronger are missing, and decides on separators.
    fn settle(&mut self) {
        self.labelled = !self.entries.is_empty();
        if self.entries.is_empty() {
            let weaker = if self.naked.is_empty() { &mut self.priced } else { &mut self.naked };
            self.entries = std::mem::take(weaker);
        }
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

    fn prices(&self) -> impl Iterator<Item = Found> + '_ {
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

impl Reading<'_> {
    /// Reads the item at `at` and returns the index of the next.
    fn step(&mut self, at: usize) -> usize {
        let Some(item) = self.items.list.get(at).copied() else {
            return at + 1;
        };
        match item.what {
            What::Newline => self.newline(),
            What::Tag(tag) => self.tag(at, tag, &item),
            What::Symbol(symbol) => self.symbol(at, symbol),
            What::Number(number) => self.number(at, number, &item),
            What::Index(_) => {
                self.shut &=
                    !matches!(self.context, Context::Entry | Context::Target | Context::Stop)
            }
            What::Sign(sign) => self.sign(at, sign),
            What::Punct(mark) => return self.punct(at, mark),
            What::Word => self.unknown_word(),
            What::Opaque | What::Link => {}
        }
        at + 1
    }

    fn newline(&mut self) {
        self.lines += 1;
        self.shut = false;
        self.lead = None;
        let done = match self.context {
            Context::Stop | Context::Price | Context::Head => self.captured > 0 || self.lines > 2,
            Context::Leverage | Context::Other => true,
            Context::Entry => self.lines > 3 && self.captured == 0,
            Context::Target | Context::Closed => false,
        };
        if done {
            self.context = Context::Closed;
        }
        self.on_line = 0;
    }

    fn open(&mut self, context: Context) {
        (self.context, self.captured, self.lines, self.shut) = (context, 0, 0, false);
    }

    fn tag(&mut self, at: usize, tag: Tag, item: &Item) {
        match tag {
            Tag::Entry => {
                self.open(Context::Entry);
                self.fields.zone |= self.is_zone(item);
            }
            Tag::Target => self.open(Context::Target),
            Tag::Stop => self.open(Context::Stop),
            Tag::Leverage => self.open(Context::Leverage),
            Tag::Price => self.price_label(),
            Tag::Other | Tag::Size | Tag::Update | Tag::Close => self.open(Context::Other),
            Tag::Long | Tag::Short => self.side(at, tag),
            Tag::WeakLong | Tag::WeakShort => self.weak_side(at),
            Tag::Enter => self.enter(),
            Tag::Market => self.market(at),
            Tag::Filler | Tag::Term | Tag::Exchange | Tag::CoinLabel | Tag::Coin(_) | Tag::Unit => {
            }
            _ => self.unknown_word(),
        }
    }

    fn is_zone(&self, item: &Item) -> bool {
        const ZONES: [&str; 14] = [
            "zone",
            "range",
            "area",
            "zona",
            "rango",
            "faixa",
            "диапазон",
            "зона",
            "区间",
            "bolge",
            "aralig",
            "zona",
            "kisaran",
            "between",
        ];
        let text = self.items.text(item);
        ZONES.iter().any(|zone| text.contains(zone))
    }

    fn price_label(&mut self) {
        let waiting = matches!(self.context, Context::Entry | Context::Target | Context::Stop)
            && self.captured == 0;
        if !waiting {
            self.open(Context::Price);
        }
    }

    /// `BUY 60300`, `Buy zone`, `Sell: 0.67` behind a buy zone.
    fn side(&mut self, at: usize, tag: Tag) {
        let labels = self.punct_follows(at, ':') && self.price_follows(at + 2);
        let opposite = self.first_side.is_some_and(|side| side != tag);
        let entered = !self.fields.entries.is_empty();
        if labels && entered {
            self.fields.exit_named |= opposite;
            self.open(if opposite { Context::Target } else { Context::Entry });
        } else if labels {
            self.open(Context::Entry);
        } else if self.context != Context::Entry || self.captured > 0 {
            self.open(Context::Head);
        }
        self.first_side.get_or_insert(tag);
        self.take_lead();
    }

    /// "Al: 5.08" is an entry; "al" alone is any word.
    fn weak_side(&mut self, at: usize) {
        let next = if self.punct_follows(at, ':') { at + 2 } else { at + 1 };
        if self.price_follows(next) {
            self.open(Context::Entry);
        }
    }

    fn enter(&mut self) {
        if self.context != Context::Entry || self.captured > 0 {
            self.open(Context::Head);
        }
    }

    fn take_lead(&mut self) {
        if let Some(lead) = self.lead.take() {
            self.fields.naked.push(lead);
        }
    }

    /// "Market" counts where an entry would stand, or on a line of its own.
    fn market(&mut self, at: usize) {
        let entry = matches!(self.context, Context::Entry | Context::Head) && !self.foreign;
        if entry || self.alone_on_line(at) {
            self.fields.market = true;
        }
        if self.context == Context::Closed && self.alone_on_line(at) {
            self.open(Context::Head);
        }
    }

    fn symbol(&mut self, at: usize, symbol: usize) {
        let primary = Some(symbol) == self.primary;
        if primary {
            self.foreign = false;
        } else if self.begins_line(at) || self.foreign {
            self.foreign = true;
        } else if self.line_names_other(at) {
            self.foreign = true;
        }
        if matches!(self.context, Context::Closed | Context::Other) {
            self.open(Context::Head);
        }
        if primary && self.lead.is_some() && self.first_side.is_some() {
            self.take_lead();
        }
    }

    /// Whether this is the first coin of its line, so that the line is about it.
    fn line_names_other(&self, at: usize) -> bool {
        let before = self.items.list.get(..at).unwrap_or_default().iter().rev().take(24);
        let mut line = before.take_while(|item| item.what != What::Newline);
        let first_line = at <= 24
            && !self
                .items
                .list
                .get(..at)
                .unwrap_or_default()
                .iter()
                .any(|i| i.what == What::Newline);
        !first_line && !line.any(|item| matches!(item.what, What::Symbol(_)))
    }

    fn begins_line(&self, at: usize) -> bool {
        let Some(previous) = at.checked_sub(1).and_then(|before| self.items.what(before)) else {
            return false;
        };
        previous == What::Newline
    }

    fn alone_on_line(&self, at: usize) -> bool {
        let quiet = |what: Option<What>| {
            matches!(
                what,
                None | Some(
                    What::Newline | What::Punct(_) | What::Sign(_) | What::Tag(Tag::Filler)
                )
            )
        };
        let before = at.checked_sub(1).and_then(|index| self.items.what(index));
        quiet(before) && quiet(self.items.what(at + 1))
    }

    fn sign(&mut self, at: usize, sign: Sign) {
        let context = match sign {
            Sign::Target => Context::Target,
            Sign::Stop => Context::Stop,
            _ => return,
        };
        let idle = self.captured > 0
            || matches!(
                self.context,
                Context::Closed | Context::Head | Context::Other | Context::Leverage
            );
        let listing = self.context == Context::Target && sign == Sign::Target;
        if idle && !listing && self.price_follows(at + 1) {
            self.open(context);
        }
    }

    /// Whether a price comes next, list marks, dashes and "at" aside.
    fn price_follows(&self, from: usize) -> bool {
        let after = self.items.list.get(from..).unwrap_or_default().iter().take(5);
        for item in after {
            match item.what {
                What::Number(number) => return number.unit != Unit::Leverage,
                What::Punct(_) | What::Index(_) | What::Tag(Tag::Filler) => {}
                _ => return false,
            }
        }
        false
    }

    fn punct_follows(&self, at: usize, mark: char) -> bool {
        self.items.what(at + 1) == Some(What::Punct(mark))
    }

    fn punct(&mut self, at: usize, mark: char) -> usize {
        match mark {
            '(' if self.captured > 0 => {
                if let Some(end) = self.remark_end(at) {
                    return end;
                }
            }
            '|' => self.shut |= self.captured > 0,
            '.' if self.captured > 0 && self.ends_sentence(at) => self.unknown_word(),
            _ => {}
        }
        at + 1
    }

    /// A full stop with a space behind it.
    fn ends_sentence(&self, at: usize) -> bool {
        let next = self.items.list.get(at + 1);
        next.is_some_and(|item| !item.glued && matches!(item.what, What::Word | What::Tag(_)))
    }

    /// The index behind a parenthesis that holds a remark and no further prices.
    fn remark_end(&mut self, at: usize) -> Option<usize> {
        let inside = self.items.list.get(at + 1..)?.iter().take(MAX_PARENTHESIS);
        let mut prices_only = true;
        for (offset, item) in inside.enumerate() {
            match item.what {
                What::Punct(')') => return (!prices_only).then_some(at + offset + 2),
                What::Newline => return None,
                What::Tag(Tag::Market) => {
                    self.fields.market |= self.context == Context::Entry;
                    prices_only = false;
                }
                What::Number(number) if number.unit == Unit::Plain => {}
                What::Number(number) if number.unit == Unit::Leverage => {
                    self.leverage(number, item)
                }
                What::Punct(_) => {}
                _ => prices_only = false,
            }
        }
        None
    }

    /// A word that belongs to no field ends the list on this line, or the whole list.
    fn unknown_word(&mut self) {
        self.lead = None;
        match self.context {
            Context::Head | Context::Price => self.context = Context::Closed,
            Context::Target | Context::Entry | Context::Stop => {
                if self.captured > 0 && self.on_line == 0 {
                    self.context = Context::Closed;
                }
                self.shut = true;
            }
            Context::Closed | Context::Other | Context::Leverage => {}
        }
    }

    fn number(&mut self, at: usize, number: Number, item: &Item) {
        match number.unit {
            Unit::Leverage => self.leverage(number, item),
            Unit::Percent => self.percent(number),
            Unit::Plain if self.is_leverage_range(at) => self.leverage(number, item),
            Unit::Plain if self.context == Context::Leverage => self.leverage(number, item),
            Unit::Plain if self.is_index(at, number, item) => self.shut = false,
            Unit::Plain if self.counts_something(at) => {}
            Unit::Plain if self.is_percent_range(at) => self.percent(number),
            Unit::Plain => self.price(at, number, item),
        }
    }

    fn leverage(&mut self, number: Number, item: &Item) {
        let whole =
            u32::try_from(number.value.normalize()).ok().filter(|_| number.value.fract().is_zero());
        let allowed = self.context != Context::Other && self.fields.leverage.is_none();
        if let Some(times) = whole.filter(|times| allowed && (1..=MAX_LEVERAGE).contains(times)) {
            self.fields.leverage = Some((times, item.start, item.end));
        }
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

    /// "5 minutes", "30 percent".
    fn counts_something(&self, at: usize) -> bool {
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
        let labelled = matches!(label, Some(What::Tag(Tag::Target | Tag::Entry | Tag::Stop)));
        let small = number.form == Form::Certain
            && number.value.fract().is_zero()
            && number.value <= Decimal::from(MAX_INDEX)
            && number.value >= Decimal::ONE;
        if !labelled || !small {
            return false;
        }
        let position = u32::try_from(number.value).unwrap_or(0) as usize;
        match self.items.what(at + 1) {
            _ if item.glued => true,
            Some(What::Punct(':' | ')' | '=' | '>')) => true,
            Some(What::Sign(_)) | Some(What::Tag(Tag::Done)) => true,
            Some(What::Punct('-' | '.' | ';')) | Some(What::Number(_)) => {
                position == self.fields.tps.len() + 1 && self.price_follows(at + 1)
            }
            _ => false,
        }
    }

    fn percent(&mut self, number: Number) {
        let value = number.value.abs().normalize();
        match self.context {
            _ if self.foreign || self.shut || value.is_zero() => {}
            Context::Target if self.fields.tp_pcts.len() < MAX_PRICES => {
                self.fields.tp_pcts.push(value)
            }
            Context::Stop => _ = self.fields.sl_pct.get_or_insert(value),
            _ => {}
        }
    }

    fn price(&mut self, at: usize, number: Number, item: &Item) {
        let found = Found {
            value: number.value.normalize(),
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
            return;
        }
        self.store(found, item);
    }

    /// A list goes on in the next line only as a list: marked items, or bare numbers under a label.
    fn continues_list(&mut self, at: usize) -> bool {
        if self.captured == 0 || self.lines == 0 || self.on_line > 0 {
            return true;
        }
        match self.context {
            Context::Target => true,
            Context::Entry => {
                let marked = (1..=3).any(|back| {
                    at.checked_sub(back)
                        .is_some_and(|index| matches!(self.items.what(index), Some(What::Index(_))))
                });
                let listed = self.fields.listed_entries || marked;
                self.fields.listed_entries |= marked;
                listed || self.fields.zone
            }
            _ => false,
        }
    }

    fn line_leads(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|index| self.items.what(index));
        matches!(before, None | Some(What::Newline | What::Punct('+' | '-') | What::Sign(_)))
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
            Context::Closed | Context::Leverage | Context::Other => return,
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
