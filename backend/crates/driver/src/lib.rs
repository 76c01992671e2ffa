//! Step, journal, then release effects. Synchronous.
