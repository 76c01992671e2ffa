//! What a look found, and how it is shown.

use serde::Serialize;

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    /// As it should be.
    Ok,
    /// A person should know.
    Warning,
    /// The service would not work, or not safely.
    Failed,
    /// Not needed in this configuration.
    NotNeeded,
}

impl Standing {
    const fn mark(self) -> char {
        match self {
            Self::Ok => '✓',
            Self::Warning => '!',
            Self::Failed => '✗',
            Self::NotNeeded => '–',
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) standing: Standing,
    /// What was seen, with its figures. Holds no secret.
    pub(super) detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, standing: Standing::Ok, detail: detail.into(), advice: None }
    }

    pub(super) fn not_needed(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, standing: Standing::NotNeeded, detail: detail.into(), advice: None }
    }

    pub(super) fn warning(
        check: &'static str,
        detail: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let advice = Some(advice.into());
        Self { check, standing: Standing::Warning, detail: detail.into(), advice }
    }

    pub(super) fn failed(
        check: &'static str,
        detail: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let advice = Some(advice.into());
        Self { check, standing: Standing::Failed, detail: detail.into(), advice }
    }
}

pub(super) fn count(findings: &[Finding], standing: Standing) -> usize {
    findings.iter().filter(|finding| finding.standing == standing).count()
}

/// The table for people.
pub(super) fn table(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    let mut lines: Vec<String> = Vec::new();
    for finding in findings {
        let (mark, check) = (finding.standing.mark(), finding.check);
        lines.push(format!("{mark} {check:<width$}  {}", finding.detail));
        let advice = finding.advice.iter();
        lines.extend(advice.map(|advice| format!("  {:<width$}  → {advice}", "")));
    }
    let (failed, warned) = (count(findings, Standing::Failed), count(findings, Standing::Warning));
    lines.push(format!("{failed} failed, {warned} to know about"));
    lines.join("\n")
}

/// The same for programs.
pub(super) fn json(findings: &[Finding]) -> serde_json::Value {
    serde_json::json!({ "ok": count(findings, Standing::Failed) == 0, "checks": findings })
}
