//! Programs should take a role, whose credentials end by themselves; keys of users do not. A user who reaches a table
//! on conditions needs a look, too: only denials that leave nothing count.

use crate::policy::{Decision, Policy, Request, evaluate};
use crate::rules::held_policies::all_policies;
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use crate::rules::service_control::anything;

const REPORT: &str = "/supplementaryConfiguration/CredentialReport";

/// Actions on items.
const ACTIONS: [&str; 8] = [
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
];

/// Fails for users with an active access key whose policies, or those of their groups, allow an action on items.
pub(crate) fn judge(user: &Subject<'_>, world: &World<'_>) -> Answer {
    let active = |key: u8| user.is(&format!("{REPORT}/access_key_{key}_active"));
    if !active(1)? && !active(2)? {
        return Ok(Verdict::Pass);
    }
    let mut documents = all_policies(user)?;
    // The groups' policies stand in the user's document, or in documents of their own.
    let beside = user.document()?.is_some_and(|item| item.pointer("/supplementaryConfiguration/Groups").is_some());
    let names = if beside { &[] } else { user.list("/configuration/GroupList")? };
    for name in names.iter().filter_map(serde_json::Value::as_str) {
        let mut groups = world.of("AWS::IAM::Group")?.filter(|group| group.account() == user.account());
        let group = groups.find(|group| group.id() == name);
        let group = group.ok_or_else(|| Unknown(format!("the policies of the group `{name}` were not read")))?;
        documents.extend(all_policies(&group)?);
    }
    let policies: Vec<Policy> =
        documents.iter().map(|document| Policy::about("dynamodb", "policy", document)).collect();
    let allows = |action: &&&str| {
        let request = Request::new(action, &anything("a table")).by(user.arn());
        matches!(evaluate(&policies, &request).decision, Decision::Allowed | Decision::Unknown)
    };
    match ACTIONS.iter().find(allows) {
        Some(action) => {
            let fault = Fault::new("", "the user has an access key, and reaches the items of a table");
            Ok(Verdict::Fail(vec![fault.expected("a role").actual(format!("{action} is allowed"))]))
        }
        None => Ok(Verdict::Pass),
    }
}
