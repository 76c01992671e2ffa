//! What values mean for one another.

use domain::Notional;
use engine::settings::Mode;

use super::archive::Archiving;
use super::kind::Variable;
use super::mistake::{Mistake, shown};
use super::parse::{self, host_of, is_mexc};
use super::sources::Setting;
use super::typed::Config;
use super::variables as v;

/// Checks a configuration whose single values are right. A variable that is already known to be
/// wrong is not judged again, since its default stands in for it.
pub(super) struct Rules<'a> {
    config: &'a Config,
    settings: &'a [(Variable, Option<Setting>)],
    mistakes: Vec<Mistake>,
    warnings: Vec<String>,
}

impl<'a> Rules<'a> {
    pub(super) fn new(
        config: &'a Config,
        settings: &'a [(Variable, Option<Setting>)],
        mistakes: Vec<Mistake>,
    ) -> Self {
        Self { config, settings, mistakes, warnings: Vec::new() }
    }

    pub(super) fn finish(self) -> (Vec<Mistake>, Vec<String>) {
        (self.mistakes, self.warnings)
    }

    pub(super) fn check(&mut self) {
        self.exchange();
        self.sandbox();
        self.auto_route();
        self.sizes();
        self.times();
        self.server();
        self.paper();
        self.telegram();
        self.archive();
    }

    fn exchange(&mut self) {
        let Config { engine, mexc, .. } = self.config;
        if engine.mode == Mode::Paper {
            return;
        }
        if !engine.executor_enabled {
            self.warn("MEXC_ENABLE=false: no order is placed, and exits of open positions are not enforced");
            return;
        }
        let keys = [(&v::MEXC_API_KEY, &mexc.api_key), (&v::MEXC_API_SECRET, &mexc.api_secret)];
        for (variable, key) in keys {
            if key.is_none() {
                let how = format!(
                    "Set it, or {0}_FILE to a file that holds it; or set MEXC_ENABLE=false to watch only",
                    variable.name
                );
                self.mistake(variable, "is needed with EXCHANGE=MEXC", how);
            }
        }
        let host = host_of(&mexc.base_url);
        if engine.mode == Mode::Live && mexc.base_url.starts_with("http://") && !is_loopback(&host)
        {
            self.warn(format!(
                "MEXC_BASE_URL={}: the access key travels unencrypted",
                mexc.base_url
            ));
        }
    }

    fn sandbox(&mut self) {
        let Config { engine, mexc, .. } = self.config;
        let asked = self.text(&v::MEXC_SANDBOX).is_some_and(|text| parse::switch(text) == Ok(true));
        match engine.mode {
            Mode::Paper if asked => {
                self.warn("MEXC_SANDBOX has no effect with EXCHANGE=PAPER");
            }
            Mode::Sandbox => {
                let how = "Set it to a sandbox's address (levibot sandbox prints its own), or MEXC_SANDBOX=false to trade for real";
                if is_mexc(&mexc.base_url) {
                    self.mistake(
                        &v::MEXC_BASE_URL,
                        "is the real exchange, and MEXC_SANDBOX=true",
                        how,
                    );
                }
                if is_mexc(&mexc.ws_url) && !is_mexc(&mexc.base_url) {
                    self.mistake(
                        &v::MEXC_WS_URL,
                        "is the real exchange, and MEXC_SANDBOX=true",
                        how,
                    );
                }
            }
            Mode::Paper | Mode::Live => {}
        }
    }

    fn auto_route(&mut self) {
        let engine = &self.config.engine;
        let route = &engine.auto_route;
        if !route.enabled {
            return;
        }
        if !route.exchange_matches {
            self.warn(format!(
                "AUTO_ROUTE_EXCH names another exchange than the one in force ({}): no signal is traded",
                engine.mode.exchange()
            ));
        } else if !route.dry_run && engine.mode == Mode::Live && engine.executor_enabled {
            self.warn(
                "AUTO_ROUTE_DRY_RUN=false with EXCHANGE=MEXC: signals are traded with real money",
            );
        }
    }

    fn sizes(&mut self) {
        let engine = &self.config.engine;
        let (risk, least) = (&engine.risk, engine.risk.min_notional);
        if let Some(most) = risk.max_notional.filter(|most| *most < least) {
            let problem = format!("is above RISK_MAX_NOTIONAL={most}");
            self.mistake(
                &v::RISK_MIN_NOTIONAL,
                problem,
                "The smallest order may not be above the largest",
            );
        }
        if least > risk.max_total_exposure {
            let problem = format!("is below RISK_MIN_NOTIONAL={least}");
            self.mistake(
                &v::RISK_MAX_TOTAL_EXPOSURE,
                problem,
                "At least one smallest order must fit",
            );
        }
        let usual = engine.auto_route.default_notional;
        let fits = |limit: Notional| usual <= limit;
        if usual < least || !risk.max_notional.is_none_or(fits) {
            self.warn(format!(
                "AUTO_ROUTE_DEFAULT_NOTIONAL={usual} is outside RISK_MIN_NOTIONAL and RISK_MAX_NOTIONAL: every such order is clamped or refused"
            ));
        }
    }

    fn times(&mut self) {
        let Config { engine, price_poll, .. } = self.config;
        if engine.dedup_window < engine.signal_max_age {
            let problem =
                format!("is shorter than SIGNAL_MAX_AGE_SEC={}", engine.signal_max_age.as_secs());
            let why =
                "It must be as long at least: a message that is still fresh could be traded twice";
            self.mistake(&v::SIGNAL_DEDUP_WINDOW, problem, why);
        }
        if *price_poll >= engine.risk.price_max_age {
            let problem =
                format!("is not below PRICE_MAX_AGE_MS={}", engine.risk.price_max_age.as_millis());
            self.mistake(&v::PRICE_POLL_MS, problem, "Every price would be too old to trade on");
        }
    }

