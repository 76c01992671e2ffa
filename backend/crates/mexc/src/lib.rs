//! The MEXC spot client: transport, clock, pacing.
