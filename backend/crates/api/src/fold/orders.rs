//! Orders from the journal.

use std::collections::HashMap;

use domain::event::{OrderProgress, Resolution};
use domain::{ClientOrderId, Event, Record, Refusal};
use engine::ledger::order::{Order, OrderStep};

use super::{before_oldest, later};
use crate::app::App;
use crate::error::ApiError;
use crate::view::OrderView;

/// Where orders begin.
pub(crate) const FIRST: &[&str] = &["ORDER_NEW", "ORDER_ADOPTED"];
/// What may follow.
const LATER: &[&str] = &[
    "ORDER_ACCEPTED",
    "ORDER_PARTIAL_FILL",
    "ORDER_FILLED",
    "ORDER_CANCELED",
    "ORDER_FEES",
    "ORDER_CANCEL_REQUESTED",
    "ORDER_ERROR",
    "ORDER_IN_DOUBT",
    "ORDER_RECONCILED",
];

struct Folded {
    order: Order,
    error: Option<Refusal>,
}

/// The orders of a page of `ORDER_NEW` records, as they stand now, in the page's order.
pub(crate) async fn orders(app: &App, page: &[Record]) -> Result<Vec<OrderView>, ApiError> {
    let news = later(app, LATER, page, before_oldest(page)).await?;
    Ok(fold(page, &news))
}

fn fold(page: &[Record], news: &[Record]) -> Vec<OrderView> {
    let begun: Vec<Folded> = page.iter().filter_map(begin).collect();
    let places = begun.iter().enumerate();
    let index: HashMap<ClientOrderId, usize> =
        places.map(|(place, folded)| (folded.order.client_order_id.clone(), place)).collect();
    let mut begun = begun;
    for record in news {
        let id = subject(&record.event);
        if let Some(folded) = id.and_then(|id| index.get(id)).and_then(|i| begun.get_mut(*i)) {
            folded.apply(&record.event);
        }
    }
    begun.iter().map(|folded| OrderView::new(&folded.order, folded.error.clone())).collect()
}

fn begin(record: &Record) -> Option<Folded> {
    let (Event::OrderNew(new) | Event::OrderAdopted(new)) = &record.event else {
        return None;
    };
    let (symbol, trace_id) = (record.symbol.clone()?, record.trace_id.clone()?);
    Some(Folded { order: Order::from_intent(symbol, trace_id, record.ts, new), error: None })
}

/// The order an event is about.
pub(crate) fn subject(event: &Event) -> Option<&ClientOrderId> {
    match event {
        Event::OrderNew(new) | Event::OrderAdopted(new) => Some(&new.client_order_id),
        Event::OrderAccepted(accepted) => Some(&accepted.client_order_id),
        Event::OrderPartialFill(progress)
        | Event::OrderFilled(progress)
        | Event::OrderCanceled(progress)
        | Event::OrderFees(progress) => Some(&progress.client_order_id),
        Event::OrderCancelRequested(request) => Some(&request.client_order_id),
        Event::OrderError(error) => Some(&error.client_order_id),
        Event::OrderInDoubt(doubt) => Some(&doubt.client_order_id),
        Event::OrderReconciled(settled) => Some(&settled.client_order_id),
        _ => None,
    }
}

impl Folded {
    fn apply(&mut self, event: &Event) {
        match event {
            Event::OrderAccepted(accepted) => {
                self.order.order_id = Some(accepted.order_id.clone());
                self.step(OrderStep::Accepted);
            }
            Event::OrderPartialFill(progress) => self.advance(progress, OrderStep::PartlyFilled),
            Event::OrderFilled(progress) => self.advance(progress, OrderStep::Filled),
            Event::OrderCanceled(progress) => self.advance(progress, OrderStep::Canceled),
            Event::OrderFees(progress) => self.take(progress),
            Event::OrderCancelRequested(_) => self.order.cancel_requested = true,
            Event::OrderError(error) => {
                self.error = Some(error.refusal.clone());
                self.step(OrderStep::Failed);
            }
            Event::OrderInDoubt(_) => self.step(OrderStep::Doubted),
            Event::OrderReconciled(settled) => match settled.resolution {
                Resolution::Found => {
                    self.order.order_id = settled.order_id.clone().or(self.order.order_id.take());
                    self.step(OrderStep::Accepted);
                }
                Resolution::NeverPlaced => self.step(OrderStep::ProvenAbsent),
            },
            _ => {}
        }
    }

    fn step(&mut self, step: OrderStep) {
        self.order.state = self.order.state.after(step).unwrap_or(self.order.state);
    }

    fn advance(&mut self, progress: &OrderProgress, step: OrderStep) {
        self.take(progress);
        self.step(step);
    }

    fn take(&mut self, progress: &OrderProgress) {
        if progress.executed_qty >= self.order.executed_qty {
            self.order.executed_qty = progress.executed_qty;
            self.order.executed_quote = progress.executed_quote;
            self.order.fees.clone_from(&progress.fees);
            self.order.fees_complete = progress.fees_complete;
        }
        self.order.order_id = Some(progress.order_id.clone());
    }
}
