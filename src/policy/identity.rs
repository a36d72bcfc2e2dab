//! The policy documents of roles, users, groups and managed policies, as their configuration items hold them.
//!
//! Roles have the spelling of AWS Config (`rolePolicyList`, texts that are percent-encoded), the others that of IAM's
//! `GetAccountAuthorizationDetails` (`UserPolicyList`, documents or texts). A document that could not be read is kept
//! with the reason: it may allow or deny anything.

use std::borrow::Cow;

use serde_json::Value;

use super::document::Document;
use crate::base::pending;

/// A policy document with its place.
#[derive(Debug, Clone)]
pub struct Held<'v> {
    /// The policy's name, or its ARN if it is a managed one.
    pub name: String,
    /// The JSON pointer to it within the item.
    pub pointer: String,
    /// True for one that stands in the item of the identity or policy itself, and not in a managed policy beside it.
    pub own: bool,
    /// The document; `Err` with the text in its place if it could not be read, or is not understood.
    pub document: Result<Cow<'v, Value>, String>,
}

impl Held<'_> {
    /// The document's meaning; `Err` with the reason if it isn't known.
    pub fn parsed(&self) -> Result<Document, String> {
        let value = self.document.as_ref().map_err(Clone::clone)?;
        Document::from_aws(value).ok_or_else(|| format!("the policy `{}` holds what is not understood here", self.name))
    }
}

/// All policy documents in the configuration item of an IAM role, user, group or managed policy; empty for others. With
/// `attached`, those of managed policies that are attached and stand in the item are among them.
pub fn documents_of<'v>(type_name: &str, item: &'v Value, attached: bool) -> Vec<Held<'v>> {
    let mut all = match type_name {
        "AWS::IAM::Role" => listed(item, "/configuration/rolePolicyList", "policyName", "policyDocument", true),
        "AWS::IAM::User" => listed(item, "/configuration/UserPolicyList", "PolicyName", "PolicyDocument", true),
        "AWS::IAM::Group" => listed(item, "/configuration/GroupPolicyList", "PolicyName", "PolicyDocument", true),
        "AWS::IAM::Policy" => return version_of(item).into_iter().collect(),
        _ => return Vec::new(),
    };
    if attached {
        all.extend(listed(item, "/supplementaryConfiguration/AttachedPolicies", "PolicyArn", "Document", false));
    }
    all
}

/// The policy documents of the groups that a user is in, as the user's item holds them; `None` if it holds none.
pub fn group_documents_of(user: &Value) -> Option<Vec<Held<'_>>> {
    let groups = "/supplementaryConfiguration/Groups";
    let list = match user.pointer(groups)? {
        Value::Array(list) => list,
        Value::String(text) => {
            let pointer = groups.to_owned();
            return Some(vec![Held { name: String::new(), pointer, own: false, document: Err(text.clone()) }]);
        }
        _ => return None,
    };
    let of = |index: usize| {
        let own = format!("{groups}/{index}/GroupPolicyList");
        let mut all = listed(user, &own, "PolicyName", "PolicyDocument", false);
        all.extend(listed(user, &format!("{groups}/{index}/AttachedPolicies"), "PolicyArn", "Document", false));
        all
    };
    Some((0..list.len()).flat_map(of).collect())
}

/// The documents of a list, or the text that stands in its place.
fn listed<'v>(item: &'v Value, list: &str, name: &str, document: &str, own: bool) -> Vec<Held<'v>> {
    let one = |(index, entry): (usize, &'v Value)| {
        let named = entry.get(name).and_then(Value::as_str).unwrap_or_default();
        // The whole entry may be what could not be read.
        let unread = entry.as_str().filter(|text| pending::is_pending(text));
        Held {
            name: named.to_owned(),
            pointer: format!("{list}/{index}"),
            own,
            document: unread.map_or_else(|| read(entry.get(document)), |text| Err(text.to_owned())),
        }
    };
    match item.pointer(list) {
        Some(Value::Array(entries)) => entries.iter().enumerate().map(one).collect(),
        Some(Value::String(text)) if pending::is_pending(text) => {
            vec![Held { name: String::new(), pointer: list.to_owned(), own, document: Err(text.clone()) }]
        }
        _ => unread_above(item, list, own).into_iter().collect(),
    }
}

/// The placeholder that stands where the parent of a list should be.
fn unread_above<'v>(item: &'v Value, list: &str, own: bool) -> Option<Held<'v>> {
    let above = list.rsplit_once('/')?.0;
    let text = item.pointer(above)?.as_str().filter(|text| pending::is_pending(text))?;
    Some(Held { name: String::new(), pointer: above.to_owned(), own, document: Err(text.to_owned()) })
}

/// The version of a managed policy that is in force.
fn version_of(item: &Value) -> Option<Held<'_>> {
    let name = item.pointer("/configuration/Arn").or_else(|| item.get("ARN")).and_then(Value::as_str);
    let name = name.unwrap_or_default().to_owned();
    let list = "/configuration/PolicyVersionList";
    let held = |pointer: String, document| Held { name: name.clone(), pointer, own: true, document };
    // It stands alone where the versions don't have it.
    let alone = "/supplementaryConfiguration/Document";
    if let Some(document) = item.pointer(alone) {
        return Some(held(alone.to_owned(), read(Some(document))));
    }
    match item.pointer(list) {
        Some(Value::Array(versions)) => {
            let in_force = |version: &Value| version.get("IsDefaultVersion") == Some(&Value::Bool(true));
            let index = versions.iter().position(in_force)?;
            Some(held(format!("{list}/{index}/Document"), read(versions[index].get("Document"))))
        }
        Some(Value::String(text)) if pending::is_pending(text) => Some(held(list.to_owned(), Err(text.clone()))),
        _ => unread_above(item, list, true),
    }
}

