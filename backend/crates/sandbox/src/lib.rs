//! A MEXC-compatible spot exchange: pure matching model and a server.
