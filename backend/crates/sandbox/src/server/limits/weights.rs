//! What each endpoint costs (the newer column of contract 5).

use axum::http::Method;

/// What a request costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::server) struct Cost {
    /// Weight in the window of its address.
    pub(in crate::server) ip: u32,
    /// Weight in the window of its account, for signed requests.
    pub(in crate::server) uid: u32,
    /// Whether it places or cancels.
    pub(in crate::server) order: bool,
    /// Whether it is `POST /batchOrders`.
    pub(in crate::server) batch: bool,
    /// Whether it is `GET /account`.
    pub(in crate::server) account: bool,
}

/// The cost of a request by method and route. Requests that place or cancel cost nothing in the
/// window of the address; they have a bucket of their own.
pub(in crate::server) fn cost(method: &Method, path: &str) -> Cost {
    let endpoint = path.strip_prefix("/api/v3").unwrap_or(path);
    let changes = *method == Method::POST || *method == Method::DELETE;
    match endpoint {
        "/order" | "/openOrders" | "/batchOrders" | "/order/all" if changes => {
            Cost { uid: 1, order: true, batch: endpoint == "/batchOrders", ..Cost::default() }
        }
        _ => {
            let weight = weight(endpoint);
            Cost { ip: weight, uid: weight, account: endpoint == "/account", ..Cost::default() }
        }
    }
}

fn weight(endpoint: &str) -> u32 {
    match endpoint {
        "/exchangeInfo" | "/ticker/24hr" => 25,
        "/tradeFee" | "/strategy/group" => 20,
        // The wallet is not in the table; it costs as much as its neighbours.
        "/capital/config/getall"
        | "/ticker/price"
        | "/ticker/bookTicker"
        | "/allOrders"
        | "/account"
        | "/myTrades"
        | "/symbol/offline" => 10,
        "/trades" => 5,
        "/depth" | "/openOrders" => 3,
        "/order" => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_costs_what_the_table_says() {
        let cases = [
            (Method::GET, "/api/v3/ping", 1),
            (Method::GET, "/api/v3/exchangeInfo", 25),
            (Method::GET, "/api/v3/depth", 3),
            (Method::GET, "/api/v3/trades", 5),
            (Method::GET, "/api/v3/klines", 1),
            (Method::GET, "/api/v3/ticker/24hr", 25),
            (Method::GET, "/api/v3/ticker/price", 10),
            (Method::GET, "/api/v3/ticker/bookTicker", 10),
            (Method::POST, "/api/v3/order/test", 1),
            (Method::GET, "/api/v3/order", 2),
            (Method::GET, "/api/v3/openOrders", 3),
            (Method::GET, "/api/v3/allOrders", 10),
            (Method::GET, "/api/v3/account", 10),
            (Method::GET, "/api/v3/myTrades", 10),
            (Method::GET, "/api/v3/tradeFee", 20),
            (Method::GET, "/api/v3/strategy/group", 20),
            (Method::GET, "/api/v3/symbol/offline", 10),
            (Method::PUT, "/api/v3/userDataStream", 1),
        ];
        for (method, path, weight) in cases {
            let cost = cost(&method, path);
            assert_eq!((cost.ip, cost.uid, cost.order), (weight, weight, false), "{path}");
        }
    }

    #[test]
    fn placing_and_cancelling_share_a_bucket_of_their_own() {
        let changing = [
            (Method::POST, "/api/v3/order"),
            (Method::POST, "/api/v3/batchOrders"),
            (Method::DELETE, "/api/v3/order"),
            (Method::DELETE, "/api/v3/openOrders"),
            (Method::DELETE, "/api/v3/order/all"),
        ];
        for (method, path) in changing {
            let cost = cost(&method, path);
            assert_eq!((cost.ip, cost.uid, cost.order), (0, 1, true), "{path}");
            assert_eq!(cost.batch, path.ends_with("batchOrders"));
        }
        assert!(cost(&Method::GET, "/api/v3/account").account);
    }
}
