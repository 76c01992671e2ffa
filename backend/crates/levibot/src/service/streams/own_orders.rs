//! News of our orders: each leads to asking for that order at once.

use std::collections::HashMap;

use api::ports::read;
use domain::{BotId, ClientOrderId, ExchangeOrderId, OrderSnapshot, Symbol};
use engine::{Engine, Input};
use mexc::Client;
use mexc::ws::Deal;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::service::handle::CoreHandle;

/// What to ask for.
#[derive(Debug)]
enum Wish {
    /// An order under our id.
    Ours(ClientOrderId),
    /// An order under the exchange's id: deals may come without ours.
    Theirs(ExchangeOrderId),
    /// Every open order.
    All,
}

/// How an order is asked for.
#[derive(Debug, Clone)]
struct Handle {
    symbol: Symbol,
    id: ClientOrderId,
    order_id: Option<ExchangeOrderId>,
}

/// Takes news of orders; a task of its own asks.
pub(crate) struct OwnOrders {
    bot_id: BotId,
    wishes: mpsc::UnboundedSender<Wish>,
}

impl OwnOrders {
    pub(crate) fn start(client: Client, core: CoreHandle, bot_id: BotId) -> Self {
        let (wishes, taken) = mpsc::unbounded_channel();
        let asker = Asker { client, core, asking: HashMap::new(), answers: JoinSet::new() };
        tokio::spawn(asker.run(taken));
        Self { bot_id, wishes }
    }

    pub(crate) fn order_changed(&self, order: &OrderSnapshot) {
        if let Some(id) = &order.client_order_id {
            self.wish_for(id);
        }
    }

    pub(crate) fn order_traded(&self, deal: &Deal) {
        match &deal.client_order_id {
            Some(id) => self.wish_for(id),
            None => self.wish(Wish::Theirs(deal.fill.order_id.clone())),
        }
    }

    pub(crate) fn ask_for_all(&self) {
        self.wish(Wish::All);
    }

    /// Orders of others are none of our business.
    fn wish_for(&self, id: &ClientOrderId) {
        if self.bot_id.owns(id.as_str()) {
            self.wish(Wish::Ours(id.clone()));
        }
    }

    fn wish(&self, wish: Wish) {
        // The asker lives as long as this.
        let _ = self.wishes.send(wish);
    }
}

/// Asks for each order once at a time: news that comes meanwhile leads to one more question.
struct Asker {
    client: Client,
    core: CoreHandle,
    /// Orders that are asked for, and whether more was heard of them since.
    asking: HashMap<ClientOrderId, bool>,
    answers: JoinSet<ClientOrderId>,
}

impl Asker {
    async fn run(mut self, mut wishes: mpsc::UnboundedReceiver<Wish>) {
        loop {
            tokio::select! {
                wish = wishes.recv() => match wish {
                    Some(wish) => self.grant(wish).await,
                    None => return,
                },
                Some(answered) = self.answers.join_next() => match answered {
                    Ok(id) => self.answered(id).await,
                    // Which question was lost is unknown, so all may be asked again.
                    Err(_) => self.asking.clear(),
                }
            }
        }
    }

    async fn grant(&mut self, wish: Wish) {
        let found = read(&self.core, move |engine| find(engine, &wish)).await;
        for handle in found.unwrap_or_default() {
            if let Some(more) = self.asking.get_mut(&handle.id) {
                *more = true;
                continue;
            }
            self.asking.insert(handle.id.clone(), false);
            self.answers.spawn(ask(self.client.clone(), self.core.clone(), handle));
        }
    }

    async fn answered(&mut self, id: ClientOrderId) {
        if self.asking.remove(&id) == Some(true) {
            self.grant(Wish::Ours(id)).await;
        }
    }
}

/// Orders of the journal that the wish is about and of which something is still to be learnt.
fn find(engine: &Engine, wish: &Wish) -> Vec<Handle> {
    let is_meant = |order: &&engine::Order| match wish {
        Wish::Ours(id) => order.client_order_id == *id,
        Wish::Theirs(id) => order.order_id.as_ref() == Some(id),
        Wish::All => order.is_open(),
    };
    let orders = engine.ledger().all_orders().filter(is_meant);
    let open = orders.filter(|order| order.is_open() || !order.fees_complete);
    let handle = |order: &engine::Order| Handle {
        symbol: order.symbol.clone(),
        id: order.client_order_id.clone(),
        order_id: order.order_id.clone(),
    };
    open.map(handle).collect()
}

async fn ask(client: Client, core: CoreHandle, handle: Handle) -> ClientOrderId {
    let Handle { symbol, id, order_id } = handle;
    let outcome = client.query(&symbol, &id, order_id.as_ref(), false).await;
    core.tell(vec![Input::Queried { client_order_id: id.clone(), outcome }]);
    id
}
