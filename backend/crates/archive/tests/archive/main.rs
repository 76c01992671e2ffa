//! The archive on real files and a real store of files.
#![expect(clippy::unwrap_used, reason = "what the tests build on may not fail")]

mod bench;
mod interruptions;
mod passes;
mod restoring;
mod stores;
