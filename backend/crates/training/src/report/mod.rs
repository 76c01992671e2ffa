//! What the figures look like: as text, as a page, as a diagram.

mod figures;
mod text;

pub use text::text;
