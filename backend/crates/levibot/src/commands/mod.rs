//! The commands beside the service itself.

pub(crate) mod archive;
pub(crate) mod check;
pub(crate) mod decode;
pub(crate) mod events;
pub(crate) mod get;
pub(crate) mod model;
pub(crate) mod remote;
pub(crate) mod sandbox;
pub(crate) mod score;
pub(crate) mod telegram;
pub(crate) mod train;
