//! The engine against a scripted outside: inputs in, events and effects checked.

mod exits;
mod orders;
mod recovery;
mod messages;
mod world;
