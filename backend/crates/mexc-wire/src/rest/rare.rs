//! Replies that a spot bot hardly needs, for whoever looks at an account by hand.

use serde::{Deserialize, Serialize};

use super::number;

/// Element of the reply to `POST /batchOrders` (contract 10.3): an order that was placed, or why
/// not, each with the client's own id where one was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchOutcome {
    /// Pair of an order that was placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// The exchange's id; the only proof of acceptance.
    #[serde(
        default,
        deserialize_with = "number::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub order_id: Option<String>,
    /// −1 for an order that was placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_list_id: Option<i64>,
    /// The client's id.
    #[serde(
        default,
        deserialize_with = "number::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub new_client_order_id: Option<String>,
    /// Why it was refused.
    #[serde(
        default,
        deserialize_with = "number::optional_integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub code: Option<i64>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub msg: Option<String>,
}

impl BatchOutcome {
    /// The exchange's id of an order that was placed. One that is named and refused at once proves
    /// neither.
    pub fn placed(&self) -> Option<&str> {
        self.order_id.as_deref().filter(|id| !id.is_empty() && self.code.is_none())
    }
}

/// `data` of `/mxDeduct/enable`: whether fees are taken in MX.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MxDeduct {
    /// Whether they are.
    pub mx_deduct_enable: bool,
}

/// `data` of `POST /strategy/group`, and its element for `GET`: accounts of one owner whose orders
/// must not meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StrategyGroup {
    /// Its name.
    pub trade_group_name: String,
    /// Its number; the editions write it as a number or as text.
    #[serde(deserialize_with = "number::text")]
    pub trade_group_id: String,
    /// Comma list of account numbers.
    #[serde(
        default,
        deserialize_with = "number::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub trade_group_uid: Option<String>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_time: Option<i64>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_time: Option<i64>,
}

/// Element of `data` of `GET /symbol/offline`: a pair that is paused or gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfflineSymbol {
    /// The pair.
    pub symbol: String,
    /// 2 paused, 3 offline.
    pub state: i64,
    /// Since when, or from when on, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline_time: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_without_an_error_proves_an_order() {
        for (json, placed) in [
            (r#"{"symbol":"A","orderId":"C02__1","orderListId":-1}"#, Some("C02__1")),
            (r#"{"orderId":17}"#, Some("17")),
            (r#"{"newClientOrderId":"a","code":30002,"msg":"too small"}"#, None),
            (r#"{"orderId":"C02__1","code":30002}"#, None),
            (r#"{"orderId":""}"#, None),
            ("{}", None),
        ] {
            let outcome: BatchOutcome = serde_json::from_str(json).unwrap();
            assert_eq!(outcome.placed(), placed, "{json}");
        }
    }
}
