//! The label sets, all made beforehand, and the buckets.

use crate::hooks::Refused;
use axum::http::{Method, StatusCode};
use domain::Event;
use domain::event::CloseReason;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

/// Labels in the order in which they are printed.
pub(super) type Labels<const N: usize> = [(&'static str, &'static str); N];
/// `route`, `method`, `status`.
pub(super) type HttpLabels = [(&'static str, String); 3];

/// Durations by `route`.
pub(super) type Durations = Family<[(&'static str, String); 1], Histogram, fn() -> Histogram>;

/// What came of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignalOutcome {
    Received,
    Duplicate,
    Executed,
    DryRun,
    Skipped,
}

impl SignalOutcome {
    const ALL: [Self; 5] =
        [Self::Received, Self::Duplicate, Self::Executed, Self::DryRun, Self::Skipped];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Duplicate => "duplicate",
            Self::Executed => "executed",
            Self::DryRun => "dry_run",
            Self::Skipped => "skipped",
        }
    }

    pub(super) const fn of(event: &Event) -> Option<Self> {
        match event {
            Event::SignalIngest(_) => Some(Self::Received),
            Event::SignalDuplicate(_) => Some(Self::Duplicate),
            Event::AutoRouteExecuted(_) => Some(Self::Executed),
            Event::AutoRouteDryRun(_) => Some(Self::DryRun),
            Event::AutoRouteSkipped(_) => Some(Self::Skipped),
            _ => None,
        }
    }
}

const CLOSE_REASONS: [CloseReason; 8] = [
    CloseReason::Stop,
    CloseReason::Targets,
    CloseReason::Manual,
    CloseReason::Signal,
    CloseReason::KillSwitch,
    CloseReason::Dust,
    CloseReason::Time,
    CloseReason::Twin,
];

pub(super) const fn close_reason(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Stop => "stop",
        CloseReason::Targets => "targets",
        CloseReason::Manual => "manual",
        CloseReason::Signal => "signal",
        CloseReason::KillSwitch => "kill_switch",
        CloseReason::Dust => "dust",
        CloseReason::Time => "time",
        CloseReason::Twin => "twin",
    }
}

/// 10 µs to some 20 s, each bucket twice the one before.
pub(super) fn latency() -> Histogram {
    Histogram::new(exponential_buckets(0.000_01, 2.0, 22))
}

pub(super) fn events() -> Family<Labels<1>, Counter> {
    prepared(Event::TYPES.iter().map(|name| [("type", *name)]))
}

pub(super) fn signals() -> Family<Labels<1>, Counter> {
    prepared(SignalOutcome::ALL.iter().map(|outcome| [("outcome", outcome.as_str())]))
}

pub(super) fn hooks() -> Family<Labels<1>, Counter> {
    let refused = Refused::ALL.iter().map(|refused| refused.as_str());
    prepared(std::iter::once("taken").chain(refused).map(|outcome| [("outcome", outcome)]))
}

pub(super) fn positions_closed() -> Family<Labels<1>, Counter> {
    prepared(CLOSE_REASONS.iter().map(|reason| [("reason", close_reason(*reason))]))
}

/// A counter family with these label sets at zero.
pub(super) fn prepared<const N: usize>(
    sets: impl IntoIterator<Item = Labels<N>>,
) -> Family<Labels<N>, Counter> {
    let family = Family::default();
    for labels in sets {
        drop(family.get_or_create(&labels));
    }
    family
}

pub(super) fn http_requests() -> Family<HttpLabels, Counter> {
    let family = Family::default();
    drop(family.get_or_create(&http_labels("/healthz", &Method::GET, StatusCode::OK)));
    family
}

pub(super) fn http_duration() -> Durations {
    let family = Family::new_with_constructor(latency as fn() -> Histogram);
    drop(family.get_or_create(&[("route", "/healthz".to_owned())]));
    family
}

pub(super) fn http_labels(route: &str, method: &Method, status: StatusCode) -> HttpLabels {
    // Callers may invent methods; each would be a series for ever.
    let method = match *method {
        Method::GET
        | Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::HEAD
        | Method::OPTIONS
        | Method::PATCH => method.as_str(),
        _ => "other",
    };
    [
        ("route", route.to_owned()),
        ("method", method.to_owned()),
        ("status", status.as_str().to_owned()),
    ]
}
