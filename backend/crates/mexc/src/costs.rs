//! What each endpoint costs: the newer weights of contract 5.

use limits::Cost;
use reqwest::Method;

/// Method, path after `/api/v3`, weight of the address, and what else it counts as.
///
/// Orders and cancels have a bucket of their own in the newer documentation; the legacy weight of
/// one for address and account is charged beside it. Signed reads are documented with a weight of
/// the address only and are charged to the account too, since "500 per UID" does not say what it
/// counts.
const TABLE: [(&Method, &str, u32, Counts); 36] = [
    (&Method::GET, "/ping", 1, Counts::Public),
    (&Method::GET, "/time", 1, Counts::Public),
    (&Method::GET, "/defaultSymbols", 1, Counts::Public),
    (&Method::GET, "/exchangeInfo", 25, Counts::Public),
    (&Method::GET, "/depth", 3, Counts::Public),
    (&Method::GET, "/trades", 5, Counts::Public),
    (&Method::GET, "/aggTrades", 1, Counts::Public),
    (&Method::GET, "/klines", 1, Counts::Public),
    (&Method::GET, "/avgPrice", 1, Counts::Public),
    (&Method::GET, "/ticker/24hr", 25, Counts::Public),
    (&Method::GET, "/ticker/price", 10, Counts::Public),
    (&Method::GET, "/ticker/bookTicker", 10, Counts::Public),
    (&Method::GET, "/symbol/offline", 10, Counts::Public),
    (&Method::POST, "/order/test", 1, Counts::Signed),
    (&Method::POST, "/order", 1, Counts::Order),
    (&Method::POST, "/batchOrders", 1, Counts::Order),
    (&Method::DELETE, "/order", 1, Counts::Order),
    (&Method::DELETE, "/openOrders", 1, Counts::Order),
    (&Method::DELETE, "/order/all", 1, Counts::Order),
    (&Method::GET, "/order", 2, Counts::Signed),
    (&Method::GET, "/openOrders", 3, Counts::Signed),
    (&Method::GET, "/allOrders", 10, Counts::Signed),
    (&Method::GET, "/myTrades", 10, Counts::Signed),
    (&Method::GET, "/account", 10, Counts::Account),
    (&Method::GET, "/tradeFee", 20, Counts::Signed),
    (&Method::GET, "/strategy/group", 20, Counts::Signed),
    (&Method::GET, "/strategy/group/uid", 20, Counts::Signed),
    (&Method::GET, "/kyc/status", 1, Counts::Signed),
    (&Method::GET, "/uid", 1, Counts::Signed),
    (&Method::GET, "/selfSymbols", 1, Counts::Signed),
    (&Method::GET, "/apiKeyInfo", 1, Counts::Signed),
    (&Method::GET, "/mxDeduct/enable", 1, Counts::Signed),
    (&Method::POST, "/userDataStream", 1, Counts::Signed),
    (&Method::PUT, "/userDataStream", 1, Counts::Signed),
    (&Method::GET, "/userDataStream", 1, Counts::Signed),
    (&Method::DELETE, "/userDataStream", 1, Counts::Signed),
];

/// What an endpoint that is not in the table is taken to cost: as much as the heaviest.
const UNKNOWN: u32 = 25;

/// What a request counts as beside its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    /// Anybody may ask.
    Public,
    /// Asked for an account.
    Signed,
    /// Two a second.
    Account,
    /// Twelve a second.
    Order,
}

/// What a request to `path` (after `/api/v3`) costs.
pub(crate) fn cost(method: &Method, path: &str) -> Cost {
    let row = TABLE.iter().find(|row| *row.0 == *method && row.1 == path);
    let (weight, counts) = row.map_or((UNKNOWN, Counts::Signed), |row| (row.2, row.3));
    Cost {
        ip_weight: weight,
        uid_weight: if counts == Counts::Public { 0 } else { weight },
        order: counts == Counts::Order,
        account: counts == Counts::Account,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_cancels_share_the_bucket_of_orders() {
        let bucket: Vec<_> = TABLE.iter().filter(|row| row.3 == Counts::Order).collect();
        assert_eq!(bucket.len(), 5, "{bucket:?}");
        assert_eq!(
            cost(&Method::POST, "/order"),
            Cost { ip_weight: 1, uid_weight: 1, order: true, account: false }
        );
    }

    #[test]
    fn each_endpoint_is_listed_once() {
        for (n, row) in TABLE.iter().enumerate() {
            let twins = TABLE[n + 1..].iter().filter(|other| (other.0, other.1) == (row.0, row.1));
            assert_eq!(twins.count(), 0, "{row:?}");
        }
    }

    #[test]
    fn what_is_not_listed_is_taken_for_the_heaviest() {
        let heaviest = TABLE.iter().map(|row| row.2).max();
        assert_eq!(Some(cost(&Method::GET, "/brandNew").ip_weight), heaviest);
    }

    #[test]
    fn public_data_costs_the_account_nothing() {
        let time = Cost { ip_weight: 1, ..Cost::default() };
        assert_eq!(cost(&Method::GET, "/time"), time);
        let account = Cost { ip_weight: 10, uid_weight: 10, order: false, account: true };
        assert_eq!(cost(&Method::GET, "/account"), account);
    }
}
