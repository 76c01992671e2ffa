//! The WebSocket over a real socket.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::stream::Stream;
use crate::support::{Client, config, scripted, scripted_with};
use domain::{Decimal, Price};
use mexc_wire::ws::{Body, DepthItem, PublicAggreDepths, Request};
use sandbox::{MarketSpec, SandboxHandle};

const DEALS: &str = "spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT";
const BUY: [(&str, &str); 4] =
    [("symbol", "BTCUSDT"), ("side", "BUY"), ("type", "MARKET"), ("quoteOrderQty", "25")];

async fn synthetic() -> (SandboxHandle, Client) {
    let market = MarketSpec::Synthetic { seed: 1 };
    let sandbox = sandbox::start(config(market, None)).await.unwrap();
    let client = Client::new(&sandbox);
    (sandbox, client)
}

#[tokio::test]
async fn control_frames_are_answered_as_recorded() {
    let (_sandbox, client) = scripted().await;
    let mut stream = Stream::open(&client).await;
    stream.send(r#"{"method":"PING"}"#).await;
    assert_eq!(stream.reply().await.msg, "PONG");
    stream.subscribe(DEALS).await;
    let refused = "spot@public.miniTicker.v3.api.pb@BTCUSDT";
    stream.send(&Request::subscribe(&refused).to_text()).await;
    let reply = stream.reply().await;
    let words = format!("Not Subscribed successfully! [{refused}].  Reason： Blocked! ");
    assert_eq!((reply.code, reply.msg), (0, words));
    stream.send(&Request::unsubscribe(&DEALS).to_text()).await;
    assert_eq!(stream.reply().await.msg, DEALS);
}

#[tokio::test]
async fn trades_of_others_and_of_accounts_come_in_one_stream_in_order() {
    let (_sandbox, client) = synthetic().await;
    let mut stream = Stream::open(&client).await;
    stream.subscribe(DEALS).await;
    let mut last = 0;
    let (mut others, mut own) = (0, false);
    client.order(&BUY).await.ok();
    let mine = client.signed("GET", "/myTrades", &[("symbol", "BTCUSDT")]).await.ok();
    let (price, qty) = (mine[0]["price"].as_str().unwrap(), mine[0]["qty"].as_str().unwrap());
    while others < 3 || !own {
        let push = stream.push().await;
        assert_eq!((push.channel.as_str(), push.symbol.as_deref()), (DEALS, Some("BTCUSDT")));
        let Some(Body::PublicAggreDeals(body)) = push.body else { panic!("{push:?}") };
        for deal in body.deals {
            assert!(deal.time >= last, "ascending");
            last = deal.time;
            let is_mine = deal.price == price && deal.quantity == qty && deal.trade_type == 1;
            if is_mine { own = true } else { others += 1 }
        }
    }
    let public = client.get("/api/v3/trades?symbol=BTCUSDT").await.ok();
    let seen = public.as_array().unwrap().iter().any(|trade| trade["qty"] == qty);
    assert!(seen, "REST shows it too");
}

#[tokio::test]
async fn every_public_channel_pushes_what_it_should() {
    let (_sandbox, client) = synthetic().await;
    let mut stream = Stream::open(&client).await;
    for channel in [
        "spot@public.aggre.bookTicker.v3.api.pb@10ms@ETHUSDT",
        "spot@public.bookTicker.batch.v3.api.pb@ETHUSDT",
        "spot@public.limit.depth.v3.api.pb@ETHUSDT@20",
        "spot@public.kline.v3.api.pb@ETHUSDT@Min1",
        "spot@public.kline.v3.api.pb@ETHUSDT@Hour8",
        "spot@public.miniTicker.v3.api.pb@ETHUSDT@UTC+8",
        "spot@public.miniTickers.v3.api.pb@24H",
    ] {
        stream.subscribe(channel).await;
    }
    let mut seen = BTreeMap::new();
    while seen.len() < 7 {
        let push = stream.push().await;
        let kline = matches!(push.body, Some(Body::PublicSpotKline(_)));
        assert_eq!((push.create_time.is_some(), push.send_time.is_some()), (kline, !kline));
        assert_eq!(push.symbol.is_none(), push.channel.contains("miniTickers"));
        check_sense(&push.body.unwrap());
        *seen.entry(push.channel).or_insert(0) += 1;
    }
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn check_sense(body: &Body) {
    match body {
        Body::PublicAggreBookTicker(top) => {
            assert!(number(&top.bid_price) < number(&top.ask_price));
        }
        Body::PublicBookTickerBatch(batch) => assert_eq!(batch.items.len(), 1),
        Body::PublicLimitDepths(depth) => {
            assert_eq!((depth.asks.len(), depth.bids.len()), (20, 20));
            assert!(number(&depth.asks[0].price) < number(&depth.asks[19].price));
            assert!(number(&depth.bids[0].price) > number(&depth.bids[19].price));
        }
        Body::PublicSpotKline(kline) => {
            let length = if kline.interval == "Min1" { 60 } else { 8 * 3_600 };
            assert_eq!(kline.window_end - kline.window_start, length, "seconds");
            assert_eq!(kline.window_start % length, 0);
            assert!(number(&kline.lowest_price) <= number(&kline.closing_price));
            assert!(number(&kline.closing_price) <= number(&kline.highest_price));
        }
        Body::PublicMiniTicker(ticker) => {
            assert_eq!(ticker.symbol, "ETHUSDT");
            assert!(number(&ticker.volume) > number(&ticker.quantity), "quote against base");
        }
        Body::PublicMiniTickers(all) => assert!(all.items.len() > 50),
        other => panic!("{other:?} was not asked for"),
    }
}

type Book = BTreeMap<Price, Decimal>;

/// A local book by the rules of contract 16.
struct Local {
    asks: Book,
    bids: Book,
    version: u64,
}

impl Local {
    async fn snapshot(client: &Client) -> Self {
        let depth = client.get("/api/v3/depth?symbol=BTCUSDT&limit=5000").await.ok();
        let side = |name: &str| {
            let levels = depth[name].as_array().unwrap().iter();
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            levels
                .map(|level| (text(&level[0]).parse().unwrap(), number(&text(&level[1]))))
                .collect()
        };
        let version = depth["lastUpdateId"].as_u64().unwrap();
        Self { asks: side("asks"), bids: side("bids"), version }
    }

    fn apply(&mut self, changes: &PublicAggreDepths) {
        let (from, to): (u64, u64) =
            (changes.from_version.parse().unwrap(), changes.to_version.parse().unwrap());
        if to <= self.version {
            return;
        }
        assert!(from <= self.version + 1, "no gap");
        let levels = |book: &mut Book, items: &[DepthItem]| {
            for item in items {
                let (price, qty) = (item.price.parse().unwrap(), number(&item.quantity));
                if qty.is_zero() {
                    book.remove(&price)
                } else {
                    book.insert(price, qty)
                };
            }
        };
        levels(&mut self.asks, &changes.asks);
        levels(&mut self.bids, &changes.bids);
        self.version = to;
    }
}

#[tokio::test]
async fn a_local_book_follows_the_exchange_s() {
    let (_sandbox, client) = scripted().await;
    let mut stream = Stream::open(&client).await;
    stream.subscribe("spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT").await;
    let mut local = Local::snapshot(&client).await;
    for step in 0..10 {
        client.set_price(&(65_000 + step % 7).to_string()).await;
        // Someone else looks at the book between two pushes.
        client.get("/api/v3/depth?symbol=BTCUSDT&limit=5").await.ok();
        client.set_price(&(65_010 - step % 5).to_string()).await;
        let there = Local::snapshot(&client).await;
        while local.version < there.version {
            let changes = stream.find(|body| match body {
                Body::PublicAggreDepths(changes) => Some(changes),
                _ => None,
            });
            local.apply(&changes.await);
        }
        // No push reaches from before a snapshot to after it.
        assert_eq!(local.version, there.version, "step {step}");
        assert_eq!((&local.asks, &local.bids), (&there.asks, &there.bids), "step {step}");
    }
}

#[tokio::test]
async fn an_account_sees_its_orders_deals_and_balances_and_nobody_else_s() {
    let (_sandbox, client) = scripted().await;
    let other =
        Client { key: "mx0other".to_owned(), secret: "secret2".to_owned(), ..client.clone() };
    let mut mine = Stream::private(&client).await;
    let mut theirs = Stream::private(&other).await;
    mine.subscribe_private().await;
    theirs.subscribe_private().await;
    let order = [
        ("symbol", "BTCUSDT"),
        ("side", "BUY"),
        ("type", "LIMIT"),
        ("quantity", "0.01"),
        ("price", "62500"),
        ("newClientOrderId", "levi-ws"),
    ];
    let ack = client.order(&order).await.ok();
    let Some(Body::PrivateAccount(placed)) = mine.push().await.body else { panic!() };
    assert_eq!((placed.r#type.as_str(), placed.vcoin_name.as_str()), ("ENTRUST_PLACE", "USDT"));
    assert_eq!((placed.balance_amount.as_str(), placed.frozen_amount.as_str()), ("9375", "625"));
    assert_eq!(placed.balance_amount_change, "-625");
    let Some(Body::PrivateOrders(new)) = mine.push().await.body else { panic!() };
    assert_eq!((new.status, new.client_id.as_str(), new.order_type), (1, "levi-ws", 1));
    assert_eq!(new.id, ack["orderId"]);
    client.set_price("62000").await;
    let Some(Body::PrivateOrders(filled)) = mine.push().await.body else { panic!() };
    assert_eq!((filled.status, filled.is_maker), (2, true));
    assert_eq!(
        (filled.cumulative_quantity.as_str(), filled.remain_quantity.as_str()),
        ("0.01", "0")
    );
    let Some(Body::PrivateDeals(deal)) = mine.push().await.body else { panic!() };
    assert_eq!((deal.price.as_str(), deal.amount.as_str()), ("62500", "625"));
    assert_eq!((deal.order_id, deal.client_order_id.as_str()), (new.id, "levi-ws"));
    let trades = client.signed("GET", "/myTrades", &[("symbol", "BTCUSDT")]).await.ok();
    assert_eq!(trades[0]["id"], deal.trade_id);
    theirs.send(r#"{"method":"PING"}"#).await;
    match theirs.next().await {
        crate::stream::Came::Reply(reply) => assert_eq!(reply.msg, "PONG"),
        other => panic!("someone else's {other:?}"),
    }
}

#[tokio::test]
async fn a_listen_key_is_needed_and_its_end_closes_the_connection() {
    let (_sandbox, client) = scripted().await;
    assert!(Stream::try_open(&client, "?listenKey=unknown").await.is_err());
    let mut public = Stream::open(&client).await;
    public.send(&Request::subscribe(&"spot@private.orders.v3.api.pb").to_text()).await;
    assert!(public.reply().await.msg.contains("Blocked"));
    let key = client.signed("POST", "/userDataStream", &[]).await.ok();
    let key = key["listenKey"].as_str().unwrap();
    let mut deleted = Stream::try_open(&client, &format!("?listenKey={key}")).await.unwrap();
    client.signed("DELETE", "/userDataStream", &[("listenKey", key)]).await.ok();
    deleted.closed().await;
    let mut expired = Stream::private(&client).await;
    expired.subscribe_private().await;
    client.send("DELETE", "/__admin/listenKeys", &[], "").await.ok();
    expired.closed().await;
}

#[tokio::test]
async fn connections_are_closed_by_the_rules() {
    let soon = Duration::from_millis(300);
    let (_sandbox, client) = scripted_with(|config| config.streams.unsubscribed = soon).await;
    Stream::open(&client).await.closed().await;

    let (_sandbox, client) = scripted_with(|config| config.streams.silence = soon).await;
    let mut silent = Stream::private(&client).await;
    silent.subscribe_private().await;
    silent.closed().await;

    let (_sandbox, client) = scripted_with(|config| config.streams.lifetime = soon).await;
    let mut old = Stream::open(&client).await;
    old.subscribe(DEALS).await;
    old.closed().await;

    let (_sandbox, client) = scripted_with(|config| config.streams.messages_per_second = 3).await;
    let mut loud = Stream::open(&client).await;
    for _ in 0..4 {
        loud.send(r#"{"method":"PING"}"#).await;
    }
    loud.closed().await;
}

#[tokio::test]
async fn thirty_channels_are_the_most_and_all_connections_can_be_closed() {
    let (sandbox, client) = scripted_with(|config| config.streams.subscriptions = 2).await;
    let mut stream = Stream::open(&client).await;
    stream.subscribe(DEALS).await;
    stream.subscribe("spot@public.kline.v3.api.pb@BTCUSDT@Min1").await;
    stream.send(&Request::subscribe(&"spot@public.kline.v3.api.pb@BTCUSDT@Min5").to_text()).await;
    assert!(stream.reply().await.msg.contains("Blocked"));
    let closed = client.send("DELETE", "/__admin/connections", &[], "").await.ok();
    assert_eq!(closed["closed"], 1);
    stream.closed().await;
    let mut last = Stream::open(&client).await;
    last.subscribe(DEALS).await;
    sandbox.shutdown().await;
    last.closed().await;
}
