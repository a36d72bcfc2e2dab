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
    let outweighs = "an explicit deny outweighs every allow";
    let Some(layer) = denial.layer else {
        return match denial.manner {
            Some(DenialType::Explicit) => {
                format!(
                    "{outweighs}: find the statement that denies it, and have it changed or leave out what needs the call"
                )
            }
            Some(DenialType::Implicit) | None => {
                format!("see first whether a policy of {who} allows it; AWS doesn't tell which kind of policy denied")
            }
        };
    };
    match layer {
        Layer::ServiceControlPolicy | Layer::ResourceControlPolicy => {
            "no permission in this account outweighs the organisation: have its administrators change the policy, or leave \
             out what needs the call"
                .to_owned()
        }
        Layer::IdentityPolicy if explicit => format!("{outweighs}: have the statement taken out of the policies of {who}"),
        Layer::IdentityPolicy => format!("have a policy of {who} allow it"),
        Layer::PermissionsBoundary if explicit => {
            format!("{outweighs}: have the statement taken out of the permissions boundary of {who}")
        }
        Layer::PermissionsBoundary => {
            format!("what {who} may do ends at its permissions boundary: have that allow it too")
        }
        Layer::SessionPolicy => {
            "the session was made with a policy that narrows it: make one without it, or with one that allows this too"
                .to_owned()
        }
        Layer::ResourcePolicy if explicit => format!("{outweighs}: have the statement taken out of the resource's policy"),
        Layer::ResourcePolicy => format!("have the resource's own policy let {who} do it"),
        Layer::VpcEndpointPolicy => {
            "the call went through a VPC endpoint whose policy doesn't let it pass: have that changed, or call by another \
             way"
            .to_owned()
        }
        Layer::RoleTrustPolicy => format!("have the role's trust policy let {who} assume it"),
    }
}
