//! MEXC's REST types, signing and error classes. No sockets.
