//! Old days of the journal: compressed, copied to an object store, verified, only then deleted.
//!
//! What a day's folder in `LOG_DIR` may hold, and what that means:
//!
//! | file | |
//! |---|---|
//! | `events.jsonl` | the day as it was written; it counts as long as it is there |
//! | `events.jsonl.zst` | the same, compressed and compared |
//! | `events.jsonl.sha256` | SHA-256 of the plain content, as `sha256sum` writes it |
//! | `events.jsonl.stored` | where the object store has it; written after it was read back |
//! | `*.partial` | left by a crash, overwritten by the next pass |
//!
//! A file is deleted only while another verified copy of its content is known, so that whatever
//! moment a crash takes leaves the plain file or a verified copy. Every step looks at what is
//! there and does what is missing: running it again changes nothing.
//!
//! [`plan`] says what is due, [`Archive::run`] does it, [`Archive::restore`] brings a day back.

mod day;
mod digest;
mod error;
mod lock;
mod plan;
mod run;
mod store;

pub use day::stored_only;
pub use error::ArchiveError;
pub use plan::{Due, Keep, plan};
pub use run::{Archive, Done, Step, Stopped};
pub use store::{Credentials, Store};
