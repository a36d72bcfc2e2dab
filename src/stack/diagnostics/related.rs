//! The other places that a diagnostic names.

use serde::Serialize;

use crate::base::Location;

/// A second place that belongs to a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    #[serde(skip)]
    pub(super) of: (Option<Location>, &'static str),
    /// Where.
    pub location: Location,
    /// What it has to do with it.
    pub label: String,
}
