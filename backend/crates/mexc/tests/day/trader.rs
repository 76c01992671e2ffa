//! Orders all day long, whatever happens.

use std::sync::Arc;
use std::time::Duration;

use domain::{ClientOrderId, OrderKind, PlaceOrder, PlaceOutcome, RefusalClass, Side, Symbol};
use fastrand::Rng;
use mexc::{Client, Lane};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::keeper::Keeper;
use crate::venue::Venue;

/// Where the market stands, and where it dips to.
pub(crate) const PRICE: &str = "65000";
const DIP: &str = "63000";
/// Where limit orders rest.
const RESTING: &str = "64000";

/// How the placing went.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Placed {
    pub(crate) accepted: u32,
    pub(crate) refused_for_time: u32,
    pub(crate) not_sent: u32,
    pub(crate) in_doubt: u32,
}

pub(crate) struct Trader {
    pub(crate) client: Client,
    pub(crate) venue: Arc<Venue>,
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) symbol: Symbol,
    pub(crate) rng: Rng,
}

impl Trader {
    /// Trades until told to stop; a last dip then fills what rests.
    pub(crate) async fn run(mut self, stop: watch::Receiver<bool>) -> Placed {
        let (mut placed, mut number) = (Placed::default(), 0);
        while !*stop.borrow() {
            number += 1;
            let (side, kind) = self.next_order();
            self.place(ClientOrderId::new(format!("levi-day-{number}")), side, kind, &mut placed)
                .await;
            if self.rng.u8(..20) == 0 {
                self.dip().await;
            }
            sleep(Duration::from_millis(self.rng.u64(20..60))).await;
        }
        self.dip().await;
        placed
    }

    fn next_order(&mut self) -> (Side, OrderKind) {
        match self.rng.u8(..10) {
            0..5 => (Side::Buy, OrderKind::MarketQuote { notional: "20".parse().unwrap() }),
            5..8 => (Side::Sell, OrderKind::Market { qty: "0.0002".parse().unwrap() }),
            _ => {
                let (qty, price) = ("0.0003".parse().unwrap(), RESTING.parse().unwrap());
                (Side::Buy, OrderKind::Limit { qty, price })
            }
        }
    }

    async fn dip(&self) {
        self.venue.set_price(DIP).await;
        self.venue.set_price(PRICE).await;
    }

    async fn place(&self, id: ClientOrderId, side: Side, kind: OrderKind, placed: &mut Placed) {
        let order = PlaceOrder {
            client_order_id: id.clone(),
            symbol: self.symbol.clone(),
            side,
            kind,
            timestamp_ms: self.client.exchange_now_ms(),
            recv_window_ms: 5_000,
        };
        // Pushes may come before the answer.
        self.keeper.fills.open(id.clone());
        match self.client.place(&order, Lane::Entry, || true).await {
            PlaceOutcome::Accepted { .. } => placed.accepted += 1,
            PlaceOutcome::Refused(refusal) => {
                assert_eq!(refusal.class, RefusalClass::Clock, "{refusal:?}");
                placed.refused_for_time += 1;
                self.keeper.fills.close(&id);
                self.measure_the_clock().await;
            }
            PlaceOutcome::NotSent { .. } => {
                placed.not_sent += 1;
                self.keeper.fills.close(&id);
            }
            PlaceOutcome::InDoubt { .. } => {
                placed.in_doubt += 1;
                self.keeper.fills.doubt(id.clone());
                self.keeper.ask_for(id);
            }
        }
    }

    /// As the service does after such a refusal.
    async fn measure_the_clock(&self) {
        if let Ok(offset_ms) = self.client.clock_offset_ms().await {
            self.client.set_offset_ms(offset_ms);
        }
    }
}
