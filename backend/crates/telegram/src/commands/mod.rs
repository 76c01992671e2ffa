//! What people may ask and order, over Telegram.
//!
//! Only `TELEGRAM_ALLOWED_USERS`, only in a private chat with the bot or in `TELEGRAM_NOTIFY_CHAT`.
//! What tightens works at once; what loosens or sells asks again. Others get no answer at all.

mod answers;
mod ask;
mod confirm;
mod orders;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::event::Notice;
use domain::{Event, Timestamp};
use tokio::sync::Semaphore;

use crate::api::types::{CallbackQuery, Chat, Post, Update, User};
use crate::api::{Button, Outgoing};
use crate::chats::Chats;
use crate::figures::Figures;
use crate::outbox::{Letter, Outbox, cut};
use crate::port::{Lines, Service};
use crate::settings::Settings;
use ask::{Ask, Written};
use confirm::{Questions, Void, Wish};

pub(crate) use ask::MENU;

/// Older commands are not carried out, except those that stop trading.
const FRESH: Duration = Duration::from_mins(5);
/// Questions that are looked up at a time.
const LOOKS: usize = 4;
/// Commands of the journal that are remembered at start.
const REMEMBERED: usize = 200;

/// Carries out commands. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Operator {
    service: Arc<dyn Service>,
    settings: Arc<Settings>,
    outbox: Outbox,
    figures: Arc<Figures>,
    chats: Arc<Chats>,
    questions: Arc<Mutex<Questions>>,
    looks: Arc<Semaphore>,
    name: Option<String>,
}

/// Who gave a command, where, and in which update.
#[derive(Debug, Clone)]
struct Sender {
    user: User,
    chat: i64,
    update_id: i64,
}

impl Sender {
    /// For the journal's `by`.
    fn by(&self) -> String {
        format!("telegram:{}", self.user.id)
    }

    fn place(&self) -> (i64, i64) {
        (self.user.id, self.chat)
    }
}

impl Operator {
    pub(crate) fn new(
        service: Arc<dyn Service>,
        settings: Arc<Settings>,
        outbox: Outbox,
        figures: Arc<Figures>,
        chats: Arc<Chats>,
    ) -> Self {
        let looks = Arc::new(Semaphore::new(LOOKS));
        let questions = Arc::default();
        Self { service, settings, outbox, figures, chats, questions, looks, name: None }
    }

    /// The bot's own name, as commands in groups give it.
    pub(crate) fn is_named(&mut self, name: Option<String>) {
        self.name = name;
    }

    /// The updates whose commands are in the journal: Telegram may deliver them again after a crash.
    pub(crate) async fn done_before(&self) -> Vec<i64> {
        let wanted = Lines { types: &["OPERATOR_COMMAND"], trace: None, limit: REMEMBERED };
        let records = self.service.lines(wanted).await.unwrap_or_default();
        let of = |event: &Event| match event {
            Event::OperatorCommand(notice) => notice.details.get("update_id")?.parse().ok(),
            _ => None,
        };
        records.iter().filter_map(|record| of(&record.event)).collect()
    }

    /// Whether the update was a person's word to the bot, and is done with.
    pub(crate) async fn handle(&self, update: &Update) -> bool {
        if let Some(query) = &update.callback_query {
            self.figures.update("button");
            self.button(query, update.update_id).await;
            return true;
        }
        let Some(post) = &update.message else { return false };
        let Some(written) = post.text.as_deref().and_then(Written::parse) else { return false };
        if !self.takes_commands(&post.chat) {
            return false;
        }
        self.figures.update("command");
        if written.bot.is_some() && written.bot != self.name.as_deref() {
            return true;
        }
        if let Some(sender) = self.admit(post, update.update_id, &written) {
            self.obey(sender, written.ask(), post).await;
        }
        true
    }

    fn takes_commands(&self, chat: &Chat) -> bool {
        let notify = self.settings.notify.as_ref();
        chat.kind == "private" || notify.is_some_and(|notify| notify.chat.means(chat))
    }

    fn may_command(&self, user: &User) -> bool {
        self.settings.allowed_users.contains(&user.id)
    }

    /// The sender, when it may command; anyone else gets no answer.
    fn admit(&self, post: &Post, update_id: i64, written: &Written<'_>) -> Option<Sender> {
        let user = post.from.as_ref().filter(|_| post.sender_chat.is_none());
        let Some(user) = user.filter(|user| self.may_command(user)) else {
            let who = post.from.as_ref().map(|user| user.id);
            self.refuse("user", who, post.chat.id, "a command from somebody who may not give any");
            return None;
        };
        // A forwarded command is somebody else's word.
        if post.forward_origin.is_some() {
            self.refuse("forwarded", Some(user.id), post.chat.id, "a forwarded command");
            return None;
        }
        let sent = Timestamp::from_millis(post.date.saturating_mul(1_000));
        let stops = matches!(written.ask(), Ask::Pause | Ask::Kill(_));
        if !stops && self.service.now().since(sent) > FRESH {
            self.refuse("stale", Some(user.id), post.chat.id, "a command that is too old");
            return None;
        }
        Some(Sender { user: user.clone(), chat: post.chat.id, update_id })
    }

