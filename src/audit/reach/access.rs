//! The requests that show a level of access to a table.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon `DynamoDB`".

use super::value::Level;
use crate::policy::Request;

/// Reads of the table itself. An export writes all items to a bucket of the caller's choice.
const READ: &[&str] = &[
    "GetItem",
    "Query",
    "Scan",
    "BatchGetItem",
    "PartiQLSelect",
    "ExportTableToPointInTime",
    "SearchVectors",
    "ReadDataForReplication",
];

/// Reads of an index.
const READ_INDEX: &[&str] = &["Query", "Scan", "PartiQLSelect", "SearchVectors"];

/// Reads of the stream.
const READ_STREAM: &[&str] = &["GetRecords"];

/// Changes of items.
const WRITE: &[&str] = &[
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "PartiQLInsert",
    "PartiQLUpdate",
    "PartiQLDelete",
    "WriteDataForReplication",
];

/// Changes of the table, copies of all its items, and of who may use it.
const MANAGE: &[&str] = &[
    "UpdateTable",
    "DeleteTable",
    "PutResourcePolicy",
    "DeleteResourcePolicy",
    "UpdateContinuousBackups",
    "UpdateTimeToLive",
    "CreateBackup",
    "RestoreTableToPointInTime",
    "StartAwsBackupJob",
    "EnableKinesisStreamingDestination",
    "DisableKinesisStreamingDestination",
    "UpdateKinesisStreamingDestination",
    "CreateTableReplica",
    "DeleteTableReplica",
    "UpdateTableReplicaAutoScaling",
    "TagResource",
    "UntagResource",
];

/// One request that shows a level, without a principal.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    /// The action, with the resource if it isn't the table itself.
    pub(super) shown: String,
    /// The request.
    pub(super) request: Request,
}

/// The requests that show a level of access to a table with these indexes and this stream.
pub(super) fn probes(level: Level, table: &str, indexes: &[String], stream: Option<&str>) -> Vec<Probe> {
    let on = |resource: &str, shown: &str, actions: &[&str]| -> Vec<Probe> {
        let probe = |name: &&str| Probe {
            shown: format!("dynamodb:{name}{shown}"),
            request: Request::new(&format!("dynamodb:{name}"), resource),
        };
        actions.iter().map(probe).collect()
    };
    match level {
        Level::Read => {
            let mut all = on(table, "", READ);
            for index in indexes {
                all.extend(on(&format!("{table}/index/{index}"), &format!(" on index/{index}"), READ_INDEX));
            }
            if let Some(stream) = stream {
                all.extend(on(stream, " on the stream", READ_STREAM));
            }
            all
        }
        Level::Write => on(table, "", WRITE),
        Level::Manage => on(table, "", MANAGE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Name, name_of};

    #[test]
    fn every_probed_action_is_one_of_aws() {
        for action in [READ, READ_INDEX, READ_STREAM, WRITE, MANAGE].concat() {
            assert_eq!(name_of(&format!("dynamodb:{action}")), Name::Known, "{action}");
        }
    }
}
