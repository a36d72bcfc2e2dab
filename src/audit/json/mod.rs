//! The report as JSON: the published form, which baselines and merges read back.
//!
//! Responsible for the form, its schema, writing it to a stream and reading it from one. Neither holds more than one
//! finding of the document at a time. What a reader does not know is skipped: additions keep the version.

mod document;
mod lines;
mod read;
mod write;

pub use document::{FORMAT_VERSION, schema};
pub use lines::json_lines;
pub use read::ReadError;

#[cfg(test)]
mod tests;
