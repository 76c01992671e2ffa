//! Evidence for what a message wants: side words, structure, and phrases of results, updates,
//! closings, adverts and prose.

use domain::Decimal;

use crate::fields::Fields;
use crate::items::{Item, Items, Sign, What};
use crate::lexicon::Tag;
use crate::number::Unit;

/// Items above the first figure that can be a title.
const MAX_TITLE: usize = 24;

/// Which way a message trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Long,
    Short,
}

/// Quoted evidence: how often, and where first (byte offsets in the original).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hits {
    pub(crate) count: u32,
    pub(crate) first: Option<(u32, u32)>,
}

impl Hits {
    fn add(&mut self, item: &Item) {
        self.add_range(item.start, item.end);
    }

    fn add_range(&mut self, start: u32, end: u32) {
        self.count += 1;
        self.first.get_or_insert((start, end));
    }

    /// Whether there is any.
    pub(crate) const fn any(&self) -> bool {
        self.count > 0
    }
}

/// What speaks for and against trading.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) long: Hits,
    pub(crate) short: Hits,
    pub(crate) signs_up: u32,
    pub(crate) signs_down: u32,
    pub(crate) enter: Hits,
    pub(crate) update: Hits,
    /// A target, entry or stop with "hit", "reached" or a tick behind it.
    pub(crate) result: Hits,
    /// A profit or loss in percent.
    pub(crate) profit: Hits,
    pub(crate) close: Hits,
    pub(crate) wait: Hits,
    pub(crate) analysis: Hits,
    pub(crate) advert: Hits,
    pub(crate) report: Hits,
    pub(crate) chatter: Hits,
    pub(crate) question: Hits,
    pub(crate) conditional: Hits,
    pub(crate) past: Hits,
    /// "Cancelled", "example".
    pub(crate) void: Hits,
    /// Phrases that speak against trading in the first line, before any figure: a title.
    pub(crate) title: Hits,
    /// The title tells of an earlier signal: "Trailing stop activated".
    pub(crate) retold: bool,
    /// Lines that begin with a field: the layout of a signal.
    pub(crate) field_lines: u32,
    /// Words outside the lexicon.
    pub(crate) unknown_words: u32,
    /// All words.
    pub(crate) words: u32,
    /// Long by the levels: targets above, stop below the entry.
    pub(crate) levels: Option<Direction>,
    /// Targets or stop on both sides of the entry.
    pub(crate) contradiction: bool,
}

impl Evidence {
    /// Gathers the evidence of a message.
    pub(crate) fn gather(items: &Items, fields: &Fields) -> Self {
        let mut evidence = Self::default();
        for (index, item) in items.list.iter().enumerate() {
            if !fields.exit_labels.contains(&item.start) {
                evidence.weigh(items, index, item);
            }
        }
        evidence.weigh_title(items);
        evidence.weigh_levels(fields);
        evidence
    }

    /// Whether a signal is told again: its title says so, or two of its levels are reached.
    pub(crate) const fn tells_progress(&self) -> bool {
        self.retold || self.result.count > 1
    }

    /// The side: named, else told by the levels, else by colours.
    pub(crate) fn direction(&self) -> Option<Direction> {
        match (self.long.any(), self.short.any()) {
            (true, false) => return Some(Direction::Long),
            (false, true) => return Some(Direction::Short),
            (true, true) => return self.levels.or_else(|| Some(self.first_named())),
            (false, false) => {}
        }
        let coloured = match self.signs_up.cmp(&self.signs_down) {
            std::cmp::Ordering::Greater => Some(Direction::Long),
            std::cmp::Ordering::Less => Some(Direction::Short),
            std::cmp::Ordering::Equal => None,
        };
        // Somebody who "takes" or "opens" without a side buys.
        self.levels.or(coloured).or_else(|| self.enter.any().then_some(Direction::Long))
    }

    fn first_named(&self) -> Direction {
        if self.long.first <= self.short.first { Direction::Long } else { Direction::Short }
    }

    /// What stands above a layout says what the layout is: "Yesterday's call", "Not yet".
    fn weigh_title(&mut self, items: &Items) {
        let above = items
            .list
            .iter()
            .take(MAX_TITLE)
            .skip_while(|item| matches!(item.what, What::Newline | What::Sign(_) | What::Link))
            .take_while(|item| {
                !matches!(item.what, What::Number(_) | What::Index(_) | What::Newline)
            });
        let against = above.filter(|item| {
            matches!(
                item.what,
                What::Tag(
                    Tag::Wait
                        | Tag::Void
                        | Tag::Past
                        | Tag::Conditional
                        | Tag::Close
                        | Tag::Report
                        | Tag::Question
                        | Tag::Update
                )
            )
        });
        for item in against {
            self.title.add(item);
            self.retold |= item.what == What::Tag(Tag::Update);
        }
    }

