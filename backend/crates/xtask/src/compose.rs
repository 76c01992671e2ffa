//! The compose files: they must start what is there, on this machine's loopback alone, with no more
//! rights than needed, and set only what the service knows.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::Violation;
use crate::repository::TextFile;

/// What a service may not be without.
const HARDENED: [(&str, &str); 2] =
    [("cap_drop", "ALL"), ("security_opt", "no-new-privileges:true")];

/// Variables of the compose files themselves, beside the service's settings.
const OWN: [&str; 6] = [
    "LEVIBOT_UID",
    "LEVIBOT_GID",
    "LEVIBOT_PORT",
    "LEVIBOT_SUBNET",
    "PROMETHEUS_PORT",
    "GRAFANA_PORT",
];

/// Base images whose publisher gives them no versions, with the digest's place taken by a tag.
const WITHOUT_VERSION: [&str; 1] = ["gcr.io/distroless/cc-debian12:nonroot"];

/// Whether a file is one of the compose files.
pub fn is_compose(file: &TextFile) -> bool {
    file.path.starts_with("docker-compose") && file.has_extension("yml")
}

/// Holds the compose files among `files` and the Dockerfile against everything above.
pub fn check(files: &[TextFile]) -> Vec<Violation> {
    let known = settings(files);
    let places: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let compose = files.iter().filter(|file| is_compose(file));
    let mut violations: Vec<Violation> =
        compose.flat_map(|file| check_file(file, &known, &places)).collect();
    violations.extend(other_version(files));
    let allowed = files.iter().find(|file| file.path == ".dockerignore");
    let allowed = allowed.map_or("", |file| file.text.as_str());
    for file in files.iter().filter(|file| file.path == "ops/Dockerfile") {
        violations.extend(dockerfile(file));
        violations.extend(copied(file, allowed, &places));
    }
    violations
}

/// The settings' names, as `.env.example` (written from the code) lists them.
pub fn settings(files: &[TextFile]) -> BTreeSet<String> {
    let example = files.iter().find(|file| file.path == ".env.example");
    let lines = example.map(|file| file.text.lines()).into_iter().flatten();
    let names = lines.filter(|line| !line.starts_with('#')).filter_map(|l| l.split_once('='));
    names.map(|(name, _)| name.to_owned()).collect()
}

fn check_file(
    file: &TextFile,
    known: &BTreeSet<String>,
    places: &BTreeSet<&str>,
) -> Vec<Violation> {
    let wrong = |message: String| Violation::new(&file.path, message);
    let compose: Value = match serde_saphyr::from_str(&file.text) {
        Ok(compose) => compose,
        Err(error) => return vec![wrong(format!("is no YAML: {error}"))],
    };
    let Some(services) = compose["services"].as_object() else {
        return vec![wrong("has no services".to_owned())];
    };
    let mut messages = Vec::new();
    match services.get("api") {
        Some(api) => messages.extend(check_api(api, &compose, known)),
        None => messages.push("has no service named api".to_owned()),
    }
    for (name, service) in services {
        let of = |message: String| format!("{name}: {message}");
        messages.extend(check_service(service, places).into_iter().map(of));
    }
    let unknown = interpolated(&file.text)
        .into_iter()
        .filter(|name| !known.contains(*name) && !OWN.contains(name));
    messages.extend(unknown.map(|name| format!("${{{name}}} is no setting")));
    messages.into_iter().map(wrong).collect()
}

fn check_service(service: &Value, places: &BTreeSet<&str>) -> Vec<String> {
    let mut messages = Vec::new();
    let image = service["image"].as_str().unwrap_or_default();
    messages.extend(unpinned(image));
    for (key, value) in HARDENED {
        if !texts(&service[key]).contains(&value) {
            messages.push(format!("needs {key}: {value}"));
        }
    }
    if service["restart"].is_null() {
        messages.push("needs a restart policy".to_owned());
    }
    for port in texts(&service["ports"]) {
        if !port.starts_with("127.0.0.1:") {
            messages.push(format!("publishes {port} beyond this machine's loopback"));
        }
    }
    for volume in texts(&service["volumes"]) {
        let host = volume.split(':').next().unwrap_or_default();
        let place = host.strip_prefix("./").filter(|place| !place.starts_with("backend/data"));
        if place.is_some_and(|place| !is_there(place, places)) {
            messages.push(format!("mounts {host}, which does not exist"));
        }
    }
    messages
}

