//! Notes for the journal.

use domain::event::Notice;

/// A note with figures.
pub(crate) fn notice(message: impl Into<String>, details: &[(&str, String)]) -> Notice {
    let details = details.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Notice { message: message.into(), details }
}
