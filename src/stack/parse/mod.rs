//! Reads a file's tree: YAML, JSON, and the refusals of features that the language does not have.

mod document;
mod json;
mod syntax;
mod yaml;

pub use document::Document;
pub(super) use document::{Tree, folder_of, tree};
pub(super) use json::json;
pub(super) use yaml::{MAX_BYTES, refuse_size_and_characters, yaml};
