//! `TELEGRAM_*` and `TG_*`.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use secrecy::SecretString;
use telegram::channels::{Channels, ChatName};
use telegram::settings::{Level, Notify, Pauses, QuietHours, Settings};
use telegram::user::{self, Application, SessionFile};

use super::parse::{self, Parsed};
use super::reader::Reader;
use super::variables as v;

/// What is configured of Telegram.
pub(super) struct Telegram {
    /// [`None`] without a token.
    pub(super) bot: Option<Settings>,
    /// [`None`] without an application's id and hash.
    pub(super) user: Option<user::Settings>,
}

/// Everything about Telegram.
pub(super) fn telegram(
    from: &mut Reader<'_>,
    time_zone: &TimeZone,
    signal_max_age: Duration,
) -> Telegram {
    let token = from.optional(&v::TELEGRAM_BOT_TOKEN, bot_token);
    let api_url = from.required(&v::TELEGRAM_API_URL, parse::http_address);
    let webhook_url = from.optional(&v::TELEGRAM_WEBHOOK_URL, parse::http_address);
    let application = application(from);
    let session = from.required(&v::TELEGRAM_SESSION, parse::from_str::<PathBuf>);
    let channels = from.optional(&v::TELEGRAM_CHANNELS, channels).unwrap_or_default();
    let min_text_len = from.whole(&v::TELEGRAM_MIN_TEXT_LEN);
    let allowed_users = from.optional(&v::TELEGRAM_ALLOWED_USERS, users).unwrap_or_default();
    let notify = notify(from);
    let base = from.millis(&v::TG_BACKOFF_BASE_MS);
    let backoff = Pauses { base, max: from.millis(&v::TG_BACKOFF_MAX_MS).max(base) };
    let user = application.map(|application| user::Settings {
        application,
        session: SessionFile::at(&session),
        channels: channels.clone(),
        min_text_len,
        backoff,
        signal_max_age,
    });
    let bot = token.map(|token| Settings {
        token,
        api_url,
        webhook_url,
        channels,
        min_text_len,
        backoff,
        allowed_users: allowed_users.into_iter().collect(),
        notify,
        time_zone: time_zone.clone(),
    });
    Telegram { bot, user }
}

fn application(from: &mut Reader<'_>) -> Option<Application> {
    let id = from.optional(&v::TELEGRAM_API_ID, |text| parse::whole(text, 1, 2_147_483_647));
    let hash = from.optional(&v::TELEGRAM_API_HASH, api_hash);
    let id = i32::try_from(id?).ok()?;
    Some(Application { id, hash: hash? })
}

fn api_hash(text: &str) -> Parsed<SecretString> {
    let is_hash = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_owned().into()).ok_or_else(|| "is no hash of an application".to_owned())
}

fn notify(from: &mut Reader<'_>) -> Option<Notify> {
    let chat = from.optional(&v::TELEGRAM_NOTIFY_CHAT, parse::from_str::<ChatName>);
    let level = from.choice(&v::TELEGRAM_NOTIFY_LEVEL, |name| match name {
        "alarms" => Level::Alarms,
        "trades" => Level::Trades,
        _ => Level::All,
    });
    let quiet = from.optional(&v::TELEGRAM_QUIET_HOURS, quiet_hours);
    let summary_at = from.required(&v::TELEGRAM_SUMMARY_AT, summary_time);
    Some(Notify { chat: chat?, level, quiet, summary_at })
}

/// Digits, a colon, and what may stand in a path as it is.
fn bot_token(text: &str) -> Parsed<SecretString> {
    let of_secrets = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_token = text.split_once(':').is_some_and(|(id, secret)| {
        !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && secret.len() >= 8
            && secret.bytes().all(of_secrets)
    });
    is_token.then(|| text.to_owned().into()).ok_or_else(|| "is no token of a bot".to_owned())
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

fn channels(text: &str) -> Parsed<Channels> {
    let names = parts(text).map(parse::from_str).collect::<Parsed<Vec<ChatName>>>()?;
    if names.is_empty() { Err("names no chat".to_owned()) } else { Ok(Channels(names)) }
}

fn users(text: &str) -> Parsed<Vec<i64>> {
    let id = |part: &str| {
        let id = part.parse::<i64>().ok().filter(|id| *id > 0);
        id.ok_or_else(|| format!("has {part:?}, which is no user's id"))
    };
    let ids = parts(text).map(id).collect::<Parsed<Vec<i64>>>()?;
    if ids.is_empty() { Err("names nobody".to_owned()) } else { Ok(ids) }
}

fn time_of_day(text: &str) -> Parsed<Time> {
    let parts = text.trim().split(':').map(|part| part.parse::<i8>().ok());
    let time = parts.collect::<Option<Vec<i8>>>().and_then(|parts| match parts[..] {
        [hour, minute] => Time::new(hour, minute, 0, 0).ok(),
        [hour, minute, second] => Time::new(hour, minute, second, 0).ok(),
        _ => None,
    });
    time.ok_or_else(|| format!("has {text:?}, which is no time of day"))
}

fn quiet_hours(text: &str) -> Parsed<QuietHours> {
    let (from, until) = text.split_once('-').ok_or_else(|| "is not FROM-UNTIL".to_owned())?;
    let hours = QuietHours { from: time_of_day(from)?, until: time_of_day(until)? };
    if hours.from == hours.until { Err("begins when it ends".to_owned()) } else { Ok(hours) }
}

fn summary_time(text: &str) -> Parsed<Option<Time>> {
    if text.eq_ignore_ascii_case("off") { Ok(None) } else { time_of_day(text).map(Some) }
}
