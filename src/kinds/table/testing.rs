//! Arbitrary tables, for laws.