    fn refuse(&self, reason: &'static str, user: Option<i64>, chat: i64, message: &str) {
        self.figures.refuse(reason);
        let user = user.map_or_else(|| "nobody".to_owned(), |id| id.to_string());
        let details = [("user".to_owned(), user), ("chat".to_owned(), chat.to_string())];
        let notice = Notice { message: message.to_owned(), details: details.into() };
        self.service.refused(reason, notice);
    }

    async fn obey(&self, sender: Sender, ask: Ask, post: &Post) {
        self.figures.command();
        let text: String = post.text.as_deref().unwrap_or_default().chars().take(80).collect();
        match ask {
            // What stops trading waits for nothing.
            Ask::Pause | Ask::Kill(_) | Ask::Resume | Ask::Close(_) | Ask::Policy(Some(_)) => {
                let outcome = self.order(&sender, &ask).await;
                self.journal(&sender, &text, &outcome);
            }
            question => {
                self.journal(&sender, &text, "answered");
                self.look_up(sender.chat, question);
            }
        }
    }

    fn look_up(&self, chat: i64, question: Ask) {
        let Ok(permit) = Arc::clone(&self.looks).try_acquire_owned() else {
            return self.say(chat, "too many questions at once: try again");
        };
        let operator = self.clone();
        tokio::spawn(async move {
            let text = answers::answer(&*operator.service, &operator.chats, &question).await;
            operator.say(chat, &text);
            drop(permit);
        });
    }

    fn journal(&self, sender: &Sender, text: &str, outcome: &str) {
        let mut details = vec![
            ("user", sender.user.id.to_string()),
            ("chat", sender.chat.to_string()),
            ("update_id", sender.update_id.to_string()),
            ("outcome", outcome.to_owned()),
        ];
        details.extend(sender.user.username.clone().map(|name| ("username", name)));
        let details = details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        self.service.commanded(Notice { message: text.to_owned(), details });
    }

    fn say(&self, chat: i64, text: &str) {
        let message = Outgoing { text: cut(text), ..Outgoing::default() };
        self.outbox.urgent(Letter::Text { chat: chat.to_string(), message });
    }

    /// Asks the person again, with buttons.
    fn ask_again(&self, sender: &Sender, question: &str, wish: Wish) {
        let nonce = self.service.fresh_text();
        let mut questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        let [yes, no] = questions.open(nonce, sender.place(), wish, self.service.now());
        drop(questions);
        let button = |label: &str, data| Button { label: label.to_owned(), data };
        let buttons = vec![button("Yes", yes), button("No", no)];
        let seconds = confirm::STANDS.as_secs();
        let text = format!("{question}\nThe buttons work for {seconds} seconds, for you only.");
        let message = Outgoing { text, silent: false, buttons };
        self.outbox.urgent(Letter::Text { chat: sender.chat.to_string(), message });
    }

    async fn button(&self, query: &CallbackQuery, update_id: i64) {
        let chat = query.message.as_ref().map_or(0, |message| message.chat.id);
        if !self.may_command(&query.from) {
            self.refuse(
                "user",
                Some(query.from.id),
                chat,
                "a button pressed by somebody who may not",
            );
            return self.pressed(query, "not for you");
        }
        let sender = Sender { user: query.from.clone(), chat, update_id };
        let data = query.data.as_deref().unwrap_or_default();
        match self.answered(data, &sender) {
            Ok(Some(wish)) => {
                let outcome = self.fulfil(&sender, &wish).await;
                self.figures.command();
                self.journal(&sender, &format!("{wish:?} confirmed"), &outcome);
                self.settled(query, &outcome);
            }
            Ok(None) => {
                self.journal(&sender, "declined", "nothing was done");
                self.settled(query, "nothing was done");
            }
            Err(void) => {
                let words = match void {
                    Void::Gone => "a button that is answered or too old",
                    Void::Foreign => "a button of somebody else",
                };
                self.refuse("button", Some(query.from.id), chat, words);
                self.pressed(query, "this button does nothing any more");
            }
        }
    }

    fn answered(&self, data: &str, sender: &Sender) -> Result<Option<Wish>, Void> {
        let mut questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        questions.answer(data, sender.place(), self.service.now())
    }

    fn settled(&self, query: &CallbackQuery, outcome: &str) {
        self.pressed(query, outcome);
        if let Some(message) = &query.message {
            let (chat, message_id) = (message.chat.id, message.message_id);
            let text = cut(outcome);
            self.outbox.urgent(Letter::Edit { chat, message_id, text });
        }
    }

    /// Telegram shows at most 200 characters there.
    fn pressed(&self, query: &CallbackQuery, text: &str) {
        let text = text.chars().take(190).collect();
        self.outbox.urgent(Letter::Callback { id: query.id.clone(), text });
    }
}
