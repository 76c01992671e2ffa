//! Channel names (contract 14).

use std::fmt;
use std::str::FromStr;

use domain::{Interval, Symbol};

/// A channel to subscribe. Its `Display` is its name on the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Trades, collected over a window.
    AggreDeals(PushSpeed, Symbol),
    /// Changes of the book, collected over a window.
    AggreDepth(PushSpeed, Symbol),
    /// Best bid and ask at the end of a window.
    AggreBookTicker(PushSpeed, Symbol),
    /// Best bid and ask, batched.
    BookTickerBatch(Symbol),
    /// The best levels of the book, complete each time.
    LimitDepth(Symbol, DepthLevels),
    /// The candle of the present window, about once a second.
    Kline(Symbol, KlineInterval),
    /// A day's figures of one pair.
    MiniTicker(Symbol, TickerZone),
    /// A day's figures of all pairs.
    MiniTickers(TickerZone),
    /// Balances; needs a listen key.
    PrivateAccount,
    /// Executions of our orders; needs a listen key.
    PrivateDeals,
    /// States of our orders; needs a listen key.
    PrivateOrders,
}

impl Channel {
    /// The pair it is about, where it is about one.
    pub const fn symbol(&self) -> Option<&Symbol> {
        match self {
            Self::AggreDeals(_, symbol)
            | Self::AggreDepth(_, symbol)
            | Self::AggreBookTicker(_, symbol)
            | Self::BookTickerBatch(symbol)
            | Self::LimitDepth(symbol, _)
            | Self::Kline(symbol, _)
            | Self::MiniTicker(symbol, _) => Some(symbol),
            Self::MiniTickers(_)
            | Self::PrivateAccount
            | Self::PrivateDeals
            | Self::PrivateOrders => None,
        }
    }

    /// Whether only a connection with a listen key may have it.
    pub const fn is_private(&self) -> bool {
        matches!(self, Self::PrivateAccount | Self::PrivateDeals | Self::PrivateOrders)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AggreDeals(speed, symbol) => {
                write!(f, "spot@public.aggre.deals.v3.api.pb@{speed}@{symbol}")
            }
            Self::AggreDepth(speed, symbol) => {
                write!(f, "spot@public.aggre.depth.v3.api.pb@{speed}@{symbol}")
            }
            Self::AggreBookTicker(speed, symbol) => {
                write!(f, "spot@public.aggre.bookTicker.v3.api.pb@{speed}@{symbol}")
            }
            Self::BookTickerBatch(symbol) => {
                write!(f, "spot@public.bookTicker.batch.v3.api.pb@{symbol}")
            }
            Self::LimitDepth(symbol, levels) => {
                write!(f, "spot@public.limit.depth.v3.api.pb@{symbol}@{levels}")
            }
            Self::Kline(symbol, interval) => {
                write!(f, "spot@public.kline.v3.api.pb@{symbol}@{interval}")
            }
            Self::MiniTicker(symbol, zone) => {
                write!(f, "spot@public.miniTicker.v3.api.pb@{symbol}@{zone}")
            }
            Self::MiniTickers(zone) => write!(f, "spot@public.miniTickers.v3.api.pb@{zone}"),
            Self::PrivateAccount => f.write_str("spot@private.account.v3.api.pb"),
            Self::PrivateDeals => f.write_str("spot@private.deals.v3.api.pb"),
            Self::PrivateOrders => f.write_str("spot@private.orders.v3.api.pb"),
        }
    }
}

/// A name that is no channel, or one that the exchange withdrew.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no channel that MEXC serves")]
pub struct UnknownChannel(pub String);

impl FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(name: &str) -> Result<Self, UnknownChannel> {
        // Spelt otherwise it would be another name in replies and when it is given back.
        let channel = parse(name).filter(|channel| channel.to_string() == name);
        channel.ok_or_else(|| UnknownChannel(name.chars().take(128).collect()))
    }
}