fn check_api(api: &Value, compose: &Value, known: &BTreeSet<String>) -> Vec<String> {
    let mut messages = Vec::new();
    if api["read_only"] != Value::Bool(true) {
        messages.push("api: its root file system must be read-only".to_owned());
    }
    let user = api["user"].as_str().unwrap_or("0");
    if user.starts_with('0') || user.starts_with("root") {
        messages.push(format!("api: runs as {user}"));
    }
    let environment = api["environment"].as_object().into_iter().flatten();
    let unknown = environment
        .map(|(name, _)| name)
        .filter(|name| !known.contains(*name) && !known.contains(name.trim_end_matches("_FILE")));
    messages.extend(unknown.map(|name| format!("api: {name} is no setting")));
    let gateway = &compose["networks"]["default"]["ipam"]["config"][0]["gateway"];
    let trusted = &api["environment"]["TRUSTED_PEERS"];
    if gateway.is_null() || gateway != trusted {
        messages.push(format!("api: trusts {trusted}, the network's gateway is {gateway}"));
    }
    messages
}

/// A list of texts; none for anything else.
fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn is_there(place: &str, places: &BTreeSet<&str>) -> bool {
    let folder = format!("{place}/");
    places.iter().any(|known| *known == place || known.starts_with(&folder))
}

/// An image must name a version, so that the same file starts the same thing tomorrow.
fn unpinned(image: &str) -> Option<String> {
    let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
    let has_version =
        tag.starts_with(|c: char| c.is_ascii_digit() || c == 'v') && tag.contains('.');
    let excused = WITHOUT_VERSION.contains(&image);
    (!has_version && !excused).then(|| format!("the image {image:?} names no version"))
}

/// The names in `${NAME:-default}`.
fn interpolated(text: &str) -> BTreeSet<&str> {
    let names = text.split("${").skip(1).map(|rest| {
        rest.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
            .next()
            .unwrap_or_default()
    });
    // A comment may write ${...}.
    names.filter(|name| !name.is_empty()).collect()
}

/// The compose files start the version that the workspace is.
fn other_version(files: &[TextFile]) -> Vec<Violation> {
    let workspace = files.iter().find(|file| file.path == "Cargo.toml");
    let mut lines = workspace.map(|file| file.text.lines()).into_iter().flatten();
    let version = lines.find_map(|line| line.strip_prefix("version = "));
    let Some(version) = version.map(|version| version.trim_matches('"')) else {
        return Vec::new();
    };
    let expected = format!("image: levibot:{version}\n");
    let others = files.iter().filter(|file| is_compose(file) && !file.text.contains(&expected));
    others.map(|file| Violation::new(&file.path, format!("does not start {expected:?}"))).collect()
}

/// What the image is built from must be there, and `.dockerignore` must let it through.
fn copied(file: &TextFile, allowed: &str, places: &BTreeSet<&str>) -> Vec<Violation> {
    let lets_through: Vec<&str> = allowed.lines().filter_map(|l| l.strip_prefix('!')).collect();
    let mut violations = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let Some(rest) = line.strip_prefix("COPY ").filter(|rest| !rest.starts_with("--")) else {
            continue;
        };
        let mut sources: Vec<&str> = rest.split_whitespace().collect();
        sources.pop();
        for source in sources.into_iter().map(|source| source.trim_end_matches('/')) {
            let passes = lets_through.iter().any(|open| Path::new(source).starts_with(open));
            if !passes || !is_there(source, places) {
                let message = format!("copies {source}, which is not there or not let through");
                violations.push(Violation::at(&file.path, index + 1, message));
            }
        }
    }
    violations
}

