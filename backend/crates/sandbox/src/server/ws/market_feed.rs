//! What a public channel pushes, and when: only what changed since its last push.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::{Decimal, Side, Timestamp};
use mexc_wire::ws::{
    AggreDeal, Body, BookTickerItem, Channel, DepthItem, DepthLevels, KlineInterval,
    PublicAggreBookTicker, PublicAggreDeals, PublicAggreDepths, PublicBookTickerBatch,
    PublicLimitDepths, PublicMiniTickers, PushDataV3ApiWrapper, PushSpeed, TickerZone,
};

use super::candles;
use super::private_feed::side;
use super::tickers::mini_ticker;
use crate::market::tape::PublicTrade;
use crate::market::{Listing, MarketIndex};
use crate::model::{Exchange, Level, VersionedBook};
use crate::server::reply::{padded_price, padded_qty};

/// A channel, and what it pushed last.
#[derive(Debug)]
pub(super) struct MarketFeed {
    market: Option<MarketIndex>,
    period: Duration,
    due: Timestamp,
    seen: Seen,
}

/// What the listener knows already.
#[derive(Debug)]
enum Seen {
    Deals { until: Timestamp, own: Option<usize> },
    Version(Option<u64>),
    Last(Option<Body>),
    Candle { opened: Option<Timestamp>, last: Option<Body> },
}

/// Where feeds look: everything as it is at one moment.
pub(super) struct View<'a> {
    exchange: &'a Exchange,
    books: &'a mut [VersionedBook],
    /// Books that were looked at already.
    fresh: BTreeSet<MarketIndex>,
    now: Timestamp,
}

impl<'a> View<'a> {
    pub(super) fn new(
        exchange: &'a Exchange,
        books: &'a mut [VersionedBook],
        now: Timestamp,
    ) -> Self {
        Self { exchange, books, fresh: BTreeSet::new(), now }
    }

    /// The book; several channels of one pair share one look.
    fn book(&mut self, market: MarketIndex) -> &VersionedBook {
        let book = &mut self.books[market.0];
        if self.fresh.insert(market) {
            book.refresh(self.exchange, market, self.now);
        }
        book
    }
}

impl MarketFeed {
    pub(super) fn new(channel: &Channel, market: Option<MarketIndex>, now: Timestamp) -> Self {
        let seen = match channel {
            Channel::AggreDeals(..) => Seen::Deals { until: now, own: None },
            Channel::AggreDepth(..) | Channel::LimitDepth(..) => Seen::Version(None),
            Channel::Kline(..) => Seen::Candle { opened: None, last: None },
            _ => Seen::Last(None),
        };
        Self { market, period: period(channel), due: now, seen }
    }

    /// How often it looks.
    pub(super) const fn period(&self) -> Duration {
        self.period
    }

    /// The pushes that are due.
    pub(super) fn poll(
        &mut self,
        channel: &Channel,
        view: &mut View<'_>,
    ) -> Vec<PushDataV3ApiWrapper> {
        if view.now < self.due {
            return Vec::new();
        }
        self.due = view.now.plus(self.period);
        let bodies = match self.market {
            Some(market) => self.of_pair(channel, market, view),
            None => self.of_all(channel, view),
        };
        bodies.into_iter().map(|body| wrap(channel, body, view.now)).collect()
    }

    fn of_all(&mut self, channel: &Channel, view: &View<'_>) -> Vec<Body> {
        let Channel::MiniTickers(zone) = channel else {
            return Vec::new();
        };
        let markets = (0..view.exchange.listings().len()).map(MarketIndex);
        let items = markets.map(|market| mini_ticker(view.exchange, market, *zone, view.now));
        self.changed(Body::PublicMiniTickers(PublicMiniTickers { items: items.collect() }))
    }