fn parse(name: &str) -> Option<Channel> {
    let rest = name.strip_prefix("spot@")?;
    let mut parts = rest.split('@');
    let kind = parts.next()?.strip_suffix(".v3.api.pb")?;
    let (first, second) = (parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    let aggregated =
        |make: fn(PushSpeed, Symbol) -> Channel| Some(make(first?.parse().ok()?, symbol(second?)?));
    match (kind, first, second) {
        ("public.aggre.deals", ..) => aggregated(Channel::AggreDeals),
        ("public.aggre.depth", ..) => aggregated(Channel::AggreDepth),
        ("public.aggre.bookTicker", ..) => aggregated(Channel::AggreBookTicker),
        ("public.bookTicker.batch", Some(pair), None) => {
            Some(Channel::BookTickerBatch(symbol(pair)?))
        }
        ("public.limit.depth", Some(pair), Some(levels)) => {
            Some(Channel::LimitDepth(symbol(pair)?, levels.parse().ok()?))
        }
        ("public.kline", Some(pair), Some(interval)) => {
            Some(Channel::Kline(symbol(pair)?, interval.parse().ok()?))
        }
        ("public.miniTicker", Some(pair), Some(zone)) => {
            Some(Channel::MiniTicker(symbol(pair)?, zone.parse().ok()?))
        }
        ("public.miniTickers", Some(zone), None) => Some(Channel::MiniTickers(zone.parse().ok()?)),
        ("private.account", None, None) => Some(Channel::PrivateAccount),
        ("private.deals", None, None) => Some(Channel::PrivateDeals),
        ("private.orders", None, None) => Some(Channel::PrivateOrders),
        _ => None,
    }
}

fn symbol(text: &str) -> Option<Symbol> {
    // A comma would split the name in the exchange's replies.
    let whole = !text.is_empty() && !text.contains([',', '[', ']']);
    whole.then(|| Symbol::from_exchange(text))
}

/// A closed list of names on the wire.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $wire:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name on the wire.
            pub const fn as_wire(self) -> &'static str {
                match self { $(Self::$variant => $wire,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_wire())
            }
        }

        impl FromStr for $name {
            type Err = UnknownChannel;

            fn from_str(text: &str) -> Result<Self, UnknownChannel> {
                let known = Self::ALL.iter().copied().find(|value| value.as_wire() == text);
                known.ok_or_else(|| UnknownChannel(text.chars().take(32).collect()))
            }
        }
    };
}

named!(
    /// How long pushes are collected.
    PushSpeed {
        /// 10 milliseconds.
        Ms10 = "10ms",
        /// 100 milliseconds.
        Ms100 = "100ms",
    }
);

named!(
    /// How many levels of each side are pushed.
    DepthLevels {
        /// Five.
        Five = "5",
        /// Ten.
        Ten = "10",
        /// Twenty.
        Twenty = "20",
    }
);

named!(
    /// Candle lengths of the WebSocket; one more than over REST, and named differently.
    KlineInterval {
        /// One minute.
        Min1 = "Min1",
        /// Five minutes.
        Min5 = "Min5",
        /// Fifteen minutes.
        Min15 = "Min15",
        /// Thirty minutes.
        Min30 = "Min30",
        /// One hour.
        Min60 = "Min60",
        /// Four hours.
        Hour4 = "Hour4",
        /// Eight hours; not served over REST.
        Hour8 = "Hour8",
        /// One day.
        Day1 = "Day1",
        /// One week.
        Week1 = "Week1",
        /// One month.
        Month1 = "Month1",
    }
);

impl From<Interval> for KlineInterval {
    fn from(interval: Interval) -> Self {
        match interval {
            Interval::M1 => Self::Min1,
            Interval::M5 => Self::Min5,
            Interval::M15 => Self::Min15,
            Interval::M30 => Self::Min30,
            Interval::H1 => Self::Min60,
            Interval::H4 => Self::Hour4,
            Interval::D1 => Self::Day1,
            Interval::W1 => Self::Week1,
            Interval::Mo1 => Self::Month1,
        }
    }
}

