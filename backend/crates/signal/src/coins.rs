//! Coins named without any mark: an ordinary word is a ticker only where its surroundings say so.

use crate::items::{Item, Items, What};
use crate::lexicon::{Lexicon, Tag};

/// Tickers that are words of the trade or of every day.
const COIN_WORDS: [&str; 28] = [
    "near", "link", "one", "gas", "mask", "flow", "sun", "people", "magic", "super", "rose", "bat",
    "neo", "waves", "ocean", "cake", "comp", "band", "render", "sushi", "luna", "blur", "not",
    "move", "meme", "spx", "alt", "cat",
];
/// Names of a metal: a pair with the dollar, of which no exchange for coins trades under this name.
const GOLD: &str = "XAUUSD";

impl Items {
    /// Coins named without any mark need evidence around them.
    pub(crate) fn find_bare_coins(&mut self, lexicon: &Lexicon, listed: &dyn Fn(&str) -> bool) {
        for index in 0..self.list.len() {
            let Some(item) = self.list.get(index).copied() else {
                continue;
            };
            let (strength, name) = match item.what {
                What::Tag(Tag::Coin(coin)) => {
                    (self.coin_strength(index, &item), pair_of(lexicon.coin(coin)))
                }
                What::Word | What::Tag(_) => {
                    let strength = self.word_strength(index, &item, listed);
                    (strength, if strength > 0 { self.pair_name(&item) } else { String::new() })
                }
                _ => continue,
            };
            let what = if strength > 0 {
                self.symbol(name, strength, item.start, item.end).map(What::Symbol)
            } else {
                matches!(item.what, What::Tag(Tag::Coin(_))).then_some(What::Word)
            };
            if let (Some(slot), Some(what)) = (self.list.get_mut(index), what) {
                slot.what = what;
            }
        }
    }

    fn pair_name(&self, item: &Item) -> String {
        let mut name = self.text(item).to_uppercase();
        name.push_str("USDT");
        name
    }

    /// A ticker that is also an ordinary word ("dot", "etc", "sol") must stand where a coin would.
    fn coin_strength(&self, index: usize, item: &Item) -> u8 {
        let text = self.text(item);
        let sure = text.chars().count() > 5
            || !text.is_ascii()
            || matches!(
                text,
                "btc" | "eth" | "xrp" | "doge" | "bnb" | "ltc" | "xbt" | "pepe" | "shib"
            );
        if self.labelled(index) {
            return 4;
        }
        if sure || item.upper || self.stands_like_a_coin(index) { 2 } else { 0 }
    }

    fn stands_like_a_coin(&self, index: usize) -> bool {
        let near = [self.previous(index), self.next(index)];
        near.into_iter().flatten().any(|neighbour| {
            matches!(
                neighbour,
                What::Tag(
                    Tag::Long
                        | Tag::Short
                        | Tag::Enter
                        | Tag::Stop
                        | Tag::Entry
                        | Tag::Update
                        | Tag::Close
                        | Tag::Market
                        | Tag::Coin(_)
                ) | What::Symbol(_)
                    | What::Number(_)
            )
        })
    }

    /// How sure it is that a word without any mark is a coin.
    fn word_strength(&self, index: usize, item: &Item, listed: &dyn Fn(&str) -> bool) -> u8 {
        let text = self.text(item);
        let known = item.what != What::Word;
        let shaped =
            text.len() <= 10 && text.is_ascii() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let named = Self::may_be_coin(item) || COIN_WORDS.contains(&text);
        if !shaped || text.is_empty() || (known && !(item.upper && named)) {
            return 0;
        }
        if self.labelled(index) && (item.upper || !known) {
            return 4;
        }
        let side_next = matches!(
            self.next(index),
            Some(What::Tag(Tag::Long | Tag::Short | Tag::WeakLong | Tag::WeakShort))
        );
        if known || COIN_WORDS.contains(&text) {
            return self.coin_word_strength(index, item, side_next);
        }
        let alone = self.line_ends(index) && self.line_begins(index) && self.first_line(index);
        if alone && (item.upper || self.next_line_is_label(index)) {
            return 2;
        }
        let side_before =
            matches!(self.previous(index), Some(What::Tag(Tag::Long | Tag::Short | Tag::Enter)));
        if item.upper && text.len() >= 2 && self.was_traded(index) {
            return 2;
        }
        let heads_line = self.line_begins(index) && side_next && text.len() <= 8;
        if heads_line && self.symbols.is_empty() && self.order_fills_line(index) {
            return 1;
        }
        if (heads_line && (item.upper || self.followed_by_price(index)))
            || (item.upper && text.len() >= 2 && (side_next || side_before))
        {
            return 2;
        }
        let numbered = item.upper && self.follows_index(index);
        u8::from(numbered || (item.upper && text.len() >= 3 && listed(&self.pair_name(item))))
    }

    /// "bought MNT @ 0.98": a verb of trading before it and a price behind it.
    fn was_traded(&self, index: usize) -> bool {
        let verb = matches!(self.previous(index), Some(What::Tag(Tag::Past | Tag::Enter)));
        verb && matches!(self.next(index), Some(What::Number(_)))
    }

