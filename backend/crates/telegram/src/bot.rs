//! The bot: source, commands and notifications together.

use std::sync::Arc;

use domain::Record;
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinSet;

use crate::api::BotApi;
use crate::chats::Chats;
use crate::commands::{MENU, Operator};
use crate::figures::Figures;
use crate::intake::Intake;
use crate::notify::Notifier;
use crate::outbox::Outbox;
use crate::port::Service;
use crate::settings::Settings;
use crate::source::Source;
use crate::user::Pulse;
use crate::webhook::{Deliveries, Webhook};

/// What the bot shares with those who look at it.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    /// Figures for the exposition.
    pub figures: Arc<Figures>,
    /// Which chats were heard.
    pub chats: Arc<Chats>,
    /// How the user session is, where there is one.
    pub pulse: Arc<Pulse>,
}

/// Starts the bot on the current runtime: it polls, or takes what is delivered. It ends with the returned set, or when `records` does.
pub fn start(
    api: BotApi,
    service: Arc<dyn Service>,
    settings: Settings,
    shared: Shared,
    records: Receiver<Arc<Record>>,
    webhook: Option<(Webhook, Deliveries)>,
) -> JoinSet<()> {
    let Shared { figures, chats, .. } = shared;
    let settings = Arc::new(settings);
    let (outbox, postman) = Outbox::new(api.clone(), Arc::clone(&figures), settings.backoff);
    let mut tasks = JoinSet::new();
    tasks.spawn(postman.run());
    if let Some(notify) = settings.notify.clone() {
        let notifier = Notifier::new(
            Arc::clone(&service),
            Arc::clone(&settings),
            notify,
            outbox.clone(),
            Arc::clone(&figures),
        );
        tasks.spawn(notifier.run(records));
    }
    let intake = Intake {
        service: Arc::clone(&service),
        channels: settings.channels.clone(),
        min_text_len: settings.min_text_len,
        figures: Arc::clone(&figures),
        chats: Arc::clone(&chats),
    };
    let operator = Operator::new(
        Arc::clone(&service),
        Arc::clone(&settings),
        outbox,
        Arc::clone(&figures),
        chats,
    );
    tasks.spawn(async move {
        let handled = operator.done_before().await.into_iter().collect();
        if let Err(error) = api.set_commands(&MENU).await {
            tracing::debug!(%error, "the menu of commands could not be set");
        }
        let source = Source { api, service, settings, operator, figures, intake, handled };
        match webhook {
            Some((webhook, deliveries)) => source.receive(webhook, deliveries).await,
            None => source.run().await,
        }
    });
    tasks
}
