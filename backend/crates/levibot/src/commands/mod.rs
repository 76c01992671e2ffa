//! The commands beside the service itself.

pub(crate) mod sandbox;
pub(crate) mod score;
