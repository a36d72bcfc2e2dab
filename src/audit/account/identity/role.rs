//! The document of a role.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::details::{OPERATION, attached, parse_document, parse_documents};
use super::policies::Policies;
use crate::audit::Live;
use crate::audit::account::document::Place;
use crate::audit::account::spelling::lower_camel;
use crate::audit::account::types::ROLE;
use crate::audit::account::{Document, GLOBAL, Reader, Unread, tags};
use crate::base::Outputs;

/// What only `ListRoles` has: role → its entry.
pub(super) type Listed = Result<BTreeMap<String, Value>, Unread>;

/// Writes a role as its kind does, and what only the account shows beside it.
pub(super) fn document(reader: &Reader, mut role: Value, listed: &Listed, policies: &Policies) -> Live {
    let text = |role: &Value, member: &str| role[member].as_str().unwrap_or_default().to_owned();
    let (name, id, arn) = (text(&role, "RoleName"), text(&role, "RoleId"), text(&role, "Arn"));
    let place = Place { type_name: ROLE, id: &id, name: &name, arn: &arn, region: GLOBAL };
    let parsed = parse_document(reader, &mut role, "AssumeRolePolicyDocument")
        .and_then(|()| parse_documents(reader, &mut role, "RolePolicyList", "PolicyDocument"));
    let mut document = match parsed {
        Ok(()) => of_kind(reader, &place, &role, listed),
        Err(unread) => Document::unreadable(reader, &place, &unread),
    };
    policies.write_attached(&mut document, &attached(&role));
    if let Some(used) = role.get("RoleLastUsed") {
        document.put("/supplementaryConfiguration/RoleLastUsed", used.clone());
    }
    document.tags(Ok(&tags::of_list(&role["Tags"])));
    document.seen(reader.evidence(OPERATION));
    document.finish()
}

fn of_kind(reader: &Reader, place: &Place<'_>, role: &Value, listed: &Listed) -> Document {
    let entry = listed.as_ref().ok().and_then(|listed| listed.get(place.name));
    let mut managed = attached(role);
    // The kind's order is that of the short names.
    managed.sort_by_key(|arn| arn.rsplit_once(":aws:policy/").map_or_else(|| arn.clone(), |(_, name)| name.to_owned()));
    let inline = role["RolePolicyList"].as_array().into_iter().flatten();
    let inline: BTreeMap<&str, &Value> =
        inline.filter_map(|policy| Some((policy["PolicyName"].as_str()?, &policy["PolicyDocument"]))).collect();
    let mut words = json!({
        "assume_role_policy": role["AssumeRolePolicyDocument"],
        "managed_policies": managed,
        "inline_policies": inline,
        "path": role["Path"].as_str().unwrap_or("/"),
        "tags": tags::of_list(&role["Tags"]),
    });
    for (word, value) in [
        ("permissions_boundary", role.pointer("/PermissionsBoundary/PermissionsBoundaryArn")),
        ("description", entry.and_then(|entry| entry.get("Description"))),
        ("max_session_duration", entry.and_then(|entry| entry.get("MaxSessionDuration"))),
    ] {
        if let Some(value) = value.filter(|value| **value != "") {
            words[word] = value.clone();
        }
    }
    let outputs = Outputs::from([("id".to_owned(), place.id.to_owned())]);
    let mut document = Document::of_kind("roles", reader, place, &words, &outputs, OPERATION);
    if let Err(unread) = listed {
        document.unknown_in_template("/Description", unread);
        document.unknown_in_template("/MaxSessionDuration", unread);
    }
    let mut more = lower_camel(role.clone());
    if let Some(members) = more.as_object_mut() {
        // The kind writes these, in its own form.
        for member in ["assumeRolePolicyDocument", "rolePolicyList", "attachedManagedPolicies", "tags"] {
            members.shift_remove(member);
        }
        // The kind knows of none.
        let profiles = members.shift_remove("instanceProfileList").unwrap_or_else(|| json!([]));
        document.put("/configuration/instanceProfileList", profiles);
    }
    document.merge_configuration(more);
    document
}
