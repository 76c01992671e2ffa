//! All pairs, by place and by name.

use std::collections::HashMap;

use domain::Symbol;

use super::{Listing, MarketIndex};

/// The pairs of an exchange. A pair keeps its place for ever.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    listings: Vec<Listing>,
    places: HashMap<Symbol, MarketIndex>,
}

impl Catalogue {
    /// These pairs, in this order.
    pub fn new(listings: Vec<Listing>) -> Self {
        let names = listings.iter().enumerate();
        let places = names.map(|(n, l)| (l.symbol.clone(), MarketIndex(n))).collect();
        Self { listings, places }
    }

    /// Every pair, by place.
    pub fn listings(&self) -> &[Listing] {
        &self.listings
    }

    /// The place of the pair with this name.
    pub fn place(&self, symbol: &str) -> Option<MarketIndex> {
        self.places.get(symbol).copied()
    }

    /// The pair with this name and its place.
    pub fn find(&self, symbol: &str) -> Option<(MarketIndex, &Listing)> {
        let place = self.place(symbol)?;
        Some((place, &self.listings[place.0]))
    }

    /// The pair at this place. A place comes from this catalogue only.
    pub fn listing(&self, market: MarketIndex) -> &Listing {
        &self.listings[market.0]
    }

    /// Takes new rules for pairs that are known, and new pairs behind them.
    pub fn update(&mut self, listings: impl IntoIterator<Item = Listing>) {
        for listing in listings {
            if let Some(place) = self.place(listing.symbol.as_str()) {
                self.listings[place.0] = listing;
            } else {
                self.places.insert(listing.symbol.clone(), MarketIndex(self.listings.len()));
                self.listings.push(listing);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::pairs;

    #[test]
    fn a_pair_keeps_its_place_when_its_rules_change_and_others_join() {
        let mut all = pairs::listings();
        let late = all.split_off(10);
        let mut catalogue = Catalogue::new(all);
        let (place, known) = catalogue.find("ETHUSDT").unwrap();
        let closed = Listing { open_to_api: false, ..known.clone() };
        catalogue.update(late.into_iter().chain([closed]));
        assert_eq!(catalogue.place("ETHUSDT"), Some(place));
        assert!(!catalogue.listing(place).open_to_api);
        assert_eq!(catalogue.listings().len(), pairs::listings().len());
        assert_eq!(catalogue.find("METALUSDT").unwrap().1.base.as_str(), "METAL");
    }
}
