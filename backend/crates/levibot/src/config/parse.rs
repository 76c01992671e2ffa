//! Text to values. Errors say what is wrong with the text; the table says what is allowed.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use axum::http::Uri;
use domain::{Asset, Decimal, Notional, Qty, decimal};
use jiff::tz::TimeZone;
use secrecy::SecretString;

/// A parsed value, or what is wrong with the text.
pub(super) type Parsed<T> = Result<T, String>;

/// Anything with an error that explains itself.
pub(super) fn from_str<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Parsed<T> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

pub(super) fn switch(text: &str) -> Parsed<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("is neither true nor false".to_owned()),
    }
}

pub(super) fn whole(text: &str, min: u64, max: u64) -> Parsed<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return Err("is not a whole number of 0 or more".to_owned());
    }
    let number: u64 = text.parse().map_err(|_| format!("is above {max}"))?;
    match number {
        _ if number < min => Err(format!("is below {min}")),
        _ if number > max => Err(format!("is above {max}")),
        _ => Ok(number),
    }
}

pub(super) fn amount(text: &str, zero: bool) -> Parsed<Notional> {
    let amount: Notional = from_str(text)?;
    if amount == Notional::ZERO && !zero {
        return Err("is zero".to_owned());
    }
    Ok(amount)
}

/// A probability; statistics, so a float.
pub(super) fn fraction(text: &str) -> Parsed<f64> {
    decimal::parse_decimal(text).map_err(|error| error.to_string())?;
    let number: f64 = text.trim().parse().map_err(|_| "is not a number".to_owned())?;
    if (0.0..=1.0).contains(&number) { Ok(number) } else { Err("is not within 0 and 1".to_owned()) }
}

/// A factor on confidences, at least `least` (or above it when that is zero) and at most `most`.
fn factor(text: &str, least: Decimal, most: Decimal) -> Parsed<Decimal> {
    let factor = decimal::parse_decimal(text).map_err(|error| error.to_string())?;
    let too_small = factor < least || factor <= Decimal::ZERO;
    if too_small || factor > most || factor.normalize().scale() > 4 {
        return Err(format!("has {factor}, which is no such factor with at most 4 decimal places"));
    }
    Ok(factor.normalize())
}

pub(super) fn trust_min(text: &str) -> Parsed<Decimal> {
    factor(text, Decimal::ZERO, Decimal::ONE)
}

pub(super) fn trust_max(text: &str) -> Parsed<Decimal> {
    factor(text, Decimal::ONE, Decimal::TWO)
}

/// `CHANNEL:FACTOR`, comma separated, each channel once.
pub(super) fn priors(text: &str) -> Parsed<BTreeMap<String, Decimal>> {
    let mut priors = BTreeMap::new();
    for part in text.split(',') {
        let (channel, trust) =
            part.rsplit_once(':').ok_or_else(|| format!("{part:?} is not CHANNEL:FACTOR"))?;
        let channel = channel.trim();
        if channel.is_empty() || channel.chars().count() > 200 {
            return Err(format!("{part:?} names no channel"));
        }
        let trust = factor(trust, Decimal::ZERO, Decimal::TWO)?;
        if priors.insert(channel.to_owned(), trust).is_some() {
            return Err(format!("names {channel} twice"));
        }
    }
    Ok(priors)
}

/// Seconds, or a number with one of the units s, m, h, d.
pub(super) fn period(text: &str, min_s: u64, max_s: u64) -> Parsed<Duration> {
    let (number, unit_s) = match text.char_indices().next_back() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3_600),
        Some((at, 'd')) => (&text[..at], 86_400),
        _ => (text, 1),
    };
    let number = whole(number, 0, u64::MAX).map_err(|_| "is not a length of time".to_owned())?;
    let seconds = number.saturating_mul(unit_s);
    whole(&seconds.to_string(), min_s, max_s)
        .map(Duration::from_secs)
        .map_err(|wrong| format!("{wrong} seconds"))
}

/// Percentages that add up to 100, as shares of 1.
pub(super) fn shares(text: &str) -> Parsed<Vec<Decimal>> {
    let percentages = text.split(',').map(|part| {
        let share = decimal::parse_decimal(part).map_err(|error| error.to_string())?;
        if share > Decimal::ZERO && share <= Decimal::ONE_HUNDRED {
            Ok(share)
        } else {
            Err(format!("has {share}, which is not above 0 and at most 100"))
        }
    });
    let percentages = percentages.collect::<Parsed<Vec<Decimal>>>()?;
    let sum: Decimal = percentages.iter().sum();
    if sum != Decimal::ONE_HUNDRED {
        return Err(format!("adds up to {sum}, not 100"));
    }
    if percentages.len() > 20 {
        return Err(format!("has {} parts", percentages.len()));
    }
    Ok(percentages.iter().map(|share| share / Decimal::ONE_HUNDRED).collect())
}

