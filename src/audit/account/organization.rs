//! The organization of an account: delegated administrators, tag policies, and the service control policies above it.

use std::collections::BTreeMap;

use futures::future;
use serde_json::{Value, json};

use super::fields::text;
use super::part::{self, Form, Part};
use super::{Collector, Document, Reader, Unread, Wanted};
use crate::aws::CallError;

/// AWS's type.
pub(super) const TYPE: &str = "AWS::Organizations::Organization";

const POLICIES: &str = "organizations:ListPolicies";
const ATTACHED: &str = "organizations:ListPoliciesForTarget";
const SERVICE_CONTROL: &str = "SERVICE_CONTROL_POLICY";
const TAG: &str = "TAG_POLICY";

/// More levels than AWS allows: the root, five units, the account.
/// Source: Organizations user guide, "Quotas": "OU maximum nesting in a root: Five levels".
const LEVELS: usize = 16;

/// The call that describes an organization.
pub(super) const OPERATION: &str = "organizations:DescribeOrganization";

const DESCRIBE: Part =
    Part { member: "DescribeOrganization", operation: OPERATION, input: &[], form: Form::At("/Organization") };

const PARTS: &[Part] = &[
    Part {
        member: "ListDelegatedAdministrators",
        operation: "organizations:ListDelegatedAdministrators",
        input: &[],
        form: Form::List,
    },
    Part {
        member: "EffectiveTagPolicy",
        operation: "organizations:DescribeEffectivePolicy",
        input: &[("PolicyType", part::Input::Text(TAG))],
        form: Form::Document("/EffectivePolicy/PolicyContent"),
    },
];

/// Describes the account's organization; `None` if it is in none.
pub(super) async fn describe(reader: &Reader) -> Result<Option<Value>, Unread> {
    DESCRIBE.ask(reader, &Value::Null).await
}

/// Writes the document of an organization.
pub(super) async fn read(
    described: &Result<Option<Value>, Unread>,
    reader: &Reader,
    wanted: &Wanted,
    into: &Collector<'_>,
) {
    let organization = match described {
        Ok(Some(organization)) => organization,
        Ok(None) => return,
        Err(unread) => return into.list_unread(&[TYPE], reader, unread),
    };
    into.expect(1);
    let (id, arn) = (text(organization, "/Id"), text(organization, "/Arn"));
    let mut document = Document::global(TYPE, reader, id, None, arn);
    document.seen(reader.evidence(DESCRIBE.operation));
    document.configuration(organization.clone());
    part::add(&mut document, PARTS, organization, reader, wanted).await;
    let tags = async { tag_policies(reader).await.map(Some) };
    let tags = part::if_wanted((TYPE, "TagPolicies"), POLICIES, wanted, tags).await;
    part::write(&mut document, reader, POLICIES, "TagPolicies", tags);
    let chain = async {
        let is_free = is_free_of_policies(organization, &reader.env().account);
        if is_free { Ok(Some(json!([]))) } else { service_control_policies(reader).await.map(Some) }
    };
    let chain = part::if_wanted((TYPE, "ServiceControlPolicies"), ATTACHED, wanted, chain).await;
    part::write(&mut document, reader, ATTACHED, "ServiceControlPolicies", chain);
    into.push(document.finish());
}

/// Returns whether no service control policy limits the account: it manages the organization, or the organization only
/// bills together.
/// Source: Organizations user guide, "Tasks and entities not restricted by SCPs".
fn is_free_of_policies(organization: &Value, account: &str) -> bool {
    text(organization, "/MasterAccountId") == account || text(organization, "/FeatureSet") == "CONSOLIDATED_BILLING"
}

