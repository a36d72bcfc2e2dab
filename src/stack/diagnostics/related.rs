//! The other places that a diagnostic names.

use serde::Serialize;

use crate::base::Location;

/// A second place that belongs to a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Related {
    #[serde(skip)]
    pub(super) of: (Option<Location>, &'static str),
    /// The second place.
    pub location: Location,
    /// Its relation to the diagnostic.
    pub label: String,
}
