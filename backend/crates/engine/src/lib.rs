//! The heart of LeviBot: a single-threaded state machine from inputs to events and effects.
//!
//! Pure: no I/O, no async, no clock, no randomness. Time comes with each input.

pub mod effect;
pub mod input;
pub mod ledger;
pub mod reply;
pub mod settings;

pub use effect::Effect;
pub use input::{Balance, Command, Input, ManualOrder, Message, Quote};
pub use reply::{CommandRefusal, OrderDecision, OrderReply, Reply, RouteAction, SignalReply};
pub use settings::{Mode, Settings};
