//! The text of a file: its places, the tree that is read from it, and the parts that no error may show.

mod bytes;
pub(super) mod redaction;
mod span;
pub(super) mod template;
mod text;
pub(super) mod tree;

pub(super) use bytes::{Bytes, MAX_DEPTH};
pub(super) use span::Span;
pub(super) use text::Source;
