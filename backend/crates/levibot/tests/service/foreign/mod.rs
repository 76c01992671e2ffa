//! An exchange written for these tests alone: it shares no code with the client or the sandbox, so
//! a mistake cannot hide on both sides. It verifies signatures itself, keeps accounts to the last
//! digit, outlives the services that trade on it, and can be unruly.

mod book;
mod wire;

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use book::{Book, Refused, Wish};
pub(crate) use book::{Order, Pico, Status, base_of, pico};
use wire::{Parameters, now_ms};

pub(crate) const KEY: &str = "mx0foreign";
pub(crate) const SECRET: &str = "foreign-secret";
pub(crate) const SYMBOLS: [&str; 3] = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

/// An answer nobody waits for any more is given up after this.
const LONGEST_SILENCE: Duration = Duration::from_secs(45);

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
    /// Executed, answered after so many seconds.
    LateAfter(u64),
    /// Executed, never answered.
    SilentAfter,
    /// Not executed, never answered.
    SilentBefore,
    /// Refused for want of funds.
    NoFunds,
}

impl Manner {
    const fn executes(self) -> bool {
        !matches!(self, Self::CutBefore | Self::SilentBefore | Self::NoFunds)
    }
}

#[derive(Default)]
struct State {
    manners: Vec<Manner>,
    book: Book,
    /// Every request line seen, with its query, and when it was there.
    requests: Vec<(Instant, String)>,
    faults: Vec<String>,
    /// Answers sent long after they were asked for.
    late_answers: usize,
    /// Everything but orders answers this instead, while set.
    everything: Option<&'static str>,
    /// How far its clock is ahead.
    clock_ahead_ms: i64,
    can_withdraw: bool,
}

