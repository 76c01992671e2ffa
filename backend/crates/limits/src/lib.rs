//! Request budgets for everyone who talks to one account or address.
