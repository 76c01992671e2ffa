//! What the figures look like: as text, as a page, as a diagram.

mod figures;
mod html;
mod inspect;
mod svg;
mod text;

pub use html::{Section, html};
pub use inspect::inspect;
pub use svg::reliability_svg;
pub use text::text;
