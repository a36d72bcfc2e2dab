//! Delegated administrators act for the whole organization. Source: Organizations API reference,
//! "`ListDelegatedAdministrators`".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use serde_json::Value;

const LIST: &str = "/supplementaryConfiguration/ListDelegatedAdministrators";

/// Fails for delegated administrators that the parameter does not name.
pub(crate) fn judge(organization: &Subject<'_>, world: &World<'_>) -> Answer {
    organization.get(LIST)?.ok_or_else(|| Unknown("the delegated administrators were not read".to_owned()))?;
    let trusted = world.parameter("trusted").and_then(Value::as_array);
    let known = |id: &str| trusted.is_some_and(|all| all.iter().any(|one| one == id));
    let mut faults = Vec::new();
    for (index, one) in organization.entries(LIST, "DelegatedAdministrators")?.iter().enumerate() {
        let id = one.get("Id").and_then(Value::as_str).unwrap_or_default();
        if !known(id) {
            let fault =
                Fault::new(format!("{LIST}/{index}"), "a delegated administrator is not among the trusted ones");
            faults.push(fault.expected("an account of the parameter `trusted`").actual(id));
        }
    }
    Ok(Verdict::of(faults))
}
