//! Placing and cancelling.

use std::time::Duration;

use domain::{
    CancelOutcome, ClientOrderId, ExchangeOrderId, PlaceOrder, PlaceOutcome, Refusal, Symbol,
};
use limits::Lane;
use mexc_wire::{NewOrder, OrderRef, Query, classify_cancel, classify_place};
use reqwest::Method;
use serde::de::IgnoredAny;
use tokio::time::timeout;

use crate::client::Client;
use crate::error::{ClientError, TransportError};
use crate::transport::Received;

/// How long after an order's window its answer is still waited for.
const ANSWER_GRACE: Duration = Duration::from_secs(1);

impl Client {
    /// Sends the order, at most once, signed with exactly its own time and window.
    ///
    /// It waits for its turn in `lane` first. Right before its bytes leave it is dropped when
    /// `may_send` says no, or when the exchange could not accept it any more by our estimate of
    /// its clock. An answer is waited for until the window is over and a second more.
    pub async fn place(
        &self,
        order: &PlaceOrder,
        lane: Lane,
        may_send: impl Fn() -> bool + Send,
    ) -> PlaceOutcome {
        if !self.has_keys() {
            return PlaceOutcome::NotSent { why: ClientError::NoKeys.to_string() };
        }
        let query = order_query(order);
        let left_ms = order.acceptable_until_ms().saturating_sub(self.exchange_now_ms());
        let patience = Duration::from_millis(u64::try_from(left_ms).unwrap_or(0));
        // Whoever waits for an exit learns at the end of its window that it did not leave, and not
        // when a long silence that the exchange asked for is over.
        let turn = timeout(patience, self.turn(lane, &Method::POST, "/order")).await;
        if let Some(why) = self.held_back(order, turn.is_ok(), may_send) {
            return PlaceOutcome::NotSent { why };
        }
        // Past its window the exchange can only answer late: asking for the order tells more than
        // waiting does, and what it opened or should have sold is not left alone meanwhile.
        let left_ms = order.acceptable_until_ms().saturating_sub(self.exchange_now_ms());
        let patience = Duration::from_millis(u64::try_from(left_ms).unwrap_or(0)) + ANSWER_GRACE;
        match timeout(patience, self.send_signed(Method::POST, "/order", query)).await {
            Ok(Ok(received)) => placed(&received),
            Ok(Err(error)) => without_answer(&error),
            Err(_) => PlaceOutcome::InDoubt {
                seen: format!("no answer within its window of {} ms", order.recv_window_ms),
            },
        }
    }

    fn held_back(
        &self,
        order: &PlaceOrder,
        had_its_turn: bool,
        may_send: impl Fn() -> bool,
    ) -> Option<String> {
        let late_ms = self.exchange_now_ms().saturating_sub(order.acceptable_until_ms());
        if late_ms > 0 || !had_its_turn {
            return Some(format!(
                "it waited too long for its turn: its window of {} ms is over",
                order.recv_window_ms
            ));
        }
        (!may_send()).then(|| "it was revoked before it left".to_owned())
    }

    /// Lets the exchange check the order's parameters and signature without placing it.
    ///
    /// # Errors
    /// [`ClientError`] with the exchange's refusal. Success proves no later acceptance.
    pub async fn order_test(&self, order: &PlaceOrder) -> Result<(), ClientError> {
        let _turn = self.turn(Lane::Query, &Method::POST, "/order/test").await;
        let received = self.send_signed(Method::POST, "/order/test", order_query(order)).await?;
        received.read::<IgnoredAny>()?;
        Ok(())
    }

    /// Cancels an order, by the exchange's id when it is known, else by ours. What was executed
    /// only a query tells.
    pub async fn cancel(
        &self,
        symbol: &Symbol,
        client_order_id: &ClientOrderId,
        order_id: Option<&ExchangeOrderId>,
        lane: Lane,
    ) -> CancelOutcome {
        let query = order_ref(symbol, client_order_id, order_id).to_query();
        match self.ask_signed(lane, Method::DELETE, "/order", query).await {
            Ok(received) => cancelled(&received),
            Err(error) => CancelOutcome::Failed { seen: error.to_string().into() },
        }
    }
}

fn order_query(order: &PlaceOrder) -> Query {
    NewOrder::from(order)
        .to_query()
        .with("recvWindow", order.recv_window_ms)
        .with("timestamp", order.timestamp_ms)
}

pub(crate) fn order_ref(
    symbol: &Symbol,
    client_order_id: &ClientOrderId,
    order_id: Option<&ExchangeOrderId>,
) -> OrderRef {
    OrderRef {
        symbol: symbol.as_str().to_owned(),
        order_id: order_id.map(|id| id.as_str().to_owned()),
        orig_client_order_id: Some(client_order_id.as_str().to_owned()),
    }
}

fn placed(received: &Received) -> PlaceOutcome {
    match classify_place(&received.answer()) {
        PlaceOutcome::Refused(refusal) => PlaceOutcome::Refused(Refusal {
            message: received.fit_to_show(refusal.message),
            ..refusal
        }),
        PlaceOutcome::InDoubt { seen } => {
            PlaceOutcome::InDoubt { seen: received.fit_to_show(seen) }
        }
        outcome => outcome,
    }
}

fn cancelled(received: &Received) -> CancelOutcome {
    match classify_cancel(&received.answer()) {
        CancelOutcome::Failed { seen } => {
            CancelOutcome::Failed { seen: received.fit_to_show(seen.to_string()).into() }
        }
        outcome => outcome,
    }
}

/// Without an answer only a connection that never was proves that nothing was sent.
fn without_answer(error: &ClientError) -> PlaceOutcome {
    match error {
        ClientError::NoKeys | ClientError::Transport(TransportError::NotConnected(_)) => {
            PlaceOutcome::NotSent { why: error.to_string() }
        }
        _ => PlaceOutcome::InDoubt { seen: error.to_string() },
    }
}
