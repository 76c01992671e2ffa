//! A server that speaks the Bot API, honest about what the real one does: updates come again until
//! a higher offset confirms them, polls wait, and things go wrong.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

use super::picture::Picture;

pub(crate) const TOKEN: &str = "123456:test-SECRET_token";

/// What goes wrong with the next poll.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// 429, and every poll before its time is up is turned away too.
    Flood(u64),
    /// A 5xx with a page instead of JSON.
    Status(u16),
    /// The answer breaks off in the middle.
    Break,
}

#[derive(Default)]
pub(super) struct World {
    pub(super) waiting: VecDeque<(i64, Value)>,
    last_update: i64,
    last_message: i64,
    /// When each update was first handed out, microseconds since the epoch.
    handed_out: BTreeMap<i64, i64>,
    faults: VecDeque<Fault>,
    silent_until: Option<Instant>,
    too_early: u32,
    polls: u32,
    calls: Vec<(String, Value)>,
    /// Where updates are delivered, and the secret that goes with them.
    pub(super) webhook: Option<(String, String)>,
    /// What the last failed delivery was answered with.
    pub(super) last_error: Option<String>,
    pictures: Vec<Picture>,
}

/// The server and what the test does to it.
pub(crate) struct Telegram {
    pub(crate) address: SocketAddr,
    world: Arc<Mutex<World>>,
    _runtime: tokio::runtime::Runtime,
}

pub(crate) fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}

fn now_seconds() -> i64 {
    now_micros() / 1_000_000
}

impl Telegram {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let world = Arc::new(Mutex::new(World::default()));
        let app =
            Router::new().route("/{bot}/{method}", post(answer)).with_state(Arc::clone(&world));
        let listener =
            runtime.block_on(tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        runtime.spawn(super::deliverer::deliver(Arc::clone(&world)));
        Self { address, world, _runtime: runtime }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Queues an update of this kind; gives its number.
    pub(crate) fn update(&self, kind: &str, content: &Value) -> i64 {
        let mut world = self.world();
        world.last_update += 1;
        let id = world.last_update;
        world.waiting.push_back((id, json!({"update_id": id, kind: content})));
        id
    }

    /// A new message's number.
    pub(crate) fn new_message(&self) -> i64 {
        let mut world = self.world();
        world.last_message += 1;
        world.last_message
    }

    /// Posts in a channel; gives the numbers of message and update.
    pub(crate) fn channel_post(&self, chat: i64, text: &str) -> (i64, i64) {
        let message = self.new_message();
        (message, self.update("channel_post", &post_of(chat, message, text)))
    }

    /// Writes to the bot in a private chat.
    pub(crate) fn private(&self, user: i64, text: &str) -> i64 {
        self.private_with(user, text, &json!({}))
    }

    /// The same with more fields.
    pub(crate) fn private_with(&self, user: i64, text: &str, more: &Value) -> i64 {
        let mut content = json!({
            "message_id": self.new_message(),
            "from": {"id": user, "is_bot": false, "first_name": "x", "username": "somebody"},
            "chat": {"id": user, "type": "private"},
            "date": now_seconds(),
            "text": text,
        });
        content.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.update("message", &content)
    }

    /// Presses a button with this data under a message of `chat`.
    pub(crate) fn press(&self, user: i64, chat: i64, data: &str) -> i64 {
        let content = json!({
            "id": format!("callback-{user}"),
            "from": {"id": user, "is_bot": false, "first_name": "x"},
            "message": {"message_id": 1, "date": now_seconds(), "chat": {"id": chat, "type": "private"}},
            "chat_instance": "1",
            "data": data,
        });
        self.update("callback_query", &content)
    }

    pub(crate) fn goes_wrong(&self, faults: &[Fault]) {
        self.world().faults.extend(faults);
    }

    /// How many updates are not confirmed yet.
    pub(crate) fn unconfirmed(&self) -> usize {
        self.world().waiting.len()
    }

    /// When an update was first handed out, microseconds since the epoch.
    pub(crate) fn handed_out(&self, update: i64) -> Option<i64> {
        self.world().handed_out.get(&update).copied()
    }

    /// Polls so far, and how many came before a flood wait was over.
    pub(crate) fn polls(&self) -> (u32, u32) {
        let world = self.world();
        (world.polls, world.too_early)
    }

    /// Everything that was sent with this method.
    pub(crate) fn sent(&self, method: &str) -> Vec<Value> {
        let world = self.world();
        let of = |(name, body): &(String, Value)| (name == method).then(|| body.clone());
        world.calls.iter().filter_map(of).collect()
    }

    /// The address and the secret of the webhook that is set.
    pub(crate) fn webhook(&self) -> Option<(String, String)> {
        self.world().webhook.clone()
    }

    /// The pictures that were sent.
    pub(crate) fn pictures(&self) -> Vec<Picture> {
        self.world().pictures.clone()
    }

    /// The texts sent to a chat, in order.
    pub(crate) fn texts(&self, chat: i64) -> Vec<String> {
        let chat = chat.to_string();
        let to = |body: &Value| body["chat_id"].as_str() == Some(chat.as_str());
        let sent = self.sent("sendMessage").into_iter().filter(to);
        sent.map(|body| body["text"].as_str().unwrap().to_owned()).collect()
    }

    /// The data of the first button of the last question.
    pub(crate) fn button(&self, place: usize) -> Option<String> {
        let sent = self.sent("sendMessage");
        let asked = sent.iter().rev().find(|body| body["reply_markup"].is_object())?;
        let data = &asked["reply_markup"]["inline_keyboard"][0][place]["callback_data"];
        data.as_str().map(str::to_owned)
    }
}

impl World {
    pub(super) fn note_handed_out(&mut self, update: i64, now: i64) {
        self.handed_out.entry(update).or_insert(now);
    }

