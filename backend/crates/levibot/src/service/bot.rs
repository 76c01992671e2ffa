//! The Telegram bot, wired to the service.

use std::sync::Arc;
use std::time::Duration;

use api::ports::{Core, History, HistoryFilter, NotReady, ReadinessPart};
use api::{ApiKeys, BotUpdates, Delivered};
use domain::event::Notice;
use domain::{Record, Timestamp};
use engine::{Command, Engine, Input, Message, Reply, Report, ReportKind, SignalReply};
use telegram::api::BotApi;
use telegram::port::{BoxFuture, Lines, Part, Service, Unavailable};
use telegram::webhook::{Deliveries, Inlet, Webhook};
use telegram::{Settings, Shared};
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinSet;

use super::ServeError;
use super::handle::CoreHandle;
use super::history_port::HistoryPort;
use super::unique;
use crate::clock;

/// Longest wait for an answer where the call says nothing else.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long updates may fail to be read before that counts as not ready.
const TOLERATED: Duration = Duration::from_mins(2);

/// What the bot reaches the service through.
pub(crate) struct BotPort {
    pub(crate) core: CoreHandle,
    pub(crate) history: HistoryPort,
    /// Older messages are never traded.
    pub(crate) signal_max_age: Duration,
}

/// The webhook of the bot, ready to be called and to be read.
pub(crate) struct BotWebhook {
    /// For the API: who may call, and where that goes.
    pub(crate) updates: BotUpdates,
    /// For the bot.
    pub(crate) ends: (Webhook, Deliveries),
}

/// The webhook, where one is configured. Its secret is a new one at each start, so that there is
/// nothing to keep.
pub(crate) fn webhook(settings: &Settings) -> Option<BotWebhook> {
    let url = settings.webhook_url.as_ref()?;
    let secret = unique::text();
    let (inlet, deliveries) = telegram::webhook::inlet();
    let updates =
        BotUpdates { secret: ApiKeys::new([secret.as_str()]), deliveries: Arc::new(Inbox(inlet)) };
    let address = format!("{url}/hooks/{}", api::TELEGRAM);
    Some(BotWebhook { updates, ends: (Webhook { address, secret: secret.into() }, deliveries) })
}

/// The way from the API's route to the bot.
struct Inbox(Inlet);

impl api::Deliveries for Inbox {
    fn deliver(&self, update: String) -> api::ports::BoxFuture<'_, Delivered> {
        Box::pin(async move {
            match self.0.deliver(update).await {
                Some(true) => Delivered::Taken,
                Some(false) => Delivered::NotYet,
                None => Delivered::Unreadable,
            }
        })
    }
}

/// Starts the bot; it ends with the returned set.
pub(crate) fn start(
    settings: &Settings,
    port: BotPort,
    shared: Shared,
    records: Receiver<Arc<Record>>,
    webhook: Option<(Webhook, Deliveries)>,
) -> Result<JoinSet<()>, ServeError> {
    let http = mexc::http_client(&settings.api_url, PATIENCE).map_err(ServeError::Telegram)?;
    let api = BotApi::new(http, &settings.api_url, settings.token.clone());
    Ok(telegram::start(api, Arc::new(port), settings.clone(), shared, records, webhook))
}

impl BotPort {
    /// A message that may still be traded waits until trading is possible. An old one is only
    /// journalled, so it need not wait.
    fn must_wait(&self, message: &Message) -> bool {
        let now = clock::now();
        let fresh = message.posted_at.is_none_or(|at| now.since(at) <= self.signal_max_age);
        fresh && !self.core.is_ready()
    }
}

fn unavailable(error: &NotReady) -> Unavailable {
    Unavailable(error.to_string())
}

impl Service for BotPort {
    fn take(&self, message: Message) -> BoxFuture<'_, Result<SignalReply, Unavailable>> {
        Box::pin(async move {
            if self.must_wait(&message) {
                return Err(Unavailable("the service is not ready to trade yet".to_owned()));
            }
            let reply = self.core.ask(Input::Message(Box::new(message))).await;
            match reply.map_err(|error| unavailable(&error))? {
                Reply::Signal(reply) => Ok(*reply),
                _ => Err(Unavailable("the engine answered another question".to_owned())),
            }
        })
    }

    fn command(&self, command: Command) -> BoxFuture<'_, Result<Reply, Unavailable>> {
        Box::pin(async move {
            let sells = matches!(command, Command::ClosePosition { .. });
            let reply = if sells {
                self.core.submit(Input::Command(command)).await
            } else {
                self.core.control(command).await
            };
            reply.map_err(|error| unavailable(&error))
        })
    }

    fn commanded(&self, notice: Notice) {
        self.core.tell(vec![Input::Report(Report { kind: ReportKind::Commanded, notice })]);
    }

    fn refused(&self, reason: &'static str, notice: Notice) {
        self.core.refused(&format!("telegram_{reason}"), notice);
    }

    fn alarm(&self, notice: Notice) {
        self.core.tell(vec![Input::Report(Report { kind: ReportKind::Alarm, notice })]);
    }

    fn inspect(&self, look: Box<dyn FnOnce(&Engine) + Send>) -> Result<(), Unavailable> {
        self.core.look(look).map_err(|error| unavailable(&error))
    }

    fn lines(&self, wanted: Lines) -> BoxFuture<'_, Result<Vec<Record>, Unavailable>> {
        Box::pin(async move {
            let filter = HistoryFilter::new(wanted.types, None, wanted.trace);
            let lines = self.history.newest(filter, None, wanted.limit).await;
            let lines = lines.map_err(|error| Unavailable(error.to_string()))?;
            Ok(lines.iter().filter_map(|line| Record::parse(line).ok()).collect())
        })
    }

    fn readiness(&self) -> Vec<Part> {
        let parts = self.core.readiness().parts.into_iter();
        parts.map(|part| Part { name: part.name, ok: part.ok, detail: part.detail }).collect()
    }

    fn now(&self) -> Timestamp {
        clock::now()
    }

    fn fresh_text(&self) -> String {
        unique::text()
    }
}

/// How reading updates goes, for `/readyz`. A start gets as long as an outage.
pub(crate) fn readiness(shared: &Shared, started_at: Timestamp) -> ReadinessPart {
    let now = clock::now();
    let polled_at = shared.figures.polled_at();
    let ok = now.since(polled_at.unwrap_or(started_at)) <= TOLERATED;
    let polled = polled_at.map_or_else(
        || "updates were not read yet".to_owned(),
        |at| format!("updates were read {} s ago", now.since(at).as_secs()),
    );
    let followed = shared.chats.all().into_iter().filter(|chat| chat.followed);
    let heard = followed.map(|chat| {
        format!("{} ({}) {} s ago", chat.title, chat.id, now.since(chat.last).as_secs())
    });
    let heard: Vec<String> = heard.take(10).collect();
    let detail = if heard.is_empty() {
        polled
    } else {
        format!("{polled}; last messages: {}", heard.join(", "))
    };
    ReadinessPart::new("telegram", ok, detail)
}
