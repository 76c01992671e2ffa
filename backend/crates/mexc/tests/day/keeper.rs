//! What stands for the service: it follows the user stream, asks for orders when the stream says
//! that something happened or that it is back, and by itself only while there is no stream.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::{ClientOrderId, QueryOutcome, Symbol};
use mexc::ws::Update;
use mexc::{Client, Sink, StreamConfig, StreamEvent, UserStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{interval, sleep};

use crate::fills::Fills;

/// Pause between questions while the stream is down, and before one without answer is repeated.
const POLL: Duration = Duration::from_millis(100);

/// The state of a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) is_up: bool,
    pub(crate) ups: u32,
    pub(crate) downs: u32,
}

impl Link {
    pub(crate) fn up(&mut self) {
        self.is_up = true;
        self.ups += 1;
    }

    pub(crate) fn down(&mut self) {
        self.is_up = false;
        self.downs += 1;
    }
}

enum Wish {
    One(ClientOrderId),
    All,
}

/// The user stream and the questions it leads to.
pub(crate) struct Keeper {
    pub(crate) fills: Arc<Fills>,
    pub(crate) link: watch::Receiver<Link>,
    pub(crate) stream: UserStream,
    wishes: mpsc::UnboundedSender<Wish>,
}

impl Keeper {
    pub(crate) fn start(client: &Client, config: &StreamConfig, symbol: Symbol) -> Self {
        let (wishes, taken) = mpsc::unbounded_channel();
        let (tell, link) = watch::channel(Link::default());
        let fills = Arc::<Fills>::default();
        let asker =
            Asker { client: client.clone(), fills: fills.clone(), wishes: wishes.clone(), symbol };
        tokio::spawn(asker.run(taken));
        tokio::spawn(poll(wishes.clone(), link.clone()));
        let sink = sink(fills.clone(), wishes.clone(), tell);
        let stream = UserStream::start(config, client.clone(), sink).unwrap();
        Self { fills, link, stream, wishes }
    }

    /// Asks for an order whose placing had an unclear outcome.
    pub(crate) fn ask_for(&self, id: ClientOrderId) {
        let _ = self.wishes.send(Wish::One(id));
    }
}

fn sink(fills: Arc<Fills>, wishes: mpsc::UnboundedSender<Wish>, link: watch::Sender<Link>) -> Sink {
    Arc::new(move |event| match event {
        StreamEvent::Update(Update::Order(order)) => {
            let _ = wishes.send(Wish::One(order.client_order_id.unwrap()));
        }
        StreamEvent::Update(Update::Deal(deal)) => {
            fills.pushed(&deal.fill);
            let _ = wishes.send(Wish::One(deal.client_order_id.unwrap()));
        }
        StreamEvent::Update(_) => {}
        StreamEvent::Up { .. } => {
            link.send_modify(Link::up);
            let _ = wishes.send(Wish::All);
        }
        StreamEvent::Down { .. } => link.send_modify(Link::down),
        StreamEvent::Refused { channel, reason } => panic!("{channel}: {reason}"),
    })
}

/// While there is no stream, questions are all there is.
async fn poll(wishes: mpsc::UnboundedSender<Wish>, link: watch::Receiver<Link>) {
    let mut pace = interval(POLL);
    loop {
        pace.tick().await;
        if !link.borrow().is_up && wishes.send(Wish::All).is_err() {
            return;
        }
    }
}

struct Asker {
    client: Client,
    fills: Arc<Fills>,
    wishes: mpsc::UnboundedSender<Wish>,
    symbol: Symbol,
}

impl Asker {
    async fn run(self, mut wishes: mpsc::UnboundedReceiver<Wish>) {
        let mut batch = Vec::new();
        while wishes.recv_many(&mut batch, 1_000).await > 0 {
            let mut wanted = BTreeSet::new();
            for wish in batch.drain(..) {
                match wish {
                    Wish::One(id) => wanted.extend([id]),
                    Wish::All => wanted.extend(self.fills.open_orders()),
                }
            }
            for id in wanted {
                if self.fills.is_open(&id) && !self.ask(&id).await {
                    self.ask_again(id);
                }
            }
        }
    }

    /// Whether there is nothing to ask for until the next news.
    async fn ask(&self, id: &ClientOrderId) -> bool {
        match self.client.query(&self.symbol, id, None, false).await {
            QueryOutcome::Found { order, fills } => {
                self.fills.asked(&fills);
                let told: domain::Decimal = fills.iter().map(|fill| fill.qty.get()).sum();
                let complete = told == order.executed_qty.get();
                if complete && order.status.is_terminal() {
                    self.fills.close(id);
                }
                complete
            }
            // The sandbox shows an order at once.
            QueryOutcome::NotFound { .. } => {
                self.fills.not_found(id);
                true
            }
            QueryOutcome::Failed { .. } => false,
        }
    }

    fn ask_again(&self, id: ClientOrderId) {
        let wishes = self.wishes.clone();
        tokio::spawn(async move {
            sleep(POLL).await;
            let _ = wishes.send(Wish::One(id));
        });
    }
}
