//! The answers that all functions of a region have in common.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::audit::account::Unread;

/// What is asked for once for all functions of a region.
pub(super) struct Shared {
    /// The log groups with Lambda's own names, by name.
    pub(super) groups: Result<BTreeMap<String, Value>, Unread>,
    /// Subnet → Availability Zone.
    pub(super) zones: Result<BTreeMap<String, String>, Unread>,
}
