//! Reads the tables of a region.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::answers;
use super::document::document;
use super::scaling;
use super::shared::Shared;
use super::spec::kms_key;
use crate::audit::account::tags::{self, Tags};
use crate::audit::account::types::TABLE;
use crate::audit::account::{Collector, Reader, Unread, Wanted};

/// Tables that are read at the same time: the reader limits the calls of all of them.
const AT_ONCE: usize = 8;

/// Reads all tables of the reader's region, and gives each to the collector as it is done.
pub(in crate::audit::account) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(TABLE) {
        return;
    }
    let names = match reader.all("dynamodb:ListTables", json!({})).await {
        Ok(names) => names,
        Err(unread) => return into.list_unread(&[TABLE], reader, &unread),
    };
    if names.is_empty() {
        return;
    }
    into.expect(names.len());
    let shared = &shared(reader, wanted).await;
    // The key that AWS manages for tables is asked for once a table has a key at all.
    let (managed, none) = (&OnceCell::new(), &Ok(None));
    let managed_key = || async {
        let answer = reader.find("kms:DescribeKey", json!({"KeyId": "alias/aws/dynamodb"})).await?;
        Ok(answer.and_then(|answer| answer.pointer("/KeyMetadata/Arn")?.as_str().map(str::to_owned)))
    };
    let reads = names.into_iter().filter_map(|name| name.as_str().map(str::to_owned)).map(|name| async move {
        let (answers, tags) = tokio::join!(answers::ask(reader, wanted, &name), table_tags(reader, &name));
        let Some(answers) = answers else { return };
        let managed = if kms_key(&answers.table).is_some() { managed.get_or_init(managed_key).await } else { none };
        into.push(document(reader, answers, shared, managed, &tags));
    });
    stream::iter(reads).buffer_unordered(AT_ONCE).collect::<()>().await;
}

async fn shared(reader: &Reader, wanted: &Wanted) -> Shared {
    let member = |member: &str| wanted.has_member(TABLE, member);
    let scaling = async {
        if member("ScalableTargets") {
            scaling::read(reader).await
        } else {
            (Err(Unread::not_asked("application-autoscaling:DescribeScalableTargets")), None)
        }
    };
    let protected = async {
        const OPERATION: &str = "backup:ListProtectedResources";
        if member("ProtectedByBackup") || member("LastBackupTime") {
            reader.all(OPERATION, json!({})).await.map(|all| by(all, "ResourceArn"))
        } else {
            Err(Unread::not_asked(OPERATION))
        }
    };
    let exports = async {
        const OPERATION: &str = "dynamodb:ListExports";
        if member("ListExports") {
            // The summaries name the table in the ARN of the export only: `…:table/NAME/export/ID`.
            reader.all(OPERATION, json!({})).await.map(|all| {
                let mut by_table: BTreeMap<String, Vec<Value>> = BTreeMap::new();
                for export in all {
                    let arn = export["ExportArn"].as_str().and_then(|arn| arn.split_once("/export/"));
                    let table = arn.map_or_else(String::new, |(table, _)| table.to_owned());
                    by_table.entry(table).or_default().push(export);
                }
                by_table
            })
        } else {
            Err(Unread::not_asked(OPERATION))
        }
    };
    let ((scaling, policies_unread), protected, exports) = tokio::join!(scaling, protected, exports);
    Shared { scaling, policies_unread, protected, exports }
}

fn by(all: Vec<Value>, member: &str) -> BTreeMap<String, Vec<Value>> {
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for one in all {
        let key = one[member].as_str().unwrap_or_default().to_owned();
        found.entry(key).or_default().push(one);
    }
    found
}

async fn table_tags(reader: &Reader, name: &str) -> Result<Tags, Unread> {
    let arn = reader.env().arn("dynamodb", &format!("table/{name}"));
    let directly = || async {
        let list = reader.all("dynamodb:ListTagsOfResource", json!({"ResourceArn": arn})).await?;
        Ok(tags::of_list(&Value::Array(list)))
    };
    tags::of(reader, &arn, directly).await
}
