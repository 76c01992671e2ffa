//! Secrets do not leave.

use super::*;

#[test]
fn no_output_shows_a_secret() {
    let secrets = ["hunter2-key", "hunter2-secret", "hunter2-caller-key"];
    let pairs = [
        "EXCHANGE=MEXC",
        "MEXC_API_KEY=hunter2-key",
        "MEXC_API_SECRET=hunter2-secret",
        "API_KEYS=hunter2-caller-key,k",
    ];
    let loaded = load(&pairs).unwrap();
    let outputs = [
        report(&loaded),
        report_json(&loaded),
        format!("{loaded:?}"),
        format!("{:?}", loaded.config),
        loaded.warnings.join("\n"),
    ];
    for output in outputs {
        assert!(
            !secrets.iter().any(|secret| output.contains(secret)) && !output.contains("hunter2"),
            "{output}"
        );
    }
    let misplaced = ["MEXC_API_KEY_FILE=hunter2", "MEXC_BASE_URL=https://user:hunter2@host"];
    let text = told(&load(&misplaced).unwrap_err());
    assert!(text.contains("https://***@host") && !text.contains("hunter2"), "{text}");
    let wrong =
        load(&["MEXC_API_KEY=hunter2 hunter2", "API_KEYS=hunter2 x", "EXCHANGE=MEXC"]).unwrap_err();
    assert!(
        !told(&wrong).contains("hunter2") && !format!("{wrong:?}").contains("hunter2"),
        "{wrong:?}"
    );
}

#[test]
fn the_report_shows_every_variable_with_value_and_source() {
    let loaded = load(&["PORT=8001", "MEXC_API_KEY=abc", "PAPER_BALANCES=BTC=1"]).unwrap();
    let text = report(&loaded);
    let line = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(line("NAME"), ["NAME", "VALUE", "SOURCE"]);
    assert_eq!(line("PORT"), ["PORT", "8001", "environment"]);
    assert_eq!(line("MEXC_API_KEY"), ["MEXC_API_KEY", "***", "environment"]);
    assert_eq!(line("HOST"), ["HOST", "127.0.0.1", "default"]);
    assert_eq!(
        line("RISK_MAX_NOTIONAL"),
        ["RISK_MAX_NOTIONAL", "(by policy: 100, 250 or 500)", "default"]
    );
    assert!(text.contains("\nwarning: PAPER_BALANCES holds no USDT"), "{text}");
}

#[test]
fn the_json_report_says_the_same() {
    let loaded = load(&["PORT=8001", "MEXC_API_KEY=abc"]).unwrap();
    let json: serde_json::Value = serde_json::from_str(&report_json(&loaded)).unwrap();
    let variables = json["variables"].as_array().unwrap();
    let of = |name: &str| variables.iter().find(|variable| variable["name"] == name).unwrap();
    assert_eq!((&json["mode"], &json["account"]), (&"paper".into(), &"paper".into()));
    assert_eq!(
        (&of("PORT")["value"], &of("PORT")["source"]),
        (&"8001".into(), &"environment".into())
    );
    assert_eq!(of("MEXC_API_KEY")["value"], "***");
    assert!(of("RISK_MAX_NOTIONAL")["value"].is_null());
}
