//! The errors about pools and users. None names a user.

use crate::error::CommandError;
use crate::users::{DatabaseError, DatabaseUrlError, Pool, PoolError, UserError};

/// The error of a pool that was not found.
pub(in crate::commands) fn of_pool(error: &PoolError) -> CommandError {
    let hint = match error {
        PoolError::Missing { near, .. } if near.is_empty() => {
            "this account has no user pool in this region: choose another one (`--region`, `--profile`)".to_owned()
        }
        PoolError::Missing { near, .. } => {
            let pools = near.iter().map(|(name, id)| format!("`{name}` ({id})")).collect::<Vec<_>>().join(", ");
            format!("there are {pools}")
        }
        PoolError::Several { .. } => "name the pool by its id".to_owned(),
        PoolError::Elsewhere { region, .. } => format!("add `--region {region}`"),
        PoolError::Call(error) => return CommandError::failed("failed to find the user pool", error),
    };
    CommandError::Failed { message: error.to_string(), causes: Vec::new(), hint: Some(hint) }
}

/// The error of a call about a user.
pub(super) fn of_user(operation: &str, pool: &Pool, error: &UserError) -> CommandError {
    let message = format!("failed to {operation} of {}", pool.shown());
    match error {
        UserError::Call(error) => CommandError::failed(message, error),
        UserError::Missing => CommandError::failed(message, error)
            .hint("`underpin users list --pool POOL` lists those that are there; the name is that in the pool"),
        UserError::Exists => CommandError::failed(message, error)
            .hint("the name, or an attribute that signs users in, is taken: `underpin users show` shows that user"),
    }
}

/// The error of a database.
pub(super) fn of_database(error: &DatabaseError) -> CommandError {
    CommandError::Failed { message: error.to_string(), causes: Vec::new(), hint: Some(error.hint().to_owned()) }
}

/// The error of a connection string.
pub(super) fn of_url(error: &DatabaseUrlError) -> CommandError {
    CommandError::Failed { message: error.to_string(), causes: Vec::new(), hint: Some(error.hint().to_owned()) }
}
