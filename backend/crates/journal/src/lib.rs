//! The durable event log: append, sync, replay, read back.
//!
//! One JSON object a line in `LOG_DIR/YYYY-MM-DD/events.jsonl`, the day being that of the service's
//! time zone. What holds of these files:
//!
//! - `seq` counts from 1 over all days without a gap.
//! - Every file begins with a checkpoint, so the days before it may be archived or deleted.
//! - Days never go back: a record stamped before the newest file's day stays in the newest file.
//! - One process writes (a lock on `LOG_DIR/.lock`); any number read, without a lock.
//! - An older day may be there as `events.jsonl.zst` alone; readers take it as it comes.
//! - A line without its newline was never acknowledged. It is cut at the next start; readers do
//!   not see it.
//! - `LOG_DIR/journal.reserve` holds room for the records that must still be written when the disk
//!   is full; it is removed then, and taken again when there is room.
//!
//! [`Journal`] writes, [`Reader`] reads, [`Follower`] reads on as it grows. Nothing here reads a clock.

mod compressed;
mod day_blocks;
mod day_log;
mod days;
mod entry;
mod envelope;
mod error;
mod filter;
mod follow;
mod lines;
mod lock;
mod look;
mod open;
mod reader;
mod replay;
mod reserve;
mod seek;
mod tail;
mod walk;
mod writer;

pub use compressed::compress;
pub use days::{COMPRESSED_NAME, DayFile, FILE_NAME, Form, day_of, folders, list_all};
pub use entry::Entry;
pub use error::{AppendError, OpenError};
pub use filter::Filter;
pub use follow::Follower;
pub use lock::holder;
pub use look::look;
pub use open::{Opened, Repair};
pub use reader::Reader;
pub use walk::{Damage, Order, Seen, WalkError, Walked};
pub use writer::{CHECKPOINT_EVERY, Journal};
