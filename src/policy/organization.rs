//! The chain of control policies as the document of an organization holds it.

use serde_json::Value;

use super::compiled::Policy;
use super::document::Document;
use super::scp::{Account, Chain, Level};

/// Reads the chain of an account from a document of its organization: `supplementaryConfiguration.<member>` is a list of
/// levels, the root first, each a list of policies `{Name, Id, Document}`. `None` if there is no such member: then policies
/// of the type are not in use. `Err` with the text in its place if it could not be read.
pub fn chain_of(item: &Value, member: &str, account: &str) -> Result<Option<Chain>, String> {
    let unread = |value: &Value| value.as_str().map(str::to_owned);
    for above in ["/configuration", "/supplementaryConfiguration"] {
        if let Some(text) = item.pointer(above).and_then(unread) {
            return Err(text);
        }
    }
    let manager = item.pointer("/configuration/MasterAccountId").or(item.pointer("/configuration/ManagementAccountId"));
    match manager.and_then(Value::as_str) {
        Some(manager) if manager == account => {
            return Ok(Some(Chain { levels: Vec::new(), account: Account::Management }));
        }
        Some(_) => {}
        None => return Err("the account that manages the organization is not known".to_owned()),
    }
    let Some(value) = item.pointer(&format!("/supplementaryConfiguration/{member}")) else { return Ok(None) };
    let Some(levels) = value.as_array() else {
        return Err(unread(value).unwrap_or_else(|| format!("`{member}` is no list of levels")));
    };
    let count = levels.len();
    let levels: Vec<Level> =
        levels.iter().enumerate().map(|(place, level)| read(place, count, level)).collect::<Result<_, _>>()?;
    // Every target of an organization that uses policies of a type has at least one.
    Ok((!levels.iter().all(|level| level.policies.is_empty())).then(|| Chain::of(levels)))
}

fn read(place: usize, count: usize, value: &Value) -> Result<Level, String> {
    let named = value.get("Name").or_else(|| value.get("Id")).and_then(Value::as_str);
    let name = match (named, place) {
        (Some(name), _) => name.to_owned(),
        (None, 0) => "the root".to_owned(),
        (None, last) if last + 1 == count => "the account".to_owned(),
        (None, unit) => format!("the unit at level {unit}"),
    };
    let list = value.as_array().or_else(|| value.get("Policies")?.as_array());
    let list =
        list.ok_or_else(|| value.as_str().map_or_else(|| format!("{name} is no list of policies"), str::to_owned))?;
    let policies = list.iter().map(policy).collect::<Result<_, _>>()?;
    Ok(Level { name, policies })
}

fn policy(value: &Value) -> Result<Policy, String> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let name = if text("Name").is_empty() { text("Id") } else { text("Name") };
    let parsed = match value.get("Document").or_else(|| value.get("Content")) {
        // It may also be the text that the API gives, or the reason why it was not read.
        Some(Value::String(text)) => match serde_json::from_str::<Value>(text) {
            Ok(document) => Document::from_aws(&document),
            Err(_) => return Err(text.clone()),
        },
        Some(document) => Document::from_aws(document),
        None => None,
    };
    let document = parsed.ok_or_else(|| format!("the policy `{name}` holds what is not understood here"))?;
    Ok(Policy::new(name, &document))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Decision, Exemption, Request};
    use super::*;

    fn organization(levels: &Value) -> Value {
        json!({"configuration": {"Id": "o-1", "MasterAccountId": "111111111111"},
               "supplementaryConfiguration": {"ServiceControlPolicies": levels}})
    }

    #[test]
    fn chain_is_read_from_levels_of_policies() {
        let full = json!({"Name": "FullAWSAccess", "Id": "p-FullAWSAccess",
            "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}});
        let deny = json!({"Name": "keep", "Id": "p-2", "Document":
            "{\"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"dynamodb:DeleteTable\", \"Resource\": \"*\"}]}"});
        let item = organization(&json!([[full], [full, deny], [full]]));
        let chain = |account| chain_of(&item, "ServiceControlPolicies", account).expect("readable").expect("a chain");
        let verdict = chain("222222222222").judge(&Request::new("dynamodb:DeleteTable", "*"));
        assert_eq!(verdict.decision, Decision::ExplicitlyDenied);
        let level = verdict.deciding().next().expect("a level");
        assert_eq!((level.level.as_str(), level.policy.as_deref()), ("the unit at level 1", Some("keep")));
        assert_eq!(chain("111111111111").exemption(), Some(Exemption::ManagementAccount));
        assert!(chain_of(&item, "ResourceControlPolicies", "222222222222").is_ok_and(|chain| chain.is_none()));
    }

    #[test]
    fn unread_parts_of_an_organization_are_errors() {
        let unread = "\u{E000}a.b.c\u{E001}";
        let read = |item: &Value| chain_of(item, "ServiceControlPolicies", "222222222222").map(|_| ());
        assert_eq!(read(&organization(&json!(unread))), Err(unread.to_owned()));
        assert_eq!(read(&organization(&json!([[{"Name": "a", "Document": unread}]]))), Err(unread.to_owned()));
        assert_eq!(read(&json!({"configuration": unread})), Err(unread.to_owned()));
        assert!(read(&organization(&json!([[{"Name": "a", "Document": {"Statement": 3}}]]))).is_err());
        assert!(read(&organization(&json!([]))).is_ok());
    }
}