/// The tag policies, each with the targets that it is attached to.
async fn tag_policies(reader: &Reader) -> Result<Value, Unread> {
    let policies = match reader.all(POLICIES, json!({"Filter": TAG})).await {
        Err(unread) if is_not_in_use(&unread) => return Ok(json!([])),
        policies => policies?,
    };
    let with_targets = policies.into_iter().map(|mut policy| async move {
        let input = json!({"PolicyId": text(&policy, "/Id")});
        let targets = reader.all("organizations:ListTargetsForPolicy", input).await?;
        policy["Targets"] = targets.into();
        Ok(policy)
    });
    future::try_join_all(with_targets).await.map(Value::from)
}

/// Returns whether a refusal says that a type of policies is not enabled.
fn is_not_in_use(unread: &Unread) -> bool {
    unread.error.is(&["PolicyTypeNotEnabledException"])
}

/// The service control policies of each level, from the root down to the account.
async fn service_control_policies(reader: &Reader) -> Result<Value, Unread> {
    let levels = levels(reader).await?;
    let attached = levels.iter().map(|target| async move {
        let input = json!({"TargetId": target, "Filter": SERVICE_CONTROL});
        reader.all(ATTACHED, input).await
    });
    let attached = match future::try_join_all(attached).await {
        Err(unread) if is_not_in_use(&unread) => return Ok(json!([])),
        attached => attached?,
    };
    // A root whose policies are not in use has none; each target of one where they are has one at least.
    if attached.iter().all(Vec::is_empty) {
        return Ok(json!([]));
    }
    let names: BTreeMap<&str, &str> =
        attached.iter().flatten().map(|one| (text(one, "/Id"), text(one, "/Name"))).collect();
    let described = names.into_iter().map(|(id, name)| async move { Ok((id, policy(id, name, reader).await?)) });
    let described: BTreeMap<&str, Value> = future::try_join_all(described).await?.into_iter().collect();
    let level = |policies: &Vec<Value>| -> Value {
        policies.iter().filter_map(|one| described.get(text(one, "/Id")).cloned()).collect()
    };
    Ok(attached.iter().map(level).collect())
}

/// The ids from the root down to the account.
async fn levels(reader: &Reader) -> Result<Vec<String>, Unread> {
    const OPERATION: &str = "organizations:ListParents";
    let mut levels = vec![reader.env().account.clone()];
    while let Some(last) = levels.last().filter(|last| !last.starts_with("r-")) {
        let parents = reader.all(OPERATION, json!({"ChildId": last})).await?;
        let parent = parents.first().map(|parent| text(parent, "/Id").to_owned()).filter(|id| !id.is_empty());
        match parent {
            Some(parent) if levels.len() < LEVELS => levels.push(parent),
            _ => return Err(unexpected(OPERATION, format!("`{last}` has no parent that leads to a root"), reader)),
        }
    }
    levels.reverse();
    Ok(levels)
}

async fn policy(id: &str, name: &str, reader: &Reader) -> Result<Value, Unread> {
    const OPERATION: &str = "organizations:DescribePolicy";
    let answer = reader.ask(OPERATION, json!({"PolicyId": id})).await?;
    let document = part::document_at(&answer, "/Policy/Content", OPERATION);
    match document.inspect_err(|unread| reader.note(unread))? {
        Some(document) => Ok(json!({"Name": name, "Id": id, "Document": document})),
        None => Err(unexpected(OPERATION, format!("`{id}` has no content"), reader)),
    }
}

fn unexpected(operation: &str, message: String, reader: &Reader) -> Unread {
    let unread = Unread::of(operation, CallError::unexpected(operation, message));
    reader.note(&unread);
    unread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managing_account_and_shared_billing_have_no_service_control_policies() {
        let organization = json!({"Id": "o-1", "MasterAccountId": "111111111111", "FeatureSet": "ALL"});
        assert!(is_free_of_policies(&organization, "111111111111"));
        assert!(!is_free_of_policies(&organization, "222222222222"));
        let billing = json!({"MasterAccountId": "111111111111", "FeatureSet": "CONSOLIDATED_BILLING"});
        assert!(is_free_of_policies(&billing, "222222222222"));
    }
}