pub(super) fn asset(text: &str) -> Parsed<Asset> {
    let is_name = (2..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let name = text.to_ascii_uppercase();
    is_name.then(|| Asset::from_exchange(&name)).ok_or_else(|| format!("{text:?} names no coin"))
}

pub(super) fn account(text: &str) -> Parsed<String> {
    let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_name = (1..=24).contains(&text.len()) && text.bytes().all(named);
    is_name.then(|| text.to_owned()).ok_or_else(|| format!("{text:?} names no account"))
}

/// The address of a Redis server.
pub(super) fn redis_url(text: &str) -> Parsed<SecretString> {
    let url = key(text)?;
    if limits::RedisStore::accepts(text) {
        Ok(url)
    } else {
        Err("is no redis:// address".to_owned())
    }
}

/// An address to call, with path and query; any part of it may be secret.
pub(super) fn heartbeat_url(text: &str) -> Parsed<SecretString> {
    let url = key(text)?;
    let uri: Option<Uri> = text.parse().ok();
    let fits = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
    });
    if fits { Ok(url) } else { Err("is no http:// or https:// address".to_owned()) }
}

/// `COIN=AMOUNT`, comma separated, each coin once.
pub(super) fn balances(text: &str) -> Parsed<Vec<(Asset, Qty)>> {
    let mut balances: Vec<(Asset, Qty)> = Vec::new();
    for part in text.split(',') {
        let (coin, held) =
            part.split_once('=').ok_or_else(|| format!("{part:?} is not COIN=AMOUNT"))?;
        let (coin, held) = (asset(coin.trim())?, from_str(held.trim())?);
        if balances.iter().any(|(known, _)| *known == coin) {
            return Err(format!("names {coin} twice"));
        }
        balances.push((coin, held));
    }
    Ok(balances)
}

pub(super) fn host(text: &str) -> Parsed<IpAddr> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    text.parse().map_err(|_| "is no IP address".to_owned())
}

/// Single addresses: a whole network of trusted peers would be an open door.
pub(super) fn peers(text: &str) -> Parsed<Vec<IpAddr>> {
    let one = |part: &str| {
        let ip: IpAddr = part.parse().map_err(|_| format!("{part:?} is no IP address"))?;
        if ip.is_unspecified() { Err(format!("{part} is everybody")) } else { Ok(ip) }
    };
    text.split(',').map(|part| one(part.trim())).collect()
}

pub(super) fn socket(text: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| "is no IP address with a port".to_owned())
}

/// An address with one of `schemes` and a host; comes back without a trailing slash.
fn address(text: &str, schemes: [&str; 2]) -> Parsed<(Uri, String)> {
    let uri: Uri = text.parse().map_err(|_| "is no address".to_owned())?;
    if !uri.scheme_str().is_some_and(|scheme| schemes.contains(&scheme)) {
        return Err(format!("does not begin with {}:// or {}://", schemes[0], schemes[1]));
    }
    if uri.host().is_none_or(str::is_empty) {
        return Err("has no host".to_owned());
    }
    if text.contains(['@', '?', '#']) {
        return Err("has a user, query or fragment".to_owned());
    }
    Ok((uri, text.trim_end_matches('/').to_owned()))
}

pub(super) fn http_address(text: &str) -> Parsed<String> {
    let (uri, address) = address(text, ["http", "https"])?;
    if uri.path() == "/" { Ok(address) } else { Err("has a path".to_owned()) }
}

pub(super) fn ws_address(text: &str) -> Parsed<String> {
    Ok(address(text, ["ws", "wss"])?.1)
}

/// A key that can stand in a header.
pub(super) fn key(text: &str) -> Parsed<SecretString> {
    let is_key = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_key {
        Ok(SecretString::from(text.to_owned()))
    } else {
        Err("holds white space or characters outside ASCII".to_owned())
    }
}

pub(super) fn keys(text: &str) -> Parsed<Vec<SecretString>> {
    let parts = text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let keys = parts.map(key).collect::<Parsed<Vec<_>>>()?;
    if keys.is_empty() { Err("holds no key".to_owned()) } else { Ok(keys) }
}

/// A name of the time zone database, or a rule as POSIX writes it (`EST5EDT,M3.2.0,M11.1.0`).
pub(super) fn time_zone(text: &str) -> Parsed<TimeZone> {
    let name = text.trim_start_matches(':');
    let zone = TimeZone::get(name).or_else(|_| TimeZone::posix(name));
    zone.map_err(|_| "is no known time zone".to_owned())
}

/// Where archived days go: a bucket or container and perhaps a folder in it, or a folder here.
pub(super) fn archive_url(text: &str) -> Parsed<String> {
    let (scheme, rest) = text.split_once("://").ok_or("is no address")?;
    let (is_known, begins) = match scheme {
        "file" => (true, rest.starts_with('/')),
        "s3" | "gs" | "az" => (true, rest.starts_with(|first: char| first.is_ascii_alphanumeric())),
        _ => (false, true),
    };
    match (is_known, begins) {
        (false, _) => Err("does not begin with s3://, gs://, az:// or file:///".to_owned()),
        (_, false) => Err("names no bucket, container or absolute folder".to_owned()),
        _ if scheme != "file" && rest.contains(['@', '?', '#', ' ']) => {
            Err("has a user, query, fragment or space".to_owned())
        }
        _ => Ok(text.trim_end_matches('/').to_owned()),
    }
}

/// A JSON object that is secret as a whole.
pub(super) fn json_key(text: &str) -> Parsed<SecretString> {
    let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(text);
    object.map(|_| SecretString::from(text.to_owned())).map_err(|_| "is no JSON object".to_owned())
}

/// The host of an address, in small letters.
pub(super) fn host_of(address: &str) -> String {
    let uri: Option<Uri> = address.parse().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether an address is the real exchange's.
pub(super) fn is_mexc(address: &str) -> bool {
    let host = host_of(address);
    host == "mexc.com" || host.ends_with(".mexc.com")
}
