//! Carrying out effects. Every effect is answered with its input, also when it fails.

use std::sync::Arc;

use domain::{
    CancelOutcome, Candle, ClientOrderId, Interval, PlaceOutcome, QueryOutcome, RefusalClass,
    Symbol,
};
use engine::{Effect, Input};
use mexc::{Client, Lane};
use tokio::sync::{Notify, mpsc};

use super::handle::CoreHandle;
use super::revoker::{Generation, Revoker};

/// What carrying out needs.
#[derive(Clone)]
pub(crate) struct Executor {
    pub(crate) client: Client,
    pub(crate) core: CoreHandle,
    pub(crate) revoker: Arc<Revoker>,
    /// Wakes the balance feed.
    pub(crate) balances_wanted: Arc<Notify>,
    /// Wakes the clock feed.
    pub(crate) clock_wanted: Arc<Notify>,
    /// Wakes the feed of market lists.
    pub(crate) markets_wanted: Arc<Notify>,
}

impl Executor {
    /// Carries out effects until the core loop ends.
    pub(crate) async fn run(self, mut effects: mpsc::UnboundedReceiver<(Effect, Generation)>) {
        while let Some((effect, generation)) = effects.recv().await {
            if effect == Effect::FetchBalances {
                self.balances_wanted.notify_one();
                continue;
            }
            let executor = self.clone();
            tokio::spawn(async move { executor.carry_out(effect, generation).await });
        }
    }

    /// A panic on the way would leave an order without an answer, so it is turned into one.
    async fn carry_out(self, effect: Effect, generation: Generation) {
        let fallback = answer_to_lost(&effect);
        let core = self.core.clone();
        let work = tokio::spawn(async move { self.answer(effect, generation).await });
        match work.await {
            Ok(Some(input)) => core.tell(vec![input]),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, "an effect was lost");
                core.tell(fallback.into_iter().collect());
            }
        }
    }

    async fn answer(&self, effect: Effect, generation: Generation) -> Option<Input> {
        match effect {
            Effect::Place { order, revocable } => {
                let lane = if revocable { Lane::Entry } else { Lane::Exit };
                let may_send = || !revocable || self.revoker.allows(generation);
                let outcome = self.client.place(&order, lane, may_send).await;
                if let PlaceOutcome::Refused(refusal) = &outcome {
                    self.ask_again(refusal.class);
                }
                tracing::info!(id = %order.client_order_id, symbol = %order.symbol, ?outcome, "order placed");
                Some(Input::Placed { client_order_id: order.client_order_id, outcome })
            }
            Effect::Cancel { symbol, client_order_id, order_id } => {
                let outcome = self
                    .client
                    .cancel(&symbol, &client_order_id, order_id.as_ref(), Lane::Exit)
                    .await;
                Some(Input::Cancelled { client_order_id, outcome })
            }
            Effect::Query { symbol, client_order_id, order_id, search_lists } => {
                let outcome = self
                    .client
                    .query(&symbol, &client_order_id, order_id.as_ref(), search_lists)
                    .await;
                Some(Input::Queried { client_order_id, outcome })
            }
            Effect::FetchCandles { symbol, interval, count } => {
                let candles = finished_candles(&self.client, &symbol, interval, count).await;
                Some(Input::Candles { symbol, interval, candles })
            }
            Effect::FetchBalances | Effect::RevokeQueued => None,
        }
    }
}

impl Executor {
    /// What a refusal says about our knowledge of the exchange is looked up at once.
    fn ask_again(&self, class: RefusalClass) {
        match class {
            RefusalClass::Clock => self.clock_wanted.notify_one(),
            RefusalClass::Symbol | RefusalClass::Filter => self.markets_wanted.notify_one(),
            _ => {}
        }
    }
}

/// Candles that are over, oldest first; empty when they cannot be had.
pub(crate) async fn finished_candles(
    client: &Client,
    symbol: &Symbol,
    interval: Interval,
    count: usize,
) -> Vec<Candle> {
    match client.klines(symbol, interval, count).await {
        Ok(candles) => candles,
        Err(error) => {
            tracing::warn!(%symbol, %error, "no candles: the exit plan falls back");
            Vec::new()
        }
    }
}

fn answer_to_lost(effect: &Effect) -> Option<Input> {
    let seen = "the request was lost inside the service";
    let id = |id: &ClientOrderId| id.clone();
    match effect {
        Effect::Place { order, .. } => Some(Input::Placed {
            client_order_id: id(&order.client_order_id),
            outcome: PlaceOutcome::InDoubt { seen: seen.to_owned() },
        }),
        Effect::Cancel { client_order_id, .. } => Some(Input::Cancelled {
            client_order_id: id(client_order_id),
            outcome: CancelOutcome::Failed { seen: seen.into() },
        }),
        Effect::Query { client_order_id, .. } => Some(Input::Queried {
            client_order_id: id(client_order_id),
            outcome: QueryOutcome::Failed { seen: seen.into() },
        }),
        Effect::FetchCandles { symbol, interval, .. } => Some(Input::Candles {
            symbol: symbol.clone(),
            interval: *interval,
            candles: Vec::new(),
        }),
        Effect::FetchBalances | Effect::RevokeQueued => None,
    }
}
