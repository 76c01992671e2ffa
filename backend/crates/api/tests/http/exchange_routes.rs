//! `/exchange/*` in the shapes of the user's document.

use api::ports::ExchangeError;

use crate::service::Service;

#[tokio::test]
async fn ping_balance_and_markets_have_the_documented_shapes() {
    let service = Service::start().await;
    assert_eq!(
        service.get("/exchange/ping").await.body,
        r#"{"ok":true,"exchange":"paper","mode":"paper","markets_count":3,"market_source":"sim","clock_offset_ms":-2}"#
    );
    assert_eq!(
        service.get("/exchange/balance").await.body,
        r#"{"ok":true,"exchange":"paper","balances":[{"asset":"USDT","free":10000.5,"locked":0,"total":10000.5},{"asset":"BTC","free":1,"locked":0,"total":1}]}"#
    );
    assert_eq!(
        service.get("/exchange/markets?limit=2").await.body,
        r#"{"ok":true,"exchange":"paper","total":3,"markets":["BTC/USDT","ETH/USDT"]}"#
    );
    let all = service.get("/exchange/markets").await.success();
    assert_eq!(all["markets"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_ticker_is_found_under_every_spelling_also_unescaped_in_the_path() {
    let service = Service::start().await;
    for spelling in
        ["BTCUSDT", "btcusdt", "BTC/USDT", "btc/usdt", "BTC%2FUSDT", "BTC-USDT", "BTC_USDT"]
    {
        let answer = service.get(&format!("/exchange/ticker/{spelling}")).await;
        answer.success();
        let begins = r#"{"ok":true,"exchange":"paper","symbol":"BTC/USDT","price":43250.5,"bid":43250.4,"ask":43250.6,"#;
        assert!(answer.body.starts_with(begins), "{spelling}: {}", answer.body);
    }
}

#[tokio::test]
async fn candles_come_oldest_first_in_the_length_and_number_asked_for() {
    let service = Service::start().await;
    let answer = service.get("/exchange/candles/btc-usdt?interval=1m&limit=3").await.success();
    assert_eq!((&answer["symbol"], &answer["interval"]), (&"BTC/USDT".into(), &"1m".into()));
    let candles = answer["candles"].as_array().expect("a list");
    assert_eq!(candles.len(), 3);
    assert!(candles.windows(2).all(|two| two[0]["at"].as_str() < two[1]["at"].as_str()));
    assert_eq!(candles[0]["high"].to_string(), "43260.5");
    for bad in ["interval=7m", "limit=501"] {
        assert_eq!(service.get(&format!("/exchange/candles/BTCUSDT?{bad}")).await.status, 400);
    }
}

#[tokio::test]
async fn an_unknown_symbol_is_404_and_says_what_to_write() {
    let service = Service::start().await;
    for target in [
        "/exchange/ticker/NOSUCHCOIN",
        "/exchange/ticker/BTC/USDT/X",
        "/exchange/test-order?symbol=NOSUCHCOIN&side=buy&notional_usd=10",
        "/events?symbol=NOSUCHCOIN",
    ] {
        let answer = service.get(target).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "unknown_symbol"), "{target}");
        assert!(answer.body.contains("Unknown symbol for MEXC"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_failing_exchange_is_told_apart() {
    let down = || "connection refused".to_owned();
    let table = [
        (ExchangeError::Unreachable(down()), 502, "exchange_unreachable"),
        (ExchangeError::Unreadable("got HTML".to_owned()), 502, "exchange_unreadable"),
        (ExchangeError::Refused("Invalid API key".to_owned()), 502, "exchange_refused"),
        (ExchangeError::Disabled("MEXC_ENABLE is false".to_owned()), 503, "exchange_disabled"),
        (
            ExchangeError::RateLimited { message: down(), retry_after: None },
            429,
            "exchange_rate_limited",
        ),
    ];
    let service = Service::start().await;
    for (error, status, code) in table {
        service.bench.set_exchange_error(error.clone());
        for target in ["/exchange/ping", "/exchange/balance", "/exchange/ticker/BTCUSDT"] {
            let answer = service.get(target).await;
            assert_eq!((answer.status, answer.code().as_str()), (status, code), "{target}");
            assert!(answer.json()["error"].as_str().is_some_and(|e| error.to_string() == e));
            assert_eq!(answer.header("retry-after").is_some(), status == 429);
        }
    }
}

#[tokio::test]
async fn before_the_first_market_list_symbols_are_not_unknown_but_not_ready() {
    let service = Service::start().await;
    service.bench.forget_markets();
    for target in ["/exchange/ticker/BTCUSDT", "/exchange/markets"] {
        let answer = service.get(target).await;
        assert_eq!((answer.status, answer.code().as_str()), (503, "not_ready"), "{target}");
        assert_eq!(answer.header("retry-after").as_deref(), Some("2"));
    }
    service.get("/events?symbol=BTCUSDT").await.success();
}
