//! The exchange and the key: can it be reached, is the key fit for trading and for nothing more,
//! would an order be taken. Nothing is ever placed.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::Leg;
use domain::{ClientOrderId, Market, Notional, OrderKind, PlaceOrder, Side, Symbol};
use engine::settings::Settings;
use mexc::{AssetBalance, Client, ClientError, ErrorClass, MarketStreams, StreamConfig};
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::finding::Finding;
use crate::config::Config;

/// What the service itself tolerates.
const CLOCK_TOLERANCE_MS: i64 = 1_000;
const STREAM_WITHIN: Duration = Duration::from_secs(5);
/// A key without bound address ends after 90 days (contract 3).
const RENEW_DAYS: i64 = 14;

/// What later checks need of it.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) findings: Vec<Finding>,
    pub(super) markets: Vec<Market>,
    pub(super) balances: Option<Vec<AssetBalance>>,
}

pub(super) async fn look(client: &Client, config: &Config) -> Seen {
    let mut seen = Seen::default();
    let clock = clock(client).await;
    let reached = clock.standing != super::finding::Standing::Failed;
    seen.findings.push(clock);
    let listed = client.exchange_info().await;
    seen.findings.push(markets(&listed));
    seen.markets = listed.map(|found| found.markets.iter().cloned().collect()).unwrap_or_default();
    if !client.has_keys() {
        let detail = "no key: prices and dry runs only";
        seen.findings.push(Finding::warning("key", detail, "set MEXC_API_KEY and MEXC_API_SECRET"));
        return seen;
    }
    if reached || !seen.markets.is_empty() {
        seen.findings.extend(key(client, config).await);
        let balances = client.account().await;
        seen.findings.push(balance(&balances, &config.engine));
        seen.balances = balances.ok();
        seen.findings.push(test_order(client, &config.engine, &seen.markets).await);
    }
    let protection = stop_protection(client, config, &seen.markets).await;
    seen.findings.push(protection);
    seen
}

async fn clock(client: &Client) -> Finding {
    const CHECK: &str = "clock";
    let advice = "let this machine's clock follow a time server (chrony, systemd-timesyncd)";
    match client.clock_offset_ms().await {
        Ok(offset) => {
            client.set_offset_ms(offset);
            let detail = format!("the exchange's clock is {offset} ms ahead of ours");
            match offset.abs() {
                off if off > CLOCK_TOLERANCE_MS => Finding::failed(CHECK, detail, advice),
                off if off > CLOCK_TOLERANCE_MS / 2 => Finding::warning(CHECK, detail, advice),
                _ => Finding::ok(CHECK, detail),
            }
        }
        Err(error) => Finding::failed(
            CHECK,
            error.to_string(),
            "the exchange cannot be reached: look at MEXC_BASE_URL, the network and a proxy",
        ),
    }
}

fn markets(listed: &Result<mexc::ExchangeMarkets, ClientError>) -> Finding {
    const CHECK: &str = "markets";
    match listed {
        Ok(found) if !found.markets.is_empty() => {
            let open = found.markets.iter().filter(|market| market.open).count();
            Finding::ok(CHECK, format!("{} pairs listed, {open} open", found.markets.len()))
        }
        Ok(_) => Finding::failed(CHECK, "the list is empty", "try again in some minutes"),
        Err(error) => Finding::failed(CHECK, error.to_string(), "try again in some minutes"),
    }
}

/// What the key may do, where it may come from, and how long it lives.
async fn key(client: &Client, config: &Config) -> Vec<Finding> {
    let account = match answer(client, "/account", &[]).await {
        Ok(account) => account,
        Err(why) => {
            let advice = "create a key with reading and spot trading, copy both parts again, and \
                          put this machine's address on its list";
            return vec![Finding::failed("key", why, advice)];
        }
    };
    let trades = account["canTrade"] != Value::Bool(false);
    let mut findings = vec![if trades {
        Finding::ok("key", "it may read the account, and the account may trade")
    } else {
        Finding::failed("key", "the account may not trade", "enable spot trading at MEXC")
    }];
    let own = config.mexc.api_key.as_ref().map_or("", |key| key.expose_secret());
    match answer(client, "/apiKeyInfo", &[&format!("accessKey={own}")]).await {
        Ok(info) => findings.extend(of_key_info(&info)),
        Err(_) => findings.push(unknown_withdrawal(&account)),
    }
    findings
}

