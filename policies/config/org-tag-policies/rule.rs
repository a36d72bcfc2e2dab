//! Tag policies keep the spelling of tags. Source: Organizations user guide, "Tag policies".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use serde_json::Value;

const LIST: &str = "/supplementaryConfiguration/TagPolicies";

/// Fails where no tag policy is attached.
pub(crate) fn judge(organization: &Subject<'_>, _: &World<'_>) -> Answer {
    organization.get(LIST)?.ok_or_else(|| Unknown("the tag policies were not read".to_owned()))?;
    let attached = |policy: &Value| policy.get("Targets").and_then(Value::as_array).is_none_or(|all| !all.is_empty());
    if organization.entries(LIST, "Policies")?.iter().any(attached) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(LIST, "no tag policy is attached");
    Ok(Verdict::Fail(vec![fault.expected("a tag policy").actual("none")]))
}
