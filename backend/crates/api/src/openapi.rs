//! The OpenAPI 3.1 document. Paths and shapes come from the routes themselves; this adds what holds
//! for all of them.

use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Described;

use crate::error;

/// Operations that nobody needs a key for.
const OPEN: [&str; 6] =
    ["/healthz", "/livez", "/readyz", "/docs", "/hooks/{name}", "/hooks/{name}/{secret}"];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "LeviBot",
        description = "Turns trading signals into MEXC spot orders, exactly once. Every answer is \
                       JSON with `ok`; a failure has `error`, a sentence, and `code`, a stable name. \
                       Whatever a POST or PUT takes may stand in the query, a form or a JSON object.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(error::Body)),
    tags(
        (name = "exchange", description = "The exchange, and direct orders"),
        (name = "signals", description = "Messages in, and what came of them"),
        (name = "history", description = "Orders, positions, trades and the journal"),
        (name = "risk", description = "Policy, limits, kill switch"),
        (name = "service", description = "Health, figures, documents")
    )
)]
struct Outline;

/// The document without paths.
pub(crate) fn outline() -> Described {
    Outline::openapi()
}

/// The finished document.
#[derive(Debug, Default)]
pub(crate) struct Document {
    text: String,
    routes: Vec<String>,
}

impl Document {
    pub(crate) fn new(described: &Described) -> Result<Self, serde_json::Error> {
        let value = finish(serde_json::to_value(described)?);
        Ok(Self { text: serde_json::to_string_pretty(&value)?, routes: list(&value) })
    }

    /// The document as JSON.
    pub(crate) fn text(&self) -> String {
        self.text.clone()
    }

    /// Method and path of every route.
    pub(crate) fn routes(&self) -> &[String] {
        &self.routes
    }
}

fn list(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let named = paths.flat_map(|(path, item)| {
        let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    named.collect()
}

fn finish(mut value: Value) -> Value {
    let paths = value.get_mut("paths").map(Value::take).unwrap_or_default();
    let mut answers = Vec::new();
    let mut finished = Map::new();
    for (path, mut item) in into_map(paths) {
        for operation in operations(&mut item) {
            complete(operation, OPEN.contains(&path.as_str()));
            answers.extend(answer_names(operation));
        }
        // The router's mark for a part that may hold slashes is no template of OpenAPI.
        finished.insert(path.replace("{*", "{"), item);
    }
    value["paths"] = Value::Object(finished);
    for name in answers {
        add_ok(&mut value["components"]["schemas"][name]);
    }
    value["components"]["securitySchemes"] = schemes();
    // Without API_KEYS no key is needed on this machine.
    value["security"] = json!([{}, {"key": []}, {"session": []}]);
    value
}

fn into_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

fn operations(item: &mut Value) -> impl Iterator<Item = &mut Value> {
    let entries = item.as_object_mut().into_iter().flat_map(|item| item.iter_mut());
    entries.filter(|(method, _)| METHODS.contains(&method.as_str())).map(|(_, operation)| operation)
}

/// Every failure has the same shape.
fn complete(operation: &mut Value, open: bool) {
    if open {
        operation["security"] = json!([]);
    }
    let failure = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}});
    let content = operation.pointer_mut("/requestBody/content");
    if let Some(content) = content.and_then(Value::as_object_mut) {
        content.values_mut().for_each(|media| without_null(&mut media["schema"]));
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    responses.insert("default".to_owned(), json!({"description": "Any other failure"}));
    for (status, response) in responses.iter_mut() {
        let missing = response.get("content").is_none();
        if missing && !status.starts_with('2') && !status.starts_with('3') {
            response["content"] = failure.clone();
        }
    }
}

/// A body that may be missing is not a body that may be `null`.
fn without_null(schema: &mut Value) {
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    let real = choices.into_iter().find(|choice| choice.get("$ref").is_some()).cloned();
    if let Some(real) = real {
        *schema = real;
    }
}

/// The names of the schemas that are whole answers.
fn answer_names(operation: &Value) -> Vec<String> {
    let responses = operation["responses"].as_object().into_iter().flatten();
    let good = responses.filter(|(status, _)| status.starts_with('2'));
    let named = good.filter_map(|(_, response)| {
        let reference = response["content"]["application/json"]["schema"]["$ref"].as_str()?;
        reference.strip_prefix("#/components/schemas/").map(str::to_owned)
    });
    named.collect()
}

/// `ok` is put on by whatever sends an answer.
fn add_ok(schema: &mut Value) {
    schema["properties"]["ok"] = json!({"type": "boolean", "description": "Whether it was done."});
    match schema["required"].as_array_mut() {
        Some(required) if required.iter().any(|name| name == "ok") => {}
        Some(required) => required.insert(0, json!("ok")),
        None => schema["required"] = json!(["ok"]),
    }
}

fn schemes() -> Value {
    json!({
        "key": {
            "type": "apiKey",
            "in": "header",
            "name": "X-API-Key",
            "description": "One of API_KEYS, where those are set. Without API_KEYS only clients on \
                            the same machine may change anything."
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "levibot_session",
            "description": "What POST /session gives for a key. Whatever changes something also \
                            needs the session's csrf_token as X-CSRF-Token."
        }
    })
}
