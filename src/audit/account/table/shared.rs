//! The answers that all tables of a region have in common.

use std::collections::BTreeMap;

use serde_json::Value;

use super::scaling::Scaling;
use crate::audit::account::Unread;

/// What is asked for once for all tables of a region.
pub(super) struct Shared {
    pub(super) scaling: Result<Scaling, Unread>,
    pub(super) policies_unread: Option<Unread>,
    /// ARN → its entry in AWS Backup's list.
    pub(super) protected: Result<BTreeMap<String, Vec<Value>>, Unread>,
    /// ARN → its exports.
    pub(super) exports: Result<BTreeMap<String, Vec<Value>>, Unread>,
}
