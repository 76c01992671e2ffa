//! What a client asks for, and the reply in the exchange's words.

use domain::Timestamp;
use mexc_wire::ws::{Channel, Method, Reply, Request};

use super::market_feed::MarketFeed;
use crate::market::MarketIndex;

/// A channel somebody listens to.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) channel: Channel,
    /// What it pushes; [`None`] for private channels, which push what is recorded.
    pub(super) feed: Option<MarketFeed>,
}

/// The channels of one connection.
#[derive(Debug)]
pub(super) struct Subscriptions {
    most: usize,
    has_listen_key: bool,
    pub(super) active: Vec<Subscription>,
}

/// Where feeds come from: it knows the pairs.
pub(super) type Open<'a> = &'a dyn Fn(&Channel) -> Option<MarketIndex>;

impl Subscriptions {
    pub(super) fn new(most: usize, has_listen_key: bool) -> Self {
        Self { most, has_listen_key, active: Vec::new() }
    }

    /// Carries out a control frame. Text that is none has no answer.
    pub(super) fn handle(&mut self, text: &str, pair: Open<'_>, now: Timestamp) -> Option<Reply> {
        let request = request(text)?;
        let id = request.id.unwrap_or(0);
        Some(match request.method {
            Method::Ping => Reply::pong(id),
            Method::Unsubscription => {
                let gone = |sub: &Subscription| request.params.contains(&sub.channel.to_string());
                self.active.retain(|subscription| !gone(subscription));
                Reply::done(id, &request.params)
            }
            Method::Subscription => {
                let all = request.params.into_iter();
                let (done, refused): (Vec<_>, Vec<_>) =
                    all.partition(|name| self.subscribe(name, pair, now));
                reply(id, &done, &refused)
            }
        })
    }

    /// Whether a private channel is listened to.
    pub(super) fn has(&self, channel: &Channel) -> bool {
        self.active.iter().any(|subscription| subscription.channel == *channel)
    }

    fn subscribe(&mut self, name: &str, pair: Open<'_>, now: Timestamp) -> bool {
        let Ok(channel) = name.parse::<Channel>() else {
            return false;
        };
        if self.has(&channel) {
            return true;
        }
        if self.active.len() >= self.most || (channel.is_private() && !self.has_listen_key) {
            return false;
        }
        let market = pair(&channel);
        if channel.symbol().is_some() && market.is_none() {
            return false;
        }
        let feed = (!channel.is_private()).then(|| MarketFeed::new(&channel, market, now));
        self.active.push(Subscription { channel, feed });
        true
    }
}

/// Reads a control frame. Clients also write methods in small letters.
fn request(text: &str) -> Option<Request> {
    let mut frame: serde_json::Value = serde_json::from_str(text).ok()?;
    let method = frame.get("method")?.as_str()?.to_uppercase();
    frame["method"] = method.into();
    serde_json::from_value(frame).ok()
}

/// Refusals have code 0 too; only the words tell.
fn reply(id: i64, done: &[String], refused: &[String]) -> Reply {
    if refused.is_empty() {
        return Reply::done(id, done);
    }
    let blocked = Reply::blocked(id, &refused.join(","));
    let words = done.iter().chain([&blocked.msg]).map(String::as_str).collect::<Vec<_>>();
    Reply { msg: words.join(","), ..blocked }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
    const DEALS: &str = "spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT";
    const ORDERS: &str = "spot@private.orders.v3.api.pb";

    fn known(channel: &Channel) -> Option<MarketIndex> {
        (channel.symbol()?.as_str() == "BTCUSDT").then_some(MarketIndex(0))
    }

    fn say(subscriptions: &mut Subscriptions, text: &str) -> String {
        let reply = subscriptions.handle(text, &known, NOW);
        reply.map(|reply| serde_json::to_string(&reply).unwrap()).unwrap_or_default()
    }

    fn subscribe(names: &[&str]) -> String {
        serde_json::json!({"method": "SUBSCRIPTION", "params": names}).to_string()
    }

    fn blocked(name: &str) -> String {
        let msg = format!("Not Subscribed successfully! [{name}].  Reason： Blocked! ");
        format!(r#"{{"id":0,"code":0,"msg":"{msg}"}}"#)
    }

    #[test]
    fn replies_are_worded_as_recorded() {
        let mut open = Subscriptions::new(30, false);
        let done = format!(r#"{{"id":0,"code":0,"msg":"{DEALS}"}}"#);
        assert_eq!(say(&mut open, &subscribe(&[DEALS])), done);
        assert_eq!(say(&mut open, &subscribe(&[DEALS])), done, "twice is once");
        assert_eq!(open.active.len(), 1);
        assert_eq!(say(&mut open, r#"{"method":"PING"}"#), r#"{"id":0,"code":0,"msg":"PONG"}"#);
        assert_eq!(say(&mut open, r#"{"method":"ping"}"#), r#"{"id":0,"code":0,"msg":"PONG"}"#);
        let with_id = format!(r#"{{"method":"UNSUBSCRIPTION","params":["{DEALS}"],"id":7}}"#);
        assert_eq!(say(&mut open, &with_id), format!(r#"{{"id":7,"code":0,"msg":"{DEALS}"}}"#));
        assert!(open.active.is_empty());
        for nothing in ["", "{}", "[1]", "PING", r#"{"method":"LOGIN"}"#] {
            assert_eq!(say(&mut open, nothing), "", "{nothing}");
        }
    }

    #[test]
    fn what_is_not_served_is_refused_with_code_zero() {
        let mut open = Subscriptions::new(2, false);
        for name in [
            "spot@public.limit.depth.v3.api.pb@BTCUSDT@50",
            "spot@public.miniTicker.v3.api.pb@BTCUSDT",
            "spot@public.deals.v3.api.pb@BTCUSDT",
            "spot@public.aggre.deals.v3.api.pb@100ms@NOPEUSDT",
            ORDERS,
        ] {
            assert_eq!(say(&mut open, &subscribe(&[name])), blocked(name), "{name}");
        }
        assert!(open.active.is_empty());
        let mut mine = Subscriptions::new(2, true);
        assert!(!say(&mut mine, &subscribe(&[ORDERS])).contains("Blocked"));
        assert!(mine.has(&Channel::PrivateOrders));
    }

    #[test]
    fn a_connection_has_so_many_subscriptions_and_no_more() {
        let mut open = Subscriptions::new(2, true);
        let third = "spot@private.deals.v3.api.pb";
        let reply = say(&mut open, &subscribe(&[DEALS, ORDERS, third]));
        assert!(reply.contains(&format!("{DEALS},{ORDERS},Not Subscribed")), "{reply}");
        assert!(reply.contains(&format!("[{third}]")), "{reply}");
        assert_eq!(open.active.len(), 2);
    }
}
