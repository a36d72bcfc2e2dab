//! The context of a request, as far as it is known.

/// The knowledge about one key of a request's context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// The request has no such key.
    Absent,
    /// Its values; keys with a single value have one. A value may contain placeholders for parts known only after
    /// apply, between U+E000 and U+E001: then its existence is known, and the text around it.
    Values(Vec<String>),
    /// It has one value, which is one of these.
    OneOf(Vec<String>),
    /// Nothing is known, not even whether the request has it.
    Unknown,
}

/// The assumption about keys that a context doesn't name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unnamed {
    /// They aren't known.
    #[default]
    Unknown,
    /// They aren't known, except that the request has no key that AWS documents only for other actions.
    Documented,
    /// The request has no others.
    Absent,
}
