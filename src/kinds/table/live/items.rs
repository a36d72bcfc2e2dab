//! The check whether a table holds items.

use super::describe;
use crate::aws::{Aws, CallError};

/// Returns whether it does. `ItemCount` is updated about every six hours: if it is zero, one item is looked for.
/// Source: API reference, `TableDescription`.
pub(super) async fn holds_items(name: &str, aws: &Aws) -> Result<bool, CallError> {
    let Some(table) = describe::table(aws, name).await? else { return Ok(false) };
    if table.item_count.unwrap_or(0) > 0 {
        return Ok(true);
    }
    let mut start = None;
    loop {
        let call = aws.dynamodb().scan().table_name(name).limit(1).consistent_read(true);
        let answer = call.set_exclusive_start_key(start).send().await;
        let page = match answer.map_err(describe::failed("Scan")) {
            Ok(page) => page,
            // It does not exist yet, or not any more.
            Err(error) if error.is(describe::NOT_THERE) => return Ok(false),
            Err(error) => return Err(error),
        };
        if page.count > 0 || page.items.as_ref().is_some_and(|items| !items.is_empty()) {
            return Ok(true);
        }
        start = page.last_evaluated_key.filter(|key| !key.is_empty());
        if start.is_none() {
            return Ok(false);
        }
    }
}
