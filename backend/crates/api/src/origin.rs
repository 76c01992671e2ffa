//! Which web origins may talk to us. Any page in any browser on this machine can reach a local
//! port, so a request that a foreign page made must be told apart from one that a person made.

use std::net::IpAddr;

use axum::http::{HeaderMap, Method, Uri, header};

use crate::app::Access;
use crate::error::ApiError;

/// Refuses foreign `Host`, foreign `Origin` and cross-site fetches.
pub(crate) fn check(
    access: &Access,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    let named = hosts(uri, headers)?;
    for authority in &named {
        if !host_is_ours(access, authority) {
            return Err(foreign("foreign_host", "Host", authority));
        }
    }
    check_origin(headers, named.first().copied())?;
    check_fetch_site(method, headers)
}

/// The authorities a request names: its `Host` headers and, in absolute form, its target.
fn hosts<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<Vec<&'a str>, ApiError> {
    let mut named = Vec::with_capacity(1);
    for value in headers.get_all(header::HOST) {
        let text = value.to_str().map_err(|_| foreign("foreign_host", "Host", "unreadable"))?;
        named.push(text);
    }
    named.extend(uri.authority().map(axum::http::uri::Authority::as_str));
    Ok(named)
}

/// A name that points here by itself. Other names could be made to point here by whoever owns
/// them (DNS rebinding), unless keys protect a service that is meant to be reached by name.
fn host_is_ours(access: &Access, authority: &str) -> bool {
    if !access.keys.is_empty() && !access.bound.to_canonical().is_loopback() {
        return true;
    }
    // User information ("localhost:1@evil.example") would make the rest read as a port.
    if authority.contains('@') {
        return false;
    }
    let (host, _) = split(authority);
    is_loopback_name(host) || host.parse::<IpAddr>().is_ok_and(|ip| ip == access.bound)
}

fn check_origin(headers: &HeaderMap, host: Option<&str>) -> Result<(), ApiError> {
    for value in headers.get_all(header::ORIGIN) {
        let origin = value.to_str().unwrap_or("unreadable");
        let authority = origin.split_once("://").map(|(_, rest)| rest);
        if !authority.zip(host).is_some_and(|(origin, host)| same_place(origin, host)) {
            return Err(foreign("foreign_origin", "Origin", origin));
        }
    }
    Ok(())
}

fn check_fetch_site(method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
    for value in headers.get_all("sec-fetch-site") {
        let site = value.to_str().unwrap_or("unreadable");
        let foreign_site = match site {
            "same-origin" | "none" => false,
            // Another port of this host: it may link here, but not change anything.
            "same-site" => !method.is_safe(),
            _ => true,
        };
        if foreign_site {
            return Err(foreign("cross_site", "Sec-Fetch-Site", site));
        }
    }
    Ok(())
}

/// Whether two authorities are the same host and port, all loopback names being one host.
fn same_place(left: &str, right: &str) -> bool {
    let ((left_host, left_port), (right_host, right_port)) = (split(left), split(right));
    let same_host = left_host.eq_ignore_ascii_case(right_host)
        || (is_loopback_name(left_host) && is_loopback_name(right_host));
    same_host && left_port == right_port
}

fn is_loopback_name(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// Host without brackets, and the port; the web's default ports count as none.
fn split(authority: &str) -> (&str, Option<&str>) {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => authority.rsplit_once(':').map_or((authority, None), |(h, p)| (h, Some(p))),
    };
    (host, port.filter(|port| !matches!(*port, "80" | "443" | "")))
}

fn foreign(code: &'static str, header: &str, value: &str) -> ApiError {
    let value: String = value.chars().take(80).collect();
    ApiError::forbidden(
        code,
        format!(
            "{header} {value:?} is not this service: requests made by other web pages are refused. \
             Call it as 127.0.0.1 or localhost, or set API_KEYS and HOST to serve it under a name"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::ApiKeys;

    fn access(bound: &str, keys: &[&str]) -> Access {
        let keys = ApiKeys::new(keys.iter().copied());
        Access { keys, bound: bound.parse().unwrap(), trusted_peers: Vec::new() }
    }

    fn allowed(access: &Access, method: &Method, headers: &[(&'static str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        check(access, method, &Uri::from_static("/x"), &map).is_ok()
    }

    #[test]
    fn only_names_that_point_here_by_themselves_are_hosts() {
        let local = access("127.0.0.1", &[]);
        let table = [
            ("localhost:8000", true),
            ("LOCALHOST", true),
            ("127.0.0.1:8000", true),
            ("127.0.0.53", true),
            ("[::1]:8000", true),
            ("[::ffff:127.0.0.1]:8000", true),
            ("evil.example:8000", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("192.168.1.5:8000", false),
            ("localhost:80@evil.example", false),
            ("", false),
        ];
        for (host, expected) in table {
            assert_eq!(allowed(&local, &Method::GET, &[("host", host)]), expected, "{host:?}");
        }
        assert!(allowed(
            &access("192.168.1.5", &[]),
            &Method::GET,
            &[("host", "192.168.1.5:8000")]
        ));
        assert!(allowed(&local, &Method::GET, &[]), "HTTP/1.0 without a host");
        let two = [("host", "localhost"), ("host", "evil.example")];
        assert!(!allowed(&local, &Method::GET, &two));
    }

    #[test]
    fn keys_open_other_names_only_where_the_service_is_meant_to_be_reached() {
        let host = [("host", "bot.example")];
        assert!(allowed(&access("0.0.0.0", &["k"]), &Method::GET, &host));
        assert!(!allowed(&access("0.0.0.0", &[]), &Method::GET, &host));
        assert!(!allowed(&access("127.0.0.1", &["k"]), &Method::GET, &host));
    }

    #[test]
    fn an_absolute_target_is_a_host_too() {
        let local = access("127.0.0.1", &[]);
        let uri = Uri::from_static("http://evil.example/x");
        assert!(check(&local, &Method::GET, &uri, &HeaderMap::new()).is_err());
    }

    #[test]
    fn an_origin_must_be_the_service_itself() {
        let (local, open) = (access("127.0.0.1", &[]), access("0.0.0.0", &["k"]));
        let table = [
            (&local, "localhost:8000", "http://localhost:8000", true),
            (&local, "localhost:8000", "http://127.0.0.1:8000", true),
            (&local, "localhost:8000", "http://localhost:3000", false),
            (&local, "localhost:8000", "http://evil.example", false),
            (&local, "localhost:8000", "null", false),
            (&open, "bot.example", "https://bot.example", true),
            (&open, "bot.example", "https://bot.example:443", true),
            (&open, "bot.example", "https://evil.example", false),
        ];
        for (access, host, origin, expected) in table {
            let headers = [("host", host), ("origin", origin)];
            assert_eq!(allowed(access, &Method::POST, &headers), expected, "{origin} to {host}");
        }
    }

    #[test]
    fn a_fetch_from_another_site_is_refused() {
        let local = access("127.0.0.1", &[]);
        let table = [
            ("none", Method::GET, true),
            ("same-origin", Method::POST, true),
            ("same-site", Method::GET, true),
            ("same-site", Method::POST, false),
            ("cross-site", Method::GET, false),
            ("cross-site", Method::POST, false),
        ];
        for (site, method, expected) in table {
            let headers = [("host", "localhost"), ("sec-fetch-site", site)];
            assert_eq!(allowed(&local, &method, &headers), expected, "{method} {site}");
        }
    }
}
