//! Events.

use serde::Deserialize;

use super::failure::Failure;
use crate::base::is_account;

/// The objects of a run in S3.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// The bucket.
    pub(super) bucket: String,
    /// The front of the keys, without a slash at its end.
    pub(super) prefix: String,
}

/// An account to audit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    /// The account's id.
    pub(super) account: String,
    /// The role to assume in it: a name, or an ARN with `{account}` in it.
    pub(super) role: String,
    /// The external id that the role's trust policy asks for.
    #[serde(default)]
    pub(super) external_id: Option<String>,
    /// The regions; all that are enabled if there are none.
    #[serde(default)]
    pub(super) regions: Vec<String>,
    /// The place of the report.
    pub(super) to: Place,
}

/// An account that could not be audited.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Unaudited {
    /// The account's id.
    pub(super) account: String,
    /// The place of the report.
    pub(super) to: Place,
    /// The error that Step Functions caught.
    pub(super) error: Caught,
}

/// An error, as Step Functions hands it on.
/// Source: Step Functions Developer Guide, "Handling errors": an error output has `Error`, and usually `Cause`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Caught {
    /// The error's name.
    pub(super) error: String,
    /// The details; of a function that failed, its answer in JSON.
    #[serde(default)]
    pub(super) cause: String,
}

/// The accounts of a run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accounts {
    /// The key of their list in the bucket.
    pub(super) accounts: String,
    /// The place of the reports.
    pub(super) to: Place,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub(super) enum Event {
    /// Writes the list of the organization's accounts.
    ListAccounts {
        /// The place of the list.
        to: Place,
    },
    /// Audits an account, and writes its report.
    Audit(Account),
    /// Writes the report of an account that could not be audited.
    NotAssessed(Unaudited),
    /// Makes one report of those of all accounts.
    Merge(Accounts),
}

impl Event {
    /// Reads an event.
    pub(super) fn read(event: serde_json::Value) -> Result<Self, Failure> {
        let event: Self = serde_json::from_value(event).map_err(|error| Failure::BadEvent(error.to_string()))?;
        if let Self::Audit(Account { account, .. }) | Self::NotAssessed(Unaudited { account, .. }) = &event
            && !is_account(account)
        {
            return Err(Failure::BadEvent(format!("`{account}` is not an account: twelve digits are expected")));
        }
        Ok(event)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn event_names_its_task_and_its_account() {
        let to = json!({"bucket": "b", "prefix": "p"});
        let event =
            json!({"task": "audit", "account": "123456789012", "role": "r", "regions": ["eu-central-1"], "to": to});
        let Ok(Event::Audit(account)) = Event::read(event) else { panic!("an audit") };
        assert_eq!((account.role.as_str(), account.external_id), ("r", None));
        let caught = json!({"Error": "AccountUnread", "Cause": "{}"});
        let event = json!({"task": "not_assessed", "account": "123456789012", "to": to, "error": caught, "role": "r"});
        assert!(matches!(Event::read(event), Ok(Event::NotAssessed(_))), "members of the audit's event may be there");
    }

    #[test]
    fn event_with_a_mistake_is_refused() {
        let to = json!({"bucket": "b", "prefix": "p"});
        for event in [
            json!({}),
            json!({"task": "other"}),
            json!({"task": "audit", "account": "12", "role": "r", "to": to}),
            json!({"task": "audit", "account": "123456789012", "to": to}),
            json!({"task": "audit", "account": "123456789012", "role": "r", "to": {"bucket": "b"}}),
            json!({"task": "audit", "account": "123456789012", "role": "r", "to": to, "region": "eu-central-1"}),
        ] {
            assert!(matches!(Event::read(event.clone()), Err(Failure::BadEvent(_))), "{event}");
        }
    }
}
