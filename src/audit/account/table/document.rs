//! The document of a table.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answers::TableAnswers;
use super::scaling::{POLICY, Scaling, TARGET};
use super::shared::Shared;
use super::spec::{self, kms_key};
use crate::audit::Live;
use crate::audit::account::document::Place;
use crate::audit::account::spelling::lower_camel;
use crate::audit::account::tags::Tags;
use crate::audit::account::types::TABLE;
use crate::audit::account::{Document, Reader, Unread};
use crate::base::Outputs;

/// Writes a table as its kind does, and what only the account shows beside it.
pub(super) fn document(
    reader: &Reader,
    answers: TableAnswers,
    shared: &Shared,
    managed_key: &Result<Option<String>, Unread>,
    tags: &Result<Tags, Unread>,
) -> Live {
    let (no_scaling, no_tags) = (Scaling::default(), Tags::new());
    let managed = managed_key.as_ref().map(Option::as_deref).unwrap_or_default();
    let scaling = shared.scaling.as_ref().unwrap_or(&no_scaling);
    let words = spec::spec(&answers, scaling, managed, tags.as_ref().unwrap_or(&no_tags));
    let (provisioned, streams) = (words["billing"]["mode"] == "provisioned", words["stream"] != "off");
    let mut document = configuration(reader, &answers, &words, streams);
    let encrypted = kms_key(&answers.table).is_some();
    if answers.table_unread.is_some() {
        document.template_mut().extend(scaling.renderings(&answers.name));
    }
    let TableAnswers {
        name,
        arn,
        table: _,
        table_unread: _,
        backups,
        expiry,
        policy,
        stream_policy,
        kinesis,
        insights,
        replicas,
        unread_replicas,
    } = answers;
    match backups {
        Ok(Some(backups)) => {
            document.put("/supplementaryConfiguration/ContinuousBackupsDescription", lower_camel(backups));
        }
        // Whatever AWS means by "there are none": it is not said that they are on.
        Ok(None) => {}
        Err(unread) => document.unknown_in_both(
            "/supplementaryConfiguration/ContinuousBackupsDescription",
            "/PointInTimeRecoverySpecification",
            &unread,
        ),
    }
    if let Err(unread) = &expiry {
        document.unknown_in_template("/TimeToLiveSpecification", unread);
    }
    document.supplement("DescribeTimeToLive", expiry);
    if let Err(unread) = &policy {
        document.unknown_in_template("/ResourcePolicy/PolicyDocument", unread);
    }
    document.supplement("GetResourcePolicy", policy);
    document.supplement("StreamPolicy", stream_policy);
    document.supplement("KinesisDestinations", kinesis);
    document.supplement("ListExports", of_table(&shared.exports, &arn));
    if let Err(unread) = insights {
        document.unknown_in_template("/ContributorInsightsSpecification", &unread);
        forget_insights(&mut document, &unread);
    }
    if let (true, Err(unread)) = (encrypted, managed_key) {
        document.unknown_in_both(
            "/configuration/ssedescription/kmsmasterKeyArn",
            "/SSESpecification/KMSMasterKeyId",
            unread,
        );
    }
    write_scaling(&mut document, shared, &name, provisioned);
    write_backups(&mut document, shared, &arn);
    document.put("/supplementaryConfiguration/Replicas", replicas);
    for (at, member, unread) in unread_replicas {
        document.unknown_in_list("/supplementaryConfiguration/Replicas", at, member, &unread);
    }
    document.tags(tags.as_ref());
    document.finish()
}

/// The part that `DescribeTable` shows.
fn configuration(reader: &Reader, answers: &TableAnswers, words: &Value, streams: bool) -> Document {
    let TableAnswers { name, arn, table, table_unread, .. } = answers;
    let place = Place { type_name: TABLE, id: name, name, arn, region: &reader.env().region };
    if let Some(unread) = table_unread {
        return Document::unreadable(reader, &place, unread);
    }
    let mut outputs = Outputs::new();
    if let Some(stream) = table["LatestStreamArn"].as_str().filter(|_| streams) {
        outputs.insert("stream_arn".to_owned(), stream.to_owned());
    }
    let mut document = Document::of_kind("tables", reader, &place, words, &outputs, "dynamodb:DescribeTable");
    document.merge_configuration(lower_camel(table.clone()));
    if !streams {
        // AWS keeps the name of the last one for a day.
        document.remove("/configuration", "latestStreamArn");
    }
    document.seen(reader.evidence("dynamodb:DescribeTable"));
    document
}

/// The indexes' Contributor Insights, which are as unknown as the table's.
fn forget_insights(document: &mut Document, unread: &Unread) {
    let own = document.template_mut().iter().find(|rendering| rendering.type_name == TABLE);
    let indexes = own.and_then(|own| own.body["GlobalSecondaryIndexes"].as_array()).map_or(0, Vec::len);
    for at in 0..indexes {
        document.unknown_in_template_list("/GlobalSecondaryIndexes", at, "ContributorInsightsSpecification", unread);
    }
}

fn write_scaling(document: &mut Document, shared: &Shared, name: &str, provisioned: bool) {
    const FOUND_BY: [&str; 3] = ["ResourceId", "ScalableDimension", "ServiceNamespace"];
    match &shared.scaling {
        Ok(scaling) => {
            document.put("/supplementaryConfiguration/ScalableTargets", scaling.targets_of(name));
            if let Some(unread) = shared.policies_unread.as_ref().filter(|_| !scaling.targets_of(name).is_empty()) {
                document.unknown_part(POLICY, &FOUND_BY, unread);
            }
        }
        Err(unread) => {
            document.unknown("/supplementaryConfiguration/ScalableTargets", unread);
            if provisioned {
                document.unknown_part(TARGET, &FOUND_BY, unread);
                document.unknown_part(POLICY, &FOUND_BY, unread);
            }
        }
    }
}

fn write_backups(document: &mut Document, shared: &Shared, arn: &str) {
    let (is_protected, last) =
        ("/supplementaryConfiguration/ProtectedByBackup", "/supplementaryConfiguration/LastBackupTime");
    match &shared.protected {
        Ok(protected) => {
            let entry = protected.get(arn);
            document.put(is_protected, entry.is_some());
            if let Some(time) = entry.and_then(|entry| entry.first()).and_then(|entry| entry.get("LastBackupTime")) {
                document.put(last, time.clone());
            }
        }
        Err(unread) => {
            document.unknown(is_protected, unread);
            document.unknown(last, unread);
        }
    }
}

/// The entries of a list of the region about one table.
fn of_table(list: &Result<BTreeMap<String, Vec<Value>>, Unread>, arn: &str) -> Result<Option<Value>, Unread> {
    let entries = |by_arn: &BTreeMap<String, Vec<Value>>| json!(by_arn.get(arn).map(Vec::as_slice).unwrap_or_default());
    list.as_ref().map(|by_arn| Some(entries(by_arn))).map_err(Clone::clone)
}
