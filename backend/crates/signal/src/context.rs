//! Which field numbers belong to: one open context, set by labels, sides and coins, closed by
//! words that belong to none of them. A price counts only where something introduces it.

use crate::fields::{Fields, Found};
use crate::intent::{Direction, named_side};
use crate::items::{Item, Items, Sign, What};
use crate::lexicon::Tag;
use crate::number::Unit;

/// Side words that say "at market" themselves.
const MARKET_SIDES: [&str; 2] = ["现价", "市价"];
/// Items inspected when looking ahead for a closing parenthesis.
const MAX_PARENTHESIS: usize = 40;

/// The field that numbers belong to at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
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

pub(crate) struct Walk<'a> {
    pub(crate) items: &'a Items,
    pub(crate) fields: Fields,
    pub(crate) context: Context,
    /// Prices read since the label.
    pub(crate) captured: usize,
    /// Prices read since the line began.
    pub(crate) on_line: usize,
    /// Lines passed since the label.
    pub(crate) lines: usize,
    /// An unknown word has ended the list on this line.
    pub(crate) shut: bool,
    /// Another coin's line.
    pub(crate) foreign: bool,
    pub(crate) primary: Option<usize>,
    /// A number that opened the line: an entry if a side follows.
    pub(crate) lead: Option<Found>,
    pub(crate) first_side: Option<Direction>,
    /// The list that a further list mark continues, and its last mark.
    pub(crate) list: Option<(Context, u32)>,
    /// The last label on this line, as long as nothing says that its numbers mean something else.
    pub(crate) label: Option<Context>,
}