    fn weigh(&mut self, items: &Items, index: usize, item: &Item) {
        self.field_lines += u32::from(is_field_line(items, index, item));
        match item.what {
            What::Tag(tag) => {
                self.words += 1;
                self.weigh_tag(items, index, item, tag);
            }
            What::Word => {
                self.words += 1;
                self.unknown_words += 1;
            }
            What::Sign(Sign::Up) => self.signs_up += 1,
            What::Sign(Sign::Down) => self.signs_down += 1,
            What::Sign(Sign::Target) if is_counted(items, index) => self.result.add(item),
            What::Sign(Sign::Check) if ticks_target(items, index) => self.result.add(item),
            What::Punct('?') => self.question.add(item),
            What::Punct('+') if tells_gain(items, index) => self.profit.add(item),
            _ => {}
        }
    }

    fn weigh_tag(&mut self, items: &Items, index: usize, item: &Item, tag: Tag) {
        match tag {
            Tag::Long => self.long.add(item),
            Tag::Short => self.short.add(item),
            Tag::WeakLong if is_side_beside_coin(items, index) => self.long.add(item),
            Tag::WeakShort if is_side_beside_coin(items, index) => self.short.add(item),
            Tag::Enter => self.weigh_enter(items, item),
            Tag::Entry => self.weigh_label(items, index, item),
            Tag::Target | Tag::Stop => self.weigh_result(items, index, item),
            Tag::Done => self.weigh_done(items, index, item),
            Tag::Update if follows_close(items, index, item) || is_setting(items, index) => {}
            Tag::Update => self.update.add(item),
            Tag::Close => self.weigh_close(items, index, item),
            Tag::Wait => self.wait.add(item),
            Tag::Analysis => self.analysis.add(item),
            Tag::Advert => self.advert.add(item),
            Tag::Report => self.report.add(item),
            Tag::Chatter => self.chatter.add(item),
            Tag::Question => self.question.add(item),
            Tag::Conditional => self.conditional.add(item),
            Tag::Past => self.past.add(item),
            Tag::Void => self.void.add(item),
            Tag::NotCoin if is_update_title(items, index, item) => self.update.add(item),
            Tag::Other => self.weigh_profit(items, index, item),
            _ => {}
        }
    }

    /// "limit long", "buy setup": the phrase carries a side too.
    fn weigh_enter(&mut self, items: &Items, item: &Item) {
        self.enter.add(item);
        self.weigh_named_side(items, item);
    }

    /// "long zone", "sell entry".
    fn weigh_label(&mut self, items: &Items, index: usize, item: &Item) {
        self.weigh_named_side(items, item);
        self.weigh_result(items, index, item);
    }

    fn weigh_named_side(&mut self, items: &Items, item: &Item) {
        match named_side(items.text(item)) {
            Some(Direction::Long) => self.long.add(item),
            Some(Direction::Short) => self.short.add(item),
            None => {}
        }
    }

    /// Leaving, unless only a part is left or the stop did it.
    fn weigh_close(&mut self, items: &Items, index: usize, item: &Item) {
        let mut after = items.list.get(index + 1..).unwrap_or_default().iter().take(4);
        let part = |what: What| matches!(what, What::Number(n) if n.unit == Unit::Percent && n.value < Decimal::ONE_HUNDRED);
        let next = items.list.get(index + 1);
        let stopped = next.is_some_and(|next| {
            next.what == What::Tag(Tag::Update) && names_stop(items.text(next))
        });
        if stopped {
            return;
        }
        if closes_at_stop(items, index) {
            self.update.add(item);
            return;
        }
        let partial = after
            .by_ref()
            .take_while(|next| {
                matches!(next.what, What::Number(_) | What::Punct(_) | What::Tag(Tag::Filler))
            })
            .any(|next| part(next.what));
        if partial { self.update.add(item) } else { self.close.add(item) }
    }

    /// "TP1 hit", "Target 2: 1880 ✅", "Entry 1 ✅".
    fn weigh_result(&mut self, items: &Items, index: usize, item: &Item) {
        let after = items.list.get(index + 1..).unwrap_or_default().iter().take(7);
        for next in after {
            match next.what {
                What::Tag(Tag::Done) | What::Sign(Sign::Check) => {
                    self.result.add_range(item.start, next.end);
                    return;
                }
                What::Number(_)
                | What::Index(_)
                | What::Punct(_)
                | What::Tag(Tag::Filler | Tag::Plain) => {}
                What::Word if items.text(next) == "reach" => {
                    self.result.add_range(item.start, next.end);
                    return;
                }
                _ => return,
            }
        }
        // "Tp1" and nothing else.
        let numbered = matches!(items.what(index + 1), Some(What::Number(_)));
        if numbered && items.list.len() <= index + 3 && index <= 1 {
            self.result.add(item);
        }
    }

