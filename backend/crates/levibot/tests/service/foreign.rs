//! An exchange written for these tests alone: it shares no code with the client or the sandbox, so
//! a mistake cannot hide on both sides. It verifies signatures itself and can be unruly.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub(crate) const KEY: &str = "mx0foreign";
pub(crate) const SECRET: &str = "foreign-secret";

/// How the next `POST /order` is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should be.
    Orderly,
    /// Executed, then 503.
    ServerErrorAfter,
    /// Executed, then the connection is cut without an answer.
    CutAfter,
    /// Not executed, the connection is cut.
    CutBefore,
    /// Executed, answered with HTML.
    HtmlAfter,
    /// Executed, answered with half a JSON.
    HalfAfter,
    /// Refused for want of funds.
    NoFunds,
}

#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) client_id: String,
    pub(crate) id: String,
    side: String,
    qty: f64,
    quote: f64,
}

#[derive(Default)]
struct State {
    manners: Vec<Manner>,
    orders: Vec<Order>,
    /// Every request line seen, with its query, and when it was there.
    requests: Vec<(Instant, String)>,
    faults: Vec<String>,
    delivers: bool,
    /// Everything but orders answers this instead, while set.
    everything: Option<&'static str>,
}

/// A running foreign exchange. One price: 100.
#[derive(Clone)]
pub(crate) struct Foreign {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Foreign {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let foreign = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        let server = foreign.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let server = server.clone();
                thread::spawn(move || server.serve(stream.unwrap()));
            }
        });
        foreign
    }

    /// The manners of the next orders, one each; orderly after that.
    pub(crate) fn behave(&self, manners: &[Manner]) {
        self.state.lock().unwrap().manners = manners.iter().rev().copied().collect();
    }

    pub(crate) fn answer_everything_with(&self, body: Option<&'static str>) {
        self.state.lock().unwrap().everything = body;
    }

    pub(crate) fn orders(&self) -> Vec<Order> {
        self.state.lock().unwrap().orders.clone()
    }

    /// Requests that a real exchange would have refused.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.state.lock().unwrap().faults.clone()
    }

    pub(crate) fn posts(&self) -> usize {
        let state = self.state.lock().unwrap();
        state.requests.iter().filter(|(_, line)| line.starts_with("POST /api/v3/order?")).count()
    }

    /// When each request arrived: method and path with query.
    pub(crate) fn arrivals(&self) -> Vec<(Instant, String)> {
        self.state.lock().unwrap().requests.clone()
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut writer = stream;
        while let Some((line, headers)) = read_head(&mut reader) {
            let mut parts = line.split_whitespace();
            let (method, target) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            let seen = format!("{method} {target}");
            self.note(seen);
            let Some((status, body)) = self.answer(method, path, query, &headers) else { return };
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            if writer
                .write_all(head.as_bytes())
                .and_then(|()| writer.write_all(body.as_bytes()))
                .is_err()
            {
                return;
            }
        }
    }

    /// What was bought shows in the account from now on.
    pub(crate) fn deliver(&self) {
        self.state.lock().unwrap().delivers = true;
    }

    fn coins(&self) -> String {
        let state = self.state.lock().unwrap();
        let bought = state.orders.iter().filter(|order| state.delivers && order.side == "BUY");
        let qty: f64 = bought.map(|order| order.qty).sum();
        if qty == 0.0 {
            return String::new();
        }
        format!(r#",{{"asset":"BTC","free":"{qty:.6}","locked":"0","available":"{qty:.6}"}}"#)
    }

    /// Times are taken one after the other, so that they never fall.
    fn note(&self, seen: String) {
        let mut state = self.state.lock().unwrap();
        state.requests.push((Instant::now(), seen));
    }

    /// [`None`] cuts the connection.
    fn answer(
        &self,
        method: &str,
        path: &str,
        query: &str,
        headers: &[String],
    ) -> Option<(u16, String)> {
        let everything = self.state.lock().unwrap().everything;
        if let Some(body) = everything {
            return Some((200, body.to_owned()));
        }
        let signed = ["/order", "/openOrders", "/allOrders", "/account", "/myTrades"];
        let path = path.strip_prefix("/api/v3").unwrap_or(path);
        if signed.contains(&path) {
            self.check_signature(method, path, query, headers);
        }
        let ok = |body: String| Some((200, body));
        let now = now_ms();
        match (method, path) {
            ("GET", "/ping") => ok("{}".into()),
            ("GET", "/time") => ok(format!(r#"{{"serverTime":{now}}}"#)),
            ("GET", "/exchangeInfo") => ok(EXCHANGE_INFO.replace("NOW", &now.to_string())),
            ("GET", "/ticker/bookTicker") => ok(
                r#"[{"symbol":"BTCUSDT","bidPrice":"100","bidQty":"9","askPrice":"100","askQty":"9"}]"#.into(),
            ),
            ("GET", "/klines") => ok(klines(now)),
            ("GET", "/account") => ok(format!(
                r#"{{"canTrade":true,"balances":[{{"asset":"USDT","free":"1000","locked":"0","available":"1000"}}{}],"permissions":["SPOT"]}}"#,
                self.coins()
            )),
            ("POST", "/order") => self.place(query),
            ("GET", "/order") => Some(self.find(query)),
            ("DELETE", "/order") => Some((400, r#"{"code":-2011,"msg":"Order filled."}"#.into())),
            ("GET", "/openOrders") => ok("[]".into()),
            ("GET", "/allOrders") => {
                let all: Vec<String> =
                    self.orders().iter().map(order_json).collect();
                ok(format!("[{}]", all.join(",")))
            }
            ("GET", "/myTrades") => Some(self.trades(query)),
            _ => Some((404, "{}".into())),
        }
    }

    fn place(&self, query: &str) -> Option<(u16, String)> {
        let parameters = parse(query);
        let mut state = self.state.lock().unwrap();
        let manner = state.manners.pop().unwrap_or(Manner::Orderly);
        let refused = matches!(manner, Manner::CutBefore | Manner::NoFunds);
        let rests = parameters["type"] == "LIMIT";
        let number = |name: &str| parameters.get(name).and_then(|text| text.parse::<f64>().ok());
        let qty = number("quantity").or(number("quoteOrderQty").map(|q| q / 100.0)).unwrap_or(0.0);
        let order = Order {
            client_id: parameters.get("newClientOrderId").cloned().unwrap_or_default(),
            id: format!("C02__{}", 1_000 + state.orders.len()),
            side: parameters["side"].clone(),
            qty: if rests { 0.0 } else { qty },
            quote: if rests { 0.0 } else { qty * 100.0 },
        };
        let ack = format!(
            r#"{{"symbol":"BTCUSDT","orderId":"{}","orderListId":-1,"price":"105","origQty":"{qty}","type":"MARKET","side":"{}","transactTime":{}}}"#,
            order.id,
            order.side,
            now_ms()
        );
        if !refused {
            state.orders.push(order);
        }
        drop(state);
        match manner {
            Manner::Orderly => Some((200, ack)),
            Manner::ServerErrorAfter => {
                Some((503, r#"{"code":-1003,"msg":"Unknown error"}"#.into()))
            }
            Manner::CutAfter | Manner::CutBefore => None,
            Manner::HtmlAfter => Some((200, "<html><body>gateway</body></html>".into())),
            Manner::HalfAfter => Some((200, ack[..ack.len() / 2].to_owned())),
            Manner::NoFunds => {
                Some((400, r#"{"msg":"Insufficient position","code":30004}"#.into()))
            }
        }
    }

    fn find(&self, query: &str) -> (u16, String) {
        let parameters = parse(query);
        let wanted = |order: &&Order| {
            parameters.get("orderId") == Some(&order.id)
                || parameters.get("origClientOrderId") == Some(&order.client_id)
        };
        match self.orders().iter().find(wanted) {
            Some(order) => (200, order_json(order)),
            None => (400, r#"{"code":-2013,"msg":"Order does not exist."}"#.into()),
        }
    }

    fn trades(&self, query: &str) -> (u16, String) {
        let parameters = parse(query);
        let orders = self.orders();
        let of_order = |order: &&Order| parameters.get("orderId").is_none_or(|id| *id == order.id);
        let trades: Vec<String> = orders
            .iter()
            .filter(|order| order.qty > 0.0)
            .filter(of_order)
            .map(|order| {
                format!(
                    r#"{{"symbol":"BTCUSDT","id":"{0}X1","orderId":"{0}","orderListId":-1,"price":"100","qty":"{1}","quoteQty":"{2}","commission":"0.01","commissionAsset":"USDT","time":{3},"isBuyer":{4},"isMaker":false,"isBestMatch":true,"isSelfTrade":false,"clientOrderId":"{5}"}}"#,
                    order.id, order.qty, order.quote, now_ms() / 1_000 * 1_000, order.side == "BUY", order.client_id
                )
            })
            .collect();
        (200, format!("[{}]", trades.join(",")))
    }

    fn check_signature(&self, method: &str, path: &str, query: &str, headers: &[String]) {
        let fault = |what: &str| {
            let mut state = self.state.lock().unwrap();
            state.faults.push(format!("{what}: {method} {path}?{query}"));
        };
        let Some((text, signature)) = query.rsplit_once("&signature=") else {
            return fault("no signature");
        };
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        let expected = hex::encode(mac.finalize().into_bytes());
        if signature != expected {
            fault("wrong signature");
        }
        let key = headers.iter().any(|h| h.to_ascii_lowercase() == format!("x-mexc-apikey: {KEY}"));
        if !key {
            fault("no key");
        }
        let parameters = parse(text);
        let timestamp: i64 = parameters.get("timestamp").and_then(|t| t.parse().ok()).unwrap_or(0);
        let window: i64 =
            parameters.get("recvWindow").and_then(|t| t.parse().ok()).unwrap_or(5_000);
        if timestamp >= now_ms() + 1_000 || now_ms() - timestamp > window {
            fault("outside the window");
        }
        if method == "POST" && !parameters.contains_key("newClientOrderId") {
            fault("no client order id");
        }
    }
}

fn order_json(order: &Order) -> String {
    let (kind, status, price) =
        if order.qty > 0.0 { ("MARKET", "FILLED", "105") } else { ("LIMIT", "NEW", "110") };
    format!(
        r#"{{"symbol":"BTCUSDT","orderId":"{}","orderListId":-1,"clientOrderId":"{}","price":"{price}","origQty":"{}","executedQty":"{}","cummulativeQuoteQty":"{}","status":"{status}","timeInForce":null,"type":"{kind}","side":"{}","stopPrice":null,"icebergQty":null,"time":{},"updateTime":null,"isWorking":true,"origQuoteOrderQty":"0"}}"#,
        order.id,
        order.client_id,
        order.qty,
        order.qty,
        order.quote,
        order.side,
        now_ms() / 1_000 * 1_000
    )
}

fn klines(now: i64) -> String {
    const STEP: i64 = 900_000;
    let first = now / STEP * STEP - 200 * STEP;
    let rows: Vec<String> = (0..=200)
        .map(|i| {
            let open = first + i * STEP;
            format!(r#"[{open},"100","100.5","99.5","100","10",{},"1000"]"#, open + STEP)
        })
        .collect();
    format!("[{}]", rows.join(","))
}

fn parse(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(now.as_millis()).unwrap()
}

fn read_head(reader: &mut BufReader<TcpStream>) -> Option<(String, Vec<String>)> {
    let mut first = String::new();
    if reader.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).ok()? == 0 {
            return None;
        }
        match header.trim() {
            "" => return Some((first, headers)),
            line => headers.push(line.to_owned()),
        }
    }
}

const EXCHANGE_INFO: &str = r#"{"timezone":"CST","serverTime":NOW,"rateLimits":[],"exchangeFilters":[],"symbols":[{"symbol":"BTCUSDT","status":"1","baseAsset":"BTC","baseAssetPrecision":6,"quoteAsset":"USDT","quotePrecision":2,"quoteAssetPrecision":2,"baseCommissionPrecision":6,"quoteCommissionPrecision":2,"orderTypes":["LIMIT","MARKET","LIMIT_MAKER"],"isSpotTradingAllowed":true,"isMarginTradingAllowed":false,"quoteAmountPrecision":"1","baseSizePrecision":"0","permissions":["SPOT"],"filters":[],"maxQuoteAmount":"2000000","makerCommission":"0","takerCommission":"0.0005","quoteAmountPrecisionMarket":"1","maxQuoteAmountMarket":"100000","fullName":"Bitcoin","tradeSideType":1}]}"#;
