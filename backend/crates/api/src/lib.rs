//! LeviBot's HTTP API: routes, authentication, metrics.