    /// "Hit our entry", "reached the first target", "the long is done".
    fn weigh_done(&mut self, items: &Items, index: usize, item: &Item) {
        let mut after = items.list.get(index + 1..).unwrap_or_default().iter().take(3);
        let next = after.find(|next| !matches!(next.what, What::Tag(Tag::Filler | Tag::Plain)));
        let label = next
            .filter(|next| matches!(next.what, What::Tag(Tag::Entry | Tag::Target | Tag::Stop)));
        if let Some(label) = label {
            self.result.add_range(item.start, label.end);
        }
        let before = items.list.get(..index).unwrap_or_default().iter().rev().take(4);
        let mut line = before.take_while(|item| item.what != What::Newline);
        if let Some(side) = line.find(|item| matches!(item.what, What::Tag(Tag::Long | Tag::Short)))
        {
            self.result.add_range(side.start, item.end);
        }
    }

    /// "Profit: 81%", "47.1% Profit".
    fn weigh_profit(&mut self, items: &Items, index: usize, item: &Item) {
        const RESULTS: [&str; 12] = [
            "profit",
            "loss",
            "прибыль",
            "убыток",
            "профит",
            "gain",
            "gains",
            "roi",
            "pnl",
            "收益",
            "lucro",
            "盈利",
        ];
        if !RESULTS.contains(&items.text(item)) {
            return;
        }
        let percent =
            |what: Option<What>| matches!(what, Some(What::Number(n)) if n.unit == Unit::Percent);
        let near = (index.saturating_sub(2)..index + 4).any(|at| percent(items.what(at)));
        if near {
            self.profit.add(item);
        }
    }

    fn weigh_levels(&mut self, fields: &Fields) {
        let Some(entry) = middle(fields) else {
            self.levels = fields.sl.and_then(|stop| {
                let target = fields.tps.first()?.value;
                Some(if target > stop.value { Direction::Long } else { Direction::Short })
            });
            return;
        };
        let above = fields.tps.iter().filter(|target| target.value > entry).count();
        let below = fields.tps.len() - above;
        let (mut up, mut down) = (above > below, below > above);
        self.contradiction =
            (above > 0 && below > 0) || fields.tps.iter().any(|target| is_far(target.value, entry));
        if let Some(stop) = fields.sl {
            let stop_below = stop.value < entry;
            self.contradiction |= (up && !stop_below) || (down && stop_below);
            if !up && !down {
                (up, down) = (stop_below, !stop_below);
            }
        }
        self.levels = match (up, down) {
            (true, _) => Some(Direction::Long),
            (_, true) => Some(Direction::Short),
            _ => None,
        };
    }
}

/// Whether the item is the first of its line and names a field.
fn is_field_line(items: &Items, index: usize, item: &Item) -> bool {
    let field = matches!(
        item.what,
        What::Symbol(_)
            | What::Index(_)
            | What::Number(_)
            | What::Tag(
                Tag::Entry
                    | Tag::Target
                    | Tag::Stop
                    | Tag::Leverage
                    | Tag::CoinLabel
                    | Tag::Long
                    | Tag::Short
                    | Tag::Price
                    | Tag::Market
                    | Tag::Enter
                    | Tag::WeakLong
                    | Tag::WeakShort
            )
    );
    let before = items.list.get(..index).unwrap_or_default().iter().rev().take(8);
    let mut marks = before.skip_while(|item| matches!(item.what, What::Punct(_) | What::Sign(_)));
    field && marks.next().is_none_or(|item| item.what == What::Newline)
}

/// "Mua ETH", "BTC sat 70000": a word of two meanings beside a coin, where an order would stand.
fn is_side_beside_coin(items: &Items, index: usize) -> bool {
    let coin = |what: Option<What>| matches!(what, Some(What::Symbol(_)));
    let before = index.checked_sub(1).and_then(|at| items.what(at));
    let after = items.what(index + 1);
    let opens = matches!(before, None | Some(What::Newline | What::Sign(_) | What::Punct(_)));
    let ends = matches!(after, None | Some(What::Newline | What::Sign(_) | What::Number(_)));
    (opens && coin(after)) || (coin(before) && ends)
}

