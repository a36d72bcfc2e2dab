//! The remediation of a denial: who can fix it, and with which statement.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::layer::{DenialType, Layer};
use super::message::Denial;
use crate::base::pending;
use crate::kind::AccessRequest;

/// The statement that would allow the denied action, if a missing statement is the cause.
pub(super) fn statement(denial: &Denial, asked: &[AccessRequest]) -> Option<Value> {
    // The policies of a resource name who may access it: such a statement is not made up here.
    let names_who = matches!(
        denial.layer,
        Some(Layer::ResourcePolicy | Layer::VpcEndpointPolicy | Layer::RoleTrustPolicy | Layer::ResourceControlPolicy)
    );
    if denial.manner == Some(DenialType::Explicit) || names_who || asked.is_empty() {
        return None;
    }
    let distinct = |texts: BTreeSet<String>| {
        let mut texts: Vec<String> = texts.into_iter().collect();
        if texts.len() == 1 { Value::from(texts.remove(0)) } else { Value::from(texts) }
    };
    let mut allow = json!({
        "Effect": "Allow",
        "Action": distinct(asked.iter().map(|access| access.action.clone()).collect()),
        "Resource": distinct(asked.iter().map(|access| pending::display(&access.resource)).collect()),
    });
    // Whoever may pass a role to any service can do everything that the role may do.
    let to = asked.iter().find_map(|access| access.context.get("iam:PassedToService"));
    if let (Some(to), [access]) = (to, asked)
        && access.action == "iam:PassRole"
    {
        allow["Condition"] = json!({"StringEquals": {"iam:PassedToService": distinct(to.iter().cloned().collect())}});
    }
    Some(allow)
}

/// The advice for a denial, in a sentence or two.
pub(super) fn advice(denial: &Denial) -> String {
    let explicit = denial.manner == Some(DenialType::Explicit);
    let who = denial.principal.as_deref().map_or_else(|| "the caller".to_owned(), |arn| format!("`{arn}`"));
    let outweighs = "an explicit deny overrides every allow";
    let Some(layer) = denial.layer else {
        return match denial.manner {
            Some(DenialType::Explicit) => {
                format!("{outweighs}: find the statement that denies it, and change it, or remove what needs the call")
            }
            Some(DenialType::Implicit) | None => {
                format!(
                    "check first whether a policy of {who} allows it; AWS doesn't report which kind of policy denied \
                     it"
                )
            }
        };
    };
    match layer {
        Layer::ServiceControlPolicy | Layer::ResourceControlPolicy => {
            "no permission in this account overrides the organization: ask its administrators to change the policy, or \
             remove what needs the call"
                .to_owned()
        }
        Layer::IdentityPolicy if explicit => format!("{outweighs}: remove the statement from the policies of {who}"),
        Layer::IdentityPolicy => format!("allow it in a policy of {who}"),
        Layer::PermissionsBoundary if explicit => {
            format!("{outweighs}: remove the statement from the permissions boundary of {who}")
        }
        Layer::PermissionsBoundary => {
            format!("the permissions boundary of {who} limits it: allow this there too")
        }
        Layer::SessionPolicy => {
            "the session was created with a policy that does not allow this: create one without it, or allow this in it"
                .to_owned()
        }
        Layer::ResourcePolicy if explicit => format!("{outweighs}: remove the statement from the resource's policy"),
        Layer::ResourcePolicy => format!("allow it for {who} in the resource's own policy"),
        Layer::VpcEndpointPolicy => {
            "the call went through a VPC endpoint whose policy doesn't allow it: change that policy, or use another \
             network path"
                .to_owned()
        }
        Layer::RoleTrustPolicy => format!("allow {who} to assume it in the role's trust policy"),
    }
}