    fn of_pair(
        &mut self,
        channel: &Channel,
        market: MarketIndex,
        view: &mut View<'_>,
    ) -> Vec<Body> {
        match channel {
            Channel::AggreDeals(speed, _) => self.deals(*speed, market, view),
            Channel::AggreDepth(speed, _) => self.depth(*speed, market, view),
            Channel::LimitDepth(_, levels) => self.best_levels(count(*levels), market, view),
            Channel::AggreBookTicker(..) => {
                let ticker = top(market, view);
                self.changed(Body::PublicAggreBookTicker(ticker))
            }
            Channel::BookTickerBatch(_) => {
                let ticker = batched(top(market, view));
                self.changed(Body::PublicBookTickerBatch(ticker))
            }
            Channel::Kline(_, interval) => self.candles(*interval, market, view),
            Channel::MiniTicker(_, zone) => self.ticker(*zone, market, view),
            _ => Vec::new(),
        }
    }

    fn ticker(&mut self, zone: TickerZone, market: MarketIndex, view: &View<'_>) -> Vec<Body> {
        let ticker = mini_ticker(view.exchange, market, zone, view.now);
        self.changed(Body::PublicMiniTicker(ticker))
    }

    fn deals(&mut self, speed: PushSpeed, market: MarketIndex, view: &View<'_>) -> Vec<Body> {
        let Seen::Deals { until, own } = &mut self.seen else {
            return Vec::new();
        };
        let all = view.exchange.ledger().trades().len();
        let since = (*until, own.unwrap_or(all));
        let trades = view.exchange.public_trades_since(market, since, view.now);
        (*until, *own) = (view.now, Some(all));
        if trades.is_empty() {
            return Vec::new();
        }
        vec![Body::PublicAggreDeals(PublicAggreDeals {
            deals: trades.iter().map(deal).collect(),
            event_type: format!("spot@public.aggre.deals.v3.api.pb@{speed}"),
        })]
    }

    /// The first look only takes the version: there is no snapshot push.
    fn depth(&mut self, speed: PushSpeed, market: MarketIndex, view: &mut View<'_>) -> Vec<Body> {
        let Seen::Version(version) = &mut self.seen else {
            return Vec::new();
        };
        let book = view.book(market);
        let changes = version.map(|version| book.since(version)).unwrap_or_default();
        *version = Some(book.version());
        let listing = view.exchange.listing(market);
        let bodies = changes.into_iter().map(|changes| {
            Body::PublicAggreDepths(PublicAggreDepths {
                asks: levels(listing, &changes.asks),
                bids: levels(listing, &changes.bids),
                event_type: format!("spot@public.aggre.depth.v3.api.pb@{speed}"),
                from_version: changes.from.to_string(),
                to_version: changes.to.to_string(),
                last_order_create_time: view.now.as_millis(),
            })
        });
        bodies.collect()
    }

    fn best_levels(&mut self, most: usize, market: MarketIndex, view: &mut View<'_>) -> Vec<Body> {
        let Seen::Version(version) = &mut self.seen else {
            return Vec::new();
        };
        let (now, listing) = (view.now, view.exchange.listing(market));
        let book = view.book(market);
        if *version == Some(book.version()) {
            return Vec::new();
        }
        *version = Some(book.version());
        let best = |side| {
            let mut best = book.side(side);
            best.truncate(most);
            levels(listing, &best)
        };
        vec![Body::PublicLimitDepths(PublicLimitDepths {
            asks: best(Side::Sell),
            bids: best(Side::Buy),
            event_type: "spot@public.limit.depth.v3.api.pb".to_owned(),
            version: book.version().to_string(),
            last_order_create_time: now.as_millis(),
        })]
    }

    /// The present candle, and before it the last state of the one that just ended.
    fn candles(
        &mut self,
        interval: KlineInterval,
        market: MarketIndex,
        view: &View<'_>,
    ) -> Vec<Body> {
        let Seen::Candle { opened, last } = &mut self.seen else {
            return Vec::new();
        };
        let from = opened.unwrap_or(view.now);
        let candles = candles::candles_since(view.exchange, (market, interval), from, view.now);
        let bodies =
            candles.iter().map(|candle| Body::PublicSpotKline(candles::kline(interval, candle)));
        let bodies: Vec<Body> = bodies.filter(|body| last.as_ref() != Some(body)).collect();
        *opened = candles.last().map(|candle| candle.open_time);
        *last = bodies.last().cloned().or_else(|| last.take());
        bodies
    }

