//! The account, its trades, fees and keys (contract 11).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use domain::{Decimal, ExchangeOrderId};
use mexc_wire::rest::{
    Account, ApiKeyInfo, DecimalNumber, Envelope, KycStatus, MxDeduct, MyTrade, StrategyGroup,
    TradeFee, Uid,
};
use serde_json::{Value, json};

use super::auth::Signed;
use super::orders::{listed_symbol, window};
use super::refused::Refused;
use super::shared::Shared;
use super::{clock, reply};
use crate::model::{MAKER_FEE, Rejection, TAKER_FEE, Window};

type Answer<T> = Result<Json<T>, Refused>;

pub(super) async fn account(State(shared): State<Arc<Shared>>, signed: Signed) -> Answer<Account> {
    let found =
        shared.look(|exchange, _| exchange.ledger().account(signed.account).map(reply::account))?;
    found.map(Json).ok_or_else(Refused::internal)
}

pub(super) async fn my_trades(
    State(shared): State<Arc<Shared>>,
    signed: Signed,
) -> Answer<Vec<MyTrade>> {
    let symbol = listed_symbol(&shared, signed.params.require("symbol")?)?;
    let order = signed.params.get("orderId").map(ExchangeOrderId::new);
    let window = window(&signed.params, 100)?;
    let hidden = Duration::from_millis(shared.faults.visibility().trades_ms);
    shared.look(|exchange, now| {
        let visible = window.to.unwrap_or(now).min(now.minus(hidden));
        let asked = (order.as_ref(), Window { to: Some(visible), ..window });
        let trades = exchange.my_trades(signed.account, &symbol, asked, now);
        Json(trades.into_iter().map(reply::my_trade).collect())
    })
}

pub(super) async fn trade_fee(
    State(shared): State<Arc<Shared>>,
    signed: Signed,
) -> Answer<Envelope<TradeFee>> {
    listed_symbol(&shared, signed.params.require("symbol")?)?;
    let fee = TradeFee { maker_commission: rate(MAKER_FEE), taker_commission: rate(TAKER_FEE) };
    Ok(Json(Envelope::success(fee, clock::now().as_millis())))
}

/// Rates are JSON numbers with 18 decimals.
fn rate(mut rate: Decimal) -> DecimalNumber {
    rate.rescale(18);
    DecimalNumber(rate)
}

pub(super) async fn self_symbols(
    State(shared): State<Arc<Shared>>,
    _signed: Signed,
) -> Json<Envelope<Vec<String>>> {
    super::public::default_symbols(State(shared)).await
}

pub(super) async fn kyc_status(_signed: Signed) -> Json<KycStatus> {
    Json(KycStatus { status: "1".to_owned() })
}

pub(super) async fn uid(signed: Signed) -> Json<Uid> {
    Json(Uid { uid: (200_000_000 + u32::from(signed.account.0)).to_string() })
}

pub(super) async fn api_key_info(signed: Signed) -> Answer<ApiKeyInfo> {
    if signed.params.require("accessKey")? != signed.key {
        return Err(Refused::bad(10_072, "Api key info invalid"));
    }
    Ok(Json(ApiKeyInfo {
        note: Some("sandbox".to_owned()),
        access_key: signed.key,
        create_time: Some(clock::now().to_string()),
        permissions: "SPOT_ACCOUNT_READ,SPOT_ACCOUNT_WRITE,SPOT_DEAL_READ,SPOT_DEAL_WRITE".into(),
        remaining_validity: Some(90),
        ip_white_list: String::new(),
        status: "VALID".to_owned(),
    }))
}

/// Coins with their networks. Spot clients with a key ask for it while they load markets; here
/// nothing can be deposited or withdrawn, so no coin has a network.
pub(super) async fn coins(State(shared): State<Arc<Shared>>, _signed: Signed) -> Json<Value> {
    let catalogue = shared.catalogue();
    let listings = catalogue.listings();
    let bases = listings.iter().map(|listing| (&listing.base, listing.full_name.as_str()));
    let quotes = listings.iter().map(|listing| (&listing.quote, listing.quote.as_str()));
    let named: BTreeMap<_, _> = quotes.chain(bases).collect();
    let coin = |(coin, name)| json!({"coin": coin, "name": name, "Name": name, "networkList": []});
    Json(named.into_iter().map(coin).collect())
}

pub(super) async fn mx_deduct(_signed: Signed) -> Json<Envelope<MxDeduct>> {
    Json(Envelope::success(MxDeduct { mx_deduct_enable: false }, clock::now().as_millis()))
}

/// Fees are taken in the quote asset here, so that deducting them from MX can only be left off.
pub(super) async fn set_mx_deduct(signed: Signed) -> Answer<Envelope<MxDeduct>> {
    let wanted: bool =
        signed.params.read("mxDeductEnable")?.ok_or(Rejection::Parameter("mxDeductEnable"))?;
    if wanted {
        return Err(Refused::bad(700_007, "the sandbox takes no fees in MX"));
    }
    Ok(mx_deduct(signed).await)
}

/// Groups against trades with oneself: an account of its own has none.
pub(super) async fn strategy_groups(_signed: Signed) -> Json<Envelope<Vec<StrategyGroup>>> {
    Json(Envelope { code: Some(200), ..Envelope::success(Vec::new(), clock::now().as_millis()) })
}
