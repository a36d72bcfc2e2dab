//! The synchronisation of a database with a user pool: `cognito_user_id` by handle, in one transaction.

use super::database::{Access, Database, SILENCE, answered, begin};
use super::database_error::DatabaseError;
use super::reconciliation::{Account, Reconciliation, Row, reconcile};

const ROWS: &str = "SELECT handle::text, cognito_user_id::text FROM public.users ORDER BY handle";

/// Changes the rows that are still as they were read.
const UPDATE: &str = "UPDATE public.users AS u SET cognito_user_id = c.after \
    FROM unnest($1::text[], $2::text[], $3::text[]) AS c (handle, before, after) \
    WHERE u.handle = c.handle AND u.cognito_user_id IS NOT DISTINCT FROM c.before";

/// The number of tries if others change the same rows at the same moment.
const TRIES: usize = 3;

/// The effect of a synchronisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// The changes are written.
    Written,
    /// The changes are only shown; the server refuses every write.
    DryRun,
}

/// The result of a synchronisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// The comparison. Its changes are written, but for a dry run.
    pub comparison: Reconciliation,
    /// True if rows were changed.
    pub written: bool,
}

/// Sets `cognito_user_id` of each user to the `sub` of the account with its handle, in one transaction: all changes are
/// made, or none. If nothing is to be changed, nothing is written.
pub async fn sync(database: &mut Database, accounts: &[Account], writing: Writing) -> Result<Synced, DatabaseError> {
    let mut tries = 1;
    loop {
        match attempt(database, accounts, writing).await {
            Err(DatabaseError::Raced { .. }) if tries < TRIES => tries += 1,
            answer => return answer,
        }
    }
}

async fn attempt(database: &mut Database, accounts: &[Account], writing: Writing) -> Result<Synced, DatabaseError> {
    let place = database.place().to_owned();
    let access = match writing {
        Writing::Written => Access::ReadWrite,
        Writing::DryRun => Access::ReadOnly,
    };
    let work = async {
        let transaction = begin(database.client(), access).await?;
        let rows = transaction.query(ROWS, &[]).await?;
        let row = |row: &tokio_postgres::Row| Ok(Row { handle: row.try_get(0)?, cognito_user_id: row.try_get(1)? });
        let rows: Vec<Row> = rows.iter().map(row).collect::<Result<_, tokio_postgres::Error>>()?;
        let comparison = reconcile(accounts, &rows);
        let written = writing == Writing::Written && !comparison.changes.is_empty();
        if !written {
            transaction.rollback().await?;
            return Ok(Some(Synced { comparison, written }));
        }
        let changes = &comparison.changes;
        let handles: Vec<&str> = changes.iter().map(|change| change.handle.as_str()).collect();
        let before: Vec<Option<&str>> = changes.iter().map(|change| change.before.as_deref()).collect();
        let after: Vec<&str> = changes.iter().map(|change| change.after.as_str()).collect();
        let count = transaction.execute(UPDATE, &[&handles, &before, &after]).await?;
        if count != changes.len() as u64 {
            transaction.rollback().await?;
            return Ok(None);
        }
        transaction.commit().await?;
        Ok(Some(Synced { comparison, written }))
    };
    answered(&place, "set `cognito_user_id` by handle", SILENCE, work).await?.ok_or(DatabaseError::Raced { place })
}