    /// "scrt short", and a label on the next line.
    fn order_fills_line(&self, index: usize) -> bool {
        let after = self.list.get(index + 1..).unwrap_or_default();
        let Some(end) = after.iter().take(4).position(|item| item.what == What::Newline) else {
            return false;
        };
        end == 1
            && matches!(
                after.get(end + 1).map(|item| item.what),
                Some(What::Tag(Tag::Entry | Tag::Stop | Tag::Target | Tag::Size | Tag::Leverage))
            )
    }

    /// A ticker that is also a word, in capitals: where a coin would stand.
    fn coin_word_strength(&self, index: usize, item: &Item, side_next: bool) -> u8 {
        if !(item.upper && COIN_WORDS.contains(&self.text(item))) {
            return u8::from(side_next && item.upper && self.first_line(index));
        }
        let beside = |what: Option<What>| {
            matches!(
                what,
                Some(What::Tag(
                    Tag::Long | Tag::Short | Tag::Enter | Tag::WeakLong | Tag::WeakShort
                ))
            )
        };
        let sided = beside(self.next(index)) || beside(self.previous(index));
        let priced = matches!(self.next(index), Some(What::Number(_)));
        let placed = sided || priced || self.first_line(index) || self.stands_like_a_coin(index);
        if placed { 2 } else { 0 }
    }

    const fn may_be_coin(item: &Item) -> bool {
        matches!(
            item.what,
            What::Tag(
                Tag::Filler
                    | Tag::Plain
                    | Tag::Other
                    | Tag::Done
                    | Tag::Unit
                    | Tag::Term
                    | Tag::Analysis
            )
        )
    }

    /// `1. LUNA`, as in a list of recommendations.
    fn follows_index(&self, index: usize) -> bool {
        let before = self.list.get(..index).unwrap_or_default().iter().rev().take(3);
        let mut marks = before.skip_while(|item| matches!(item.what, What::Sign(_)));
        matches!(marks.next().map(|item| item.what), Some(What::Index(_)))
    }

    /// Behind "Coin:", "Пара", "Ticker" on the same line.
    fn labelled(&self, index: usize) -> bool {
        self.previous(index) == Some(What::Tag(Tag::CoinLabel))
    }

    /// The nearest item before on the line, punctuation, emoji and "limit" aside.
    fn previous(&self, index: usize) -> Option<What> {
        let before = self.list.get(..index)?.iter().rev().take(4).map(|item| item.what);
        Self::nearest(before)
    }

    fn next(&self, index: usize) -> Option<What> {
        let after = self.list.get(index + 1..)?.iter().take(4).map(|item| item.what);
        Self::nearest(after)
    }

    fn nearest(items: impl Iterator<Item = What>) -> Option<What> {
        for what in items {
            match what {
                What::Punct('.' | ',') | What::Newline => return None,
                What::Punct(_) | What::Sign(_) | What::Tag(Tag::Filler) => {}
                other => return Some(other),
            }
        }
        None
    }

    fn line_begins(&self, index: usize) -> bool {
        let before = self.list.get(..index).unwrap_or_default().iter().rev().take(6);
        for item in before {
            match item.what {
                What::Newline => return true,
                What::Punct(_) | What::Sign(_) => {}
                _ => return false,
            }
        }
        index <= 6
    }

    fn line_ends(&self, index: usize) -> bool {
        let after = self.list.get(index + 1..).unwrap_or_default().iter();
        after
            .take(4)
            .find(|item| !matches!(item.what, What::Punct(_) | What::Sign(_)))
            .is_none_or(|item| item.what == What::Newline)
    }

    fn first_line(&self, index: usize) -> bool {
        index <= 6
            && self
                .list
                .get(..index)
                .unwrap_or_default()
                .iter()
                .all(|item| matches!(item.what, What::Punct(_) | What::Sign(_) | What::Newline))
    }

    fn next_line_is_label(&self, index: usize) -> bool {
        let after = self.list.get(index + 1..).unwrap_or_default().iter().take(8);
        let mut labels = after
            .filter(|item| !matches!(item.what, What::Newline | What::Punct(_) | What::Sign(_)));
        matches!(
            labels.next().map(|item| item.what),
            Some(What::Tag(Tag::Entry | Tag::Long | Tag::Short | Tag::Leverage))
        )
    }

    fn followed_by_price(&self, index: usize) -> bool {
        let after = self.list.get(index + 1..).unwrap_or_default().iter().take(5);
        let mut line = after.take_while(|item| item.what != What::Newline);
        line.any(|item| {
            let han = matches!(item.what, What::Tag(_)) && !self.text(item).is_ascii();
            han || matches!(item.what, What::Number(_))
        })
    }
}

/// The pair of a coin from the word lists.
pub(crate) fn pair_of(coin: &str) -> String {
    if coin == GOLD { coin.to_owned() } else { format!("{coin}USDT") }
}
