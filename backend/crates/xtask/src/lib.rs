//! The house rules as tests: import directions, purity, documented paths.