/// The trust policy of a role's configuration item; `None` if it has none.
pub fn trust_of(item: &Value) -> Option<Held<'_>> {
    let pointer = "/configuration/assumeRolePolicyDocument";
    let value = item.pointer(pointer)?;
    let name = "the trust policy".to_owned();
    Some(Held { name, pointer: pointer.to_owned(), own: true, document: read(Some(value)) })
}

/// A document, or its text, percent-encoded or not.
fn read(value: Option<&Value>) -> Result<Cow<'_, Value>, String> {
    let nothing = || "a policy without a document".to_owned();
    match value.ok_or_else(nothing)? {
        Value::String(text) => {
            let plain = decoded(text);
            match serde_json::from_str::<Value>(&plain) {
                Ok(document) => Ok(Cow::Owned(document)),
                Err(_) if pending::is_pending(text) => Err(text.clone()),
                Err(error) => Err(format!("a policy document that is no JSON: {error}")),
            }
        }
        document @ Value::Object(_) => Ok(Cow::Borrowed(document)),
        _ => Err(nothing()),
    }
}

/// A text without percent-encoding (RFC 3986); one that isn't encoded stays as it is.
///
/// Source: IAM API reference, `GetAccountAuthorizationDetails`: "Policies returned by this operation are URL-encoded
/// compliant with RFC 3986".
fn decoded(text: &str) -> Cow<'_, str> {
    // An encoded document has no braces.
    if text.contains(['{', '[']) || !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((byte, after)) = rest.split_first() {
        let hex = |place: usize| after.get(place).and_then(|digit| char::from(*digit).to_digit(16));
        let code = (*byte == b'%').then(|| Some(hex(0)? * 16 + hex(1)?)).flatten();
        let (plain, left) = match code.and_then(|code| u8::try_from(code).ok()) {
            Some(code) => (code, &after[2..]),
            None => (*byte, after),
        };
        bytes.push(plain);
        rest = left;
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(type_name: &str, item: &Value) -> Vec<(String, String, bool)> {
        let all = documents_of(type_name, item, true);
        all.into_iter().map(|held| (held.name, held.pointer, held.document.is_ok())).collect()
    }

    #[test]
    fn documents_are_found_in_every_spelling() {
        let document = json!({"Version": "2012-10-17", "Statement": []});
        let encoded = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";
        let role = json!({
            "configuration": {"rolePolicyList": [{"policyName": "a", "policyDocument": encoded}]},
            "supplementaryConfiguration": {"AttachedPolicies": [{"PolicyArn": "arn:x", "Document": document}]}});
        let held = documents_of("AWS::IAM::Role", &role, true);
        assert_eq!(held.len(), 2);
        for (one, own) in held.iter().zip([true, false]) {
            assert_eq!(one.document.as_ref().expect("a document").as_ref(), &document);
            assert_eq!(one.own, own);
            assert!(one.parsed().is_ok());
        }
        assert_eq!(documents_of("AWS::IAM::Role", &role, false).len(), 1);
        let user = json!({"configuration": {"UserPolicyList": [{"PolicyName": "u", "PolicyDocument": document}]}});
        let path = |path: &str| path.to_owned();
        assert_eq!(shown("AWS::IAM::User", &user), [(path("u"), path("/configuration/UserPolicyList/0"), true)]);
        let policy = json!({"configuration": {"Arn": "arn:p", "PolicyVersionList": [
            {"VersionId": "v1", "IsDefaultVersion": false, "Document": {}},
            {"VersionId": "v2", "IsDefaultVersion": true, "Document": document}]}});
        let place = path("/configuration/PolicyVersionList/1/Document");
        assert_eq!(shown("AWS::IAM::Policy", &policy), [(path("arn:p"), place, true)]);
        let alone = json!({"configuration": {"Arn": "arn:p"}, "supplementaryConfiguration": {"Document": document}});
        let place = path("/supplementaryConfiguration/Document");
        assert_eq!(shown("AWS::IAM::Policy", &alone), [(path("arn:p"), place, true)]);
        assert!(shown("AWS::S3::Bucket", &policy).is_empty());
    }

    #[test]
    fn unread_documents_are_kept_with_the_reason() {
        let unread = "\u{E000}x.y.z\u{E001}";
        for item in [
            json!({"configuration": {"rolePolicyList": unread}}),
            json!({"configuration": unread}),
            json!({"configuration": {"rolePolicyList": [unread]}}),
            json!({"configuration": {"rolePolicyList": [{"policyName": "a", "policyDocument": unread}]}}),
            json!({"supplementaryConfiguration": {"AttachedPolicies": [{"PolicyArn": "a", "Document": unread}]}}),
        ] {
            let held = documents_of("AWS::IAM::Role", &item, true);
            assert_eq!(held.len(), 1, "{item}");
            assert_eq!(held[0].document.as_ref().err().map(String::as_str), Some(unread), "{item}");
        }
        let broken = json!({"configuration": {"rolePolicyList": [{"policyName": "a", "policyDocument": "%7Bx"}]}});
        assert!(documents_of("AWS::IAM::Role", &broken, true)[0].document.is_err());
    }

    #[test]
    fn percent_encoding_is_undone_once() {
        assert_eq!(decoded("%7B%22a%22%3A%22%2541%C3%A4%22%7D"), "{\"a\":\"%41ä\"}");
        assert_eq!(decoded("{\"a\": \"%41\"}"), "{\"a\": \"%41\"}", "it isn't encoded");
        assert_eq!(decoded("50%"), "50%");
        assert_eq!(decoded("%zz%7"), "%zz%7");
    }
}
