//! Reads the functions of a region.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};

use super::answers;
use super::document::document;
use super::shared::Shared;
use super::spec::ids;
use crate::audit::account::tags::{self, Tags};
use crate::audit::account::types::FUNCTION;
use crate::audit::account::{Collector, Reader, Unread, Wanted};

/// Functions that are read at the same time: the reader limits the calls of all of them.
const AT_ONCE: usize = 8;

/// The front of the names that Lambda gives to log groups.
/// Source: Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs".
const GROUPS: &str = "/aws/lambda/";

/// The subnets that one call may name. Source: EC2 API reference, "Filters": up to 200 values.
const SUBNETS: usize = 200;

/// Reads all functions of the reader's region, and gives each to the collector as it is done.
pub(in crate::audit::account) async fn read(reader: &Reader, wanted: &Wanted, into: &Collector<'_>) {
    if !wanted.has(FUNCTION) {
        return;
    }
    let functions = match reader.all("lambda:ListFunctions", json!({})).await {
        Ok(functions) => functions,
        Err(unread) => return into.list_unread(&[FUNCTION], reader, &unread),
    };
    if functions.is_empty() {
        return;
    }
    into.expect(functions.len());
    let shared = &shared(reader, wanted, &functions).await;
    let reads = functions.into_iter().map(|function| async move {
        let arn = function["FunctionArn"].as_str().unwrap_or_default().to_owned();
        let group = log_group(reader, wanted, &function, shared);
        let group = Box::pin(group).await;
        let (answers, tags) = tokio::join!(answers::ask(reader, wanted, function), function_tags(reader, &arn));
        into.push(document(reader, answers, shared, group, &tags));
    });
    stream::iter(reads).buffer_unordered(AT_ONCE).collect::<()>().await;
}

async fn shared(reader: &Reader, wanted: &Wanted, functions: &[Value]) -> Shared {
    let groups = async {
        const OPERATION: &str = "logs:DescribeLogGroups";
        if !wanted.has_member(FUNCTION, "LogGroup") {
            return Err(Unread::not_asked(OPERATION));
        }
        let groups = reader.all(OPERATION, json!({"logGroupNamePrefix": GROUPS, "limit": 50})).await?;
        let named = |group: Value| Some((group["logGroupName"].as_str()?.to_owned(), group));
        Ok(groups.into_iter().filter_map(named).collect())
    };
    let (groups, zones) = tokio::join!(groups, zones(reader, wanted, functions));
    Shared { groups, zones }
}

async fn zones(reader: &Reader, wanted: &Wanted, functions: &[Value]) -> Result<BTreeMap<String, String>, Unread> {
    const OPERATION: &str = "ec2:DescribeSubnets";
    if !wanted.has_member(FUNCTION, "AvailabilityZones") {
        return Err(Unread::not_asked(OPERATION));
    }
    let all: BTreeSet<String> = functions.iter().flat_map(|one| ids(one, "/VpcConfig/SubnetIds")).collect();
    let mut zones = BTreeMap::new();
    for some in all.into_iter().collect::<Vec<_>>().chunks(SUBNETS) {
        // By a filter: an id that has gone is no error there.
        let input = json!({"Filters": [{"Name": "subnet-id", "Values": some}]});
        for subnet in reader.all(OPERATION, input).await? {
            let text = |key: &str| subnet[key].as_str().unwrap_or_default().to_owned();
            zones.insert(text("subnetId"), text("availabilityZone"));
        }
    }
    Ok(zones)
}

/// The log group of a function: the one that its configuration names, else Lambda's own.
async fn log_group(
    reader: &Reader,
    wanted: &Wanted,
    function: &Value,
    shared: &Shared,
) -> Result<Option<Value>, Unread> {
    const OPERATION: &str = "logs:DescribeLogGroups";
    if !wanted.has_member(FUNCTION, "LogGroup") {
        return Err(Unread::not_asked(OPERATION));
    }
    let own = || format!("{GROUPS}{}", function["FunctionName"].as_str().unwrap_or_default());
    let named = function.pointer("/LoggingConfig/LogGroup").and_then(Value::as_str).filter(|name| !name.is_empty());
    let name = named.map_or_else(own, str::to_owned);
    if name.starts_with(GROUPS) {
        return shared.groups.as_ref().map(|groups| groups.get(&name).cloned()).map_err(Clone::clone);
    }
    let groups = reader.all(OPERATION, json!({"logGroupNamePrefix": name, "limit": 50})).await?;
    Ok(groups.into_iter().find(|group| group["logGroupName"] == name.as_str()))
}

async fn function_tags(reader: &Reader, arn: &str) -> Result<Tags, Unread> {
    let directly = || async {
        let answer = reader.ask("lambda:ListTags", json!({"Resource": arn})).await?;
        Ok(tags::of_map(&answer["Tags"]))
    };
    tags::of(reader, arn, directly).await
}
