//! The removal of a table on this machine, whatever its state: half-made, protected, or full.
//!
//! It makes calls that no plan names: only the reset of a local environment uses it, and only at an endpoint that was
//! found to be on this machine.

use std::time::Duration;

use crate::aws::{Aws, CallError, Refusal, WaitLimits, is_loopback, retry_while, until};

/// The time limit of each wait.
const LIMIT: WaitLimits = WaitLimits { limit: Duration::from_mins(1), first_pause: Duration::from_millis(20) };

/// The table is being created or changed.
const BUSY: &[Refusal] = &[Refusal::of(&["ResourceInUseException", "LimitExceededException"])];

/// There is no such table.
const NOT_THERE: &[&str] = &["ResourceNotFoundException"];

/// Deletes a table with its items; returns whether there was one.
///
/// # Errors
/// A refusal of the endpoint, and any endpoint that is not on this machine, which is not called.
pub async fn remove_table(aws: &Aws, name: &str) -> Result<bool, CallError> {
    if !aws.endpoint().as_deref().is_some_and(is_loopback) {
        return Err(CallError::unexpected("DeleteTable", "the endpoint is not on this machine"));
    }
    let Some(protected) = at_rest(aws, name).await? else { return Ok(false) };
    if protected {
        let call = aws.dynamodb().update_table().table_name(name).deletion_protection_enabled(false);
        retry_while(LIMIT, BUSY, || async {
            call.clone().send().await.map_err(|error| CallError::of("dynamodb", "UpdateTable", &error))
        })
        .await?;
        at_rest(aws, name).await?;
    }
    let call = aws.dynamodb().delete_table().table_name(name);
    let deleted = retry_while(LIMIT, BUSY, || async {
        call.clone().send().await.map_err(|error| CallError::of("dynamodb", "DeleteTable", &error))
    });
    match deleted.await {
        Err(error) if !error.is(NOT_THERE) => return Err(error),
        _ => {}
    }
    let what = format!("the table `{name}` to be gone");
    until("DeleteTable", &what, LIMIT, || async { Ok(status(aws, name).await?.is_none().then_some(())) }).await?;
    Ok(true)
}

/// Waits until nothing is in progress; returns whether the table is protected, `None` if there is none.
async fn at_rest(aws: &Aws, name: &str) -> Result<Option<bool>, CallError> {
    let what = format!("the table `{name}` to finish what it is doing");
    until("DescribeTable", &what, LIMIT, || async {
        Ok(match status(aws, name).await? {
            Some((status, _)) if ["CREATING", "UPDATING", "DELETING"].contains(&&*status) => None,
            seen => Some(seen.map(|(_, protected)| protected)),
        })
    })
    .await
}

/// The status of a table, and whether it is protected.
async fn status(aws: &Aws, name: &str) -> Result<Option<(String, bool)>, CallError> {
    let answer = aws.dynamodb().describe_table().table_name(name).send().await;
    match answer.map_err(|error| CallError::of("dynamodb", "DescribeTable", &error)) {
        Err(error) if error.is(NOT_THERE) => Ok(None),
        Err(error) => Err(error),
        Ok(answer) => Ok(answer.table().map(|table| {
            let status = table.table_status().map(|status| status.as_str().to_owned()).unwrap_or_default();
            (status, table.deletion_protection_enabled().unwrap_or_default())
        })),
    }
}
