//! The words of messages: lists, suggestions, the names that other tools give to our keys, patterns in words.

pub(super) mod pattern;
pub(super) mod synonyms;
pub(super) mod wording;

pub use wording::did_you_mean;
