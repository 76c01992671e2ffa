//! How urgent a request is.

/// How urgent a request is. What is less urgent starts only where it delays nothing more urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Protects or closes a position, or cancels an order.
    Exit,
    /// Opens a position, or asks what became of one order.
    Entry,
    /// Asks any other question.
    Query,
}

impl Lane {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Exit, Self::Entry, Self::Query];

    pub(crate) const COUNT: usize = Self::ALL.len();

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Exit => 0,
            Self::Entry => 1,
            Self::Query => 2,
        }
    }

    /// Lower-case name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exit => "exit",
            Self::Entry => "entry",
            Self::Query => "query",
        }
    }
}
