//! The declared permissions of calls, compared with AWS's service authorization reference, of which
//! `tests/data/iam/authorization.json` is an extract (`scripts/authorization-reference` makes it).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::kind::AccessRequest;

/// The extract.
#[derive(Debug, Deserialize)]
struct Reference {
    actions: BTreeMap<String, Action>,
    resource_types: BTreeMap<String, ResourceType>,
}

#[derive(Debug, Deserialize)]
struct Action {
    resources: BTreeMap<String, Taken>,
    keys: Vec<String>,
    depends_on: Vec<String>,
}

/// A resource type that an action takes.
#[derive(Debug, Deserialize)]
struct Taken {
    keys: Vec<String>,
    depends_on: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct ResourceType {
    arn: String,
    keys: Vec<String>,
}

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../tests/data/iam/authorization.json")).expect("the extract can be read")
});

/// Condition keys that the reference and its data lack, and that AWS documents elsewhere.
const BEYOND: &[(&str, &str)] = &[
    // Key Management Service Developer Guide, "kms:RequestAlias": for operations on an alias.
    ("kms:DescribeKey", "kms:RequestAlias"),
];

/// The faults of a request, by the reference.
pub(super) fn faults(request: &AccessRequest) -> Vec<String> {
    let AccessRequest { action: name, resource, context } = request;
    let Some(action) = REFERENCE.actions.get(name) else {
        return vec![format!("the extract of the reference has no action `{name}`")];
    };
    let service = name.split(':').next().unwrap_or_default();
    let type_of = |kind: &String| &REFERENCE.resource_types[&format!("{service}/{kind}")];
    let fitting: Vec<&String> = action.resources.keys().filter(|kind| is_of(resource, &type_of(kind).arn)).collect();
    let mut faults = Vec::new();
    match (action.resources.is_empty(), resource.as_str()) {
        (true, "*") => {}
        (true, _) => faults.push(format!("{name} takes no resource, and is asked for on {resource}")),
        (false, "*") => faults.push(format!("{name} takes a resource, and is asked for on `*`")),
        (false, _) if fitting.is_empty() => {
            faults.push(format!("{name} is asked for on {resource}, which is none of {:?}", action.resources.keys()));
        }
        (false, _) => {}
    }
    for key in context.keys() {
        let general = general(key);
        let of_action = action.keys.iter();
        let of_taken = fitting.iter().flat_map(|kind| &action.resources[*kind].keys);
        // The keys of EC2's resource types hold for some of its actions only, and the actions list these themselves.
        let of_types = fitting.iter().filter(|_| service != "ec2").flat_map(|kind| &type_of(kind).keys);
        let known = of_action.chain(of_taken).chain(of_types).any(|one| *one == general);
        if !known && !BEYOND.contains(&(name.as_str(), key.as_str())) {
            faults.push(format!("{name} on {resource} has no condition key `{key}`"));
        }
    }
    faults
}

/// The actions that an action depends on, by the reference.
pub(super) fn depends_on(action: &str) -> Vec<&'static str> {
    let Some(action) = REFERENCE.actions.get(action) else { return Vec::new() };
    let of_resources = action.resources.values().flat_map(|taken| &taken.depends_on);
    action.depends_on.iter().chain(of_resources).map(String::as_str).collect()
}

/// Returns a key's general form: `aws:RequestTag/team` is `aws:RequestTag/${TagKey}`.
fn general(key: &str) -> String {
    match key.split_once('/') {
        Some((family, _)) => format!("{family}/${{TagKey}}"),
        None => key.to_owned(),
    }
}

/// Returns whether an ARN is of a type. Variables match anything that is not empty, IAM's names their path too.
fn is_of(arn: &str, pattern: &str) -> bool {
    let (arn, pattern): (Vec<&str>, Vec<&str>) = (arn.splitn(6, ':').collect(), pattern.splitn(6, ':').collect());
    arn.len() == 6 && arn.iter().zip(&pattern).all(|(text, pattern)| fits(text, pattern))
}

fn fits(text: &str, pattern: &str) -> bool {
    let Some((literal, rest)) = pattern.split_once("${") else { return text == pattern };
    let Some(mut text) = text.strip_prefix(literal) else { return false };
    let (variable, rest) = rest.split_once('}').expect("a variable ends");
    // Only the reference's name of a variable shows if it may hold the separator of the resource part.
    let anything = ["WithPath", "AlarmName", "LogGroupName", "ResourceId"].iter().any(|word| variable.ends_with(word));
    while !text.is_empty() {
        let mut characters = text.chars();
        let first = characters.next().expect("there is one");
        if !anything && ['/', ':'].contains(&first) {
            return false;
        }
        text = characters.as_str();
        if fits(text, rest) {
            return true;
        }
    }
    false
}

#[test]
fn comparison_detects_wrong_access_requests() {
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/t";
    let right = AccessRequest::new("dynamodb:CreateTable", arn).with("aws:RequestTag/a", ["b"]);
    assert_eq!(faults(&right), [""; 0]);
    let wrong = [
        AccessRequest::new("dynamodb:MakeTable", arn),
        AccessRequest::new("dynamodb:CreateTable", "*"),
        AccessRequest::new("dynamodb:CreateTable", format!("{arn}/index/i")),
        AccessRequest::new("dynamodb:CreateTable", "arn:aws:dynamodb:eu-central-1:123456789012:table/"),
        AccessRequest::new("dynamodb:ListTables", arn),
        AccessRequest::new("dynamodb:CreateTable", arn).with("aws:RequestTags/a", ["b"]),
        AccessRequest::new("ec2:DescribeVpcs", "*").with("ec2:VpcID", ["vpc-1"]),
    ];
    for request in wrong {
        assert_eq!(faults(&request).len(), 1, "{request:?}");
    }
    let role = |path: &str| AccessRequest::new("iam:GetRole", format!("arn:aws:iam::123456789012:role/{path}"));
    assert_eq!(faults(&role("a/b/c")), [""; 0]);
    assert_eq!(faults(&AccessRequest::new("iam:GetRole", "arn:aws:iam::123456789012:user/a")).len(), 1);
}