/// `🎯 78.55 ✅`, `1) 0.43 ✅`: a listed price with a tick that ends its line.
fn ticks_target(items: &Items, tick: usize) -> bool {
    let share = |back: usize| {
        let what = tick.checked_sub(back).and_then(|at| items.what(at));
        matches!(what, Some(What::Number(n)) if n.unit == Unit::Percent)
    };
    let dashed = tick.checked_sub(2).and_then(|at| items.what(at)) == Some(What::Punct('-'));
    // "2430 - 20% ✅": how much is sold there.
    let index = if share(1) && dashed { tick - 2 } else { tick };
    let marked = |back: usize| {
        let what = index.checked_sub(back).and_then(|at| items.what(at));
        what == Some(What::Punct('$'))
    };
    let number = 1 + usize::from(marked(1));
    let bullet = number + 1 + usize::from(marked(number + 1));
    let before = |back: usize| index.checked_sub(back).and_then(|at| items.what(at));
    matches!(before(number), Some(What::Number(n)) if n.unit == Unit::Plain)
        && matches!(before(bullet), Some(What::Sign(Sign::Target) | What::Index(_)))
        && matches!(items.what(tick + 1), None | Some(What::Newline | What::Sign(_)))
}

/// "already +55 %": a gain, unless it is how far a target lies.
fn tells_gain(items: &Items, index: usize) -> bool {
    let percent = matches!(items.what(index + 1), Some(What::Number(n)) if n.unit == Unit::Percent);
    let before = items.list.get(..index).unwrap_or_default().iter().rev().take(4);
    let mut line = before.take_while(|item| item.what != What::Newline);
    percent
        && !line.any(|item| {
            matches!(item.what, What::Tag(Tag::Target) | What::Index(_) | What::Sign(Sign::Target))
        })
}

/// `2🎯`: the second target is done.
fn is_counted(items: &Items, index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|at| items.what(at));
    let small = matches!(before, Some(What::Number(n)) if n.value < Decimal::TEN && n.value.fract().is_zero());
    small && !matches!(items.what(index + 1), Some(What::Number(_) | What::Punct(_)))
}

/// Ten times away from the entry: a slip of the pen, or of the separators.
fn is_far(target: Decimal, entry: Decimal) -> bool {
    target > entry.saturating_mul(Decimal::TEN) || entry > target.saturating_mul(Decimal::TEN)
}

/// The middle of the entries.
pub(crate) fn middle(fields: &Fields) -> Option<Decimal> {
    let low = fields.entries.iter().map(|entry| entry.value).min()?;
    let high = fields.entries.iter().map(|entry| entry.value).max()?;
    low.checked_add(high)?.checked_div(Decimal::TWO)
}

/// The side inside a phrase: "limit long", "buy zone".
pub(crate) fn named_side(text: &str) -> Option<Direction> {
    const LONG: [&str; 12] = [
        "long",
        "buy",
        "лонг",
        "покупк",
        "compra",
        "kauf",
        "beli",
        "alim",
        "yukselis",
        "al ",
        "achat",
        "acquisto",
    ];
    const SHORT: [&str; 9] =
        ["short", "sell", "шорт", "venta", "venda", "verkauf", "jual", "dusus", "sat "];
    if SHORT.iter().any(|side| text.contains(side)) {
        return Some(Direction::Short);
    }
    LONG.iter().any(|side| text.contains(side)).then_some(Direction::Long)
}

/// "Trailing Configuration: Stop: Breakeven" says how exits will be trailed, not that they were.
fn is_setting(items: &Items, index: usize) -> bool {
    let before = items.list.get(..index).unwrap_or_default().iter().rev().take(6);
    before
        .filter(|item| item.what == What::Tag(Tag::Other))
        .any(|item| items.text(item).starts_with("trailing"))
}

/// "Update:" as the title of a message.
fn is_update_title(items: &Items, index: usize, item: &Item) -> bool {
    items.text(item).starts_with("update") && items.what(index + 1) == Some(What::Punct(':'))
}

/// "Closing at breakeven" closes.
fn follows_close(items: &Items, index: usize, item: &Item) -> bool {
    if names_stop(items.text(item)) {
        return false;
    }
    let before = items.list.get(..index).unwrap_or_default().iter().rev().take(2);
    before
        .take_while(|item| item.what != What::Newline)
        .any(|item| item.what == What::Tag(Tag::Close))
}

/// "Closed at trailing stop loss": the stop did it, nobody leaves by hand.
fn closes_at_stop(items: &Items, index: usize) -> bool {
    let mut after = items.list.get(index + 1..).unwrap_or_default().iter().take(3);
    let stop = after.position(|next| {
        next.what == What::Tag(Tag::Stop)
            || (next.what == What::Tag(Tag::Other) && names_stop(items.text(next)))
    });
    let between = items.list.get(index + 1..index + 1 + stop.unwrap_or(0)).unwrap_or_default();
    let ended = !matches!(items.what(index + 2 + stop.unwrap_or(0)), Some(What::Number(_)));
    let glue = |item: &Item| {
        matches!(item.what, What::Tag(Tag::Filler | Tag::Other | Tag::Update) | What::Word)
    };
    stop.is_some_and(|at| at > 0) && between.iter().all(glue) && ended
}

fn names_stop(text: &str) -> bool {
    ["stop", "sl", "стоп", "止损"].iter().any(|stop| text.contains(stop))
}