impl Walk<'_> {
    /// Walks over all items and returns the fields as found.
    pub(crate) fn over(items: &Items) -> Fields {
        let mut walk = Walk {
            items,
            fields: Fields::default(),
            context: Context::Closed,
            captured: 0,
            on_line: 0,
            lines: 0,
            shut: false,
            foreign: false,
            primary: items.primary(),
            lead: None,
            first_side: None,
            list: None,
            label: None,
        };
        let mut at = 0;
        while at < items.list.len() {
            at = walk.step(at).max(at + 1);
        }
        walk.fields.first_side = walk.first_side;
        walk.fields
    }

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
            What::Index(index) => self.list_mark(at, index),
            What::Sign(sign) => self.sign(at, sign),
            What::Punct(mark) => return self.punct(at, mark),
            What::Word => self.unknown_word(),
            What::Opaque | What::Link => {}
        }
        at + 1
    }

    /// A list mark opens its list again, also behind a remark on a line of its own.
    fn list_mark(&mut self, at: usize, index: u32) {
        let listing = matches!(self.context, Context::Entry | Context::Target | Context::Stop);
        let resumed = self
            .list
            .filter(|(_, last)| !listing && *last + 1 == index && self.price_follows(at + 1));
        if let Some((context, _)) = resumed {
            self.open(context);
        }
        if matches!(self.context, Context::Entry | Context::Target) {
            self.list = Some((self.context, index));
        }
        self.shut = false;
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
        self.label = None;
    }

    pub(crate) fn open(&mut self, context: Context) {
        (self.context, self.captured, self.lines, self.shut) = (context, 0, 0, false);
        let labels = matches!(context, Context::Entry | Context::Target | Context::Stop);
        self.label = labels.then_some(context);
    }

    fn tag(&mut self, at: usize, tag: Tag, item: &Item) {
        match tag {
            Tag::Entry => self.entry_label(item),
            Tag::Target => self.open(Context::Target),
            Tag::Stop => self.stop_label(at),
            Tag::Leverage => self.open(Context::Leverage),
            Tag::Price => self.price_label(),
            Tag::Close if self.context == Context::Stop && self.captured == 0 => {}
            Tag::Close if self.labels_exits(at) => self.exit_label(item),
            Tag::Other | Tag::Size | Tag::Update | Tag::Close => self.open(Context::Other),
            Tag::Long | Tag::Short => {
                let side = if tag == Tag::Long { Direction::Long } else { Direction::Short };
                self.fields.market |=
                    MARKET_SIDES.iter().any(|word| self.items.text(item).starts_with(word));
                self.side(at, side, item);
            }
            Tag::WeakLong | Tag::WeakShort => self.weak_side(at),
            Tag::Enter => self.enter(item),
            Tag::Market => self.market(at),
            Tag::Filler if self.points_on(at, item) => self.open(Context::Target),
            Tag::Filler | Tag::Term | Tag::Exchange | Tag::CoinLabel | Tag::Coin(_) | Tag::Unit => {
            }
            Tag::Plain | Tag::Analysis | Tag::NotCoin | Tag::Chatter => self.unknown_word(),
            _ => {
                self.label = None;
                self.unknown_word();
            }
        }
    }

    /// "Sell at" in a message that buys names the exit.
    fn entry_label(&mut self, item: &Item) {
        let side = named_side(self.items.text(item));
        let exits = side == Some(Direction::Short) && self.first_side == Some(Direction::Long);
        if exits {
            self.exit_label(item);
            return;
        }
        self.first_side = self.first_side.or(side);
        self.open(Context::Entry);
        self.fields.zone |= self.is_zone(item);
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
    fn side(&mut self, at: usize, side: Direction, item: &Item) {
        let labels = self.punct_follows(at, ':') && self.price_follows(at + 2);
        let opposite = self.first_side.is_some_and(|first| first != side);
        // Whoever has named prices before selling at others does not sell short.
        let closing = self.first_side.is_none() && side == Direction::Short && self.begins_line(at);
        let entered = self.entered();
        if entered && (opposite || (closing && labels)) && self.price_follows(at + 1) {
            self.exit_label(item);
            return;
        }
        if labels {
            self.open(Context::Entry);
        } else if self.context != Context::Entry || self.captured > 0 {
            self.open(Context::Head);
        }
        self.first_side.get_or_insert(side);
        self.take_lead();
    }

    pub(crate) fn entered(&self) -> bool {
        !self.fields.entries.is_empty() || !self.fields.naked.is_empty()
    }

    /// "Al: 5.08" is an entry; "al" alone is any word.
    fn weak_side(&mut self, at: usize) {
        let next = if self.punct_follows(at, ':') { at + 2 } else { at + 1 };
        if self.price_follows(next) {
            self.open(Context::Entry);
        }
    }

    fn enter(&mut self, item: &Item) {
        if self.context != Context::Entry || self.captured > 0 {
            self.open(Context::Head);
        }
        if let Some(side) = named_side(self.items.text(item)) {
            self.first_side.get_or_insert(side);
            self.take_lead();
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
        } else if self.begins_line(at) || self.line_names_other(at) {
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

    pub(crate) fn alone_on_line(&self, at: usize) -> bool {
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
            || self.lines > 0
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
    pub(crate) fn price_follows(&self, from: usize) -> bool {
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

    pub(crate) fn punct_follows(&self, at: usize, mark: char) -> bool {
        self.items.what(at + 1) == Some(What::Punct(mark))
    }

    fn punct(&mut self, at: usize, mark: char) -> usize {
        match mark {
            '(' if self.captured > 0 => {
                if let Some(end) = self.remark_end(at) {
                    return end;
                }
            }
            '|' => self.shut |= self.captured > 0 && !self.plain_number_follows(at),
            '.' if self.captured > 0 && self.ends_sentence(at) => self.unknown_word(),
            _ => {}
        }
        at + 1
    }

    fn plain_number_follows(&self, at: usize) -> bool {
        let next = if self.punct_follows(at, '$') { at + 2 } else { at + 1 };
        matches!(self.items.what(next), Some(What::Number(number)) if number.unit == Unit::Plain)
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
                    self.leverage(number, item);
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
}
