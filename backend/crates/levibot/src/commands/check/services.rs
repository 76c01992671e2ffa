//! What the service leans on beside the exchange: Redis and Telegram.

use std::time::Duration;

use limits::RedisStore;
use secrecy::ExposeSecret;
use telegram::api::BotApi;

use super::finding::Finding;
use crate::config::Config;

const TELEGRAM_WITHIN: Duration = Duration::from_secs(20);

pub(super) async fn findings(config: &Config) -> Vec<Finding> {
    vec![redis(config).await, telegram(config).await]
}

async fn redis(config: &Config) -> Finding {
    const CHECK: &str = "redis";
    let Some(redis) = &config.mexc.redis else {
        let detail = "REDIS_URL is not set: this process has the whole request budget";
        return Finding::not_needed(CHECK, detail);
    };
    let settings = &config.engine;
    let store = RedisStore::new(
        redis.url.expose_secret(),
        &redis.prefix,
        settings.mode.exchange(),
        &settings.account,
    );
    let answered = match store {
        Ok(store) => store.ping().await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match answered {
        Ok(()) => Finding::ok(CHECK, "it answers: the request budget is shared"),
        Err(why) => Finding::warning(
            CHECK,
            format!("no answer ({why}): the service goes on with a quarter of the budget"),
            "start Redis, or correct REDIS_URL",
        ),
    }
}

async fn telegram(config: &Config) -> Finding {
    const CHECK: &str = "telegram";
    let Some(settings) = &config.telegram else {
        return Finding::not_needed(CHECK, "TELEGRAM_BOT_TOKEN is not set: no bot");
    };
    let advice = "look at TELEGRAM_BOT_TOKEN and whether Telegram can be reached from here";
    let http = match mexc::http_client(&settings.api_url, TELEGRAM_WITHIN) {
        Ok(http) => http,
        Err(error) => return Finding::failed(CHECK, error.to_string(), advice),
    };
    let api = BotApi::new(http, &settings.api_url, settings.token.clone());
    match api.get_me().await {
        Ok(user) => Finding::ok(CHECK, format!("@{} answers", user.username.unwrap_or_default())),
        Err(error) => Finding::failed(CHECK, error.to_string(), advice),
    }
}