/// A running foreign exchange. Every price is 100 until it is set.
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The manners of the next orders, one each; orderly after that.
    pub(crate) fn behave(&self, manners: &[Manner]) {
        self.state().manners = manners.iter().rev().copied().collect();
    }

    pub(crate) fn answer_everything_with(&self, body: Option<&'static str>) {
        self.state().everything = body;
    }

    pub(crate) fn set_price(&self, symbol: &str, price: &str) {
        self.state().book.set_price(symbol, pico(price));
    }

    /// Puts coins of the user's own on the account.
    pub(crate) fn give(&self, asset: &str, amount: &str) {
        self.state().book.give(asset, pico(amount));
    }

    /// What the account holds, free and locked.
    pub(crate) fn total(&self, asset: &str) -> Pico {
        self.state().book.total(asset)
    }

    pub(crate) fn set_clock_ahead(&self, ms: i64) {
        self.state().clock_ahead_ms = ms;
    }

    pub(crate) fn let_keys_withdraw(&self) {
        self.state().can_withdraw = true;
    }

    /// An order of nobody knows whom, far below the market.
    pub(crate) fn place_foreign_order(&self, client_id: &str) {
        let wish = Wish {
            client_id: client_id.to_owned(),
            symbol: "BTCUSDT".to_owned(),
            is_buy: true,
            limit: Some(pico("50")),
            qty: Some(pico("1")),
            spend: None,
        };
        self.state().book.place(wish).unwrap();
    }

    pub(crate) fn orders(&self) -> Vec<Order> {
        self.state().book.orders.clone()
    }

    /// Orders of one leg: `e`, `t1`, `s`, `c`.
    pub(crate) fn orders_of(&self, leg: &str) -> Vec<Order> {
        self.orders().into_iter().filter(|order| order.leg() == leg).collect()
    }

    /// Requests that a real exchange would have refused.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.state().faults.clone()
    }

    pub(crate) fn late_answers(&self) -> usize {
        self.state().late_answers
    }

    pub(crate) fn requests(&self, start: &str) -> usize {
        self.state().requests.iter().filter(|(_, line)| line.starts_with(start)).count()
    }

    pub(crate) fn posts(&self) -> usize {
        self.requests("POST /api/v3/order?")
    }

    /// When each request arrived: method and path with query.
    pub(crate) fn arrivals(&self) -> Vec<(Instant, String)> {
        self.state().requests.clone()
    }

    fn now_ms(&self) -> i64 {
        now_ms() + self.state().clock_ahead_ms
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut writer = stream;
        while let Some((line, headers)) = wire::read_head(&mut reader) {
            let mut parts = line.split_whitespace();
            let (method, target) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            self.note(format!("{method} {target}"));
            let Some((status, body)) = self.answer(method, path, query, &headers) else { return };
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            if writer.write_all(format!("{head}{body}").as_bytes()).is_err() {
                return;
            }
        }
    }

    /// Times are taken one after the other, so that they never fall.
    fn note(&self, seen: String) {
        let mut state = self.state();
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
        if let Some(body) = self.state().everything {
            return Some((200, body.to_owned()));
        }
        let path = path.strip_prefix("/api/v3").unwrap_or(path);
        if SIGNED.contains(&path) {
            let faults = wire::faults_of(method, query, headers, self.now_ms());
            if let Some(first) = faults.first() {
                let text = format!("{}: {method} {path}?{query}", faults.join(", "));
                self.state().faults.push(text);
                return Some(refusal_of(first));
            }
        }
        let parameters = wire::parse(query);
        if (method, path) == ("POST", "/order") {
            return self.place(&parameters);
        }
        Some(self.tell(method, path, &parameters))
    }

    fn tell(&self, method: &str, path: &str, parameters: &Parameters) -> (u16, String) {
        let now = self.now_ms();
        let mut state = self.state();
        let wanted = parameters.get("symbol").map_or("", String::as_str);
        let of_symbol = |order: &&Order| wanted.is_empty() || order.symbol == wanted;
        let orders = || state.book.orders.iter().filter(of_symbol);
        let body = match (method, path) {
            ("GET", "/ping") | ("POST", "/order/test") => "{}".into(),
            ("GET", "/time") => format!(r#"{{"serverTime":{now}}}"#),
            ("GET", "/exchangeInfo") => wire::exchange_info_json(now),
            ("GET", "/ticker/bookTicker") => wire::tickers_json(&state.book),
            ("GET", "/klines") => wire::klines_json(now),
            ("GET", "/account") => wire::account_json(&state.book, state.can_withdraw),
            ("GET", "/openOrders") => {
                wire::list(orders().filter(|o| o.status == Status::New).map(wire::order_json))
            }
            ("GET", "/allOrders") => wire::list(orders().map(wire::order_json)),
            ("GET", "/myTrades") => {
                let id = parameters.get("orderId");
                let of_order = |order: &&Order| id.is_none_or(|id| *id == order.id);
                let filled = orders().filter(|order| order.executed > 0);
                wire::list(filled.filter(of_order).map(wire::trade_json))
            }
            ("GET", "/order") => match orders().find(|order| is_meant(order, parameters)) {
                Some(order) => wire::order_json(order),
                None => return error(-2013, "Order does not exist."),
            },
            ("DELETE", "/order") => {
                let id = orders().find(|order| is_meant(order, parameters)).map(|o| o.id.clone());
                match state.book.cancel(&id.unwrap_or_default()) {
                    Ok(order) => wire::order_json(&order),
                    Err((code, message)) => return error(code, message),
                }
            }
            _ => return (404, "{}".into()),
        };
        (200, body)
    }

    fn place(&self, parameters: &Parameters) -> Option<(u16, String)> {
        let manner = self.state().manners.pop().unwrap_or(Manner::Orderly);
        let placed = manner.executes().then(|| self.execute(parameters));
        let answer = match &placed {
            Some(Ok(order)) => wire::ack_json(order),
            Some(Err((code, message))) => return Some(error(*code, message)),
            None => String::new(),
        };
        match manner {
            Manner::Orderly => Some((200, answer)),
            Manner::ServerErrorAfter => {
                Some((503, r#"{"code":-1003,"msg":"Unknown error"}"#.into()))
            }
            Manner::CutAfter | Manner::CutBefore => None,
            Manner::HtmlAfter => Some((200, "<html><body>gateway</body></html>".into())),
            Manner::HalfAfter => Some((200, answer[..answer.len() / 2].to_owned())),
            Manner::LateAfter(seconds) => {
                thread::sleep(Duration::from_secs(seconds));
                self.state().late_answers += 1;
                Some((200, answer))
            }
            Manner::SilentAfter | Manner::SilentBefore => {
                thread::sleep(LONGEST_SILENCE);
                None
            }
            Manner::NoFunds => Some(error(30_004, "Insufficient position")),
        }
    }

    fn execute(&self, parameters: &Parameters) -> Result<Order, Refused> {
        let amount = |name: &str| parameters.get(name).map(|text| pico(text));
        let client_id = parameters.get("newClientOrderId").cloned().unwrap_or_default();
        let mut state = self.state();
        if state.book.orders.iter().any(|order| order.client_id == client_id) {
            state.faults.push(format!("client order id {client_id} is used twice"));
        }
        let placed = state.book.place(Wish {
            client_id: client_id.clone(),
            symbol: parameters["symbol"].clone(),
            is_buy: parameters["side"] == "BUY",
            limit: (parameters["type"] == "LIMIT").then(|| amount("price")).flatten(),
            qty: amount("quantity"),
            spend: amount("quoteOrderQty"),
        });
        if let Err((code, message)) = placed {
            state.faults.push(format!("{client_id} refused: {code} {message}"));
        }
        placed
    }
}

const SIGNED: [&str; 6] =
    ["/order", "/order/test", "/openOrders", "/allOrders", "/account", "/myTrades"];

fn is_meant(order: &Order, parameters: &Parameters) -> bool {
    parameters.get("orderId") == Some(&order.id)
        || parameters.get("origClientOrderId") == Some(&order.client_id)
}

fn error(code: i64, message: &str) -> (u16, String) {
    (400, format!(r#"{{"msg":"{message}","code":{code}}}"#))
}

fn refusal_of(fault: &str) -> (u16, String) {
    match fault {
        "no signature" => error(700_004, "Mandatory parameter 'signature' was not sent"),
        "wrong signature" => error(700_002, "Signature for this request is not valid."),
        "no key" => error(10_072, "Api key info invalid"),
        "outside the window" => {
            error(700_003, "Timestamp for this request is outside of the recvWindow.")
        }
        _ => error(700_004, "Mandatory parameter was not sent"),
    }
}
