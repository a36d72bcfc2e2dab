//! The documents of users and groups.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::details::{OPERATION, attached, parse_documents};
use super::policies::Policies;
use crate::audit::Live;
use crate::audit::account::CredentialReport;
use crate::audit::account::types::{GROUP, USER};
use crate::audit::account::{Document, Reader, Unread, tags};

/// The groups of an account, by name: as the API gives them, with their documents parsed.
pub(super) type Groups = BTreeMap<String, Value>;

/// Takes a group of the listing; `None` in place of it if a document in it can't be read.
pub(super) fn group(reader: &Reader, mut group: Value) -> (String, Result<Value, Unread>) {
    let name = group["GroupName"].as_str().unwrap_or_default().to_owned();
    let parsed = parse_documents(reader, &mut group, "GroupPolicyList", "PolicyDocument");
    (name, parsed.map(|()| group))
}

/// Writes a group.
pub(super) fn group_document(reader: &Reader, group: &Value, policies: &Policies) -> Live {
    let text = |member: &str| group[member].as_str().unwrap_or_default();
    let mut document = Document::global(GROUP, reader, text("GroupId"), Some(text("GroupName")), text("Arn"));
    policies.write_attached(&mut document, &attached(group));
    document.configuration(group.clone());
    document.seen(reader.evidence(OPERATION));
    document.finish()
}

/// Writes a user. `report` is not there if nobody looks at it.
pub(super) fn user_document(
    reader: &Reader,
    mut user: Value,
    groups: &Result<Groups, Unread>,
    policies: &Policies,
    report: Result<&CredentialReport, &Unread>,
) -> Live {
    let text = |member: &str| user[member].as_str().unwrap_or_default().to_owned();
    let (id, name, arn) = (text("UserId"), text("UserName"), text("Arn"));
    let mut document = Document::global(USER, reader, &id, Some(&name), &arn);
    let parsed = parse_documents(reader, &mut user, "UserPolicyList", "PolicyDocument");
    policies.write_attached(&mut document, &attached(&user));
    // A user who is newer than the report has no row yet.
    let missing = || {
        let why = "the credential report is older than the user";
        Unread::of("iam:GetCredentialReport", crate::aws::CallError::unexpected("GetCredentialReport", why))
    };
    let row = report.map_err(Clone::clone).and_then(|rows| rows.get(&name).cloned().ok_or_else(missing));
    match row {
        Ok(row) => document.put("/supplementaryConfiguration/CredentialReport", row),
        Err(unread) => document.unknown("/supplementaryConfiguration/CredentialReport", &unread),
    }
    let names: Vec<&str> = user["GroupList"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match groups {
        Ok(groups) => {
            let of = |name: &&str| {
                let mut group = groups.get(*name)?.clone();
                let (attached, _) = policies.attached(&attached(&group));
                group["AttachedPolicies"] = json!(attached);
                Some(group)
            };
            let found: Vec<Value> = names.iter().filter_map(of).collect();
            if found.len() == names.len() {
                let unread: Vec<Vec<(usize, Unread)>> =
                    found.iter().map(|group| policies.attached(&attached(group)).1).collect();
                document.put("/supplementaryConfiguration/Groups", found);
                for (at, unread) in unread.into_iter().enumerate() {
                    for (policy, why) in unread {
                        let list = format!("/supplementaryConfiguration/Groups/{at}/AttachedPolicies");
                        document.unknown_in_list(&list, policy, "Document", &why);
                    }
                }
            } else {
                document.unknown("/supplementaryConfiguration/Groups", &Unread::not_asked(OPERATION));
            }
        }
        Err(unread) => document.unknown("/supplementaryConfiguration/Groups", unread),
    }
    document.tags(Ok(&tags::of_list(&user["Tags"])));
    match parsed {
        Ok(()) => document.configuration(user),
        Err(unread) => document.unknown("/configuration", &unread),
    }
    document.seen(reader.evidence(OPERATION));
    document.finish()
}
