//! What browsers are shown: the panel, where it was built, and the page of `/openapi.json`. All of it
//! is inside the binary.

mod asset;
mod headers;

use std::sync::LazyLock;

use axum::http::{HeaderMap, Method};
use axum::response::Response;

use asset::Asset;
pub(crate) use headers::harden;
use rust_embed::RustEmbed;

/// `panel/dist` as it was when this was compiled.
#[derive(RustEmbed)]
#[folder = "../../../panel/dist"]
#[allow_missing = true]
struct Dist;

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    // The marker that keeps the folder in the repository is no page.
    let names = Dist::iter().filter(|name| name != ".gitkeep");
    let built = names.filter_map(|name| Some((name.clone(), Dist::get(&name)?)));
    let built = built.map(|(name, file)| Asset::new(format!("/{name}"), file.data));
    built.chain(own()).collect()
});

fn own() -> impl Iterator<Item = Asset> {
    [
        ("/docs.html", include_bytes!("docs/docs.html").as_slice()),
        ("/docs.js", include_bytes!("docs/docs.js").as_slice()),
        ("/docs.css", include_bytes!("docs/docs.css").as_slice()),
        ("/not-built.html", include_bytes!("docs/not-built.html").as_slice()),
    ]
    .into_iter()
    .map(|(path, bytes)| Asset::new(path.to_owned(), bytes.into()))
}

fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// Packs everything, so that no request has to wait for it.
pub(crate) fn prepare() {
    LazyLock::force(&ASSETS);
}

/// Whether a page of ours, or a part of one, lies at this path. None of them holds a secret.
pub(crate) fn holds(method: &Method, path: &str) -> bool {
    method.is_safe() && (path == "/docs" || find(path).is_some())
}

/// Whether the sender shows pages: it asks for HTML by name.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get_all(axum::http::header::ACCEPT).iter();
    accept.filter_map(|value| value.to_str().ok()).any(|text| text.contains("text/html"))
}

/// The file at this path.
pub(crate) fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    find(path).map(|asset| asset.answer(headers))
}

/// The panel, or how to build it.
pub(crate) fn panel(headers: &HeaderMap) -> Option<Response> {
    file("/index.html", headers).or_else(|| file("/not-built.html", headers))
}

/// The page of `/openapi.json`.
pub(crate) fn docs(headers: &HeaderMap) -> Option<Response> {
    file("/docs.html", headers)
}