fn of_key_info(info: &Value) -> Vec<Finding> {
    let permissions = info["permissions"].as_str().unwrap_or("").to_ascii_uppercase();
    let withdrawal = if permissions.contains("WITHDRAW") {
        Finding::warning(
            "withdrawal",
            "THIS KEY CAN WITHDRAW: whoever gets it can empty the account",
            "make a new key without withdrawal at MEXC, and delete this one",
        )
    } else {
        Finding::ok("withdrawal", "the key cannot withdraw")
    };
    let writes = permissions.contains("SPOT_DEAL_WRITE") || permissions.is_empty();
    let trading = if writes {
        Finding::ok("permissions", format!("granted: {permissions}"))
    } else {
        let advice = "give the key spot trading, or set MEXC_ENABLE=false to watch only";
        Finding::failed("permissions", format!("no spot trading: {permissions}"), advice)
    };
    vec![trading, withdrawal, address_list(info)]
}

fn address_list(info: &Value) -> Finding {
    const CHECK: &str = "address list";
    if info["ipWhiteList"].as_str().is_some_and(|list| !list.trim().is_empty()) {
        return Finding::ok(CHECK, "the key is bound to addresses and does not expire");
    }
    let days = info["remainingValidity"].as_i64();
    let left = days.filter(|days| *days >= 0).map_or(String::new(), |d| format!(", {d} days left"));
    let detail = format!("no address is bound: the key works from anywhere, for 90 days{left}");
    let advice = "bind this machine's address to the key at MEXC";
    if days.is_some_and(|days| (0..=RENEW_DAYS).contains(&days)) {
        return Finding::failed(CHECK, detail, format!("{advice}, or renew it now"));
    }
    Finding::warning(CHECK, detail, advice)
}

/// The account's own word is not the key's.
fn unknown_withdrawal(account: &Value) -> Finding {
    const CHECK: &str = "withdrawal";
    if account["canWithdraw"] == Value::Bool(true) {
        let detail = "the account can withdraw; whether this key can, the exchange does not tell";
        return Finding::warning(
            CHECK,
            detail,
            "look at MEXC's API management: no withdrawal, address list set (without one the key \
             ends after 90 days)",
        );
    }
    Finding::ok(CHECK, "not allowed")
}

/// The JSON of a successful answer, or why there is none.
async fn answer(client: &Client, path: &str, params: &[&str]) -> Result<Value, String> {
    let path = path.parse().map_err(|error: mexc::InvalidPath| error.to_string())?;
    let params: Result<Vec<mexc::QueryParam>, _> = params.iter().map(|text| text.parse()).collect();
    let params = params.map_err(|_| "the key holds characters that no key has".to_owned())?;
    let raw = client.get_answer(&path, &params).await.map_err(|error| error.to_string())?;
    let json: Value = serde_json::from_str(&raw.body).unwrap_or(Value::Null);
    if raw.status == 200 && json.is_object() {
        return Ok(json);
    }
    let said = json["msg"].as_str().unwrap_or("no readable answer");
    Err(format!("HTTP {}, code {}: {said}", raw.status, json["code"]))
}

fn balance(balances: &Result<Vec<AssetBalance>, ClientError>, settings: &Settings) -> Finding {
    const CHECK: &str = "balance";
    let quote = &settings.quote_asset;
    match balances {
        Err(error) => Finding::failed(CHECK, error.to_string(), "see the line of the key"),
        Ok(balances) => {
            let free = balances.iter().find(|b| b.asset == *quote).map(|b| b.free);
            let free = free.unwrap_or_default();
            let detail = format!("{free} {quote} free");
            if free < settings.risk.min_notional.get() {
                let advice = "transfer some to the spot account: not even the smallest order fits";
                return Finding::warning(CHECK, detail, advice);
            }
            Finding::ok(CHECK, detail)
        }
    }
}

