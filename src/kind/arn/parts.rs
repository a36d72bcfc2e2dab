//! The parts of a text that is an ARN, as far as they are known.

use crate::base::pending;

/// The parts of an ARN. A part that is not known yet, or holds a wildcard, is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts<'t> {
    pub(super) partition: Option<&'t str>,
    pub(super) service: Option<&'t str>,
    pub(super) region: Option<&'t str>,
    pub(super) account: Option<&'t str>,
    pub(super) resource: Option<&'t str>,
}

impl<'t> Parts<'t> {
    /// Reads a text; `None` if it is not an ARN.
    pub(super) fn of(text: &'t str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        // A value that is not known yet may have colons itself: the parts after it can't be separated.
        let mut known = true;
        let mut next = || {
            let part = parts.next()?;
            known &= !pending::is_pending(part);
            (known && !part.contains(['*', '?', '$'])).then_some(part)
        };
        Some(Self { partition: next(), service: next(), region: next(), account: next(), resource: next() })
    }
}
