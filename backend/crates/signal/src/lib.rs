//! Text to trading signal: what it says and what it wants. Pure.