/// Which day a mini ticker counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TickerZone {
    /// The last 24 hours.
    Rolling,
    /// The day of the zone this many hours east of Greenwich: −10 to 8.
    Utc(i8),
}

impl fmt::Display for TickerZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rolling => f.write_str("24H"),
            Self::Utc(hours) => write!(f, "UTC{hours:+}"),
        }
    }
}

impl FromStr for TickerZone {
    type Err = UnknownChannel;

    fn from_str(text: &str) -> Result<Self, UnknownChannel> {
        let unknown = || UnknownChannel(text.chars().take(32).collect());
        if text == "24H" {
            return Ok(Self::Rolling);
        }
        let hours = text.strip_prefix("UTC").ok_or_else(unknown)?;
        let hours: i8 = hours.parse().map_err(|_| unknown())?;
        if (-10..=8).contains(&hours) { Ok(Self::Utc(hours)) } else { Err(unknown()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_documented_name_is_read_and_written_alike() {
        for name in [
            "spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT",
            "spot@public.aggre.depth.v3.api.pb@10ms@BTCUSDT",
            "spot@public.aggre.bookTicker.v3.api.pb@100ms@GOLD(PAXG)USDT",
            "spot@public.bookTicker.batch.v3.api.pb@1INCHUSDT",
            "spot@public.limit.depth.v3.api.pb@币安人生USDT@20",
            "spot@public.kline.v3.api.pb@BTCUSDT@Hour8",
            "spot@public.miniTicker.v3.api.pb@BTCUSDT@24H",
            "spot@public.miniTicker.v3.api.pb@BTCUSDT@UTC+8",
            "spot@public.miniTickers.v3.api.pb@UTC-10",
            "spot@private.account.v3.api.pb",
            "spot@private.deals.v3.api.pb",
            "spot@private.orders.v3.api.pb",
        ] {
            let channel: Channel = name.parse().unwrap();
            assert_eq!(channel.to_string(), name);
            assert_eq!(channel.is_private(), name.contains("private"), "{name}");
        }
    }

    #[test]
    fn what_the_exchange_blocks_is_no_channel() {
        for name in [
            "",
            "spot@",
            "spot@public.aggre.deals.v3.api.pb@BTCUSDT",
            "spot@public.aggre.deals.v3.api.pb@50ms@BTCUSDT",
            "spot@public.aggre.deals.v3.api.pb@100ms@",
            "spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT@x",
            "spot@public.deals.v3.api.pb@BTCUSDT",
            "spot@public.limit.depth.v3.api.pb@BTCUSDT@50",
            "spot@public.kline.v3.api.pb@BTCUSDT@1m",
            "spot@public.miniTicker.v3.api.pb@BTCUSDT",
            "spot@public.miniTickers.v3.api.pb@UTC+9",
            "spot@public.miniTickers.v3.api.pb@UTC4",
            "spot@public.miniTickers.v3.api.pb@UTC+04",
            "spot@private.orders.v3.api.pb@BTCUSDT",
            "spot@public.aggre.deals.v3.api@100ms@BTCUSDT",
        ] {
            assert!(name.parse::<Channel>().is_err(), "{name}");
        }
    }

    #[test]
    fn rest_intervals_have_their_name_here() {
        let names: Vec<&str> =
            Interval::ALL.into_iter().map(|i| KlineInterval::from(i).as_wire()).collect();
        let expected = "Min1 Min5 Min15 Min30 Min60 Hour4 Day1 Week1 Month1";
        assert_eq!(names.join(" "), expected);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(spot@)?(public|private)?\\PC{0,60}") {
            if let Ok(channel) = text.parse::<Channel>() {
                prop_assert_eq!(channel.to_string().parse(), Ok(channel));
            }
        }
    }
}
