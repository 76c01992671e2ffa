use super::*;
use domain::event::{
    ExitHints, OrderAccepted, OrderBlocked, OrderError, OrderInDoubt, OrderProgress,
    OrderReconciled, Origin,
};
use domain::ids::Leg;
use domain::{Asset, ExchangeOrderId, OrderKind, Qty, Refusal, RefusalClass, Side};

fn id() -> ClientOrderId {
    ClientOrderId::new("levi-ea1-1")
}

fn decided(kind: OrderKind) -> Event {
    Event::OrderNew(Box::new(OrderNew {
        client_order_id: id(),
        origin: Origin::Manual,
        leg: Leg::Entry,
        attempt: 1,
        base: Asset::from_exchange("BTC"),
        quote: Asset::from_exchange("USDT"),
        side: Side::Buy,
        kind,
        price: "100".parse().unwrap(),
        qty: "0.1".parse().unwrap(),
        notional: "10".parse().unwrap(),
        requested_notional: "10".parse().unwrap(),
        position_id: None,
        from: None,
        hints: ExitHints::default(),
        signal_at: None,
        expires_at: None,
        timestamp_ms: 0,
        recv_window_ms: 5000,
        checks: Vec::new(),
    }))
}

fn market() -> Event {
    decided(OrderKind::MarketQuote { notional: "10".parse().unwrap() })
}

fn limit() -> Event {
    let (qty, price) = ("0.1".parse().unwrap(), "100".parse().unwrap());
    decided(OrderKind::Limit { qty, price })
}

fn accepted() -> Event {
    let order_id = ExchangeOrderId::new("C02__1");
    Event::OrderAccepted(OrderAccepted { client_order_id: id(), order_id })
}

fn progress() -> OrderProgress {
    OrderProgress {
        client_order_id: id(),
        order_id: ExchangeOrderId::new("C02__1"),
        side: Side::Buy,
        executed_qty: Qty::ZERO,
        executed_quote: "0".parse().unwrap(),
        average_price: None,
        fees: Vec::new(),
        fees_complete: true,
    }
}

fn failed() -> Event {
    let refusal = Refusal { class: RefusalClass::Funds, code: None, message: String::new() };
    Event::OrderError(OrderError { client_order_id: id(), sent: true, refusal })
}

fn settled(resolution: Resolution) -> Event {
    Event::OrderReconciled(OrderReconciled {
        client_order_id: id(),
        resolution,
        order_id: None,
        evidence: String::new(),
    })
}

fn doubted() -> Event {
    Event::OrderInDoubt(OrderInDoubt { client_order_id: id(), seen: String::new() })
}

fn blocked(kind: &str) -> Event {
    Event::OrderBlocked(OrderBlocked {
        origin: Origin::Manual,
        side: Side::Buy,
        kind: kind.to_owned(),
        requested_notional: "10".parse().unwrap(),
        notional: "10".parse().unwrap(),
        price: None,
        reason: String::new(),
        checks: Vec::new(),
    })
}

/// What the counter family shows after the events: `(status, type, count)` where not zero.
fn counted(events: &[Event]) -> Vec<(&'static str, &'static str, u64)> {
    let metrics = OrderMetrics::new("paper");
    for (second, event) in events.iter().enumerate() {
        let at = Timestamp::from_millis(i64::try_from(second).unwrap() * 1_000);
        metrics.observe(at, event);
    }
    let mut shown = Vec::new();
    for status in STATUSES {
        for kind in KINDS {
            let count = metrics.orders.get_or_create(&labels("paper", status, kind)).get();
            if count > 0 {
                shown.push((status, kind, count));
            }
        }
    }
    shown
}

#[test]
fn each_order_counts_once_by_how_it_ended() {
    use Resolution::{Found, NeverPlaced};
    let filled = || Event::OrderFilled(progress());
    let partly = || Event::OrderPartialFill(progress());
    let cancelled = || Event::OrderCanceled(progress());
    let table = [
        (vec![market(), accepted(), filled()], vec![("ok", "market", 1)]),
        (vec![market(), filled()], vec![("ok", "market", 1)]),
        (vec![limit(), accepted(), partly(), cancelled()], vec![("ok", "limit", 1)]),
        (vec![limit(), doubted(), settled(Found), accepted()], vec![("ok", "limit", 1)]),
        (vec![limit(), doubted(), settled(NeverPlaced)], vec![("error", "limit", 1)]),
        (vec![market(), failed()], vec![("error", "market", 1)]),
        (vec![market(), doubted()], vec![]),
        (
            vec![blocked("ioc"), blocked("market")],
            vec![("blocked", "market", 1), ("blocked", "ioc", 1)],
        ),
        (vec![accepted(), filled()], vec![]),
    ];
    for (events, expected) in table {
        assert_eq!(counted(&events), expected, "{events:?}");
    }
}

#[test]
fn the_latencies_run_from_the_decision() {
    let metrics = OrderMetrics::new("paper");
    metrics.observe(Timestamp::from_millis(1_000), &market());
    metrics.observe(Timestamp::from_millis(1_250), &accepted());
    metrics.observe(Timestamp::from_millis(2_000), &Event::OrderFilled(progress()));
    let mut registry = Registry::default();
    metrics.register(&mut registry);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    for line in [
        "order_ack_seconds_count 1\n",
        "order_ack_seconds_sum 0.25\n",
        "order_fill_seconds_count 1\n",
        "order_fill_seconds_sum 1.0\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(metrics.open().is_empty());
}
