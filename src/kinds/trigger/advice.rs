//! Warnings about values of a trigger that AWS accepts and that an author will hardly want.

use serde_json::Value;

use crate::base::{Address, Problem};
use crate::path;

use super::spec::TriggerSpec;

/// The warning about more invocations than the function's own limit allows.
/// Source: Developer Guide, "Configuring maximum concurrency for Amazon SQS event sources".
pub(super) fn concurrency(spec: &TriggerSpec, function: &Address, desired: &Value) -> Option<Problem> {
    let most = u64::from(spec.maximum_concurrency?);
    let reserved = desired.get("reserved_concurrency")?.as_u64()?;
    (most > reserved).then(|| {
        let message = format!(
            "the queue may cause {most} invocations at once, and `{function}` has a reserved concurrency of \
             {reserved}: the rest is throttled, and messages may end in the dead-letter queue unread"
        );
        Problem::new(path!["maximum_concurrency"], message)
            .hint(format!("write {reserved} or less, or raise `reserved_concurrency`"))
    })
}
