//! What browsers get: the panel or how to build it, the document's page, and strict headers.

use crate::client::{self, Answer};
use crate::service::{Service, Setup};

const LOCAL: (&str, &str) = ("Host", "localhost:8000");

async fn get(service: &Service, target: &str, headers: &[(&str, &str)]) -> Answer {
    let headers: Vec<_> = std::iter::once(LOCAL).chain(headers.iter().copied()).collect();
    client::raw(service.at, "GET", target, &headers, b"").await
}

#[tokio::test]
async fn a_browser_gets_a_page_and_a_program_the_routes() {
    let service = Service::start().await;
    let page = get(&service, "/", &[("Accept", "text/html,*/*;q=0.8")]).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type").as_deref(), Some("text/html; charset=utf-8"));
    assert!(page.body.contains("<title>LeviBot"), "{}", page.body);
    let routes = get(&service, "/", &[("Accept", "*/*")]).await.success();
    assert!(routes["routes"].as_array().unwrap().iter().any(|route| route == "GET /positions"));
}

#[tokio::test]
async fn no_page_runs_or_loads_anything_from_elsewhere() {
    let service = Service::start().await;
    for target in ["/docs", "/docs.js", "/not-built.html", "/positions", "/nothing"] {
        let answer = get(&service, target, &[]).await;
        let policy = answer.header("content-security-policy").expect("a policy");
        for wanted in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(wanted), "{target}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy").as_deref(), Some("no-referrer"));
        let page = answer.body.to_lowercase();
        assert!(!page.contains("src=\"http") && !page.contains("<script>"), "{target}");
    }
}

#[tokio::test]
async fn a_page_that_the_browser_has_is_not_sent_again() {
    let service = Service::start().await;
    let first = get(&service, "/docs.js", &[]).await;
    let tag = first.header("etag").expect("a tag");
    assert!(tag.starts_with('"'), "a strong tag: {tag}");
    assert_eq!(first.header("cache-control").as_deref(), Some("no-cache"));
    let again = get(&service, "/docs.js", &[("If-None-Match", &tag)]).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let packed = get(&service, "/docs.js", &[("Accept-Encoding", "gzip, br")]).await;
    assert_eq!(packed.header("content-encoding").as_deref(), Some("gzip"));
    assert_ne!(packed.header("etag"), Some(tag), "each variant has its own tag");
    let length =
        |answer: &Answer| answer.header("content-length").unwrap().parse::<usize>().unwrap();
    assert!(length(&packed) * 2 < length(&first));
}

#[tokio::test]
async fn what_is_neither_page_nor_route_is_a_failure_in_json() {
    let service = Service::start().await;
    for target in ["/nothing", "/assets/none.js", "/docs/more", "/..%2fCargo.toml", "/.gitkeep"] {
        let answer = get(&service, target, &[("Accept", "text/html")]).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "unknown_route"), "{target}");
    }
    let posted = client::raw(service.at, "POST", "/docs.js", &[LOCAL], b"").await;
    assert_eq!(posted.status, 404);
}

#[tokio::test]
async fn pages_hold_no_secret_and_need_no_key_but_the_document_does() {
    let service = Service::with(Setup { keys: vec!["k"], ..Setup::default() }).await;
    for target in ["/docs", "/docs.js", "/docs.css"] {
        assert_eq!(get(&service, target, &[]).await.status, 200, "{target}");
    }
    assert_eq!(get(&service, "/", &[("Accept", "text/html")]).await.status, 200);
    for target in ["/", "/openapi.json", "/docs.json"] {
        assert_eq!(get(&service, target, &[]).await.code(), "missing_api_key", "{target}");
    }
    assert_eq!(get(&service, "/openapi.json", &[("X-API-Key", "k")]).await.status, 200);
    let foreign = client::raw(service.at, "GET", "/docs", &[("Host", "evil.example")], b"").await;
    assert_eq!(foreign.status, 403);
}