    fn server(&mut self) {
        let http = &self.config.http;
        let open = !http.address.ip().is_loopback();
        let closed = http.trusted_peers.is_empty() && !self.is_wrong(&v::TRUSTED_PEERS);
        if open && http.api_keys.is_empty() && closed && !self.is_wrong(&v::API_KEYS) {
            let how = "Set API_KEYS (or API_KEYS_FILE), or HOST=127.0.0.1, or in a container TRUSTED_PEERS";
            self.mistake(
                &v::HOST,
                "would let anyone on the network trade: there are no API_KEYS",
                how,
            );
        }
        let short =
            |key: &secrecy::SecretString| secrecy::ExposeSecret::expose_secret(key).len() < 16;
        if http.api_keys.iter().any(short) {
            self.warn("API_KEYS has a key of less than 16 characters, which can be guessed");
        }
    }

    fn paper(&mut self) {
        let Config { engine, paper, .. } = self.config;
        if engine.mode != Mode::Paper {
            return;
        }
        if !paper.balances.iter().any(|(asset, _)| *asset == engine.quote_asset) {
            self.warn(format!(
                "PAPER_BALANCES holds no {}: nothing can be bought",
                engine.quote_asset
            ));
        }
    }

    fn telegram(&mut self) {
        self.telegram_user();
        let Some(telegram) = &self.config.telegram else {
            return self.without_bot();
        };
        if telegram.channels.0.is_empty() {
            self.warn("TELEGRAM_CHANNELS is not set: no signal is read from Telegram");
        }
        let own_server = telegram.api_url != "https://api.telegram.org";
        let unsafe_address = |url: &String| url.starts_with("http://") && !own_server;
        if telegram.webhook_url.as_ref().is_some_and(unsafe_address) {
            let problem = "is not https://, and Telegram calls nothing else";
            self.mistake(&v::TELEGRAM_WEBHOOK_URL, problem, "https:// with a host, no path");
        }
        let host = host_of(&telegram.api_url);
        if telegram.api_url.starts_with("http://") && !is_loopback(&host) {
            self.warn(format!(
                "TELEGRAM_API_URL={}: the bot's token travels unencrypted",
                telegram.api_url
            ));
        }
    }

    fn without_bot(&mut self) {
        if self.is_wrong(&v::TELEGRAM_BOT_TOKEN) {
            return;
        }
        for variable in [&v::TELEGRAM_ALLOWED_USERS, &v::TELEGRAM_NOTIFY_CHAT] {
            if self.setting(variable).is_some() {
                self.warn(format!("{} has no effect without TELEGRAM_BOT_TOKEN", variable.name));
            }
        }
        match &self.config.telegram_user {
            None if self.setting(&v::TELEGRAM_CHANNELS).is_some() => self.warn(
                "TELEGRAM_CHANNELS has no effect without TELEGRAM_BOT_TOKEN or TELEGRAM_API_ID",
            ),
            Some(user) if user.channels.0.is_empty() => {
                self.warn("TELEGRAM_CHANNELS is not set: no signal is read from Telegram");
            }
            _ => {}
        }
    }

    fn telegram_user(&mut self) {
        let pairs = [
            (&v::TELEGRAM_API_ID, &v::TELEGRAM_API_HASH),
            (&v::TELEGRAM_API_HASH, &v::TELEGRAM_API_ID),
        ];
        for (absent, set) in pairs {
            if self.setting(set).is_some() && self.setting(absent).is_none() {
                self.warn(format!("{} has no effect without {}", set.name, absent.name));
            }
        }
    }

    fn archive(&mut self) {
        let Archiving { keep, url, .. } = &self.config.archiving;
        if url.is_none() && keep.compressed_days.is_some() {
            self.warn("ARCHIVE_KEEP_DAYS has no effect without ARCHIVE_URL");
        }
        if url.is_some() && keep.plain_days.is_none() {
            self.warn("ARCHIVE_URL has no effect with LOG_KEEP_DAYS=0");
        }
        let endpoint = self.text(&v::AWS_ENDPOINT).filter(|text| text.starts_with("http://"));
        if let Some(endpoint) = endpoint.filter(|text| !is_loopback(&host_of(text))) {
            self.warn(format!("AWS_ENDPOINT={endpoint}: archived days travel unencrypted"));
        }
    }

    fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    fn mistake(
        &mut self,
        variable: &Variable,
        problem: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        if self.is_wrong(variable) {
            return;
        }
        let setting = self.setting(variable);
        self.mistakes.push(Mistake {
            variable: variable.name.to_owned(),
            value: setting.map(|setting| shown(variable, setting.text())),
            source: setting.map(|setting| setting.source.clone()),
            problem: problem.into(),
            allowed: allowed.into(),
        });
    }

    fn is_wrong(&self, variable: &Variable) -> bool {
        let of = |mistake: &Mistake| mistake.variable.trim_end_matches("_FILE") == variable.name;
        self.mistakes.iter().any(of)
    }

    fn setting(&self, variable: &Variable) -> Option<&'a Setting> {
        let found = self.settings.iter().find(|(known, _)| known.name == variable.name);
        found.and_then(|(_, setting)| setting.as_ref())
    }

    fn text(&self, variable: &Variable) -> Option<&'a str> {
        self.setting(variable).map(Setting::text)
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}
