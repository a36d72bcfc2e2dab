//! Tags tell whose a pool is. AWS's own tags do not count. Source: AWS Config developer guide,
//! "cognito-user-pool-tagged".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const TAGS: &str = "/configuration/UserPoolTags";

/// Fails for pools without tags but AWS's own.
pub(crate) fn judge(pool: &Subject<'_>, _: &World<'_>) -> Answer {
    let tags = pool.get(TAGS)?.and_then(serde_json::Value::as_object);
    if tags.is_some_and(|tags| tags.keys().any(|key| !key.starts_with("aws:"))) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(TAGS, "the pool has no tags");
    Ok(Verdict::Fail(vec![fault.expected("tags").actual("none")]))
}