fn dockerfile(file: &TextFile) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let image = line.strip_prefix("FROM ").and_then(|rest| rest.split_whitespace().next());
        let message = image.and_then(unpinned);
        violations.extend(message.map(|text| Violation::at(&file.path, index + 1, text)));
    }
    for needed in ["USER 65532", "HEALTHCHECK", "--locked"] {
        if !file.text.contains(needed) {
            violations.push(Violation::new(&file.path, format!("lacks {needed}")));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
services:
  api:
    image: levibot:2.0.0
    user: "1000:1000"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
    ports: ["127.0.0.1:${LEVIBOT_PORT:-8000}:8000"]
    environment: {HOST: 0.0.0.0, TRUSTED_PEERS: "172.30.57.1"}
    volumes: ["./ops/secrets:/run/secrets:ro", "./backend/data:/x"]
networks:
  default: {ipam: {config: [{subnet: 172.30.57.0/28, gateway: "172.30.57.1"}]}}
"#;

    fn found(compose: &str) -> Vec<String> {
        let files = [
            TextFile::new(".env.example", "# A\nHOST=127.0.0.1\nTRUSTED_PEERS=\n"),
            TextFile::new("ops/secrets/.gitignore", "*"),
            TextFile::new("docker-compose.yml", compose),
        ];
        check(&files).into_iter().map(|violation| violation.message).collect()
    }

    #[test]
    fn a_good_file_passes() {
        assert_eq!(found(GOOD), [] as [&str; 0]);
    }

    #[test]
    fn each_fault_is_found() {
        for (from, to, message) in [
            ("  api:", "  app:", "no service named api"),
            ("levibot:2.0.0", "levibot:latest", "names no version"),
            ("levibot:2.0.0", "levibot", "names no version"),
            ("\"1000:1000\"", "\"0:0\"", "runs as 0:0"),
            ("read_only: true", "read_only: false", "read-only"),
            ("[ALL]", "[CHOWN]", "cap_drop"),
            ("no-new-privileges:true", "x", "security_opt"),
            ("    restart: unless-stopped\n", "", "restart policy"),
            ("127.0.0.1:${", "${", "beyond this machine"),
            ("{HOST:", "{HOTS:", "HOTS is no setting"),
            ("LEVIBOT_PORT", "LEVIBOT_PROT", "LEVIBOT_PROT} is no setting"),
            ("TRUSTED_PEERS: \"172.30.57.1\"", "TRUSTED_PEERS: x", "trusts"),
            ("./ops/secrets", "./ops/gone", "does not exist"),
            ("services:", "services: [", "no YAML"),
        ] {
            let all = found(&GOOD.replacen(from, to, 1));
            assert!(all.iter().any(|one| one.contains(message)), "{message} in {all:?}");
        }
    }

    #[test]
    fn the_image_is_of_the_version_at_hand() {
        let cargo = TextFile::new("Cargo.toml", "[workspace.package]\nversion = \"2.0.1\"\n");
        let compose = TextFile::new("docker-compose.yml", GOOD);
        assert_eq!(other_version(&[cargo, compose.clone()]).len(), 1);
        let cargo = TextFile::new("Cargo.toml", "version = \"2.0.0\"\n");
        assert_eq!(other_version(&[cargo, compose]), []);
    }

    #[test]
    fn what_a_dockerfile_copies_must_be_there_and_be_let_through() {
        let file = TextFile::new("ops/Dockerfile", "COPY panel/a ./\nCOPY --from=x /y /z\n");
        let there = BTreeSet::from(["panel/a"]);
        assert_eq!(copied(&file, "*\n!panel\n", &there), []);
        assert_eq!(copied(&file, "*\n!panels\n", &there).len(), 1);
        assert_eq!(copied(&file, "*\n!panel\n", &BTreeSet::new()).len(), 1);
    }

    #[test]
    fn a_dockerfile_pins_its_bases_and_gives_up_root() {
        let bad = TextFile::new("ops/Dockerfile", "FROM rust\nRUN cargo build\n");
        let messages: Vec<_> = dockerfile(&bad).into_iter().map(|v| v.message).collect();
        assert_eq!(messages.len(), 4, "{messages:?}");
    }
}