    fn changed(&mut self, body: Body) -> Vec<Body> {
        let Seen::Last(last) = &mut self.seen else {
            return Vec::new();
        };
        // Version and time of a book ticker change with every look.
        if last.as_ref().is_some_and(|last| without_time(last) == without_time(&body)) {
            return Vec::new();
        }
        *last = Some(body.clone());
        vec![body]
    }
}

fn period(channel: &Channel) -> Duration {
    match channel {
        Channel::AggreDeals(PushSpeed::Ms10, _)
        | Channel::AggreDepth(PushSpeed::Ms10, _)
        | Channel::AggreBookTicker(PushSpeed::Ms10, _) => Duration::from_millis(10),
        Channel::Kline(..) => Duration::from_secs(1),
        Channel::MiniTicker(..) | Channel::MiniTickers(_) => Duration::from_secs(3),
        _ => Duration::from_millis(100),
    }
}

const fn count(levels: DepthLevels) -> usize {
    match levels {
        DepthLevels::Five => 5,
        DepthLevels::Ten => 10,
        DepthLevels::Twenty => 20,
    }
}

fn without_time(body: &Body) -> Body {
    match body.clone() {
        Body::PublicAggreBookTicker(ticker) => Body::PublicAggreBookTicker(PublicAggreBookTicker {
            version: String::new(),
            last_order_create_time: 0,
            ..ticker
        }),
        Body::PublicBookTickerBatch(batch) => Body::PublicBookTickerBatch(PublicBookTickerBatch {
            version: String::new(),
            last_order_create_time: 0,
            ..batch
        }),
        other => other,
    }
}

/// Candles carry when they were made, everything else when it was sent.
fn wrap(channel: &Channel, body: Body, now: Timestamp) -> PushDataV3ApiWrapper {
    let candle = matches!(body, Body::PublicSpotKline(_));
    let millis = Some(now.as_millis());
    PushDataV3ApiWrapper {
        channel: channel.to_string(),
        symbol: channel.symbol().map(|symbol| symbol.as_str().to_owned()),
        symbol_id: None,
        create_time: millis.filter(|_| candle),
        send_time: millis.filter(|_| !candle),
        body: Some(body),
    }
}

fn deal(trade: &PublicTrade) -> AggreDeal {
    AggreDeal {
        price: text(trade.price.get()),
        quantity: text(trade.qty.get()),
        trade_type: side(trade.taker),
        time: trade.at.as_millis(),
        trade_id: format!("{0}X0_{0}X0", trade.number),
    }
}

fn levels(listing: &Listing, levels: &[Level]) -> Vec<DepthItem> {
    let item = |level: &Level| DepthItem {
        price: padded_price(listing, level.price).0.to_string(),
        quantity: padded_qty(level.qty).0.to_string(),
    };
    levels.iter().map(item).collect()
}

fn top(market: MarketIndex, view: &mut View<'_>) -> PublicAggreBookTicker {
    let now = view.now;
    let book = view.book(market);
    let best = |side| {
        let level = book.side(side).first().copied();
        level.map(|l| (text(l.price.get()), text(l.qty.get()))).unwrap_or_default()
    };
    let ((bid_price, bid_quantity), (ask_price, ask_quantity)) =
        (best(Side::Buy), best(Side::Sell));
    PublicAggreBookTicker {
        bid_price,
        bid_quantity,
        ask_price,
        ask_quantity,
        version: book.version().to_string(),
        last_order_create_time: now.as_millis(),
    }
}

fn batched(top: PublicAggreBookTicker) -> PublicBookTickerBatch {
    PublicBookTickerBatch {
        items: vec![BookTickerItem {
            bid_price: top.bid_price,
            bid_quantity: top.bid_quantity,
            ask_price: top.ask_price,
            ask_quantity: top.ask_quantity,
        }],
        version: top.version,
        last_order_create_time: top.last_order_create_time,
    }
}

fn text(value: Decimal) -> String {
    value.normalize().to_string()
}
