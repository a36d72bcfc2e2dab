//! Answers that several documents of a region or an account have in common, read once.

use std::collections::BTreeMap;

use serde_json::Value;
use tokio::sync::OnceCell;

use super::Unread;
use super::lists::Lists;

/// The tags of a resource.
pub type Tags = BTreeMap<String, String>;

/// The credential report: user → row; the root under `<root_account>`.
pub type CredentialReport = BTreeMap<String, Value>;

/// The answers.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The credential report of the account.
    pub(super) report: OnceCell<Result<CredentialReport, Unread>>,
    /// The tags of the region's resources, by ARN.
    pub(super) tagged: OnceCell<Result<BTreeMap<String, Tags>, Unread>>,
    /// Lists that are asked for without an input.
    pub(super) lists: Lists,
}