    fn webhook_info(&self) -> Value {
        let mut info = json!({
            "url": self.webhook.as_ref().map_or("", |(url, _)| url),
            "has_custom_certificate": false,
            "pending_update_count": self.waiting.len(),
        });
        if let Some(error) = &self.last_error {
            info["last_error_date"] = now_seconds().into();
            info["last_error_message"] = error.clone().into();
        }
        info
    }
}

/// A message of a channel, posted now.
pub(crate) fn post_of(chat: i64, message: i64, text: &str) -> Value {
    json!({
        "message_id": message,
        "sender_chat": {"id": chat, "type": "channel", "title": "Alpha"},
        "chat": {"id": chat, "type": "channel", "title": "Alpha", "username": "alpha_signals"},
        "date": now_seconds(),
        "text": text,
    })
}

async fn answer(
    State(world): State<Arc<Mutex<World>>>,
    Path((bot, method)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    if bot != format!("bot{TOKEN}") {
        return failed(401, "Unauthorized", None);
    }
    if method == "sendPhoto" {
        world.lock().unwrap().pictures.push(Picture::of_form(&body));
        return done(&json!({"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}));
    }
    let body: Value = serde_json::from_slice(&body).expect("every other call is JSON");
    match method.as_str() {
        "getUpdates" => poll(&world, &body).await,
        "getMe" => done(&json!({"id": 123_456, "is_bot": true, "username": "levi_test_bot"})),
        "sendMessage" | "editMessageText" => {
            let mut world = world.lock().unwrap();
            world.calls.push((method, body));
            done(
                &json!({"message_id": world.calls.len(), "date": 0, "chat": {"id": 1, "type": "private"}}),
            )
        }
        "answerCallbackQuery" | "setMyCommands" => {
            world.lock().unwrap().calls.push((method, body));
            done(&json!(true))
        }
        "setWebhook" | "deleteWebhook" => {
            let text = |name: &str| Some(body[name].as_str()?.to_owned());
            world.lock().unwrap().webhook = text("url").zip(text("secret_token"));
            world.lock().unwrap().calls.push((method, body));
            done(&json!(true))
        }
        "getWebhookInfo" => done(&world.lock().unwrap().webhook_info()),
        _ => failed(404, "Not Found", None),
    }
}

fn done(result: &Value) -> Response {
    axum::Json(json!({"ok": true, "result": result})).into_response()
}

fn failed(status: u16, description: &str, retry_after: Option<u64>) -> Response {
    let mut body = json!({"ok": false, "error_code": status, "description": description});
    if let Some(seconds) = retry_after {
        body["parameters"] = json!({"retry_after": seconds});
    }
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

async fn poll(world: &Mutex<World>, body: &Value) -> Response {
    if let Some(wrong) = fault(&mut world.lock().unwrap()) {
        return wrong;
    }
    if world.lock().unwrap().webhook.is_some() {
        return failed(409, "Conflict: can't use getUpdates method while webhook is active", None);
    }
    confirm(&mut world.lock().unwrap(), body["offset"].as_i64());
    let until = Instant::now() + Duration::from_secs(body["timeout"].as_u64().unwrap_or(0));
    let limit = usize::try_from(body["limit"].as_u64().unwrap_or(100)).unwrap();
    loop {
        let found = hand_out(&mut world.lock().unwrap(), limit);
        if !found.is_empty() || Instant::now() >= until {
            return done(&Value::Array(found));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn fault(world: &mut World) -> Option<Response> {
    world.polls += 1;
    if let Some(until) = world.silent_until.filter(|until| *until > Instant::now()) {
        world.too_early += 1;
        let left = until.duration_since(Instant::now()).as_secs() + 1;
        return Some(failed(429, "Too Many Requests: retry later", Some(left)));
    }
    match world.faults.pop_front()? {
        Fault::Flood(seconds) => {
            world.silent_until = Some(Instant::now() + Duration::from_secs(seconds));
            let description = format!("Too Many Requests: retry after {seconds}");
            Some(failed(429, &description, Some(seconds)))
        }
        Fault::Status(status) => {
            let page = "<html><body>Bad Gateway</body></html>";
            Some((StatusCode::from_u16(status).unwrap(), page).into_response())
        }
        Fault::Break => Some(broken()),
    }
}

/// Half an answer, then the connection is cut.
fn broken() -> Response {
    let half = Ok(Bytes::from_static(b"{\"ok\":true,\"result\":[{\"update_id\":"));
    let cut = Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    Response::new(Body::from_stream(futures_util::stream::iter([half, cut])))
}

fn confirm(world: &mut World, offset: Option<i64>) {
    let Some(offset) = offset else { return };
    world.waiting.retain(|(id, _)| *id >= offset);
}

fn hand_out(world: &mut World, limit: usize) -> Vec<Value> {
    let found: Vec<(i64, Value)> = world.waiting.iter().take(limit).cloned().collect();
    let now = now_micros();
    for (id, _) in &found {
        world.handed_out.entry(*id).or_insert(now);
    }
    found.into_iter().map(|(_, update)| update).collect()
}