/// `POST /order/test`: checked by the exchange, never placed.
async fn test_order(client: &Client, settings: &Settings, markets: &[Market]) -> Finding {
    const CHECK: &str = "test order";
    let Some(market) = liquid(markets, settings) else {
        let detail = format!("no open pair in {}", settings.quote_asset);
        return Finding::failed(CHECK, detail, "look at QUOTE_ASSET and at the list of markets");
    };
    let least = market.rules.min_notional_market.max(market.rules.min_notional);
    let notional = market.rules.round_quote(settings.auto_route.default_notional.max(least));
    match client.order_test(&order(client, settings, market, notional)).await {
        Ok(()) => Finding::ok(CHECK, format!("{notional} of {} would be taken", market.symbol)),
        Err(ClientError::Api(error)) if error.class == ErrorClass::Symbol => Finding::warning(
            CHECK,
            format!("{}: {error}", market.symbol),
            "the pair may be closed to the API for now: try again, or trade others",
        ),
        Err(error) => Finding::failed(CHECK, error.to_string(), "see the line of the key"),
    }
}

fn order(client: &Client, settings: &Settings, market: &Market, notional: Notional) -> PlaceOrder {
    let now_ms = client.exchange_now_ms();
    let cause = format!("check {now_ms}");
    PlaceOrder {
        client_order_id: ClientOrderId::derive(
            &settings.bot_id,
            &settings.account,
            &cause,
            Leg::Entry,
            1,
        ),
        symbol: market.symbol.clone(),
        side: Side::Buy,
        kind: OrderKind::MarketQuote { notional },
        timestamp_ms: now_ms,
        recv_window_ms: settings.recv_window_ms,
    }
}

fn liquid<'a>(markets: &'a [Market], settings: &Settings) -> Option<&'a Market> {
    let fits = |market: &&Market| {
        market.open
            && market.market_orders
            && market.quote == settings.quote_asset
            && market.sides.allows(Side::Buy)
    };
    let best = Symbol::from_exchange(&format!("BTC{}", settings.quote_asset));
    let fitting = || markets.iter().filter(fits);
    fitting().find(|market| market.symbol == best).or_else(|| fitting().next())
}

/// The bot is the stop, so it must see prices.
async fn stop_protection(client: &Client, config: &Config, markets: &[Market]) -> Finding {
    const CHECK: &str = "stop protection";
    let polled = client.book_tickers().await;
    if let Err(error) = polled {
        let advice = "without prices no stop can fire: look at the lines above";
        return Finding::failed(CHECK, error.to_string(), advice);
    }
    let every = config.price_poll.as_millis();
    let by_rest = format!("prices by REST every {every} ms");
    let Some(market) = liquid(markets, &config.engine) else {
        let advice = "look at QUOTE_ASSET and at the list of markets";
        return Finding::warning(CHECK, format!("{by_rest}; no pair to stream"), advice);
    };
    if streams(&config.mexc.ws_url, &market.symbol).await {
        return Finding::ok(CHECK, format!("prices by stream, and {by_rest}"));
    }
    Finding::warning(
        CHECK,
        format!("{by_rest}; the stream cannot be reached"),
        "look at MEXC_WS_URL and whether a firewall lets WebSockets through",
    )
}

async fn streams(url: &str, symbol: &Symbol) -> bool {
    let Ok(streams) = MarketStreams::start(StreamConfig::new(url), Arc::new(|_| {})) else {
        return false;
    };
    streams.watch(symbol);
    let connected = async {
        while streams.stats().connected == 0 {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(STREAM_WITHIN, connected).await.is_ok()
}
